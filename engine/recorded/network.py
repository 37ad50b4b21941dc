"""The network that recorded calls are: a chain of layers with an activation each, and a loss."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.catalog.activations import ACTIVATIONS, Activation
from engine.recorded.losses import Told, by_numbers, of_call
from engine.recorded.written import Call, Written, plain
from engine.spec.check import printable

AXES = "softmax", "log_softmax"
LAST_AXES = (1, -1)
PRODUCTS = ("linear", "matmul", "mm")
_FUNCTION = re.compile(r"(\w+)\(z\b")
CHAIN = (
    "gradstep follows a chain of Linear layers, each with one activation that --template lists,"
    " and a loss that it lists, too"
)


@dataclass(frozen=True)
class Layer:
    """A layer: the names of its weights, `turned` where these are used transposed, of its biases,
    and of the `slope` that its activation learns; the keys of what it computed, `z` and `a`, None
    where the activation was not called; and the activation, "" where there is none.
    """

    weight: str
    turned: bool
    bias: str | None
    z: str
    activation: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    a: str | None = None
    slope: str | None = None


@dataclass(frozen=True)
class Network:
    """Layers, each with its activation, and the loss."""

    layers: tuple[Layer, ...]
    loss: Told


@dataclass(frozen=True)
class Place:
    """Which of a run's parameters one of the model's is: W2; `turned` where as its transpose."""

    name: str
    turned: bool = False


def places(layers: Sequence[Layer]) -> dict[str, Place]:
    """The model's parameters, by name, in the run of these layers: each where it is first used."""
    found: dict[str, Place] = {}
    for number, layer in enumerate(layers, 1):
        found.setdefault(layer.weight, Place(f"W{number}", layer.turned))
        if layer.bias is not None:
            found.setdefault(layer.bias, Place(f"b{number}"))
        if layer.slope is not None:
            found.setdefault(layer.slope, Place(f"alpha{number}"))
    return found


def network(record: Written) -> Network:
    """The network of a record. Raises SpecError with the first call that is not followed."""
    return _followed(record).done()


def layers_of(record: Written) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """The layers of a record as far as they are followed, and the keys of what is not; none of
    these where it is only a loss that somebody has written out.
    """
    followed = _followed(record)
    rest = followed.rest if any(call.name in PRODUCTS for call in followed.rest) else []
    return tuple(followed.layers), tuple(call.key for call in rest)


def _followed(record: Written) -> _Following:
    following = _Following(record)
    for call in record.calls:
        following.take(call)
    return following


