"""`remit commission statements PLAN`: what was kept, shown and written again."""

from __future__ import annotations

from dataclasses import replace

from remit_api.cli.commission import report_view
from remit_api.cli.commission.options import (
    Formats,
    Limit,
    OnePlan,
    Out,
    PeriodOption,
    PersonOption,
    RunOption,
    StoreOption,
    formats_of,
    period_of,
    store_of,
    texts_of,
)
from remit_api.cli.commission.telling import tell, tell_head
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Policies
from remit_api.cli.output import screen
from remit_api.failures import Refused
from remit_api.pay import keeping
from remit_api.pay.folder import write_folder
from remit_api.pay.report import Report
from remit_api.pay.report_document import document, summary
from remit_api.pay.running import Texts


def statements(
    plan: OnePlan,
    period: PeriodOption = None,
    store: StoreOption = None,
    person: PersonOption = None,
    run: RunOption = None,
    out: Out = None,
    format: Formats = None,
    limit: Limit = 50,
    policy: Policies = None,
    as_json: Json = False,
) -> ExitCode:
    """Show the statements of a period: as they were closed, else those of the latest run.

    With --person they are told stage by stage. Plans are headed by their labels where --policy
    says where these stand.
    """
    view = screen(as_json=as_json)
    asked = period_of(period)
    shown, files = formats_of(format, out)
    with keeping.opened(store_of(store), reads=True) as kept, kept.reading() as connection:
        name = keeping.plan_named(connection, plan)
        number = run if run is not None else keeping.shown_run(connection, name, asked)
        report = keeping.report_of(connection, number, asked, name, person)
    _refuse_nothing(report, plan, person)
    if policy:
        report = _labelled(report, texts_of(policy, "en", view))
    names = write_folder(report, out, files, summary(report)) if out is not None else []
    if as_json:
        view.data(document(report, out, names))
    elif shown and person is not None:
        for statement in report.statements:
            tell(statement, report, view, None)
        if not report.statements:
            tell_head(person, name, None, report, view)
        for d in report.differences:
            whose = report.called(d.person)
            report_view.tell_difference(d, report.currency(d.plan), view, whose=whose)
    elif shown:
        report_view.show(report, view, limit)
    if names and not as_json:
        view.line(f"{', '.join(names)} in {out}")
    return ExitCode.OK


def _labelled(report: Report, texts: Texts) -> Report:
    """The report with its plans as the policies call them; the store knows their names alone."""
    known = texts.model.program.plans
    labels = {n: texts.note(n).label for n in report.plans if n in known}
    plans = {n: replace(note, label=labels.get(n, note.label)) for n, note in report.plans.items()}
    return replace(report, plans=plans)


def _refuse_nothing(report: Report, plan: str, person: str | None) -> None:
    if not report.statements and not report.differences:
        whose = f" for `{person}`" if person is not None else ""
        message = f"run {report.head.number} has no statement of `{plan}`{whose}"
        raise Refused(f"{message} in {report.head.period}")
