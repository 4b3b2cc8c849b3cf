"""From one outcome to another, and what matters first in it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from remit_engine.decision import Outcome


class Kind(enum.StrEnum):
    """What a change of outcome means to the business, the most important first."""

    PERMITTED = "newly permitted"
    REFUSED = "newly refused"
    LOST = "no longer permitted"
    OTHER = "otherwise"


_ORDER = tuple(Outcome)
_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Change:
    """The outcome of a request under the old text and under the new one."""

    old: Outcome
    new: Outcome

    @property
    def kind(self) -> Kind:
        """What it means."""
        if self.new is Outcome.PERMIT:
            return Kind.PERMITTED
        if self.new is Outcome.DENY:
            return Kind.REFUSED
        return Kind.LOST if self.old is Outcome.PERMIT else Kind.OTHER

    @property
    def rank(self) -> tuple[int, int, int]:
        """The smaller, the more important: a refusal turned round goes before a step less."""
        apart = -abs(_ORDER.index(self.old) - _ORDER.index(self.new))
        return _KINDS.index(self.kind), apart, _ORDER.index(self.old)

    def __str__(self) -> str:
        return f"{self.old} -> {self.new}"
