"""`remit commission verify`: are closed periods still what was closed?"""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.commission.close import document
from remit_api.cli.commission.options import StoreOption, store_of
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import plural, screen
from remit_api.pay import keeping
from remit_engine.storage.closings import GENESIS
from remit_engine.storage.verification import verified

Expected = Annotated[
    str | None,
    typer.Option(
        "--expect",
        metavar="HASH",
        help="The hash of the last closing as it was written down elsewhere, or its beginning.",
    ),
]
SHORTEST = 8


def verify(store: StoreOption = None, expect: Expected = None, as_json: Json = False) -> ExitCode:
    """Compute the hashes of all closed periods anew, and name what was altered.

    The hashes form a chain, so that nothing in it can be taken away or put in. Whoever rewrites all
    of it from some point on is found only if the last hash was written down: ask with --expect.
    """
    view = screen(as_json=as_json)
    with keeping.opened(store_of(store)) as kept, kept.reading() as connection:
        found = list(verified(connection))
    last = found[-1][0].hash if found else GENESIS
    wrong = [each for _, told in found for each in told]
    strange = expect is not None and not _fits(expect, last)
    if as_json:
        view.data(
            {
                "closings": [document(head) for head, _ in found],
                "altered": [
                    {"closing": a.closing, "plan": a.plan, "period": a.period,
                     "person": a.person, "message": a.message}
                    for a in wrong
                ],
                "last": last,
                "expected": not strange,
            }
        )  # fmt: skip
    else:
        for a in wrong:
            short = a.plan.rsplit(".", 1)[-1]
            view.line(("altered", "bold red"), f": {short} {a.period}: {a.message}")
        if strange:
            view.line(("altered", "bold red"), f": the last hash is not {expect}")
        if not wrong and not strange:
            view.line(f"{plural(len(found), 'closing')}, nothing was altered")
        view.line((f"last hash {last}", "dim"))
    return ExitCode.ALTERED if wrong or strange else ExitCode.OK


def _fits(expected: str, last: str) -> bool:
    return len(expected) >= SHORTEST and last.startswith(expected.lower())
