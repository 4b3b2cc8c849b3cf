"""`remit commission dispute withdraw NUMBER`."""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.commission.dispute_words import tell
from remit_api.cli.commission.options import (
    LARGEST,
    ByOption,
    OnOption,
    StoreOption,
    day_of,
    store_of,
)
from remit_api.cli.commission.who import doer
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import screen
from remit_api.pay import keeping
from remit_engine.commission.dispute import Answer, Status
from remit_engine.commission.document import dispute_document
from remit_engine.storage import disputes

Number = Annotated[
    int,
    typer.Argument(metavar="NUMBER", min=1, max=LARGEST, help="The number of the dispute."),
]
Why = Annotated[str, typer.Option("--outcome", metavar="TEXT", help="Why it is withdrawn.")]


def dispute_withdraw(
    number: Number,
    outcome: Why = "",
    store: StoreOption = None,
    by: ByOption = None,
    on: OnOption = None,
    as_json: Json = False,
) -> ExitCode:
    """Take a dispute back that was not answered yet."""
    view = screen(as_json=as_json)
    day = day_of(on)
    answer = Answer(Status.WITHDRAWN, outcome.strip(), doer(by), day)
    with keeping.opened(store_of(store)) as kept, kept.writing() as connection:
        found = disputes.ended(connection, number, answer)
    if as_json:
        view.data(dispute_document(found))
    else:
        tell(found, day, view)
    return ExitCode.OK
