"""Run files to print: seeded random ones, with numbers of all sizes and every row of the tables."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

ACTIVATIONS = (
    "tanh", "sigmoid", "relu", "gelu", "gelu_tanh", "silu", "identity", "leaky_relu", "elu",
    "softplus", "softmax", "log_softmax", "relu6", "hardtanh", "hardsigmoid", "hardswish",
    "logsigmoid", "softsign", "selu", "mish", "prelu",
)  # fmt: skip
LOSSES = (
    "cross_entropy", "binary_cross_entropy", "nll", "mse", "half_squared_error", "l1", "huber",
    "bce", "kl_div", "smooth_l1", "gaussian_nll", "poisson_nll", "hinge", "multi_margin",
    "cross_entropy_of_outputs",
)  # fmt: skip
CLASSES = ("cross_entropy", "cross_entropy_of_outputs", "nll", "kl_div", "multi_margin")
LAST = {
    "cross_entropy": ("softmax", "softmax", "identity", "tanh", "log_softmax", "sigmoid"),
    "nll": ("softmax", "log_softmax"),
    "kl_div": ("softmax", "log_softmax"),
    "binary_cross_entropy": ("sigmoid",),
    "bce": ("sigmoid", "softmax"),
}
OPTIMIZERS = (
    *("sgd", "adagrad", "rmsprop", "adam", "adamw"),
    *("nadam", "adamax", "radam", "adadelta", "rprop", "asgd"),
)
MUON = 11
"""One run in so many is Muon's, without biases."""
SIZES = ("short", "short", "full", "full", "tiny", "small", "large", "huge", "mixed")


class Numbers:
    """Random numbers of one size."""

    def __init__(self, random: Random, size: str) -> None:
        self.random, self.size = random, size

    def one(self) -> float:
        """Of any sign; now and then 0."""
        r = self.random
        size = r.choice(SIZES[:-1]) if self.size == "mixed" else self.size
        if r.random() < 0.08:
            return 0.0
        if size == "short":
            return round(r.uniform(-3, 3), r.randint(0, 3))
        power = {"tiny": -r.uniform(4, 30), "small": -r.uniform(1, 4), "large": r.uniform(1, 3)}
        if size == "huge":
            return math.copysign(math.pow(10, r.uniform(4, 60)), r.random() - 0.5)
        return r.uniform(-1, 1) * math.pow(10, power.get(size, 0.0))

    def rows(self, high: int, wide: int) -> list[list[float]]:
        return [[self.one() for _ in range(wide)] for _ in range(high)]


FUNCTIONS = (
    "A*x1^2 + B*x2^2",
    "(A - x1)^2 + B*(x2 - x1^2)^2",
    "exp(-A*x1^2) + abs(x2)",
    "sin(A*x1)*x2 + max(x1, x2, B)",
    "ln(x1^2 + A^2) + sigmoid(B*x2) - tanh(x1)/(1 + x2^2)",
    "sqrt(x1^2 + x2^2 + 1) + relu(x1)^3",
    "cos(2πx1) - 2^x2 + tan(x1/4)",
    "x1^3 - A*x1 + x2^-1",
    "x2*min(x1, B) + abs(x1 - x2)^1.5",
    "A*x1*x2",
)
"""Formulas of two variables, with numbers for A and B."""


def random_alone(seed: int) -> str:
    """A run file of a function, or of gradients that are given."""
    r = Random(seed)
    numbers = Numbers(r, r.choice(SIZES))
    lines = [
        f'name = "random-{seed}"',
        "iterations = 2",
        f'dtype = "{"float32" if r.random() < 0.25 else "float64"}"',
    ]
    start = [numbers.one(), numbers.one()]
    if r.random() < 0.3:
        lines += ["[gradients]", f"start = {start}", f"g = {numbers.rows(2, 2)}"]
    else:
        formula = r.choice(FUNCTIONS).replace("A", repr(abs(numbers.one())))
        formula = formula.replace("B", repr(abs(numbers.one())))
        lines += [
            "[function]",
            f'f = "{formula}"',
            f"start = {{ x1 = {start[0]}, x2 = {start[1]} }}",
        ]
    lines += ["[optimizer]", *optimizer(r)]
    if r.random() < 0.3:
        lines += ["[clip]", r.choice(("value = 0.25", "norm = 1.0", "norm = inf"))]
    if r.random() < 0.3 and "[gradients]" not in lines:
        lines += ["[schedule]", *schedule(r)]
    return "\n".join(lines) + "\n"


