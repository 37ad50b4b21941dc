"""Sheets of runs without a network: their names for what is known of θ, as those of one bias.

A sheet of a function names its variables, x₁ or θ₁, and is read as if they were the biases b[1]
of a layer: what is read of b[1], ∂L/∂b[1] and m(b[1]) then is of θ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container

from engine.functions.names import canonical
from engine.spec.run import RunSpec

AS = "b1"
"""What a sheet's names say where they mean θ."""
BUFFER = "buf.theta"
"""What SGD keeps with momentum."""
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_OVER = r"[∂d]\s*(?:[fFLJEC]|[Ll]oss)?(?:\([^()=]*\))?\s*/\s*[∂d]\s*"
_SLOTS = {
    "mhat": ("m_?hat", "mˆ", "m\u0302", r"m\^"),
    "vhat": ("v_?hat", "vˆ", "v\u0302", r"v\^"),
    "m": ("m",),
    "buf": ("buf",),
    "v": ("velocity", "v", "s"),
}
"""What an optimizer keeps as people write it: momentum, too, is v or buf."""


def translated(spec: RunSpec) -> Callable[[str], str]:
    """What gives a sheet's text its usual names."""
    assert spec.instead is not None
    names = list(spec.instead.names) or [f"θ{i + 1}" for i in range(len(spec.instead.start))]
    variable = "|".join(map(_pattern, sorted(names, key=len, reverse=True)))
    whole = "θ|theta"
    slots = "|".join(
        f"(?P<{slot}>{'|'.join(form for form in forms if form not in names) or '(?!)'})"
        for slot, forms in _SLOTS.items()
    )
    pattern = re.compile(
        rf"(?<![\w∂∇ˆ\]])(?:"
        rf"(?:{_OVER}|∇_?|grad[_ ]?|g_|[∂d](?=_?[^\W\d]))"
        rf"\(?(?:(?P<gv>{variable})|(?P<gw>{whole})(?:{_number('gj')})?)\)?"
        rf"|(?:{slots})(?:[.(_\[\s]*(?:(?P<sv>{variable})|(?P<sw>{whole}))[)\]]?"
        rf"(?:{_number('sj')})?"
        rf"|{_number('si')}|(?P<sa>))"
        rf"|(?P<pv>{variable})|(?P<pw>{whole})(?:{_number('wi')})?"
        rf"|(?P<t>terms|T(?=[_₀-₉\d\[]))(?:{_number('ti')})?"
        rf"|(?P<g>(?:∇f|g))(?:{_number('gi')})?(?!\w)"
        rf"|(?P<f>f)(?:\([^()=]*\))?(?=\s*[=≈:→←]|$)"
        rf")(?![\w(])",
        re.MULTILINE,
    )
    places = {canonical(name): place for place, name in enumerate(names, 1)}

    def put(match: re.Match[str]) -> str:
        found = match.groupdict()

        def at(key: str) -> str:
            number = next((found[key + end] for end in ("", "s", "b") if found.get(key + end)), "")
            return f"_{int(number.translate(_PLAIN))}" if number else ""

        def of(key: str) -> str:
            named = found.get(key)
            return f"_{places[canonical(named.replace('{', '').replace('}', ''))]}" if named else ""

        slot = next((slot for slot in _SLOTS if found[slot]), "")
        if slot:
            return f"{slot}(b[1]){of('sv') or at('si') or at('sj')}"
        if found["gv"] or found["gw"] or found["g"]:
            return f"∂L/∂b[1]{of('gv') or at('gi') or at('gj')}"
        if found["t"]:
            return f"z[1]{at('ti')}"
        return "L" if found["f"] else f"b[1]{of('pv') or at('wi')}"

    return lambda text: pattern.sub(put, text)


def _number(key: str) -> str:
    """A number below a letter, under that key, with s or b behind it where it is ₁ or [1]."""
    below = rf"(?P<{key}s>[₀-₉]{{1,3}})|\[(?P<{key}b>\d{{1,3}})\]"
    return rf"(?:_?\{{?(?P<{key}>\d{{1,3}})\}}?|{below})"


def _pattern(name: str) -> str:
    """How a variable may be written."""
    stem = name.rstrip("0123456789")
    number = name[len(stem) :]
    written = re.escape(stem) if stem != "θ" else "(?:θ|theta)"
    if not number:
        return written
    below = number.translate(_SUBSCRIPTS)
    return rf"{written}(?:_?\{{?{number}\}}?|{below}|\[{number}\])"


def meant(symbol: str, known: Container[str]) -> str:
    """The symbol that a run without a network has for what such a name says, of those `known`."""
    if symbol == "z1":
        return "terms"
    prefix, dot, rest = symbol.rpartition(".")
    found = prefix + dot + {AS: "theta", f"d{AS}": "dtheta"}.get(rest, rest)
    return BUFFER if found == "v.theta" and found not in known and BUFFER in known else found


def said(symbol: str) -> str:
    """What such a name says where it means that symbol."""
    if symbol == "terms":
        return "z1"
    prefix, dot, rest = symbol.rpartition(".")
    return prefix + dot + {"theta": AS, "dtheta": f"d{AS}"}.get(rest, rest)
