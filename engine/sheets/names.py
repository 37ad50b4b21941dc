"""The names that people give to the numbers of a training step, and what each may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_LOSS = r"(?:L|E|J|C|Loss|loss|LOSS|cost|Cost|E_?total|Etot|E_tot|CE|MSE|ℒ)"
_OVER = rf"[∂dD]\s*{_LOSS}\s*/\s*[∂dD]\s*"
_GRADIENT = rf"(?:{_OVER}|[∂d]_?|grad[_ ]?|∇_?|g_)"
_SLOPE = r"(?:alpha|α|prelu[_ ]?weight)"
_KINDS: tuple[tuple[str, str], ...] = (
    ("yhat", r"(?:ŷ|y\u0302|y_?hat|Yhat|y_?pred|probs?|softmax|out_?(?=o\d)|o(?=_?\d))"),
    ("delta", rf"(?:δ|Δ(?=[\[^_\d])|delta|Delta|{_OVER}(?:[zZ]|net)|d[zZ]|∇[zZ]|err(?:or)?)"),
    ("dyhat", rf"(?:{_OVER}(?:ŷ|y_?hat|yhat|out_?(?=o\d))|dy_?hat|dŷ)"),
    ("dW", rf"(?:{_GRADIENT}[Ww](?:eights?)?|dtheta)"),
    ("db", rf"(?:{_GRADIENT}(?:b|B|bias))"),
    ("dalpha", rf"(?:{_GRADIENT}{_SLOPE})"),
    ("da", rf"(?:{_OVER}(?:[aA]|[hH](?!\d*_)|out_?(?=h\d))|d[aAhH](?=[\W\d_]|$))"),
    ("fprime", r"(?:f['′]|f_?prime|(?:tanh|σ|sigmoid|relu|ReLU|g|act)['′]|slope)"),
    ("mhat", r"(?:m_?hat|mˆ|m\u0302|mhat)"),
    ("vhat", r"(?:v_?hat|vˆ|v\u0302|vhat)"),
    ("gsum", r"(?:Σ ?g|gsum|sumg)"),
    ("lossn", r"(?:L_?n|lossn)(?=[\[_( ]|$)"),
    ("dataloss", r"(?:data[ _]loss|dataloss|E_?data)"),
    ("penalty", r"(?:R(?=[\W]|$)|[Pp]enalty|reg(?:ulari[sz]ation)?(?:[ _]loss)?(?=[\W]|$))"),
    ("loss", _LOSS),
    ("z", r"(?:net|in(?=_?[ho]\d)|[zZ])"),
    ("a", r"(?:out_?(?=h\d)|[aAhH])"),
    ("W", r"(?:[Ww]eights?|[wW])"),
    ("b", r"(?:bias(?:es)?|[bB])"),
    ("x", r"(?:inputs?|[xXi])"),
    ("y", r"(?:targets?|labels?|[yYt])"),
    ("alpha", rf"{_SLOPE}(?=\s*[\[_^]|\d)"),
    ("lr", r"(?:η|eta|lr|learning[ _]rate|alpha|α)"),
    ("m", r"m"),
    ("v", r"v"),
)
_WITHOUT_LAYER = ("x", "y", "yhat")
_AFTERWARDS = ("new", "updated", "neu", "neue", "neues")
_KIND = "|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_KINDS))
_LAYER = (
    r"(?:\s*\^?\s*\[\s*(?P<lb>\d{1,2})\s*\]"
    r"|\s*\^\s*\(\s*\[?(?P<lp>\d{1,2})\]?\s*\)|\^(?P<lc>\d{1,2}))"
)
_INDEX = (
    r"(?:\s*_?\s*\[\s*(?P<ib>\d{1,4}(?:\s*,\s*\d{1,4})*)\s*\]"
    r"|\s*_\s*\(?(?P<iu>\d{1,4}(?:,\s*\d{1,4})*)\)?)"
)
_NODE = r"(?:_?\(?(?P<node>[hoi])_?(?P<unit>\d{1,3})\)?)"
_PARAM = (
    r"[.(_\[\s]+(?P<param>d?(?:[Wwb]|alpha|α)\s*\^?\s*(?:\[\s*\d{1,2}\s*\]|\(\s*\d{1,2}\s*\)|\d{1,2}))\)?\]?"
    r"(?:_\(?(?P<pi>\d{1,4}(?:,\s*\d{1,4})*)\)?)?"
)
_NEW = r"(?P<new>\s*(?:_?\(?(?:new|neu|next|updated|after)\)?|\+(?!\s*[\d(\[])|['′*]))?"
NAME = re.compile(
    rf"(?:(?P<before>new|updated|neues?|old)\s+)?(?:{_KIND})"
    rf"(?:{_PARAM}|{_NODE}|(?P<digits>\d{{1,3}})?(?:{_LAYER})?(?:{_INDEX})?)"
    rf"(?P<turned>\s*(?:\^\s*\(?[T⊤]\)?|ᵀ|\.T\b))?{_NEW}(?:\s*\(t\))?"
)
_NODE_SLOPE = re.compile(r"[∂d]out_?([ho]\d+)\s*/\s*[∂d]net_?\1\b")


@dataclass(frozen=True)
class Name:
    """What a name says: the kind of symbol; a number that stands right after the letter, which
    may be a layer or a place; the layer, the place (from 1), where these are said; the parameter
    that an optimizer's vector belongs to; whether it is a node of the textbook's kind (h, o, i),
    the parameter after its update, a matrix turned over.
    """

    kind: str
    written: str
    digits: str = ""
    layer: int | None = None
    index: tuple[int, ...] = ()
    node: str = ""
    param: Name | None = None
    new: bool = False
    turned: bool = False
    small: bool = False


def ready(text: str) -> str:
    """A line in which subscripts and superscripts are written with _ and ^, without braces."""
    text = re.sub(r"([_^])\{([^{}]*)\}", _without_braces, text)
    text = text.replace("ₙ", "_n")
    text = _NODE_SLOPE.sub(r"slope_\1", text)
    text = re.sub(r"[₀-₉]+(?:,[₀-₉]+)*", lambda m: "_" + m[0].translate(_SUBSCRIPTS), text)
    text = re.sub(
        r"(?<=[A-Za-zδ\]])[¹²³⁴⁵⁶⁷⁸⁹]", lambda m: "^" + m[0].translate(_SUPERSCRIPTS), text
    )
    return re.sub(r"\*\*([^*]+)\*\*|`([^`]*)`", lambda m: m[1] or m[2] or "", text)


def _without_braces(match: re.Match[str]) -> str:
    inner = match[2].strip()
    plain = re.fullmatch(r"[\w+′'*,\[\]()-]+", inner)
    return f"{match[1]}{inner}" if plain else f"{match[1]}({inner})"


def name(text: str) -> Name | None:
    """The name that a text is, from end to end; None where it is none that is known."""
    text = text.strip().strip("*_` ")
    text = re.sub(r"^\(\s*([^()]*)\)\s*(\^\s*\(?[T⊤]\)?|ᵀ)?$", r"\1\2", text)
    match = NAME.fullmatch(text)
    return made(match) if match else None


def made(match: re.Match[str]) -> Name:
    """What a match of NAME says."""
    kind, letter = _kind(match)
    digits, layer, places = _numbers(match, kind)
    if match["pi"]:
        places = _places(match["pi"] if "," in match["pi"] else ",".join(match["pi"]))
    return Name(
        kind=kind,
        written=match[0].strip(),
        digits=digits,
        layer=layer,
        index=(int(match["unit"]),) if match["node"] else places,
        node=match["node"] or "",
        param=name(match["param"]) if match["param"] else None,
        new=bool((match["new"] or "").strip()) or match["before"] in _AFTERWARDS,
        turned=bool(match["turned"]),
        small=letter[-1:].islower(),
    )


def _kind(match: re.Match[str]) -> tuple[str, str]:
    """The kind, and how it is written."""
    for i, (kind, _) in enumerate(_KINDS):
        if (letter := match[f"k{i}"]) is not None:
            return kind, letter
    raise AssertionError


def _numbers(match: re.Match[str], kind: str) -> tuple[str, int | None, tuple[int, ...]]:
    """The digits behind the letter, the layer, and the place, as far as the name has them. A lone
    number in brackets is a layer, where the kind has layers.
    """
    digits, index, under = match["digits"] or "", match["ib"] or "", match["iu"] or ""
    layer = next((int(match[g]) for g in ("lb", "lp", "lc") if match[g]), None)
    named = layer is not None or bool(digits)
    if index.isdigit() and not named and kind not in _WITHOUT_LAYER:
        layer, index, named = int(index), "", True
    if under and "," not in under and not named:
        return under, layer, _places(index)
    if under:
        return digits, layer, _places(under if "," in under else ",".join(under))
    return digits, layer, _places(index)


def _places(written: str) -> tuple[int, ...]:
    return tuple(int(part) for part in written.split(",") if part.strip())
