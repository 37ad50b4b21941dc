"""Worksheets, their solutions, and class sets that are graded."""

import csv
import io
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest

from engine.history.branching import history_of
from engine.runfile.read import load
from engine.sheets.exercise import parse, scored, spec_of
from engine.sheets.worksheet import worksheet
from tests.engine.sheets import planted
from tests.engine.sheets.planted import Net, decimals
from tests.tui.command.test_grade import ran
from tui.draw.worksheet import BLANK, FORMATS
from tui.text import tex

CODE = "exercise:2-2-2,tanh,cross_entropy,sgd,n2,#17"


def test_a_seed_gives_the_same_page_and_its_key(capsys):
    _, page, _ = ran(capsys, "--worksheet", "--seed", "17")
    _, again, _ = ran(capsys, CODE, "--worksheet")
    _, key, _ = ran(capsys, "--solution", "--seed", "17")
    assert page == again
    assert f"run: {CODE}\n" in page
    blanks = [line for line in page.splitlines() if line.endswith(BLANK)]
    assert len(blanks) > 50
    for line in blanks:  # the key has a number for each blank, in the same place
        assert re.search(
            rf"^{re.escape(line.removesuffix(BLANK))}-?\d\.\d{{4}}$", key, re.MULTILINE
        )
    assert "129 known mistakes 129 show" in key


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("run", ["--seed=3", "worked-example", "exercise:adam,#2", "xor"])
def test_a_key_is_graded_as_right_without_being_told_its_run(capsys, tmp_path, style, run):
    _, key, _ = ran(capsys, run, "--solution", "--format", style, "--digits", "6")
    path = tmp_path / "key"
    path.write_text(key, "utf-8")
    status, out, err = ran(capsys, "--grade", str(path))
    assert (status, err) == (0, ""), out
    assert re.search(r"(\d+) figures: \1 right\n$", out), out


NETWORK = """
[data]
x = [
    [1.0, 2.0], [0.5, -1.0], [0.3, 0.1], [0.2, 0.4], [1, 0], [0, 1], [1, 1], [2, 1], [3, 1], [1, 3],
]
y = [[1], [0], [1], [0], [1], [0], [1], [0], [1], [0]]

[[layers]]
units = 2
activation = "tanh"
W = [[0.1, 0.2], [0.3, -0.4]]
bias = false

[[layers]]
units = 1
activation = "sigmoid"
W = [[0.3, -0.2]]
bias = false

[loss]
name = "bce"
"""
FUNCTION = """
[function]
f = "0.1*x1^2 + 2*x2^2"
start = [-5, -2]
"""
GRADIENTS = """
[gradients]
start = [1.0, 2.0]
g = [[4, 1], [2, -1]]
"""


@pytest.mark.parametrize(
    ("run", "optimizer"),
    [
        (NETWORK, 'name = "sgd"\nmomentum = 0.9'),
        (NETWORK, 'name = "muon"'),
        (NETWORK, 'name = "nadam"'),
        (FUNCTION, 'name = "rmsprop"\nmomentum = 0.5'),
        (FUNCTION, 'name = "asgd"'),
        (FUNCTION, 'name = "sgd"\nlr = 0.1'),
        (GRADIENTS, 'name = "sgd"\nlr = 0.1'),
        (GRADIENTS, 'name = "sgd"\nmomentum = 0.9\nmomentum_form = "mean"'),
        (GRADIENTS, 'name = "adagrad"'),
    ],
)
def test_every_figure_of_a_key_is_graded_whatever_the_optimizer(capsys, tmp_path, run, optimizer):
    path, key = tmp_path / "run.toml", tmp_path / "key"
    path.write_text(f"{run}\n[optimizer]\n{optimizer}\n", "utf-8")
    _, written, _ = ran(capsys, str(path), "--solution", "--digits", "6", "--iterations", "2")
    key.write_text(written, "utf-8")
    _, out, _ = ran(capsys, str(path), "--grade", str(key))
    assert re.search(r"(\d+) figures: \1 right", out), out
    asked = [n for n, line in enumerate(written.split("\n"), 1) if line.startswith("    ")]
    lost = {int(number) for number in re.findall(r"^  line (\d+),", out, re.MULTILINE)}
    assert not lost & {*asked}, out


@pytest.mark.parametrize(
    "asked",
    ["--plain --goto 3", "--table --goto 3", "--json --iterations 3", "--solution --iterations 3"],
)
def test_beyond_the_last_gradient_there_is_a_sentence(capsys, tmp_path, asked):
    path = tmp_path / "run.toml"
    path.write_text(f'{GRADIENTS}\n[optimizer]\nname = "sgd"\n', "utf-8")
    status, _, err = ran(capsys, str(path), *asked.split())
    assert status == 2
    assert err.startswith("gradstep: There are gradients for 2 iterations, and the run ends")


def test_an_empty_page_has_nothing_to_grade(capsys, tmp_path):
    _, page, _ = ran(capsys, "--worksheet", "--seed", "3")
    path = tmp_path / "page"
    path.write_text(page, "utf-8")
    status, _, err = ran(capsys, "--grade", str(path))
    assert status == 2
    assert "Only what is given" in err


def test_steps_and_formulas_can_be_left_out(capsys):
    _, page, _ = ran(capsys, "--worksheet", "--seed", "3", "--steps", "dW2,loss", "--no-formulas")
    assert "∂L/∂W[2]₁₁ = " in page
    assert "z[1]₁₁" not in page
    assert "δ[2]ᵀ·" not in page


