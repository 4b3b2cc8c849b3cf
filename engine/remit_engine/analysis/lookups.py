"""Values looked up: dated parameters, exchange rates, bands and tables."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date

from remit_dsl import expressions as x
from remit_dsl.program import DatedValue
from remit_engine.analysis.columns import AS_OF
from remit_engine.analysis.formula import FALSE, TRUE, Formula, atom, every, some
from remit_engine.analysis.pieces import (
    Names,
    Piece,
    Symbol,
    Truth,
    number,
    replace_guard,
)
from remit_engine.analysis.reading import Reading
from remit_engine.analysis.sets import HIGHEST, LOWEST, before, stretch
from remit_engine.judging.evaluate import value_in_force

MOST_ROWS = 100


@dataclass(slots=True)
class Lookups(Reading):
    """Reads what is looked up by the day, by bands or in a table."""

    def dated(self, values: tuple[DatedValue, ...]) -> list[Piece]:
        """The value of the day."""
        found = []
        for guard, value in self.in_force(values):
            found += [Piece(every(guard, p.guard), p.form) for p in self.numbers(value)]
        return [p for p in found if p.guard != FALSE]

    def in_force(self, values: tuple[DatedValue, ...]) -> list[tuple[Formula, x.Expression]]:
        """The values that were fixed, each with the days on which it holds."""
        days = sorted({d for v in values for d in (v.start, v.until) if d is not None})
        ends = [*(before(number(d)) for d in days), HIGHEST]
        found = []
        for low, high, day in zip([LOWEST, *ends[:-1]], ends, [date.min, *days], strict=True):
            held = value_in_force(values, day)
            if held is not None and held.value is not None:
                self.facts.as_of()
                found.append((atom(AS_OF, stretch(low, high)), held.value))
        return found

    def exchanged(self, e: x.Exchanged, names: Names) -> list[Piece]:
        """An amount in another currency, at the rate of the day."""
        exchange = self.model.program.exchanges.get((e.base, e.quote))
        rates = self.dated(exchange.values) if exchange else []
        found = []
        for amount, rate in itertools.product(self.numbers(e.operand, names), rates):
            guard = every(amount.guard, rate.guard)
            if guard == FALSE:
                continue
            if not rate.form.fixed:
                return [self.opaque_number(e, names)]
            found.append(Piece(guard, amount.form.times(rate.form.constant)))
        return found

    def band_rows(self, e: x.BandLookup, names: Names) -> list[tuple[Formula, x.Expression]]:
        """Where each row is the one that answers, with its value."""
        found, open_ = [], TRUE
        for row in e.rows:
            if row.bound is None:
                known = some(*(p.guard for p in self.numbers(e.operand, names)))
                found.append((every(open_, known), row.value))
                break
            test = self.ordered("<=" if row.side == "up to" else "<", e.operand, row.bound, names)
            found.append((every(open_, test.true), row.value))
            open_ = every(open_, test.false)
        return found

    def rows_apply(self, e: x.TableLookup) -> bool:
        """True for a table of which one row answers, small enough to be taken apart."""
        table = self.model.program.tables[e.name]
        return table.hit != "collect" and len(table.rows) <= MOST_ROWS

    def arguments(self, e: x.TableLookup, names: Names) -> Names:
        """What the columns of a table stand for."""
        table = self.model.program.tables[e.name]
        return {
            c.name: self.facts.bound(a, names)
            for c, a in zip(table.columns, e.arguments, strict=True)
        }

    def table_rows(self, e: x.TableLookup, inner: Names) -> list[tuple[Formula, x.Expression]]:
        """Where each row is the one that answers, with its value."""
        table = self.model.program.tables[e.name]
        tests = []
        for row in table.rows:
            parts = [self.truth(c, inner) for c in row.conditions]
            tests.append(Truth(every(*(p.true for p in parts)), some(*(p.false for p in parts))))
        settled = all(t.settled for t in tests)
        found = []
        for i, (row, test) in enumerate(zip(table.rows, tests, strict=True)):
            if settled and table.hit == "unique":  # the checker has proven that none else holds
                others = TRUE
            else:
                rest = tests[:i] if table.hit == "first" else [*tests[:i], *tests[i + 1 :]]
                others = every(*(t.false for t in rest))
            found.append((every(test.true, others), row.value))
        return [(guard, value) for guard, value in found if guard != FALSE]

    def row_numbers(self, rows: list[tuple[Formula, x.Expression]], names: Names) -> list[Piece]:
        """The numbers of rows."""
        found = [
            Piece(every(guard, p.guard), p.form)
            for guard, value in rows
            for p in self.numbers(value, names)
        ]
        return [p for p in found if p.guard != FALSE]

    def row_symbols(self, rows: list[tuple[Formula, x.Expression]], names: Names) -> list[Symbol]:
        """The symbols of rows."""
        found = [
            replace_guard(s, guard) for guard, value in rows for s in self.symbols(value, names)
        ]
        return [s for s in found if s.guard != FALSE]
