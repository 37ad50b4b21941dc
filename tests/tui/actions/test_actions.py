"""What keys do, and the laws of moving about."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.breakpoints import added
from engine.analysis.whatif import WhatIf
from engine.history.branching import history_of
from engine.history.history import History
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from engine.session.standing import Selection
from tests.examples import examples
from tests.frames import digest
from tests.tui.keyboard import Keyboard
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.actions.effects import Wish
from tui.actions.files import open_run
from tui.keys import Keymap
from tui.text.format import Text

RUN = """
name = "mine"
[data]
x = [[1.0, 2.0]]
y = [[1, 0]]
[[layers]]
units = 2
activation = "softmax"
[loss]
name = "cross_entropy"
[optimizer]
name = "{}"
lr = 0.1
"""

MOVES = ["right", "left", "f", "F", "t", "T", "g", "G", "o", "h", "j", "k", "l", "tab", "3", "1"]


def test_five_steps_lead_to_the_loss_and_the_sixth_to_the_error():
    keys = Keyboard().press("right right right right right")
    assert "= −1·log 0.4372" in keys.screen()
    assert "loss 0.8274" in keys.screen()
    assert keys.place == "sgd 1.5"
    assert "[−0.5628]" in keys.press("right").screen()


def test_forty_steps_on_and_back_show_the_first_screen_again():
    keys = Keyboard()
    first = keys.screen()
    keys.press("right " * 40)
    assert keys.place == "sgd 3.6"
    keys.press("left " * 40)
    assert keys.screen() == first


@pytest.mark.parametrize(
    ("pressed", "place"),
    [
        ("right n N", "sgd 1.1"),
        ("1 2 right", "sgd 1.12"),
        ("1 0 0 t", "sgd 101.1"),
        ("f f", "sgd 1.5"),
        ("f f f right F", "sgd 1.6"),
        ("f f f F", "sgd 1.5"),
        ("f f f f f", "sgd 2.1"),
        ("right t t T", "sgd 2.1"),
        ("T", "sgd 1.0"),
        ("left", "sgd 1.0"),
        ("5 right g", "sgd 1.0"),
        ("5 right 3 left G", "sgd 1.5"),
        ("5 G", "sgd 5.1"),
        ("o", "adam 1.0"),
        ("5 right o", "adam 1.5"),
        ("1 4 right o", "adam 1.18"),
        ("1 4 right o o", "sgd 1.14"),
        ("o 1 4 right o", "sgd 1.14"),
        ("o 1 4 right o o", "adam 1.14"),
    ],
)
def test_moves(pressed, place):
    assert Keyboard().press(pressed).place == place


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("12", "sgd 12.1"),
        ("12.6", "sgd 12.6"),
        ("dW2", "sgd 1.7"),
        ("+20", "sgd 2.3"),
        ("50%", "sgd 1.17"),  # of what the run asks for, where nothing has been reached
        ("100%", "sgd 2.17"),
        ("min", "sgd 2.5"),
        ("20.W1", "sgd 20.16"),
        ("20.∂L/∂W[2]", "sgd 20.7"),
    ],
)
def test_go_to(typed, place):
    assert Keyboard().type(f":{typed}").press("enter").place == place


@pytest.mark.parametrize("keys", ["", ":", ":1", "m", "?", "e"], ids=repr)
def test_ctrl_c_leaves_from_everywhere_and_ctrl_q_and_ctrl_s_do_nothing(keys):
    keyboard = Keyboard().type(keys)
    before = keyboard.screen()
    if keys != "m":
        for key, character in (("ctrl+q", "\x11"), ("ctrl+s", "\x13")):
            assert not keyboard.actions.press(key, character)
        assert keyboard.screen() == before
    assert keyboard.actions.press("ctrl+c", "\x03") == (Wish.QUIT,)


def test_a_letter_that_leaves_can_still_be_typed():
    actions = Actions(Desk(Session(load("worked-example")), Text()), Keymap({"quit_now": ("X",)}))
    actions.press(":", ":")
    assert actions.press("X", "X") == ()
    assert actions.context.dialog.typed == "X"
    actions.press("escape", "\x1b")
    assert actions.press("ctrl+c", "\x03") is None
    assert actions.press("X", "X") == (Wish.QUIT,)


def test_a_paste_is_typed_in_one_line_where_a_text_is_asked_for():
    keys = Keyboard()
    assert keys.actions.paste("nnn") is None
    assert keys.type("m").actions.paste("x") is None
    keys.press("escape").type(":1")
    assert keys.actions.paste("2\r\n\x1b[31m.6\t" + "x" * 300) == ()
    assert keys.context.dialog.typed == ("12 [31m.6 " + "x" * 300)[:200]
    assert keys.place == "sgd 1.0"


@pytest.mark.parametrize(
    "typed", ["0", "1.99", "99999999999", "200%", "nonsense", "1.", "1.q", "-", "١"]
)
def test_a_wrong_place_says_what_is_valid_and_stays_open(typed):
    keys = Keyboard().type(f":{typed}").press("enter")
    assert keys.context.dialog.prompt is not None
    assert keys.context.dialog.typed == typed
    assert keys.context.dialog.error
    assert keys.context.dialog.message
    assert keys.place == "sgd 1.0"
    keys.press("backspace " * (len(typed) + 1))
    assert keys.context.dialog.prompt is None


def test_keys_that_mean_nothing_change_nothing():
    keys = Keyboard()
    before = keys.screen()
    assert not keys.actions.press("f12", None)
    assert not keys.actions.press("ß", "ß")
    assert keys.screen() == before


@settings(max_examples=examples(60))
@given(st.lists(st.sampled_from(MOVES), max_size=40))
def test_any_wandering_leaves_a_position_as_it_was(moves):
    keys = Keyboard().press("2 0 right")
    seen: dict[tuple[str, str], str] = {}
    for key in moves:
        keys.press(key)
        keys.press("backspace")
        at = (keys.place, keys.actions.frame().symbol)
        here = digest(keys.actions.frame())
        assert seen.setdefault(at, here) == here
    while keys.place.startswith("adam"):
        keys.press("o")
    keys.type(":2.3").press("enter")
    fresh = Keyboard().type(":2.3").press("enter")
    assert digest(keys.actions.frame()) == digest(fresh.actions.frame())


def test_the_arrays_of_a_frame_cannot_be_written_to():
    frame = Keyboard().press("3 0 right o").actions.frame()
    arrays = [entry.array for entry in frame.entries.values()]
    arrays += [entry.previous for entry in frame.entries.values() if entry.previous is not None]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_replay_from_checkpoints_equals_the_original_bit_for_bit():
    spec = load("worked-example")
    there, again = history_of(spec), history_of(spec)
    last = 2 * there.own.every + 37
    straight = [there.trace(t).known("W1", 99).tobytes() for t in range(1, last + 1)]
    again.extend(last)
    for t in (last, 1, there.own.every, there.own.every + 1, 2 * there.own.every, 40, last - 1):
        assert again.trace(t).known("W1", 99).tobytes() == straight[t - 1]


def test_a_far_place_is_trained_to_beside_the_screen():
    keys = Keyboard().type(":400000").press("enter")
    job = keys.job
    assert keys.place == "sgd 1.0"
    assert "training" in keys.screen()
    history = keys.session.branch.history
    keys.finish(job, job.run(lambda: history.frontier > 1000))
    assert keys.place == "sgd 1.0"
    assert f"Iterations up to {history.frontier:,} are there." in keys.screen()


def test_one_iteration_is_never_waited_for_however_long_it_takes(monkeypatch) -> None:
    keys = Keyboard().press("3 t 3 T")
    assert keys.place == "sgd 1.1"
    with monkeypatch.context() as patch:
        patch.setattr(History, "seconds", property(lambda _history: 1e6))
        assert keys.press("t").place == "sgd 2.1"
        assert keys.press("2 t").place == "sgd 2.1"
        job = keys.job
    keys.finish(job, job.run(lambda: False))
    assert keys.place == "sgd 4.1"


def test_selection_moves_through_elements_and_symbols_and_is_explained():
    keys = Keyboard().press("7 right")
    assert "∂L/∂W[2]₁₁" in keys.screen()
    shown = keys.press("l").screen()
    assert "▸ ∂L/∂W[2]₁₂ = δ[2]₁·a[1]₂" in shown
    assert "= −0.5628·0.8005" in shown
    assert "∂L/∂W[2]₂₂" in keys.press("h h").screen()
    explained = keys.press("enter").screen()
    assert "What it does next" in explained
    assert "1.14" in explained
    assert "explain" not in keys.press("q").screen()


def test_digits_can_be_had():
    keys = Keyboard().press("5 right d d")
    assert "0.827359" in keys.screen()
    assert "0.8274" in keys.press("D D").screen()


def test_play_goes_on_until_any_other_key():
    keys = Keyboard().press("space")
    assert keys.context.playing.on
    keys.actions.tick()
    keys.actions.tick()
    assert keys.place == "sgd 1.2"
    assert not keys.press("space").context.playing.on


def test_what_a_job_finds_belongs_to_the_branch_it_searched() -> None:
    keys = Keyboard().press("o").type("bloss < 0.4").press("enter c")
    job = keys.job
    found = job.run(lambda: False)
    keys.press("o")
    keys.finish(job, found)
    assert keys.place == "sgd 1.0"
    assert f"Found: iteration {found} of adam." in keys.screen()


def test_a_job_that_was_replaced_no_longer_matters() -> None:
    keys = Keyboard().type(":400000").press("enter")
    old = keys.job
    keys.do(open_run, "xor")
    assert old.stopped
    keys.finish(old, True)
    assert keys.session.spec.name == "xor"
    assert keys.place.endswith("1.0")


def test_a_stopped_search_says_so() -> None:
    keys = Keyboard().type("bloss < -1").press("enter c")
    job = keys.job
    keys.press("space")
    assert job.stopped
    keys.finish(job, job.run(lambda: True))
    assert "Stopped at iteration" in keys.screen()


def test_breakpoints_stop_at_the_step_where_they_are_known() -> None:
    keys = Keyboard().type("bloss < 0.1").press("enter").type("bnot finite").press("enter c")
    job = keys.job
    keys.finish(job, job.run(lambda: False))
    assert keys.place.endswith(".5")
    assert "loss < 0.1" in keys.screen()
    first = keys.place
    keys.press("t C")
    job = keys.job
    keys.finish(job, job.run(lambda: False))
    assert keys.place == first


def test_a_step_breakpoint_is_found_behind_a_switch() -> None:
    keys = Keyboard("article-script").press("right")
    keys.session.breakpoints = added(keys.session.breakpoints, "step", "m.W1")
    keys.press("c")
    assert keys.place.endswith("2.24")


@pytest.mark.parametrize("key", ["right", "5", "space", "enter"])
def test_a_mark_is_a_letter(key: str) -> None:
    keys = Keyboard().press(f"m {key}")
    assert not keys.session.marks
    assert keys.context.dialog.error


def test_nothing_moves_behind_a_page() -> None:
    keys = Keyboard().press("3 right p right t u c x")
    assert keys.place == "sgd 1.3"


@pytest.mark.parametrize("typed", ["0.25 0.75", "0.25, .75", "(0.25;0.75)"])
def test_targets_that_are_shares_are_given_as_a_row(typed: str) -> None:
    keys = Keyboard().press("l l e")
    assert "y₁ is 1; the whole row, such as 0, 1; or lr = …: " in keys.screen()
    keys.type("0.5").press("enter")
    assert "Give the whole row, such as 0, 1." in " ".join(keys.screen().split())
    keys.press("ctrl+u").type(typed).press("enter")
    assert "y (1, 0) → (0.25, 0.75) at 1.0" in keys.screen()
    other = Keyboard("diverging").press("l e").type("0 1").press("enter")
    assert "0 1: a number is needed" in other.screen()


def test_a_place_is_kept_in_sight_of_a_narrow_prompt() -> None:
    keys = Keyboard().press("e").type("0.12345")
    assert "0.12345█" in keys.screen(40, 12)
    assert "? help" in Keyboard().screen(40, 12)
    assert "q quit" in Keyboard().screen(40, 12)


def test_arrows_compare_a_parameter_with_itself_across_a_switch() -> None:
    keys = Keyboard().type(":2").press("enter O f")
    for _ in range(3):
        keys.press("f")
    frame = keys.actions.frame()
    before = frame.entries["W1"].previous
    assert before is not None
    first = keys.session.branch.history.trace(1)
    assert before.tobytes() == first.known("W1", 0).tobytes()


def test_training_a_branch_that_is_deleted_meanwhile_ends_quietly() -> None:
    keys = Keyboard().press("right O f").type(":400000").press("enter")
    job = keys.job
    made = keys.session.current
    keys.session.go(keys.session.position, 0)
    keys.session.delete(made)
    keys.finish(job, False)
    assert keys.place == "sgd 1.1"
    assert not keys.context.dialog.error


def test_computing_beside_the_screen_leads_where_computing_at_once_does(monkeypatch) -> None:
    at_once, beside = Keyboard(), Keyboard()
    keys = "right t m a 7 t m b ' a u U o t o O f p O c right e 0 . 2 enter 3 t u u g G T f 9 n '"
    for key in [
        *keys.split(),
        "b",
        *":40.3",
        "enter",
        *":min",
        "enter",
        "B",
        "down",
        "w",
        "v",
        "q",
    ]:
        at_once.press(key)
        with monkeypatch.context() as patch:
            patch.setattr("tui.actions.travel.PATIENCE", -1)
            beside.press(key)
            while job := beside.context.jobs.current:
                beside.finish(job, job.run(lambda: False))
        assert beside.screen() == at_once.screen(), key
        assert beside.session.standing == at_once.session.standing, key


def test_a_new_branch_far_out_is_computed_beside_the_screen() -> None:
    keys = Keyboard("xor")
    keys.context.desk.session = Session(replace(keys.session.spec, compare=None))
    keys.session.go(Position(20_000, 1))
    there = keys.place
    keys.press("O c")
    job = keys.job
    assert keys.place == there
    assert "training" in keys.screen()
    keys.finish(job, job.run(lambda: False))
    assert keys.session.branch.words.startswith("Adam, carried state")
    assert keys.place.endswith("20000.1")
    assert "New branch" in keys.screen()


def test_two_optimizers_of_one_name_are_told_apart() -> None:
    keys = Keyboard("diverging").press("f f f")
    assert "o η 0.25⇄η 0.05" in keys.screen()
    shown = keys.press("f").screen(80, 24)
    assert "Δ.25" in shown
    assert "Δ.05" in shown
    shown = keys.screen(120, 40)
    assert "Δ SGD η 0.25" in shown
    assert "Δ SGD η 0.05, same g" in shown
    assert "━━ η 0.25   ┄┄ η 0.05" in keys.press("t t o o").screen(120, 40)


@pytest.mark.parametrize("text", ["dW2", "∂L/∂W[2]", "dL/dW2", "dL/dW[2]"])
def test_a_symbol_is_gone_to_in_any_of_its_forms(text: str) -> None:
    keys = Keyboard().type(f":{text}").press("enter")
    assert keys.place == "sgd 1.7"


def test_a_jacobian_too() -> None:
    keys = Keyboard("softmax-jacobian").type(":J1").press("enter")
    assert keys.session.step is not None
    assert keys.session.step.symbol == "jac1"


def test_the_other_branch_is_computed_beside_the_page_that_compares() -> None:
    keys = Keyboard()
    keys.session.go(Position(20_000, 1))
    keys.press("x")
    job = keys.job
    assert "adam is not computed up to iteration 20,000 yet." in keys.screen()
    keys.finish(job, job.run(lambda: False))
    assert "sgd (SGD) and adam (Adam) part at 1.14" in keys.screen()


@pytest.mark.parametrize("view", ["w", "x"])
def test_pages_fit_a_narrow_screen(view: str) -> None:
    keys = Keyboard().press(f"t t {view}")
    shown = [line for height in range(12, 60, 6) for line in keys.screen(40, height).splitlines()]
    assert max(map(len, shown)) <= 40
    words = " ".join(keys.screen(40, 60).split())
    assert {"w": "after updating only", "x": "part at 1.14, W[2]"}[view] in words


def test_what_if_updates_what_is_chosen() -> None:
    keys = Keyboard().press("f f f w enter").type("W[1] b2").press("enter")
    step = WhatIf(keys.session.branch.history, 1).partial(("W1", "b2"))
    assert f"W[1], b[2]   {step.loss:.4f}" in keys.screen(80, 40)
    keys.press("enter").type("W9").press("enter")
    assert "W9: no such parameter is updated; there are W1, b1, W2, b2" in keys.screen()
    assert "W[1], b[2]" in keys.press("escape").screen()


@pytest.mark.parametrize("key", ["c", "C", "[", "a", "space"])
def test_a_job_is_stopped_by_the_keys_that_start_one(key: str) -> None:
    keys = Keyboard().type("bloss < -1").press("enter c")
    job = keys.job
    keys.press(key)
    assert job.stopped
    assert not keys.context.dialog.error


@pytest.mark.parametrize("keys", ["c", "]", ": n a n enter"])
def test_a_branch_deleted_while_it_is_searched(keys: str) -> None:
    reader = Keyboard().press("t O f right t t t l l").type(":1.14").press("enter")
    assert reader.session.current == 2
    reader.type("bloss < 0.7").press(f"enter {keys}")
    job = reader.job
    reader.session.go(Position(1, 1), 0)
    reader.session.delete(2)
    reader.finish(job, job.run(lambda: False))
    assert reader.place == "sgd 1.1"
    assert not reader.context.dialog.error


def test_an_answer_being_typed_stays_where_it_was_begun() -> None:
    keys = Keyboard().press("3 right l").type("bloss < 0.7").press("enter c")
    job = keys.job
    found = job.run(lambda: False)
    keys.press("e").type("9")
    keys.finish(job, found)
    assert keys.place == "sgd 1.3"
    assert "Found: iteration" in keys.screen()


def test_a_failing_job_does_not_end_the_session() -> None:
    keys = Keyboard().type("bloss < 0.7").press("enter c")
    job = keys.job

    def broken(_result: object) -> None:
        raise RuntimeError("broken")

    job.done = broken
    keys.finish(job, 3)
    assert "running failed: broken" in keys.screen()


def test_the_change_in_this_iteration_is_ahead_or_behind() -> None:
    keys = Keyboard().press("j")
    for press, place in (("]", "sgd 1.16"), ("]", "sgd 2.16"), ("[", "sgd 2.16")):
        if press == "[":
            keys.press("right")
            keys.session.selection = Selection("W1")
        keys.press(press)
        job = keys.job
        keys.finish(job, job.run(lambda: False))
        assert keys.place == place
    keys.press("1 ]")
    job = keys.job
    keys.finish(job, job.run(lambda: False))
    assert "does not change by more than 0.1 after this" in keys.screen()


def test_deleting_a_branch_ends_what_is_done_for_it() -> None:
    keys = Keyboard().press("right O f").type("a400000").press("enter")
    job = keys.job
    assert "training adam-2: iteration" in keys.screen(120)
    keys.session.go(Position(1, 1), 0)
    keys.press("y down x")
    assert 2 not in keys.session.branches
    assert job.stopped


def test_a_run_with_other_steps_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text(RUN.format("adam"))
    keys = Keyboard()
    keys.do(open_run, str(file))
    last = len(keys.session.branch.history.steps_of(3))
    keys.session.go(Position(3, last))
    assert keys.session.step is not None
    symbol = keys.session.step.symbol
    file.write_text(RUN.format("sgd"))
    keys.run("reload")
    assert keys.session.step.symbol == symbol
    assert keys.session.position.iteration == 3
    assert keys.session.position.step < last
    assert "Read " in keys.screen(120)


def test_the_page_that_compares_follows_a_reader_who_goes_far() -> None:
    keys = Keyboard().press("x").type(":40000").press("enter")
    for what in ("training", "comparing"):
        job = keys.job
        assert job.what == what
        keys.finish(job, job.run(lambda: False))
    assert "Space stops" not in keys.screen()
    assert keys.place == "sgd 40000.1"
    assert "part at 1.14" in keys.screen()
    keys.press("t").type(":50000").press("enter")
    job = keys.job
    keys.press("space")
    keys.finish(job, job.run(lambda: True))
    assert keys.context.jobs.current is None


@pytest.mark.parametrize(("t", "beside"), [(30_000, 29_999), (50_000, 0)])
def test_the_other_runs_losses_are_computed_beside_the_screen_where_they_are_shown(t, beside):
    keys = Keyboard()
    keys.session.branch.history.extend(t)
    keys.type(f":{t}").press("enter")
    if beside:
        keys.finish(keys.job, keys.job.run(lambda: False))
    assert keys.place == f"sgd {t}.1"
    assert keys.session.other.history.frontier == beside
    assert (keys.actions.frame().other_losses is not None) == bool(beside)


def test_what_is_computed_says_so_before_anything_is_typed() -> None:
    keys = Keyboard().press("right e")
    assert "z[1]₁ is computed; an option, such as lr = 0.05: " in keys.screen()
    hint = "Esc closes · SGD: lr, momentum, dampening, weight_decay, nesterov, maximize"
    assert hint in keys.screen()
    assert f"{hint}, momentum_form; run: " in keys.screen(120, 40)
    assert "Esc closes · SGD: lr, momentum" in keys.screen(60, 20)
    keys.type("0.5").press("enter")
    assert "z[1]₁ is computed" in keys.screen()
    assert len(keys.session.branches) == 2
    keys.press("ctrl+u").type("lr = 0.05").press("enter")
    assert len(keys.session.branches) == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("seed=1", "seed: SGD has no such option; it has lr, momentum"),
        ("lr = fast", 'lr is "fast", and must be a number of at least 0.'),
        ("nesterov = yes", 'nesterov is "yes", and must be true or false.'),
    ],
)
def test_a_wrong_option_says_what_is_valid(typed: str, said: str) -> None:
    keys = Keyboard().press("e").type(typed).press("enter")
    assert said in " ".join(keys.screen(200, 50).split())
    assert len(keys.session.branches) == 2
