"""What a line says."""

import pytest

from tui.keys import KEYS, Keymap
from tui.lines.words import LineError, LineKeys, Typed, understood, word, words

OWN = {"go there": "g", "unfold": "enter", "g": "g", "enter": "enter", "on/off": "enter"}


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("", Typed()),
        ("  ", Typed()),
        ("n", Typed(key="n")),
        ("N", Typed(key="N")),
        ("5n", Typed("5", key="n")),
        (" 12 t ", Typed("12", key="t")),
        ("7", Typed("7")),
        ("next", Typed(name="next_step")),
        ("Next", Typed(name="next_step")),
        ("next step", Typed(name="next_step")),
        ("next_step", Typed(name="next_step")),
        ("next stop", Typed(name="next_stop")),
        ("3 next", Typed("3", name="next_step")),
        ("back", Typed(name="previous_step")),
        ("exit", Typed(name="quit")),
        ("predict", Typed(name="practice")),
        ("3 step", Typed("3", name="next_step")),
        ("go to dW2", Typed(name="goto", rest="dW2")),
        (":12.6", Typed(key=":", rest="12.6")),
        (": 12", Typed(key=":", rest="12")),
        ("'a", Typed(key="'", rest="a")),
        ("m a", Typed(key="m", rest="a")),
        ("3[", Typed("3", key="[")),
        ("e lr = 0.5", Typed(key="e", rest="lr = 0.5")),
        ("; 3", Typed(key=";", rest="3")),
        ("why old", Typed(name="why", rest="old")),
        ("open my run.toml", Typed(name="open", rest="my run.toml")),
        ("tab", Typed(key="tab")),
        ("\t", Typed(key="tab")),
        ("n\t", Typed(key="n")),
        ("e\t0.5", Typed(key="e", rest="0.5")),
        ("shift+tab", Typed(key="shift+tab")),
        ("→", Typed(key="right")),
        ("\x1b[C", Typed(key="right")),
        ("\x1bOD", Typed(key="left")),
        ("here", Typed(name="here")),
        ("panes", Typed(name="panes")),
    ],
)
def test_a_line_says_a_count_a_key_or_a_word_and_what_is_behind_it(line: str, typed: Typed) -> None:
    assert understood(line, Keymap(), {}) == typed


def test_the_keys_of_a_page_have_words() -> None:
    assert understood("go there", Keymap(), OWN) == Typed(key="g")
    assert understood("unfold", Keymap(), OWN) == Typed(key="enter")
    assert understood("2 on/off", Keymap(), OWN) == Typed("2", key="enter")
    with pytest.raises(LineError):
        understood("go there", Keymap(), {})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("12.6", "12.6 is no command; :12.6 goes there."),
        ("nxt", '"nxt" is no command; the nearest is next; help lists them.'),
        ("nn", '"nn" is no command; help lists them.'),
        ("nextstep", '"nextstep" is no command; the nearest is next step; help lists them.'),
        ("é", '"é" is no command; help lists them.'),
        ("5 ~", '"~" is no command; help lists them.'),
        ("\x07\x00", '"��" is no command; help lists them.'),
    ],
)
def test_what_is_no_command_is_one_sentence(line: str, said: str) -> None:
    with pytest.raises(LineError) as error:
        understood(line, Keymap(), {})
    assert str(error.value) == said


def test_every_command_can_be_typed() -> None:
    every = words(Keymap())
    for row in KEYS:
        assert any(typed.name == row.id for typed in every.values()) or row.id == "back"
        for key in row.keys:
            assert understood(key, Keymap(), {}) == Typed(key=key)


def test_changed_keys_are_the_ones_that_are_typed() -> None:
    keys = Keymap({"next_step": ("ctrl+n", "W"), "why": ("é",)})
    assert understood("W", keys, {}) == Typed(key="W")
    assert understood("ctrl+n", keys, {}) == Typed(key="ctrl+n")
    assert understood("é 3", keys, {}) == Typed(key="é", rest="3")
    with pytest.raises(LineError):
        understood("n", keys, {})
    assert LineKeys(keys.keys).shown("next_step") == "W"


def test_keys_are_named_by_a_letter_or_by_a_word_that_can_be_heard() -> None:
    keys = LineKeys()
    shown = [keys.shown(name) for name in ("next_step", "explain", "why", "next_stop", "save")]
    assert shown == ["n", "explain", "why", "next stop", "save"]
    assert [word(name) for name in ("back", "previous_step")] == ["", "back"]
    assert keys.shown("back") == "u"


@pytest.mark.parametrize("line", ["1" * 5000, "9" * 13 + "n", f"{'1' * 5000}.5"])
def test_a_count_has_no_more_digits_than_a_sentence_can_say(line: str) -> None:
    with pytest.raises(LineError, match=r"is no count: it has [0-9,]+ digits") as caught:
        understood(line, Keymap(), {})
    assert len(str(caught.value)) < 100
    assert understood("9" * 12, Keymap(), {}) == Typed("9" * 12)
