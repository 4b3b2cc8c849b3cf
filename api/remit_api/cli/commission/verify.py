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
from remit_engine.storage.seals import GENESIS
from remit_engine.storage.verification import Altered, AlteredDispute, verified, verified_disputes

Expected = Annotated[
    str | None,
    typer.Option(
        "--expect",
        metavar="HASH",
        help="The hash of the last closing as it was written down elsewhere, or its beginning.",
    ),
]
ExpectedDisputes = Annotated[
    str | None,
    typer.Option(
        "--expect-disputes",
        metavar="HASH",
        help="The same of the last hash of disputes.",
    ),
]
SHORTEST = 8


def verify(
    store: StoreOption = None,
    expect: Expected = None,
    expect_disputes: ExpectedDisputes = None,
    as_json: Json = False,
) -> ExitCode:
    """Compute the hashes of all closed periods and of all disputes anew, and name what was altered.

    The hashes form a chain, so that nothing in it can be taken away or put in. Whoever rewrites all
    of it from some point on is found only if the last hash was written down: ask with --expect.
    """
    view = screen(as_json=as_json)
    with keeping.opened(store_of(store), reads=True) as kept, kept.reading() as connection:
        found = list(verified(connection))
        count, last_dispute, disputes = verified_disputes(connection)
    last = found[-1][0].hash if found else GENESIS
    wrong = [each for _, told in found for each in told]
    strange = not _fits(expect, last)
    odd = not _fits(expect_disputes, last_dispute)
    if as_json:
        view.data(
            {
                "closings": [document(head) for head, _ in found],
                "altered": [*map(_altered, wrong), *map(_altered_dispute, disputes)],
                "last": last,
                "expected": not strange,
                "disputes": {"count": count, "last": last_dispute, "expected": not odd},
            }
        )
    else:
        for a in wrong:
            short = a.plan.rsplit(".", 1)[-1]
            view.line(("altered", "bold red"), f": {short} {a.period}: {a.message}")
        for d in disputes:
            view.line(("altered", "bold red"), f": dispute {d.number}: {d.message}")
        if strange:
            view.line(("altered", "bold red"), f": the last hash is not {expect}")
        if odd:
            view.line(
                ("altered", "bold red"), f": the last hash of disputes is not {expect_disputes}"
            )
        if not (wrong or disputes or strange or odd):
            told = f" and {plural(count, 'dispute')}" if count else ""
            view.line(f"{plural(len(found), 'closing')}{told}, nothing was altered")
        view.line((f"last hash {last}", "dim"))
        if count:
            view.line((f"last hash of disputes {last_dispute}", "dim"))
    return ExitCode.ALTERED if wrong or disputes or strange or odd else ExitCode.OK


def _altered(a: Altered) -> dict[str, object]:
    return {
        "closing": a.closing, "dispute": None, "plan": a.plan, "period": a.period,
        "person": a.person, "message": a.message,
    }  # fmt: skip


def _altered_dispute(d: AlteredDispute) -> dict[str, object]:
    return {
        "closing": None, "dispute": d.number, "plan": None, "period": None,
        "person": None, "message": d.message,
    }  # fmt: skip


def _fits(expected: str | None, last: str) -> bool:
    if expected is None:
        return True
    return len(expected) >= SHORTEST and last.startswith(expected.lower())
