"""What ends a dispute, kept and told: its answer, or that it was taken back."""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.commission.dispute_words import tell
from remit_api.cli.commission.options import LARGEST, store_of
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.output import screen
from remit_api.pay import keeping
from remit_engine.commission.closed.dispute import Answer
from remit_engine.commission.closed.document import dispute_document
from remit_engine.storage import disputes, remarks

Number = Annotated[
    int,
    typer.Argument(metavar="NUMBER", min=1, max=LARGEST, help="The number of the dispute."),
]


def end(number: int, answer: Answer, store: str | None, *, as_json: bool) -> ExitCode:
    """Keep the answer of a dispute, and show the dispute as it stands then."""
    view = screen(as_json=as_json)
    with keeping.opened(store_of(store)) as kept, kept.writing() as connection:
        found = disputes.ended(connection, number, answer)
        names = remarks.names(connection)
    if as_json:
        view.data(dispute_document(found))
    else:
        tell(found, answer.on, view, names)
    return ExitCode.OK
