"""`remit commission differences`: what was paid, or is to be paid, for periods that were closed."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import typer

from remit_api.cli.commission.options import PersonOption, StoreOption, store_of
from remit_api.cli.commission.report_view import tell_difference
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import screen
from remit_api.pay import keeping
from remit_api.pay.amounts import with_code
from remit_api.pay.report import called
from remit_api.pay.running import parse_period
from remit_engine.commission.closed.document import amount, difference_document
from remit_engine.storage import remarks

PlanOrNone = Annotated[
    str | None, typer.Argument(metavar="PLAN", help="Only this plan.", show_default=False)
]
OfPeriod = Annotated[
    str | None, typer.Option("--period", metavar="PERIOD", help="Only for this closed period.")
]


def differences(
    plan: PlanOrNone = None,
    store: StoreOption = None,
    period: OfPeriod = None,
    person: PersonOption = None,
    as_json: Json = False,
) -> ExitCode:
    """List the differences to closed periods: those that were paid with a later period, and those
    that the latest run found and that will be paid with the open one."""
    view = screen(as_json=as_json)
    asked = parse_period(period) if period is not None else None
    with keeping.opened(store_of(store), reads=True) as kept, kept.reading() as connection:
        names = remarks.names(connection)
        name = keeping.plan_named(connection, plan) if plan is not None else None
        found = [
            x
            for x in keeping.all_differences(connection, name)
            if asked in (None, x.difference.period) and person in (None, x.difference.person)
        ]
    if as_json:
        told = [
            {**difference_document(x.difference), "currency": x.currency, "paid": x.paid}
            for x in found
        ]
        view.data({"differences": told, "totals": _totals(found)})
        return ExitCode.OK
    if not found:
        view.line("there are no differences")
    for x in found:
        when = "paid" if x.paid else "to be paid"
        whose = called(x.difference.person, names)
        tell_difference(
            x.difference, x.currency, view, f"  {when} with {x.difference.posted}", whose
        )
    for total in _totals(found):
        view.line(f"all: {with_code(Fraction(str(total['amount'])), total['currency'])}")
    return ExitCode.OK


def _totals(found: list[keeping.KeptDifference]) -> list[dict[str, str | None]]:
    totals: dict[str | None, Fraction] = {}
    for x in found:
        totals[x.currency] = totals.get(x.currency, Fraction(0)) + x.difference.amount
    return [{"currency": c, "amount": amount(t)} for c, t in totals.items()]
