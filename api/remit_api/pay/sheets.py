"""The tables of a report: the same columns in CSV, in a workbook and in Parquet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial

from remit_api.pay.amounts import changed, money, percent
from remit_api.pay.report import Report
from remit_engine.commission.closed.changes import Change
from remit_engine.commission.closed.closing import Difference
from remit_engine.commission.statement import AMOUNTS, Line, Statement, TierPart

Cell = str | int | bool | date | Fraction | None


@dataclass(frozen=True, slots=True)
class Column:
    """kind: `text`, `money` (in the row's currency), `fine` (money that may be finer than a cent),
    `exact` (a number of any kind), `whole`, `date`, `flag`."""

    name: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. rows: the currency that its amounts are in, and the cells."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[tuple[str | None, Sequence[Cell]]]]


Rows = Iterator[tuple[str | None, Sequence[Cell]]]
_FINE = ("credit", "quota")
KINDS = {
    **{name: "fine" if name in _FINE else "money" for name in AMOUNTS},
    **dict.fromkeys(("differences", "total", "share", "amount"), "money"),
    "value": "exact",
    "earned": "fine",
    **dict.fromkeys(("number", "old_run", "new_run"), "whole"),
    **dict.fromkeys(("day", "old_day", "new_day"), "date"),
    "uncounted_fault": "flag",
}
"""The kinds of columns that are no text."""
WHOSE = "plan person name period"


def sheets(report: Report) -> tuple[Sheet, ...]:
    """All tables of a report; those that would be empty too."""
    made: tuple[tuple[str, str, Callable[[Report], Rows]], ...] = (
        (
            "statements",
            f"{WHOSE} currency {' '.join(AMOUNTS)} differences total fault",
            _statements,
        ),
        ("stages", f"{WHOSE} number stage value kind inputs rule place note", _stages),
        ("lines", f"{WHOSE} event kind day credit earned tiers share place", _lines),
        ("movements", f"{WHOSE} event kind counted amount day", _movements),
        (
            "differences",
            f"{WHOSE} posted amount old_run old_policy old_day new_run new_policy new_day changes",
            _differences,
        ),
        ("uncounted", "plan event place reason fault", _uncounted),
    )
    return tuple(
        Sheet(name, tuple(_column(name, c) for c in columns.split()), partial(rows, report))
        for name, columns, rows in made
    )


def _column(sheet: str, name: str) -> Column:
    return Column(name, KINDS.get(f"{sheet}_{name}", KINDS.get(name, "text")))


def _uncounted(report: Report) -> Rows:
    for u in report.uncounted:
        yield None, (u.plan, u.event, u.place, u.reason, u.fault)


def _statements(report: Report) -> Rows:
    """A row for each statement, and one for who has only differences."""
    posted: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for d in report.differences:
        posted[d.plan, d.person] += d.amount
    for s in report.statements:
        more = posted.pop((s.plan, s.person), Fraction(0))
        total = None if s.due is None else s.due + more
        currency = report.currency(s.plan)
        amounts = [s.amounts.get(name) for name in AMOUNTS]
        whose = (*_whose(s, report), currency)
        yield currency, (*whose, *amounts, more, total, s.fault)
    for (plan, person), more in posted.items():
        currency = report.currency(plan)
        nothing = [None] * len(AMOUNTS)
        name = report.names.get(person)
        whose = (plan, person, name, str(report.head.period), currency)
        yield currency, (*whose, *nothing, more, more, None)


def _whose(told: Statement | Difference, report: Report) -> tuple[str, str, str | None, str]:
    """Plan, person, his name, period."""
    return told.plan, told.person, report.names.get(told.person), str(told.period)


def _stages(report: Report) -> Rows:
    for s in report.statements:
        for number, stage in enumerate(s.stages, 1):
            inputs = "; ".join(f"{name} = {value}" for name, value in stage.inputs)
            place = str(stage.span) if stage.span else None
            told = (number, stage.name, stage.value, stage.kind, inputs, stage.rule, place)
            yield report.currency(s.plan), (*_whose(s, report), *told, stage.note)


def _lines(report: Report) -> Rows:
    for s in report.statements:
        currency = report.currency(s.plan)
        for line in s.lines:
            tiers = tiers_text(line, currency)
            told = (line.event, line.kind, line.day, line.credit, line.earned, tiers, line.share)
            yield currency, (*_whose(s, report), *told, line.place)


def tiers_text(line: Line, currency: str | None) -> str:
    """`tier 2: 8,000.00 at 1.5%; tier 3: 500.00 at 2.2%`; tiers count from 1."""
    return "; ".join(part_text(part, currency) for part in line.parts)


def part_text(part: TierPart, currency: str | None) -> str:
    """`tier 2: 8,000.00 at 1.5%`."""
    return f"tier {part.tier + 1}: {money(part.amount, currency)} at {percent(part.rate)}"


def _movements(report: Report) -> Rows:
    for s in report.statements:
        for m in s.movements:
            told = (m.event, m.kind, str(m.counted), m.amount, m.day)
            yield report.currency(s.plan), (*_whose(s, report), *told)


def _differences(report: Report) -> Rows:
    for d in report.differences:
        currency = report.currency(d.plan)
        versions = (
            d.old.run, d.old.policy, d.old.day, d.new.run, d.new.policy, d.new.day,
        )  # fmt: skip
        whose = (*_whose(d, report), str(d.posted), d.amount)
        yield currency, (*whose, *versions, reasons_text(d.changes, currency))


def reasons_text(changes: Iterable[Change], currency: str | None) -> str:
    """All changes on one line."""
    return "; ".join(change_text(change, currency) for change in changes)


def change_text(change: Change, currency: str | None) -> str:
    """`line S-7: credit was 1,000.00, is 900.00`."""
    old, new = (changed(side, change.kind, currency) for side in (change.old, change.new))
    if change.about == "statement":
        return f"{change.name} had {old}, has {new}"
    what = "" if change.what == "value" else f" {change.what}"
    if change.about == "line" and change.what == "credit" and None in (change.old, change.new):
        if change.old is None:
            return f"line {change.name} is new: {new}"
        return f"line {change.name} is gone: {old}"
    return f"{change.about} {change.name}:{what} was {old}, is {new}"
