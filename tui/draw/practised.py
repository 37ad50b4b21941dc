"""The summary of a practice: what came of it, what went wrong how often, what to look at again."""

from __future__ import annotations

from engine.catalog.symbols import Symbol
from engine.sheets.practice import Outcome, Practice
from tui.draw.parts import paragraph
from tui.text.format import Text
from tui.text.raster import Line

RUNS = {
    "delta": "softmax-jacobian",
    "da": "ten-layers",
    "fprime": "saturated-tanh",
    "yhat": "softmax",
    "loss": "saturated-entropy",
    "dW": "mini-batch",
    "db": "mini-batch",
    "buf": "momentum",
}
"""Built-in runs that have more of a kind of number."""


def lines(text: Text, practice: Practice | None, width: int) -> list[Line]:
    """The page in lines of so many cells."""
    if practice is None:
        return paragraph("Nothing has been practised yet; the palette's practice begins.", width)
    found: list[Line] = []
    wanted = ", ".join(practice.wanted) or "all steps"
    found += paragraph(text.plain(f"Practised: {wanted}, to iteration {practice.last}."), width)
    counts = [
        (practice.count(Outcome.RIGHT), "right"),
        (practice.count(Outcome.CARRIED), "right from your own figures"),
        (practice.count(Outcome.WRONG), "kept though wrong"),
        (practice.count(Outcome.GIVEN), "given"),
        (len(practice.misses), "times a wrong number was typed"),
    ]
    found.append(())
    found += [((f"{count:>4}  ", "title"), (said, "")) for count, said in counts]
    if practice.misses:
        found += [(), (("What went wrong", "title"),)]
        for name, count, symbols in practice.causes():
            where = ", ".join(map(text.name, symbols))
            said = text.plain(f"{count:>4}× {name or 'no mistake that is known'} · {where}")
            found += paragraph(said, width, "", 6)
    again = practice.again()
    if again:
        found += [(), (("Look at again", "title"),)]
        for symbol, wrong, given in again:
            times = [f"{wrong} wrong"] * bool(wrong) + [f"{given} given"] * bool(given)
            said = f"  :{symbol}  {text.name(symbol)}  {', '.join(times)}{_run(symbol)}"
            found += paragraph(text.plain(said), width, "", 6)
        found += [(), *paragraph("A place is gone to by its name: :dW2 Enter.", width, "dim")]
    elif practice.answers:
        found += [(), *paragraph("Nothing went wrong.", width)]
    return found


def _run(symbol: Symbol) -> str:
    """The built-in run that has more of it."""
    name = RUNS.get(symbol.kind.key, "") if not symbol.prefix else RUNS.get(symbol.prefix, "")
    return f" · more of it: “open {name}”" if name else ""
