"""Optimizers, a row each: every module here that has a ROW is one."""

from __future__ import annotations

from engine.catalog.optimizers.base import Optimizer, Rule, Rules, slot_rules
from engine.catalog.row import table

OPTIMIZERS: dict[str, Optimizer] = table(__name__, __path__, Optimizer)

FORMS = {name: form for row in OPTIMIZERS.values() for name, form in row.forms.items()}
"""The mathematical forms of all rows' scalars and prefixes."""

__all__ = ["FORMS", "OPTIMIZERS", "Optimizer", "Rule", "Rules", "slot_rules"]
