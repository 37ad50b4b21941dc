"""What a run file says instead of a network: a function to minimise, or gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from engine.functions.names import canonical, in_order
from engine.functions.read import MOST_LETTERS, MOST_VARIABLES, read, usable
from engine.functions.slopes import MOST_PARTS, TooLongError, derivative
from engine.functions.words import MistakeError, UnknownError
from engine.spec.check import FLAG, FLOAT_MOST, Check, Table, fits, printable, shown, text
from engine.spec.run import (
    WITHOUT_NETWORK,
    Array,
    DataSpec,
    FunctionSpec,
    GradientsSpec,
)

NOT_WITH = ("layers", "data", "loss", "weights", "record", "penalty", "generator")
"""What belongs to a network."""
MOST_GRADIENTS = 1_000_000
MOST_CONSTANTS = 20


class Alone(NamedTuple):
    """What stands instead of a network, with the data that it makes of the run."""

    instead: FunctionSpec | GradientsSpec
    data: DataSpec


def take_alone(top: Table, dtype: str) -> Alone | None:
    """What there is instead of a network; None, and sentences, where it is wrong."""
    key = next(key for key in WITHOUT_NETWORK if key in top.values)
    _refuse_others(top, key)
    table = top.table(key)
    if table is None:
        return None
    before = len(table.problems.found)
    found = _function(table, dtype) if key == "function" else _gradients(table, dtype)
    table.close()
    return None if len(table.problems.found) > before else found


def _refuse_others(top: Table, key: str) -> None:
    """Sentences on what does not stand beside [function], or [gradients]."""
    found = [other for other in (*WITHOUT_NETWORK, *NOT_WITH) if top.has(other) and other != key]
    if "gradients" in found:
        top.wrong("gradients", "stands beside [function]; one of the two must go")
    elif "layers" in found:
        network = [each for each in ("layers", "data", "loss") if each in found]
        listed = " and ".join([", ".join(network[:-1]), network[-1]] if network[1:] else network)
        said = f"stands beside {listed}, which make a network; one of the two must go"
        top.wrong(key, said)
    else:
        for other in found:
            top.wrong(other, f"does not go with [{key}], where there is no network")


# -- a function ------------------------------------------------------------------------------------


def _function(table: Table, dtype: str) -> Alone | None:
    f = table.take("f", text(MOST_LETTERS))
    constants = _constants(table)
    start = _start(table)
    if f is None or constants is None or start is None:
        return None
    given = tuple(start) if isinstance(start, dict) else ()
    if known := [name for name in given if name in constants]:
        table.wrong("start", f"names {known[0]}, which is a constant")
        return None
    names = _variables(table, f, constants, given)
    values = list(start.values()) if isinstance(start, dict) else start
    if names is None or not _as_many(table, values, names):
        return None
    made = FunctionSpec(f, names, _held(values, dtype), constants)
    dummy = np.zeros((1, 1), dtype)
    return Alone(made, DataSpec(dummy, dummy, 1))


def _variables(
    table: Table, f: str, constants: Mapping[str, float], given: tuple[str, ...]
) -> tuple[str, ...] | None:
    """The variables of a formula in their order, which is that of those that are `given`; None, and
    a sentence, where it has a mistake.
    """
    try:
        formula = read(f, constants, given)
        names = given or tuple(in_order(list(formula.names)))
        tree = read(f, constants, names).tree
        if sum(derivative(tree, i).size for i in range(len(names))) > MOST_PARTS:
            raise TooLongError
    except UnknownError as unknown:
        _not_given(table, unknown, given)
        return None
    except MistakeError as mistake:
        table.wrong("f", f"has a mistake in column {mistake.column}: {printable(mistake.what)}")
        return None
    except TooLongError:
        table.wrong("f", "has a derivative that is too long to be shown; write a simpler formula")
        return None
    if not names:
        table.wrong("f", "names no variable, and must be a formula such as 0.1*x1^2 + 2*x2^2")
        return None
    unused = [("start", name) for i, name in enumerate(names) if not tree.has(i)]
    unused += [("constants", name) for name in constants if name not in formula.constants]
    for key, name in unused[:1]:
        table.wrong(key, f"names {name}, which is not in f")
    return None if unused else names


def _not_given(table: Table, unknown: UnknownError, given: tuple[str, ...]) -> None:
    """A sentence on a name in a formula that has no value, where others are `given` one."""
    name = unknown.name
    for i in range(1, len(name)):
        if {name[:i], name[i:]} <= {*given}:
            said = f"has one name {name} in column {unknown.column}"
            table.wrong("f", f"{said}; a product is written {name[:i]}*{name[i:]}")
            return
    either = "" if table.has("constants") else ", unless constants has it"
    table.wrong("start", f"has no {name}, which f names{either}")


def _as_many(table: Table, values: list[float], names: tuple[str, ...]) -> bool:
    """Whether there is a number for each variable; a sentence where there is not."""
    if len(values) == len(names):
        return True
    named = ", ".join(names[:8]) + ", …" * (len(names) > 8)
    variables = "variables" if len(names) > 1 else "variable"
    table.wrong("start", f"has {_count(len(values))}, and f has the {variables} {named}")
    return False


def _constants(table: Table) -> dict[str, float] | None:
    if not table.has("constants"):
        return {}
    given = table.values["constants"]
    if not isinstance(given, Mapping) or len(given) > MOST_CONSTANTS:
        table.wrong("constants", f"is {shown(given)}, and must be a table of up to"
                    f" {MOST_CONSTANTS} numbers, such as a = 1")  # fmt: skip
        return None
    return _named(table, "constants", given)


def _named(table: Table, key: str, given: Mapping[str, Any]) -> dict[str, float] | None:
    """Numbers by the usual forms of their names; None, and a sentence, where one is wrong."""
    found: dict[str, float] = {}
    for name, value in given.items():
        usual = canonical(name)
        if not usable(usual):
            what = "means something already" if usual else "is no name: letters and a number"
            table.wrong(key, f"names {shown(name)}, which {what}")
            return None
        if usual in found:
            table.wrong(key, f"names {usual} twice")
            return None
        if not _number(value, table):
            table.wrong(key, f"has {name} = {shown(value)}, which must be {_valid(table)}")
            return None
        found[usual] = float(value)
    return found


def _number(value: Any, table: Table) -> bool:
    return fits(value, min(FLOAT_MOST, table.problems.largest))


def _valid(table: Table) -> str:
    """What a number must be."""
    return f"a finite number{_narrow(table)}"


def _narrow(table: Table) -> str:
    """What a run in float32 asks of numbers beside that."""
    return "" if table.problems.largest >= FLOAT_MOST else " that float32 holds"


def _start(table: Table) -> dict[str, float] | list[float] | None:
    """The starting values, by name or in order."""
    if not table.has("start"):
        table.wrong("start", "is missing, and must be numbers, [-5, -2] or {x1 = -5, x2 = -2}")
        return None
    given = table.values["start"]
    if isinstance(given, Mapping):
        if not 0 < len(given) <= MOST_VARIABLES:
            table.wrong("start", f"is a table of {len(given)}, and must have 1 to {MOST_VARIABLES}")
            return None
        return _named(table, "start", given)
    values = given.tolist() if isinstance(given, np.ndarray) else given
    values = values if isinstance(values, list) else [values]
    if not 0 < len(values) <= MOST_VARIABLES or not all(_number(v, table) for v in values):
        table.wrong(
            "start",
            f"is {shown(given)}, and must be 1 to {MOST_VARIABLES} finite"
            f" numbers{_narrow(table)}, such as [-5, -2] or {{x1 = -5, x2 = -2}}",
        )
        return None
    return [float(value) for value in values]


def _held(values: list[float], dtype: str) -> Array:
    held = np.array(values, dtype)
    held.flags.writeable = False
    return held


# -- gradients -------------------------------------------------------------------------------------

_NAMES = Check(
    'a list of names, such as ["x1", "x2"]',
    lambda v: (
        tuple(map(canonical, v))
        if isinstance(v, list | tuple) and all(isinstance(e, str) and canonical(e) for e in v)
        else None
    ),
)


def _gradients(table: Table, dtype: str) -> Alone | None:
    start = _start(table)
    g = _given(table)
    repeat = table.take("repeat", FLAG, False)
    names = table.take("names", _NAMES, ())
    if start is None or g is None or repeat is None or names is None:
        return None
    if isinstance(start, dict):
        names, start = tuple(start), list(start.values())
    if len(start) != len(g[0]):
        table.wrong("g", f"has {_count(len(g[0]))} for each iteration, and start has {len(start)}")
        return None
    if names and len({*names}) != len(start):
        table.wrong("names", f"has {len({*names})} different names, and start has {len(start)}")
        return None
    rows = np.array(g, dtype)
    rows.flags.writeable = False
    made = GradientsSpec(_held(start, dtype), repeat, names)
    return Alone(made, DataSpec(rows, np.zeros_like(rows), 1))


def _count(number: int) -> str:
    return f"{number} number{'s' * (number != 1)}"


def _given(table: Table) -> list[list[float]] | None:
    """The gradients, a row for each iteration."""
    if not table.has("g"):
        table.wrong("g", "is missing, and must be a list of gradients, one for each iteration")
        return None
    given = table.values["g"]
    rows = _rows(given.tolist() if isinstance(given, np.ndarray) else given)
    if rows is None:
        such = "such as [4, 2] or [[4, 1], [2, 0]]"
        table.wrong("g", f"is {shown(given)}, and must be a list of gradients, {such}")
        return None
    if len(rows) * len(rows[0]) > MOST_GRADIENTS:
        table.wrong("g", f"has more than {MOST_GRADIENTS:,} numbers")
        return None
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            table.wrong(f"g[{i}]", f"has {_count(len(row))}, and g[0] has {len(rows[0])}")
            return None
        if wrong := [value for value in row if not _number(value, table)]:
            table.wrong(f"g[{i}]", f"has {shown(wrong[0])}, which must be {_valid(table)}")
            return None
    return [[float(value) for value in row] for row in rows]


def _rows(given: Any) -> list[list[Any]] | None:
    """Lists of the same kind, of one element each where they are numbers; None for what is none."""
    if not isinstance(given, list) or not given:
        return None
    listed = [isinstance(row, list) for row in given]
    if not any(listed):
        return [[row] for row in given]
    return given if all(listed) and given[0] else None
