"""`.pt` and `.pth` as torch.save writes them since PyTorch 1.6: a zip of a pickle, which says what
the tensors are called and how they lie, and of their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrayfiles.file import FLOAT8, File, from_bfloat16, native
from engine.arrayfiles.pickled import DamagedError, Name, unpickled
from engine.arrayfiles.zipped import Zipped
from engine.spec.run import Array

PICKLE = "data.pkl"
MOST_DEPTH = 12
DAMAGED = "is damaged at its part data.pkl; write it again with torch.save"
MEND = "save the state_dict() of the model or the optimizer with torch.save"

STORAGES = {
    "DoubleStorage": "f8", "FloatStorage": "f4", "HalfStorage": "f2", "BFloat16Storage": "bf16",
    "LongStorage": "i8", "IntStorage": "i4", "ShortStorage": "i2", "CharStorage": "i1",
    "ByteStorage": "u1", "BoolStorage": "b1",
}  # fmt: skip
"""The kinds of numbers, by what PyTorch calls those who hold them."""
DTYPES = {
    "float64": "f8", "float32": "f4", "float16": "f2", "bfloat16": "bf16",
    "int64": "i8", "int32": "i4", "int16": "i2", "int8": "i1",
    "uint64": "u8", "uint32": "u4", "uint16": "u2", "uint8": "u1", "bool": "b1",
}  # fmt: skip
TABLE = "collections.OrderedDict"
COUNTER = "collections.Counter"
TENSOR = "torch._utils._rebuild_tensor_v2"
TYPED_TENSOR = "torch._utils._rebuild_tensor_v3"
PARAMETER = "torch._utils._rebuild_parameter"
SIZE = "torch.Size"
UNTYPED = "torch.storage.UntypedStorage"
KNOWN = {
    TABLE, COUNTER, TENSOR, TYPED_TENSOR, PARAMETER, SIZE, UNTYPED,
    *(f"torch.{name}" for name in (*STORAGES, *DTYPES)),
}  # fmt: skip
"""All names that a file may have in it."""


@dataclass(frozen=True, eq=False)
class _Storage:
    """Numbers in a row, not yet read: where they are, of which kind ("" where that is said
    elsewhere), and how many, as PyTorch counts them.
    """

    key: str
    kind: str
    count: int


class _Reader:
    """Answers what the pickle of a file asks for."""

    def __init__(self, file: File, packed: Zipped, prefix: str) -> None:
        self._file, self._packed, self._prefix = file, packed, prefix
        self._read: dict[str, tuple[str, Array]] = {}
        order = f"{prefix}byteorder"
        known = order in packed.names and packed.size(order) < 20
        self._order = ">" if known and packed.read(order).strip() == b"big" else "<"

    def named(self, name: str) -> None:
        if name in KNOWN:
            return
        if "float8" in name.lower():
            self._file.refuse(f"has a tensor that {FLOAT8}")
        self._file.refuse(
            f"has the name {name[:80]} in it, which is not looked up or executed; {MEND}"
        )

    def kept(self, key: Any) -> _Storage:
        match key:
            case ("storage", Name(text=name), str(place), str(), int(count)) if count >= 0:
                kind = STORAGES.get(name.removeprefix("torch."), "" if name == UNTYPED else None)
                if kind is not None:
                    return _Storage(place, kind, count)
        raise DamagedError("a storage that is none")

    def made(self, name: str, args: tuple[Any, ...]) -> Any:
        match name, args:
            case "collections.OrderedDict", ():
                return {}
            case "collections.Counter", (dict() as counts,):
                return dict(counts)
            case "torch.Size", (tuple() | list() as lengths,):
                return tuple(lengths)
            case "torch._utils._rebuild_parameter", (np.ndarray() as tensor, *_):
                return tensor
            case (
                "torch._utils._rebuild_tensor_v2",
                (_Storage() as storage, int(first), tuple(shape), tuple(strides), *_),
            ) if storage.kind:
                return self._tensor(storage, storage.kind, first, shape, strides)
            case (
                "torch._utils._rebuild_tensor_v3",
                (_Storage() as s, int(first), tuple(shape), tuple(strides), _, _, Name() as d, *_),
            ) if d.text.removeprefix("torch.") in DTYPES:
                kind = DTYPES[d.text.removeprefix("torch.")]
                return self._tensor(s, kind, first, shape, strides)
        raise DamagedError("a call with other things than it takes")

    def _tensor(
        self, storage: _Storage, kind: str, first: int, shape: Sequence[Any], strides: Sequence[Any]
    ) -> Array:
        """A view of a storage, which must have all of its numbers."""
        place = f"the tensor in data/{storage.key}"
        if self._file.size(place, shape) and not storage.count:
            self._file.refuse(f"{place} has no numbers; the file is damaged")
        if len(strides) != len(shape) or not all(type(n) is int and n >= 0 for n in strides):
            raise DamagedError("strides that are none")
        flat = self._numbers(storage, kind)
        if 0 in shape:
            return native(np.zeros(shape, flat.dtype))
        last = first + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
        if first < 0 or last >= len(flat):
            self._file.refuse(f"{place} reaches beyond its {len(flat):,} numbers; it is damaged")
        steps = [step * flat.itemsize for step in strides]
        return np.lib.stride_tricks.as_strided(flat[first:], shape, steps, writeable=False)

    def _numbers(self, storage: _Storage, kind: str) -> Array:
        """All numbers of a storage (count,), read once and as one kind."""
        before, found = self._read.get(storage.key, (kind, None))
        if before != kind:
            raise DamagedError("numbers of two kinds in one storage")
        if found is not None:
            return found
        dtype = np.dtype(f"{self._order}{'u2' if kind == 'bf16' else kind}")
        entry = f"{self._prefix}data/{storage.key}"
        there = self._packed.size(entry)
        needed = storage.count * (dtype.itemsize if storage.kind else 1)
        if there != needed or there % dtype.itemsize:
            self._file.refuse(
                f"data/{storage.key[:40]} needs {needed:,} bytes and has {max(there, 0):,};"
                " the file is damaged or not all of it is there"
            )
        flat = self._file.numbers(entry, dtype, there // dtype.itemsize, self._packed.read(entry))
        found = native(from_bfloat16(flat) if kind == "bf16" else flat)
        self._read[storage.key] = kind, found
        return found


def torch_file(file: File, packed: Zipped) -> dict[str, Array]:
    """The tensors and numbers of a file by their names; those in tables within tables by names
    with points, such as state.0.exp_avg. Raises SpecError where there is anything else in it.
    """
    pickles = [name for name in packed.names if name.split("/")[1:] == [PICKLE]]
    if len(pickles) != 1 or any(name.endswith("/constants.pkl") for name in packed.names):
        file.refuse(
            f"is a zip, but no tensors saved by torch.save (TorchScript is not read); {MEND}"
        )
    prefix = pickles[0].removesuffix(PICKLE)
    try:
        whole = unpickled(packed.read(pickles[0]), _Reader(file, packed, prefix))
    except DamagedError:
        file.refuse(DAMAGED)
    if isinstance(whole, np.ndarray):
        return {"": whole}
    if not isinstance(whole, dict | list | tuple):
        file.refuse(f"has no table of tensors; {MEND}")
    gathered = _Gathered(file)
    gathered.add(whole, "", 0)
    return gathered.found


class _Gathered:
    """The tensors and numbers of tables within tables, by name, in bounded time."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._seen = 0
        self.found: dict[str, Array] = {}

    def add(self, value: Any, name: str, depth: int) -> None:
        """Add what a value has, under its name and those within it."""
        self._seen += 1
        self._file.few(self._seen)
        if isinstance(value, np.ndarray):
            self._name(name, value)
        elif type(value) in (int, float, bool):
            self._name(name, self._number(name, value))
        elif isinstance(value, dict | list | tuple):
            if depth == MOST_DEPTH:
                self._file.refuse(f"has tables within tables, more than {MOST_DEPTH} deep; {MEND}")
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, each in items:
                self.add(each, f"{name}.{key}" if depth else str(key), depth + 1)

    def _name(self, name: str, array: Array) -> None:
        if name in self.found:
            self._file.refuse(f'has two things called "{name[:60]}"; {MEND}')
        self.found[name] = array

    def _number(self, name: str, value: Any) -> Array:
        if type(value) is int and value.bit_length() > 63:
            self._file.refuse(f'has under "{name[:60]}" a whole number beyond 64 bits')
        return native(np.array(value))
