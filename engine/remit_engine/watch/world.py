"""What all subjects read, and what is put to a matcher about one of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit_engine.watch.asking import Asker
from remit_engine.watch.entry import Entry
from remit_engine.watch.log import Log
from remit_engine.watch.matching import Message
from remit_engine.watch.plan import Asked
from remit_engine.watch.row_counters import RowCounters


@dataclass(slots=True)
class World:
    """What all subjects read. turns: days on which somebody takes or leaves a position. told: how
    many messages were made. asked: how often a subject was asked."""

    log: Log
    asker: Asker
    turns: tuple[int, ...]
    told: int = 0
    asked: int = 0
    counters: RowCounters = field(default_factory=RowCounters)

    def number(self) -> str:
        """The id of the next message."""
        self.told += 1
        return f"m{self.told}"


@dataclass(frozen=True, slots=True)
class Ask:
    """A message, the ruleset it is put to, and the row it is about."""

    message: Message
    asked: Asked
    row: Entry | None = None
