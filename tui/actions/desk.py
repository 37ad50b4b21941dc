"""The desk: a session, how it is looked at and under which name it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from engine.session.session import Session
from tui.frame.spelling import spelled
from tui.text.format import Text

if TYPE_CHECKING:
    from engine.saving.saver import Saver
    from engine.session.tree import Branch
    from engine.sheets.practice import Practice
    from tui.frame.marking import Paper
    from tui.frame.recorded import Compared

LEAST_DIGITS, MOST_DIGITS = 2, 12
"""Of digits after the point."""

T = TypeVar("T")


class Memory:
    """What views remember, one thing of a kind."""

    def __init__(self) -> None:
        self._things: dict[type, object] = {}

    def of(self, kind: type[T]) -> T:
        """The thing of that kind; a new one where there is none yet."""
        thing = self._things.get(kind)
        if not isinstance(thing, kind):
            thing = self._things[kind] = kind()
        return thing


@dataclass(eq=False, repr=False)
class Desk:
    """All that is saved of a session, and all that goes when another one is opened.

    `column` is the one chosen to stand beside the step, "" while none is;
    `by_pass` says that losses are shown by pass over the data.
    `source` is the name or path that the run was opened by, "" where there is none; `saver` saves
    it, once there is something to save.
    `paper` is the graded sheet that is open, and the branch that it was graded against;
    `record` is the record of another training, compared, and the branch that it was compared with;
    `practice` is what was asked and answered, on or off.
    """

    session: Session
    text: Text = field(default_factory=Text)
    pane: str = "step"
    source: str = ""
    saver: Saver | None = None
    column: str = ""
    by_pass: bool = False
    paper: tuple[Branch, Paper] | None = None
    record: tuple[Branch, Compared] | None = None
    practice: Practice | None = None
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        self.text = spelled(self.text, self.session.spec)

    @property
    def practising(self) -> bool:
        """Whether practice is on."""
        return self.practice is not None and self.practice.on
