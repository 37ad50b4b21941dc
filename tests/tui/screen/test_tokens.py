"""Whatever comes from a terminal: no exception, bounded time, bounded memory, and the keys after
it count.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.screen import inside
from tui.screen.inside import keys_of
from tui.screen.tokens import BY_HAND, MOST_PASTED, Pasted, Pointed, Token, Tokens, pointed

CTRL_C = [("ctrl+c", "\x03")]

NUMBERS = """
    0 1 5 27 48 97 200 201 1049 2026 55296 57343 57441 1114111 1114112 99999999999 -1 1:3 97:98 ٣
"""
NUMBER = st.sampled_from(["", "1" * 40, *NUMBERS.split()])
PARAMETERS = st.lists(NUMBER, max_size=40).map(";".join)
SEQUENCE = st.builds(
    "\x1b[{}{}{}".format,
    st.sampled_from(["", "<", "?", ">", "["]),
    PARAMETERS,
    st.sampled_from([*"uABCDEFHPQRSZ~tmMIOyn$^@", "$y", "$p", "", "\x1b", "\x07"]),
)
STRING = st.builds(
    "\x1b{}{}{}".format,
    st.sampled_from("]P_^X"),
    st.text(max_size=60),
    st.sampled_from(["", "\x07", "\x1b\\", "\x9c", "\x1b"]),
)
PIECE = st.one_of(
    st.binary(max_size=12),
    SEQUENCE.map(str.encode),
    STRING.map(str.encode),
    st.text(max_size=6).map(str.encode),
    st.sampled_from([b"\x1b", b"\x1b[", b"\x1bO", b"\x1b[M", b"\x1b[M !", b"\x1b\x1b[A"]),
    st.sampled_from([b"\x1b[200~", b"\x1b[201~", b"\x9b", b"\x18"]),
    st.sampled_from([b"\xe9", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"]),
)
STREAM = st.lists(PIECE, max_size=30)


def keys(*chunks: bytes | None) -> list[inside.Press | Pasted]:
    """What comes of chunks of bytes, and of silence where there is None."""
    tokens = Tokens()
    found: list[inside.Press | Pasted] = []
    for chunk in chunks:
        for token in tokens.silence() if chunk is None else tokens.feed(chunk):
            found.extend([token] if isinstance(token, Pasted) else keys_of(token))
    return found


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(at)]


@given(STREAM)
@example([b"\xe9"])
@example([b"\x1b[1114112u"])
@example([b"\x1b[97;;99999999999u"])
@example([b"\x1b[48;99999;99999;0;0t"])
@example([b"\x1b[97;1:3u"])
def test_no_bytes_are_too_many_or_too_odd_and_the_key_after_them_counts(stream):
    assert keys(*stream, None, b"\x03")[-1:] == CTRL_C
    tokens = Tokens()
    for chunk in stream:
        tokens.feed(chunk)
        assert len(tokens._held) <= 40
        assert (tokens.patience is None) is not (
            bool(tokens._held) or tokens._skipped is not None or tokens._paste is not None
        )


@given(STREAM)
def test_nothing_that_comes_of_them_is_more_than_a_key_can_be(stream):
    for what in keys(*stream, None):
        if isinstance(what, Pasted):
            assert len(what.text) <= MOST_PASTED
            assert what.text.isprintable()
        else:
            key, character = what
            assert 0 < len(key) < 200
            key.encode()
            assert character is None or len(character.encode()) <= 4


@given(STREAM, st.lists(st.integers(0, 400), max_size=20))
def test_where_a_read_ends_makes_no_difference(stream, places):
    data = b"".join(stream)
    whole: list[Token] = Tokens().feed(data)
    tokens = Tokens()
    chunks = cut(data, places)
    if not any(BY_HAND.fullmatch(chunk) for chunk in chunks):
        assert [token for chunk in chunks for token in tokens.feed(chunk)] == whole


@pytest.mark.parametrize(
    "data",
    [
        b"n" * 200_000,
        b"\x1b[C" * 70_000,
        b"\x1b[" * 100_000,
        b"\x1b]" * 100_000,
        b"\x1b" * 200_000,
        b"\x1b[" + b"1;" * 100_000 + b"u",
        b"\x1b[200~" + b"x" * 200_000,
        b"\x1b[200~" + b"\x1b[201" * 40_000,
        b"\x1b[200~\x1b[201~" * 16_000,
        b"\x1b]0;" + b"x" * 200_000,
        b"\xff" * 200_000,
        bytes(range(256)) * 800,
        b"".join(b"\x1b[%d;;%du" % (n % 1000 + 97, n % 3000 + 97) for n in range(16_000)),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_time_and_memory_are_bounded_by_the_length(data):
    tokens = Tokens()
    began = time.process_time()
    for at in range(0, len(data), 4096):
        for token in tokens.feed(data[at : at + 4096]):
            if isinstance(token, str):
                keys_of(token)
    per_byte = (time.process_time() - began) / len(data)
    assert per_byte < 30e-6
    held = sum(map(len, tokens._paste or ())) + len(tokens._held)
    assert held <= MOST_PASTED + 40
    assert sys.getsizeof(tokens._paste) < 100_000


# -- what they mean --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chunks", "meant"),
    [
        ([b"n\x1b[C\x1bOD"], ["n", "right", "left"]),
        ([b"\x1b", b"[", b"C"], ["right"]),
        ([b"\x1b", None, b"[C"], ["escape", "left_square_bracket", "C"]),
        ([b"\x1b[", None], ["alt+left_square_bracket"]),
        ([b"\x1bn\x1b\x1b[C\x1b\x03"], ["alt+n", "escape", "right", "escape", "ctrl+c"]),
        ([b"\xe9n"], ["n"]),
        ([b"\xe2\x82", b"\xac"], ["euro_sign"]),
        ([b"\xc2\x9bn"], ["n"]),
        ([b"\x1b[1114112un"], ["n"]),
        ([b"\x1b[55296un"], ["n"]),
        ([b"\x1b[12\x03"], ["ctrl+c"]),
        ([b"\x1b[12", None, b"n"], ["n"]),
        ([b"\x1b[" + b"1;" * 1000 + b"un"], ["n"]),
        ([b"\x1b[" + b"1;" * 1000, b"1;" * 1000, b"un"], ["n"]),
        ([b"\x1b]0;title\x07n\x1bPdata\x1b\\n\x1b_x\x1b", b"\\n"], ["n", "n", "n"]),
        ([b"\x1b]never ended", None, b"n"], ["n"]),
        ([b"\x1b]never ended\x03"], ["ctrl+c"]),
        ([b"\x1bP", None], ["alt+P"]),
        ([b"\x1b[48;99999;99999;0;0tn\x1b[48;24;80;0;0tn"], ["n", "n"]),
        ([b"\x1b[<0;5;5Mn\x1b[M !!n\x1b[0;5;5Mn"], ["n", "n", "n"]),
        ([b"\x1b[In\x1b[On\x1b[5;5Rn"], ["n", "n", "n"]),
        ([b"\x1b[[An\x1b[3$n"], ["f1", "n", "shift+delete", "n"]),
        ([b"\x1b[99;5u"], ["ctrl+c"]),
    ],
    ids=repr,
)
def test_what_bytes_mean(chunks, meant):
    assert [isinstance(what, tuple) and what[0] for what in keys(*chunks)] == meant


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([b"\x1b[200~hello\x1b[201~n"], [Pasted("hello"), ("n", "n")]),
        ([b"\x1b[20", b"0~hel", b"lo\x1b[2", b"01~n"], [Pasted("hello"), ("n", "n")]),
        ([b"\x1b[200~a\x1b[31mb\x03\r\n \tc\x9b\xe2\x80\xae\x1b[201~"], [Pasted("a[31mb c")]),
        ([b"\x1b[200~hel", None, b"n"], [Pasted("hel"), ("n", "n")]),
        ([b"\x1b[200~hel", b"\x03"], CTRL_C),
        ([b"\x1b[200~hel", b"\x03\x03"], CTRL_C * 2),
        ([b"\x1b[200~hel", b"\x1b[99;5u"], [("ctrl+c", None)]),
        ([b"\x1b[201~n"], [("n", "n")]),
        ([b"\x1b[200~" + b"x" * 9999 + b"\x1b[201~"], [Pasted("x" * MOST_PASTED)]),
    ],
    ids=repr,
)
def test_pastes(chunks, expected):
    assert keys(*chunks) == expected


@pytest.mark.parametrize("cut_at", range(1, 6))
def test_a_paste_ends_wherever_its_end_is_cut(cut_at):
    end = b"\x1b[201~"
    chunks = [b"\x1b[200~ab" + end[:cut_at], end[cut_at:] + b"n"]
    assert keys(*chunks) == [Pasted("ab"), ("n", "n")]


def test_a_parser_that_fails_costs_a_key_and_no_more(monkeypatch):
    def fail(_):
        raise RuntimeError

    keys_of.cache_clear()
    monkeypatch.setattr("textual._xterm_parser.XTermParser.feed", fail)
    assert keys_of("n") == ()
    keys_of.cache_clear()


@pytest.mark.parametrize(
    ("token", "meant"),
    [
        ("\x1b[<0;1;1M", Pointed(0, 0)),
        ("\x1b[<0;80;24M", Pointed(79, 23)),
        ("\x1b[<28;7;300M", Pointed(6, 299)),  # with Shift, Alt and Ctrl
        ("\x1b[<64;2;3M", Pointed(1, 2, -1)),
        ("\x1b[<65;2;3M", Pointed(1, 2, 1)),
        ("\x1b[<81;2;3M", Pointed(1, 2, 1)),
        ("\x1b[<0;1;1m", None),  # let go
        ("\x1b[<1;1;1M", None),
        ("\x1b[<2;1;1M", None),
        ("\x1b[<32;1;1M", None),  # moved
        ("\x1b[<66;1;1M", None),
        ("\x1b[<0;0;1M", None),
        ("\x1b[<0;1;0M", None),
        ("\x1b[<0;1M", None),
        ("\x1b[<;1;1M", None),
        ("\x1b[C", None),
        ("n", None),
    ],
)
def test_what_a_mouse_has_done(token, meant):
    assert Tokens().feed(token.encode()) == [token]
    assert pointed(token) == meant


@pytest.mark.parametrize("end", ["\x07", "\x1b\\"])
def test_the_colour_of_the_ground_is_a_token_wherever_it_is_cut_and_no_key(end):
    answer = f"\x1b]11;rgb:ffff/0a0a/00FF{end}"
    for at in range(1, len(answer)):
        tokens = Tokens()
        found = [*tokens.feed(answer[:at].encode()), *tokens.feed(f"{answer[at:]}n".encode())]
        assert found == [answer, "n"]
    assert keys_of(answer) == ()
    for other in ("11;?", "10;rgb:ff/ff/ff", "11;rgb:" + "f/" * 20, "52;c;AAAA", "111;rgb:f/f/f"):
        assert Tokens().feed(f"\x1b]{other}{end}n".encode()) == ["n"]