def test_exercises_are_chosen_so_that_mistakes_show():
    some = [scored(spec_of(parse(f"exercise:#{seed}"))) for seed in range(1, 11)]
    assert all(score.shown >= 0.97 * score.made for score in some)
    hidden = scored(spec_of(parse("exercise:#1"))).hidden
    assert scored(load("worked-example")).shown < 0.98 * 119
    assert "the bias left out" in scored(load("worked-example")).hidden
    assert "the bias left out" not in hidden


def net_of(code: str) -> Net:
    """The net of an exercise, for the independent script."""
    spec = spec_of(parse(code))
    return Net(
        spec.sizes, "tanh", "softmax", "cross_entropy",
        np.array(spec.data.x), np.array(spec.data.y),
        tuple(np.array(layer.W) for layer in spec.layers),
        tuple(np.array(layer.b) for layer in spec.layers), spec.optimizer.options["lr"], False,
    )  # fmt: skip


def test_a_class_set_filled_in_with_mistakes_is_graded_in_one_command(capsys, tmp_path):
    folder = tmp_path / "class"
    status, out, _ = ran(capsys, "--worksheet", "--seed", "1", "--count", "30", "--to", str(folder))
    assert status == 0
    pages = sorted(folder.glob("sheet-*.txt"))
    assert len(pages) == 30
    assert len({page.read_text("utf-8") for page in pages}) == 30
    key = (folder / "key.txt").read_text("utf-8")
    generator = np.random.default_rng(5)
    planted_at = []
    for page in pages:
        text = page.read_text("utf-8")
        code = re.search(r"^run: (\S+)$", text, re.MULTILINE)
        assert code is not None
        assert code[1] in key
        net = net_of(code[1])
        choices = [m for m in planted.mistakes(net) if m.at[0] == 1]
        mistake = choices[int(generator.integers(len(choices)))]
        work = planted.run(net, {mistake.at: mistake.rule}, decimals(4))
        page.write_text(filled(text, work.sheet), "utf-8")
        planted_at.append(mistake)
    status, out, err = ran(capsys, "--grade", *map(str, pages), "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (status, err, len(rows)) == (1, "", 30)
    for row, mistake in zip(rows, planted_at, strict=True):
        assert (int(row["iteration"]), row["symbol"]) == mistake.at, (row, mistake.name)


def filled(page: str, figures) -> str:
    """A page with somebody's figures in its blanks."""
    numbers = iter([f"{x:.4f}" for t, _, value in figures if t == 1 for x in np.ravel(value)])
    return re.sub(BLANK, lambda _: next(numbers), page)


def test_a_folder_that_is_there_is_not_written_into(capsys, tmp_path):
    arguments = ("--worksheet", "--seed", "1", "--count", "2", "--to", str(tmp_path))
    status, _, err = ran(capsys, *arguments)
    assert status == 2
    assert str(tmp_path) in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--worksheet", "--format", "pdf"), "--format pdf: must be one of text, markdown, latex"),
        (("exercise:#99999999999", "--worksheet"), '"#99999999999" must be one of'),
        (("exercise:2-9-2", "--worksheet"), "1 to 8 units"),
        (("exercise:softmaks", "--worksheet"), "the nearest is softmax"),
        (("--worksheet", "--seed", "-1"), "--seed -1: a whole number"),
        (("--worksheet", "--steps", "dW9"), "dW9: no phase and no symbol"),
        (("--worksheet", "--count", "3"), "--count needs --to"),
        (("xor", "--worksheet", "--count", "3", "--to", "x"), "--count makes exercises"),
        (("xor", "--worksheet", "--seed", "3"), "--seed makes an exercise"),
        (("digits", "--worksheet"), "more than 2,000 figures"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(capsys, arguments, sentence):
    status, out, err = ran(capsys, *arguments)
    assert (status, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
@pytest.mark.parametrize("code", ["exercise:#1", "exercise:adam,gelu,huber,#3", "exercise:relu,#4"])
def test_latex_compiles(capsys, tmp_path: Path, code):
    _, page, _ = ran(capsys, code, "--worksheet", "--format", "latex")
    (tmp_path / "page.tex").write_text(page, "utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
        cwd=tmp_path, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_symbols_in_latex():
    assert tex.symbol("dW2") == r"\frac{\partial L}{\partial W^{[2]}}"
    assert tex.symbol("mhat.b1") == r"\hat{m}(b^{[1]})"
    assert tex.element("z1", (0, 1), alone=True) == r"z^{[1]}_{2}"
    assert tex.formula("{z1} = {W1}·{x} + {b1}") == r"z^{[1]} = W^{[1]}\cdot x + b^{[1]}"


def test_a_worksheet_holds_the_run_s_own_numbers():
    spec = spec_of(parse(CODE))
    sheet = worksheet(history_of(spec), CODE, 1)
    toml = net_of(CODE).toml
    assert tomllib.loads(toml)["layers"][0]["W"] == spec.layers[0].W.tolist()
    work = planted.run(net_of(CODE), {}, lambda a: a)
    for (t, name, value), item in zip(
        [each for each in work.sheet if each[0] == 1], sheet.items, strict=True
    ):
        assert (t, name) == (item.iteration, str(item.symbol))
        np.testing.assert_allclose(item.value, value, rtol=0, atol=1e-12)
