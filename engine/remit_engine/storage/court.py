"""Who judges what is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from remit_engine.decision import Decision
from remit_engine.explanation.transcript import Transcript
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.hold import Hold
from remit_engine.rules.ir import Model
from remit_engine.rules.totals import Total, kept_totals
from remit_engine.storage.counting import Span, span
from remit_engine.storage.holds import Standing


class Judge(Protocol):
    """Who answers requests: an `Engine`."""

    model: Model
    directory: Directory

    def decide(self, request: Request) -> Decision:
        """The full explained answer."""
        ...

    def transcript(self, request: Request) -> Transcript:
        """The same as records keep it."""
        ...

    def under(self, holds: Iterable[Hold]) -> Judge:
        """The same judge under these holds alone."""
        ...


@dataclass(frozen=True, slots=True)
class Court:
    """Who judges, as of one revision, under the holds of an edition."""

    judge: Judge
    revision: int
    edition: int = 0
    _totals: dict[str, tuple[Total, ...]] = field(default_factory=dict, repr=False)
    _spans: dict[tuple[str, date], tuple[Span, ...]] = field(default_factory=dict, repr=False)

    @property
    def model(self) -> Model:
        """The rules."""
        return self.judge.model

    @property
    def directory(self) -> Directory:
        """The people."""
        return self.judge.directory

    def totals(self, action: str) -> tuple[Total, ...]:
        """The totals kept of an action (qualified name)."""
        if action not in self._totals:
            self._totals[action] = kept_totals(self.model, action)
        return self._totals[action]

    def holding(self, standing: Standing) -> Court:
        """The same court under the holds that stand."""
        return replace(self, judge=self.judge.under(standing.holds), edition=standing.edition)

    def spans(self, action: str, day: date) -> tuple[Span, ...]:
        """The same, each with the days that count with a day."""
        found = self._spans.get((action, day))
        if found is None:
            found = tuple(span(total, day) for total in self.totals(action))
            self._spans[action, day] = found
        return found
