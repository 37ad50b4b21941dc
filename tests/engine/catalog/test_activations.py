"""Every row: its values far out and near 0, its slope, its arithmetic and its formula."""

import itertools
import math
import re
import warnings

import numpy as np
import pytest

from engine.catalog.activations import (
    ACTIVATIONS,
    Activation,
    Elementwise,
    Rowwise,
    activation,
)
from engine.catalog.row import digits, filled
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.erfc import erfc
from engine.spec.options import Options
from tests.engine.catalog.curves import computed
from tests.fixtures.variants import named, variants

VARIANTS = [(row, options) for row in ACTIVATIONS.values() for options in variants(row)]
FAR = np.array([-1e4, -1e3, -746.0, -100.0, -20.0, -5.0, -1e-3, 0.0, 1e-9, 0.5, 3.0, 40.0, 1e4])


def of(kind: type) -> pytest.MarkDecorator:
    """The rows of one kind with their options."""
    found = [
        pytest.param(row, options, id=named(row.name, options))
        for row, options in VARIANTS
        if isinstance(row, kind)
    ]
    return pytest.mark.parametrize(("row", "options"), found)


def run(name: str, options: Options, z: Array) -> tuple[Array, Array]:
    return computed(ACTIVATIONS[name], options, z)


def differences(row: Activation, options: Options, z: Array, change: Array) -> Array:
    """How the outputs for z (batch, units) change with the sums, from differences of order h⁴."""
    h = 1e-3
    above, below, farther, as_far = (
        computed(row, options, z + step * h * change)[0] for step in (1, -1, 2, -2)
    )
    found: Array = (8 * (above - below) - (farther - as_far)) / (12 * h)
    return found


@of(Elementwise)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_large_sums_give_finite_numbers(row, options, dtype):
    a, slope = computed(row, options, FAR.astype(dtype)[None])
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


@of(Elementwise)
def test_the_arithmetic_of_an_element_is_what_is_computed(row, options):
    z = np.concatenate([FAR, np.linspace(-9, 9, 61)])[None]
    a, slope = computed(row, options, z)
    row = row.bound(row.complete(options))
    for zi, ai, si in zip(z[0], a[0], slope[0], strict=True):
        value = row.value(ex.num(zi, "z1", (0, 0)))
        assert value.value == pytest.approx(ai, rel=1e-12, abs=1e-307), zi
        shown = row.slope_value(ex.num(zi, "z1", (0, 0)), ex.num(ai, "a1", (0, 0)))
        assert shown.value == pytest.approx(si, rel=1e-12, abs=1e-13), zi


CORNERS = {"softsign": (0.0,)}
"""Where a slope does not jump and has a corner: differences see it less sharply there."""


@of(Elementwise)
def test_the_slope_is_the_derivative_but_for_the_kinks(row, options):
    """Everywhere from −9 to 9: a kink that the row does not name is found."""
    z = np.arange(-9, 9, 0.004)[None]
    slope, wanted = computed(row, options, z)[1], differences(row, options, z, np.ones(1))
    smooth = np.ones_like(z, bool)
    kinks = row.bound(row.complete(options)).kinks()
    for kink in (*kinks, *CORNERS.get(row.name, ())):
        smooth &= abs(z - kink) > 0.0021
    assert smooth.sum() > 0.9 * z.size
    np.testing.assert_allclose(slope[smooth], wanted[smooth], 1e-6, 1e-9)


SEVERAL = np.array([[0.3, -1.2, 2.0], [0.0, 0.0, 5.0], [-3.0, 0.7, 0.6]])


@of(Rowwise)
def test_the_arithmetic_of_a_row_is_what_is_computed(row, options):
    z = np.concatenate([SEVERAL, [[1e4, -1e4, 9e3], [40, -700, 0]]])
    a, jacobian = computed(row, options, z)
    assert np.isfinite(a).all()
    assert np.isfinite(jacobian).all()
    row = row.bound(row.complete(options))
    for n, (zs, outs) in enumerate(zip(z, a, strict=True)):
        sums, given = list(map(ex.num, zs)), list(map(ex.num, outs))
        for i in range(len(zs)):
            assert row.value(sums, i).value == pytest.approx(a[n, i], rel=1e-12, abs=1e-307)
            for j in range(len(zs)):
                shown = row.slope_value(sums, given, i, j).value
                assert shown == pytest.approx(jacobian[n, i, j], rel=1e-12, abs=1e-13)


@of(Rowwise)
def test_the_jacobian_is_made_of_derivatives(row, options):
    jacobian = computed(row, options, SEVERAL)[1]
    for j in range(SEVERAL.shape[1]):
        wanted = differences(row, options, SEVERAL, np.eye(SEVERAL.shape[1])[j])
        np.testing.assert_allclose(jacobian[:, :, j], wanted, 1e-6, 1e-9)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_at_zero_the_slope_is_that_from_below(name, dtype):
    _, slope = run(name, {}, np.zeros((1, 1), dtype))
    assert slope[0, 0] == {"relu": 0, "leaky_relu": np.array(0.01, dtype)}[name]


