"""What can stand behind an option of the command line, for shells to complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.command.parser import Parser, said

RUN = "RUN"
"""The name of what stands behind no option."""

FREE = {
    *("--rtol", "--atol", "--seed", "--count", "--why", "--from", "--depth", "--iterations"),
    *("--goto", "--size", "--digits", "--memory"),
}
"""Options whose values nothing is known of."""


@dataclass(frozen=True)
class Takes:
    """Words, each with what it is or ""; files that fit one of the patterns, and the folders on
    the way to them; folders alone; the names of saved sessions.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    folders: bool = False
    sessions: bool = False


@dataclass(frozen=True)
class Option:
    """An option, or RUN: its spellings, what it does, what it takes, and how many: 0, 1, "?"
    (none or one), "*", "+". It stands with none of `others`.
    """

    names: tuple[str, ...]
    says: str
    takes: Takes
    count: int | str
    value: str
    others: tuple[str, ...]

    @property
    def many(self) -> bool:
        """Whether any number of words may follow it."""
        return self.count in ("*", "+")

    @property
    def one(self) -> bool:
        """Whether it is an option and one word belongs to it, or may."""
        return self.count in (1, "?") and self.names != (RUN,)


def options(parser: Parser) -> list[Option]:
    """All options of a parser, in its order, RUN among them. Raises KeyError for one that says
    nowhere what it takes.
    """
    table = _table() | dict.fromkeys(FREE, Takes())
    words = [name for action in parser.words for name in action.option_strings]
    found = []
    for action in parser._actions:
        names = tuple(action.option_strings) or (RUN,)
        count = 1 if action.nargs is None else action.nargs
        takes = table[names[-1]] if count else Takes()
        others = tuple(name for name in words if names[-1] in words and name not in names)
        value = str(action.metavar or "")
        found.append(Option(names, said(action), takes, count, value, others))
    return found


def _table() -> dict[str, Takes]:
    """What each of the others takes."""
    from engine.against.sides import Way
    from engine.catalog.optimizers import OPTIMIZERS
    from engine.exchange.arrayfile import ENDINGS
    from engine.program.step import Phase
    from engine.runfile.read import builtin_names, load
    from tui.command.shells import SHELLS
    from tui.draw.worksheet import FORMATS

    runs = {name: load(name).teaches for name in builtin_names()}
    toml = Takes(files=("*.toml",))
    return {
        RUN: Takes(runs, files=("*.toml",)),
        "--grade": Takes(files=("*",)),
        "--scheme": toml,
        "--against": Takes(files=("*.npz", "*.json", "*.jsonl")),
        "--way": Takes(dict.fromkeys(Way, "")),
        "--format": Takes(dict.fromkeys(FORMATS, "")),
        "--steps": Takes(dict.fromkeys(Phase, "")),
        "--to": Takes(folders=True),
        "--export": Takes(files=tuple(f"*{ending}" for ending in ENDINGS)),
        "--save-run": toml,
        "--resume": Takes(sessions=True),
        "--optimizer": Takes(dict.fromkeys(OPTIMIZERS, "")),
        "--keys": toml,
        "--svg": Takes({"dark": "", "light": ""}),
        "--print-completion": Takes(dict.fromkeys(SHELLS, "")),
    }
