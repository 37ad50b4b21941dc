"""Arrays that a [data] table names: those of its file, or files of their own."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from engine.spec.check import Check, Table, printable
from engine.spec.files import LONGEST_PATH
from engine.spec.run import Array

MOST_NAMED = 4
"""So many arrays that are meant alike, or are there instead, are named."""
ENDINGS = (".npy", ".npz", ".safetensors", ".pt", ".pth")
"""A text that ends so is a file."""

_NAME = Check(
    "the name of an array in the file, or of a file of one array, such as x.npy",
    lambda v: v if isinstance(v, str) and 0 < len(v) <= LONGEST_PATH else None,
)


class ArrayNames:
    """The arrays that a table's texts name; each file is read once. `file` is the table's own, ""
    where it has none.
    """

    def __init__(self, table: Table, folder: Path) -> None:
        self.table, self.folder = table, folder
        file = table.values.get("file")
        self.file = file if isinstance(file, str) else ""
        self._read: dict[str, dict[str, Array]] = {}

    def arrays(self, file: str) -> dict[str, Array]:
        """All arrays of a file by name. Raises SpecError where it cannot be read."""
        from engine.arrayfiles.read import read_arrays  # most runs have no file to read

        if file not in self._read:
            self._read[file] = read_arrays(self.folder / file)
        return self._read[file]

    def take(self, key: str) -> Array | None:
        """The array that is named under a key: one of the table's file, or the only one of another.
        None, and a sentence, where there is no such. Raises SpecError where a file cannot be read.
        """
        name = self.table.take(key, _NAME)
        if name is None:
            return None
        if self.file and name in (there := self.arrays(self.file)):
            return there[name]
        if name.endswith(ENDINGS):
            found = list(self.arrays(name).values())
            if len(found) == 1:
                return found[0]
            what = f"has {len(found):,} arrays, and must have one; or it is the file, with names"
        elif self.file:
            what = f"is no array of {self.file}: {listed(self.arrays(self.file))}"
        else:
            what = 'must be a file, such as x.npy, or the name of an array beside file = "…"'
        self.table.wrong(key, f"is {quoted(name)}, which {what}")
        return None


def quoted(name: str) -> str:
    """A name in sentences."""
    return f'"{printable(name[:60])}"'


def listed(arrays: Mapping[str, Array]) -> str:
    """What arrays there are, in sentences."""
    some = [f"{quoted(n)} {a.shape} of {a.dtype}" for n, a in islice(arrays.items(), MOST_NAMED)]
    more = f" and {len(arrays) - MOST_NAMED:,} more" if len(arrays) > MOST_NAMED else ""
    return f"it has {', '.join(some)}{more}" if some else "it has none"
