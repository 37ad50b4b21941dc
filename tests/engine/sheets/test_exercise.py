"""Exercises: which numbers a code stands for, and which codes there are."""

import pytest

from engine.sheets.exercise import MOST_SEED, Exercise, parse, spec_of
from engine.spec.run import SpecError


@pytest.mark.parametrize(
    "code", ["#17", "3-2-1,relu,mse,adam,n3,#5", "1-2-2,binary_cross_entropy,sigmoid,n1,#2"]
)
def test_a_code_stands_for_these_numbers_for_ever(code, snapshot):
    spec = spec_of(parse(f"exercise:{code}"))
    lines = [f"x = {spec.data.x.tolist()}", f"y = {spec.data.y.tolist()}"]
    for n, layer in enumerate(spec.layers, 1):
        assert layer.b is not None
        lines += [f"W{n} = {layer.W.tolist()}", f"b{n} = {layer.b.tolist()} {layer.activation}"]
    lines.append(f"{spec.loss.name} {spec.optimizer.name} {spec.optimizer.options['lr']}")
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize(
    "exercise",
    [
        Exercise(),
        Exercise((8, 1, 8, 1, 8), "relu", "mse", "adamw", 8, MOST_SEED),
        Exercise((1, 1), "gelu", "l1", "rmsprop", 1, 0),
    ],
)
def test_a_code_says_all_of_an_exercise(exercise):
    assert parse(exercise.code) == exercise


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("2-2-2-2-2-2", "2-2-2-2-2-2: at most 4 layers of 1 to 8 units"),
        ("2-9", "2-9: at most 4 layers of 1 to 8 units"),
        ("0-2", "0-2: at most 4 layers of 1 to 8 units"),
        ("n0", "n0: n1 to n8 samples"),
        ("n9", "n9: n1 to n8 samples"),
        ("#1000000001", "#1000000001: a seed is at most 1,000,000,000"),
        ("tahn", '"tahn" must be one of'),
    ],
)
def test_a_code_with_a_mistake_is_refused(part, sentence):
    with pytest.raises(SpecError) as refused:
        parse(f"exercise:#1,{part}")
    assert str(refused.value).startswith(f"exercise:#1,{part}: {sentence}")
