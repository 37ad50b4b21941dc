"""What the rows of all tables have in common, and how a table finds its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

from engine.spec.check import Check
from engine.spec.options import Option, Options, defaults


class Conflict(Protocol):
    """What of valid options does not go together, as a sentence; "" where all does."""

    def __call__(self, o: Options, /) -> str: ...


def no_conflict(_o: Options) -> str:
    """The conflict of options that go together in any way."""
    return ""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Row:
    """An entry of a table. `options` are its options, by PyTorch's names wherever PyTorch has the
    thing; `conflict(o)` is a sentence where their values do not go together.

    `torch` is a Python expression that computes the same with PyTorch, from which the row's
    fixture is recorded (tests/fixtures). `place` is where the row stands among the others in
    lists; rows without one stand last, by name.
    """

    name: str
    torch: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)
    conflict: Conflict = no_conflict
    place: float = math.inf

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    @cached_property
    def defaults(self) -> Options:
        """The values of those options that have a default."""
        return defaults(self.options)

    def complete(self, options: Options) -> dict[str, Any]:
        """The options given, and the defaults of the others."""
        return {**self.defaults, **options}


@dataclass(frozen=True)
class Rows(Option):
    """An option that is a list of rows, each a mapping of its name and its options. `rows` are
    those that it may have.
    """

    rows: Callable[[], Mapping[str, Row]] = field(kw_only=True)


def list_of_rows(what: str, rows: Callable[[], Mapping[str, Row]], most: int, does: str) -> Rows:
    """The option that is a list of 1 to `most` of these rows, which sentences call `what`."""

    def accept(value: Any) -> tuple[Options, ...] | None:
        if not isinstance(value, list | tuple) or not 0 < len(value) <= most:
            return None
        found = tuple(_accepted(each, rows()) for each in value)
        return None if None in found else tuple(each for each in found if each)

    check = Check(
        f"a list of 1 to {most:,} tables, each with the name of one of the {what}", accept
    )
    return Rows(None, check, does, rows=rows)


def _accepted(value: Any, rows: Mapping[str, Row]) -> Options | None:
    """A mapping with the name of a row and valid options of it; None where it is no such."""
    if not isinstance(value, Mapping) or value.get("name") not in rows:
        return None
    row = rows[value["name"]]
    given = {key: each for key, each in value.items() if key != "name"}
    if not given.keys() <= row.options.keys():
        return None
    options = {key: row.options[key].check.accept(each) for key, each in given.items()}
    whole = row.complete(options)
    wrong = None in whole.values() or whole.keys() < row.options.keys() or row.conflict(whole)
    return None if wrong else {"name": row.name, **options}


R = TypeVar("R", bound=Row)


class RowTable(Mapping[str, R]):
    """The rows of a package by name: the ROW of the module that has the row's name. A row is
    imported when it is first asked for; whoever goes through the table has all of them imported,
    and gets them in their order.
    """

    def __init__(self, package: str, *kinds: type[R]) -> None:
        self._package, self._kinds = package, kinds
        self._rows: dict[str, R] = {}

    def __getitem__(self, name: str) -> R:
        if name not in self._rows:
            row = self._imported(name) if name.isidentifier() else None
            if row is None:
                raise KeyError(name)
            self._rows[name] = row
        return self._rows[name]

    def _imported(self, name: str) -> R | None:
        path = f"{self._package}.{name}"
        row = getattr(import_module(path), "ROW", None) if find_spec(path) else None
        return row if isinstance(row, self._kinds) else None

    def imported(self) -> tuple[R, ...]:
        """The rows that have been asked for."""
        return tuple(self._rows.values())

    @cached_property
    def _names(self) -> list[str]:
        import pkgutil  # whoever asks for one row needs none of it

        modules = pkgutil.iter_modules(import_module(self._package).__path__)
        rows = [self[each.name] for each in modules if each.name in self]
        return [row.name for row in sorted(rows, key=lambda row: (row.place, row.name))]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def put_in(row: R, values: Options, texts: Iterable[str], functions: Iterable[str]) -> R:
    """The row with the values of its options in those of its texts, and as keyword arguments of
    those of its functions.
    """
    if not values:
        return row
    changes: dict[str, Any] = {name: filled(getattr(row, name), values) for name in texts}
    changes |= {name: partial(getattr(row, name), **values) for name in functions}
    return replace(row, **changes)


def filled(template: str, options: Options) -> str:
    """A formula with the values of options for their names; a factor or divisor 1 is left out."""
    for name, value in options.items():
        if value == 1:
            template = template.replace(f"{{{name}}}·", "").replace(f"/{{{name}}}", "")
        template = template.replace(f"{{{name}}}", digits(value))
    return template


def digits(value: Any) -> str:
    """A number with all its digits, or a list of them, as a formula has it: −2.5, 1e−8, (1, 2)."""
    if isinstance(value, list | tuple):
        return f"({', '.join(map(digits, value))})"
    mantissa, e, power = repr(value).partition("e")
    written = mantissa.removesuffix(".0") + (f"e{int(power):+d}" if e else "")
    return written.replace("-", "−")
