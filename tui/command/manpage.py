"""The manual page, made of the parser's options and the table of keys."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from textwrap import wrap

from engine import __version__
from tui.command.parser import Parser, said
from tui.keys import KEYS, Keymap

WIDTH = 70
"""Of its source, before characters are spelled out."""

NAME = "step through the training of a neural network, one formula at a time"

DESCRIPTION = (
    "gradstep opens a run in the terminal and steps through its training, forward and back: the "
    "forward pass, the loss, backpropagation, and the update by SGD, Adam and others, each formula "
    "with its numbers put in.",
    "RUN is the name of a built-in run (--list), a TOML file (--template prints one with every "
    "option explained), - for one on standard input, or an exercise such as exercise:2-3-2,adam. "
    "Without RUN it is the worked example.",
    "Where standard output is no terminal, the steps are printed as text.",
)

FILES = (
    ("~/.config/gradstep/keys.toml", "Keys of one's own: a line such as next_step = [\"right\", "
     '"n"] for each changed action, named as in the palette, with _ for blanks.'),
    ("~/.local/state/gradstep/sessions/NAME.gradstep", "A saved session."),
)  # fmt: skip

ENVIRONMENT = (
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Stand for ~/.config and ~/.local/state."),
    ("NO_COLOR", "Where it is not empty, nothing is coloured."),
    ("COLORTERM, COLORFGBG", "How many colours the terminal has, and whether its ground is light."),
    ("TERM", "Of dumb, unknown or none, text is printed; linux gets nothing but ASCII."),
    ("LC_ALL, LC_CTYPE, LANG", "C and POSIX get nothing but ASCII."),
    ("TMUX, STY, ZELLIJ", "Say that a multiplexer answers in the terminal's place."),
    ("OPENBLAS_NUM_THREADS", "1, unless it is set: small matrices gain nothing from more, and a "
     "training computed again is the same to the last bit."),
    ("TEXTUAL_DRIVER", "Another way to show the screen, as where it is served to a browser."),
)  # fmt: skip

STATUS = (
    ("0", "Done."),
    ("1", "The program or the machine failed. Of --grade: there is a slip; of --against: a number "
     "differs."),
    ("2", "A mistake in what was given, said in a sentence."),
    ("128+N", "Ended by signal N."),
)  # fmt: skip

EXAMPLES = (
    ("gradstep", "The worked example."),
    ("gradstep mine.toml --check", "Whether a run file has mistakes."),
    ("gradstep --plain --goto 1.6 --size 80x24", "A screen, as text."),
    ("gradstep --from 'W2[1,1]' --goto 5.17", "Where a number comes from."),
    ("gradstep --json --iterations 2 | jq 'select(.symbol == \"loss\").value'", "Two losses."),
    ("gradstep mine.toml --grade sheets/*.txt --csv", "Marks of a class."),
    ("gradstep mine.toml --against run.npz", "The first number that PyTorch has otherwise."),
)


def page(parser: Parser) -> str:
    """The page in the macros of man(7)."""
    lines = [
        f'.TH GRADSTEP 1 "" "gradstep {_text(__version__)}" "User Commands"',
        ".SH NAME",
        rf"gradstep \- {_text(NAME)}",
        ".SH SYNOPSIS",
        ".B gradstep",
        '.RI [ option " ...] [" RUN ]',
        ".SH DESCRIPTION",
    ]
    for number, paragraph in enumerate(DESCRIPTION):
        lines += [".PP"] * bool(number) + _paragraph(paragraph)
    lines += [".SH OPTIONS", "At most one of these:", *_options(parser.words)]
    lines += [".PP", "All others:"]
    lines += _options(each for each in parser._actions if each not in parser.words)
    lines += [
        ".SH KEYS",
        _text("A number before a key is a count: 12t. Ctrl+P finds what has no key."),
    ]
    lines += _keys()
    sections = {
        "FILES": FILES, "ENVIRONMENT": ENVIRONMENT, "EXIT STATUS": STATUS, "EXAMPLES": EXAMPLES
    }  # fmt: skip
    for title, entries in sections.items():
        lines.append(f".SH {title}")
        for name, says in entries:
            lines += _entry(rf"\fB{_text(name)}\fR", says)
    return "\n".join(lines) + "\n"


def _options(actions: Iterable[argparse.Action]) -> list[str]:
    lines = []
    for action in actions:
        if action.option_strings:
            value = rf" \fI{_text(str(action.metavar))}\fR" if action.nargs != 0 else ""
            value = {"?": f" [{value[1:]}]", "*": f" [{value[1:]} ...]", "+": f"{value} ..."}.get(
                str(action.nargs), value
            )
            names = ", ".join(rf"\fB{_text(name)}\fR" for name in action.option_strings)
            lines += _entry(names + value, said(action))
    return lines


def _keys() -> list[str]:
    lines, keymap = [], Keymap()
    for group in dict.fromkeys(row.group for row in KEYS):
        lines.append(f".SS {group}")
        for row in KEYS:
            if row.group == group and row.keys:
                shown = " ".join(rf"\fB{_text(key)}\fR" for key in keymap.all_shown(row.id).split())
                lines += _entry(shown, row.tooltip)
    return lines


def _entry(head: str, says: str) -> list[str]:
    """A head, and a sentence beside it."""
    sentence = f"{says[:1].upper()}{says[1:]}{'' if says.endswith('.') else '.'}"
    return [".TP", rf"\&{head}" if head[0] in ".'" else head, *_paragraph(sentence)]


def _paragraph(text: str) -> list[str]:
    return [_text(line) for line in wrap(text, WIDTH, break_on_hyphens=False)]


SPECIAL = str.maketrans(
    {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"}
)


def _text(text: str) -> str:
    """A text with every character itself, and no line of it a request."""
    written = text.translate(SPECIAL)
    return rf"\&{written}" if written.startswith(".") else written
