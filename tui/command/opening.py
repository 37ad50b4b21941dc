"""What a run or a session is opened with: the options' run, keys, memory and place."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from engine.history.branching import history_of
from engine.history.budget import BUDGET_BYTES, Budget
from engine.history.history import History
from engine.history.position import Position
from engine.runfile.read import DEFAULT, builtin_names
from engine.session.moves import MoveError, end_of
from engine.session.rivals import with_named_optimizer
from engine.session.session import Session
from engine.spec.problem import Problem
from engine.spec.refused import sentence
from engine.spec.run import MOST_ITERATIONS, SpecError
from tui.actions.runs import run_named
from tui.command.options import number
from tui.command.output import refuse, say
from tui.keys import Keymap, read_keys
from tui.text.format import Text

if TYPE_CHECKING:
    import argparse

    from engine.saving.lock import Lock
    from tui.actions.saving import Opened

Hold: TypeAlias = "Callable[[Path], Lock | None]"


def opened_session(options: argparse.Namespace, text: Text) -> Session:
    """The session that the options ask for, saved or new."""
    return new_session(options) if options.resume is None else saved(options, text).desk.session


def new_session(options: argparse.Namespace) -> Session:
    """A session of the run that the options ask for."""
    try:
        spec = run_named(DEFAULT if options.run is None else options.run)
        if options.optimizer is not None:
            spec = with_named_optimizer(spec, options.optimizer)
    except SpecError as error:
        refuse(*error.problems)
    session = Session(spec, budget(options))
    check_places(session, options.run or DEFAULT)
    return session


def check_places(session: Session, name: str, everything: bool = False) -> None:
    """Refuse a run whose file names places that it does not have: where it opens, the stops of its
    lesson. Those of built-in runs are right, and are looked at where `everything` is.
    """
    problems = []
    try:
        session.opening  # noqa: B018
    except MoveError as error:
        problems.append(str(error))
    try:
        if everything or name not in builtin_names():
            session.lesson  # noqa: B018
    except SpecError as error:
        problems += error.problems
    if problems:
        refuse(*(f"{name}: {each}" for each in problems))


def history_named(name: str, optimizer: str | None) -> History:
    """The iterations of the run of that name, by another optimizer where one is given. Raises
    SpecError.
    """
    spec = run_named(name or DEFAULT)
    return history_of(with_named_optimizer(spec, optimizer) if optimizer else spec)


def saved(options: argparse.Namespace, text: Text, hold: Hold = lambda _path: None) -> Opened:
    """The saved session that the options ask for; one of those kept by name is held by `hold`,
    for who goes on with it.
    """
    from tui.actions.saving import is_own, open_saved, path_of  # the first picture does not wait

    if options.run or options.optimizer:
        refuse("--resume goes on with a saved run; RUN and --optimizer begin a new one.")
    try:
        path = path_of(options.resume)
        return open_saved(path, text, budget(options), hold(path) if is_own(path) else None)
    except (Problem, OSError) as error:
        refuse(sentence(error))


def budget(options: argparse.Namespace) -> Budget:
    """The memory that the options set aside."""
    usual = BUDGET_BYTES >> 20
    return Budget(number("--memory", options.memory, 1, 1 << 20, usual) << 20)


def iterations(options: argparse.Namespace, default: int) -> int:
    """How many iterations the options ask for."""
    return number("--iterations", options.iterations, 1, MOST_ITERATIONS, default)


def target(options: argparse.Namespace, session: Session) -> Position | None:
    """The place to go to, if the options name one, of the iterations that they ask for: with
    --last in the last of them. From the start, steps back count from the end.
    """
    if options.goto is None:
        return None
    here, extent = session.position, session.extent
    if options.iterations is not None:
        extent = end_of(session.branch.history, iterations(options, 1))
    if options.last:
        here = Position(extent.iteration, 0)
    if options.goto.startswith("-") and here.step == 0:
        here = extent
    try:
        return session.target(options.goto, here, extent)
    except MoveError as error:
        further = " --iterations looks further." if options.goto.strip() == "nan" else ""
        refuse(f"--goto {error}{further}")


def keymap(options: argparse.Namespace) -> Keymap:
    """The keys, with the user's changes: those of --keys, else of the configuration file. Where
    that cannot be looked at, the usual keys, and a sentence.
    """
    path = Path(options.keys) if options.keys else configured_keys()
    try:
        return read_keys(path) if path and (options.keys or _is_there(path)) else Keymap()
    except OSError as error:
        say(f"gradstep: {sentence(error)} The usual keys hold.")
        return Keymap()
    except Problem as problem:
        refuse(str(problem))


def configured_keys() -> Path | None:
    """Where a reader's own keys are, if there are any; None without a home. A folder that is not
    absolute is ignored, as the XDG Base Directory Specification asks.
    """
    given = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    try:
        folder = given if given.is_absolute() else Path.home() / ".config"
    except RuntimeError:
        return None
    return folder / "gradstep" / "keys.toml"


def _is_there(path: Path) -> bool:
    """Whether there is a file. Raises OSError where that cannot be said."""
    try:
        return not stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
