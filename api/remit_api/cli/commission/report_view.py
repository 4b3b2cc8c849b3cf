"""A report of pay on the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from remit_api.cli.commission import across
from remit_api.cli.commission.across import aligned
from remit_api.cli.output import Screen, pad, plural
from remit_api.pay.amounts import money, signed, with_code
from remit_api.pay.report import Report
from remit_api.pay.sheets import change_text
from remit_engine.commission.closed.closing import Difference
from remit_engine.commission.statement import Statement

COLUMNS = (
    "credit", "quota", "entitled", "held", "reversed", "guarantee", "advance", "recovered", "due",
)  # fmt: skip
ALWAYS = ("credit", "entitled", "due")
MOST_ROWS = 10
MOST_CHANGES = 6


def show(report: Report, view: Screen, limit: int) -> None:
    """Plan by plan who is paid what, the differences with their reasons, and what is at fault."""
    for name, note in report.plans.items():
        own = [s for s in report.statements if s.plan == name]
        paid = [d for d in report.differences if d.plan == name]
        if own or paid:
            closed = f"  closed ({note.closed[1][:12]})" if note.closed else ""
            title = f"{note.label}, {report.head.period}"
            view.line((title, "bold"), f"  {note.currency or 'no currency'}{closed}")
            _table(report, own, paid, note.currency, view, limit)
            view.line()
    across.show(report, view, limit)
    _differences(report, view)
    _uncounted(report, view)
    _end(report, view)


def _table(
    report: Report,
    own: Sequence[Statement],
    paid: Iterable[Difference],
    currency: str | None,
    view: Screen,
    limit: int,
) -> None:
    posted: dict[str, Fraction] = defaultdict(Fraction)
    for d in paid:
        posted[d.person] += d.amount
    told = [n for n in COLUMNS if n in ALWAYS or any(s.amounts.get(n) for s in own)]
    header = ["person", *told, *(("differences", "total") if posted else ())]
    rows = []
    by_person = {s.person: s for s in own}
    for person in sorted({*by_person, *posted}):
        statement = by_person.get(person)
        amounts = [money(statement.amounts.get(n) if statement else None, currency) for n in told]
        if posted:
            due = statement.due if statement else Fraction(0)
            more = posted.get(person, Fraction(0))
            total = None if due is None else due + more
            amounts += [signed(more, currency) if more else "", money(total, currency)]
        rows.append([report.called(person), *amounts])
    shown = rows[:limit]
    if len(rows) > limit:
        shown.append([f"and {len(rows) - limit:,} more", *[""] * (len(header) - 1)])
    if len(rows) > 1:
        shown.append(_totals(own, posted, told, currency))
    aligned(header, shown, view)


def _totals(
    own: Sequence[Statement], posted: dict[str, Fraction], told: list[str], currency: str | None
) -> list[str]:
    """The last row; people who share a pool show its credit each, so that is not added up."""
    shared = any(stage.name == "pool" for s in own for stage in s.stages)
    sums = {n: sum((s.amounts.get(n) or Fraction(0) for s in own), Fraction(0)) for n in told}
    row = ["total", *("" if shared and n == "credit" else money(sums[n], currency) for n in told)]
    if posted:
        more = sum(posted.values(), Fraction(0))
        row += [signed(more, currency), money(sums["due"] + more, currency)]
    return row


def _differences(report: Report, view: Screen) -> None:
    if not report.differences:
        return
    view.line(("Differences to closed periods", "bold"), f", paid with {report.head.period}")
    for d in report.differences[:MOST_ROWS]:
        tell_difference(d, report.currency(d.plan), view, whose=report.called(d.person))
    more(len(report.differences) - MOST_ROWS, "difference", view)
    view.line()


def tell_difference(
    d: Difference, currency: str | None, view: Screen, after: str = "", whose: str | None = None
) -> None:
    """A difference with its first reasons and both versions. whose: as people read him."""
    amount_text = f"{signed(d.amount, currency)} {currency or ''}".rstrip()
    short = d.plan.rsplit(".", 1)[-1]
    view.line(f"  {pad(whose or d.person, 12)}  {short} {d.period}  ", (amount_text, "bold"), after)
    for change in d.changes[:MOST_CHANGES]:
        view.line(f"    {change_text(change, currency)}")
    if len(d.changes) > MOST_CHANGES:
        view.line((f"    and {plural(len(d.changes) - MOST_CHANGES, 'value')} more", "dim"))
    old = f"run {d.old.run} of {d.old.day}, policy {d.old.policy[:12]}"
    new = f"{f'run {d.new.run}' if d.new.run else 'as'} of {d.new.day}, policy {d.new.policy[:12]}"
    view.line((f"    closed by {old}; now {new}", "dim"))


def _uncounted(report: Report, view: Screen) -> None:
    faults = [u for u in report.uncounted if u.fault]
    others = [u for u in report.uncounted if not u.fault]
    broken = [s for s in report.statements if s.fault]
    for title, rows in (
        ("At fault: these have to be mended before the period can be closed", faults),
        ("Not counted", others),
    ):
        if rows or (rows is faults and broken):
            view.line((title, "bold red" if rows is faults else "bold"))
            for s in broken if rows is faults else ():
                view.line(f"  {s.fault}")
            for u in rows[:MOST_ROWS]:
                view.line(f"  {u.place}  {u.event}: {u.reason}")
            more(len(rows) - MOST_ROWS, "row", view)
            view.line()
    if report.passed_over:
        many = plural(report.passed_over, "row")
        verb = "fulfils" if report.passed_over == 1 else "fulfil"
        view.line(f"{many} of {report.head.period} {verb} no plan's condition: not counted")


def more(count: int, what: str, view: Screen) -> None:
    """A line that says how many are not shown."""
    if count > 0:
        view.line((f"  and {plural(count, what)} more", "dim"))


def _end(report: Report, view: Screen) -> None:
    people = report.paid()
    totals = ", ".join(with_code(t, c) for c, t in report.totals().items()) or "nothing"
    run = f"run {report.head.number}" if report.head.number else "not kept"
    who = "1 person is" if people == 1 else f"{people:,} people are"
    owed = any(t < 0 for t in report.totals().values())
    told = f"{plural(people, 'person').replace('persons', 'people')}: " if owed else f"{who} paid "
    if not people:
        told, totals = "nobody is paid ", "anything"
    view.line(told, (totals, "bold"), f" for {report.head.period} ({run})")
