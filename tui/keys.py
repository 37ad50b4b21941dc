"""The binding table: every key, what it does and how the help names it. Grow it by a row."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from engine.spec.check import printable, shown
from engine.spec.problem import Problem
from engine.spec.toml import read_toml


class Key(NamedTuple):
    """A row: `id` names the action, `keys` are those that do it, as Textual names them; `label`
    is short, for the footer ("" keeps it out), `tooltip` a sentence for the help, and `brief` a few
    words for a help in narrow columns, where a row that has none stands in the line of the one
    before it; `command` is the function of `tui.actions` that does it.

    Playing stops at any other key than those that are for it, `while_playing`. On a page, `lines`
    says by how many lines a key scrolls it or moves its cursor.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    tooltip: str
    group: str
    command: str
    while_playing: bool = False
    lines: int = 0
    brief: str = ""


KEYS: tuple[Key, ...] = (
    Key("next_step", ("right", "n"), "next", "The next step.", "Move", "moves.next_step",
        brief="step on, back"),
    Key("previous_step", ("left", "N"), "back", "The previous step.",
        "Move", "moves.previous_step"),
    Key("next_phase", ("f",), "phase", "The start of the next phase.", "Move", "moves.next_phase",
        brief="phase on, back"),
    Key("previous_phase", ("F",), "", "The start of this phase, then of the previous one.",
        "Move", "moves.previous_phase"),
    Key("next_iteration", ("t",), "iteration", "The same step of the next iteration.",
        "Move", "moves.next_iteration", brief="iteration on, back"),
    Key("previous_iteration", ("T",), "", "The same step of the previous iteration.",
        "Move", "moves.previous_iteration"),
    Key("next_pass", (")",), "", "The same step of the first iteration of the next pass.",
        "Move", "moves.next_pass", brief="pass on, back"),
    Key("previous_pass", ("(",), "", "The start of this pass over the data, or the one before.",
        "Move", "moves.previous_pass"),
    Key("first", ("g",), "", "The start.", "Move", "moves.first", brief="start, end"),
    Key("last", ("G",), "", "The last position reached.", "Move", "moves.last"),
    Key("goto", (":",), "go to", "Go to 12, 12.6 (iteration.step), 50%, -10 or a symbol.",
        "Move", "goto.goto", brief="go to 12.6, search"),
    Key("search", ("/",), "", "A symbol, an element, or a word of a step; . and , go on.",
        "Move", "search.ask"),
    Key("play", ("space",), "play", "Play and pause; stops a long computation too.",
        "Move", "play.play", while_playing=True, brief="play, pause"),
    Key("faster", ("+",), "", "Play faster.", "Move", "play.faster", while_playing=True,
        brief="faster, slower"),
    Key("slower", ("-",), "", "Play slower.", "Move", "play.slower", while_playing=True),
    Key("mark", ("m",), "", "Mark this place with a letter.", "Move", "places.mark",
        brief="mark, go to mark"),
    Key("to_mark", ("'",), "", "Go to a marked place.", "Move", "places.to_mark"),
    Key("back", ("u",), "", "The place before, as often as you like.", "Move", "places.back",
        brief="last place, again"),
    Key("forth", ("U",), "", "The place gone back from.", "Move", "places.forth"),
    Key("last_change", ("[",), "",
        "Where the selected element changed last; 3[ by more than 0.001.", "Move", "changes.last",
        brief="last, next change"),
    Key("next_change", ("]",), "", "Where it changes next; 3] by more than 0.001.",
        "Move", "changes.next_one"),
    Key("next_stop", (".",), "", "The next of what was opened last: search hits, stops, slips.",
        "Move", "stops.next_stop", brief="next, last stop"),
    Key("previous_stop", (",",), "", "The one before.", "Move", "stops.previous_stop"),
    Key("toggle", ("o",), "SGD⇄Adam", "The other optimizer's run at the same position.",
        "Compare", "branching.toggle", brief="the other run"),
    Key("compare", ("x",), "", "This branch and the other, number by number.",
        "Compare", "views.compare.show", brief="runs side by side"),
    Key("what_if", ("w",), "", "This update in part, and at other learning rates.",
        "Compare", "views.what_if.show", brief="what if"),
    Key("table", ("#",), "", "The iterations as a table, and the losses of each pass added up.",
        "Compare", "views.table.show", brief="table of passes"),
    Key("switch", ("O",), "", "The other optimizer from here on: a new branch.",
        "Branch", "branching.switch", brief="switch optimizer"),
    Key("edit", ("e",), "", "Change the selected element or an option: a new branch.",
        "Branch", "branching.edit", brief="change a number"),
    Key("branches", ("y",), "", "The tree of branches.", "Branch", "views.branches.show",
        brief="all branches"),
    Key("train", ("a",), "", "Train ahead, beside the screen.", "Run", "moves.train",
        brief="train ahead"),
    Key("breakpoint", ("b",), "", "Stop at this step, a change, or a condition.",
        "Run", "views.breakpoints.add", brief="set a breakpoint"),
    Key("breakpoints", ("p",), "", "The list of breakpoints.", "Run", "views.breakpoints.show",
        brief="breakpoints"),
    Key("run_on", ("c",), "", "Run on to the next breakpoint.", "Run", "running.run_on",
        brief="run to one, back"),
    Key("run_back", ("C",), "", "Back to the breakpoint before.", "Run", "running.run_back"),
    Key("next_pane", ("tab",), "pane", "The next pane.", "Look", "looks.next_pane", brief="pane"),
    Key("previous_pane", ("shift+tab",), "", "The previous pane.", "Look", "looks.previous_pane"),
    Key("select_left", ("h",), "", "The element to the left.", "Look", "looks.select_left",
        brief="select"),
    Key("select_right", ("l",), "", "The element to the right.", "Look", "looks.select_right"),
    Key("select_down", ("j", "down"), "", "The element or row below.",
        "Look", "looks.select_down", lines=1),
    Key("select_up", ("k", "up"), "", "The element or row above.",
        "Look", "looks.select_up", lines=-1),
    Key("next_sample", ("s",), "", "The next sample of the mini-batch.",
        "Look", "looks.next_sample", brief="sample on, back"),
    Key("previous_sample", ("S",), "", "The previous sample of the mini-batch.",
        "Look", "looks.previous_sample"),
    Key("explain", ("enter",), "explain", "Where the selected element comes from and goes.",
        "Look", "views.explain.show", brief="explain the number"),
    Key("why", (";",), "", "The questions that this step raises, answered with its numbers.",
        "Look", "views.why.show", brief="why: questions"),
    Key("gradient_check", ("=",), "", "The selected gradient beside a difference of the loss.",
        "Look", "views.gradcheck.show", brief="gradient, accuracy"),
    Key("accuracy", ("A",), "", "Loss, accuracy, confusion, worst samples, trained on, held out.",
        "Look", "views.evaluation.show"),
    Key("ways", ("*",), "", "All ways from the selected number to the loss, and what each passes.",
        "Look", "views.ways.show", brief="ways to the loss"),
    Key("nudge_up", (">",), "", "What if the selected number were larger: the loss, and all after.",
        "Look", "views.nudge.show", brief="what if more, less"),
    Key("nudge_down", ("<",), "", "What if it were smaller.", "Look", "views.nudge.down"),
    Key("zoom", ("z",), "zoom", "The active pane alone, and back.", "Look", "looks.zoom",
        brief="zoom; more columns"),
    Key("next_column", ("Z",), "", "Another column beside the step, where the screen is wide.",
        "Look", "looks.next_column"),
    Key("by_pass", ("%",), "", "The losses of iterations, or their mean of each pass.",
        "Look", "looks.by_pass", brief="losses by pass"),
    Key("more_digits", ("d",), "", "One more digit after the point.", "Look", "looks.more_digits",
        brief="more digits, fewer"),
    Key("fewer_digits", ("D",), "", "One digit less.", "Look", "looks.fewer_digits"),
    Key("theme", ("v",), "", "Dark or light.", "Look", "program.theme", brief="dark or light"),
    Key("open", (), "", "Open a run by its name, or a run file.", "Program", "files.ask_run"),
    Key("reload", ("r",), "", "Read the run file again.", "Program", "files.reload",
        brief="read the run again"),
    Key("note", ("i",), "", "A note on the selected number here: a stop of the lesson.",
        "Program", "lesson.note", brief="write a note"),
    Key("lesson", (), "", "The lesson: to the stop that was left, or the first.",
        "Program", "stops.go_on"),
    Key("copy", ('"',), "", "Copy the selected number; again its formula, again its row.",
        "Program", "copying.copy", brief="copy, picture"),
    Key("picture", ("!",), "", "The screen as files, SVG and text, in this folder.",
        "Program", "pictures.take"),
    Key("copied", (), "", "The number, its formula and its row alone, to select by hand.",
        "Program", "views.copied.show"),
    Key("picture_as", (), "", "The screen as an SVG or text file of a name.",
        "Program", "pictures.take_as"),
    Key("save", (), "", "Save the session under a name.", "Program", "files.save"),
    Key("save_run", (), "", "Save the run as a run file, with its lesson.",
        "Program", "lesson.save_run"),
    Key("resume", (), "", "Go on with a saved session.", "Program", "files.resume"),
    Key("grade", (), "", "Grade somebody's sheet against this run.", "Program", "grading.ask"),
    Key("against_a_record", (), "", "Compare this run with a record of another training.",
        "Program", "against.ask"),
    Key("report_on_the_record", (), "", "What a record differs in first, and why.",
        "Program", "views.against.show"),
    Key("put_away", (), "", "Put the graded sheet, or the record, away.",
        "Program", "grading.close"),
    Key("practice", (), "", "Practise: type every number before it shows.",
        "Program", "practice.ask"),
    Key("end_practice", (), "", "End practice; what was answered is kept.",
        "Program", "practice.end"),
    Key("practice_summary", (), "", "What went wrong in practice, and what to look at again.",
        "Program", "views.practised.show"),
    Key("help", ("?",), "help", "This help.", "Program", "views.help.show", brief="this help"),
    Key("palette", ("ctrl+p",), "", "All commands, by name.", "Program", "program.palette",
        brief="open, save, all"),
    Key("quit", ("q",), "quit", "Close what is open, else quit.", "Program", "program.quit_one",
        brief="close, quit"),
    Key("quit_now", ("ctrl+c",), "", "Quit at once.", "Program", "program.quit_now",
        brief="quit at once"),
    Key("suspend", ("ctrl+z",), "", "Back to the shell; fg comes here again.", "Program",
        "program.suspend", brief="to the shell"),
)  # fmt: skip

