"""A marking scheme: somebody's own names, the layout of weights, and points, from a TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.catalog.symbols import Symbol
from engine.sheets.figures import Judged, Verdict
from engine.sheets.names import name, ready
from engine.spec.check import Problems
from engine.spec.toml import read_toml

TABLES = ("names", "transposed", "points")


@dataclass(frozen=True)
class Points:
    """So many points a figure, another number for some symbols (by key, such as "loss" or "W"),
    and the share of them that a slip still has.
    """

    figure: float = 1.0
    slip: float = 0.0
    symbols: dict[str, float] = field(default_factory=dict)

    def of(self, judged: Judged) -> tuple[float, float]:
        """What a figure has earned, and what it could. What is given or not checked earns none."""
        figure = judged.figure
        if figure.given or judged.verdict is Verdict.UNCHECKED:
            return 0.0, 0.0
        kind = figure.symbol.family
        most = self.symbols.get(figure.symbol, self.symbols.get(kind, self.figure))
        return most * (self.slip if judged.verdict is Verdict.SLIP else 1.0), most


@dataclass(frozen=True)
class Scheme:
    """How a sheet is read and what its figures are worth: somebody's own names for elements or
    symbols ("w5": "W2[1,1]"); whether weights are written as (inputs, units); the points, None
    where none are given.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    transposed: bool = False
    points: Points | None = None


def read_scheme(path: Path) -> Scheme:
    """The scheme in a file. Raises SpecError, all mistakes at once."""
    table = read_toml(path)
    check = Problems(str(path))
    for key in table:
        if key not in TABLES:
            check.add(key, f"is unknown; a scheme has {', '.join(TABLES)}")
    names = _table(table, "names", check)
    for written, meant in names.items():
        if not isinstance(meant, str) or name(ready(meant)) is None:
            check.add(f"names.{written}", 'needs the name of a symbol or element, "W2[1,1]"')
    turned = table.get("transposed", False)
    if not isinstance(turned, bool):
        check.add("transposed", "needs true or false")
    points = _points(_table(table, "points", check), check) if "points" in table else None
    check.stop()
    return Scheme({str(k): str(v) for k, v in names.items()}, bool(turned), points)


def _table(table: dict[str, Any], key: str, check: Problems) -> dict[str, Any]:
    found = table.get(key, {})
    if isinstance(found, dict):
        return found
    check.add(key, "needs to be a table")
    return {}


def _points(table: dict[str, Any], check: Problems) -> Points:
    numbers: dict[str, float] = {}
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e6:
            check.add(f"points.{key}", "needs a number of points, 0 or more")
        else:
            numbers[key] = float(value)
    figure, slip = numbers.pop("figure", 1.0), numbers.pop("slip", 0.0)
    if slip > 1:
        check.add("points.slip", "is the share of its points that a slip keeps, 0 to 1")
    return Points(figure, slip, {_key(key): value for key, value in numbers.items()})


def _key(written: str) -> str:
    found = name(ready(written))
    return f"{found.kind}{found.digits or found.layer or ''}" if found else str(Symbol(written))
