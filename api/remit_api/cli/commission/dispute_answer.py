"""`remit commission dispute answer NUMBER`: accepted or rejected, with a reason."""

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

Accept = Annotated[
    bool | None,
    typer.Option("--accept/--reject", help="Whether it is right.", show_default=False),
]
Outcome = Annotated[
    str | None, typer.Option("--outcome", metavar="TEXT", help="What follows from it, and why.")
]


def dispute_answer(
    number: Number,
    accept: Accept = None,
    outcome: Outcome = None,
    store: StoreOption = None,
    by: ByOption = None,
    on: OnOption = None,
    as_json: Json = False,
) -> ExitCode:
    """Answer a dispute; nobody answers one about his own pay. An accepted one changes nothing by
    itself: mend the data or the policy, and the next run pays the difference."""
    if accept is None:
        raise WrongUse("the answer is missing", "say `--accept` or `--reject`")
    if outcome is None or not outcome.strip():
        raise WrongUse("an answer needs its reason", 'say it with `--outcome "…"`')
    status, day = Status.ACCEPTED if accept else Status.REJECTED, day_of(on)
    answer = Answer(status, outcome.strip(), doer(by), day)
    return end(number, answer, store, as_json=as_json)
