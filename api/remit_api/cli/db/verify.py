"""`remit db verify`: is everything that was recorded still what was recorded?"""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.database import DATABASE, Database
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import Screen, plural, screen
from remit_api.pay import keeping
from remit_engine.storage import audit, verification
from remit_engine.storage.audit import Verified
from remit_engine.storage.verification import Altered

Expected = Annotated[
    str | None,
    typer.Option(
        "--expect",
        metavar="HASH",
        help="The hash of the last decision as it was written down elsewhere, or its beginning.",
    ),
]
SHORTEST = 8


def verify(
    database: Database = DATABASE, expect: Expected = None, as_json: Json = False
) -> ExitCode:
    """Compute the hashes of all decisions anew, add up all totals, verify closed periods of pay,
    and name what was altered.

    Whoever rewrites or cuts off the end of the ledger is found only if the last hash was written
    down: ask with --expect.
    """
    view = screen(as_json=as_json)
    with keeping.opened(database) as kept, kept.reading() as connection:
        found = audit.verified(connection)
        pay = [told for _, all_ in verification.verified(connection) for told in all_]
    strange = expect is not None and not (
        len(expect) >= SHORTEST and found.head.startswith(expect.lower())
    )
    if as_json:
        view.data(_document(found, pay, expected=not strange))
    else:
        _show(view, found, pay, expect if strange else None)
    return ExitCode.ALTERED if found.broken or pay or strange else ExitCode.OK


def _document(found: Verified, pay: list[Altered], *, expected: bool) -> dict[str, object]:
    return {
        "decisions": found.rows,
        "last": found.head,
        "expected": expected,
        "altered": [
            {"what": b.what, "seq": b.seq, "id": b.id, "message": b.message} for b in found.broken
        ],
        "closings": [
            {"closing": a.closing, "plan": a.plan, "period": a.period, "person": a.person,
             "message": a.message}
            for a in pay
        ],
    }  # fmt: skip


def _show(view: Screen, found: Verified, pay: list[Altered], strange: str | None) -> None:
    for broken in found.broken:
        where = "" if broken.seq is None else f" {broken.seq} ({broken.id})"
        view.line(("altered", "bold red"), f": {broken.what}{where}: {broken.message}")
    for told in pay:
        view.line(("altered", "bold red"), f": {told.plan} {told.period}: {told.message}")
    if strange is not None:
        view.line(("altered", "bold red"), f": the last hash is not {strange}")
    if not found.broken and not pay and strange is None:
        view.line(f"{plural(found.rows, 'decision')}, nothing was altered")
    view.line((f"last hash {found.head}", "dim"))
