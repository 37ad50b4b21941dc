"""Conversations: what is printed of each line."""

import re

import pytest

from engine.history.position import Position
from engine.runfile.read import builtin_names, load
from engine.session.session import Session
from tests.tui.talking import Talk
from tui.command.blocks import block
from tui.keys import KEYS
from tui.lines.helped import REFUSED
from tui.text.format import Text


def plain(step: int, t: int = 1, text: Text | None = None, run: str = "worked-example") -> str:
    """A step as --plain prints it."""
    return block(Session(load(run)), Position(t, step), text or Text())


# -- the worked example ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", [Text(), Text(ascii=True), Text(digits=7)], ids=repr)
def test_every_step_of_the_first_iteration_is_printed_as_plain_prints_it(text: Text) -> None:
    talk = Talk(text=text, width=100)
    for step in range(1, 18):
        assert talk("") == plain(step, text=text)
    for step in range(16, 0, -1):
        assert talk("back") == plain(step, text=text)


@pytest.mark.parametrize("run", builtin_names())
def test_every_run_is_printed_as_plain_prints_it(run: str) -> None:
    talk = Talk(run, width=100)
    steps = len(talk.session.trace.steps)
    for step in (1, steps // 2, steps):
        said = talk(f":1.{step}").partition("\nstop ")[0]
        assert said == plain(step, run=run)


def test_the_first_iteration_is_followed(snapshot) -> None:
    talk = Talk()
    lines = [talk.said]
    for line in ("n", *[""] * 5, "explain", "2", "quit", *["n"] * 11, "toggle", "q"):
        lines.append(f"{talk.prompt}{line}")
        lines.append(talk(line))
    assert "\n".join(lines) == snapshot
    assert talk.conversation.ended


@pytest.mark.parametrize("width", [20, 40, 60, 80, 158])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    talk = Talk(width=width)
    for line in ("n", "6n", ";", "3", "explain", "panes", "help", "9n", "w"):
        for row in talk(line).split("\n"):
            assert len(row) <= max(width, 40), (line, row)


# -- moving ----------------------------------------------------------------------------------------


def test_an_empty_line_does_the_last_movement_again() -> None:
    talk = Talk()
    talk("", "")
    assert talk.place == "sgd 1.2"
    talk("t", "", "d", "")
    assert talk.place == "sgd 4.2"
    talk("3n", "")
    assert talk.place == "sgd 4.8"
    talk("back", "")
    assert talk.place == "sgd 4.6"
    talk(":9.3", "")
    assert talk.place == "sgd 9.2"


def test_a_movement_closes_what_is_open() -> None:
    talk = Talk()
    talk("n", "explain")
    assert talk.prompt == "1.1 z[1]₁ explain> "
    assert talk("").startswith("iteration 1 · step 2/17")
    assert talk.prompt == "1.2 a[1]₁> "
    talk("y", "f")
    assert talk.place == "sgd 1.5"


def test_the_selected_element_is_read() -> None:
    talk = Talk()
    talk("7n")
    assert talk("l") == "▸ ∂L/∂W[2]₁₂ = −0.5628·0.8005 = −0.4505"
    assert talk.prompt == "1.7 ∂L/∂W[2]₁₂> "
    assert talk("2l") == "▸ ∂L/∂W[2]₂₂ = 0.5628·0.8005 = 0.4505"


def test_a_place_behind_its_key_or_on_the_next_line() -> None:
    talk = Talk()
    assert talk(":2.6").startswith("iteration 2 · step 6/17")
    assert talk(":") == ""
    assert talk.prompt == ":"
    assert talk("1.3").startswith("iteration 1 · step 3/17")
    assert talk(":nowhere").startswith("nowhere")
    assert talk.prompt.startswith("1.3 ")


def test_the_other_run_and_back() -> None:
    talk = Talk()
    talk("14n")
    assert talk("o").startswith("branch adam · Adam η 0.1\niteration 1 · step 18/33 · update · ")
    assert talk.prompt == "adam 1.18 W[2]₁₁> "
    assert talk("toggle").startswith("branch sgd · SGD η 0.1\n" + plain(14).split("\n")[0])


def test_a_far_place_is_trained_for_and_a_search_finds() -> None:
    talk = Talk()
    talk("a 500", ":300.5")
    assert talk.place == "sgd 300.5"
    assert talk("b loss < 0.1") == "Breakpoint 1: loss < 0.1. c runs on to it, C back."
    assert talk("g", "c").startswith("Stopped: loss < 0.1 (loss ")
    assert talk("/tanh").startswith("“tanh” 2 of 2 in iteration 29: in its title.\niteration 29")
    assert talk("").startswith("“tanh” 2 of 2") is False


# -- questions and pages ---------------------------------------------------------------------------


def test_a_number_takes_an_item_of_a_list() -> None:
    talk = Talk()
    talk("6n", ";")
    assert talk.said.startswith("This step raises\n  1  Why is the output error ŷ − y?\n  2  ")
    assert talk.said.endswith("(a number: answer, words; quit closes)")
    assert talk("3").startswith("What is δ?\n")
    assert talk("questions").startswith("This step raises\n")
    assert talk("99") == "There is no 99 in this list; it ends with 28."
    assert talk("0") == "There is no 0 in this list; it ends with 28."
    assert talk("q") == "iteration 1 · step 6/17 · backward · output error"
    assert talk("; 3").startswith("What is δ?\n")
    assert talk("why jacobian").startswith("What is the Jacobian of softmax")


def test_unfolding_prints_from_the_first_line_that_is_another() -> None:
    talk = Talk()
    talk("2n", "explain")
    assert "Where it comes from\n1) a[1]₁ = tanh 0.5 = 0.4621  (1.2)\n" in talk.said
    assert "\n2)   z[1]₁ = 0.1·1 + 0.2·2 + 0 = 0.5  (1.1)\n" in talk.said
    assert talk("2").startswith(" 1) a[1]₁ = tanh 0.5 = 0.4621")
    assert "\n 3)     W[1]₁₂ = 0.2  (start)\n" in talk.said
    assert talk("down").lstrip().startswith("3)     W[1]₁₂")
    assert talk("2 go there").startswith("iteration 1 · step 1/17")


def test_a_key_of_a_page_takes_the_item_of_its_number() -> None:
    talk = Talk()
    talk("b loss < 0.1", "b loss < 0.2", "b loss < 0.3", "p")
    assert talk.said.split("\n")[:3] == [
        f"  {number} on  loss < 0.{number}   0 hits" for number in (1, 2, 3)
    ]
    assert talk("2 delete").split("\n") == [
        "1)   1 on  loss < 0.1   0 hits",
        "2)   3 on  loss < 0.3   0 hits",
    ]
    assert [point.text for point in talk.session.breakpoints] == ["loss < 0.1", "loss < 0.3"]
    talk("2")
    assert [point.enabled for point in talk.session.breakpoints] == [True, False]


def test_pages_that_take_nothing_are_printed_and_closed() -> None:
    talk = Talk()
    talk("n")
    for line in ("x", "help", "z"):
        assert len(talk(line).split("\n")) > 2
        assert talk.prompt == "1.1 z[1]₁> "


def test_a_question_says_what_it_takes_and_what_an_empty_line_gives() -> None:
    talk = Talk()
    talk("14n", "e")
    assert talk.said.startswith("SGD: lr, momentum")
    assert talk.prompt == "W[2]₁₁ is 0.5260; a number, or lr = …: "
    said = "abc: a number is needed, such as 0.25."
    assert talk("abc") == f"{said}\nAn empty line closes the question."
    assert talk("abc") == said
    assert talk.prompt == "W[2]₁₁ is 0.5260; a number, or lr = …: "
    assert talk("0.7").startswith("New branch sgd-2: ")
    talk("y", "2 rename")
    assert talk.prompt == "name: [sgd-2] "
    talk("")
    assert talk.session.branch.name == "sgd-2"
    talk("2 rename", "mine")
    assert talk.session.branch.name == "mine"


def test_each_mistake_of_a_run_file_has_its_lines(tmp_path, monkeypatch) -> None:
    (tmp_path / "bad.toml").write_text("name = 'bad'\n[data]\nx = [[1.0]]\ny = [[1.0]]\n")
    monkeypatch.chdir(tmp_path)
    said = Talk()("open bad.toml").split("\n")
    begun = [line for line in said if line.startswith("bad.toml: ")]
    assert len(begun) == " ".join(said).count(" is missing") == 3
    assert all(map(str.isprintable, said))


def test_after_a_wrong_answer_an_empty_line_gives_none() -> None:
    talk = Talk()
    talk("n", "b", "loss <<", "")
    assert talk.session.breakpoints == ()
    assert talk.prompt == "1.1 z[1]₁> "
    talk("b", "")
    assert len(talk.session.breakpoints) == 1


@pytest.mark.parametrize("line", ["esc", "Escape", "backspace", "\x1b"])
def test_esc_closes_a_question_or_a_page(line: str) -> None:
    talk = Talk()
    talk("n", "e", line)
    assert talk.prompt == "1.1 z[1]₁> "
    assert talk.said == "The question is closed."
    talk("explain", line)
    assert talk.prompt == "1.1 z[1]₁> "
    assert talk(line) == "Nothing is open that could be closed; quit ends."


def test_one_letter_is_asked_for() -> None:
    talk = Talk()
    talk("n", "m")
    assert talk("ab") == "One letter is asked for.\nAn empty line closes the question."
    assert talk("abc") == "One letter is asked for."
    assert talk("") == "The question is closed."
    assert talk("m", "").startswith("One letter is asked for.")
    assert talk("a") == "Marked a."
    talk("9n", "'a")
    assert talk.place == "sgd 1.1"
    assert talk("m 1") == "A mark is a letter."


def test_an_answer_that_is_too_long_is_refused_and_not_cut() -> None:
    talk = Talk()
    talk("e")
    assert talk("1" * 201) == (
        "An answer has at most 200 characters.\nAn empty line closes the question."
    )
    assert talk.prompt.startswith("x₁ is 1")


# -- what line mode has of its own -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "looked_for", "printed"),
    [
        ("digits", "/z1[1,8]", ""),
        ("digits", "/z1[1,9]", "  ▸ z[1]₁₉ = "),
        ("digits", "/z1[2,1]", "  ▸ z[1]₂₁ = "),
        ("digits", "/dW1[3,4]", "  ▸ ∂L/∂W[1]₃₄ = "),
        ("worked-example", "/2.W2[1,2]", ""),
        ("worked-example", "/L", ""),
    ],
)
def test_the_element_that_was_gone_to_is_printed(run: str, looked_for: str, printed: str) -> None:
    talk = Talk(run, width=158)
    lines = talk(looked_for).split("\n")
    if printed:
        assert lines[-1].startswith(printed)
        assert sum(line.startswith(printed) for line in lines) == 1
    else:
        assert lines[-1][:3] != "  ▸"
    assert talk("here").split("\n") == lines[1:]


