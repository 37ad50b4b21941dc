"""What a command says. Every line goes through `written`: in the characters that its stream takes,
with nothing in it that a terminal would obey, whatever names came from outside.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tui.text.format import Text


def show(text: Text, lines: str) -> None:
    """Print lines on standard output."""
    for line in lines.split("\n"):
        print(written(line, text))


def end_with_pipe() -> None:
    """From now on end without a word where nobody reads on, as other tools do under `| head`."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def refuse(*sentences: str) -> NoReturn:
    """Exit with 2 and say why."""
    say(*(f"gradstep: {sentence}" for sentence in sentences))
    sys.exit(2)


def fail(error: OSError) -> None:
    """Say what the system has refused: a file, or else what is written."""
    from engine.spec import refused

    if error.filename is None:
        say(f"gradstep: cannot write: {error.strerror or error}.")
    else:
        say(f"gradstep: {refused.sentence(error)}")


def refuse_path(error: OSError) -> NoReturn:
    """Exit with 2 where it is about the path that was given. Raises the error where it is the
    machine's: that ends with 1.
    """
    from engine.spec.refused import OF_THE_MACHINE, sentence

    if error.errno in OF_THE_MACHINE:
        raise error
    refuse(sentence(error))


def say(*lines: str) -> None:
    """Say it on standard error, if there is one to say it on."""
    with suppress(OSError):
        for line in lines:
            print(written(line), file=sys.stderr)


def written(line: str, text: Text | None = None) -> str:
    """A line as it can be printed; without `text`, on standard error."""
    from engine.spec.check import printable
    from tui.command.charset import is_ascii
    from tui.text.format import Text

    return (text or Text(ascii=is_ascii(sys.stderr))).plain(printable(line))
