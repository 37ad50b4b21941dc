"""The command: `python -m tui`. Exit status 0, 2 for what cannot be asked, 1 for failures."""

from __future__ import annotations

import argparse
import gc
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

# One BLAS thread: small matrices gain nothing from more, and replay stays exact. NumPy reads it
# when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from engine.history.budget import Budget
    from engine.session.session import Session
    from tui.actions.saving import Opened
    from tui.keys import Keymap
    from tui.text.format import Text

DESCRIPTION = "Step through the training of a neural network, one formula at a time."
SMALLEST_SIZE, LARGEST_SIZE = 1, 1000


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with 2."""
        refuse(f"{message[0].lower()}{message[1:].rstrip('.')}; --help lists the options.")


def refuse(*sentences: str) -> NoReturn:
    """Exit with 2 and say why."""
    from tui.text.format import Text

    for sentence in sentences:
        print(Text(ascii=not is_utf8(sys.stderr)).plain(f"gradstep: {sentence}"), file=sys.stderr)
    sys.exit(2)


def parser() -> Parser:
    """The options."""
    p = Parser(prog="python -m tui", description=DESCRIPTION, allow_abbrev=False)
    p.add_argument("run", nargs="?", metavar="RUN", help="a built-in run or a run file (TOML)")
    out = p.add_mutually_exclusive_group()
    out.add_argument("--plain", action="store_true", help="print the steps as text")
    out.add_argument("--json", action="store_true", help="print the steps as JSON, a line each")
    out.add_argument("--list", action="store_true", help="list the built-in runs")
    out.add_argument("--check", action="store_true", help="only check the run file")
    out.add_argument("--template", action="store_true", help="print a commented run file")
    out.add_argument("--sessions", action="store_true", help="list the saved sessions")
    p.add_argument(
        "--resume", metavar="NAME", nargs="?", const="", help="go on with a session, the last one"
    )
    p.add_argument("--iterations", metavar="N", help="how many iterations to print")
    p.add_argument("--last", action="store_true", help="print the last iteration only")
    p.add_argument("--optimizer", metavar="NAME", help="instead of the run's own: sgd, adam, ...")
    p.add_argument("--goto", metavar="PLACE", help="start at, or print only: 12, 12.6, dW2, ...")
    p.add_argument("--size", metavar="WxH", help="with --plain: the screen at that size, as text")
    p.add_argument("--digits", metavar="N", help="digits after the point (2 to 12, default 4)")
    p.add_argument("--ascii", action="store_true", help="ASCII characters only")
    p.add_argument("--memory", metavar="MB", help="for the past of all branches (default 256)")
    p.add_argument("--keys", metavar="FILE", help="a TOML file that changes keys")
    p.add_argument("--version", action="store_true", help="print the version")
    return p


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    gc.disable()  # what is imported now stays; the app turns it on after its first picture
    try:
        status = run(parser().parse_args(argv))
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still unwritten
        print(f"gradstep: cannot write: {error.strerror or error}.", file=sys.stderr)
        return 1
    return status


def run(options: argparse.Namespace) -> int:
    """Do what the options say; the exit status."""
    if options.version:
        from engine import __version__

        print(f"gradstep {__version__}")
        return 0
    interactive = is_terminal() and not (
        options.plain
        or options.json
        or options.list
        or options.check
        or options.template
        or options.sessions
    )
    if not interactive and hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # end as other tools do under `| head`
    if interactive:
        return run_app(options)
    gc.enable()
    return print_out(options)


def is_terminal() -> bool:
    """Whether there is a terminal that the app can use."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    terminal = all(stream is not None and stream.isatty() for stream in streams)
    return terminal and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def number(option: str, value: str | None, least: int, most: int, default: int) -> int:
    """The whole number of an option."""
    if value is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,20}", value) or not least <= int(value) <= most:
        refuse(f"{option} {value}: a whole number from {least:,} to {most:,} is needed.")
    return int(value)


def open_session(options: argparse.Namespace) -> Session:
    """The session that the options ask for."""
    from engine.runfile.read import DEFAULT, resolve
    from engine.session.session import Session, with_named_optimizer
    from engine.spec.run import SpecError

    try:
        spec = resolve(DEFAULT if options.run is None else options.run)
        if options.optimizer is not None:
            spec = with_named_optimizer(spec, options.optimizer)
    except SpecError as error:
        refuse(*error.problems)
    return Session(spec, budget(options))


def budget(options: argparse.Namespace) -> Budget:
    """The memory that the options set aside."""
    from engine.history.budget import BUDGET_BYTES, Budget

    usual = BUDGET_BYTES >> 20
    return Budget(number("--memory", options.memory, 1, 1 << 20, usual) << 20)


def resume(options: argparse.Namespace, text: Text) -> Opened:
    """The saved session that the options ask for."""
    from engine.spec.problem import Problem
    from tui.actions.saving import open_saved

    if options.run or options.optimizer:
        refuse("--resume goes on with a saved run; RUN and --optimizer begin a new one.")
    try:
        return open_saved(options.resume, text, budget(options))
    except (Problem, OSError) as problem:
        refuse(str(problem))


def replay(session: Session) -> None:
    """Compute what is needed to show where a session stands, and say so where that takes long."""
    history, t = session.branch.history, session.position.iteration
    count = history.replay(t)
    if count * history.seconds > 1:
        print(f"Replaying {count:,} iterations …", file=sys.stderr)
    history.approach(t)


def is_utf8(stream: object) -> bool:
    """Whether a stream takes every character."""
    return str(getattr(stream, "encoding", "") or "").lower().replace("-", "") == "utf8"


