"""The real program in a real terminal: what it shows, takes and leaves behind.

What the screen must show is what `Keyboard` gives for the same keys.
"""

import random
import signal
import subprocess

import pytest

from tests.bench.cells import Style
from tests.tui.keyboard import Keyboard
from tests.tui.terminals import ROOT, Program, Tmux, command, environment, needs_tmux, run
from tui.text.format import Text

pytestmark = pytest.mark.terminal


START = Keyboard().screen()
RIGHT, LEFT = "\x1b[C", "\x1b[D"
NAMED = {RIGHT: "right", LEFT: "left", "\t": "tab", "\r": "enter", " ": "space"}


def after(*keys: str, size: tuple[int, int] = (80, 24), text: Text | None = None) -> str:
    """The screen after those keys."""
    keyboard = Keyboard(text=text)
    for key in keys:
        if key in NAMED:
            keyboard.press(NAMED[key])
        else:
            keyboard.type(key)
    return keyboard.screen(*size)


# -- the main way through --------------------------------------------------------------------------


@needs_tmux
def test_in_tmux_from_the_start_to_the_error_the_other_optimizer_and_out():
    with Tmux() as tmux:
        tmux.start().until(START)
        tmux.keys(*["Right"] * 5)
        loss = tmux.until(after(*[RIGHT] * 5))
        assert all(line in loss for line in ("L = −y₁·log ŷ₁", "= −1·log 0.4372", "= 0.8274"))
        tmux.keys("Right")
        assert "▸[−0.5628] 0.5628" in tmux.until(after(*[RIGHT] * 6))
        assert tmux.get("alternate_on") == "1"
        assert tmux.get("cursor_flag") == "1"
        tmux.type("o")
        assert "Adam" in tmux.until(after(*[RIGHT] * 6, "o"))
        tmux.type("o").until(after(*[RIGHT] * 6))
        tmux.keys("Left").until(after(*[RIGHT] * 5))
        tmux.type('"').until("In tmux's buffer: L, all digits.")
        exact = Keyboard().session.branch.history.trace(1).known("loss", 5)
        assert tmux.buffer() == repr(float(exact))
        tmux.type("q")
        left = tmux.until("status=0=")
        assert "network" not in left
        assert tmux.get("alternate_on") == "0"
        assert tmux.get("cursor_flag") == "1"
        assert tmux.get("wrap_flag") == "1"
        assert tmux.get("mouse_any_flag") == "0"
        tmux.type("echo typed $((6*7)).\n").until("typed 42.")


@needs_tmux
def test_in_tmux_forty_steps_on_and_back_show_the_first_screen_again():
    with Tmux() as tmux:
        tmux.start()
        first = tmux.until(START)
        tmux.keys(*["Right"] * 40).until(after(*[RIGHT] * 40))
        tmux.keys(*["Left"] * 40)
        assert tmux.until(START) == first


@needs_tmux
def test_in_tmux_resized_halfway():
    with Tmux() as tmux:
        tmux.start().until(START)
        keys = [RIGHT] * 6
        tmux.keys(*["Right"] * 6).until(after(*keys))
        for size in ((40, 12), (30, 5), (120, 40), (80, 24)):
            tmux.resize(*size)
            tmux.until(after(*keys, size=size))
            keys.append("n")
            tmux.type("n").until(after(*keys, size=size))
        tmux.resize(1, 1)
        tmux.resize(80, 24).until(after(*keys))
        tmux.type("q").until("status=0=")


# -- keys ------------------------------------------------------------------------------------------


def test_three_hundred_keys_at_once_are_taken_in_order():
    chosen = random.Random(0).choices("nnnnfftToNFgG23hljk", k=300)
    with Program() as program:
        program.until(START).send("".join(chosen))
        program.until(after(*chosen)).send("q")
        assert program.end() == 0


def test_arrow_keys_at_once_are_all_taken():
    with Program() as program:
        program.until(START).send(RIGHT * 150 + LEFT * 50)
        program.until(after(*[RIGHT] * 100))


