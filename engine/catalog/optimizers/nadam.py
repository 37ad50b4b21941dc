"""NAdam, as PyTorch's: Adam with Nesterov's look ahead, and a momentum that grows."""

from __future__ import annotations

from functools import cache, lru_cache, partial

import numpy as np

from engine.catalog.optimizers import adam, parts, roots
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules, ScalarRule, Vectors
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.options import Options, at_least_0, pair_below_1

BASE = 0.96
EVERY = 4096
"""Of so many products one is kept."""


def momentum(t: int, beta1: float, decay: float) -> float:
    """μₜ = β₁·(1 − ½·0.96^(t·ψ)), the momentum of update t (T. Dozat, 2016)."""
    return float(beta1 * (1.0 - 0.5 * (BASE ** (t * decay))))


class _Products:
    """The products μ₁·μ₂·…·μₜ, multiplied in that order whoever asks, so that each is always the
    same to the last bit.
    """

    def __init__(self, beta1: float, decay: float) -> None:
        self._of = beta1, decay
        self._kept = {0: 1.0}
        self._last = 0, 1.0

    def at(self, t: int) -> float:
        """The product up to μₜ."""
        done, product = self._last
        if done > t:
            done = t - t % EVERY
            while done not in self._kept:
                done -= EVERY
            product = self._kept[done]
        while done < t:
            more = product * momentum(done + 1, *self._of)
            if more == product:  # no number is smaller, and later momenta are nearer to 1
                return product
            done, product = done + 1, more
            if done % EVERY == 0:
                self._kept[done] = product
        self._last = done, product
        return product


_products = lru_cache(maxsize=64)(_Products)


def _grown(name: str, title: str, ahead: int, why: str) -> ScalarRule:
    def value(e: Operands) -> Expr:
        t = ex.add(e["t"], ex.num(ahead)) if ahead else e["t"]
        power = ex.mul(t, e["momentum_decay"])
        less = ex.mul(ex.num(0.5), ex.raised(ex.num(BASE), power))
        return ex.mul(e["beta1"], ex.sub(ex.num(1), less))

    t = "({t} + 1)" if ahead else "{t}"
    return ScalarRule(
        name=name,
        title=title,
        formula=f"{{beta1}}·(1 − 0.5·{BASE}^({t}·{{momentum_decay}}))",
        why=why,
        value=value,
        says=partial(_share, name=name),
    )


def _share(e: Operands, number: Number, name: str) -> str:
    """How much of β₁ it is."""
    beta1 = e["beta1"].value
    return f"Here it is {number(e[name].value / beta1)} of {{beta1}}." if beta1 else ""


GROWS = "β₁ times a share from a half to 1, which grows with t where ψ is not 0."
SCALAR_RULES = (
    _grown("mu", "momentum of this update", 0, GROWS),
    _grown("munext", "momentum of the next update", 1, "The momentum of one update later."),
    ScalarRule(
        name="muprod",
        title="product of all momenta",
        formula="{mupast}·{mu}",
        why="1 − Πμₜ stands in NAdam where Adam has 1 − β₁ᵗ.",
        value=lambda e: ex.mul(e["mupast"], e["mu"]),
    ),
    ScalarRule(
        name="ofmean",
        title="how much m counts",
        formula="{munext}/(1 − {muprod}·{munext})",
        why="A look ahead: m counts as the next update will count it.",
        value=lambda e: ex.div(e["munext"], ex.sub(ex.num(1), ex.mul(e["muprod"], e["munext"]))),
    ),
    ScalarRule(
        name="ofgrad",
        title="how much the gradient counts",
        formula="(1 − {mu})/(1 − {muprod})",
        why="The gradient counts by itself too, beside its part of m.",
        value=lambda e: ex.div(ex.sub(ex.num(1), e["mu"]), ex.sub(ex.num(1), e["muprod"])),
    ),
)


def _ahead(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        now = emit.temporary(vec["nhat"].shape)
        emit(np.multiply, vec["m"], c["ofmean"], vec["nhat"])
        emit(np.multiply, vec[g], c["ofgrad"], now)
        emit(np.add, vec["nhat"], now, vec["nhat"])

    return Rule(
        prefix="nhat",
        title="Nesterov's moment",
        formula=f"{{ofmean}}·{{m}} + {{ofgrad}}·{{{g}}}",
        why="m as the next update will count it, and the gradient: a look ahead.",
        emit=emit_rule,
        value=lambda e: ex.add(ex.mul(e["ofmean"], e["m"]), ex.mul(e["ofgrad"], e[g])),
    )


def _update(origin: str) -> Rule:
    why = "As Adam's, by a mean that is one update ahead."
    return roots.descend_by_root(
        origin, "nhat", roots.Root("vhat"), why, partial(_said, origin=origin)
    )


def _said(e: Operands, number: Number, origin: str) -> str:
    return roots.times_lr(e, number, "nhat", roots.Root("vhat"), origin)


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g, origin = parts.decoupled(on)
    moments = adam.first_moment(g), adam.second_moment(g)
    return (*rules, *moments, _ahead(g), adam.corrected_square(), _update(origin))


def _constants(o: Options) -> dict[str, float]:
    return adam.constants(o) | {"momentum_decay": o["momentum_decay"]}


def _scalars(t: int, o: Options) -> dict[str, float]:
    beta1, beta2 = o["betas"]
    of = beta1, o["momentum_decay"]
    past, mu, ahead = _products(*of).at(t - 1), momentum(t, *of), momentum(t + 1, *of)
    product = past * mu
    return {
        "t": t,
        "mu": mu,
        "munext": ahead,
        "mupast": past,
        "muprod": product,
        "ofmean": ahead / (1 - product * ahead),
        "ofgrad": (1 - mu) / (1 - product),
        "correction2": 1 - beta2**t,
    }


def _kept(t: int, o: Options) -> dict[str, float]:
    return {"mu_product": _products(o["betas"][0], o["momentum_decay"]).at(t)}


ROW = Optimizer(
    name="nadam",
    label="NAdam",
    torch="torch.optim.NAdam(parameters, **options)",
    torch_slots={"m": "exp_avg", "v": "exp_avg_sq"},
    torch_counts=_kept,
    options={
        "lr": parts.lr(0.002),
        "betas": pair_below_1((0.9, 0.999), "How much of the two running means is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": parts.weight_decay(),
        "momentum_decay": at_least_0(0.004, "ψ: how fast the momentum μ grows towards β₁."),
        "decoupled_weight_decay": parts.decouples(),
        "maximize": parts.maximize(),
    },
    forms=adam.FORMS
    | {
        "momentum_decay": "ψ",
        "mu": "μₜ",
        "munext": "μ′",
        "mupast": "Πμₜ₋₁",
        "muprod": "Πμₜ",
        "ofmean": "c₁",
        "ofgrad": "c₂",
        "nhat": "nˆ",
    },
    build=_rules,
    scalar_rules=SCALAR_RULES,
    constants=_constants,
    scalars=_scalars,
    shown=("lr", "t", "mu", "munext", "muprod", "correction2"),
    place=6,
)
