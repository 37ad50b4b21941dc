"""Which number each parameter has in the state_dict of an optimizer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.layout import Shape
from engine.program.parameters import Group, groups, parameters, weights
from engine.runfile.entry import Entry
from engine.runfile.statefile import TorchGroup, TorchState
from engine.spec.check import Check
from engine.spec.run import OptimizerSpec, RunSpec

MOST_NAMED = 8

NUMBER = Check(
    "the number of a parameter in the file's param_groups",
    lambda v: v if type(v) is int and v >= 0 else None,
)


@dataclass(frozen=True, eq=False)
class Numbering:
    """The `numbers` of the parameters, and which group of the file each group of the run is."""

    numbers: dict[str, int]
    pairs: tuple[tuple[TorchGroup, Group], ...]


@dataclass(frozen=True, eq=False)
class _Of:
    """A group of the run, and all its parameters in the order of PyTorch's, frozen ones too."""

    group: Group
    names: tuple[str, ...]


class Numbers:
    """Numbers the parameters of a run as one of its optimizers does in a state: those that are
    named so, and the others in the order of the model's parameters, or by shapes that only one of
    them has.
    """

    def __init__(
        self, spec: RunSpec, optimizer: OptimizerSpec, entry: Entry, torch: TorchState
    ) -> None:
        self._torch, self._entry = torch, entry
        self._shapes: dict[str, Shape] = {k: a.shape for k, a in parameters(spec).items()}
        row = OPTIMIZERS[optimizer.name]
        self._slots = tuple(row.torch_slots.values())
        self._options = {*row.options} & {*torch.groups[0].options}
        own = groups(spec, optimizer)
        found: dict[str, int] = {
            str(name): i for i, group in enumerate(own) for name in group.names
        }
        names = entry.order if {*entry.order} == {*weights(spec)} else tuple(weights(spec))
        for name in names:  # a frozen one is of the group that its pattern says
            of = (i for i, g in enumerate(spec.groups, 1) if g.names(name))
            found.setdefault(name, next(of, 0))
        self._own = [
            _Of(group, tuple(name for name in names if found[name] == i))
            for i, group in enumerate(own)
        ]
        self._learned = {name for group in own for name in group.names}

    def found(self) -> Numbering | None:
        """The numbers; None, and a sentence, where they cannot be told."""
        named = self._named()
        for pairs in self._pairings():
            numbers = dict(named)
            for group, own in pairs:
                fitting = self._numbered(group, own, named)
                if fitting is None:
                    break
                numbers |= fitting
            else:
                return Numbering(numbers, tuple((group, own.group) for group, own in pairs))
        self._say()
        return None

    def _named(self) -> dict[str, int]:
        names, found = self._entry.names, dict[str, int]()
        for name in self._shapes:
            if names.has(name):
                number = names.take(name, NUMBER)
                if number is not None:
                    found[name] = number
        return found

    def _pairings(self) -> Iterator[list[tuple[TorchGroup, _Of]]]:
        """The ways in which the file's groups can be the run's: the parameters in no group of their
        own are in PyTorch's first group, or in its last; or all are in one.
        """
        own = [each for each in self._own if each.names]
        if len(own) == len(self._torch.groups):
            yield list(zip(self._torch.groups, own, strict=True))
            yield list(zip(self._torch.groups, [*own[1:], own[0]], strict=True))
        elif len(own) == 1 and self._options <= {*self._torch.common.options}:
            yield [(self._torch.common, own[0])]
        elif len(self._torch.groups) == 1:
            group = self._torch.groups[0]
            names = tuple(name for each in own for name in each.names)
            ordered = tuple(name for name in self._shapes if name in names)
            whole = self._numbered(group, _Of(own[0].group, ordered), {})
            if whole:
                yield [(self._part(group, each, whole), each) for each in own]

    def _part(self, group: TorchGroup, own: _Of, numbers: dict[str, int]) -> TorchGroup:
        return TorchGroup(tuple(numbers[n] for n in own.names if n in numbers), group.options)

    def _numbered(
        self, group: TorchGroup, own: _Of, named: dict[str, int]
    ) -> dict[str, int] | None:
        """The numbers of the parameters of a group that are not named; None where they do not fit,
        in order or by shape.
        """
        left = [number for number in group.params if number not in named.values()]
        free = [name for name in own.names if name not in named]
        learned = [name for name in free if name in self._learned]
        for names in (free, learned):
            if len(names) == len(left) and all(map(self._fits, names, left)):
                return dict(zip(names, left, strict=True))
        return self._by_shape(learned, left)

    def _by_shape(self, names: Sequence[str], left: Sequence[int]) -> dict[str, int] | None:
        """The numbers by shapes that only one of them has, and only one of the names."""
        ours, theirs = defaultdict(list), defaultdict(list)
        for name in names:
            ours[_plain(self._shapes[name])].append(name)
        for number in left:
            theirs[_plain(self._shape(number))].append(number)
        if any(len(found) != 1 or len(theirs[shape]) != 1 for shape, found in ours.items()):
            return None
        return {found[0]: theirs[shape][0] for shape, found in ours.items()}

    def _fits(self, name: str, number: int) -> bool:
        return _plain(self._shape(number)) in (None, _plain(self._shapes[name]))

    def _shape(self, number: int) -> Shape | None:
        """The shape of what is kept of a parameter; None where nothing is."""
        kept = self._torch.kept.get(number, {})
        return next((kept[slot].shape for slot in self._slots if slot in kept), None)

    def _say(self) -> None:
        """Why there are no numbers."""
        file, theirs = self._entry.file, self._torch.common.params
        shapes = ", ".join(f"{n} {self._shape(n) or ''}".strip() for n in theirs[:MOST_NAMED])
        ours = ", ".join(
            f"{name} {shape}" for name, shape in list(self._shapes.items())[:MOST_NAMED]
        )
        self._entry.table.wrong(
            "state",
            f"does not fit: {file} has {_groups(len(self._torch.groups))} with {len(theirs)}"
            f" parameters ({shapes}), and the run has {len(self._shapes)} ({ours}); write"
            f" [[groups]] as PyTorch has them, or say which is which: names = {{ W1 = 0, … }}",
        )


def _plain(shape: Shape | None) -> Shape | None:
    """A shape, () for one number: PyTorch has a slope for all units as (1,)."""
    return () if shape == (1,) else shape


def _groups(count: int) -> str:
    return "one group" if count == 1 else f"{count} groups"
