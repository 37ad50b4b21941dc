"""Optimizers, a row each: every module here that has a ROW is one, of that name."""

from __future__ import annotations

from engine.catalog.optimizers.base import Figure, Optimizer, Rule, Rules, slot_rules
from engine.catalog.row import RowTable

OPTIMIZERS = RowTable(__name__, Optimizer)

FORMS = {name: form for row in OPTIMIZERS.values() for name, form in row.forms.items()}
"""The mathematical forms of all rows' scalars and prefixes."""

__all__ = ["FORMS", "OPTIMIZERS", "Figure", "Optimizer", "Rule", "Rules", "slot_rules"]
