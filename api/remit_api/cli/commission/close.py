"""`remit commission close PLAN`: a period that is paid, and stays as it is."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from remit_api.cli.commission.options import (
    AnyPlan,
    ByOption,
    OnOption,
    PeriodOption,
    RunOption,
    StoreOption,
    day_of,
    period_of,
    store_of,
)
from remit_api.cli.commission.who import doer
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import Screen, plural, screen
from remit_api.pay import keeping
from remit_api.pay.closing_document import closing_document
from remit_api.pay.running import ALL
from remit_engine.storage.closings import ClosingHead

Earlier = Annotated[
    bool, typer.Option("--with-earlier", help="Close the earlier periods that are open as well.")
]


def close(
    plan: AnyPlan = ALL,
    period: PeriodOption = None,
    store: StoreOption = None,
    run: RunOption = None,
    with_earlier: Earlier = False,
    by: ByOption = None,
    on: OnOption = None,
    as_json: Json = False,
) -> ExitCode:
    """Close a period of a plan, or of all plans, with a kept run, the latest without --run.

    A closed period is never changed, and only one that has ended is closed. Periods are closed one
    after the other; a run with faults, or one made before another period was closed, closes
    nothing. Of several plans all are closed, or none.
    """
    view = screen(as_json=as_json)
    asked, day = period_of(period), day_of(on)
    act = keeping.Act(doer(by), day, None if on is None else day.isoformat())
    with keeping.opened(store_of(store)) as kept, kept.writing() as connection:
        named = plan != ALL
        names = (
            [keeping.plan_named(connection, plan)]
            if named
            else keeping.open_plans(connection, asked, run)
        )
        done = [
            head
            for name in names
            for head in keeping.close(connection, name, asked, run, act, with_earlier)
        ]
    if as_json:
        view.data({"closed": [closing_document(head) for head in done]})
    else:
        for head in done:
            tell(head, view)
    if done and day > date.today():
        view.note(
            ("warning", "bold yellow"),
            f": closed as of {day}, which has not come: no dispute is dated before it",
        )
    return ExitCode.OK


def tell(head: ClosingHead, view: Screen) -> None:
    """A closing in words."""
    short = head.plan.rsplit(".", 1)[-1]
    paid = plural(head.statements, "statement")
    more = f" and {plural(head.differences, 'difference')}" if head.differences else ""
    view.line((f"{short} {head.period}", "bold"), f" is closed with run {head.run}: {paid}{more}")
    view.line((f"  number {head.number}, by {head.by}, {head.made}, hash {head.hash}", "dim"))
