"""Completion for zsh."""

from __future__ import annotations

import re
from collections.abc import Sequence
from shlex import quote

from tui.command.shells.takes import RUN, Option, Takes

START = """\
#compdef gradstep
# Completion of gradstep for zsh. Written by: gradstep --print-completion zsh
# Put it as _gradstep into a folder of $fpath.

_gradstep_sessions() {
  local folder=$HOME/.local/state
  [[ $XDG_STATE_HOME == /* ]] && folder=$XDG_STATE_HOME
  local -a names=($folder/gradstep/sessions/*.gradstep(N:t:r))
  compadd -a names
}
"""
END = """
# Autoloaded it completes; where it was sourced it is now known.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _gradstep "$@"
else
  compdef _gradstep gradstep
fi
"""


def script(options: Sequence[Option]) -> str:
    """The script for these options."""
    all_specs = [spec for each in options for spec in _specs(each)]
    specs = " \\\n".join(f"    {quote(spec)}" for spec in all_specs)
    functions = [_function(each) for each in options if each.takes not in (Takes(), SESSIONS)]
    body = f"\n_gradstep() {{\n  _arguments -S \\\n{specs}\n}}\n"
    return "".join((START, *functions, body, END))


SESSIONS = Takes(sessions=True)


def _specs(option: Option) -> list[str]:
    """The option as `_arguments` has it, for each spelling: what it excludes (one that may have a
    value, RUN), its name, what it does, and its values.
    """
    action = "" if option.takes == Takes() else f"_gradstep_{_name(option)}"
    value = f"{_escaped(option.value)}:{action}"
    if option.names == (RUN,):
        return [f"::{value}"]
    before = {0: "", 1: ":", "?": "::"}.get(option.count, ":*-*:")
    rest = f"{'=' if option.count in (1, '?') else ''}[{_escaped(option.says)}]"
    others = " ".join((*option.names, *option.others, *(":" if option.count == "?" else "")))
    return [
        f"({others}){name}{rest}{before}{value if option.count else ''}" for name in option.names
    ]


def _name(option: Option) -> str:
    return "sessions" if option.takes.sessions else re.sub(r"\W", "", option.names[-1]).lower()


def _function(option: Option) -> str:
    """What completes the values of an option."""
    takes, lines = option.takes, []
    if takes.words:
        words = " ".join(
            quote(f"{_escaped(word)}:{says}" if says else _escaped(word))
            for word, says in takes.words.items()
        )
        lines += [f"local -a words=({words})", f"_describe -V {option.value} words"]
    if takes.files:
        lines.append(f"_files -g {quote(' '.join(takes.files))}")
    if takes.folders:
        lines.append("_files -/")
    body = "\n  ".join(lines)
    return f"\n_gradstep_{_name(option)}() {{\n  {body}\n}}\n"


def _escaped(text: str) -> str:
    return re.sub(r"([\\:\[\]])", r"\\\1", text)
