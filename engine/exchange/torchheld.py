"""What is held out, in a script for PyTorch: which samples, and the loss on them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec.data import Batches
from engine.spec.run import RunSpec


def held_out(spec: RunSpec) -> Iterator[str]:
    """The samples that are trained on and those that are held out, where some are."""
    if spec.data.held:
        yield f"own = {Batches(spec.data, spec.seed).own.tolist()}"
        yield f"held = {list(spec.data.held)}"


def tested(spec: RunSpec, batches: Batches, iterations: int) -> Iterator[str]:
    """The lines that print the loss on what is held out, where it is tested with."""
    indent = "    "
    if spec.data.test_every == "pass" and batches.several:
        span = range(1, iterations + 1)
        ends = [t for t in span if batches.ends_pass(t)]
        yield f"    if t in {ends}:"
        indent *= 2
    yield f"{indent}with torch.no_grad():"
    alone = ", penalties=False" if spec.penalty else ""
    yield f'{indent}    print(t, "held out", loss_of(x[held], y[held]{alone}).item())'
