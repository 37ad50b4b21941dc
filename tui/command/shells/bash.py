"""Completion for bash, from 3.2 on."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from tui.command.shells.takes import Option, Takes

START = """\
# Completion of gradstep for bash. Written by: gradstep --print-completion bash
# Put it into ~/.local/share/bash-completion/completions/gradstep, or source it in ~/.bashrc.

_gradstep_add() {
    local each
    while IFS= read -r each; do COMPREPLY+=("$each"); done
}

# Files that fit one of the patterns, and folders.
_gradstep_files() {
    local pattern
    compopt -o filenames 2>/dev/null
    for pattern; do
        _gradstep_add < <(compgen -f -X "!$pattern" -- "$word")
    done
    _gradstep_add < <(compgen -d -- "$word")
}

_gradstep_sessions() {
    local folder=$HOME/.local/state each
    [[ $XDG_STATE_HOME == /* ]] && folder=$XDG_STATE_HOME
    for each in "$folder"/gradstep/sessions/*.gradstep; do
        [[ -e $each ]] || continue
        each=${each##*/}
        printf -v each %q "${each%.gradstep}"
        [[ $each == "$word"* ]] && COMPREPLY+=("$each")
    done
}

# `option` is what the word belongs to, `room` how many words it still takes.
_gradstep() {
    local word=${COMP_WORDS[COMP_CWORD]} option='' run='' room=0 each
    COMPREPLY=()
    for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $each in
            =) ;;
"""
END = """\
            -[!0-9]*) option=$each room=0 ;;
            *)
                if ((room > 0)); then
                    ((room--))
                else
                    option='' run=$each
                fi ;;
        esac
    done
    [[ $word == = ]] && word=''
    if [[ $word == -* ]]; then
        _gradstep_add < <(compgen -W "$_gradstep_options" -- "$word")
        return
    fi
    ((room > 0)) || option=RUN
    [[ $option == RUN && $run ]] && return
    case $option in
"""


def script(options: Sequence[Option]) -> str:
    """The script for these options."""
    several = [each for each in options if each.many]
    single = [each for each in options if each.one]
    names = " ".join(name for each in options for name in each.names if name.startswith("-"))
    lines = [
        START,
        f"            {_pattern(several)}) option=$each room=1000 ;;\n",
        f"            {_pattern(single)}) option=$each room=1 ;;\n",
        END,
        *(_case(each) for each in options if each.takes != Takes()),
        f"    esac\n}}\n\n_gradstep_options='{names}'\ncomplete -F _gradstep gradstep\n",
    ]
    return "".join(lines)


def _pattern(options: Sequence[Option]) -> str:
    return "|".join(name for each in options for name in each.names)


def _case(option: Option) -> str:
    takes = option.takes
    lines = []
    if takes.words:
        lines.append(f'_gradstep_add < <(compgen -W {quote(" ".join(takes.words))} -- "$word")')
    if takes.files or takes.folders:
        lines.append(" ".join(("_gradstep_files", *map(quote, takes.files))))
    if takes.sessions:
        lines.append("_gradstep_sessions")
    body = "; ".join(lines)
    return f"        {_pattern([option])}) {body} ;;\n"