def test_what_is_typed_before_the_program_is_there_is_not_lost():
    with Program() as program:
        program.send("nnn").until(after("n", "n", "n"))


def test_a_burst_with_a_prompt_and_the_help():
    with Program() as program:
        program.until(START).send(":12.6\r?q")
        program.until(after(":", "12.6", "\r")).send(":1.99\r")
        program.until("1.17").send("\x7f" * 5).until(after(":", "12.6", "\r")).send("qn")
        assert program.end() == 0


def test_a_far_place_is_gone_to_and_a_farther_one_given_up():
    with Program() as program:
        program.until(START).send(":300000\r").until("iteration 300000")
        program.send(":9000000\r").until("training").send(" ").until("are there").send("q")
        assert program.end() == 0


def test_enters_at_once_do_not_end_the_palette_twice():
    with Program() as program:
        program.until(START)
        program.send("\x10").until("Search for commands")
        program.send("next step").until("The next step.")
        program.send("\r\r\r").until("step  1/17")
        program.send("\x03")
        assert program.end() == 0


def test_the_palette_opens_runs_a_command_and_closes():
    with Program() as program:
        program.until(START).send("\x10").until("Search for commands")
        program.send("next step\r").until(after("n"))
        program.send("q")
        assert program.end() == 0


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("\x1b[110;;110u", "n"),
        ("\x1b[57441;2u\x1b[110;2;78u", "N"),
        ("\x1b[59;2;58u\x1b[50;;50u\x1b[13u", ":2\r"),
        ("\x1b[110;129;110u", "n"),
        ("\x1b[C\x1b[1;129C", RIGHT + RIGHT),
        ("\x1b[9u", "\t"),
        ("\x1bOC", RIGHT),
    ],
    ids=["n", "N", "prompt", "numlock", "arrow", "tab", "application"],
)
def test_keys_as_other_terminals_send_them(sent, meant):
    keys = [RIGHT] * meant.count(RIGHT) if RIGHT in meant else list(meant)
    with Program() as program:
        program.until(START).send("nn").until(after("n", "n"))
        program.send(sent).until(after("n", "n", *keys))


def test_a_paste_and_keys_without_a_meaning_change_nothing():
    with Program() as program:
        program.until(START).send("\x1b[200~nnn\x1b[201~\x1b[I\x1b[O\x1b[15;5~\x1bOP")
        program.send("n").until(after("n"))


# -- what is left behind ---------------------------------------------------------------------------


def ended(program: Program, how: str | signal.Signals) -> int:
    if isinstance(how, str):
        program.send(how)
    else:
        program.signal(how)
    status = program.end()
    assert program.modes_left_on() == {}
    assert program.attributes() == program.before
    assert b"Traceback" not in program.output
    return status


def test_nothing_is_left_of_the_picture_where_there_is_no_alternate_screen():
    with Program() as program:  # its screen here has none
        program.until(START).send("n").until(after("n"))
        assert ended(program, "q") == 0
        assert program.text.startswith("The session is saved as ")
        assert program.screen.style == Style()


def clicked(x: int, y: int, button: int = 0) -> str:
    """What a mouse sends."""
    return f"\x1b[<{button};{x + 1};{y + 1}M\x1b[<{button};{x + 1};{y + 1}m"


@pytest.mark.parametrize(("how", "status"), [("q", 0), (signal.SIGTERM, 143)], ids=repr)
def test_a_mouse_is_asked_for_by_its_option_alone_and_undone(how, status):
    board = Keyboard().press("2 right")
    rows = board.screen().splitlines()
    y = next(i for i, row in enumerate(rows) if row.startswith("W ₁"))
    board.actions.point(11, y, 0)
    with Program("--mouse") as program:
        program.until(START)
        on = program.modes_left_on()
        assert on["1000"]
        assert on["1006"]
        assert not {"1002", "1003"} & set(on)
        program.send(clicked(5, 5, 65) * 3 + clicked(5, 5, 64)).until(after("n", "n"))
        program.send(clicked(11, y)).until(board.screen())
        assert "[ 0.1000]" in program.text
        program.send("\x10").until("Search for commands").send(clicked(5, 5) + "\x10")
        program.until(board.screen())
        assert ended(program, how) == status


