"""Worksheets and their solutions as text, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.sheets.worksheet import Item, Worksheet
from engine.spec.run import FunctionSpec, RunSpec
from tui.text import tex
from tui.text.format import Text

BLANK = "________"


@dataclass(frozen=True)
class Style:
    """How a page is written: with the numbers filled in or not, with its formulas or not, with so
    many digits after the point; and what is said of the mistakes that show on it.
    """

    text: Text
    solved: bool
    formulas: bool
    digits: int
    score: str = ""

    def number(self, x: float) -> str:
        """A figure, or the blank for it."""
        return self.true(x) if self.solved else BLANK

    def true(self, x: float) -> str:
        """A number in so many digits, a given one with all it has."""
        return f"{x:.{self.digits}f}"


def given(x: float) -> str:
    """A given number with all its digits."""
    return f"{x:.10g}"


def elements(item: Item) -> list[tuple[Index, float]]:
    """The elements of a result."""
    return [(index, float(item.value[index])) for index in np.ndindex(item.value.shape)]


def _by_iteration(sheet: Worksheet) -> Iterator[tuple[int, str, list[Item]]]:
    for (t, phase), items in groupby(sheet.items, lambda item: (item.iteration, item.phase.value)):
        yield t, phase, list(items)


def _about(sheet: Worksheet) -> str:
    spec = sheet.spec
    if spec.instead:
        return _alone(spec)
    sizes = "-".join(map(str, spec.sizes))
    layers = ", ".join(layer.activation for layer in spec.layers)
    loss = spec.loss.name.replace("_", " ")
    samples = spec.data.samples
    many = f"{samples} samples" if samples > 1 else "one sample"
    return f"A {sizes} network ({layers}), {loss}, {spec.optimizer.name}, {many}."


def _alone(spec: RunSpec) -> str:
    """The same of a run without a network."""
    if isinstance(spec.instead, FunctionSpec):
        return f"The function f = {spec.instead.f} is made small by {spec.optimizer.name}."
    return f"{spec.optimizer.name} from gradients that are given."


def _rows(array: Array) -> str:
    """A matrix row by row, a vector in one."""
    rows = np.atleast_2d(array).tolist()
    return "; ".join("  ".join(map(given, row)) for row in rows)


# -- text and Markdown -----------------------------------------------------------------------------


def plain(sheet: Worksheet, style: Style) -> str:
    """The page as text."""
    text = style.text
    lines = [_heading(sheet, style), f"run: {sheet.name}", "", _about(sheet), ""]
    lines += [f"  {text.name(symbol)} = [{_rows(value)}]" for symbol, value in sheet.given]
    lines.append("  " + ", ".join(f"{text.name(key)} = {given(x)}" for key, x in sheet.scalars))
    lines += _rounding(sheet, style)
    for t, phase, items in _by_iteration(sheet):
        lines += ["", f"Iteration {t}: {phase}"]
        for item in items:
            lines += ["", f"  {_titled(item, style)}"]
            shape = item.value.shape
            for index, x in elements(item):
                name = text.element(item.symbol, index, shape)
                lines.append(f"    {name} = {style.number(x)}")
    return text.plain("\n".join(lines)) + "\n"


def markdown(sheet: Worksheet, style: Style) -> str:
    """The page in Markdown, a table for each step."""
    text = style.text
    lines = [f"# {_heading(sheet, style)}", "", f"run: {sheet.name}", "", _about(sheet), ""]
    lines += [f"- {text.name(symbol)} = [{_rows(value)}]" for symbol, value in sheet.given]
    lines += [f"- {text.name(key)} = {given(x)}" for key, x in sheet.scalars]
    lines += ["", *_rounding(sheet, style)]
    for t, phase, items in _by_iteration(sheet):
        lines += ["", f"## Iteration {t}: {phase}"]
        for item in items:
            lines += ["", _titled(item, style), "", "| | |", "|---|---|"]
            shape = item.value.shape
            for index, x in elements(item):
                name = text.element(item.symbol, index, shape)
                lines.append(f"| {name} | {style.number(x) if style.solved else ' '} |")
    return text.plain("\n".join(lines)) + "\n"


def _heading(sheet: Worksheet, style: Style) -> str:
    return f"{'Solution' if style.solved else 'Worksheet'}: {sheet.spec.title}"


def _titled(item: Item, style: Style) -> str:
    title = style.text.formula(item.title)
    return f"{title}: {style.text.formula(item.formula)}" if style.formulas else title


def _rounding(sheet: Worksheet, style: Style) -> list[str]:
    said = [f"Write every figure with {style.digits} digits after the point."]
    if any(item.iteration > 1 for item in sheet.items):
        said.append("Go on from the parameters that you have worked out.")
    return [*said, *([style.score] if style.score else [])]


# -- LaTeX -----------------------------------------------------------------------------------------

_HEAD = r"""\documentclass[a4paper]{article}
\usepackage[margin=2cm]{geometry}
\usepackage{amsmath}
\setlength{\parindent}{0pt}
\begin{document}
"""
_BOX = r"\framebox[2.2cm]{\rule{0pt}{1em}}"
COLUMNS = 3


def latex(sheet: Worksheet, style: Style) -> str:
    """The page in LaTeX, with what Debian's texlive-latex-base has."""
    lines = [
        _HEAD + rf"\section*{{{tex.words(_heading(sheet, style))}}}",
        rf"run: \texttt{{{tex.words(sheet.name)}}}",
        "",
        tex.words(_about(sheet)),
        "",
    ]
    for symbol, value in sheet.given:
        lines.append(rf"\[ {tex.symbol(symbol)} = {_matrix(value)} \]")
    scalars = r",\quad ".join(f"{tex.symbol(key)} = {given(x)}" for key, x in sheet.scalars)
    lines += [rf"\[ {scalars} \]", *map(tex.words, _rounding(sheet, style))]
    for t, phase, items in _by_iteration(sheet):
        lines.append(rf"\subsection*{{Iteration {t}: {phase}}}")
        for item in items:
            lines += ["", *_step(item, style)]
    return "\n".join([*lines, r"\end{document}", ""])


def _step(item: Item, style: Style) -> list[str]:
    """A step: its formula, and its figures in rows of three."""
    alone = item.symbol.batchwise and item.value.ndim > 1 and len(item.value) == 1
    head = rf"\[ {tex.formula(item.formula)} \]" if style.formulas else ""
    title = tex.words(style.text.formula(item.title))
    cells = [
        f"{tex.element(item.symbol, index, alone)} = {style.true(x) if style.solved else _BOX}"
        for index, x in elements(item)
    ]
    rows = [cells[i : i + COLUMNS] for i in range(0, len(cells), COLUMNS)]
    table = [r"\[ \begin{array}{lll}"]
    table += [" & ".join(rf"\displaystyle {cell}" for cell in row) + r" \\[4pt]" for row in rows]
    return [title, *([head] if head else []), *table, r"\end{array} \]"]


def _matrix(array: Array) -> str:
    rows = np.atleast_2d(array).tolist()
    written = r" \\ ".join(" & ".join(map(given, row)) for row in rows)
    columns = "c" * len(rows[0])
    return rf"\left[\begin{{array}}{{{columns}}} {written} \end{{array}}\right]"


FORMATS: dict[str, tuple[Callable[[Worksheet, Style], str], str]] = {
    "text": (plain, "txt"),
    "markdown": (markdown, "md"),
    "latex": (latex, "tex"),
}
"""Each with the ending of its files."""
