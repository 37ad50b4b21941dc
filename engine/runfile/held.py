"""What a [data] table holds out, and by which keys it says so."""

from __future__ import annotations

from typing import NamedTuple

from engine.runfile.batches import Passes
from engine.spec.check import Table
from engine.spec.data import Source

TEST_KEYS = ("test", "test_every", "test_x", "test_y", "test_labels")


class HeldOut(NamedTuple):
    """The samples that are held out: their `rows` among all, counted from 0, and when they are
    tested with. Where they are given apart from the others, `source` has them, said by `table`.
    """

    rows: tuple[int, ...] = ()
    every: str = "pass"
    source: Source | None = None
    table: Table | None = None

    def refuse_in(self, table: Table, batches: Passes) -> None:
        """Refuse mini-batches that have samples which are held out."""
        held = set(self.rows)
        for row in sorted({n for each in batches for rows in each for n in rows} & held)[:1]:
            table.wrong("batches", f"has sample {row}, which test holds out")


NOTHING = HeldOut()
