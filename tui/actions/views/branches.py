"""The view `branches`: the tree of branches, each with where it comes from."""

from __future__ import annotations

from engine.session.tree import Branch
from tui.actions.context import MAIN, Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel
from tui.draw.parts import clipped_line
from tui.frame.frame import Lines
from tui.text.cells import cells
from tui.text.raster import Line


def tree(c: Context) -> list[tuple[Branch, int]]:
    """All branches, each below its parent, with its depth."""
    session = c.session
    found: list[tuple[Branch, int]] = []

    def visit(branch: Branch, depth: int) -> None:
        found.append((branch, depth))
        for child in session.tree.children(branch.number):
            visit(child, depth + 1)

    for branch in list(session.branches.values()):
        if branch.cause is None:
            visit(branch, 0)
    return found


def page(c: Context) -> Lines:
    """A branch a line: the one that is pointed at in brackets, and where the reader stands."""
    session, text, cursor = c.session, c.text, c.shown.cursor
    rows = tree(c)
    names = [text.plain("  " * depth + "└ " * bool(depth)) + branch.name for branch, depth in rows]
    widest = max(map(len, names))
    label = max(len(branch.label) for branch, _ in rows)
    lines: list[Line] = []
    for i, ((branch, _), name) in enumerate(zip(rows, names, strict=True)):
        here, role = ("here ", "own") if branch is session.branch else ("", "")
        before, after = "[]" if i == cursor else "  "
        shown = f"{before}{name}{after}".ljust(widest + 2)
        words = text.plain(f"  {branch.label.ljust(label)}  {branch.words}")
        lines.append(
            ((here.ljust(5), role), (shown, "select" if i == cursor else role), (words, "dim"))
        )
    if session.deleted:
        lines += [(), ((f"{len(session.deleted)} deleted; u brings the last one back", "dim"),)]
    return lambda _frame, width: [*lines, *_notes(c, width)]


def _notes(c: Context, width: int) -> list[Line]:
    """The reader's own notes, each with its place and which stop of the lesson it is."""
    session, text, stops = c.session, c.text, c.session.lesson.stops
    own = [(i, stop) for i, stop in enumerate(stops, 1) if stop.own]
    if not own:
        return []
    lines: list[Line] = [(), ((f"notes, of a lesson of {len(stops)} stops", "title"),)]
    for i, ((branch, position), _, said, _) in own:
        place = f"{session.branches[branch].name} {position.iteration}.{position.step}"
        line = ((f"{i:5}  {place}  ", "dim"), (text.plain(cells(said)), ""))
        lines.append(clipped_line(line, width, text.ascii))
    return lines


# -- its keys --------------------------------------------------------------------------------------


def _pointed(c: Context) -> Branch:
    return c.shown.pointed(tree(c))[0]


def visit(c: Context) -> Effects | None:
    """Go to the branch that is pointed at."""
    branch = _pointed(c)
    c.shown.view = MAIN
    if branch is c.session.branch:
        return None
    return travel(c, c.session.beside(branch), branch.number)


def rename(c: Context) -> None:
    """Ask for another name."""
    branch, session = _pointed(c), c.session
    c.dialog.ask("name: ", lambda name: session.rename(branch.number, name), branch.name)


def delete(c: Context) -> None:
    """Delete the branch, and stop what is done for it."""
    branch, job = _pointed(c), c.jobs.current
    c.session.delete(branch.number)
    if job and job.branch == branch.number:
        c.jobs.stop()


def undelete(c: Context) -> None:
    """Bring back the branch deleted last."""
    c.say(f"{c.session.undelete().name} is back.")


VIEW = View(
    id="branches",
    page=page,
    items=tree,
    further=True,
    follows=False,
    keys=(
        PageKey("enter", "go", visit),
        PageKey("r", "rename", rename),
        PageKey("x", "delete", delete),
        PageKey("u", "undo", undelete),
    ),
)


@command
def show(c: Context, _count: Count) -> None:
    """The tree of branches, and back; the cursor at the one the reader stands on."""
    c.shown.open(VIEW)
    here = c.session.branch
    c.shown.cursor = next(i for i, (branch, _) in enumerate(tree(c)) if branch is here)
