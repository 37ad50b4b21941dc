"""The names that people give to the numbers of a training step, and what each may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_LOSS = r"(?:L|E|J|C|Loss|loss|LOSS|cost|Cost|E_?total|Etot|E_tot|CE|MSE|ℒ)"
_OVER = rf"[∂dD]\s*{_LOSS}\s*/\s*[∂dD]\s*"
_GRADIENT = rf"(?:{_OVER}|[∂d]_?|grad[_ ]?|∇_?|g_)"
_KINDS: tuple[tuple[str, str], ...] = (
    ("yhat", r"(?:ŷ|y\u0302|y_?hat|Yhat|y_?pred|probs?|softmax|out_?(?=o\d)|o(?=_?\d))"),
    ("delta", rf"(?:δ|Δ(?=[\[^_\d])|delta|Delta|{_OVER}[zZ]|d[zZ]|∇[zZ]|err(?:or)?)"),
    ("dyhat", rf"(?:{_OVER}(?:ŷ|y_?hat|yhat)|dy_?hat|dŷ)"),
    ("dW", rf"(?:{_GRADIENT}[Ww](?:eights?)?|dtheta)"),
    ("db", rf"(?:{_GRADIENT}(?:b|B|bias))"),
    ("da", rf"(?:{_OVER}(?:[aAhH])|d[aAhH](?=[\W\d_]|$))"),
    ("fprime", r"(?:f['′]|f_?prime|(?:tanh|σ|sigmoid|relu|ReLU|g|act)['′]|slope)"),
    ("mhat", r"(?:m_?hat|mˆ|m\u0302|mhat)"),
    ("vhat", r"(?:v_?hat|vˆ|v\u0302|vhat)"),
    ("lossn", r"(?:L_?n|lossn)(?=[\[_( ]|$)"),
    ("loss", _LOSS),
    ("z", r"(?:net|in(?=_?[ho]\d)|[zZ])"),
    ("a", r"(?:out_?(?=h\d)|[aAhH])"),
    ("W", r"(?:[Ww]eights?|[wW])"),
    ("b", r"(?:bias(?:es)?|[bB])"),
    ("x", r"(?:inputs?|[xXi])"),
    ("y", r"(?:targets?|labels?|[yYt])"),
    ("lr", r"(?:η|eta|lr|learning[ _]rate|alpha|α)"),
    ("m", r"m"),
    ("v", r"v"),
)
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
_PARAM = r"[.(_\[\s]+(?P<param>d?[Wwb]\s*(?:\^?\s*[\[(]?\s*\d{1,2}\s*[\])]?))\)?\]?"
_NEW = r"(?P<new>\s*(?:_?\(?(?:new|neu|next|updated|after)\)?|\+(?!\s*[\d(\[])|['′*]))?"
NAME = re.compile(
    rf"(?:(?P<before>new|updated|neues?|old)\s+)?(?:{_KIND})"
    rf"(?:{_PARAM}|{_NODE}|(?P<digits>\d{{1,3}})?(?:{_LAYER})?(?:{_INDEX})?)"
    rf"(?P<turned>\s*(?:\^\s*\(?[T⊤]\)?|ᵀ|\.T\b))?{_NEW}(?:\s*\(t\))?"
)
_FOR_THE_SHEET = str.maketrans({"¹": "^1", "²": "^2", "³": "^3", "⁴": "^4", "⁵": "^5"})


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
    text = re.sub(r"[₀-₉]+", lambda m: "_" + m[0].translate(_SUBSCRIPTS), text)
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
    kind = next(key for i, (key, _) in enumerate(_KINDS) if match[f"k{i}"] is not None)
    layer = next((int(match[g]) for g in ("lb", "lp", "lc") if match[g]), None)
    digits = match["digits"] or ""
    index = match["ib"] or ""
    under = match["iu"] or ""
    if (
        index
        and layer is None
        and not digits
        and "," not in index
        and kind not in ("x", "y", "yhat")
    ):
        layer, index = int(index), ""
    places = tuple(int(part) for part in (index or "").split(",") if part.strip())
    if under:
        if "," in under:
            places = tuple(int(part) for part in under.split(","))
        elif layer is not None or digits:
            places = tuple(map(int, under))
        else:
            digits = under
    letter = next(
        match[f"k{i}"] for i, (key, _) in enumerate(_KINDS) if key == kind and match[f"k{i}"]
    )
    param = name(match["param"]) if match["param"] else None
    node = match["node"] or ""
    if node:
        places = (int(match["unit"]),)
    before = match["before"] or ""
    return Name(
        kind=kind,
        written=match[0].strip(),
        digits=digits,
        layer=layer,
        index=places,
        node=node,
        param=param,
        new=bool((match["new"] or "").strip())
        or before in ("new", "updated", "neu", "neue", "neues"),
        turned=bool(match["turned"]),
        small=letter[-1:].islower(),
    )
