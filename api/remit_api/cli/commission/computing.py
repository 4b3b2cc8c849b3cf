"""A run that is not kept, for the commands that only look."""

from __future__ import annotations

from dataclasses import dataclass

from remit_api.cli.output import Screen
from remit_api.cli.progress import phases
from remit_api.past.source import shown_source
from remit_api.pay import keeping
from remit_api.pay.report import Report
from remit_api.pay.running import (
    ALL,
    Texts,
    chosen,
    compute,
    read_data,
    today,
)
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.closing import Difference
from remit_engine.storage.runs import RunHead


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be computed. plan: None for all that are paid by periods of this kind. store:
    what it is held against, where there is one."""

    texts: Texts
    plan: str | None
    period: Period
    place: str
    store: str | None = None

    @property
    def plans(self) -> list[str]:
        """The plans by their qualified names."""
        return chosen(self.plan or ALL, self.texts, self.period)


def computed(asked: Asked, view: Screen) -> Report:
    """The report of a period."""
    with phases(view, "pay") as told:
        data = read_data(asked.place, asked.texts, asked.plans, told, view.remark)
        made = compute(asked.texts, data, asked.plans, asked.period, told)
    currencies = dict(made.run.currency)
    head = RunHead(
        0, asked.period, asked.texts.digest, today(), shown_source(asked.place), made.engine,
        currencies,
    )  # fmt: skip
    plans, posted = asked.plans, tuple[Difference, ...]()
    if asked.store is not None:
        with keeping.opened(asked.store, reads=True) as kept, kept.reading() as connection:
            posted = keeping.held_against(connection, head, made.run, plans)
    return Report(
        head,
        {name: asked.texts.note(name) for name in plans},
        tuple(
            s for (p, _, at), s in made.run.statements.items() if p in plans and at == asked.period
        ),
        posted,
        made.run.uncounted_of(plans),
        made.climbs,
        data.names,
    )
