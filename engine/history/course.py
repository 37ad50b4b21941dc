"""The course of a stretch: its parameters, as often as a picture can tell apart."""

from __future__ import annotations

from engine.formula.calls import Array
from engine.history.replay import Replay
from engine.program.parameters import VECTOR
from engine.program.trace import frozen

FINE = 256
"""So many iterations have all their parameters; of twice as many every second one, and so on."""

Points = tuple[tuple[int, Array], ...]
"""After which iterations, and the trained parameters there, as one vector in their order."""


class Course:
    """The parameters after iterations of a stretch, from `origin` on, as far as it was asked for.
    It is for one thread.
    """

    def __init__(self, replay: Replay, origin: int) -> None:
        self._replay, self._origin = replay, origin
        self._levels: list[list[tuple[int, Array]]] = [[]]
        self._at = -1
        """After which own iteration they were kept last, on any level."""

    def upto(self, last: int) -> Points:
        """The parameters up to those after iteration `last`, which has been trained: every 2ᵏ-th,
        k as small as leaves no more than FINE of them.
        """
        own = last - self._origin
        level = _level(own)
        self._go_on(own, level)
        return tuple(pair for pair in self._levels[level] if pair[0] <= last)

    def _go_on(self, own: int, level: int) -> None:
        """Find what is wanted up to the own iteration, of all levels up to that one."""
        while len(self._levels) <= level:
            self._levels.append(self._levels[-1][::2])
        trainer, layout = self._replay.trainer, self._replay.trainer.layout
        while (target := _after(self._at)) <= own:
            self._replay.go(self._origin + max(0, self._at))
            while self._replay.at < self._origin + target:
                self._replay.on(self._origin + target)
            point = self._origin + target, frozen(layout.view(trainer.state, VECTOR))
            for k, points in enumerate(self._levels):
                if target % 2**k == 0 and target <= FINE * 2**k:
                    points.append(point)
            self._at = target


def _level(own: int) -> int:
    return max(0, (max(1, own) - 1).bit_length() - FINE.bit_length() + 1)


def _after(at: int) -> int:
    """The own iteration after that one of which the parameters are kept."""
    return at + 2 ** _level(at + 1) if at >= 0 else 0