ALONE = 9
"""One of so many has no network."""


def random_run(seed: int) -> str:
    """A run file."""
    return random_alone(seed) if seed % ALONE == 4 else random_network(seed)


def random_network(seed: int) -> str:
    """A run file of a network."""
    r = Random(seed)
    numbers = Numbers(r, r.choice(SIZES))
    weights = Numbers(r, r.choice(("short", "full", "full", "small", numbers.size)))
    loss = r.choice(LOSSES)
    samples = r.choice((1, 1, 2, 3, 7, 12))
    sizes = [r.randint(1, 4) for _ in range(r.randint(2, 4))]
    if loss in CLASSES:
        sizes[-1] = r.choice((2, 3, 4, 8))
    lines = [
        f'name = "random-{seed}"',
        "iterations = 2",
        f'dtype = "{"float32" if r.random() < 0.25 else "float64"}"',
        "[data]",
        f"x = {numbers.rows(samples, sizes[0])}",
        f"y = {targets(r, loss, samples, sizes[-1], numbers)}",
    ]
    if r.random() < 0.15:
        lines.append(f"weights = {[round(r.uniform(0, 3), 2) for _ in range(samples)]}")
    if samples > 2 and r.random() < 0.3:
        lines.append(f"batch_size = {r.randint(1, samples)}")
    elif samples > 2 and r.random() < 0.3:
        lines.append(f"batches = [[{samples - 1}, 0], [1], {list(range(samples))}]")
    for i, (inputs, units) in enumerate(pairwise(sizes)):
        last = i == len(sizes) - 2
        fitting = LAST.get(loss, ()) if last else ()
        made = layer(r, weights, inputs, units, r.choice(fitting) if fitting else None)
        if i and r.random() < 0.5:
            made = tied(made, sizes[:2], (inputs, units))
        lines += made
    lines += ["[loss]", f'name = "{loss}"', *loss_options(r, loss, sizes[-1])]
    if seed % MUON == MUON - 1:
        lines = ["bias = false" if line.startswith("b = ") else line for line in lines]
        lines = [line for line in lines if not (line.startswith("tie") and '"b' in line)]
        lines += ["[optimizer]", *muon(r)]
    else:
        lines += ["[optimizer]", *optimizer(r)]
    if r.random() < 0.3:
        lines += groups(r)
    if r.random() < 0.3:
        lines += clip(r)
    if r.random() < 0.3:
        lines += ["[schedule]", *schedule(r)]
    if r.random() < 0.25:
        lines += ["[penalty]", *penalty(r)]
    return "\n".join(lines) + "\n"


def targets(r: Random, loss: str, samples: int, units: int, numbers: Numbers) -> list[list[float]]:
    """Classes, shares, or numbers."""
    if loss in CLASSES:
        found = []
        for _ in range(samples):
            row = [0.0] * units
            row[r.randrange(units)] = 1.0
            if loss != "multi_margin" and r.random() < 0.2:
                row = [1 / units] * units
            found.append(row)
        return found
    if loss == "hinge":
        return [[r.choice((1.0, -1.0)) for _ in range(units)] for _ in range(samples)]
    if loss == "poisson_nll":
        return [[abs(x) for x in row] for row in numbers.rows(samples, units)]
    if loss in ("binary_cross_entropy", "bce"):
        return [[r.choice((0.0, 1.0, 1.0, 0.25)) for _ in range(units)] for _ in range(samples)]
    return numbers.rows(samples, units)


