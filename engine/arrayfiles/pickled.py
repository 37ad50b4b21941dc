"""A pickle read by a machine that only builds tables, lists, numbers and texts.

There is nothing in it that could execute anything: a name in the pickle is a text, and what calls
for it is answered by `Names`, which knows a few and refuses all others.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

MOST_OPERATIONS = 10_000_000
LONGEST_NAME = 1_000


class DamagedError(ValueError):
    """The bytes are no pickle of the kind that is read."""


class Names(Protocol):
    """What a pickle may ask for by name."""

    def named(self, name: str, /) -> None:
        """Refuse a name that is not known."""

    def made(self, name: str, args: tuple[Any, ...], /) -> Any:
        """What a call of a name gives."""

    def kept(self, key: Any, /) -> Any:
        """What stands beside the pickle under a key."""


@dataclass(frozen=True)
class Name:
    """A name in a pickle: that of a function or a class, which is not looked up."""

    text: str


class _Mark:
    """Where the items of a list or table begin on the stack."""


_MARK = _Mark()


def unpickled(data: bytes, names: Names) -> Any:
    """What a pickle of protocol 2 to 5 describes, made of dicts, lists, tuples, numbers, texts,
    and what `names` gives. Raises DamagedError where it is none, and what `names` raises.
    """
    machine = _Machine(data, names)
    try:
        return machine.run()
    except (IndexError, KeyError, TypeError, struct.error, UnicodeDecodeError) as error:
        raise DamagedError(str(error)) from None


class _Machine:
    def __init__(self, data: bytes, names: Names) -> None:
        self.data, self.names = data, names
        self.at = 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(MOST_OPERATIONS):
            code = self.take(1)
            if code == b".":
                return self.pop()
            if code in _VALUES:
                self.stack.append(_VALUES[code](self))
            elif code in _DOES:
                _DOES[code](self)
            else:
                raise DamagedError(f"operation {code!r}")
        raise DamagedError("too many operations")

    def take(self, count: int) -> bytes:
        """The next bytes, all of which must be there."""
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise DamagedError("the end is missing")
        self.at += count
        return piece

    def line(self) -> str:
        end = self.data.find(b"\n", self.at, self.at + LONGEST_NAME)
        if end < 0:
            raise DamagedError("a name without an end")
        piece = self.take(end - self.at)
        self.at += 1
        return piece.decode()

    def number(self, kind: str) -> Any:
        return struct.unpack(kind, self.take(struct.calcsize(kind)))[0]

    def long(self) -> int:
        return int.from_bytes(self.take(self.number("<B")), "little", signed=True)

    def text(self, kind: str) -> str:
        return self.take(self.number(kind)).decode("utf-8", "surrogatepass")

    def pop(self) -> Any:
        found = self.stack.pop()
        if found is _MARK:
            raise DamagedError("a mark for a value")
        return found

    def items(self) -> list[Any]:
        """What stands after the last mark, which goes too."""
        found = []
        while (each := self.stack.pop()) is not _MARK:
            found.append(each)
        return found[::-1]

    def tuple_of(self, count: int) -> tuple[Any, ...]:
        return tuple([self.pop() for _ in range(count)][::-1])

    def global_name(self, module: Any, name: Any) -> Name:
        if not isinstance(module, str) or not isinstance(name, str):
            raise DamagedError("a name that is no text")
        self.names.named(f"{module}.{name}")
        return Name(f"{module}.{name}")

    def stacked_name(self) -> Name:
        module, name = self.tuple_of(2)
        return self.global_name(module, name)

    def reduced(self) -> Any:
        function, args = self.tuple_of(2)
        if not isinstance(function, Name) or not isinstance(args, tuple):
            raise DamagedError("a call of what is no name")
        return self.names.made(function.text, args)

    def put(self, key: int) -> None:
        self.memo[key] = self.stack[-1]

    def append(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise DamagedError("items of what is no list")
        self.stack[-1].extend(items)

    def set(self, items: list[Any]) -> None:
        table = self.stack[-1]
        if not isinstance(table, dict) or len(items) % 2:
            raise DamagedError("items of what is no table")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) not in (str, int, float, bool):
                raise DamagedError("a key that is neither a text nor a number")
            table[key] = value

    def build(self) -> None:
        """What a table has beside its items, such as a state_dict's _metadata, is left out."""
        self.pop()
        if not isinstance(self.stack[-1], dict):
            raise DamagedError("something beside what is no table")


_VALUES: dict[bytes, Callable[[_Machine], Any]] = {
    b"N": lambda _: None,
    b"\x88": lambda _: True,
    b"\x89": lambda _: False,
    b"}": lambda _: {},
    b"]": lambda _: [],
    b")": lambda _: (),
    b"(": lambda _: _MARK,
    b"t": lambda m: tuple(m.items()),
    b"\x85": lambda m: m.tuple_of(1),
    b"\x86": lambda m: m.tuple_of(2),
    b"\x87": lambda m: m.tuple_of(3),
    b"J": lambda m: m.number("<i"),
    b"K": lambda m: m.number("<B"),
    b"M": lambda m: m.number("<H"),
    b"G": lambda m: m.number(">d"),
    b"\x8a": lambda m: m.long(),
    b"X": lambda m: m.text("<I"),
    b"\x8c": lambda m: m.text("<B"),
    b"h": lambda m: m.memo[m.number("<B")],
    b"j": lambda m: m.memo[m.number("<I")],
    b"c": lambda m: m.global_name(m.line(), m.line()),
    b"\x93": lambda m: m.stacked_name(),
    b"Q": lambda m: m.names.kept(m.pop()),
    b"R": lambda m: m.reduced(),
}
"""The operations that put a value on the stack."""
_DOES: dict[bytes, Callable[[_Machine], Any]] = {
    b"\x80": lambda m: m.take(1),
    b"\x95": lambda m: m.take(8),
    b"q": lambda m: m.put(m.number("<B")),
    b"r": lambda m: m.put(m.number("<I")),
    b"\x94": lambda m: m.put(len(m.memo)),
    b"a": lambda m: m.append([m.pop()]),
    b"e": lambda m: m.append(m.items()),
    b"s": lambda m: m.set([*m.tuple_of(2)]),
    b"u": lambda m: m.set(m.items()),
    b"b": lambda m: m.build(),
}
"""The operations that put none there."""
