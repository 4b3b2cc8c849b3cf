"""What a replay in SQL works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from remit_api.batch.results import Write
from remit_api.past.leaves import Leaves
from remit_api.past.replay import Replay
from remit_api.past.summary import Summary
from remit_engine.batch.judge import Checked
from remit_engine.impact import Reply, replied
from remit_engine.warehouse.duckdb import DuckDB

PAST, NEW, OLD, BOTH = "past", "new_requests", "old_requests", "both_answers"
"""Tables: the file, as each text is asked, and the rows that both answer."""

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""

Pair = tuple[int | str, int, str]
"""The answer before (or the recorded outcome) and now by their numbers, and the change."""


@dataclass(frozen=True, slots=True)
class Work:
    """names: the columns of the file."""

    warehouse: DuckDB
    replay: Replay
    summary: Summary
    write: Write
    progress: Progress
    names: tuple[str, ...]
    leaves: Leaves


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers of one text: a table of them by row, and what each number stands for. any: False
    where no row names an action of the text. steps: what each rule asks for."""

    requests: str
    any: bool
    answers: tuple[Checked, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """`row_id, answer`."""
        return f"{self.requests}_answers"

    def reply(self, number: int) -> Reply:
        """The answer with a number as it is compared."""
        outcome, rules = self.answers[number]
        return replied(outcome, set(rules), self.steps)
