"""Counting the lines of a plain output: how many close, say so, or say so falsely."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.closing.lines import Line, arithmetic, repeated
from tests.closing.reading import MisreadError


@dataclass
class Count:
    """What was found in lines. `false` are "=" that do not hold, `shy` ≈ where "=" would, and
    `misread` what does not read as arithmetic.
    """

    lines: int = 0
    about: int = 0
    false: list[str] = field(default_factory=list)
    shy: list[str] = field(default_factory=list)
    misread: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of lines that say ≈."""
        return self.about / self.lines if self.lines else 0.0

    def take(self, text: str, digits: int) -> None:
        """Count the lines of a plain output."""
        self.repeated += repeated(text)
        for line in arithmetic(text):
            self.lines += 1
            self.about += not line.says_equal
            self._judge(line, digits)

    def _judge(self, line: Line, digits: int) -> None:
        said = f"{line.place} {line.left} {line.sign} {line.right}"
        try:
            closes = line.closes(digits)
        except MisreadError as error:
            self.misread.append(f"{said}   [{error}]")
            return
        if line.says_equal and not closes:
            self.false.append(said)
        elif closes and not line.says_equal:
            self.shy.append(said)

    def add(self, other: Count) -> None:
        """Count what another has counted too."""
        self.lines += other.lines
        self.about += other.about
        for name in ("false", "shy", "misread", "repeated"):
            getattr(self, name).extend(getattr(other, name))
