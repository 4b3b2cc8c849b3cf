"""The numbers that stand for members, positions, texts and dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from remit_dsl.types import Type
from remit_engine.rules.ir import Model


@dataclass(slots=True)
class Codes:
    """The numbers that stand for members, positions and texts."""

    model: Model
    texts: dict[str, int] = field(default_factory=dict)
    _members: dict[Type, tuple[str, ...]] = field(default_factory=dict)

    def members(self, type: Type) -> tuple[str, ...] | None:
        """All values of an enum or of positions, by their codes; None for other types."""
        if type not in self._members:
            program = self.model.program
            if type.kind == "position":
                self._members[type] = tuple(program.positions)
            elif type.kind == "enum":
                self._members[type] = tuple(program.enums[type.name or ""].members)
            else:
                return None
        return self._members[type]

    def of(self, value: object, type: Type) -> int:
        """The code of a member, a position, a text or a date."""
        if isinstance(value, date):
            return value.toordinal()
        if type.kind == "text":
            return self.texts.setdefault(str(value), len(self.texts))
        return (self.members(type) or ()).index(str(value))

    def position(self, name: str) -> int:
        """The code of a position."""
        return tuple(self.model.program.positions).index(name)
