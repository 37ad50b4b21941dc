"""What learners ask most of hand-worked training, a row each: every module here that has ROWS has
some. Each is answered by the numbers of the position.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from engine.analysis.questions.base import Question


def _table() -> dict[str, Question]:
    modules = (
        import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    )
    rows = [row for module in modules for row in getattr(module, "ROWS", ())]
    return {row.id: row for row in sorted(rows, key=lambda row: (row.place, row.id))}


QUESTIONS: dict[str, Question] = _table()
