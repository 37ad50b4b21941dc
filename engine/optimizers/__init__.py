"""Optimizers, a row each: their options, and the rules of one update as PyTorch defines them."""

from __future__ import annotations

from engine.optimizers.adagrad import ADAGRAD
from engine.optimizers.adam import ADAM, ADAMW
from engine.optimizers.base import Optimizer, Rule, Rules, slot_rules
from engine.optimizers.rmsprop import RMSPROP
from engine.optimizers.sgd import SGD

OPTIMIZERS: dict[str, Optimizer] = {row.name: row for row in (SGD, ADAGRAD, RMSPROP, ADAM, ADAMW)}

__all__ = ["OPTIMIZERS", "Optimizer", "Rule", "Rules", "slot_rules"]
