"""What all plans of a report pay each person, side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from rich.cells import cell_len

from remit_api.cli.output import Screen
from remit_api.pay.amounts import money
from remit_api.pay.report import Report

NOTHING = Fraction(0)
Paid = dict[str, dict[str, Fraction | None]]
"""person -> plan -> what it pays him with its differences; None where that is at fault"""


def show(report: Report, view: Screen, limit: int) -> None:
    """A row for each person and a column for each plan, one table for each currency in which there
    are several plans."""
    for currency in dict.fromkeys(note.currency for note in report.plans.values()):
        paid = _paid(report, currency)
        plans = [p for p in report.plans if any(p in own for own in paid.values())]
        if len(plans) < 2:
            continue
        view.line((f"All plans, {report.head.period}", "bold"), f"  {currency or 'no currency'}")
        header = ["person", *(report.plans[p].short for p in plans), "total"]
        rows = [_row(report.called(who), own, plans, currency) for who, own in paid.items()]
        shown = rows[:limit]
        if len(rows) > limit:
            shown.append([f"and {len(rows) - limit:,} more", *[""] * (len(header) - 1)])
        if len(rows) > 1:
            sums = {
                p: sum((own.get(p) or NOTHING for own in paid.values()), NOTHING) for p in plans
            }
            shown.append(_row("total", sums, plans, currency))
        aligned(header, shown, view)
        view.line()


def _paid(report: Report, currency: str | None) -> Paid:
    found: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
    for s in report.statements:
        if report.currency(s.plan) == currency:
            found[s.person][s.plan] = s.due
    for d in report.differences:
        if report.currency(d.plan) == currency:
            before = found[d.person].get(d.plan, NOTHING)
            found[d.person][d.plan] = None if before is None else before + d.amount
    return {person: found[person] for person in sorted(found)}


def _row(
    called: str,
    own: dict[str, Fraction | None] | dict[str, Fraction],
    plans: Sequence[str],
    currency: str | None,
) -> list[str]:
    """A person with what each plan pays him; where something is at fault there is no total."""
    cells = [money(own[p], currency) if p in own else "" for p in plans]
    known = [value for value in own.values() if value is not None]
    total = sum(known, NOTHING) if len(known) == len(own) else None
    return [called, *cells, money(total, currency)]


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], view: Screen) -> None:
    """A table with amounts to the right of the first column."""
    widths = [max(cell_len(r[i]) for r in (header, *rows)) for i in range(len(header))]
    right = [
        [
            cell if i == 0 else " " * (width - cell_len(cell)) + cell
            for i, (cell, width) in enumerate(zip(r, widths, strict=True))
        ]
        for r in (header, *rows)
    ]
    view.table(right[0], right[1:], indent=2)