def layer(
    r: Random, numbers: Numbers, inputs: int, units: int, activation: str | None
) -> list[str]:
    chosen = activation or r.choice(ACTIVATIONS)
    lines = [
        "[[layers]]",
        f"units = {units}",
        f'activation = "{chosen}"',
        f"W = {numbers.rows(units, inputs)}",
    ]
    biases = ("bias = false", f"b = {numbers.one()}", f"b = {numbers.rows(1, units)[0]}")
    lines.append(r.choices(biases, (1, 1, 3))[0])
    if chosen == "leaky_relu":
        lines.append(f"negative_slope = {r.choice((0.01, 0.2, 0.0123456789))}")
    elif chosen == "prelu":
        alpha = r.choice((0.25, numbers.one(), numbers.rows(1, units)[0]))
        lines.append(f"alpha = {alpha}")
    elif chosen == "elu":
        lines.append(f"alpha = {r.choice((1.0, 0.5, 1.6732632423543772))}")
    elif chosen == "softplus":
        lines.append(f"beta = {r.choice((1.0, 2.5))}")
    elif chosen == "hardtanh":
        lines.append(f"max_val = {r.choice((1.0, 0.123456789, 2.5))}")
    return lines


def tied(made: list[str], first: list[int], own: tuple[int, int]) -> list[str]:
    """A layer with the weights of the first one, where they fit in some way."""
    tie = "W1" if own == tuple(first) else "W1.T" if own == tuple(first[::-1]) else ""
    return [f'tie = "{tie}"' if tie and line.startswith("W =") else line for line in made]


def loss_options(r: Random, loss: str, units: int) -> list[str]:
    lines = [f'reduction = "{r.choice(("mean", "mean", "sum"))}"']
    lines += options_of_others(r, loss, units)
    if loss in ("cross_entropy", "cross_entropy_of_outputs"):
        if r.random() < 0.4:
            lines.append(f"label_smoothing = {r.choice((0.1, 0.7, 0.05))}")
        if r.random() < 0.4:
            lines.append(f"weight = {[round(r.uniform(0, 3), 2) for _ in range(units)]}")
    elif loss == "binary_cross_entropy" and r.random() < 0.5:
        lines.append(f"pos_weight = {r.choice((2.0, 0.3, 1.2345))}")
    elif loss == "huber":
        lines.append(f"delta = {r.choice((1.0, 0.1, 0.15))}")
    return lines


def options_of_others(r: Random, loss: str, units: int) -> list[str]:
    match loss:
        case "smooth_l1":
            return [f"beta = {r.choice((1.0, 0.1, 0.15, 0.0))}"]
        case "gaussian_nll":
            var = r.choice((1.0, 0.3, [0.25] * units, [0.1 + i for i in range(units)]))
            return [f"var = {var}", f"full = {r.choice(('true', 'false'))}"]
        case "poisson_nll":
            return [f"full = {r.choice(('true', 'false'))}"]
        case "multi_margin":
            weight = [round(r.uniform(0, 3), 2) for _ in range(units)]
            some = ("p = 2", "margin = 0.123", f"weight = {weight}")
            return [line for line in some if r.random() < 0.4]
        case _:
            return []


ROOT = ("eps = 0.001", "eps_inside = true")


def muon(r: Random) -> list[str]:
    options = (
        "weight_decay = 0.0", "momentum = 0.5", "nesterov = false", "eps = 0.001", "ns_steps = 2",
        "ns_coefficients = [2.0, -1.5, 0.5]", 'adjust_lr_fn = "match_rms_adamw"',
        'newton_schulz = "float"',
    )  # fmt: skip
    return ['name = "muon"', "lr = 0.1", *(each for each in options if r.random() < 0.25)]