def test_what_is_known_at_the_start_is_said_at_the_start_alone() -> None:
    assert "nothing is computed yet" in Talk().said.replace("\n", " ")
    opened = Talk()("open mini-batch")
    assert "\niteration 1 · step 13/18 " in opened
    assert "computed yet" not in opened.replace("\n", " ")


def test_a_selected_element_of_another_step_is_printed_last() -> None:
    talk = Talk()
    talk("/W2[1,2]")
    assert talk(".").endswith("\n  ▸ W[2]₁₂ = 0.6451  (from before this iteration)")


def test_here_and_all_that_is_known() -> None:
    talk = Talk(width=100)
    talk("2n")
    assert talk("here") == plain(2)
    said = talk("panes")
    assert said.startswith("worked example 2-2-2 · SGD η 0.1\n" + plain(2) + "\nvalues\n")
    assert "\n  W[1] = (0.1 0.2; 0.3 0.4)\n" in said
    assert "\n  z[1] = (0.5, 1.1), read here\n  a[1] = (0.4621, 0.8005), written here\n" in said
    assert "δ[2]" not in said
    assert said.endswith("\nupdate: θ ← θ − η·g")
    assert talk.place == "sgd 1.2"
    said = talk(":1.15", "panes")
    assert said.endswith(
        "\nupdate: θ ← θ − η·g"
        "\n  ΔSGD W[2] = (+0.0260 +0.0451; −0.0260 −0.0451)"
        "\n  ΔAdam W[2] = (+0.1000 +0.1000; −0.1000 −0.1000)"
        "\n  ΔSGD b[2] = (+0.0563, −0.0563)"
        "\n  ΔAdam b[2] = (+0.1000, −0.1000)"
    )


