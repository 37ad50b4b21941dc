"""The updates of PyTorch's optimizers in plain NumPy, to hold the engine's rules against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

TORCH_DEFAULTS: dict[str, dict[str, Any]] = {
    "sgd": {
        "lr": 0.001,
        "momentum": 0,
        "dampening": 0,
        "weight_decay": 0,
        "nesterov": False,
        "maximize": False,
    },
    "adagrad": {
        "lr": 0.01,
        "lr_decay": 0,
        "weight_decay": 0,
        "initial_accumulator_value": 0,
        "eps": 1e-10,
        "maximize": False,
    },
    "rmsprop": {
        "lr": 0.01,
        "alpha": 0.99,
        "eps": 1e-8,
        "weight_decay": 0,
        "momentum": 0,
        "centered": False,
        "maximize": False,
    },
    "adam": {
        "lr": 0.001,
        "betas": (0.9, 0.999),
        "eps": 1e-8,
        "weight_decay": 0,
        "amsgrad": False,
        "maximize": False,
    },
    "adamw": {
        "lr": 0.001,
        "betas": (0.9, 0.999),
        "eps": 1e-8,
        "weight_decay": 0.01,
        "amsgrad": False,
        "maximize": False,
    },
}


class ByHand:
    """An optimizer of one parameter: `update(theta, grad, lr)` gives the next theta; `slots` are
    what it keeps, by the engine's names.
    """

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        self.name = name
        self.o: Mapping[str, Any] = {**TORCH_DEFAULTS[name], **options}
        self.t = 0
        self.slots: dict[str, Array] = {}

    def update(self, theta: Array, grad: Array, lr: float) -> Array:
        self.t += 1
        grad = -grad if self.o["maximize"] else grad
        if self.name == "adamw":
            theta = theta * (1 - lr * self.o["weight_decay"])
        elif self.o["weight_decay"]:
            grad = grad + self.o["weight_decay"] * theta
        method = "adam" if self.name == "adamw" else self.name
        found: Array = theta - getattr(self, f"_{method}")(grad, lr)
        return found

    def _slot(self, name: str, like: Array, start: float = 0.0) -> Array:
        return self.slots.get(name, np.full_like(like, start))

    def _sgd(self, grad: Array, lr: float) -> Array:
        momentum = self.o["momentum"]
        if momentum:
            if self.t == 1:
                self.slots["buf"] = grad.copy()
            else:
                fresh = (1 - self.o["dampening"]) * grad
                self.slots["buf"] = momentum * self.slots["buf"] + fresh
            buf = self.slots["buf"]
            grad = grad + momentum * buf if self.o["nesterov"] else buf
        return lr * grad

    def _adagrad(self, grad: Array, lr: float) -> Array:
        total = self._slot("sum", grad, self.o["initial_accumulator_value"]) + grad * grad
        self.slots["sum"] = total
        rate = lr / (1 + (self.t - 1) * self.o["lr_decay"])
        step: Array = rate * grad / (np.sqrt(total) + self.o["eps"])
        return step

    def _rmsprop(self, grad: Array, lr: float) -> Array:
        alpha = self.o["alpha"]
        spread = self.slots["v"] = alpha * self._slot("v", grad) + (1 - alpha) * grad * grad
        if self.o["centered"]:
            mean = self.slots["avg"] = alpha * self._slot("avg", grad) + (1 - alpha) * grad
            spread = spread - mean * mean
        scaled: Array = grad / (np.sqrt(spread) + self.o["eps"])
        if self.o["momentum"]:
            scaled = self.slots["buf"] = self.o["momentum"] * self._slot("buf", grad) + scaled
        step: Array = lr * scaled
        return step

    def _adam(self, grad: Array, lr: float) -> Array:
        beta1, beta2 = self.o["betas"]
        m = self.slots["m"] = beta1 * self._slot("m", grad) + (1 - beta1) * grad
        v = self.slots["v"] = beta2 * self._slot("v", grad) + (1 - beta2) * grad * grad
        if self.o["amsgrad"]:
            v = self.slots["vmax"] = np.maximum(self._slot("vmax", grad), v)
        denominator = np.sqrt(v) / np.sqrt(1 - beta2**self.t) + self.o["eps"]
        step: Array = lr / (1 - beta1**self.t) * m / denominator
        return step
