"""From step to step everything stands where it stood: the title's fields, the ledger's labels, the
optimizer's parameters, the line of the selected element. As text, of runs of any kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.optimizers import OPTIMIZERS
from engine.history.position import Position
from engine.session.session import Session
from engine.spec.run import OptimizerSpec, RunSpec
from tests.engine.program.test_gradients import networks
from tests.examples import examples
from tui.draw import DRAWINGS, ledger
from tui.draw.wants import placed
from tui.frame.frame import Frame, build
from tui.text.format import Text

SIZES = ((60, 20), (80, 24), (120, 40))


def optimizers() -> st.SearchStrategy[OptimizerSpec]:
    rates = st.sampled_from((0.1, 0.001, 0.25))
    names = st.sampled_from(("sgd", "adam", "rmsprop"))
    return st.builds(
        lambda name, lr: OptimizerSpec(name, OPTIMIZERS[name].complete({"lr": lr})), names, rates
    )


def frames(spec: RunSpec, ascii: bool) -> Iterator[Frame]:
    """Each step of two iterations, and what is before it."""
    session = Session(spec)
    for iteration in (1, 2):
        session.go(Position(iteration, 1))
        for number in range(len(session.trace.steps) + 1):
            session.go(Position(iteration, number))
            yield build(session, Text(ascii=ascii))


def shown(frame: Frame, size: tuple[int, int]) -> dict[str, list[str]]:
    """The lines of the panes that are shown."""
    boxes = placed(frame, *size)
    return {
        name: ["".join(text for text, _ in line) for line in DRAWINGS[name](frame, width, height)]
        for name, (_, _, width, height) in boxes.items()
        if name in ("header", "timeline", "values", "step", "optimizer")
    }


def fields(header: str) -> list[int]:
    """Where the fields of the title begin."""
    return [header.index(word) for word in ("iteration", "step", "/")]


def labels(frame: Frame, lines: list[str]) -> tuple[str, list[str]]:
    """What is said left of the ledger's numbers, and of which layer where it is of one."""
    net = ledger.net_of(frame)
    layer = str(ledger.link_of(net, frame.symbol)) if "layers" in lines[0] else ""
    if "layer" in lines[1]:
        lines = lines[: len(ledger.KINDS) + 1]
    own = (
        "z",
        "∂L/∂a",
        "∂L/∂ŷ",
        "dL/da",
        "dL/dy",
        "f",
        "J",
    )  # where the room is short, they share a row
    named = [re.sub(r"[▸•>*]", " ", line[:7]).strip() for line in lines[1:]]
    while not named[-1]:  # what stands beside the ledger may be longer
        named.pop()
    return layer, ["" if name.startswith(own) or "below" in name else name for name in named]


def parameters(frame: Frame, lines: list[str]) -> list[int]:
    """Which parameters have a line of their own in a column, by the order of their updates."""
    names = [frame.text.name(update.param) for update in frame.updates]
    heads = [line[:7].strip(" ▸•>*").split(" ")[0] for line in lines[1:]]
    return [names.index(head) for head in heads if head in names]


@settings(max_examples=examples(20))
@given(networks(), optimizers(), st.sampled_from(SIZES), st.booleans())
def test_nothing_moves_between_steps(spec, optimizer, size, ascii):
    spec = replace(spec, optimizer=optimizer)
    still: dict[str, object] = {}
    for frame in frames(spec, ascii):
        panes = shown(frame, size)
        layer, named = labels(frame, panes["values"])
        element = [i for i, line in enumerate(panes["step"]) if line[:2] in ("▸ ", "> ")]
        stands: dict[str, object] = {
            "panes": placed(frame, *size),
            "title": fields(panes["header"][0]),
            "bar": re.sub(r"[─━◆=#-]", "-", panes["timeline"][0].partition("  ")[0]),
            f"labels of {layer}": named,
        }
        if frame.step:
            stands["element"] = element
        for what, where in stands.items():
            assert still.setdefault(what, where) == where, (frame.position, what)
        if "optimizer" in panes and size[0] < 120:
            order = parameters(frame, panes["optimizer"])
            whole = len(order) == len(frame.updates)  # else one line has several of them
            assert not whole or order == sorted(order), frame.position
