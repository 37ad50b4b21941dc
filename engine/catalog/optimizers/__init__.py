"""Optimizers, a row each: their options, and the rules of one update as PyTorch defines them."""

from __future__ import annotations

from engine.catalog.optimizers.adagrad import ADAGRAD
from engine.catalog.optimizers.adam import ADAM, ADAMW
from engine.catalog.optimizers.base import Optimizer, Rule, Rules, slot_rules
from engine.catalog.optimizers.rmsprop import RMSPROP
from engine.catalog.optimizers.sgd import SGD

OPTIMIZERS: dict[str, Optimizer] = {row.name: row for row in (SGD, ADAGRAD, RMSPROP, ADAM, ADAMW)}

FORMS = {name: form for row in OPTIMIZERS.values() for name, form in row.forms.items()}
"""The mathematical forms of all rows' scalars and prefixes."""

__all__ = ["FORMS", "OPTIMIZERS", "Optimizer", "Rule", "Rules", "slot_rules"]
