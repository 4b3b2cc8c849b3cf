"""The lines of a plan on events, as a query: each event once for each person credited.

A line has n and part (the event and which of its shares), slot, payee, period, pw, day, ord (its
place among the payee's lines), x (its credit, over `credit_unit`), and what its fate hangs on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.pay import Plan
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.line_forms import LineForms
from remit_engine.commission.batch.narrow import Within
from remit_engine.commission.batch.owners import owners
from remit_engine.commission.batch.profiles import Calendar
from remit_engine.commission.batch.reading import OnLines
from remit_engine.commission.batch.row_faults import RowFaults
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.staged import PERSON, WORD, Column, Path, Staged
from remit_engine.commission.batch.tables import Loaded
from remit_engine.commission.batch.translate import Translator
from remit_engine.commission.batch.whole import ZERO, Ratio, Whole, literal, rounded
from remit_engine.compile.unsupported import Unsupported
from remit_engine.warehouse.warehouse import BIGINT, TEXT


@dataclass(slots=True)
class EventLines:
    """Writes the query. `credit_unit`: what x is over."""

    warehouse: Scratch
    terms: Terms
    forms: LineForms
    event: Staged
    events: dict[str, Staged]
    calendar: Calendar
    loaded: Loaded
    prefix: str
    people: dict[str, int]
    credit_unit: int = 1
    credit: Whole = ZERO
    _share: int = 1
    _parts: int = 1

    def __post_init__(self) -> None:
        self._joins, self._payee = self._credited()
        self.over(self.loaded)

    _joins: str = ""
    _payee: str = ""
    _odd: str | None = None
    """the table of events at fault, where there may be any"""
    _translator: Translator = None  # type: ignore[assignment]

    def over(self, loaded: Loaded) -> None:
        """Read what is known of people from other tables."""
        self.loaded = loaded
        index = {id(e): i for i, e in enumerate(self.forms.known)}
        source = OnLines(self.event.columns, self.by, index, loaded.line_values)
        self._translator = Translator(self.terms.model.program, source)
        credit = self._credit()
        self.credit, self.credit_unit = credit.over, credit.under.known or 1

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.terms.plan

    @property
    def by(self) -> Column:
        """The date by which events count."""
        return self.event.columns[(self.plan.by or "",)]

    def column(self, path: Path, node: x.Expression) -> Column:
        """A column of the event."""
        found = self.event.columns.get(path)
        if found is None:
            raise Unsupported(node, TARGET)
        return found

    # --- the query -------------------------------------------------------------------------

    def query(self, extra: Iterable[tuple[str, str]] = (), joined: str = "") -> str:
        """The lines. extra: more columns, name and SQL over `e` and what is joined for them."""
        joins, payee, credit = self._joins, self._payee, self._credit()
        where = [self._active, *self._counted(credit)]
        self._odd = self._bad(joins, payee, credit)
        if self._odd:
            joins += f" LEFT JOIN {self._odd} b ON b.n = e.n"
            where.append("b.n IS NULL")
        span = ("slot", "payee", "period", "pw")
        shown = self._shown([f"s.{name} AS {name}" for name in span], credit, extra)
        return (
            f"SELECT {shown} FROM {self.event.table} e{joins}{joined} "
            f"JOIN {self.loaded.spans} s ON {self._spanned(payee)} WHERE {' AND '.join(where)}"
        )

    def by_key(self, extra: Iterable[tuple[str, str]] = (), joined: str = "") -> str | None:
        """The lines with `keyed` in place of what is known of their span, where the key alone tells
        that; else None. Those that are in no span are among them."""
        if not self.loaded.whole or self.loaded.line_values or self._may_be_bad:
            return None
        where = [self._active, *self._counted(self._credit())]
        shown = self._shown([f"{self._key(self._payee)} AS keyed"], self._credit(), extra)
        return (
            f"SELECT {shown} FROM {self.event.table} e{self._joins}{joined} "
            f"WHERE {' AND '.join(where)}"
        )

    def _shown(self, span: Iterable[str], credit: Ratio, extra: Iterable[tuple[str, str]]) -> str:
        part = "p.part" if self._splits else "CAST(0 AS BIGINT)"
        columns = (
            "e.n AS n", f"{part} AS part", *span, f"e.{self.by.name} AS day",
            f"{self._order(part).sql} AS ord", f"{credit.over.sql} AS x",
            *(f"{sql} AS {name}" for name, sql in extra),
        )  # fmt: skip
        return ", ".join(columns)

    def _counted(self, credit: Ratio) -> Iterator[str]:
        """The conditions on an event alone under which it is in a line."""
        yield f"{credit.over.sql} IS NOT NULL"
        if self.forms.condition is not None:
            yield self._translator.condition(self.forms.condition)

    def left(self, lines: str, grouped: str | None = None) -> str:
        """The events (n) that may count and are in no line, or not with all their shares, once
        `query` was asked for. lines: the view of the lines. grouped: what else those of lines
        fulfil.

        Of an event that is not split it is known by itself whether it is in a line: to look it up
        among the lines takes a table of them all."""
        if self._splits:
            return self._left_of_shared(lines)
        joins = f"{self._joins} LEFT JOIN {self.loaded.spans} s ON {self._spanned(self._payee)}"
        inside = ["s.slot IS NOT NULL", *self._counted(self._credit())]
        if self._odd:
            joins += f" LEFT JOIN {self._odd} b ON b.n = e.n"
            inside.append("b.n IS NULL")
        if grouped is not None:
            inside.append(grouped)
        return (
            f"SELECT e.n AS n FROM {self.event.table} e{joins} WHERE {self._active} AND "
            f"{self._possible} AND NOT COALESCE(({' AND '.join(inside)}), FALSE)"
        )

    def _left_of_shared(self, lines: str) -> str:
        shared = self.terms.data.splits.get(self.plan.event or "", {})
        numbers, table = self._numbers(shared), f"{self.prefix}_shared"
        rows = ((numbers[id], len(of)) for id, of in shared.items() if id in numbers)
        self.warehouse.load(table, (("n", BIGINT), ("shares", BIGINT)), rows)
        known = self.forms.personal or self.loaded.line_values  # of a span, which is of one payee
        possible = "TRUE" if known else self._possible
        return (
            f"SELECT e.n AS n FROM {self.event.table} e LEFT JOIN {table} w ON w.n = e.n "
            f"LEFT JOIN (SELECT n, COUNT(*) AS parts FROM {lines} l GROUP BY n) c ON c.n = e.n "
            f"WHERE {self._active} AND {possible} AND COALESCE(c.parts, CAST(0 AS BIGINT)) "
            "< COALESCE(w.shares, CAST(1 AS BIGINT))"
        )

    @property
    def _possible(self) -> str:
        """The condition is true, or not known."""
        if self.forms.condition is None:
            return "TRUE"
        return f"COALESCE({self._translator.condition(self.forms.condition)}, TRUE)"

    @property
    def _splits(self) -> bool:
        return self.plan.credit is not None and self.plan.credit.to == "splits"

    @property
    def _active(self) -> str:
        by = f"e.{self.by.name}"
        first, last = self.calendar.edges[0], self.calendar.edges[-1]
        if self.terms.start is not None:
            first = max(first, self.terms.start)
        if self.terms.until is not None:
            last = min(last, self.terms.until)
        return f"{by} >= {first.toordinal()} AND {by} < {last.toordinal()}"

    @property
    def within(self) -> Within:
        """What the columns of lines lie within."""
        order = self._order("0")
        return {
            "n": (0, self.event.rows),
            "part": (0, self._parts - 1),
            "day": (self.by.low, self.by.high),
            "ord": (order.low, order.high),
            "keyed": (-self.loaded.pieces, (len(self.people) + 1) * self.loaded.pieces),
            **self.loaded.within,
        }

    def _order(self, part: str) -> Whole:
        """Lines in the order of day, event and share, as one number."""
        rows, parts = max(1, self.event.rows), self._parts
        days = Whole(f"e.{self.by.name}", self.by.low, self.by.high)
        place = (days - literal(self.by.low)) * literal(rows * parts)
        within = Whole("e.n", 0, rows) * literal(parts) + Whole(part, 0, parts)
        whole = place + within
        if whole.wide:
            raise Unsupported(self._credit_node, TARGET)
        return whole

    @property
    def of_order(self) -> dict[str, str]:
        """What `ord` says of a line `l`, so that nothing of it is carried beside."""
        rows, parts = max(1, self.event.rows), self._parts
        event = f"l.ord % CAST({rows * parts} AS BIGINT)"
        day = f"remit_idiv(l.ord, CAST({rows * parts} AS BIGINT))"
        found = {"n": event, "part": "CAST(0 AS BIGINT)", "day": f"{day} + {self.by.low}"}
        if parts > 1:
            found["n"] = f"remit_idiv({event}, CAST({parts} AS BIGINT))"
            found["part"] = f"l.ord % CAST({parts} AS BIGINT)"
        return found

    @property
    def _credit_node(self) -> x.Expression:
        return self.forms.credit

    def _key(self, payee: str) -> str:
        if self.loaded.pieces == 1:
            return payee
        piece = self.calendar.piece_sql(f"e.{self.by.name}")
        return f"{payee} * CAST({self.loaded.pieces} AS BIGINT) + {piece}"

    def _spanned(self, payee: str) -> str:
        by, key = f"e.{self.by.name}", self._key(payee)
        if self.loaded.whole:
            return f"s.keyed = {key}"
        return f"s.keyed = {key} AND s.since <= {by} AND {by} < s.before"

    # --- whom ------------------------------------------------------------------------------

    def _credited(self) -> tuple[str, str]:
        """Joins, and the payee's number."""
        credit = self.plan.credit
        if credit is None:
            raise TypeError("a plan on events credits something")
        match credit.to:
            case "pool":
                return "", "CAST(-1 AS BIGINT)"
            case "field":
                column = self.column(credit.field or (), self._credit_node)
                if column.form != PERSON:
                    raise Unsupported(self._credit_node, TARGET)
                return "", f"e.{column.name}"
            case "owner":
                return self._owned(credit.field or (), credit.on or "")
        return self._split()

    def _owned(self, path: Path, on: str) -> tuple[str, str]:
        key, day = self.column(path, self._credit_node), self.column((on,), self._credit_node)
        if key.form != WORD:
            raise Unsupported(self._credit_node, TARGET)
        table = f"{self.prefix}_owners"
        columns = (("keyed", TEXT), ("since", BIGINT), ("before", BIGINT), ("person", BIGINT))
        self.warehouse.load(table, columns, owners(self.terms.data, self.people))
        return (
            f" LEFT JOIN {table} o ON o.keyed = e.{key.name} AND o.since <= e.{day.name} "
            f"AND e.{day.name} < o.before",
            "o.person",
        )

    def _split(self) -> tuple[str, str]:
        rows = list(self._shares())
        self._share = math.lcm(1, *{f.denominator for *_, a, b in rows for f in (a, b)})
        self._parts = max((part for _, part, *_ in rows), default=0) + 1
        if self._share > 10**9:
            raise Unsupported(self._credit_node, TARGET)
        table = f"{self.prefix}_splits"
        names = ("n", "part", "person", "low", "high")
        unit = self._share
        loaded = ((n, i, p, int(a * unit), int(b * unit)) for n, i, p, a, b in rows)
        self.warehouse.load(table, [(name, BIGINT) for name in names], loaded)
        return f" JOIN {table} p ON p.n = e.n", "p.person"

    def _shares(self) -> Iterator[tuple[int, int, int, Fraction, Fraction]]:
        """Of each event, its shares: from one ratio of it to another. Not of those at fault."""
        shared = self.terms.data.splits.get(self.plan.event or "", {})
        wanted = self._numbers(shared)
        overlap = self.plan.credit is not None and self.plan.credit.overlap
        for event, shares in shared.items():
            total = sum((s.share for s in shares), Fraction(0))
            if event not in wanted or (total != 1 and not overlap):
                continue
            if any(s.person not in self.people for s in shares):
                continue
            reached = Fraction(0)
            for i, share in enumerate(shares):
                yield wanted[event], i, self.people[share.person], reached, reached + share.share
                reached += share.share

    def _numbers(self, ids: Iterable[str]) -> dict[str, int]:
        """Event id -> its number."""
        wanted = set(ids)
        rows = self.warehouse.rows(f"SELECT id, n FROM {self.event.table}")
        return {event: n for event, n in rows if event in wanted}

    # --- how much --------------------------------------------------------------------------

    def _credit(self) -> Ratio:
        whole = self._translator.number(self.forms.credit)
        if whole.under.known is None:
            raise Unsupported(self._credit_node, TARGET)
        if not self._splits:
            return whole
        unit = self._share
        low, high = Whole("p.low", -unit * 9, unit * 9), Whole("p.high", -unit * 9, unit * 9)
        if not isinstance(self.forms.credit, x.Round):
            return whole * Ratio(high - low, literal(unit))
        cents = int(1 / self.terms.cent)
        under = whole.under * literal(unit)
        parts = [rounded(whole.over * w * literal(cents), under, "half up") for w in (high, low)]
        return Ratio(parts[0] - parts[1], literal(cents))

    # --- rows at fault ---------------------------------------------------------------------

    def _bad(self, joins: str, payee: str, credit: Ratio) -> str | None:
        """A table of the events at fault, None where there can be none."""
        tests = list(self._faults(payee, credit))
        if not tests:
            return None
        table = f"{self.prefix}_bad"
        spans = f" LEFT JOIN {self.loaded.spans} s ON {self._spanned(payee)}"
        self.warehouse.create(
            table,
            f"SELECT DISTINCT e.n AS n FROM {self.event.table} e{joins}{spans} "
            f"WHERE {self._active} AND ({' OR '.join(tests)})",
        )
        return table

    @property
    def _may_be_bad(self) -> bool:
        return next(self._faults(self._payee, self._credit()), None) is not None

    def _faults(self, payee: str, credit: Ratio) -> Iterator[str]:
        faults = RowFaults(
            self.terms, self.forms, self.event, self.events, self.loaded, self._translator
        )
        return faults.tests(payee, credit)

    # --- what stands beside ----------------------------------------------------------------

    def number(self, e: x.Expression) -> Ratio:
        """A line expression."""
        return self._translator.number(e)
