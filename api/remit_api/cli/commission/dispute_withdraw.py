"""`remit commission dispute withdraw NUMBER`."""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.commission.dispute_ending import Number, end
from remit_api.cli.commission.options import ByOption, OnOption, StoreOption, day_of
from remit_api.cli.commission.who import doer
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.failures import WrongUse
from remit_engine.commission.closed.dispute import Answer, Status

Why = Annotated[str, typer.Option("--outcome", metavar="TEXT", help="Why it is withdrawn.")]

Finance = Annotated[
    bool, typer.Option("--finance", help="For finance, and not as the payee; needs its reason.")
]


def dispute_withdraw(
    number: Number,
    outcome: Why = "",
    finance: Finance = False,
    store: StoreOption = None,
    by: ByOption = None,
    on: OnOption = None,
    as_json: Json = False,
) -> ExitCode:
    """Take a dispute back that was not answered yet: the payee does, or finance with its reason."""
    day = day_of(on)
    if finance and not outcome.strip():
        raise WrongUse("finance withdraws a dispute with a reason", 'say it with `--outcome "…"`')
    answer = Answer(Status.WITHDRAWN, outcome.strip(), doer(by), day, finance)
    return end(number, answer, store, as_json=as_json)
