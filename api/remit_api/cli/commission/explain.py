"""`remit commission explain PERSON`: why somebody is paid what he is paid."""

from __future__ import annotations

from collections.abc import Sequence
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
    data_of,
    period_of,
    texts_of,
)
from remit_api.cli.commission.telling import tell
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Language, LanguageOption, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.failures import WrongUse
from remit_api.pay.amounts import with_code
from remit_api.pay.report import Report
from remit_dsl.suggest import nearest
from remit_engine.commission.statement import Statement

LineOption = Annotated[
    str | None,
    typer.Option("--line", metavar="EVENT", help="Only this line, by the id of its event."),
]


def explain(
    person: PersonArgument,
    policies: PolicyArguments = None,
    period: PeriodOption = None,
    data: DataOption = None,
    plan: PlanOption = None,
    line: LineOption = None,
    language: LanguageOption = Language.EN,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Tell how a person's pay came about: every stage with its rule, its place in the text, what it
    read and what it gave; then every line with its tiers, and what is held or reversed."""
    view = screen(as_json=as_json, verbose=verbose)
    asked, place = period_of(period), data_of(data)
    texts = texts_of(policies, language, view)
    whole = computed(Asked(texts, plan, asked, place), view)
    report = whole.only(person)
    _refuse_nobody(person, whole, report)
    _refuse_line(line, report)
    if as_json:
        view.data(report_view.document(report, None, ()))
    else:
        told = sorted(report.statements, key=lambda s: list(report.plans).index(s.plan))
        if len(told) > 1 and line is None:
            _together(person, told, report, view)
        for number, statement in enumerate(told):
            if number:
                view.line()
            tell(statement, report, view, line)
        _uncounted(report, line, view)
    return ExitCode.FAILED if any(s.fault for s in report.statements) else ExitCode.OK


def _together(person: str, statements: Sequence[Statement], report: Report, view: Screen) -> None:
    """What all plans pay him, before each is told."""
    totals = ", ".join(with_code(t, c) for c, t in report.totals().items())
    view.line((f"{person}, {report.head.period}: due {totals} in all", "bold"))
    for s in statements:
        note = report.plans[s.plan]
        due = "cannot be computed" if s.fault else with_code(s.due, note.currency)
        view.line(f"  {note.label}: {due}")
    view.line()


def _refuse_nobody(person: str, whole: Report, report: Report) -> None:
    if report.statements:
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
