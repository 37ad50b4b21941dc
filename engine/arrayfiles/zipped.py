"""A zip whose entries are counted and measured before any is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from engine.arrayfiles.file import MOST_BYTES, File

_ENTRY = b"PK\x01\x02"
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError,
    NotImplementedError, RuntimeError, ValueError, OverflowError, LookupError,
)  # fmt: skip
"""What zipfile raises where a file is damaged."""


class Zipped:
    """The entries of a zip by their `names`. Raises SpecError where they are damaged, packed in
    other ways than those of NumPy and PyTorch, or would be too large.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        file.few(file.data.count(_ENTRY))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(file.data))
            entries = self._zip.infolist()
        except _DAMAGED:
            file.refuse("is a zip that is damaged, or of which not all is there")
        self._sizes = {entry.filename: entry.file_size for entry in entries}
        self.names = list(self._sizes)
        if len(self.names) < len(entries):
            file.refuse("is a zip with two entries of one name; write it again")
        if any(
            entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            for entry in entries
        ):
            file.refuse("is a zip packed in a way that is not read; write it again, not compressed")
        if sum(self._sizes.values()) > MOST_BYTES:
            file.refuse(f"would unpack to more than {MOST_BYTES >> 20} MB, the most")

    def size(self, name: str) -> int:
        """How many bytes an entry says it has; -1 where there is none of the name."""
        return self._sizes.get(name, -1)

    def read(self, name: str) -> bytes:
        """The bytes of an entry, no more than it said."""
        try:
            return self._zip.read(name)
        except _DAMAGED:
            self._file.refuse(f'is damaged at its part "{name}"; write or copy it again')