class _Following:
    """Goes along the calls."""

    def __init__(self, record: Written) -> None:
        self.record = record
        self.layers: list[Layer] = []
        self.loss: Told | None = None
        self.rest: list[Call] = []
        self.last = ""
        self._product: tuple[str, bool] | None = None

    def take(self, call: Call) -> None:
        """Understand one more call, or keep it among the rest."""
        if not self.rest and self.loss and self._added(self.loss, call):
            self.last = call.key
            return
        alone = len(call.tables("output")) == (1 if self.last else 0)
        known = alone and not self.rest and self._known(call)
        if not known and self.last and self._same(call):
            return
        if not known:
            self.rest.append(call)
        self.last = call.key

    def _known(self, call: Call) -> bool:
        if self.loss:
            return self._reduced(self.loss, call)
        if call.name in PRODUCTS:
            return self._linear(call)
        if not self.layers:
            return False
        return self._biased(call) or self._activated(call) or self._lost(call)

    def _linear(self, call: Call) -> bool:
        """A layer, by F.linear or as a product with weights."""
        given = {**dict(zip(("input", "weight", "bias"), call.args, strict=False)), **call.kwargs}
        weight, bias = _parameter(given.get("weight")), _parameter(given.get("bias"))
        if weight is None or (bias is None and given.get("bias") is not None):
            return False
        name, turned = weight
        turned = turned is (call.name == "linear")
        self.layers.append(Layer(name, turned, bias[0] if bias else None, call.key))
        return True

    def _biased(self, call: Call) -> bool:
        """Biases that are added to the last layer's product."""
        (names, layer) = call.tables("parameter"), self.layers[-1]
        if call.name != "add" or len(names) != 1 or layer.bias or layer.activation:
            return False
        if not isinstance(names[0], str):
            return False
        self.layers[-1] = replace(layer, bias=names[0], z=call.key)
        return True

    def _activated(self, call: Call) -> bool:
        """An activation of the last layer."""
        row = next((ACTIVATIONS[name] for name in _names(call)), None)
        if row is None or self.layers[-1].activation:
            return False
        given = call.args[1:]
        if row.learns:
            slope = _parameter(call.kwargs.get("weight", given[0] if given else None))
            if slope is None:
                return False
            self.layers[-1] = replace(self.layers[-1], slope=slope[0])
            return self._activate(row.name, {}, call)
        if call.name in AXES:
            axis = call.kwargs.get("dim", given[0] if given else None)
            return axis in LAST_AXES and self._activate(row.name, {}, call)
        own = dict(zip(row.options, map(plain, given), strict=False))
        own |= {key: plain(each) for key, each in call.kwargs.items() if key in row.options}
        return self._activate(row.name, own, call)

    def _activate(self, name: str, options: Mapping[str, Any], call: Call) -> bool:
        self.layers[-1] = replace(
            self.layers[-1], activation=name, options=dict(options), a=call.key
        )
        return True

    def _lost(self, call: Call) -> bool:
        """A loss of PyTorch's."""
        self.loss = of_call(self.record, call, self.layers[-1].activation)
        return self.loss is not None

    def _reduced(self, loss: Told, call: Call) -> bool:
        """A mean or sum that is taken of a loss of each sample."""
        if loss.reduction != "none" or call.name not in ("mean", "sum") or len(call.args) > 1:
            return False
        self.loss = replace(loss, reduction=call.name)
        return True

    def _added(self, loss: Told, call: Call) -> bool:
        """Something that was computed apart, such as a penalty, and is added to the loss."""
        outputs = call.tables("output")  # by what they were called when they were given
        added = call.name == "add" and len(outputs) == 2 and outputs[0] == self.last.rstrip("'")
        return added and loss.reduction != "none"

    def _same(self, call: Call) -> bool:
        """Whether a call gave the numbers that it was given, such as a view of them."""
        made, before = self.record.of(1, call.key), self.record.of(1, self.last)
        if made is None or before is None or made.size != before.size or not made.ndim:
            return False
        return np.array_equal(made.ravel(), before.ravel(), equal_nan=True)

    def done(self) -> Network:
        """The network. Raises SpecError where something is not followed."""
        if not self.layers and not self.rest:
            self.record.refuse(f"has no loss that layers of the model led to: {CHAIN}")
        if self.rest and self.layers and self.loss is None:
            self._by_numbers(self.layers[-1])
        loss = self.loss
        if self.rest or loss is None or loss.reduction == "none":
            call = self.rest[0] if self.rest else self.record.calls[-1]
            made = f"{printable(call.key[:60])} is made by {printable(call.name[:40])}"
            made += self._hint(call)
            return self.record.refuse(f"{made}, which is not followed there: {CHAIN}")
        *layers, last = self.layers
        last = replace(last, activation=last.activation or loss.joined or "identity")
        usual = (replace(each, activation=each.activation or "identity") for each in layers)
        return Network((*usual, last), loss)

    def _hint(self, call: Call) -> str:
        """What helps where a call is not followed."""
        if self.loss and call.name == "div":
            return " of the loss (record one that is not scaled, a step after each backward)"
        return " (record it with p = 0)" if call.name == "dropout" else ""

    def _by_numbers(self, last: Layer) -> None:
        """The rest as a loss that somebody has written out."""
        self.loss = by_numbers(self.record, last.a or last.z, last.activation)
        self.rest = [] if self.loss else self.rest


def _parameter(given: Any) -> tuple[str, bool] | None:
    """The name of the parameter that an argument is, and whether it is transposed."""
    if not isinstance(given, dict) or not isinstance(given.get("parameter"), str):
        return None
    return given["parameter"], bool(given.get("turned"))


def _called(row: Activation) -> str:
    """The name of PyTorch's function."""
    match = _FUNCTION.search(row.torch)
    return row.called or (match[1] if match else "")


def _names(call: Call) -> list[str]:
    """The activations that a function may be: two where an option tells them apart."""
    approximate = call.kwargs.get("approximate", "none")
    found = [row.name for row in ACTIVATIONS.values() if call.name and _called(row) == call.name]
    if call.name == "gelu":
        found = [name for name in found if (name == "gelu") is (approximate == "none")]
    return found
