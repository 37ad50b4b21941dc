"""A sheet as text: which names stand in it, and which numbers were written for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from engine.sheets import latex
from engine.sheets.literals import literal
from engine.sheets.names import NAME, Name, made, name, ready
from engine.sheets.numerals import plain_signs, uses_comma
from engine.sheets.statement import Statement
from engine.sheets.tables import from_csv, objects, row_of

RELATIONS = re.compile(r"\s*(?::=|<-|=>|->|==|=|≈|≃|≅|←|→|⇒|~=|\t)\s*|:\s+")
_BEGINS = re.compile(r"\s*(?::=|=|≈|⇒|→|\[|\()")
_SCALED = re.compile(r"\s*[+-]?[\d.]+\s*·?\s*[\[(]")
_BACK = re.compile(
    r"^\(?\s*(?P<w>[Ww].*?(?:\^\(?T\)?|ᵀ|\.T))\s*\)?\s*(?:[·@*⋅]|dot)?\s*\(?(?P<d>(?:δ|delta|d[zZ]).*?)\)?$"
)
_SLOPE = re.compile(r"^(?:f|tanh|σ|sigmoid|relu|g)['′]\s*\(\s*(?P<z>[zZ][^()]*)\)$")
_TIME = re.compile(
    r"(?<!Schulz )\b(?:iteration|round|epoch|pass|runde|durchgang|update step)"
    r"\s*(?:no\.?|#|nr\.?)?\s*[:=]?\s*(\d{1,9})\b"
    r"|第\s*([一二三四五六七八九十\d]{1,3})\s*(?:轮|次|步迭代)"
    r"|\b(first|second|third|fourth|fifth)\s+(?:iteration|round|epoch|pass)\b",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[,;]\s+(?=[^\W\d])|\s{2,}(?=[^\W\d])")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_CHINESE = {character: value for value, character in enumerate("一二三四五六七八九十", 1)}
LONGEST_NAME = 40
"""What is longer is no name beside a number, but a sentence."""
MOST_JOINED = 40
"""A bracket that is still open after so many lines is not joined further."""


def statements(
    text: str,
    names: Mapping[str, str] = MappingProxyType({}),
    usual: Callable[[str], str] = str,
) -> Iterator[Statement]:
    """What a sheet says, in the order of its lines; `names` are its own for those that are known,
    and `usual` gives what is left its usual names.

    It may be plain lines, Markdown, LaTeX, CSV or JSON Lines.
    """
    if names:
        longest = sorted(names, key=len, reverse=True)
        own = re.compile(rf"(?<![\w\[])(?:{'|'.join(map(re.escape, longest))})(?![\w\[])")
        text = own.sub(lambda match: names[match[0]], text)
    text = plain_signs(text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.lstrip()[:1] == "{" and (listed := objects(text)) is not None:
        yield from listed
        return
    if (table := from_csv(usual(text))) is not None:
        yield from table
        return
    text = usual(latex.plain(text))
    yield from _Reader(uses_comma(text)).read(text)


# -- lines -------------------------------------------------------------------------------------


class _Reader:
    """Reads lines; what a line begins may go on in the next ones."""

    def __init__(self, comma: bool) -> None:
        self.comma = comma
        self.iteration: int | None = None
        self.open: Statement | None = None

    def read(self, text: str) -> Iterator[Statement]:
        """The statements of a text."""
        found: list[Statement] = []
        for line, written in _joined(text):
            self._time(written)
            if written.lstrip().startswith("|"):
                cells = [cell.strip() for cell in written.strip().strip("|").split("|")]
                statement = row_of([ready(cells[0]), *cells[1:]], line, self.comma)
                if statement:
                    found.append(replace(statement, iteration=self.iteration))
                    continue
            for segment in written.split(";;"):
                if segment.strip():
                    found += self._segment(ready(segment), line)
        for statement in found:
            if statement.literals or statement.workings:
                yield statement

    def _time(self, written: str) -> None:
        match = _TIME.search(written)
        if match is None:
            return
        if match[1]:
            t = int(match[1])
        elif match[2]:
            t = _CHINESE.get(match[2]) or (int(match[2]) if match[2].isdigit() else 0)
        else:
            t = _ORDINALS[match[3].lower()]
        self.iteration = max(self.iteration or 0, t) or None

    def _segment(self, text: str, line: int) -> list[Statement]:
        """The statements that a piece of a line begins; numbers without a name go to the last."""
        text = re.sub(r"^\s*(?:[-*•▸+]|\d+[.)])\s+", "", text)
        begins = _BEGINS.match(text) or _SCALED.match(text)
        started: list[Statement] = []
        parts = _parts(text)
        if begins and self.open is not None and not _name_of(parts[0]):
            current = self.open
        else:
            head = _last_name(parts[0]) if len(parts) > 1 else None
            if head is None:
                return self._unknown(text, parts, line)
            current = Statement([head], [], line, self.iteration)
            started.append(current)
            parts = parts[1:]
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            if (whole := _name_of(part)) and not current.literals:
                current.names.append(whole)
                continue
            value, following = (part, None) if last else _split(part, self.comma)
            self._value(current, value)
            if following is not None:
                known = _name_of(following)
                current = Statement([known] if known else [], [], line, self.iteration, following)
                started.append(current)
        self.open = current
        return started

    def _unknown(self, text: str, parts: list[str], line: int) -> list[Statement]:
        """A name that is not known beside a number; words end what was open."""
        if re.search(r"[A-Za-z]{3}", text):
            self.open = None
        found = literal(parts[-1], self.comma) if len(parts) > 1 else None
        written = parts[0].strip()
        if found is None or not written or len(written) > LONGEST_NAME or literal(written):
            return []
        self.open = None
        return [Statement([], [found], line, self.iteration, written)]

    def _value(self, current: Statement, part: str) -> None:
        """What a side of the chain gives: a literal, or a working with one on a line after it."""
        if not part.strip():
            return
        for piece in reversed(part.split("\n")):
            found = literal(piece.rstrip(" ,;|\t").removesuffix(" and"), self.comma)
            if found is not None:
                current.literals.append(found)
                return
            if piece.strip():
                break
        current.workings += bool(re.search(r"\d[.,]\d", part))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; those within brackets are one."""
    held, first, depth = "", 0, 0
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        held = f"{held} {line}" if held else line
        first = first or number
        depth += sum(map(line.count, "[")) - sum(map(line.count, "]"))
        if depth <= 0 or number - first >= MOST_JOINED:
            yield first, held
            held, first, depth = "", 0, 0
    if held:
        yield first, held


