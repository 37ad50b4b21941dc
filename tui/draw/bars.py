"""The one-row panes: header, timeline with the losses so far, and footer."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from tui.draw.parts import length, pad
from tui.frame.frame import Frame
from tui.frame.kept import Steps, kept_of_steps
from tui.text.cells import cells, clipped, wrap
from tui.text.raster import Line
from tui.text.strips import sparkline, timeline

SHORTEST = 8
"""A name is cut to so many cells at the least, else left out."""
RATHER_CUT = 14
"""The phase is left out before a name is cut to less than this."""
OPTIMIZER = 12
"""The columns of an optimizer with its rate, so that nothing moves when either is another."""
TERSE = 50
"""Below so many columns the position is 12.6 alone."""


def header(frame: Frame, width: int, height: int) -> list[Line]:
    """The run and its optimizer on the left, the position on the right, its fields of one width
    whatever stands in them.
    """
    text, position, step = frame.text, frame.position, frame.step
    own = max(OPTIMIZER, len(text.plain(frame.optimizer)))
    total = len(frame.steps)
    phase = f"{step.phase.upper() if step else 'START':<8} "
    digits = max(2, len(str(total)))
    step_of = f"step {position.step:>{digits}}/{total}"
    place = f"iteration {position.iteration:>3} · {step_of}"
    passed = f"iteration {position.iteration:>3} · {_pass(frame)}{step_of}"
    if width - own - len(passed) - 3 >= 0:
        place = passed
    name, right = _named(frame, width - own - len(place) - len(phase) - 7)
    if not name and width >= TERSE:
        name, _ = _named(frame, width - own - len(place) - 5, cut=SHORTEST)
        right = False
    spans: Line = ((text.plain(f"{place} "), ""),)
    if right:
        spans = ((text.plain(f"{place} · "), ""), (phase, "accent"))
    elif width < TERSE:
        spans = ((f"{position.iteration}.{position.step}/{total} ", ""), (phase, "accent"))
    before: list[tuple[str, str]] = [(" ", "")]
    if name.startswith(PROGRAM):
        before, name = [(f" {PROGRAM}", "accent")], name.removeprefix(PROGRAM)
    if name:
        before.append((text.plain(f"{name} · "), ""))
    left: Line = (*before, (text.plain(frame.optimizer), "own"))
    gap = max(1, width - length(left) - length(spans))
    return [(*left, (" " * gap, ""), *spans)]


def _pass(frame: Frame) -> str:
    """The pass over the data, and which of its mini-batches it is."""
    if (own := frame.of_pass) is None:
        return ""
    place = frame.position.iteration - own.first + 1
    return f"pass {own.number:>2} · {place:>{len(str(own.count))}}/{own.count} · "


PROGRAM = "gradstep"


def _named(frame: Frame, room: int, cut: int = RATHER_CUT) -> tuple[str, bool]:
    """The program and the run in so many columns, and whether there is room for either: the units
    of the layers go first, then the program, then the name is cut, not below `cut`.
    """
    text = frame.text
    title = text.plain(frame.title)
    units = "" if frame.spec.instead else "-".join(map(str, frame.sizes))
    bare = title.removesuffix(units).rstrip()
    for name in (f"{PROGRAM} · {title}", f"{PROGRAM} · {bare}", title, bare):
        if len(text.plain(name)) <= room:
            return name, True
    return (clipped(bare, room, text.ascii), True) if room >= cut else ("", False)


ENDLESS = 10**6
"""Columns enough for a bar of any iteration."""
MOST_BARS = 16
"""The sparkline has so many cells at the most, and these are kept free for it."""
ALWAYS = ("help", "quit", "close")
"""The keys that no screen is too narrow for."""


@kept_of_steps
def _phases(steps: Steps) -> tuple[tuple[str, int], ...]:
    """The phases of an iteration, each with how many steps it has."""
    grouped = groupby(steps, key=lambda step: step.phase)
    return tuple((str(phase), len(list(each))) for phase, each in grouped)


_bar = lru_cache(maxsize=256)(timeline)


def timeline_bar(frame: Frame, width: int, height: int) -> list[Line]:
    """The phases of the iteration, then the loss and how it went; or the first row of a sentence
    that needs two.
    """
    text = frame.text
    if frame.hint:
        return [((f" {clipped(text.plain(cells(frame.hint)), width - 1, text.ascii)}", "dim"),)]
    if frame.footer and len(rows := sentence_rows(frame, width)) > 1:
        return [((f" {rows[0]}", "error" if frame.error else "accent"),)]
    loss = frame.value("loss")
    shown = text.cell(float(loss)) if loss is not None else "." if text.ascii else "·"
    if loss is None:
        shown += " " * text.digits  # under the point
    trouble = f"  {frame.trouble}" if frame.trouble else ""
    phases, number = _phases(frame.steps), frame.position.step
    whole = length(_bar(phases, number, ENDLESS, text.ascii))
    for label in ("loss ", ""):  # the word goes where the bar has room without it
        said = "" if frame.lossless else f"  {label}{shown:>{text.width - 1}} "
        right: Line = ((trouble, "error"), (said, ""))
        room = width - 1 - length(right)
        if not room < whole <= room + len("loss "):
            break
    if held := _held_out(frame, room - whole - MOST_BARS):
        right, room = ((held, "accent"), *right), room - len(held)
    left = _bar(phases, number, max(0, room), text.ascii)
    bars = max(0, min(MOST_BARS, room - length(left)))
    low = frame.losses.low
    spark = sparkline(low[-200:].tolist(), bars, text.ascii) if bars and low.size else ""
    line = (*pad(((" ", ""), *left), width - length(right) - bars), *right)
    return [(*line, (spark.ljust(bars), "own"))]


def _held_out(frame: Frame, room: int) -> str:
    """What the samples that are held out scored last, as much as so many columns take."""
    if frame.tested is None or room <= 0:
        return ""
    from tui.draw.tested import score  # most runs hold nothing out

    said = score(frame)
    both = (f"  held out {each}" for each in (said, said.split(" ")[0]) if each)
    return next((each for each in both if len(each) <= room), "")


def sentence_rows(frame: Frame, width: int) -> list[str]:
    """What the last action has to say in at most two rows; of a prompt the end that is typed at."""
    sentence = frame.text.plain(cells(frame.footer))
    if frame.prompting:
        return [sentence if len(sentence) < width else sentence[-(width - 1) :]]
    first, *rest = wrap(sentence, max(1, width - 1))
    return [first, clipped(" ".join(rest), width - 1, frame.text.ascii)] if rest else [first]


def footer(frame: Frame, width: int, height: int) -> list[Line]:
    """What the last action has to say, else the keys, help and quit always among them."""
    if frame.footer:
        last = sentence_rows(frame, width)[-1]
        return [((f" {last}", "error" if frame.error else "accent"),)]
    keys = [(frame.text.plain(key), frame.text.plain(what)) for key, what in frame.keys]
    sizes = [len(key) + len(what) + 3 for key, what in keys]
    always = {i for i, name in enumerate(frame.keys) if name[1] in ALWAYS}
    room = width - sum(sizes[i] for i in always)
    spans: list[tuple[str, str]] = [(" ", "")]
    for i, (key, what) in enumerate(keys):
        if i not in always:
            room -= sizes[i]
            if room < -1:
                continue
        spans += [(key, "key"), (f" {what}  ", "")]
    spans[-1] = (spans[-1][0].rstrip(), "")
    return [tuple(spans)]
