"""How well a network does, as a page: losses, shares that are right, confusions, worst samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.analysis.evaluation import Counts, Evaluation, Part, Sample, precision, recall
from tui.draw.parts import paragraph
from tui.draw.tested import right
from tui.frame.frame import Array
from tui.text.cells import cells, clipped, wrap
from tui.text.format import Text
from tui.text.raster import Line

LABEL = 12
LEAST = 4
"""The cells of a name at the left, and the fewest of a column."""
SHARE = 8
MOST_CONFUSED = 8
"""So many confusions are listed where their table is too wide."""
MOST_NUMBERS = 6
AHEAD = 17
"""The cells of a sample's number and loss."""


def draw(found: Evaluation, text: Text, width: int) -> list[Line]:
    """The page."""
    when = f"after iteration {found.updates}" if found.updates else "that the run begins with"
    lines = paragraph(text.plain(f"With the parameters {when}:"), width)
    lines += _scores(found, text, width)
    for part in reversed(found.parts):
        if part.confusion is not None:
            lines += [(), *_confusion(found, part, part.confusion, text, width)]
    if found.rule:
        lines += [(), *paragraph(text.plain(_rule(found)), width, "dim")]
    for part in reversed(found.parts):
        lines += [(), *_worst(found, part, text, width)]
    return lines


def _rule(found: Evaluation) -> str:
    """How an output names a class, as a sentence."""
    assert found.rule
    if found.rule.units > 1:
        return (
            "The greatest output predicts its class, of equal ones the first; where one is no"
            " number, none is predicted."
        )
    yes, middle = found.classes[1], "0.5" if found.rule.middle else "0"
    return f"{cells(yes)} is predicted where the output is at least {middle}; by nan, nothing."


def _scores(found: Evaluation, text: Text, width: int) -> list[Line]:
    """A row for each part: samples, loss, and the share that is right."""
    head = f"{'':{LABEL}}{'samples':>8}{'loss':>10}"
    lines: list[Line] = [((head, "dim"),)]
    for part in found.parts:
        row = f"{part.name:{LABEL}}{part.samples:>8,}{text.number(part.score.loss):>10}"
        said = right(text, part.score)
        counted = f"{said}, {part.right:,} of {part.asked:,}" if said else ""
        room = width - len(row) - 2
        beside = next((each for each in (counted, said) if len(each) <= room), "")
        lines.append(((text.plain(f"{row}  {beside}".rstrip()), ""),))
        if counted and not beside:
            lines += [((f"  {line}", ""),) for line in wrap(text.plain(counted), width - 2)]
    return lines


# -- confusion -------------------------------------------------------------------------------------


def _confusion(
    found: Evaluation, part: Part, confusion: Counts, text: Text, width: int
) -> Iterator[Line]:
    """The table of a part, with the recall of each class, and below it the precision."""
    names = [text.plain(cells(name)) for name in found.classes]
    longest = max(map(len, names))
    label = min(LABEL, max(LEAST, longest) + 2)
    each = (width - label - SHARE) // len(names)
    least = max(LEAST, len(f"{confusion.max():,}") + 1)
    if each < least:
        yield from _confused(part, confusion, names, text, width)
        return
    each = min(each, max(least, longest + 2, SHARE))
    label = LABEL if LABEL + each * len(names) + SHARE <= width else label
    head = f"Confusion, {part.name}: rows true, columns predicted"
    yield from paragraph(text.plain(head), width, "title")
    columns = "".join(clipped(name, each - 1, text.ascii).rjust(each) for name in names)
    yield ((f"{'true':{label}}{columns}{'recall':>{SHARE}}", "dim"),)
    for k, (name, counts) in enumerate(zip(names, confusion.tolist(), strict=True)):
        spans = [(clipped(name, label - 1, text.ascii).ljust(label), "dim")]
        spans += [(f"{n:>{each},}", _role(k == j, n)) for j, n in enumerate(counts)]
        yield (*spans, (_share(text, recall(confusion)[k], SHARE), ""))
    if label == LABEL and each > LEAST:
        below = "".join(_share(text, x, each) for x in precision(confusion))
        yield (("precision".ljust(label), "dim"), (below, ""))


def _role(own: bool, count: int) -> str:
    """The look of a count: those that are right, and those that are not, stand out."""
    return "own" if own else "error" if count else "dim"


def _share(text: Text, value: float, room: int) -> str:
    """A share of 1 in so many cells; a dot where it is one of none."""
    digits = 4 if room >= SHARE else 2
    return (text.plain("·") if np.isnan(value) else f"{value:.{digits}f}").rjust(room)


def _confused(
    part: Part, confusion: Counts, names: Sequence[str], text: Text, width: int
) -> Iterator[Line]:
    """The classes that are most often taken for another, where the table has no room."""
    yield from paragraph(text.plain(f"Taken for another class, {part.name}"), width, "title")
    wrong = confusion.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_CONFUSED]
    pairs = [divmod(int(i), len(names)) for i in order if wrong.flat[i]]
    for true, said in pairs:
        times = f"{wrong[true, said]:,} of {confusion[true].sum():,}"
        yield ((f"{names[true]} as {names[said]}: {times}"[:width], ""),)
    if not pairs:
        yield (("None is.", ""),)


# -- samples ---------------------------------------------------------------------------------------


def _worst(found: Evaluation, part: Part, text: Text, width: int) -> Iterator[Line]:
    """The samples with the largest losses, a line or two each."""
    what = "true → predicted, output, x" if found.rule else "y, output, x"
    head = f"Largest losses, {part.name}: sample from 1, loss, {what}"
    yield from paragraph(text.plain(head), width, "title")
    for sample in part.worst:
        start = f"{sample.row + 1:>5}{text.plain(text.number(sample.loss)):>{AHEAD - 7}}  "
        first, *more = wrap(text.plain(_sample(found, sample, text)), max(1, width - AHEAD))
        yield ((start, "accent"), (first, ""))
        yield from (((" " * AHEAD, ""), (line, "")) for line in more)


def _sample(found: Evaluation, sample: Sample, text: Text) -> str:
    """What is true of a sample and what was said, and its features."""
    features = f"x {_numbers(text, sample.x)}"
    if found.rule is None or sample.true < 0:
        return f"y {_numbers(text, sample.y)}, output {_numbers(text, sample.yhat)}  {features}"
    said = cells(found.classes[sample.said]) if sample.said >= 0 else "nothing"
    outputs = _numbers(text, sample.yhat)
    return f"{cells(found.classes[sample.true])} → {said} {outputs}  {features}"


def _numbers(text: Text, array: Array) -> str:
    shown = [text.number(float(x)) for x in array[:MOST_NUMBERS]]
    more = ["…"] if len(array) > MOST_NUMBERS else []
    return f"[{' '.join([*shown, *more])}]"
