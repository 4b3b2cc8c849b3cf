"""A run of pay from its data to what is told of it; kept where there is a store, whole or not at
all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.engine import Connection

from remit_api.pay import keeping
from remit_api.pay.report import Report
from remit_api.pay.running import Computed, Means, Notice, Phase, Place, Texts, compute_over
from remit_engine.commission.basis.dataset import names_of
from remit_engine.commission.basis.membership import People
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.closing import Comparison, Difference
from remit_engine.commission.seniority import since_always
from remit_engine.storage import closings
from remit_engine.storage.remarks import Remarks
from remit_engine.storage.runs import RunHead


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be run. source: how the place of the data is told. whole: all plans of the
    policies, those that are no more as well."""

    texts: Texts
    plans: Sequence[str]
    period: Period
    place: Place
    source: str
    day: date
    whole: bool
    means: Means


@dataclass(frozen=True, slots=True)
class Made:
    """A run as it is told. later: the differences that an earlier period pays, which is open."""

    report: Report
    later: tuple[Difference, ...]


Finish = Callable[[Report, Connection | None], None]
"""What is done with a report before the run is kept, in the same transaction: what it raises keeps
nothing."""


def nothing_more(report: Report, connection: Connection | None) -> None:
    """For who has nothing to do with it."""


def make(
    work: Work,
    store: keeping.Store | None,
    told: Phase,
    warn: Notice,
    finish: Finish = nothing_more,
) -> Made:
    """Compute a run, keep it where there is a store, and hold it against what is closed. warn: told
    of who is past every month that a plan counts. Raises what `compute_over` and `keeping.keep` do,
    and Refused for a period that is closed."""
    if store is not None:
        with store.reading() as looking:
            keeping.refuse_closed(looking, work.plans, work.period)
            if not work.whole:
                _tell_renamed(work, looking, warn)
    made = compute_over(work.place, work.texts, work.plans, work.period, told, work.means)
    _tell_seniors(work, made.people, warn)
    for early in made.run.early:
        tell = warn if early.reverses else work.means.notice
        if tell is not None:
            tell(str(early))
    head, comparison = _head(work, made), Comparison(())
    with ExitStack() as stack:
        connection: Connection | None = None
        if store is not None:
            connection = stack.enter_context(store.writing())
            told("keeping", 0, 0)
            head, comparison = _kept(work, head, made, connection)
        report = _report(work, head, made, comparison)
        told("writing", 0, 0)
        finish(report, connection)
    later = (d for d in comparison.differences if d.posted != work.period)
    return Made(report, tuple(later))


def _head(work: Work, made: Computed) -> RunHead:
    digest, currencies = work.texts.digest, dict(made.run.currency)
    return RunHead(0, work.period, digest, work.day, work.source, made.engine, currencies)


def _kept(
    work: Work, head: RunHead, made: Computed, connection: Connection
) -> tuple[RunHead, Comparison]:
    keeping.refuse_closed(connection, work.plans, work.period)
    kind = work.period.kind
    more = keeping.dropped(connection, dict(head.plans), kind) if work.whole else {}
    beside = Remarks(names_of(made.people), made.run.base, made.climbs)
    whole = replace(head, plans={**head.plans, **more})
    return keeping.keep(connection, whole, made.run, beside)


def _tell_renamed(work: Work, store: Connection, warn: Notice) -> None:
    """What was closed under the same short name by a plan that no text has: its policy, perhaps,
    has another name now, and its months would be paid again."""
    here = work.texts.model.program.plans
    for name in work.plans:
        for other in closings.namesakes(store, name):
            if other not in here:
                warn(
                    f"`{other}` has closed periods and is in no policy any more: if it is `{name}` "
                    "now, this pays them again; `run all` takes back what it paid"
                )


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
        names_of(made.people),
        work.texts.language,
        made.run.passed_over,
    )
