"""The command line: what it prints, what it refuses, and its exit status."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.runfile.read import builtin_names, load
from engine.saving.folder import SUFFIX
from engine.saving.store import save
from engine.session.session import Session
from engine.spec.run import ScheduleSpec
from tests.tui.terminals import ROOT, command, environment, run
from tui.command import records as lines
from tui.command.line import PARTS
from tui.command.line import run as run_here
from tui.command.parser import Parser

FORWARD_TO_GRADIENTS = [
    "z1", "a1", "z2", "yhat", "loss",
    "delta2", "dW2", "db2", "da1", "fprime1", "delta1", "dW1", "db1",
]  # fmt: skip
SLOTS = ("m", "v", "mhat", "vhat")
ADAM = (0.9, 0.999, 1e-8)


def printed(*arguments: str, **variables: str | None) -> str:
    """What the program prints; it must end well and complain of nothing."""
    done = run(*arguments, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def here(arguments: list[str]) -> int:
    """Run the command line in this process, which is quicker than another; its status."""
    try:
        return run_here(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def records(*arguments: str) -> list[dict[str, Any]]:
    """The objects of --json, read strictly: JSON has no NaN."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    lines = printed("--json", *arguments).splitlines()
    return [json.loads(line, parse_constant=refuse) for line in lines]


def by_hand(optimizer: str, iterations: int) -> Iterator[dict[str, Any]]:
    """The worked example in plain float64 arithmetic: for each iteration, value by symbol."""
    x, y, lr = np.array([1.0, 2.0]), np.array([1.0, 0.0]), 0.1
    W1, b1 = np.array([[0.1, 0.2], [0.3, 0.4]]), np.zeros(2)
    W2, b2 = np.array([[0.5, 0.6], [0.7, 0.8]]), np.zeros(2)
    theta = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    m = {name: np.zeros_like(value) for name, value in theta.items()}
    v = {name: np.zeros_like(value) for name, value in theta.items()}
    for t in range(1, iterations + 1):
        z1 = theta["W1"] @ x + theta["b1"]
        a1 = np.tanh(z1)
        z2 = theta["W2"] @ a1 + theta["b2"]
        yhat = np.exp(z2) / np.exp(z2).sum()
        loss = -(y * np.log(yhat)).sum()
        delta2 = yhat - y
        da1 = theta["W2"].T @ delta2
        fprime1 = 1 - a1**2
        delta1 = da1 * fprime1
        dW2, dW1 = np.outer(delta2, a1), np.outer(delta1, x)
        symbols = {
            "z1": z1, "a1": a1, "z2": z2, "yhat": yhat, "loss": loss, "delta2": delta2,
            "dW2": dW2, "db2": delta2, "da1": da1, "fprime1": fprime1, "delta1": delta1,
            "dW1": dW1, "db1": delta1,
        }  # fmt: skip
        for name in theta:
            g = symbols[f"d{name}"]
            if optimizer == "sgd":
                theta[name] = theta[name] - lr * g
            else:
                beta1, beta2, eps = ADAM
                m[name] = beta1 * m[name] + (1 - beta1) * g
                v[name] = beta2 * v[name] + (1 - beta2) * g * g
                mhat, vhat = m[name] / (1 - beta1**t), v[name] / (1 - beta2**t)
                theta[name] = theta[name] - lr * mhat / (np.sqrt(vhat) + eps)
                slots = dict(zip(SLOTS, (m[name], v[name], mhat, vhat), strict=True))
                symbols |= {f"{slot}.{name}": value for slot, value in slots.items()}
            symbols[name] = theta[name]
        yield symbols


