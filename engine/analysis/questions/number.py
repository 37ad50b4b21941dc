"""Why the selected number is 0, no number, or of its sign: read off its own arithmetic."""

from __future__ import annotations

import math

from engine.analysis.derivation import by_size, is_read
from engine.analysis.questions.base import Answer, Question, Say, Scene, Sum, line, made, total
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index

FEW = 4
CANCELLED = 1e-6
"""A sum so many times smaller than its terms has cancelled."""


def _subject(scene: Scene) -> tuple[Symbol, Index] | None:
    """The selected number, or the step's, that a step has computed."""
    for symbol in (scene.symbol, scene.step.symbol if scene.step else None):
        if symbol is not None and scene.has(symbol):
            return symbol, scene.picked(symbol)
    return None


def _given(scene: Scene) -> str:
    if _subject(scene) is None:
        return "This number is given, by the data or the start; no step computes it."
    return ""


def _why(scene: Scene) -> Answer:
    found = _subject(scene)
    assert found is not None
    symbol, place = found
    whole = scene.arithmetic(symbol, place)
    x = whole.value
    if not math.isfinite(x):
        return [whole, *_no_number(scene, whole)]
    if x == 0:
        return [whole, *_zero(scene, whole.name, whole.e)]
    return [whole, *_sign(scene, whole.name, whole.e, x)]


def _named(scene: Scene, node: Expr) -> str:
    """An operand with its name, or the arithmetic as what it is."""
    if is_read(node):
        return f"{scene.name(node.symbol, node.index)} = {scene.number(node.value)}"
    return scene.number(node.value)


# -- no number -------------------------------------------------------------------------------------


def _no_number(scene: Scene, whole: Sum) -> Answer:
    name = whole.name
    culprits = [node for node in _leaves(whole.e) if not math.isfinite(node.value)]
    found: Answer = []
    if culprits:
        listed = ", ".join(_named(scene, node) for node in culprits[:FEW])
        found.append(Say(f"{name} is {scene.number(whole.value)} because it reads {listed}."))
    elif (node := _breaks(whole.e)) is not None:
        found.append(Say(f"All that {name} reads is finite; it breaks here:"))
        found.append(line(node.op, node))
    else:
        found.append(
            Say(f"All that {name} reads is finite: its sum is more than the run can hold.")
        )
    trouble = scene.trace.trouble
    if trouble:
        number, kind = trouble
        where = f"at {scene.t}.{number}" if number else f"before iteration {scene.t}"
        found.append(
            Say(f"In this iteration the first {kind} stands {where}; :nan goes to the run's.")
        )
    found.append(
        Say("inf − inf, 0·inf, 0/0 and inf/inf are nan, and nan makes nan of all it meets.")
    )
    return found


def _leaves(e: Expr) -> list[Expr]:
    return [e] if e.op == "num" else [leaf for part in e.args for leaf in _leaves(part)]


def _breaks(e: Expr) -> Expr | None:
    """The innermost arithmetic whose operands are finite and whose value is not."""
    for part in e.args:
        if (found := _breaks(part)) is not None:
            return found
    return e if e.op != "num" and not math.isfinite(e.value) else None


# -- zero ------------------------------------------------------------------------------------------


def _zero(scene: Scene, name: str, e: Expr) -> Answer:
    match e.op:
        case "mul":
            zeros = [part for part in e.args if part.value == 0]
            if zeros:
                listed = ", ".join(_named(scene, part) for part in zeros[:FEW])
                return [
                    Say(f"{name} is a product, and 0 because of {listed}."),
                    *_deeper(scene, zeros[0]),
                ]
            return [Say("No factor is 0: the product is less than the smallest number there is.")]
        case "add" | "sub":
            return _zero_sum(name, e)
        case "max":
            return [
                Say(f"{name} is the larger of {' and '.join(_named(scene, p) for p in e.args)}.")
            ]
        case "step":
            return [
                Say(f"The slope is 0 where the sum is not above 0: {_named(scene, e.args[0])}.")
            ]
        case "neg":
            return _zero(scene, name, e.args[0])
        case "div":
            return _zero(scene, f"{name}'s numerator", e.args[0])
        case "num":
            return [Say(f"{name} is 0 as {_named(scene, e)} is.")]
        case _:
            return [Say(f"{e.op} of {_named(scene, e.args[0])} is 0, to the last digit kept.")]


