"""PyTorch's side of the training benchmark; `python -m tests.bench.torch_side` serves it on a pipe.

Only PyTorch and the standard library are needed. A request is a line of JSON with `sizes`,
`batch`, `optimizer` and `count`; the answer is a line with the seconds that `count` iterations
took, and the first line says which PyTorch it is.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import pairwise


@cache
def theirs(sizes: tuple[int, ...], batch: int, optimizer: str) -> Callable[[int], None]:
    """A function that trains for so many iterations: tanh, cross-entropy, float64, eager."""
    import torch

    torch.manual_seed(0)
    layers: list[torch.nn.Module] = []
    for inputs, units in pairwise(sizes):
        layers += [torch.nn.Linear(inputs, units, dtype=torch.float64), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1])
    x = torch.randn(batch, sizes[0], dtype=torch.float64)
    labels = torch.arange(batch) % sizes[-1]
    criterion = torch.nn.CrossEntropyLoss()
    parameters = list(model.parameters())
    step = (
        torch.optim.SGD(parameters, lr=0.1)
        if optimizer == "sgd"
        else torch.optim.Adam(parameters, lr=0.01)
    )

    def train(count: int) -> None:
        for _ in range(count):
            step.zero_grad()
            loss = criterion(model(x), labels)
            loss.backward()
            step.step()

    return train


def seconds(sizes: tuple[int, ...], batch: int, optimizer: str, count: int) -> float:
    """The time of `count` iterations, in s."""
    train = theirs(sizes, batch, optimizer)
    began = time.perf_counter()
    train(count)
    return time.perf_counter() - began


def prepare() -> str:
    """One thread from here on; the version of PyTorch. Raises ImportError where there is none."""
    import torch

    torch.set_num_threads(1)
    return str(torch.__version__)


def serve() -> None:
    """Answer requests from standard input until it ends."""
    print(prepare(), flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        spent = seconds(tuple(ask["sizes"]), ask["batch"], ask["optimizer"], ask["count"])
        print(repr(spent), flush=True)


if __name__ == "__main__":
    serve()
