"""The template of a run file: a valid run, with everything that can be said in its comments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.datasets import DATASETS
from engine.catalog.inits import INITS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.row import Row
from engine.catalog.schedules import SCHEDULES
from engine.functions.table import OF_TWO, READ

FILE = Path(__file__).parent / "template.toml"
WIDTH = 96
NARROW = "\u00a0"
"""A space at which no line is broken."""

TABLES: dict[str, Mapping[str, Row]] = {
    "activations": ACTIVATIONS,
    "datasets": DATASETS,
    "inits": INITS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
}


def template() -> str:
    """The template's text. What the tables have is listed from the tables themselves."""
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("@functions@", _functions())
    for name, rows in TABLES.items():
        text = text.replace(f"@{name}@", _listed(rows))
    return text


def _functions() -> str:
    """The functions that a formula may have."""
    return (
        ", ".join((*READ, *OF_TWO))
        .replace("log", "ln")
        .replace(", sigmoid", ",\n#                               # sigmoid")
    )


def _listed(rows: Mapping[str, Row]) -> str:
    """Comment lines: names without options side by side, the others with their options."""
    plain = [name for name, row in rows.items() if not row.options]
    lines = [", ".join(plain)] if plain else []
    for name, row in rows.items():
        if row.options:
            each = (
                f"{key}{NARROW}={NARROW}{toml(option.default)}"
                if option.default is not None
                else key
                for key, option in row.options.items()
            )
            lines.append(f"{name}: {', '.join(each)}")
    return "\n".join(
        wrapped.replace(NARROW, " ")
        for line in lines
        for wrapped in wrap(line, WIDTH, initial_indent="#   ", subsequent_indent="#     ")
    )


def toml(value: Any) -> str:
    """A number, flag, text or list of such as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
