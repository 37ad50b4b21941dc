"""A step in paragraphs: the formula, its numbers, the result, one element's arithmetic, and why."""

from __future__ import annotations

import re

from engine.catalog.symbols import Symbol
from engine.program.step import Step
from engine.spec.run import FunctionSpec
from tui.draw.parts import paragraph
from tui.frame import reasons
from tui.frame.frame import Array, Frame
from tui.text import closing
from tui.text.format import FULL
from tui.text.raster import Line

_SIDES = re.compile(r"(.*?) (=|←) (.*)", re.DOTALL)


Block = tuple[str, list[Line]]


PRACTICE = [
    "Practice. → asks for the next number: type it with three digits after the point, or all"
    " numbers of the step, blanks between them.",
    "",
    "? shows a hint: the formula, the numbers put in, the number; nothing is taken for it. A wrong"
    " number is kept where it is typed again, and all that follows is judged by it.",
]


def start(frame: Frame, width: int) -> list[Block]:
    """What is shown before the first step."""
    text = [
        begun(frame),
        "",
        f"Each → computes one formula: {_order(frame)}. ; asks why, ← goes back.",
    ]
    if frame.closed:
        text = PRACTICE
    before = frame.spec.optimizer
    if before.state and before.since < -1:
        text += ["", f"The optimizer goes on after {-before.since:,} updates that are not shown."]
    if frame.stops:
        text += ["", f"A lesson of {_stops(frame.stops)}: the key . goes to the next."]
    lines = [line for part in text for line in paragraph(frame.text.plain(part), width)]
    return [("start", lines)]


def begun(frame: Frame) -> str:
    """What there is before the first step, as a sentence."""
    if frame.spec.instead:
        return _alone(frame)
    sizes = "-".join(map(str, frame.sizes))
    activations = ", ".join(frame.activations)
    return (
        f"A {sizes} network ({activations}) before its first iteration: data and"
        " parameters are known, nothing is computed yet."
    )


def _alone(frame: Frame) -> str:
    """The same where there is no network."""
    instead, count = frame.spec.instead, len(frame.text.variables)
    number = f"{count} number{'s' * (count > 1)}"
    if isinstance(instead, FunctionSpec):
        variables = ", ".join(frame.text.variables[:6]) + ", …" * (count > 6)
        return (
            f"A function f({variables}) to be made small, before the first iteration: θ is where"
            " it starts, nothing is computed yet."
        )
    return (
        f"An optimizer alone: θ, {number}, and a gradient that is given for each iteration; no"
        " network, no loss."
    )


def _order(frame: Frame) -> str:
    """What the formulas of an iteration compute, in their order."""
    if frame.lossless:
        return "the gradient as it is given, then the update"
    if frame.spec.instead:
        return "the value of f, its gradient, then the update"
    return "forward, the loss, back to every gradient, then the update"


def _stops(count: int) -> str:
    return "1 stop" if count == 1 else f"{count} stops"


def explain_step(frame: Frame, width: int) -> list[Block]:
    """The blocks of a step, from the formula to the reason."""
    step, text = frame.step, frame.text
    assert step is not None
    blocks: list[Block] = [
        ("formula", paragraph(text.formula(step.formula), width, "accent", 4)),
    ]
    left, _ = _sides(step)
    margin = " " * min(len(text.formula(left)) + 1, 6)
    result = one_sample(step.symbol, frame.trace.known(step.symbol, step.number))
    small = result.size <= FULL and result.ndim <= 2
    shown = f"= {text.array(result)}" if small else f"{text.shape(result.shape)} numbers"
    line = array_line(frame)
    if line and not line.says_nothing:
        lines = paragraph(f"{margin}= {line.left}", width, "", len(margin) + 2)
        blocks.append(("numbers", lines))
        shown = f"{line.sign} {line.right}"
    lines = paragraph(f"{margin}{shown}", width, "write", len(margin) + 2)
    blocks.append(("result", lines))
    blocks.append(("blank", [()]))
    blocks.append(("element", element(frame, width)))
    blocks.append(("blank", [()]))
    blocks.append(("why", reason(frame, width)))
    return blocks


def reason(frame: Frame, width: int, said: int | None = None) -> list[Line]:
    """What the step means, in at most so many sentences where that is given."""
    return paragraph(" ".join(sentences(frame)[:said]), width, "dim")


def sentences(frame: Frame) -> tuple[str, ...]:
    """What the step means of the selected element, or of the first where another's is selected."""
    step = frame.step
    assert step is not None
    index = frame.index if frame.symbol == step.symbol else reasons.first(frame, step)
    return reasons.why(frame, step, index)


def one_sample(symbol: str, array: Array) -> Array:
    """What there is of one sample only is written as a vector."""
    single = Symbol(symbol).batchwise and array.ndim > 1 and len(array) == 1
    return array[0] if single else array


def array_line(frame: Frame) -> closing.Line | None:
    """The right side of the step's formula in numbers, with its result; None where it is not to be
    written so.
    """
    step = frame.step
    assert step is not None
    _, right = _sides(step)
    names = re.findall(r"\{([^{}]+)\}", right)
    put = {name: one_sample(name, frame.read(name)) for name in names}
    result = one_sample(step.symbol, frame.trace.known(step.symbol, step.number))
    return frame.text.array_line(right, put, result, frame.whole) if put else None


def _sides(step: Step) -> tuple[str, str]:
    """The two sides of its formula."""
    match = _SIDES.match(step.formula)
    assert match is not None
    return match[1], match[3]


def element(frame: Frame, width: int) -> list[Line]:
    """The arithmetic of the selected element in numbers."""
    return paragraph(frame.text.plain("▸ ") + equation(frame), width, "accent", 4)


def equation(frame: Frame) -> str:
    """The selected element, its arithmetic in numbers, and its number."""
    text = frame.text
    value = frame.entries[frame.symbol].array
    name = text.element(frame.symbol, frame.index, value.shape)
    x = float(value[frame.index])
    found = frame.expansion()
    if found is None:
        return f"{name} = {unmade(frame, x)}"
    return f"{name} = {text.line(found[1], x, frame.whole)}"


def unmade(frame: Frame, x: float) -> str:
    """The selected element's number, which no step of this iteration has computed, and whence."""
    given = "given" if frame.symbol in ("x", "y") else "from before this iteration"
    return f"{frame.text.number(x)}  ({given})"
