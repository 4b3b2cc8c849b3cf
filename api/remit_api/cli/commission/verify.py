"""`remit commission verify`: are closed periods still what was closed?"""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.commission.options import StoreOption, store_of
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import Screen, plural, screen
from remit_api.pay import keeping
from remit_api.pay.closing_document import closing_document
from remit_api.pay.verifying import Verified
from remit_api.pay.verifying import verify as verified
from remit_engine.storage.verification import Altered, AlteredDispute

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
        found = verified(connection, expect, expect_disputes)
    if as_json:
        view.data(_document(found))
    else:
        _tell(found, expect, expect_disputes, view)
    return ExitCode.OK if found.sound else ExitCode.ALTERED


def _document(found: Verified) -> dict[str, object]:
    return {
        "closings": [closing_document(head) for head in found.closings],
        "altered": [
            *map(_altered, found.altered),
            *map(_altered_dispute, found.altered_disputes),
        ],
        "last": found.last,
        "expected": found.closings_fit,
        "disputes": {
            "count": found.disputes,
            "last": found.last_dispute,
            "expected": found.disputes_fit,
        },
    }


def _tell(found: Verified, expect: str | None, expect_disputes: str | None, view: Screen) -> None:
    wrong = [f"{a.plan.rsplit('.', 1)[-1]} {a.period}: {a.message}" for a in found.altered]
    wrong += [f"dispute {d.number}: {d.message}" for d in found.altered_disputes]
    wrong += [] if found.closings_fit else [f"the last hash is not {expect}"]
    wrong += [] if found.disputes_fit else [f"the last hash of disputes is not {expect_disputes}"]
    for said in wrong:
        view.line(("altered", "bold red"), f": {said}")
    if found.sound:
        told = f" and {plural(found.disputes, 'dispute')}" if found.disputes else ""
        view.line(f"{plural(len(found.closings), 'closing')}{told}, nothing was altered")
    view.line((f"last hash {found.last}", "dim"))
    if found.disputes:
        view.line((f"last hash of disputes {found.last_dispute}", "dim"))


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