def optimizer(r: Random) -> list[str]:
    name = r.choice(OPTIMIZERS)
    lines = [f'name = "{name}"', f"lr = {r.choice((0.1, 0.01, 0.001, 0.0123456789, 1.0))}"]

    def some(*options: str) -> None:
        lines.extend(option for option in options if r.random() < 0.35)

    decay = f"weight_decay = {r.choice((0.01, 0.5, 0.000123))}"
    some(*(() if name == "rprop" else (decay,)), "maximize = true")
    match name:
        case "sgd":
            some("momentum = 0.9")
            if lines[-1] == "momentum = 0.9":
                forms = (f'momentum_form = "{form}"' for form in ("mean", "step"))
                lines.append(r.choice(("nesterov = true", "dampening = 0.3", *forms)))
        case "adagrad":
            some("lr_decay = 0.1", "initial_accumulator_value = 0.125", *ROOT)
        case "rmsprop":
            some("alpha = 0.875", "momentum = 0.9", "centered = true", *ROOT)
        case "adadelta":
            some("rho = 0.875", "eps = 0.001")
        case "rprop":
            some("etas = [0.25, 1.75]", "step_sizes = [0.001, 0.0625]")
        case "asgd":
            some("lambd = 0.01", "alpha = 0.5", "t0 = 0")
        case "adamax" | "nadam" | "radam":
            some("betas = [0.5, 0.75]", "eps = 0.001")
            some(*(() if name == "adamax" else ("decoupled_weight_decay = true",)))
        case _:
            some("betas = [0.95, 0.9876]", "amsgrad = true", "bias_correction = false", *ROOT)
    return lines


def groups(r: Random) -> list[str]:
    """A group with options that every optimizer has, of parameters that every run has."""
    params = r.choice(("W*", "W1", "[bW]1"))
    own = r.choice(("lr = 0.0625", "weight_decay = 0.25", "lr = 0.5\nmaximize = true"))
    return ["[[groups]]", f'params = "{params}"', own]


def clip(r: Random) -> list[str]:
    """Clipping, of all gradients or of some."""
    limit = r.choice((1.0, 0.5, 0.01, 0.123456789, "inf"))
    if r.random() < 0.4:
        return ["[clip]", f"value = {limit if limit != 'inf' else 2.0}"]
    norm = [f"norm = {limit}", f"norm_type = {r.choice((1, 2, 2.0, 3, 'inf'))}"]
    if r.random() < 0.5:
        return ["[clip]", *norm]
    return ["[[clip]]", 'params = "W*"', *norm, "[[clip]]", 'params = "*1"', "value = 0.25"][:4]


def penalty(r: Random) -> list[str]:
    """Penalties in the loss, an L2, an L1, or both."""
    both = f"l2 = {r.choice((0.01, 0.5, 0.0123456789))}", f"l1 = {r.choice((0.001, 0.25))}"
    lines = list(r.choice((both, both[:1], both[1:])))
    own = ("biases = true", "half = false", "per_sample = true")
    return [*lines, *(line for line in own if r.random() < 0.4)]


def schedule(r: Random) -> list[str]:
    some = (
        ['name = "step"', "step_size = 1", "gamma = 0.3"],
        ['name = "exponential"', "gamma = 0.95"],
        ['name = "cosine"', "T_max = 7", "eta_min = 0.003"],
        ['name = "linear"', "total_iters = 3"],
        ['name = "multi_step"', "milestones = [1, 3]", "gamma = 0.3"],
        ['name = "constant"', "factor = 0.123"],
        ['name = "polynomial"', "power = 1.5", "total_iters = 7"],
        ['name = "cosine_warm_restarts"', "T_0 = 3", "T_mult = 2", "eta_min = 0.003"],
        ['name = "one_cycle"', "max_lr = 0.3", "total_steps = 7", "cycle_momentum = false"],
        ['name = "list"', "rates = [0.1, 0.0123]"],
        ['name = "factors"', "factors = [0.1, 1.23]"],
        ['name = "plateau"', "patience = 0", "factor = 0.3"],
        [
            'name = "sequential"',
            "milestones = [1]",
            'schedulers = [{name = "linear", total_iters = 2}, {name = "cosine", T_max = 5}]',
        ],
    )
    return [*r.choice(some), f'by = "{r.choice(("iteration", "pass"))}"']