FOOTER = (
    "next_step", "previous_step", "next_phase", "next_iteration", "toggle", "goto", "help", "quit",
    "explain", "play", "next_pane", "zoom",
)  # fmt: skip

SHOWN = {
    "right": "→", "left": "←", "up": "↑", "down": "↓", "space": "Space", "tab": "Tab",
    "enter": "Enter", "shift+tab": "Shift+Tab",
}  # fmt: skip

NAMED = {
    "colon": ":", "plus": "+", "minus": "-", "question_mark": "?", "apostrophe": "'",
    "equals_sign": "=", "percent_sign": "%", "full_stop": ".", "left_square_bracket": "[",
    "right_square_bracket": "]", "comma": ",", "slash": "/", "semicolon": ";",
    "number_sign": "#", "left_parenthesis": "(", "right_parenthesis": ")",
    "less_than_sign": "<", "greater_than_sign": ">",
    "asterisk": "*", "exclamation_mark": "!", "quotation_mark": '"',
}  # fmt: skip
"""Textual's names of keys that the table writes as characters."""


class KeysError(Problem):
    """What is wrong with a file of keys, and the mend."""


class Keymap:
    """Which key does what, after the user's changes."""

    def __init__(self, changes: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.keys = {row.id: row.keys for row in KEYS} | dict(changes or {})
        self._actions = {key: name for name, keys in self.keys.items() for key in keys}

    def action(self, key: str, character: str | None) -> str:
        """The action of a key press, "" for none. A letter is known by its character, since
        Textual names a capital "upper_x".
        """
        if character and character.isprintable() and character != " ":
            return self._actions.get(character, "")
        return self._actions.get(NAMED.get(key, key), "")

    def leaves(self, key: str, character: str | None) -> bool:
        """Whether a key leaves the program wherever it is pressed; one that writes does not."""
        writes = character is not None and character.isprintable()
        return not writes and self.action(key, None) == "quit_now"

    def shown(self, name: str) -> str:
        """The first key of an action, as the footer writes it."""
        keys = self.keys[name]
        return _written(keys[0]) if keys else ""

    def all_shown(self, name: str) -> str:
        """All keys of an action, as the help writes them."""
        return " ".join(map(_written, self.keys[name]))


def _written(key: str) -> str:
    return SHOWN.get(key, key.replace("ctrl+", "Ctrl+"))


def read_keys(path: Path) -> Keymap:
    """The keymap of a TOML file with a line such as `next_step = ["right", "n"]` for each
    changed action. Raises a Problem, with a sentence, for what it cannot read or use.
    """
    file = printable(str(path))
    rows = {row.id for row in KEYS}
    changes: dict[str, tuple[str, ...]] = {}
    for name, keys in read_toml(path).items():
        if name not in rows:
            near = get_close_matches(name[:40], rows, 1)
            hint = f"; the nearest is {near[0]}" if near else ""
            raise KeysError(f"{file}: {shown(name)} is not an action{hint}.")
        if isinstance(keys, str):
            keys = [keys]
        if not isinstance(keys, list) or not all(isinstance(k, str) and k for k in keys):
            raise KeysError(f'{file}: {name} takes a key or a list of keys, such as ["n"].')
        changes[name] = tuple(keys)
    taken: dict[str, str] = {}
    for name, keys in ({row.id: row.keys for row in KEYS} | changes).items():
        for key in keys:
            if key in taken:
                raise KeysError(f"{file}: {shown(key)} is both {taken[key]} and {name}.")
            if key.isdigit():
                raise KeysError(f"{file}: {name} cannot be {shown(key)}: digits are counts.")
            taken[key] = name
    return Keymap(changes)
