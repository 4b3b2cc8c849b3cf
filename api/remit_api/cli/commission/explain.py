"""`remit commission explain PERSON`: why somebody is paid what he is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated

import typer

from remit_api.cli.commission import report_view
from remit_api.cli.commission.computing import Asked, computed
from remit_api.cli.commission.options import (
    DataOption,
    PeriodOption,
    PersonArgument,
    PlanOption,
    PolicyArguments,
    StoreOption,
    data_of,
    period_of,
    texts_of,
)
from remit_api.cli.commission.telling import owed, tell, tell_head
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Language, LanguageOption, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.failures import WrongUse
from remit_api.pay import keeping
from remit_api.pay.amounts import with_code
from remit_api.pay.report import Report
from remit_api.pay.report_document import document
from remit_api.pay.running import ALL, Texts, chosen
from remit_api.pay.sheets import change_text
from remit_dsl.suggest import nearest
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.changes import changes
from remit_engine.commission.closed.document import Document, amount, change_document
from remit_engine.commission.statement import Statement

ZERO = Fraction(0)
LineOption = Annotated[
    str | None,
    typer.Option("--line", metavar="EVENT", help="Only this line, by the id of its event."),
]


def explain(
    person: PersonArgument,
    policies: PolicyArguments = None,
    period: PeriodOption = None,
    data: DataOption = None,
    store: StoreOption = None,
    plan: PlanOption = None,
    line: LineOption = None,
    language: LanguageOption = Language.EN,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Tell how a person's pay came about: every stage with its rule, its place in the text, what it
    read and what it gave; then every line with its tiers, and what is held or reversed.

    With --store, what is closed is told as it was closed; where --data give something else by now,
    that is said. --verbose tells the sums too that add nothing.
    """
    view = screen(as_json=as_json, verbose=verbose)
    asked = period_of(period)
    texts = texts_of(policies, language, view)
    plans = chosen(plan or ALL, texts, asked)
    closed = _closed(store, plans, asked, texts)
    whole = today = closed
    if data is not None or set(closed.plans if closed else ()) != set(plans):
        today = computed(Asked(texts, plan, asked, data_of(data), store), view)
        whole = today if closed is None else _with_closed(today, closed)
    if whole is None or today is None:
        raise TypeError("neither closed nor computed")
    report = whole.only(person)
    _refuse_nobody(person, whole, report)
    _refuse_line(line, report)
    later = _changed(closed, today, person) if closed is not None and data is not None else ()
    if as_json:
        changed = [difference_of_today(was, now) for was, now in later]
        view.data({**document(report, None, ()), "today": changed})
    else:
        shown = [p for p in report.plans if _paid_by(p, report)]
        if len(shown) > 1 and line is None:
            _together(person, shown, report, view)
        statements = {s.plan: s for s in report.statements}
        for number, name in enumerate(shown):
            if number:
                view.line()
            if name in statements:
                tell(statements[name], report, view, line, verbose)
                _tell_closed(statements[name], report, later, view)
            else:
                tell_head(person, name, None, report, view)
            _tell_differences(name, report, view)
        _uncounted(report, line, view)
    return ExitCode.FAILED if any(s.fault for s in report.statements) else ExitCode.OK


Later = tuple[Statement | None, Statement | None]
"""What was closed, and what the data of today give."""


def _closed(store: str | None, plans: Sequence[str], period: Period, texts: Texts) -> Report | None:
    """What the store has closed of some plans in a period, None where that is nothing."""
    if store is None:
        return None
    with keeping.opened(store, reads=True) as kept, kept.reading() as connection:
        found = keeping.closed_report(connection, plans, period)
    if found is None:
        return None
    notes = {n: replace(note, label=texts.note(n).label) for n, note in found.plans.items()}
    return replace(found, plans=notes)


def _with_closed(today: Report, closed: Report) -> Report:
    """The report of today, with what is closed as it was closed."""
    plans = {**today.plans, **closed.plans}
    return replace(
        today,
        plans=plans,
        statements=(
            *closed.statements,
            *(s for s in today.statements if s.plan not in closed.plans),
        ),
        differences=(
            *closed.differences,
            *(d for d in today.differences if d.plan not in closed.plans),
        ),
        uncounted=tuple(u for u in today.uncounted if u.plan not in closed.plans),
        climbs={
            **{k: v for k, v in today.climbs.items() if k[0] not in closed.plans},
            **closed.climbs,
        },
        names={**closed.names, **today.names},
    )