def test_what_is_copied_is_printed_alone() -> None:
    talk = Talk()
    talk("6n")
    said = [talk('"').split("\n") for _ in range(3)]
    assert [lines[-1] for lines in said] == [
        "-0.5627974574671456",
        "δ[2]₁ = 0.4372 − 1 = −0.5628",
        "-0.5627974574671456, 0.5627974574671456",
    ]
    assert said[0] == ["This is δ[2]₁, all digits. copy again: its formula.", said[0][-1]]
    assert "\x1b" not in talk("copy")


def test_what_takes_the_screen_is_refused_by_one_sentence() -> None:
    talk = Talk()
    talk("n")
    for name, said in REFUSED.items():
        assert talk(name.replace("_", " ")) == said
    assert talk("space").startswith("Nothing plays")
    assert talk.place == "sgd 1.1"


def test_help_has_every_command_that_line_mode_has() -> None:
    said = Talk()("help")
    for row in KEYS:
        assert (row.tooltip.split(";")[0].split(",")[0] in re.sub(r"\s+", " ", said)) == (
            row.id not in REFUSED
        ), row.id
    assert Talk()("palette") == said


def test_every_command_says_something(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)  # pictures are files
    for row in KEYS:
        talk = Talk()
        talk("2n", "f")
        name = row.id.replace("_", " ") if row.id != "back" else "u"
        said = talk(name)
        asks = talk.actions.context.dialog.prompt is not None
        assert said or asks or talk.conversation.ended or talk.suspended, row.id


