"""`--accuracy`: loss, accuracy, confusion and worst samples, of what is held out too."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from tui.command import asking
from tui.command.output import refuse, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from engine.analysis.evaluation import Evaluation, Part, Sample

WIDTH = 100


def add(parser: Parser) -> None:
    """Add the word."""
    says = "loss, accuracy, confusion and worst samples at --goto"
    asking.add_word(parser, "--accuracy", run, says, nargs=0, dest="accuracy")


def run(options: argparse.Namespace) -> int:
    """Print what is found, as text or as an object for each part and each of its worst samples."""
    from engine.analysis.evaluation import evaluate
    from engine.spec.problem import Problem
    from tui.draw.evaluation import draw

    in_json = asking.as_json(options)
    session, text, position = asking.stand(options)
    spec = session.branch.history.spec_of(position.iteration)
    try:
        found = evaluate(spec, session.trace, position.step)
    except Problem as problem:
        refuse(f"--accuracy: {problem}")
    if in_json:
        for part in found.parts:
            asking.print_object(_part(found, part))
            for sample in part.worst:
                asking.print_object(_sample(found, part, sample))
        return 0
    for line in draw(found, text, WIDTH):
        show(text, "".join(words for words, _ in line).rstrip())
    return 0


def _part(found: Evaluation, part: Part) -> dict[str, object]:
    """A part: `confusion` has a row for each true class and a column for each predicted one."""
    accuracy = part.score.accuracy
    return {
        "after": found.updates,
        "part": part.name,
        "samples": part.samples,
        "loss": part.score.loss,
        "accuracy": None if math.isnan(accuracy) else accuracy,
        "right": part.right,
        "classes": list(found.classes),
        "confusion": None if part.confusion is None else part.confusion.tolist(),
    }


def _sample(found: Evaluation, part: Part, sample: Sample) -> dict[str, object]:
    """A sample, counted from 1 as on the screen."""
    names = dict(enumerate(found.classes))
    return {
        "part": part.name,
        "sample": sample.row + 1,
        "loss": sample.loss,
        "x": sample.x.tolist(),
        "y": sample.y.tolist(),
        "yhat": sample.yhat.tolist(),
        "true": names.get(sample.true),
        "predicted": names.get(sample.said),
    }
