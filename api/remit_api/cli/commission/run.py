"""`remit commission run PLAN|all`: what everybody is paid for a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date

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
from remit_api.pay.folder import Folder, prepared
from remit_api.pay.report import Report
from remit_api.pay.running import (
    ALL,
    Computed,
    Means,
    Notice,
    Phase,
    Texts,
    chosen,
    compute_over,
    other_kinds,
)
from remit_engine.commission.closing import Comparison, Difference
from remit_engine.commission.dataset import names_of
from remit_engine.commission.membership import People
from remit_engine.commission.periods import Period
from remit_engine.commission.seniority import since_always
from remit_engine.storage.remarks import Remarks
from remit_engine.storage.runs import RunHead


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
    means = Means(*wished(engine, warehouse))
    work = Work(texts, chosen(plan, texts, asked), asked, place, day, plan == ALL, means)
    with ExitStack() as stack:
        folder = stack.enter_context(prepared(out)) if out is not None else None
        kept = stack.enter_context(keeping.opened(store, new=True)) if store is not None else None
        warnings: list[str] = []
        with phases(view, "pay") as told:
            report, later, names = _made(
                work, kept, folder, files, told, view.remark, warnings.append
            )
        if folder is not None:
            folder.publish()
    if as_json:
        view.data(report_view.document(report, out, names))
    elif shown:
        _show(report, texts, plan, limit, view)
    if out is not None and not as_json:
        view.line(f"{', '.join(names)} in {out}")
    _tell_later(later, view)
    for warning in warnings:
        view.note(("warning", "bold yellow"), f": {warning}")
    return ExitCode.FAILED if report.faults else ExitCode.OK


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be run. whole: all plans of the policies, those that are no more as well."""

    texts: Texts
    plans: Sequence[str]
    period: Period
    place: str
    day: date
    whole: bool
    means: Means


def _made(
    work: Work,
    store: keeping.Store | None,
    folder: Folder | None,
    files: Sequence[str],
    told: Phase,
    notice: Notice,
    warn: Notice,
) -> tuple[Report, Sequence[Difference], Sequence[str]]:
    """The report of a run, the differences that an earlier period pays, and the files; kept, and
    written into a folder that waits to be published."""
    if store is not None:
        with store.reading() as connection:
            keeping.refuse_closed(connection, work.plans, work.period)
    lines = folder.place if folder is not None and "parquet" in files else None
    means = replace(work.means, folder=lines, notice=notice)
    made = compute_over(work.place, work.texts, work.plans, work.period, told, means)
    _tell_seniors(work, made.people, warn)
    called = names_of(made.people)
    currencies = dict(made.run.currency)
    source = shown_source(work.place)
    head = RunHead(
        0, work.period, work.texts.digest, work.day, source, made.engine, currencies
    )  # fmt: skip
    with ExitStack() as stack:
        comparison = Comparison(())
        if store is not None:
            connection = stack.enter_context(store.writing())
            told("keeping", 0, 0)
            keeping.refuse_closed(connection, work.plans, work.period)
            more = keeping.dropped(connection, currencies, work.period.kind) if work.whole else {}
            beside = Remarks(called, made.run.base, made.climbs)
            head, comparison = keeping.keep(
                connection, replace(head, plans={**currencies, **more}), made.run, beside
            )
        whole = _report(work, head, made, comparison)
        report = replace(whole, names=called, language=work.texts.language)
        told("writing", 0, 0)
        names = folder.write(report, files, report_view.summary(report)) if folder else ()
    later = [d for d in comparison.differences if d.posted != work.period]
    return report, later, names


def _tell_seniors(work: Work, people: People, warn: Notice) -> None:
    """Who is past every `until month` only because nothing says since when he is there."""
    for name in work.plans:
        plan = work.texts.model.program.plans[name]
        if found := since_always(plan, people):
            many = f"`{found[0]}`" + (f" and {len(found) - 1:,} more" if found[1:] else "")
            verb = "hold" if found[1:] else "holds"
            warn(
                f"{many} {verb} a position of `{plan.short}` since always, and so is past every "
                "month that it counts: say since when, in `from` of the people"
            )


def _report(work: Work, head: RunHead, made: Computed, comparison: Comparison) -> Report:
    """What is shown: the plans that were asked for, and what they had closed."""
    shown = [*work.plans, *(p for p in head.plans if p not in made.run.currency)]
    notes = {p: replace(work.texts.note(p), currency=head.plans[p]) for p in shown}
    statements = made.run.statements.items()
    return Report(
        head,
        notes,
        tuple(s for (plan, _, at), s in statements if plan in notes and at == work.period),
        tuple(d for d in comparison.differences if d.plan in notes and d.posted == work.period),
        made.run.uncounted_of(notes),
        made.climbs,
    )


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
