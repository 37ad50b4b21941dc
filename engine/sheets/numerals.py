"""Numbers as people write them: with a comma, a power of ten, a fraction, a percent sign."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_POWER = r"(?:\s*[×x*·∙]\s*10\s*(?:\^|\*\*)\s*[({]?\s*(?P<power>[+-]?\d{1,4})\s*[)}]?)?"
_SCIENTIFIC = r"(?:[eE](?P<exponent>[+-]?\d{1,4}))?"
_PLAIN = r"(?P<sign>[+-]?)\s*(?P<digits>\d{1,400}(?:[.,]\d{0,400})?|[.,]\d{1,400})"
NUMERAL = re.compile(rf"{_PLAIN}{_SCIENTIFIC}{_POWER}\s*(?P<percent>%?)")
_FRACTION = re.compile(r"[(]?\s*([+-]?\d{1,15})\s*[)]?\s*/\s*[(]?\s*(\d{1,15})\s*[)]?")


@dataclass(frozen=True)
class Numeral:
    """A number as written. `half` is half a unit of its last digit; of a number without a point,
    which may have lost its zeros, it is for the whole sheet to say, and of a fraction it is 0.
    """

    text: str
    value: float
    half: float
    whole: bool = False

    @cached_property
    def decimals(self) -> int | None:
        """How many digits stand after the point; None where that says nothing."""
        match = re.search(r"[.,](\d*)", self.text)
        return len(match[1]) if match and not self.whole else None


def plain_signs(text: str) -> str:
    """Text with the minus signs and multiplication dots that programs know."""
    for sign in "−–‒﹣－":
        text = text.replace(sign, "-")
    text = re.sub(
        r"(?<=10)([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "^" + m[1].translate(SUPERSCRIPTS), text
    )
    return text.replace("＋", "+").replace("⋅", "·").replace("\u00a0", " ").replace("\u2009", "")


def numeral(text: str, comma: bool = False) -> Numeral | None:
    """The number that a text is, from end to end; None where it is none. `comma` says that a comma
    is the decimal sign.
    """
    text = text.strip()
    if fraction := _FRACTION.fullmatch(text):
        below = int(fraction[2])
        return Numeral(text, int(fraction[1]) / below, 0.0) if below else None
    match = NUMERAL.fullmatch(text)
    if match is None or ("," in match["digits"] and not comma):
        return None
    digits = match["digits"].replace(",", ".")
    _, point, decimals = digits.partition(".")
    power = int(match["exponent"] or 0) + int(match["power"] or 0) - 2 * bool(match["percent"])
    value = float(f"{match['sign']}{digits}e{power}")
    half = 0.5 * 10.0 ** max(-400, min(300, power - len(decimals)))
    written = bool(match["exponent"] or match["power"])
    return Numeral(text, value, half, whole=not point and not written)


def uses_comma(text: str) -> bool:
    """Whether the decimal sign of a sheet is the comma: there are such numbers, and none with a
    point.
    """
    with_comma = len(re.findall(r"(?<![\d.,])\d+,\d+(?![\d.,]*[.])(?!\d*,\d)", text))
    with_point = len(re.findall(r"\d\.\d", text))
    return with_comma > 0 and with_point == 0
