"""The notes of a session: the lesson that its run has, and what the reader has made of it."""

from __future__ import annotations

from dataclasses import replace

from engine.runfile.lesson import MOST_TEXT
from engine.session.lesson import Lesson, Stop
from engine.session.moves import MoveError
from engine.session.standing import Place, Selection
from engine.session.tree import OWN, Tree
from engine.spec.run import RunSpec


class Notes:
    """The lesson of a run on a tree of branches. `made` is that lesson as the reader has it; None
    where it is the run's own and nobody has looked for its places yet.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.made: Lesson | None = None

    @property
    def _spec(self) -> RunSpec:
        return self._tree.branches[OWN].spec

    @property
    def _whole(self) -> Lesson:
        """The lesson, with stops on branches that have been deleted, too."""
        if self.made is None:
            stops: tuple[Stop, ...] = ()
            if self._spec.lesson:
                from engine.session.lessontext import stops_of  # most runs have none

                stops = stops_of(self._tree.branches)
            self.made = Lesson(stops)
        return self.made

    @property
    def lesson(self) -> Lesson:
        """The stops on the branches that are there. Raises SpecError with a sentence for each stop
        of the run that is none.
        """
        return self._whole.on(self._tree.branches)

    @property
    def count(self) -> int:
        """How many stops there are, without looking for their places."""
        return len(self._spec.lesson if self.made is None else self.lesson.stops)

    @property
    def run(self) -> RunSpec:
        """The run with this lesson. Raises MoveError for a stop on a branch that a run file cannot
        hold.
        """
        from engine.session.lessontext import stops_of, written  # most are not written so

        branches = self._tree.branches
        if self.made is None or self.made.stops == stops_of(branches):
            return self._spec
        return replace(self._spec, lesson=written(branches, self.lesson))

    def write(self, place: Place, selection: Selection, text: str) -> None:
        """Say something of an element at a place: other words where a stop of this element is
        shown, none at all where the text is empty. Raises MoveError for a text that is too long.
        """
        text = " ".join(text.split())
        if len(text) > MOST_TEXT:
            raise MoveError(f"A note has at most {MOST_TEXT} characters; this has {len(text)}.")
        whole = self._whole
        at = whole.at(place, selection)
        if at >= 0 and whole.stops[at].selection != selection:
            at = -1
        self.made = whole.written(at, Stop(place, selection, text, own=True))

    def went_to(self, stop: Stop) -> None:
        """Remember that a stop was gone to."""
        self.made = replace(self._whole, last=self._whole.stops.index(stop))