# -- JSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("optimizer", "count"), [("sgd", 34), ("adam", 66)])
def test_json_of_two_iterations_equals_plain_arithmetic(optimizer, count):
    override = [] if optimizer == "sgd" else ["--optimizer", optimizer]
    found = records("--iterations", "2", *override)
    assert len(found) == count
    steps = count // 2
    for i, record in enumerate(found):
        assert list(record) == [
            "branch", "optimizer", "lr", "iteration", "step", "phase", "symbol", "shape", "value",
        ]  # fmt: skip
        assert (record["iteration"], record["step"]) == (i // steps + 1, i % steps + 1)
        assert (record["branch"], record["optimizer"]) == (optimizer, optimizer)
    names = [record["symbol"] for record in found[:steps]]
    assert names[:13] == FORWARD_TO_GRADIENTS
    slots = [] if optimizer == "sgd" else [*SLOTS]
    assert sorted(names[13:]) == sorted(
        [f"{slot}.{name}" for slot in slots for name in ("W1", "b1", "W2", "b2")]
        + ["W1", "b1", "W2", "b2"]
    )
    phases = [record["phase"] for record in found[:steps]]
    assert phases == ["forward"] * 4 + ["loss"] + ["backward"] * 8 + ["update"] * (steps - 13)
    for t, symbols in enumerate(by_hand(optimizer, 2)):
        for record in found[t * steps : (t + 1) * steps]:
            value = np.array(record["value"])
            assert list(value.shape) == record["shape"]
            true = symbols[record["symbol"]]
            assert np.abs(value.reshape(true.shape) - true).max() <= 1e-12, record["symbol"]


def test_json_has_the_scheduled_rate_of_each_iteration():
    schedule = ScheduleSpec("step", {"step_size": 1, "gamma": 0.5})
    session = Session(replace(load("worked-example"), schedule=schedule))
    for t, rate in ((1, 0.1), (2, 0.05), (3, 0.025)):
        trace = session.branch.history.trace(t)
        assert [json.loads(lines.record(session, trace, step))["lr"] for step in trace.steps] == (
            [rate] * len(trace.steps)
        )


@pytest.mark.parametrize("name", ["worked-example", "iris"])
def test_json_numbers_read_back_exactly(name):
    history = Session(load(name)).branch.history
    for record in records(name, "--iterations", "3"):
        trace = history.trace(record["iteration"])
        known = trace.known(record["symbol"], record["step"])
        read = np.array(record["value"], known.dtype)
        assert read.shape == known.shape
        assert read.tobytes() == known.tobytes()


def test_json_spells_out_what_is_not_finite():
    found = records("diverging", "--iterations", "1000", "--last")
    assert {record["iteration"] for record in found} == {1000}
    loss = next(record for record in found if record["symbol"] == "loss")
    assert loss["value"] == "inf"
    later = records("diverging", "--iterations", "3000", "--last")
    assert next(record for record in later if record["symbol"] == "loss")["value"] == "nan"
    assert printed("diverging", "--iterations", "3000", "--last")


# -- text ------------------------------------------------------------------------------------------


def test_plain_text_comes_out_where_there_is_no_terminal():
    shown = printed()
    assert shown == printed("--plain")
    assert shown == printed("worked-example")
    assert shown.count("\niteration ") == 2 * 17 - 1
    assert "L = −1·log 0.4372 = 0.8274" in shown
    assert "(−0.5628, 0.5628)" in shown
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)


def test_last_and_goto_choose_what_is_printed():
    every = printed("--iterations", "3")
    last = printed("--iterations", "3", "--last")
    assert every.endswith(last)
    assert last.startswith("iteration 3 · step 1/17")
    assert printed("--goto", "3.5") in last
    assert printed("--goto", "3.5").startswith("iteration 3 · step 5/17")
    assert printed("--goto", "3") in last
    assert printed("--goto", "dW2").startswith("iteration 1 · step 7/17")
    assert printed("--goto", "20.W1").startswith("iteration 20 · step 16/17")
    assert printed("--goto", "W1", "--iterations", "20", "--last").startswith(
        "iteration 20 · step 16"
    )
    twenty = ("--iterations", "20")
    assert printed("--goto", "50%", *twenty).startswith("iteration 10 · step 17/17")
    assert printed("--goto", "-10", *twenty).startswith("iteration 20 · step 7/17")
    assert printed("--goto", "min", *twenty).startswith("iteration 20 · step 5/17")
    assert printed("diverging", "--goto", "nan", "--iterations", "700").startswith("iteration 617")
    record = records("--goto", "loss")
    assert [(r["iteration"], r["symbol"]) for r in record] == [(1, "loss")]
    assert record[0]["value"] == pytest.approx(0.827359, abs=5e-7)


def test_the_optimizer_can_be_another_one():
    assert "Adam" in printed("--size", "80x24", "--optimizer", "adam")
    assert printed("--optimizer", "sgd") == printed()
    assert {record["optimizer"] for record in records("--optimizer", "adamw")} == {"adamw"}


def test_digits():
    assert "0.8274\n" in printed("--goto", "loss")
    assert "0.827359\n" in printed("--goto", "loss", "--digits", "6")
    assert "0.83\n" in printed("--goto", "loss", "--digits", "2")
    assert "0.827359" in printed("--goto", "loss", "--size", "80x24", "--digits", "6")


def test_a_screen_as_a_drawing():
    dark, light = (printed("--size", "80x24", "--svg", theme) for theme in ("dark", "light"))
    assert dark.startswith("<svg ")
    assert dark.endswith("</svg>\n")
    assert len(dark) == len(light)
    assert dark != light