@pytest.mark.parametrize(
    ("name", "at", "slopes"),
    [
        ("relu6", (-0.1, 0.0, 0.1, 5.9, 6.0, 6.1), (0, 0, 1, 1, 0, 0)),
        ("hardtanh", (-1.1, -1.0, -0.9, 0.9, 1.0, 1.1), (0, 0, 1, 1, 0, 0)),
        ("hardsigmoid", (-3.1, -3.0, -2.9, 2.9, 3.0, 3.1), (0, 0, 1 / 6, 1 / 6, 0, 0)),
        ("hardswish", (-3.1, -3.0, -1.5, 0.0, 3.0, 3.1), (0, 0, 0, 0.5, 1, 1)),
        ("selu", (0.0, 0.1), (1.7580993408473766, 1.0507009873554805)),
    ],
)
def test_at_its_kinks_a_slope_is_that_of_pytorch(name, at, slopes):
    _, slope = run(name, {}, np.array([at]))
    np.testing.assert_allclose(slope[0], slopes, 1e-15)


def test_at_zero_prelu_has_its_slope_and_its_parameter_no_gradient():
    """As torch.nn.functional.prelu has it: what is not above 0 is below."""
    z = np.array([[-0.0, 0.0, 1e-300, -2.0]])
    row = activation("prelu", {})
    assert isinstance(row, Elementwise)
    assert row.learns
    emit, out, parts = Emit("float64"), np.zeros_like(z), np.zeros_like(z)
    row.slope_emit(emit, z, z, out, alpha=np.array([0.3, -0.5, 2.0, 4.0]))
    row.learns.emit(emit, z, parts)
    for function, args in emit.calls:
        function(*args)
    assert out.tolist() == [[0.3, -0.5, 1.0, 4.0]]
    assert parts.tolist() == [[0.0, 0.0, 0.0, -2.0]]


def test_elu_has_slope_alpha_at_zero():
    assert run("elu", {"alpha": 0.3}, np.zeros((1, 1)))[1][0, 0] == 0.3


def test_softplus_is_the_sum_itself_above_the_threshold():
    a, slope = run("softplus", {}, np.array([[20.0, 20.5]]))
    assert a[0, 0] == pytest.approx(20 + math.log1p(math.exp(-20)), rel=1e-15)
    assert a[0, 1] == 20.5
    assert slope[0, 0] < slope[0, 1] == 1


def test_nothing_is_lost_in_the_tails():
    z = np.array([[-37.0, -12.0]])
    for name, wanted in {
        "sigmoid": 1 / (1 + np.exp(-z)),
        "silu": z / (1 + np.exp(-z)),
        "softplus": np.log1p(np.exp(z)),
        "elu": np.expm1(z),
        "logsigmoid": z - np.log1p(np.exp(z)),
        "mish": z * np.tanh(np.log1p(np.exp(z))),
        "gelu": np.array([[t * math.erfc(-t / math.sqrt(2)) / 2 for t in z[0]]]),
    }.items():
        np.testing.assert_allclose(run(name, {}, z)[0], wanted, 1e-12)


@pytest.mark.parametrize("size", [7, 200_001], ids=["one by one", "all at once"])
def test_erfc(size):
    x = np.concatenate([np.linspace(-30, 30, size - 4), [0.46875, -0.46875, 4.0, -4.0]])
    out = np.empty_like(x)
    erfc(x, out)
    wanted = np.array([math.erfc(number) for number in x])
    normal = wanted > 1e-300
    np.testing.assert_allclose(out[normal], wanted[normal], 1e-15)
    np.testing.assert_allclose(out, wanted, 1e-15, 1e-300)


@pytest.mark.parametrize("size", [1, 1000])
def test_erfc_of_what_is_no_number(size):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for given, wanted in {
            np.inf: 0.0,
            -np.inf: 2.0,
            np.nan: np.nan,
            1e4: 0.0,
            27.2: 0.0,
        }.items():
            x = np.full(size, given, np.float32)
            erfc(x, x)
            np.testing.assert_allclose(x, np.full(size, wanted), atol=1e-300)


@pytest.mark.parametrize("z", [[[0.3, -1.2, 2.0]], [[0.3, -1.2, 2.0], [1e4, -1e4, 9e3]]])
def test_softmax_and_its_whole_jacobian(z):
    a, jacobian = run("softmax", {}, np.array(z))
    for n, row in enumerate(z):
        powers = np.exp(np.array(row) - max(row))
        np.testing.assert_allclose(a[n], powers / powers.sum(), 1e-14)
        for i, j in itertools.product(range(3), repeat=2):
            wanted = a[n, i] * ((i == j) - a[n, j])
            assert jacobian[n, i, j] == pytest.approx(wanted, rel=1e-14, abs=1e-16)
    np.testing.assert_allclose(jacobian.sum(axis=1), 0, atol=1e-15)


@of(object)
def test_formulas_name_nothing_but_their_arguments(row, options):
    row = row.bound(row.complete(options))
    own = {row.learns.kind} if row.learns else set()
    for formula, known in (
        (row.formula, {"z"}),
        (row.slope_formula, {"z", "a"}),
        (row.note, set()),
    ):
        assert set(re.findall(r"\{(\w+)\}", formula)) <= known | own
    assert "{" not in row.why
    assert row.why.endswith(".")
    assert row.note.endswith(".")


def test_options_stand_in_the_formula_and_ones_are_left_out():
    assert activation("elu", {}).formula == "{z} where {z} > 0, else (e^{z} − 1)"
    assert "0.2·{z}" in activation("leaky_relu", {"negative_slope": 0.2}).formula
    assert activation("softplus", {"beta": 2.0}).formula == "log(1 + e^(2·{z}))/2"
    assert filled("{p}·{x}/{q}", {"p": 1, "q": -2.5}) == "{x}/−2.5"
    assert digits((1, 0.5)) == "(1, 0.5)"