def _zero_sum(name: str, e: Expr) -> Answer:
    terms = _terms(e)
    nonzero = [term for term in terms if term.value]
    if not nonzero:
        return [Say(f"{name} is a sum of {len(terms)} terms, and each is 0.")]
    return [Say(f"{name} is a sum whose terms cancel exactly:"), *_halves(nonzero)]


def _deeper(scene: Scene, node: Expr) -> Answer:
    """Why the operand itself is 0."""
    if not is_read(node) or not scene.has(node.symbol) or Symbol(node.symbol).is_parameter:
        return []
    return [scene.arithmetic(node.symbol, node.index)]


# -- sign ------------------------------------------------------------------------------------------


def _terms(e: Expr) -> list[Expr]:
    """The terms of a sum or difference, with their signs."""
    if e.op == "add":
        return [term for part in e.args for term in _terms(part)]
    if e.op == "sub":
        return [*_terms(e.args[0]), *(ex.neg(term) for term in _terms(e.args[1]))]
    return [e]


def _halves(terms: list[Expr]) -> Answer:
    """What the positive terms come to, and the negative ones."""
    ups = [made(t.value) for t in by_size(tuple(terms)) if t.value > 0]
    downs = [made(t.value) for t in by_size(tuple(terms)) if t.value < 0]
    found: Answer = []
    for name, part in (("above 0", ups), ("below 0", downs)):
        if part:
            count = f"{len(part)} term{'s' * (len(part) != 1)} {name}"
            found.append(total(count, part))
    return found


def _sign(scene: Scene, name: str, e: Expr, x: float) -> Answer:
    word = "positive" if x > 0 else "negative"
    if e.op == "neg":
        inner = e.args[0]
        found: Answer = [Say(f"{name} is {word}: the minus sign turns what stands behind it.")]
        return [*found, line("behind it", inner)]
    if e.op in ("add", "sub"):
        terms = _terms(e)
        found = [
            Say(f"{name} is {word}: it is a sum, and the terms of that sign weigh more."),
            *_halves(terms),
        ]
        largest = max(abs(t.value) for t in terms)
        if abs(x) < CANCELLED * largest:
            found.append(
                Say("They nearly cancel: what is left is about the rounding of the terms.")
            )
        return found
    if e.op in ("mul", "div"):
        factors = list(e.args)
        below = [part for part in factors if part.value < 0]
        listed = ", ".join(_named(scene, part) for part in below[:FEW])
        if not below:
            return [Say(f"{name} is {word}: no factor is below 0.")]
        odd = "an odd" if len(below) % 2 else "an even"
        return [
            Say(f"{name} is {word}: {odd} number of factors is below 0, {listed}."),
            *(line for part in below[:1] for line in _deeper(scene, part)),
        ]
    return [Say(f"{name} is {word}, as {_kind(e)}.")]


def _kind(e: Expr) -> str:
    """What is known of a function's sign."""
    match e.op:
        case "pow" if e.value < 0:
            return "an odd power of what is below 0 is below 0"
        case "exp" | "sqrt" | "σ" | "pow" | "abs" | "Φ" | "φ" | "step":
            return f"{e.op} is never below 0" if e.op != "pow" else "the power that it is"
        case "tanh" | "sign":
            return f"{e.op} has the sign of what it is of"
        case "log":
            return "a logarithm is below 0 for what is less than 1"
        case "num":
            return "the number that it is"
        case _:
            return f"{e.op} makes it of its operands"


ROWS = (
    Question(
        id="this-number",
        asks="Why is this number 0, or nan, or of that sign?",
        words="zero 0 nan inf sign negative positive number why",
        raised=lambda _step: True,
        missing=_given,
        answer=_why,
        place=24,
        needs="",
    ),
)
