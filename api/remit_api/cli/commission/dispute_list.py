"""`remit commission dispute list`."""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.commission.dispute_words import tell
from remit_api.cli.commission.options import (
    OnOption,
    PersonOption,
    PlanOption,
    StoreOption,
    day_of,
    store_of,
)
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import screen
from remit_api.pay import keeping
from remit_api.pay.running import parse_period
from remit_engine.commission.closed.dispute import Status
from remit_engine.commission.closed.document import dispute_document
from remit_engine.storage import disputes, remarks

OpenOnly = Annotated[bool, typer.Option("--open", help="Only those without an answer.")]
OfPeriod = Annotated[
    str | None, typer.Option("--period", metavar="PERIOD", help="Only about this period.")
]


def dispute_list(
    store: StoreOption = None,
    plan: PlanOption = None,
    person: PersonOption = None,
    period: OfPeriod = None,
    open_only: OpenOnly = False,
    on: OnOption = None,
    as_json: Json = False,
) -> ExitCode:
    """List disputes with their answers; those without one after their deadline are overdue."""
    view = screen(as_json=as_json)
    asked = parse_period(period) if period is not None else None
    day = day_of(on)
    with keeping.opened(store_of(store), reads=True) as kept, kept.reading() as connection:
        name = keeping.plan_named(connection, plan) if plan is not None else None
        found = disputes.listed(connection, plan=name, person=person, of=asked)
        names = remarks.names(connection)
    found = [d for d in found if d.status is Status.OPEN or not open_only]
    if as_json:
        view.data({"disputes": [{**dispute_document(d), "overdue": d.overdue(day)} for d in found]})
        return ExitCode.OK
    for dispute in found:
        tell(dispute, day, view, names)
    if not found:
        view.line("there are no disputes")
    return ExitCode.OK
