"""Practice: the numbers of the next step are asked in the footer before they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.program.step import Step
from engine.session.moves import MoveError, by_steps
from engine.sheets import practice as practices
from engine.sheets.figures import Cause
from engine.sheets.practice import Element, Outcome, Practice, Reply, RoughError
from tui.actions.commands import named
from tui.actions.context import MAIN, ZOOM, Command, Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.moves import follow
from tui.actions.refusing import refuse_in_practice
from tui.frame.spelling import whole
from tui.keys import Key

ALLOWED = (
    "previous_step", "next_pane", "previous_pane", "select_left", "select_right", "select_down",
    "select_up", "next_sample", "previous_sample", "zoom", "more_digits", "fewer_digits", "theme",
    "save", "practice", "end_practice", "practice_summary", "help", "palette", "quit",
    "quit_now", "picture", "picture_as", "copy", "copied",
)  # fmt: skip
"""What may be done while practice is on: nothing that shows what is ahead, or another run."""
SAID = {
    Outcome.RIGHT: "right",
    Outcome.CARRIED: "right from your own figures",
    Outcome.WRONG: "kept as it is, though it is wrong",
    Outcome.GIVEN: "given",
}


def in_place(row: Key) -> Command:
    """What a key does while practice is on. Raises MoveError, later, for what it may not do."""
    if row.id == "next_step":
        return _on
    return named(row) if row.id in ALLOWED else _refused


def _refused(c: Context, _count: Count) -> None:
    refuse_in_practice(c)


def _on(c: Context, count: Count) -> Effects:
    """On by steps as far as everything is known; there, ask for what comes next."""
    practice, history = _practice(c), c.history
    if c.shown.view not in (MAIN, ZOOM):
        c.shown.view = MAIN
    here = c.session.position
    if here < practice.front:
        follow(c)
        c.session.go(min(by_steps(history, here, count.times), practice.front))
        return ()
    return _asked(c, practice)


def _practice(c: Context) -> Practice:
    practice = c.desk.practice
    if practice is None:
        raise MoveError("There has been no practice; the palette, Ctrl+P, begins one.")
    return practice


# -- asking ----------------------------------------------------------------------------------------


def _asked(
    c: Context, practice: Practice, said: str = "", told: str = "", hints: int = 0
) -> Effects:
    """Ask for the next number; `said` is what the last answer was, `told` all there is to say of
    it, `hints` how many have been shown. At the end of a step, show it; at the end of all, the
    summary.
    """
    element = practice.asked(c.history)
    if practice.front != c.session.position:
        follow(c)
        c.session.go(practice.front)
    if element is None:
        return _step_done(c, practice, said)
    label = f"{_name(c, element)} = "
    count = len(practice.left(element.iteration, _step(c, element)))
    several = f" · or all {count} in one line" if count > 1 else ""
    hint = said or f"{c.text.formula(_step(c, element).title)} · ? a hint{several}"
    if element.symbol.batchwise:
        c.session.selection = replace(c.session.selection, sample=element.index[0])
    c.shown.told = told or said
    c.dialog.ask(label, lambda text: _entered(c, element, text.strip(), hints), hint=hint)
    return ()


def _step_done(c: Context, practice: Practice, said: str) -> Effects:
    """A step has all of its numbers, and shows them; or nothing is left to ask."""
    if practice.coming(c.history) is None:
        return _finished(c, practice, said)
    name = c.text.name(c.session.step.symbol) if c.session.step else ""
    c.say(c.text.plain(f"{said} {name} is done; {c.keymap.shown('next_step')} asks on."))
    return ()


def _step(c: Context, element: Element) -> Step:
    """The step that gives an element."""
    trace = c.history.trace(element.iteration)
    return trace.steps[trace.number(element.symbol) - 1]


def _name(c: Context, element: Element) -> str:
    return c.text.element(element.symbol, element.index, _step(c, element).shape)


def _entered(c: Context, element: Element, text: str, hints: int) -> Effects:
    """Take what was typed: a number, ? for a hint, or nothing."""
    practice = _practice(c)
    if not text:
        return ()
    if text.strip("?") == "":
        return _hinted(c, practice, element, hints)
    numbers = practices.numbers(text)
    if len(numbers) > 1:
        return _all_entered(c, practice, element, numbers)
    try:
        reply = practice.answer(c.history, element, text)
    except RoughError as rough:
        return _asked(c, practice, _brief(rough), str(rough), hints)
    if reply.outcome is not None:
        return _asked(c, practice, f"{_name(c, element)} {text}: {SAID[reply.outcome]}.")
    again = f"{_wrong(reply, text)} Again; ? a hint"
    return _asked(c, practice, again, _told(c, reply, text), hints)


def _all_entered(c: Context, practice: Practice, first: Element, numbers: Sequence[str]) -> Effects:
    """Take several numbers, for this element and those after it. Raises MoveError where there are
    more than are asked for.
    """
    left = practice.left(first.iteration, _step(c, first))
    if len(numbers) > len(left):
        name = c.text.name(first.symbol)
        asked = "1 is" if len(left) == 1 else f"{len(left)} are"
        raise MoveError(f"These are {len(numbers)} numbers; of {name} {asked} asked.")
    wrong: list[tuple[Reply, str]] = []
    rough: list[RoughError] = []
    said: list[str] = []
    for element, text in zip(left, numbers, strict=False):
        try:
            reply = practice.answer(c.history, element, text)
        except RoughError as error:
            rough.append(error)
            continue
        if reply.outcome is None:
            wrong.append((reply, text))
        else:
            said.append(f"{_name(c, element)} {text}: {SAID[reply.outcome]}.")
    if wrong:
        reply, text = wrong[0]
        more = f" {len(wrong)} of {len(numbers)} are wrong." if len(wrong) > 1 else ""
        again = f"{_wrong(reply, text)}{more} Again; ? a hint"
        return _asked(c, practice, again, " ".join((_told(c, reply, text), *said)))
    if rough:
        return _asked(c, practice, _brief(rough[0]), " ".join((str(rough[0]), *said)))
    outcomes = {each.partition(": ")[2] for each in said}
    if len(outcomes) == 1 and len(said) > 1:
        said = [f"{c.text.name(first.symbol)} {' '.join(numbers)}: {outcomes.pop()}"]
    return _asked(c, practice, " ".join(said))


def _brief(rough: RoughError) -> str:
    return f"{str(rough).partition(';')[0]}; more digits, please"


def _wrong(reply: Reply, text: str) -> str:
    if not reply.causes:
        return f"{text} is wrong."
    return f"{text} is wrong: {_short(reply.causes[0])}."


def _short(cause: Cause) -> str:
    return cause.name.partition("; or ")[0]


def _told(c: Context, reply: Reply, text: str) -> str:
    """All that there is to say of a wrong number."""
    keep = "The same number again keeps it."
    if not reply.causes:
        return f"{text} is wrong. No mistake that is known gives it. {keep}"
    first, *others = reply.causes
    right = f" (right: {first.right})" if first.right else ""
    more = f" Or: {'; '.join(each.name for each in others)}." if others else ""
    return c.text.plain(f"{text} is wrong. Likely: {first.name}{right}.{more} {keep}")


def _hinted(c: Context, practice: Practice, element: Element, hints: int) -> Effects:
    """The next hint: the formula, then the numbers put in, then the number."""
    if hints == 0:
        said = c.text.formula(_step(c, element).formula)
    elif hints == 1:
        said = f"{_name(c, element)} = {put_in(c, element)}"
    else:
        given = practice.give(c.history, element)
        return _asked(c, practice, f"{_name(c, element)} = {c.text.number(given)}, given.")
    return _asked(c, practice, said, said, hints + 1)


def put_in(c: Context, element: Element) -> str:
    """The arithmetic of an element with its numbers, without the result."""
    trace = c.history.trace(element.iteration)
    step = _step(c, element)
    digits = whole(trace, c.history.spec_of(element.iteration), c.text.digits)
    value = float(trace.known(step.symbol, step.number)[element.index])
    return c.text.line(trace.expand(step, element.index), value, digits).left


# -- beginning and ending --------------------------------------------------------------------------


@command
def ask(c: Context, _count: Count) -> None:
    """Ask what to practise; go on with what was left off where there is something."""
    if c.desk.practising:
        raise MoveError(f"Practice is on; {c.keymap.shown('next_step')} asks for the next number.")
    left = c.desk.practice
    unfinished = left is not None and left.branch == c.session.current
    first = "Enter alone goes on with the last; all, " if unfinished else "Enter alone: all; or "

    def enter(text: str) -> None:
        named = [each.strip() for each in text.split(",") if each.strip()]
        if not named and left is not None and unfinished and left.coming(c.history) is not None:
            begin(c, left)
        else:
            begin_new(c, [] if named == ["all"] else named)

    c.dialog.ask("practise: ", enter, hint=f"{first}forward, update, dW2")


def begin_new(c: Context, wanted: Sequence[str], last: int = 0) -> None:
    """Practise from here on, to the end of iteration `last`, or of as many as the run asks for.
    Raises a Problem for what the run does not have.
    """
    session = c.session
    last = last or session.spec.iterations
    begin(c, practices.begin(c.history, session.current, session.position, last, wanted))


def begin(c: Context, practice: Practice) -> None:
    """Have practice on, at its front; what is open is closed, and what is under way is stopped."""
    c.jobs.stop()
    c.playing.on = False
    c.shown.forget()
    c.desk.paper, c.desk.practice, practice.on = None, practice, True
    c.session.selection = replace(c.session.selection, symbol="", element=0)
    c.session.go(practice.front)
    key, last = c.keymap.shown("next_step"), practice.last
    c.say(f"Practice: {key} asks for the next number, to the end of iteration {last}.")


@command
def end(c: Context, _count: Count) -> Effects:
    """End practice, and show the summary."""
    practice = _practice(c)
    if not practice.on:
        raise MoveError("Practice is not on; the palette, Ctrl+P, begins it.")
    return _finished(c, practice, "")


def _finished(c: Context, practice: Practice, said: str) -> Effects:
    from tui.actions.views.practised import VIEW

    practice.on = False
    c.shown.told, c.dialog.prompt = "", None
    if c.shown.view is not VIEW:
        c.shown.open(VIEW)
    further = practice.coming(c.history) is not None
    ended = "Practice has ended; “practice” in the palette goes on." if further else "All is done."
    c.say(c.text.plain(f"{said} {ended}".strip()))
    return ()
