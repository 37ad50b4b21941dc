"""The view `why`: the questions that the step raises, all others, and the answer to one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.analysis.asking import found_by, others, raised
from engine.analysis.questions import QUESTIONS
from engine.analysis.questions.base import Question
from tui.actions.context import Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.refusing import refuse_in_practice
from tui.actions.travel import travel
from tui.draw.questions import answer, listed, places
from tui.frame.asked import scene_of
from tui.frame.frame import Frame, Lines
from tui.text.raster import Line


class Asked:
    """The question that is answered, and the list as it was made last, with what for."""

    question = ""
    made_for: object = None
    here: tuple[Question, ...] = ()


def _here(c: Context) -> tuple[Question, ...]:
    """The questions that the step raises, and that its numbers answer."""
    known = c.shown.memory.of(Asked)
    if known.made_for != c.here:
        known.here = tuple(raised(scene_of(c.history, c.picture())))
        known.made_for = c.here
    return known.here


def items(c: Context) -> list[Question]:
    """The questions in the order of the list."""
    return [*_here(c), *others(_here(c), c.session.spec)]


def page(c: Context) -> Lines:
    """A question a line, those of the step first, each with its number."""
    here = _here(c)
    drawn = partial(listed, c.text, here, others(here, c.session.spec), cursor=c.shown.cursor)
    return lambda _frame, width: drawn(width)


def _answer(c: Context) -> Lines:
    """The answer at the position, worked out again only where that has moved."""
    question = QUESTIONS[c.shown.memory.of(Asked).question]
    key = (ANSWER, c.here, c.text, question.id)
    return c.shown.once(key, lambda: _kept(partial(_drawn, c, question)))


def _kept(draw: Callable[[Frame, int], list[Line]]) -> Lines:
    """Lines that are drawn once for each width."""
    known: dict[int, list[Line]] = {}

    def lines(frame: Frame, width: int) -> list[Line]:
        if width not in known:
            known[width] = draw(frame, width)
        return known[width]

    return lines


def _drawn(c: Context, question: Question, frame: Frame, width: int) -> list[Line]:
    return answer(frame.text, scene_of(c.history, frame), question, width)


# -- its keys --------------------------------------------------------------------------------------


def ask(c: Context, question: Question) -> None:
    """Show the answer to a question."""
    c.shown.memory.of(Asked).question = question.id
    c.shown.open(ANSWER)


def ask_by_id(c: Context, name: str) -> None:
    """The same of the question with that id."""
    refuse_in_practice(c)
    ask(c, QUESTIONS[name])


def choose(c: Context) -> None:
    """Answer the question that is pointed at, or that whose number was typed."""
    count = c.dialog.count()
    known = items(c)
    typed = count.given and count.times <= len(known)
    ask(c, known[count.times - 1] if typed else c.shown.pointed(known))


def search(c: Context) -> None:
    """Ask for words, and answer the question that fits them best."""
    c.dialog.ask("words: ", lambda words: ask(c, found_by(words)[0]))


def back(c: Context) -> None:
    """The list again."""
    c.shown.open(VIEW)


def go(c: Context) -> Effects:
    """Go where more is to be seen."""
    question = QUESTIONS[c.shown.memory.of(Asked).question]
    found = places(scene_of(c.history, c.picture()), question)
    if not found:
        c.say("Nothing of this iteration shows more of it.")
        return ()
    return travel(c, c.session.target(found[0]))


VIEW = View(
    id="why",
    page=page,
    items=items,
    keys=(PageKey("enter", "answer", choose), PageKey("/", "words", search)),
)
ANSWER = View(
    id="answer",
    page=_answer,
    keys=(PageKey("enter", "questions", back), PageKey("g", "see", go)),
)


@command
def show(c: Context, _count: Count) -> None:
    """The questions of this step, and back."""
    c.shown.open(VIEW)