def _changed(closed: Report, today: Report, person: str) -> tuple[Later, ...]:
    """His statements that the data of today would give otherwise."""
    was = {s.plan: s for s in closed.statements if s.person == person}
    now = {s.plan: s for s in today.statements if s.person == person}
    pairs = ((was.get(p), now.get(p)) for p in closed.plans)
    return tuple((a, b) for a, b in pairs if changes(a, b))


def difference_of_today(was: Statement | None, now: Statement | None) -> Document:
    """A statement that is another by now, as JSON."""
    there = was or now
    return {
        "plan": there.plan if there else None,
        "closed": amount(was.due if was else ZERO),
        "today": amount(now.due if now else ZERO),
        "changes": [change_document(c) for c in changes(was, now)],
    }


def _tell_closed(
    statement: Statement, report: Report, later: Sequence[Later], view: Screen
) -> None:
    """By which closing a statement is told, and what the data of today make of it."""
    note = report.plans[statement.plan]
    if note.closed is None:
        return
    view.line()
    view.line(("  As it was closed", "bold"), f" (number {note.closed[0]}, {note.closed[1][:12]})")
    for was, now in later:
        if was is None or was.plan != statement.plan:
            continue
        due = now.due if now is not None else ZERO
        shown = "a fault" if due is None else with_code(due, note.currency)
        view.line(("  Today's data differ", "bold yellow"), f": they give {shown}")
        told = changes(was, now)
        for change in told[: report_view.MOST_CHANGES]:
            view.line(f"    {change_text(change, note.currency)}")
        report_view.more(len(told) - report_view.MOST_CHANGES, "value", view)


def _paid_by(plan: str, report: Report) -> bool:
    """Whether a plan pays, or takes, anything in the report of one person."""
    return plan in {s.plan for s in report.statements} | {d.plan for d in report.differences}


def _tell_differences(plan: str, report: Report, view: Screen) -> None:
    """What is paid by a plan for periods that were closed, with why."""
    paid = [d for d in report.differences if d.plan == plan]
    if paid:
        view.line()
        view.line(("  Differences to closed periods", "bold"))
    for d in paid:
        report_view.tell_difference(d, report.currency(plan), view, whose=report.called(d.person))


def _together(person: str, plans: Sequence[str], report: Report, view: Screen) -> None:
    """What all plans pay him, before each is told."""
    totals = ", ".join(owed(t, c) for c, t in report.totals().items())
    view.line((f"{report.called(person)}, {report.head.period}: {totals} in all", "bold"))
    statements = {s.plan: s for s in report.statements}
    for name in plans:
        note, own = report.plans[name], statements.get(name)
        due = own.due if own is not None else ZERO
        more = sum((d.amount for d in report.differences if d.plan == name), ZERO)
        told = "cannot be computed" if due is None else with_code(due + more, note.currency)
        view.line(f"  {note.label}: {told}")
    view.line()


def _refuse_nobody(person: str, whole: Report, report: Report) -> None:
    if report.statements or report.differences:
        return
    near = nearest(person, whole.persons())
    help = f"did you mean `{near}`?" if near else None
    raise WrongUse(f"`{person}` has no statement for {whole.head.period}", help)


def _refuse_line(line: str | None, report: Report) -> None:
    if line is None:
        return
    known = {x.event for s in report.statements for x in s.lines}
    known |= {m.event for s in report.statements for m in s.movements}
    missed = {u.event: u for u in report.uncounted}
    if line in known:
        return
    if line in missed:
        row = missed[line]
        raise WrongUse(f"`{line}` is not counted: {row.reason}", f"it stands in {row.place}")
    near = nearest(line, known)
    help = f"did you mean `{near}`?" if near else "the lines are shown without `--line`"
    raise WrongUse(f"no line `{line}` is in the statements of {report.head.period}", help)


def _uncounted(report: Report, line: str | None, view: Screen) -> None:
    """Rows at fault may be his: who is credited is not known."""
    faults = [u for u in report.uncounted if u.fault] if line is None else []
    if faults:
        view.line()
        view.line(
            (f"{len(faults)} rows of the data are at fault, and may be missing here:", "bold red")
        )
        for row in faults[: report_view.MOST_ROWS]:
            view.line(f"  {row.place}  {row.event}: {row.reason}")