def _parts(text: str) -> list[str]:
    """The sides of a chain of relations, those within brackets left alone."""
    parts, start, depth, place = [], 0, 0, 0
    while place < len(text):
        character = text[place]
        depth += (character in "([{") - (character in ")]}")
        match = RELATIONS.match(text, place) if depth <= 0 else None
        if match and match.end() > place and match[0].strip(" ") != "":
            parts.append(text[start:place])
            start = place = match.end()
            continue
        place += 1
    return [*parts, text[start:]]


def _name_of(text: str) -> Name | None:
    """The name that a side of a chain is, from end to end, a product or slope with a name of its
    own among them.
    """
    text = text.strip()
    if not text or len(text) > 60:
        return None
    if found := name(text):
        return found
    if match := _SLOPE.match(text):
        inner = name(match["z"])
        return replace(inner, kind="fprime", written=text) if inner and inner.kind == "z" else None
    if match := _BACK.match(text):
        above = name(match["d"].strip(" ()"))
        return replace(above, kind="da", written=text, node="back") if above else None
    return None


def _last_name(text: str) -> Name | None:
    """The name that a text ends with, after whatever words."""
    if whole := _name_of(text):
        return whole
    for match in NAME.finditer(text):
        before = text[: match.start()]
        if match.end() == len(text.rstrip()) and (not before or before[-1] in " ,;:|(\t*`"):
            return made(match)
    pieces = re.split(r"[,;:|]\s+|\s{2,}", text)
    return _name_of(pieces[-1]) if len(pieces) > 1 else None


def _split(part: str, comma: bool) -> tuple[str, str | None]:
    """A value and the name of the next statement that follows it in one side of a chain."""
    for match in NAME.finditer(part):
        if match.end() != len(part.rstrip()):
            continue
        before = part[: match.start()]
        if before.strip() and before[-1] in " ,;|\t" and _is_value(before, comma):
            return before, match[0]
    for match in reversed(list(_PARTED.finditer(part))):
        if _is_value(part[: match.start()], comma) and part[match.end() :].strip():
            return part[: match.start()], part[match.end() :].strip()
    return part, None


def _is_value(text: str, comma: bool) -> bool:
    value = text.rstrip(" ,;|\t").removesuffix(" and").rstrip(" ,;")
    return literal(value, comma) is not None
