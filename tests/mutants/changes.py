"""The small changes: to comparisons, arithmetic, and/or, numbers, signs and what is returned."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
ATOMS = ast.Constant | ast.Name | ast.Attribute | ast.Call | ast.Subscript

N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True)
class Mutant:
    """A change of a file: bytes [start, stop) of it, which are in `line`, become `after`."""

    file: str
    line: int
    start: int
    stop: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.before}  →  {self.after}"

    def applied(self, source: bytes) -> bytes:
        """The file with the change."""
        return source[: self.start] + self.after.encode() + source[self.stop :]


def mutants(path: Path, root: Path) -> list[Mutant]:
    """All changes of a file, in the order in which they stand there."""
    source = path.read_bytes()
    lines = [0]
    for line in source.split(b"\n"):
        lines.append(lines[-1] + len(line) + 1)
    found = []
    for node, changed in _changes(ast.parse(source), returns_bool=False):
        start = lines[node.lineno - 1] + node.col_offset
        stop = lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        before = " ".join(source[start:stop].decode().split())
        name = path.relative_to(root).as_posix()
        found.append(Mutant(name, node.lineno, start, stop, before, changed))
    return sorted(found, key=lambda each: (each.start, each.stop, each.after))


Change = tuple[ast.expr, str]
"""An expression, and what stands in its place."""


def _changes(node: ast.AST, returns_bool: bool) -> Iterator[Change]:
    """The changes of a node and of all within it. Annotations, decorators, texts, what stands
    for type checkers alone, and `strict=True`, which asserts what always holds, stay as they are.
    """
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            returns_bool = isinstance(node.returns, ast.Name) and node.returns.id == "bool"
        case ast.JoinedStr():
            return
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return
        case ast.keyword(arg="strict", value=ast.Constant(value=True)):
            return
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield value, f"not {_part(value)}" if returns_bool else "None"
        case ast.If() | ast.IfExp() if isinstance(node.test, ATOMS):
            yield node.test, f"not {_part(node.test)}"
        case ast.expr():
            yield from ((node, changed) for changed in _expressions(node))
    for name, field in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list", "type_params"):
            for each in field if isinstance(field, list) else [field]:
                if isinstance(each, ast.AST):
                    yield from _changes(each, returns_bool)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _part(node: ast.expr) -> str:
    written = ast.unparse(node)
    return written if isinstance(node, ATOMS) else f"({written})"


def _expressions(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for other in COMPARISONS[type(op)]:
                    ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
                    yield ast.unparse(ast.Compare(node.left, ops, node.comparators))
        case ast.BoolOp():
            other_word = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield f"({ast.unparse(ast.BoolOp(other_word, node.values))})"
            for i in range(len(node.values)):
                rest = [*node.values[:i], *node.values[i + 1 :]]
                yield f"({ast.unparse(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))})"
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            operator = ARITHMETIC[type(node.op)]()
            yield f"({ast.unparse(ast.BinOp(node.left, operator, node.right))})"
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert()):
            yield _part(node.operand)
        case ast.Constant(value=bool()):
            yield str(not node.value)
        case ast.Constant(value=int() as whole):
            yield str(whole + 1)
        case ast.Constant(value=float() as number):
            yield repr(number * 2 or 1.0)
        case _:
            return