def test_without_it_what_a_mouse_sends_is_dropped():
    with Program() as program:
        program.until(START).send(clicked(5, 5, 65) + clicked(11, 10) + "n").until(after("n"))
        assert ended(program, "q") == 0


SIGNALS = [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
ENDS = [("q", 0), ("\x03", 0), *SIGNALS]


@pytest.mark.parametrize(("how", "status"), ENDS, ids=repr)
def test_the_terminal_is_as_before(how, status):
    with Program() as program:
        program.until(START)
        assert program.attributes() != program.before
        on = program.modes_left_on()
        assert on["1049"]
        assert "25" not in on  # the cursor is seen all the time
        assert not {"1000", "1002", "1003", "1006"} & set(on)
        assert ended(program, how) == status


@pytest.mark.parametrize(("how", "status"), SIGNALS, ids=repr)
def test_the_terminal_is_as_before_however_early_the_end(how, status):
    with Program() as program:
        program.until(lambda: b"\x1b[?1049h" in program.output)
        assert ended(program, how) == status


@pytest.mark.parametrize(("how", "status"), ENDS, ids=repr)
def test_training_does_not_keep_the_program_from_ending(how, status):
    with Program() as program:
        program.until(START).send(":9000000\r").until("training")
        assert ended(program, how) == status


@pytest.mark.parametrize(("how", "status"), [ENDS[1], SIGNALS[0]], ids=repr)
@pytest.mark.parametrize("keys", ["?", ":12", "\x10", " ", "e", "O"], ids=repr)
def test_the_terminal_is_as_before_whatever_is_open(keys, how, status):
    with Program() as program:
        before = program.until(START).text
        program.send(keys).until(lambda: program.text != before)
        assert ended(program, how) == status


# -- terminals of many kinds -----------------------------------------------------------------------


def shades(parameters: list[int]) -> list[tuple[int, ...]]:
    """The colours that an escape sets, as (red, green, blue); the named ones all differ."""
    found: list[tuple[int, ...]] = []
    numbers = iter(parameters)
    for number in numbers:
        if number in (38, 48):
            kind = next(numbers)
            if kind == 2:
                found.append((next(numbers), next(numbers), next(numbers)))
            else:
                index = next(numbers)
                grey = index in (0, 7, 8, 15, 16, 231) or index >= 232
                found.append((index,) if grey else (index, -1))
        elif 30 <= number < 38 or 40 <= number < 48 or 90 <= number < 108:
            found.append((number, -1))
    return found


def test_a_number_is_copied_to_the_terminal_between_pictures():
    with Program() as program:
        program.until(START).send('n"').until("Sent to the terminal's clipboard: z[1]₁")
        assert program.output.count(b"\x1b]52;c;MC41\x07") == 1  # 0.5
        assert ended(program, "q") == 0


def test_no_color_is_respected():
    with Program(NO_COLOR="1") as program:
        program.until(START).send("n" * 6).until(after(*"n" * 6))
        assert program.sgr()
        for parameters in program.sgr():
            for shade in shades(parameters):
                assert len(set(shade)) == 1, parameters
        assert ended(program, "q") == 0


@pytest.mark.parametrize("term", ["dumb", "", None], ids=["dumb", "empty", "unset"])
def test_a_terminal_without_abilities_gets_plain_text(term):
    with Program(TERM=term) as program:
        assert program.end() == 0
        assert b"\x1b" not in program.output
        assert program.output.decode().count("step 17/17") == 2


def test_gnu_screen_is_not_sent_colours_that_it_takes_for_something_else():
    with Program(TERM="screen", COLORTERM="truecolor", STY="1.x") as program:
        program.until(START)
        assert b"38;2;" not in program.output
        assert b"\x1b[" in program.output


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (200, 2)], ids=str)
def test_a_tiny_terminal(size):
    width, height = size
    with Program(width=width, height=height) as program:
        program.until(lambda: bool(program.text.strip())).send("nnnn?\t")
        program.resize(80, 24).until("close").send("q")
        program.until(after(*"nnnn", "\t")).send("q")
        assert ended(program, "") == 0


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C"},
        {"TERM": "linux"},
        {"PYTHONIOENCODING": "iso-8859-1"},
    ],
    ids=["C", "C in UTF-8 mode", "Linux console", "latin-1"],
)
def test_a_terminal_without_our_characters_gets_ascii(locale):
    with Program(**locale) as program:
        text = Text(ascii=True)
        program.until(after(text=text)).send("nnnnnn").until(after(*"nnnnnn", text=text))
        program.send("?").until("close").send("q7").until("7").send("n")
        program.until(after(*"nnnnnn", "7", "n", text=text))
        program.send("\x10").until("1 - a^2 or 1 - z^2?").send("\x10")
        program.until(after(*"nnnnnn", "7", "n", text=text))
        assert program.output.isascii()
        assert ended(program, "q") == 0


