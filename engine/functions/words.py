"""The words of a formula: numbers, names and signs, each with its column."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from engine.functions.names import letter

_NUMBER = re.compile(r"(?:\d(?:_?\d)*)?\.?\d(?:_?\d)*(?:[eE][+-]?\d+)?|\d+\.(?![\d.])", re.ASCII)
_TAIL = re.compile(r"[0-9]+|_[0-9A-Za-z]+|[₀-₉]+|\[[0-9]{1,4}\]", re.ASCII)
_RAISED = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))
_SIGNS = {"−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "∙": "*", "÷": "/", "∕": "/"}
_ONE = "+-*/^(),√"


class MistakeError(ValueError):
    """What is wrong with a formula, and the column, counted from 1, where it is."""

    def __init__(self, column: int, what: str) -> None:
        super().__init__(what)
        self.column, self.what = column, what


class UnknownError(MistakeError):
    """A name that is none of those that a formula may have."""

    def __init__(self, column: int, name: str, known: str) -> None:
        super().__init__(column, f"there is no {name}; there {known}")
        self.name = name


class Word(NamedTuple):
    """A word: its `kind` is "number", "name", "raised" for an exponent above the line, "end", or
    "sign"; `text` is as it means, `written` as it stands.
    """

    kind: str
    text: str
    column: int
    written: str = ""


def words(formula: str) -> list[Word]:
    """The words of a formula and its end. Raises MistakeError."""
    found, place = [], 0
    while place < len(formula):
        if formula[place] in " \t\u00a0\u2009\u202f":
            place += 1
            continue
        word = _at(formula, place)
        found.append(word)
        place += len(word.written)
    return [*found, Word("end", "", len(formula) + 1)]


def _at(formula: str, place: int) -> Word:
    character, column = formula[place], place + 1
    if match := _NUMBER.match(formula, place):
        return _number(match[0], column)
    if formula.startswith("**", place):
        return Word("sign", "^", column, "**")
    if character in _ONE or character in _SIGNS:
        return Word("sign", _SIGNS.get(character, character), column, character)
    if character in _RAISED:
        end = place
        while end < len(formula) and formula[end] in _RAISED:
            end += 1
        raised = formula[place:end]
        text = "".join(map(_RAISED.__getitem__, raised))
        if not re.fullmatch(r"-?[0-9]{1,4}", text):
            raise MistakeError(column, f"{raised[:12]} is no exponent")
        return Word("raised", text, column, raised)
    if character == "π":
        return Word("name", "π", column, "π")
    if letter(character):
        return _name(formula, place)
    raise MistakeError(column, _strange(character))


def _number(text: str, column: int) -> Word:
    if len(text) > 60 or not math.isfinite(float(text)):
        raise MistakeError(column, "the number is too large or too long")
    return Word("number", text, column, text)


def _name(formula: str, place: int) -> Word:
    end = place
    while end < len(formula) and letter(formula[end]) and formula[end] != "π":
        end += 1
    while match := _TAIL.match(formula, end):
        end = match.end()
        if match[0].endswith("]"):
            break
    text = formula[place:end]
    return Word("name", text, place + 1, text)


def _strange(character: str) -> str:
    match character:
        case "=":
            return "write only what stands right of the ="
        case "|":
            return "write abs(x) for |x|"
        case "[" | "]" | "{" | "}":
            return f"{character} stands for nothing here; write round parentheses"
    shown = character if character.isprintable() else f"character {ord(character)}"
    return f"{shown} is no part of a formula"