@pytest.mark.parametrize("size", ["1x1", "30x5", "40x12", "80x24", "200x60"])
def test_a_screen_as_text_keeps_to_its_size(size):
    width, height = map(int, size.split("x"))
    shown = printed("--size", size, "--goto", "1.6").removesuffix("\n").split("\n")
    assert len(shown) == height
    assert max(map(len, shown)) <= width
    if width >= 80:
        assert "δ          ·       ·    ▸[−0.5628] 0.5628" in "\n".join(shown)


@pytest.mark.parametrize("name", builtin_names())
def test_ascii_means_ascii(name, capsys):
    for arguments in (("--iterations", "1"), ("--size", "120x40", "--goto", "2")):
        assert here([name, "--ascii", *arguments]) == 0
        out, err = capsys.readouterr()
        assert (err, out.isascii(), "?" in out.replace("? help", "")) == ("", True, False)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--help",), ("--list",), ("--template",), ("--check",), ("--json",), ("--size", "80x24")],
)
@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "iso-8859-1"},
    ],
    ids=["C", "latin-1"],
)
def test_without_utf_8_everything_is_ascii(arguments, locale):
    shown = printed(*arguments, **locale)
    assert shown
    assert shown.isascii()


def test_list_version_help_template_and_check(tmp_path):
    listed = printed("--list").splitlines()
    assert [line.split()[0] for line in listed] == builtin_names()
    assert all(len(line.split()) > 3 for line in listed)
    assert re.fullmatch(r"gradstep \d+\.\d+\.\d+\n", printed("--version"))
    shown = printed("--help")
    for option in (
        "--plain", "--json", "--list", "--check", "--template", "--iterations", "--last",
        "--optimizer", "--goto", "--size", "--digits", "--ascii", "--keys", "--version",
    ):  # fmt: skip
        assert option in shown
    file = tmp_path / "mine.toml"
    file.write_text(printed("--template"), encoding="utf-8")
    assert "no mistakes" in printed("--check", str(file))
    assert printed(str(file), "--iterations", "1")
    assert "no mistakes" in printed("--check")


def test_a_run_file_is_a_run(tmp_path):
    source = ROOT / "engine" / "runfile" / "runs" / "worked-example.toml"
    file = tmp_path / "mine.toml"
    file.write_bytes(source.read_bytes())
    assert printed(str(file)) == printed()


def test_keys_can_be_changed(tmp_path):
    file = tmp_path / "keys.toml"
    file.write_text('next_step = ["right", "K"]\nquit = "Q"\n', encoding="utf-8")
    assert "Q quit" in printed("--size", "80x24", "--keys", str(file))
    config = tmp_path / "gradstep"
    config.mkdir()
    file.rename(config / "keys.toml")
    assert "Q quit" in printed("--size", "80x24", XDG_CONFIG_HOME=str(tmp_path))


# -- what cannot be done ---------------------------------------------------------------------------


