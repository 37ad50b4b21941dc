"""Questions by the step that raises them, and by words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.analysis.questions import QUESTIONS
from engine.analysis.questions.base import Question, Scene
from engine.spec.problem import Problem
from engine.spec.run import RunSpec

_LITTLE = frozenset(
    ("a", "an", "and", "do", "does", "for", "how", "in", "is", "it", "its", "not", "of", "on",
     "the", "there", "to", "what", "why")
)  # fmt: skip
"""Words that tell nothing."""


def raised(scene: Scene) -> list[Question]:
    """The questions that the step of a scene raises and its numbers answer, the most asked
    first.
    """
    step = scene.step
    if step is None:
        return []
    asked = (question for question in QUESTIONS.values() if question.raised(step))
    return [question for question in asked if not question.lacks(scene)]


def others(asked: Iterable[Question], spec: RunSpec) -> list[Question]:
    """All others that can be asked of a run."""
    known = {question.id for question in asked}
    alone = spec.instead is not None
    return [
        question
        for question in QUESTIONS.values()
        if question.id not in known and not (alone and question.needs == "network")
    ]


def found_by(words: str) -> list[Question]:
    """The questions that fit some words, the best first: by their names, what they ask, and their
    own words. Raises Problem where none does.
    """
    scores = dict.fromkeys(QUESTIONS.values(), 0.0)
    for word in _words(words):
        found = {question: _score(question, word) for question in scores}
        if total := sum(found.values()):  # a word of many questions tells little
            for question, score in found.items():
                scores[question] += score / total
    best = [question for question in sorted(scores, key=lambda q: -scores[q]) if scores[question]]
    if words.strip() in QUESTIONS:
        return [QUESTIONS[words.strip()]]
    if not best:
        raise Problem(f"{words.strip()[:40] or 'nothing'}: no question has these words.")
    return best


def _words(text: str) -> list[str]:
    found = re.findall(r"[^\s,.:;?!()]+", text.lower().replace("ŷ", "yhat").replace("−", "-"))
    return [word for word in found if word not in _LITTLE] or found


def _score(question: Question, word: str) -> float:
    """How well a word fits a question: what it asks counts twice."""
    return 2 * _match(word, _words(question.asks)) + _match(
        word, [*_words(question.words), question.id]
    )


def _match(word: str, among: Iterable[str]) -> float:
    """1 for the word itself, less for one that begins with it, or that it begins with."""
    best = 0.0
    for other in among:
        if other == word:
            return 1.0
        shorter, longer = sorted((word, other), key=len)
        if len(shorter) > 2 and longer.startswith(shorter):
            best = 0.7
    return best