def test_what_stands_behind_a_command_is_read_or_said_not_to_be() -> None:
    talk = Talk()
    assert talk("n n").startswith("One command a line: what is behind n was not read.\niteration 1")
    assert talk.place == "sgd 1.1"
    assert talk("5") == "5 is a count: 5n goes on so many steps, :5 there."


def test_where_nothing_moves_that_is_said() -> None:
    talk = Talk()
    assert talk("N") == "This is the start."
    assert talk("s") == "This mini-batch has one sample."
    talk("w")
    assert talk("j") == "Nothing changes."


def test_a_lesson_is_told() -> None:
    talk = Talk()
    assert re.search(r"\nstop 1 of 26 · The input is 1 and 2\.", talk("."))
    assert re.search(r"\nstop 2 of 26 · tanh bends", talk(""))


def test_practice_asks_judges_and_goes_on() -> None:
    talk = Talk()
    talk("practice", "")
    assert talk.prompt == "practice 1.0 x₁> "
    talk("n")
    assert talk.prompt == "z[1]₁ = "
    assert talk("0.7").startswith("0.7 is wrong.")
    assert talk("?") == "z[1] = W[1]·x + b[1]"
    assert talk("0.5") == "z[1]₁ 0.5: right."
    assert talk.prompt == "z[1]₂ = "
    said = "x y: no number, such as 0.4372, −4.4e−1 or 7/16; ? shows a hint."
    assert talk("x y").split("\n") == [said, "An empty line closes the question."]
    assert talk("1.1").split("\n")[0] == "z[1]₂ 1.1: right. z[1] is done; n asks on."
    assert "0.4621" not in talk("panes")
    assert "Not while practice is on" in talk("o")
    assert "z[1]" in talk("end practice")


def test_in_practice_a_number_is_an_answer_also_where_none_is_asked() -> None:
    talk = Talk()
    talk("practice forward")
    assert talk("0.5 1.1").startswith("z[1] 0.5 1.1: right. z[1] is done; n asks on.")
    assert talk("7").startswith("7 is wrong.")
    talk("esc")
    assert talk("12n").startswith("tanh, layer 1 · ? a hint")
    assert talk.prompt == "a[1]₁ = "


def test_a_curve_is_said_to_be_on_the_screen() -> None:
    for text in (Text(), Text(ascii=True)):
        talk = Talk(text=text)
        said = talk(":1.14", "what if").split("\n")
        at = said.index("After this one update, by its learning rate:")
        assert said[at + 1] == "(Here the screen has a curve.)"
        assert said[at + 2].startswith("Overshoot begins at a rate of ")
        talk("30t")
        assert talk("compare").endswith("\n(Here the screen has a curve.)")


def test_help_of_one_command_and_of_a_group() -> None:
    talk = Talk()
    assert talk("help e") == ("  e, edit: Change the selected element or an option: a new branch.")
    assert talk("help what if") == "  w, what if: This update in part, and at other learning rates."
    assert talk("help branch").count("\n") == 2
    assert talk("help play") == "  That needs the screen."
    assert talk("? xyzzy") == '"xyzzy" is no command, nor a group of them.'
    assert talk.prompt == "1.0 x₁> "


def test_another_run_leaves_the_desk_to_be_saved() -> None:
    talk = Talk()
    desk = talk.actions.context.desk
    said = talk("n", "open xor")
    assert said.startswith("Opened xor. Lesson: 9 stops, next stop goes on\ngradstep · xor")
    assert talk.left == [desk]
    assert talk("open nothing-like-it").startswith("nothing-like-it: there is no built-in run")
    assert talk.left == [desk]


def test_ending() -> None:
    for line in ("q", "quit", "exit", "quit now", "ctrl+c"):
        talk = Talk()
        talk("n", line)
        assert talk.conversation.ended
    talk = Talk()
    talk("n", "explain", "q")
    assert not talk.conversation.ended
    assert talk.conversation.interrupt() is False
    talk("e")
    assert talk.conversation.interrupt() is True
    assert talk.prompt == "1.1 z[1]₁> "
