"""Real shells, asked what they would complete. The state folder is `state`, beside `folder`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote

import pexpect

from tests.tui.terminals import PATIENCE, environment

BASH = """
COMP_WORDS=({words}) COMP_CWORD={at}
_gradstep
printf '%s\\n' "${{COMPREPLY[@]}}" .
"""

ZSH = """
autoload -Uz compinit
compinit -D -u
source {script}
compadd() {{
  local -a hits
  if [[ " ${{@[1,(i)(-|--)]}} " != *" -"[OAD]* ]]; then
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- $hits >> {answer}
  fi
  builtin compadd "$@"
}}
asked() {{
  _main_complete
  print -r -- . >> {answer}
  compstate[insert]='' compstate[list]=''
}}
zle -C asked complete-word asked
bindkey '^I' asked
PS1='ready'
"""


def bash(script: Path, folder: Path, lines: Sequence[str]) -> list[list[str]]:
    """What it has for the last word of each line."""
    code = [f"source {quote(str(script))}"]
    for line in lines:
        words = line.split(" ")
        code.append(BASH.format(words=" ".join(map(quote, words)), at=len(words) - 1))
    return _parted(_printed(["bash", "--norc", "-c", "\n".join(code)], folder))


def fish(script: Path, folder: Path, lines: Sequence[str]) -> list[list[str]]:
    """What it has for the last word of each line, without what each is."""
    asked = "; ".join(f"complete -C {quote(line)}; echo ." for line in lines)
    code = f"source {quote(str(script))}; {asked}"
    found = _parted(_printed(["fish", "--no-config", "-c", code], folder))
    return [[each.partition("\t")[0] for each in words] for words in found]


def zsh(script: Path, folder: Path, lines: Sequence[str]) -> list[list[str]]:
    """What it has for the last word of each line."""
    answer = script.with_suffix(".answer")
    answer.touch()
    start = script.with_suffix(".start")
    start.write_text(ZSH.format(script=quote(str(script)), answer=quote(str(answer))))
    variables = environment(**_variables(folder))
    shell = pexpect.spawn("zsh", ["-f"], cwd=str(folder), env=variables, encoding="utf-8")
    try:
        shell.sendline(f"source {quote(str(start))}")
        shell.expect_exact("ready", PATIENCE)
        for count, line in enumerate(lines, 1):
            shell.send(f"\x15{line}\t")
            until = time.monotonic() + PATIENCE
            while len(_parted(answer.read_text())) < count:
                assert time.monotonic() < until, f"zsh gave no answer to {line!r}"
                time.sleep(0.01)
    finally:
        shell.close(force=True)
    return _parted(answer.read_text())


COMPLETES: dict[str, Callable[[Path, Path, Sequence[str]], list[list[str]]]] = {
    "bash": bash,
    "zsh": zsh,
    "fish": fish,
}


def _variables(folder: Path) -> dict[str, str]:
    return {"TERM": "dumb", "XDG_STATE_HOME": str(folder.parent / "state")}


def _parted(printed: str) -> list[list[str]]:
    """Lines in groups, each of which ends with a dot alone; blank ones are dropped."""
    groups: list[list[str]] = [[]]
    for line in printed.split("\n"):
        if line == ".":
            groups.append([])
        elif line:
            groups[-1].append(line)
    return groups[:-1]


def _printed(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**_variables(folder)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout
