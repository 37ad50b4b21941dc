"""A file of arrays, of whichever kind it is by its first bytes: name → array."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.arrayfiles.file import MOST_BYTES, File
from engine.arrayfiles.numpyfile import MAGIC, npy, npz
from engine.arrayfiles.safetensors import safetensors
from engine.arrayfiles.torchfile import MEND, PICKLE, torch_file
from engine.arrayfiles.zipped import Zipped
from engine.spec.files import read_bytes
from engine.spec.run import Array

KINDS = ".npz, .npy, .safetensors, .pt or .pth"
PICKLED = (
    "is a pickle, or of PyTorch's format before 1.6; nothing of it is executed."
    f" Load it where you trust it, and {MEND}"
)


def read_arrays(path: Path) -> dict[str, Array]:
    """All arrays of a `.npz`, `.npy`, `.safetensors` or `.pt` file by name, read-only, bfloat16 as
    the float32 that it is; the one of a `.npy` is called "". Raises SpecError with a sentence where
    the file is none of these, is damaged, or has something else in it.
    """
    return arrays_of(path.name, read_bytes(path, MOST_BYTES))


def arrays_of(name: str, data: bytes) -> dict[str, Array]:
    """The same of a file's bytes; `name` is what sentences call it."""
    file = File(name, data)
    try:
        return _reader(file)(file)
    except MemoryError:
        file.refuse("needs more memory than there is")


def _reader(file: File) -> Callable[[File], dict[str, Array]]:
    """What reads files of this one's kind."""
    data = file.data
    if data.startswith(MAGIC):
        return lambda it: {"": npy(it, it.data)}
    if data.startswith(b"PK"):
        return _zipped
    if data[8:9] != b"{" and not file.name.endswith(".safetensors"):
        file.refuse(PICKLED if data.startswith(b"\x80") else f"is no {KINDS} file")
    return safetensors


def _zipped(file: File) -> dict[str, Array]:
    packed = Zipped(file)
    of_torch = any(name.endswith(f"/{PICKLE}") for name in packed.names)
    return (torch_file if of_torch else npz)(file, packed)
