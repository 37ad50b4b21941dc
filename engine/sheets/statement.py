"""What a sheet says of a name."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.sheets.literals import Literal
from engine.sheets.names import Name


@dataclass
class Statement:
    """What a sheet says of a name: the names of a chain (∂L/∂b[2] = δ[2] = …), the literals in it,
    the line where it begins, and the iteration and place where these are said beside it.
    """

    names: list[Name]
    literals: list[Literal] = field(default_factory=list)
    line: int = 0
    iteration: int | None = None
    key: str = ""
    workings: int = 0

    @property
    def text(self) -> str:
        """Its name as it was written."""
        return self.names[0].written if self.names else self.key
