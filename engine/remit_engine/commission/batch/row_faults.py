"""Rows at fault: tests that find the events of which the reference counts no line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit_dsl import expressions as x
from remit_dsl.pay import Plan, Reversal
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.line_forms import LineForms
from remit_engine.commission.batch.staged import Staged
from remit_engine.commission.batch.tables import Loaded
from remit_engine.commission.batch.translate import Translator
from remit_engine.commission.batch.whole import Ratio
from remit_engine.rules.dependence import facts_in


@dataclass(frozen=True, slots=True)
class RowFaults:
    """Conditions over the event `e` and the span `s` of its payee."""

    terms: Terms
    forms: LineForms
    event: Staged
    events: Mapping[str, Staged]
    loaded: Loaded
    translator: Translator

    @property
    def _plan(self) -> Plan:
        return self.terms.plan

    def tests(self, payee: str, credit: Ratio) -> Iterator[str]:
        """payee: his number; credit: of the line."""
        counted = "TRUE"
        there = "s.slot IS NOT NULL"
        if self.forms.condition is not None:
            counted = self.translator.condition(self.forms.condition)
            if self._lacking(self.forms.condition):
                alone = there if self.forms.personal else "TRUE"
                yield f"(({counted}) IS NULL AND {alone})"
        if self._whom_lacking():
            yield f"({counted} AND ({payee} IS NULL OR {payee} < 0))"
        if self._lacking(self.forms.credit):
            yield f"({counted} AND {there} AND ({credit.over.sql}) IS NULL)"
        for sql in self._fate_faults():
            yield f"({counted} AND {there} AND {sql})"

    def _lacking(self, e: x.Expression) -> bool:
        """True when an expression may have no value in some row."""
        if any(self.event.columns[f.path].nullable for f in facts_in(e, self.terms.model.program)
               if f.path in self.event.columns):  # fmt: skip
            return True
        return any(k.nullable for k in self.loaded.line_values)

    def _whom_lacking(self) -> bool:
        credit = self._plan.credit
        if credit is None or credit.to in ("pool", "splits"):
            return False
        if credit.to == "owner":
            return True
        column = self.event.columns[credit.field or ()]
        return column.nullable or column.low < 0

    def _fate_faults(self) -> Iterator[str]:
        followed = [None if self._plan.hold is None else self._plan.hold.followed]
        followed += [r.followed for r in self._plan.reversals]
        for of, against in zip(followed, self.forms.against, strict=True):
            if of is None or against is None:
                continue
            if self._lacking(against):
                yield f"({self.translator.number(against).over.sql}) IS NULL"
            other = self.events[of.event]
            amount = other.columns[(of.amount,)]
            if amount.nullable:
                link = other.columns[(of.link,)]
                yield (
                    f"{self.translator.number(against).over.sql} > 0 AND e.n IN "
                    f"(SELECT q.{link.name} FROM {other.table} q WHERE q.{amount.name} IS NULL)"
                )
        for r in self._plan.reversals:
            begun = self.event.columns.get((r.of or "",))
            if begun is None or not begun.nullable or r.window is None:
                continue
            yield f"(e.{begun.name} IS NULL AND {self._window_needed(r)})"

    def _window_needed(self, r: Reversal) -> str:
        """The condition under which a reversal reads the day its window counts from."""
        if r.kind == "absent":
            return "TRUE"
        if r.kind == "date":
            return f"e.{self.event.columns[(r.field or '',)].name} IS NOT NULL"
        if r.followed is None:
            raise TypeError("a reversal of amounts follows an event")
        other, of = self.events[r.followed.event], r.followed
        link, day = other.columns[(of.link,)], other.columns[(of.date,)]
        against = self.translator.number(self.forms.against[1 + self._plan.reversals.index(r)])  # type: ignore[arg-type]
        return (
            f"{against.over.sql} > 0 AND e.n IN (SELECT q.{link.name} FROM {other.table} q "
            f"WHERE q.{day.name} IS NOT NULL)"
        )