def text_style(options: argparse.Namespace, stream: object) -> Text:
    """How things are written: in ASCII where the stream has no UTF-8."""
    from tui.actions import MOST_DIGITS
    from tui.text.format import Text

    digits = number("--digits", options.digits, 2, MOST_DIGITS, 4)
    return Text(digits=digits, ascii=options.ascii or not is_utf8(stream))


def configured_keys() -> Path:
    """Where a reader's own keys are, if there are any."""
    given, home = os.environ.get("XDG_CONFIG_HOME"), os.environ.get("HOME", "")
    return (Path(given) if given else Path(home) / ".config") / "gradstep" / "keys.toml"


def keymap(options: argparse.Namespace) -> Keymap:
    """The keys, with the user's changes: those of --keys, else of the configuration file."""
    from tui.keys import Keymap, KeysError, read_keys

    path = Path(options.keys) if options.keys else configured_keys()
    if not options.keys and not path.is_file():
        return Keymap()
    try:
        return read_keys(path)
    except KeysError as error:
        refuse(str(error))


def run_app(options: argparse.Namespace) -> int:
    """Start the app."""
    from engine.runfile.read import DEFAULT
    from engine.session.moves import MoveError
    from engine.spec.problem import Problem
    from engine.spec.run import MOST_ITERATIONS

    if options.size or options.last:
        refuse("--size goes with --plain, and --last with --plain or --json.")
    text, keys = text_style(options, sys.stderr), keymap(options)
    opened = None if options.resume is None else resume(options, text)
    session = opened.session if opened else open_session(options)
    if opened and options.digits is None:
        text = opened.text
    try:
        target = session.target(options.goto) if options.goto is not None else None
    except MoveError as error:
        refuse(f"--goto {error}")
    iterations = number("--iterations", options.iterations, 1, MOST_ITERATIONS, 0)

    from tui.screen.app import ENDINGS, GradstepApp

    app = GradstepApp(session, keys, text)
    app.actions.source = options.run or DEFAULT if options.resume is None else ""
    if opened:
        replay(opened.session)
        app.actions.pane, app.actions.saved_as = opened.pane, opened.name
        app.actions.notes = opened.notes
        app.actions.say(opened.message)
    if iterations:
        session.reach(iterations)
    if target:
        app.actions.travel(target)
    sys.setswitchinterval(0.0005)  # a key does not wait long for a thread that trains
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # until the app is there to take them
    app.run(mouse=False)
    try:
        app.main.save_now()
    except (Problem, OSError) as problem:
        print(f"gradstep: not saved: {problem}", file=sys.stderr)
        return app.return_code or 1
    return app.return_code or 0


def print_out(options: argparse.Namespace) -> int:
    """Print what is asked for: a list, a template, or steps."""
    if options.list:
        return list_runs(text_style(options, sys.stdout))
    if options.sessions:
        return list_sessions(text_style(options, sys.stdout))
    if options.template:
        from engine.runfile.template import template

        print(template(), end="")
        return 0
    return print_steps(options)


def print_steps(options: argparse.Namespace) -> int:
    """Print the steps of a run, or its screen, or that its file has no mistakes."""
    from engine.session.moves import MoveError
    from engine.spec.run import MOST_ITERATIONS
    from tui.command import plain

    if options.size and options.json:
        refuse("--size goes with --plain.")
    text = text_style(options, sys.stdout)
    session = open_session(options) if options.resume is None else resume(options, text).session
    if options.keys:
        keymap(options)
    if options.check:
        print(text.plain(f"{options.run or session.spec.name}: no mistakes."))
        return 0
    default = session.spec.iterations
    last = number("--iterations", options.iterations, 1, MOST_ITERATIONS, default)
    try:
        target = session.target(options.goto) if options.goto is not None else None
    except MoveError as error:
        refuse(f"--goto {error}")
    if options.size:
        return print_screen(options, session, text, target)
    if target and not target.step:
        refuse(f"--goto {options.goto}: nothing is computed there; 1.1 is the first step.")
    if target:
        chosen = plain.one(session, target)
    else:
        chosen = plain.positions(session, last if options.last else 1, last)
    for trace, step in chosen:
        if options.json:
            print(plain.record(session, trace, step))
        else:
            from engine.history.position import Position

            print(plain.block(session, Position(trace.t, step.number), text), end="\n\n")
    return 0


def print_screen(options: argparse.Namespace, session: Session, text: Text, target: object) -> int:
    """Print the screen as text."""
    from engine.history.position import Position
    from tui.actions import Actions
    from tui.command import plain

    match = re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", options.size)
    sides = [int(side) for side in match.groups()] if match else [0]
    if not all(SMALLEST_SIZE <= side <= LARGEST_SIZE for side in sides):
        refuse(f"--size {options.size}: columns x rows, such as 80x24, up to 1000x1000.")
    if isinstance(target, Position):
        session.go(target)
    actions = Actions(session, keymap(options), text)
    print(plain.screen(actions.frame(), sides[0], sides[1]))
    return 0


def list_sessions(text: Text) -> int:
    """Print the saved sessions, newest first."""
    from datetime import datetime

    from engine.saving.store import sessions
    from engine.spec.problem import Problem

    try:
        entries = sessions()
    except (Problem, OSError) as problem:
        refuse(str(problem))
    for entry in entries:
        when = f"{datetime.fromtimestamp(entry.saved_at):%Y-%m-%d %H:%M}"
        print(text.plain(f"{when}  {entry.name}  {entry.problem or entry.title}"))
    return 0


def list_runs(text: Text) -> int:
    """Print the built-in runs, each with what it teaches."""
    from engine.runfile.read import builtin_names, load

    for name in builtin_names():
        print(text.plain(f"{name:20}{load(name).teaches}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
