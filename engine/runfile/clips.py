"""The [clip] of a run file, or its [[clip]] by parameters: how gradients are clipped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from engine.catalog.clipping import CLIPS, Clip
from engine.runfile.groups import Once, take_params
from engine.runfile.optiontable import excuse_options, refused
from engine.spec.check import Table
from engine.spec.run import ClipSpec


def read_clips(tables: Iterable[Table], names: Sequence[str] | None) -> tuple[ClipSpec, ...]:
    """The clippings that the tables say, of parameters of these names, None where they are not
    known; sentences on what is wrong.
    """
    once, found, every = Once(names or ()), [], list(tables)
    for table in every:
        clip = _clip(table, names)
        if clip is None:
            continue
        if not clip.params and len(every) > 1:
            table.problems.add(table.place, "has no params, and is not the only [[clip]]")
        once.add(table, clip)
        found.append(clip)
    return tuple(found)


def _clip(table: Table, names: Sequence[str] | None) -> ClipSpec | None:
    """What one table says; None where it is wrong."""
    before = len(table.problems.found)
    kinds = [kind for kind in CLIPS if table.has(kind)]
    if len(kinds) != 1:
        said = f"has {' and '.join(kinds) or 'no limit'}"
        table.problems.add(table.place, f"{said}, and must have one of {', '.join(CLIPS)}")
        excuse_options(table, CLIPS)
    options = _options(table, CLIPS[kinds[0]]) if len(kinds) == 1 else {}
    params: tuple[str, ...] | None = ()
    if table.has("params") and names is not None:
        params = take_params(table, names)
    table.close()
    if params is None or len(table.problems.found) > before:
        return None
    row = CLIPS[kinds[0]]
    if refused(table, row, options):
        return None
    limit = float(options.pop(row.limit))
    return ClipSpec(row.name, limit, **options, params=params)


def _options(table: Table, row: Clip) -> dict[str, Any]:
    """The options of a row, its limit under the row's own name."""
    found = {row.limit: table.take(row.name, row.options[row.limit].check)}
    for name, option in row.options.items():
        if name != row.limit:
            found[name] = table.take(name, option.check, option.default)
    return found


def written(clip: ClipSpec) -> dict[str, Any]:
    """The table that says it, with infinite numbers as texts."""
    found: dict[str, Any] = {clip.kind: _plain(clip.limit)}
    if clip.kind == "norm" and clip.norm_type != 2:
        found["norm_type"] = _plain(clip.norm_type)
    return found | ({"params": list(clip.params)} if clip.params else {})


def _plain(number: float) -> float | str:
    return "inf" if number == math.inf else number
