"""The names that variables and constants of a formula may have, each in one form."""

from __future__ import annotations

import unicodedata

from engine.functions.table import CONSTANTS, OF_TWO, OTHER_NAMES, READ

MOST_NAME = 12
_DOWN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_GREEK = {
    unicodedata.name(each).split()[-1].lower(): each for each in "αβγδεζηθικλμνξοπρστυφχψω"
} | {"lambda": "λ"}
TAKEN = {*READ, *OTHER_NAMES, *OF_TWO, *CONSTANTS, "pi"}
"""Names that mean something already."""


def letter(character: str) -> bool:
    """Whether names can begin with it: a Latin or Greek letter."""
    if character.isascii():
        return character.isalpha()
    known = unicodedata.name(character, "").split(" ")[0] in ("LATIN", "GREEK")
    return known and unicodedata.category(character) in ("Lu", "Ll")


def canonical(text: str) -> str:
    """A name in its usual form: x1 for x_1, x₁ and x[1]; θ1 for theta1. "" for what is none."""
    text = text.translate(_DOWN)
    if text.endswith("]") and text.count("[") == 1:
        stem, _, number = text[:-1].partition("[")
        text = stem + number if number.isdecimal() else ""
    if not text or not letter(text[0]) or len(text) > MOST_NAME:
        return ""
    stem = text.rstrip("0123456789")
    number = text[len(stem) :]
    if number and stem.endswith("_"):
        stem = stem[:-1]
    if not stem or not all(letter(each) or each == "_" or each in "0123456789" for each in stem):
        return ""
    return _GREEK.get(stem, stem) + (number if not number else str(int(number)))


def subscripted(name: str) -> str:
    """A name as it is shown, its number below: x₁ for x1."""
    stem = name.rstrip("0123456789")
    return stem + name[len(stem) :].translate(_BELOW)


def in_order(names: list[str]) -> list[str]:
    """Names in the order in which a list of numbers gives their values: those that differ in
    their number alone by that, others as they are.
    """
    parted = [(name.rstrip("0123456789"), name) for name in names]
    numbers = [name[len(stem) :] for stem, name in parted]
    if len({stem for stem, _ in parted}) == 1 and all(numbers):
        return sorted(names, key=lambda name: int(name[len(parted[0][0]) :]))
    return names
