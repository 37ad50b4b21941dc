"""Which lines of the code each test comes to, and so which tests can notice a change there."""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import Path

IMPORTING = ""
"""What stands for no test: modules are imported, tests collected."""
WALKS = "tests/tui/draw/test_walks.py"
"""What notices most of what is done to what leads to a drawing."""
HOMES = {
    "engine/formula": ("tests/engine/program", "tests/engine/catalog"),
    "engine/session": ("tests/engine/session", "tests/tui/actions", "tests/engine/saving"),
    "tui/draw": ("tests/tui/draw", "tests/tui/text"),
    "tui/text": ("tests/tui/text", WALKS),
    "tui/frame": ("tests/tui/frame", WALKS),
    "tui/actions": ("tests/tui/actions", WALKS),
    "tui/arrange.py": ("tests/tui/test_arrange.py",),
    "tui/keys.py": ("tests/tui/actions",),
    "tui/__main__.py": ("tests/tui/command",),
}
"""Where a room is tested, if not in the folder of its own name."""


@dataclass
class Reach:
    """What a run of all tests without a change has shown of each.

    A set of tests is a whole number: bit i is test i of `names`.
    """

    names: list[str] = field(default_factory=lambda: [IMPORTING])
    seconds: dict[str, float] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    starting: set[str] = field(default_factory=set)
    """Those that start another program, which may come to any line."""
    lines: dict[str, dict[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._bits = {name: 1 << i for i, name in enumerate(self.names)}

    def add(self, file: str, line: int, tests: Collection[str]) -> None:
        """These tests come to a line, besides those that are known to."""
        for test in tests:
            if test not in self._bits:
                self._bits[test] = 1 << len(self.names)
                self.names.append(test)
        bits = reduce(or_, (self._bits[test] for test in tests), 0)
        of_file = self.lines.setdefault(file, {})
        of_file[line] = of_file.get(line, 0) | bits

    def merge(self, other: Reach) -> None:
        """What another run has shown, of other tests."""
        self.seconds |= other.seconds
        self.failing |= other.failing
        self.starting |= other.starting
        for file, lines in other.lines.items():
            for line, tests in lines.items():
                self.add(file, line, list(other.among(tests)))

    def among(self, tests: int) -> Iterator[str]:
        """The names of a set."""
        while tests:
            lowest = tests & -tests
            yield self.names[lowest.bit_length() - 1]
            tests ^= lowest

    def written(self) -> str:
        """All of it as JSON."""
        lines = {
            file: {line: f"{tests:x}" for line, tests in of_file.items()}
            for file, of_file in self.lines.items()
        }
        return json.dumps(
            {
                "names": self.names,
                "seconds": self.seconds,
                "failing": sorted(self.failing),
                "starting": sorted(self.starting),
                "lines": lines,
            }
        )

    def choice(self, file: str, lines: range, inside: bool) -> list[str]:
        """The tests that may notice a change in these lines, those of the room first, then by
        file, the quicker first.

        They are those of the room that come to the lines, and one case of each test of other rooms
        that does, or that comes to the file at all: what a line gives may have been kept. Where the
        lines run when modules are imported (not `inside` a function) or tests collected, or no test
        comes to the file, they are all of the room that do, and one case of every other test. Those
        of the room that start another program come last.
        """
        here, around, early = self._near(file, lines, inside)
        known = self.seconds if early else [each for each in self.seconds if each in around]
        kept = _firsts(known) | _firsts(each for each in known if each in here)
        own = {each for each in self.seconds if is_of(file, each)}
        kept |= own & (self.starting | here | (around if early else here))
        nearness = {
            test: 3 if test in self.starting else 0 if test in here else 1 if test in around else 2
            for test in self.seconds
            if test in kept and test not in self.failing
        }
        return self._in_order(nearness, file)

    def rest(self, file: str, lines: range, inside: bool) -> list[str]:
        """All others that come to the lines, or to the file where these run early, and again those
        of other rooms that have been tried with few examples: the quicker first.
        """
        here, around, early = self._near(file, lines, inside)
        tried = set(self.choice(file, lines, inside))
        enough = {test for test in tried if is_of(file, test)}
        found = ((around if early else here) - enough - self.failing) & self.seconds.keys()
        return sorted(found, key=lambda test: (self.seconds[test], test))

    def _near(self, file: str, lines: range, inside: bool) -> tuple[set[str], set[str], bool]:
        """The tests that come to the lines, those that come to the file, and whether the lines may
        have run before there was a test.
        """
        of_file = self.lines.get(file, {})
        here = set(self.among(reduce(or_, (of_file.get(line, 0) for line in lines), 0)))
        around = set(self.among(reduce(or_, of_file.values(), 0)))
        return here, around, not inside or IMPORTING in here or not around

    def _in_order(self, nearness: dict[str, int], file: str) -> list[str]:
        total: dict[tuple[int, str], float] = {}
        for test, near in nearness.items():
            total[near, _module(test)] = total.get((near, _module(test)), 0) + self.seconds[test]

        def rank(test: str) -> tuple[int, bool, float, str]:
            near, module = nearness[test], _module(test)
            return near, not is_of(file, test), total[near, module], module

        return sorted(nearness, key=rank)


def read(text: str) -> Reach:
    """A reach as `written` writes it."""
    known = json.loads(text)
    lines = {
        file: {int(line): int(tests, 16) for line, tests in of_file.items()}
        for file, of_file in known["lines"].items()
    }
    return Reach(
        known["names"], known["seconds"], set(known["failing"]), set(known["starting"]), lines
    )


def homes(file: str) -> tuple[str, ...]:
    """The tests of the room that a file is in."""
    room = "/".join(Path(file).parts[:2])
    return HOMES.get(room, (f"tests/{room}",))


def is_of(file: str, test: str) -> bool:
    """Whether a test is one of the room that a file is in."""
    return _module(test).startswith(homes(file))


def statement(source: bytes, line: int) -> tuple[range, bool]:
    """The lines of the innermost statement that a line is of, without those of its body; and
    whether it is inside a function.
    """
    lines, inside = range(line, line + 1), False
    nodes: list[ast.AST] = [ast.parse(source)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            body = node.cases if isinstance(node, ast.Match) else getattr(node, "body", None)
            stop = _line(body[0]) if body else (node.end_lineno or 0) + 1
            lines = range(node.lineno, max(stop, node.lineno + 1))
            nodes = []
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and line not in lines:
                inside = True
        if not isinstance(node, ast.expr):
            nodes += ast.iter_child_nodes(node)
    return (lines if line in lines else range(line, line + 1)), inside


def _line(node: ast.stmt | ast.match_case) -> int:
    return (node.pattern if isinstance(node, ast.match_case) else node).lineno


def _module(test: str) -> str:
    return test.partition("::")[0]


def _firsts(tests: Iterable[str]) -> set[str]:
    """The first case of each test."""
    first: dict[str, str] = {}
    for test in tests:
        first.setdefault(test.partition("[")[0], test)
    return set(first.values())