def refused(*arguments: str, **variables: str | None) -> str:
    """The sentence of a refusal."""
    done = run(*arguments, **variables)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert re.fullmatch(r"gradstep: [^\n]+\.\n", done.stderr), done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nosuch"], "built in are worked-example"),
        ([""], "built in are worked-example"),
        (["worked-exampel"], "the nearest is worked-example"),
        (["/"], "folder"),
        (["--nosuch"], "--nosuch"),
        (["--plai"], "--plai"),
        (["a", "b"], "b"),
        (["--plain", "--json"], "not allowed with"),
        (["--iterations"], "--iterations"),
        (["--iterations", "-1"], "from 1 to"),
        (["--iterations", "0"], "from 1 to"),
        (["--iterations", "1.5"], "from 1 to"),
        (["--iterations", "two"], "from 1 to"),
        (["--iterations", "٣"], "from 1 to"),
        (["--iterations", ""], "from 1 to"),
        (["--iterations", "9" * 5000], "from 1 to"),
        (["--iterations", "10000001"], "10,000,000"),
        (["--goto", "99999999999"], "10,000,000"),
        (["--goto", "1.99"], "1 to 17"),
        (["--goto", "0"], "from 1 to"),
        (["--goto", "1.0"], "1.1 is the first step"),
        (["--goto", "1.0", "--json"], "1.1 is the first step"),
        (["--goto", ""], "not a place"),
        (["--goto", "nonsense"], "not a place"),
        (["--goto", "٣"], "not a place"),
        (["--goto", "200%"], "100%"),
        (["--goto", "nan"], "up to iteration 2 is finite. --iterations looks further."),
        (["--goto", "3.q"], "iteration 3 has no such symbol"),
        (["--goto", "1.99", "--size", "80x24"], "1 to 17"),
        (["--optimizer", "sgdd"], "sgd"),
        (["--optimizer", ""], "adam"),
        (["--digits", "1"], "from 2 to 12"),
        (["--digits", "13"], "from 2 to 12"),
        (["--digits", "x"], "from 2 to 12"),
        (["--size", "80x24", "--svg", "blue"], "dark or light"),
        (["--svg", "dark"], "--size"),
        (["--json", "--svg", "dark"], "--svg goes with --plain."),
        (["--list", "--svg", "purple"], "--svg goes with --plain."),
        (["--plain", "--mouse"], "--mouse goes with the screen."),
        (["--check", "--last"], "--last goes with --plain, --json, --export, --from, --why or"),
        (["--seed", "3"], "--seed goes with --worksheet, --solution or --practice."),
        (["--gradcheck", "--plain", "--size", "80x24"], "--size goes with --plain alone."),
        (["--size", "0x0"], "80x24"),
        (["--size", "80"], "80x24"),
        (["--size", "80x24x2"], "80x24"),
        (["--size", "1001x10"], "1000x1000"),
        (["--size=-1x10"], "80x24"),
        (["--json", "--size", "80x24"], "--plain"),
        (["--keys", "/nonexistent"], "no such file"),
        (["--keys", "/"], "folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments, says, capsys):
    status = here(arguments)
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert re.fullmatch(r"gradstep: [^\n]+\.\n", err), err
    assert says in err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('next_stepp = "n"', "the nearest is next_step"),
        ("next_step = 1", "a key or a list"),
        ('next_step = "o"', "both"),
        ('next_step = "7"', "digits are counts"),
        ("next_step = ", "Invalid value"),
        ("next_step = " + "[" * 3000, "nested too deeply"),
        ("next_step = " + "9" * 5000, "digits"),
        ("next_step.o = 1", "a key or a list"),
        ('"\x1b[2J" = "n"', "Illegal character"),
        ('"\\u001b[2J" = "n"', '"�[2J" is not an action'),
        (f"{'n' * 5000} = 1", "n…"),
        ("\xff", "not UTF-8"),
    ],
)
def test_a_wrong_file_of_keys_is_refused(tmp_path, content, says):
    file = tmp_path / "keys.toml"
    file.write_bytes(content.encode("latin-1"))
    message = refused("--plain", "--keys", str(file))
    assert says in message
    assert len(message.splitlines()) == 1
    assert "Traceback" not in message


def test_a_folder_is_no_file_of_keys(tmp_path):
    assert "this is a folder, not a file." in refused("--plain", "--keys", str(tmp_path))


@pytest.mark.parametrize("option", ["--plain", "--json", "--check"])
def test_a_wrong_run_file_is_refused_with_a_sentence_for_each_mistake(tmp_path, option):
    file = tmp_path / "wrong.toml"
    good = (ROOT / "engine" / "runfile" / "runs" / "worked-example.toml").read_text(
        encoding="utf-8"
    )
    assert 'name = "sgd"' in good
    file.write_text(good.replace('name = "sgd"', 'name = "sgdd"'), encoding="utf-8")
    assert "sgdd" in refused(str(file), option)
    file.write_text(good.replace("[data]", "[data"), encoding="utf-8")
    assert "not valid TOML" in refused(str(file), option)
    file.write_text(
        good.replace('name = "sgd"', 'name = "sgdd"').replace('"tanh"', '"tanf"'), encoding="utf-8"
    )
    done = run(str(file), option)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(re.fullmatch(r"gradstep: .+\.", line) for line in lines)


def test_nobody_who_reads_the_help_is_no_mistake():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command("--help"), cwd=ROOT, env=environment(), stdout=writer, stderr=subprocess.PIPE
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


def test_a_closed_pipe_is_the_end():
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" --plain --iterations 500 | head -1', "sh", *command()],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert done.stdout == "iteration 1 · step 1/17 · forward · weighted sum, layer 1\n"
    assert done.stderr == ""


def words() -> list[str]:
    """The words that print something and end."""
    parser = Parser()
    for part in PARTS:
        part.add(parser)
    alone = [action for action in parser._words._group_actions if action.nargs == 0]
    return ["--help", "--version", *(action.option_strings[0] for action in alone)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("word", words())
def test_a_full_disk_is_said(word, tmp_path):
    folder = tmp_path / "gradstep" / "sessions"
    folder.mkdir(parents=True)
    save(folder / f"a{SUFFIX}", {"title": "listed"}, {})
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            command(word),
            cwd=ROOT,
            env=environment(XDG_STATE_HOME=str(tmp_path)),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert re.fullmatch(r"gradstep: cannot write: [^\n]+\.\n", done.stderr)
