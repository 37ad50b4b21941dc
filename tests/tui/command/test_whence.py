"""--from: derivations as text and JSON."""

import json

import pytest

from engine.runfile.read import RUNS
from tui.command.line import run


def printed(capsys, *words: str) -> list[str]:
    assert run(list(words)) == 0
    out, err = capsys.readouterr()
    assert not err
    return str(out).splitlines()


def refused(capsys, *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        run(list(words))
    assert left.value.code == 2
    return str(capsys.readouterr().err).rstrip()


def test_a_number_is_unfolded_into_the_iteration_before(capsys):
    lines = printed(capsys, "--from", "W2[1,1]", "--goto", "2.17")
    assert lines[0] == "W[2]₁₁ of the update of iteration 2, exactly 0.5473571716323399"
    assert [" ".join(line.split()) for line in lines[1:5]] == [
        "⊟ W[2]₁₁ = 0.52601 − 0.1·(−0.21349) = 0.5474 2.14",
        "⊟ W[2]₁₁ = 0.5 − 0.1·(−0.2601) = 0.5260 1.14",
        "W[2]₁₁ = 0.5 start",
        "η = 0.1 option",
    ]
    assert max(map(len, lines)) == 100
    closed = printed(capsys, "--from", "W[2]₁₁", "--goto", "2.17", "--depth", "0")
    assert [line.split()[0] for line in closed][:3] == ["W[2]₁₁", "⊞", "It"]


def test_unfolded_to_the_end_each_number_unfolds_once(capsys):
    *lines, again = printed(capsys, "--from", "loss", "--goto", "3.5", "--depth", "1000")
    assert not any("⊞" in line for line in lines)
    assert again.startswith("Worked out again from what is given, and nothing else")
    assert float(again.split()[-1]) == pytest.approx(float(lines[0].split()[-1]), rel=1e-14)
    opened = [
        (line.split()[1], line.split()[-1]) for line in lines[1:] if line.strip().startswith("⊟")
    ]
    assert len(opened) == len(set(opened))
    assert ("W[1]₂₂", "2.16") in opened
    above = [line for line in lines if line.endswith("above")]
    assert above


def test_a_very_long_way_back(capsys):
    lines = printed(capsys, "--from", "b1[1]", "--goto", "120.17", "--depth", "100000")
    assert len(lines) > 4000


def test_what_a_number_feeds_stands_below_also_across_the_update(capsys):
    lines = printed(capsys, "--from", "W2[1,1]", "--goto", "1.17", "--depth", "0")
    assert [(line.split()[1], line.split()[-1]) for line in lines[3:6]] == [
        ("z[2]₁", "2.3"), ("∂L/∂a[1]₁", "2.9"), ("W[2]₁₁", "2.14"),
    ]  # fmt: skip
    assert printed(capsys, "--from", "loss", "--goto", "1.5")[-1] == "It feeds nothing more."


def test_the_ways_to_the_loss_add_up(capsys):
    lines = printed(capsys, "--from", "dW1[1,2]", "--goto", "1.13", "--depth", "0")
    assert lines[-4:] == [
        "2 ways from W[1]₁₂ to the loss of iteration 1, the strongest first",
        "x₂·f′[1]₁·W[2]₂₁·δ[2]₂ = 2·0.78645·0.7·0.56280 = 0.6197",
        "x₂·f′[1]₁·W[2]₁₁·δ[2]₁ = 2·0.7864·0.5·(−0.5628) = −0.4426",
        "all of them = 0.619655 − 0.442611 = 0.1770",
    ]


def test_long_sums_show_their_largest_terms(capsys):
    lines = printed(capsys, "digits", "--from", "z1[1,1]", "--goto", "1.1", "--depth", "1")
    assert "[61 terms:" in " ".join(lines)
    assert lines[lines.index("It feeds") - 1].strip() == "and 117 more operands, of smaller terms"


def test_json_has_each_number_with_its_place(capsys):
    words = ("--from", "dW2[1,2]", "--goto", "1.7", "--json", "--depth", "1")
    objects = [json.loads(line) for line in printed(capsys, *words)]
    found, others = objects[:-2], objects[-2:]
    assert [(each["symbol"], each["index"], each["step"]) for each in found] == [
        ("dW2", [1, 2], 7), ("delta2", [1, 1], 6), ("a1", [1, 2], 2), ("W2", [1, 2], 14),
    ]  # fmt: skip
    assert [each["relation"] for each in found] == ["from", "from", "from", "feeds"]
    way, ways = others
    assert [factor["symbol"] for factor in way["factors"]] == ["a1", "delta2"]
    assert way["product"] == ways["total"] == found[0]["value"]
    assert (ways["count"], ways["rest"]) == (1, 0)
    assert found[0]["value"] == found[1]["value"] * found[2]["value"]


def test_what_names_no_number_is_one_sentence(capsys):
    assert refused(capsys, "--from", "W9[1,1]").startswith("gradstep: --from W9")
    assert "W2 is an array" in refused(capsys, "--from", "W2")
    late = refused(capsys, "--from", "dW2[1,1]", "--goto", "1.3")
    assert late == "gradstep: --from dW2 is not known yet; step 7 of iteration 1 computes it."
    assert "--depth x" in refused(capsys, "--from", "loss", "--depth", "x")
    assert refused(capsys, "--depth", "3") == "gradstep: --depth goes with --from."
    assert "with no other word" in refused(capsys, "--from", "loss", "--list")


def test_in_ascii(capsys):
    assert all(line.isascii() for line in printed(capsys, "--from", "W2[1,1]", "--ascii"))


def test_ways_through_slopes_that_no_step_computes_are_named_too(capsys, tmp_path):
    path = tmp_path / "frozen.toml"
    run, *_ = (RUNS / "worked-example.toml").read_text(encoding="utf-8").partition("[[lesson]]")
    frozen = run.replace("W = [[0.1, 0.2]", 'frozen = ["W", "b"]\nW = [[0.1, 0.2]')
    path.write_text(frozen, encoding="utf-8")
    lines = printed(capsys, str(path), "--from", "W1[1,2]", "--depth", "0", "--goto", "1.1")
    assert "x₂·f′[1]₁·W[2]₂₁·δ[2]₂ = 2·0.78645·0.7·0.56280 = 0.6197" in lines
