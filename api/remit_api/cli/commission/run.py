"""`remit commission run PLAN|all`: what everybody is paid for a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy.engine import Connection

from remit_api.cli.commission import report_view
from remit_api.cli.commission.options import (
    DataOption,
    EngineOption,
    Formats,
    Limit,
    OnOption,
    Out,
    PeriodOption,
    PlanArgument,
    PolicyArguments,
    StoreOption,
    WarehouseOption,
    data_of,
    day_of,
    formats_of,
    period_of,
    texts_of,
)
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Language, LanguageOption, Verbose
from remit_api.cli.output import Screen, plural, screen
from remit_api.cli.progress import phases
from remit_api.past.source import shown_source
from remit_api.pay import keeping
from remit_api.pay.batches import AUTO, wished
from remit_api.pay.folder import prepared
from remit_api.pay.making import Work, make
from remit_api.pay.report import Report
from remit_api.pay.report_document import document, summary
from remit_api.pay.running import ALL, Means, Texts, chosen, other_kinds
from remit_engine.commission.closed.closing import Difference


def run(
    plan: PlanArgument,
    policies: PolicyArguments = None,
    period: PeriodOption = None,
    data: DataOption = None,
    store: StoreOption = None,
    out: Out = None,
    format: Formats = None,
    limit: Limit = 50,
    on: OnOption = None,
    engine: EngineOption = AUTO,
    warehouse: WarehouseOption = None,
    language: LanguageOption = Language.EN,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Compute what a plan pays everybody for a period, from the first period of the data on.

    With --store the run is kept, and held against what is closed: what is paid differently now for
    a closed period becomes a difference line of the open one, with its reason. With --out
    statements are written as files: all of them, or none.
    """
    view = screen(as_json=as_json, verbose=verbose)
    shown, files = formats_of(format, out)
    asked, place, day = period_of(period), data_of(data), day_of(on)
    texts = texts_of(policies, language, view)
    plans, names, warnings = chosen(plan, texts, asked), list[str](), list[str]()
    means = Means(*wished(engine, warehouse), notice=view.remark)
    with ExitStack() as stack:
        folder = stack.enter_context(prepared(out)) if out is not None else None
        kept = stack.enter_context(keeping.opened(store, new=True)) if store is not None else None
        lines = folder.place if folder is not None and "parquet" in files else None
        by = replace(means, folder=lines)
        work = Work(texts, plans, asked, place, shown_source(place), day, plan == ALL, by)

        def write(report: Report, _: Connection | None) -> None:
            if folder is not None:
                names.extend(folder.write(report, files, summary(report)))

        with phases(view, "pay") as told:
            made = make(work, kept, told, warnings.append, write)
        if folder is not None:
            folder.publish()
    report = made.report
    if as_json:
        view.data(document(report, out, names))
    elif shown:
        _show(report, texts, plan, limit, view)
    if out is not None and not as_json:
        view.line(f"{', '.join(names)} in {out}")
    _tell_later(made.later, view)
    for warning in warnings:
        view.note(("warning", "bold yellow"), f": {warning}")
    return ExitCode.FAILED if report.faults else ExitCode.OK


def _tell_later(found: Sequence[Difference], view: Screen) -> None:
    """Differences that another open period pays are not in this one's total."""
    for (plan, posted), count in Counter((d.plan, d.posted) for d in found).items():
        short, many = plan.rsplit(".", 1)[-1], plural(count, "difference")
        view.note(
            ("warning", "bold yellow"),
            f": {many} of `{short}` {'is' if count == 1 else 'are'} paid with {posted}, which is",
            f" open, and not here; `remit commission differences {short}` lists them",
        )


def _show(report: Report, texts: Texts, plan: str, limit: int, view: Screen) -> None:
    report_view.show(report, view, limit)
    gone = [p for p in report.plans if p not in texts.model.program.plans]
    for name in gone:
        view.note(
            ("warning", "bold yellow"),
            f": `{name}` is in no policy any more, so all it paid is taken back;",
            " to end a plan, write `effective until`",
        )
    others = other_kinds(texts, report.head.period) if plan == ALL else []
    for other in others:
        view.note((f"`{other.short}` is paid by the {other.period}, and not in this run", "dim"))
