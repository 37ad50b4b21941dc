"""Completion for fish, from 3.0 on."""

from __future__ import annotations

from collections.abc import Sequence

from tui.command.shells.takes import RUN, Option, Takes

START = """\
# Completion of gradstep for fish. Written by: gradstep --print-completion fish
# Put it into ~/.config/fish/completions/gradstep.fish.

function __gradstep_files --description 'Files that fit one of the patterns, and folders'
    for each in (complete -C "'' "(commandline -ct))
        set -l path (string split -m 1 \\t -- $each)[1]
        for pattern in $argv '*/'
            if string match -q -- $pattern $path
                echo $each
                break
            end
        end
    end
end

function __gradstep_sessions --description 'Names of saved sessions'
    set -l folder $HOME/.local/state
    string match -q -- '/*' "$XDG_STATE_HOME"; and set folder $XDG_STATE_HOME
    for each in $folder/gradstep/sessions/*.gradstep
        string replace -r '.*/(.*)\\.gradstep$' '$1' -- $each
    end
end

function __gradstep_at --description 'Whether the word belongs to this option, or is RUN'
    set -l option ''
    set -l room 0
    set -l run ''
    set -l words (commandline -opc)
    for each in $words[2..-1]
        switch $each
"""
END = """\
            case '--*'
                set room 0
            case '*'
                if test $room -gt 0
                    set room (math $room - 1)
                else
                    set run $each
                end
        end
    end
    if test $room -eq 0
        set option RUN
        test -n "$run"; and set option ''
    end
    test "$option" = $argv[1]
end

complete -c gradstep -f
"""


def script(options: Sequence[Option]) -> str:
    """The script for these options."""
    several = [name for each in options if each.many for name in each.names]
    single = [name for each in options if each.one for name in each.names]
    lines = [START]
    for names, room in ((several, 1000), (single, 1)):
        lines.append(f"            case {' '.join(names)}\n")
        lines.append(f"                set option $each\n                set room {room}\n")
    return "".join((*lines, END, *map(_complete, options)))


def _complete(option: Option) -> str:
    """What makes an option and its values known. What need not have one value, and no more, is an
    option without any for fish, and the words behind it are those of `__gradstep_at`.
    """
    values = _values(option.takes)
    head = "complete -c gradstep"
    line = " ".join(
        f"-{'l' if each[:2] == '--' else 's'} {each.lstrip('-')}" for each in option.names
    )
    lines = []
    if option.names != (RUN,):
        lines.append(f"{head} {line} {'-x ' if option.count == 1 else ''}-d {_quoted(option.says)}")
    for value in values:
        at = f"-l {option.names[-1].lstrip('-')} -x"
        if option.count != 1:
            at = f"-n '__gradstep_at {option.names[-1]}'"
        lines.append(f"{head} {at} -k -a {value}")
    return "".join(f"{each}\n" for each in lines)


def _values(takes: Takes) -> list[str]:
    """The arguments of -a that give what can be taken."""
    values = []
    if takes.words:
        pairs = " ".join(f"{_quoted(word)} {_quoted(says)}" for word, says in takes.words.items())
        values.append(_quoted(f"(printf '%s\\t%s\\n' {pairs})"))
    if takes.files:
        values.append(_quoted(f"(__gradstep_files {' '.join(map(_quoted, takes.files))})"))
    if takes.folders:
        values.append("'(__fish_complete_directories)'")
    if takes.sessions:
        values.append("'(__gradstep_sessions)'")
    return values


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