def test_options_for_the_app():
    with Program("--goto", "12.6", "--digits", "5", "--optimizer", "adam") as program:
        program.until("iteration  12 · step  6/33").send("q")
        assert program.end() == 0
    with Program("--iterations", "2000") as program:
        program.until(START).send("G").until("iteration 2000").send("q")
        assert program.end() == 0


@pytest.mark.parametrize(
    "arguments",
    [["--goto", "1.99"], ["--size", "80x24"], ["nosuch"], ["--iterations", "-1"], ["--keys", "/"]],
    ids=" ".join,
)
def test_what_the_app_refuses_it_refuses_before_it_starts(arguments):
    with Program(*arguments) as program:
        assert program.end() == 2
        assert b"\x1b" not in program.output
        assert program.output.count(b"gradstep: ") == 1
        assert b"Traceback" not in program.output


# -- no terminal -----------------------------------------------------------------------------------


def shell(line: str) -> tuple[int, str]:
    """What a command line prints in a pseudo-terminal; "$@" is the program."""
    with Program(shell=line) as program:
        status = program.end()
    return status, program.output.decode().replace("\r\n", "\n")


def test_input_that_is_no_terminal_gets_plain_text():
    expected = run().stdout
    for line in ('"$@" </dev/null', 'echo n | "$@"', '"$@" <&-'):
        status, shown = shell(line)
        assert status == 0
        assert shown.removeprefix("\n") == expected


def test_output_to_a_pipe_is_plain_text_without_escapes():
    status, shown = shell('"$@" | cat')
    assert status == 0
    assert shown.removeprefix("\n") == run("--plain").stdout
    assert "\x1b" not in shown


def test_a_closed_pipe_ends_quietly():
    status, shown = shell('"$@" --plain --iterations 2000 | head -1')
    assert status == 0
    assert shown.strip() == "iteration 1 · step 1/17 · forward · weighted sum, layer 1"


def test_interrupted_plain_output_ends_quietly():
    process = subprocess.Popen(
        command("--plain", "--iterations", "1000000"),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert error == b""
    assert process.returncode in (130, -signal.SIGINT)


def test_the_cursor_stands_at_what_is_selected_or_typed():
    with Program() as program:
        program.until(START).send("nnnnnn").until(after(*"nnnnnn"))
        rows = program.text.split("\n")
        program.until(lambda: rows[program.screen.y][program.screen.x :].startswith("−0.5628]"))
        program.send(":dW").until(lambda: program.text.split("\n")[-1].startswith(" :dW█"))
        program.until(lambda: (program.screen.x, program.screen.y) == (4, 23))
        assert b"\x1b[?25l" not in program.output
        assert ended(program, "\x03") == 0
