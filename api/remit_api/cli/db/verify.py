"""`remit db verify`: is everything that was recorded still what was recorded?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from remit_api.cli.database import DATABASE, Database
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import Screen, plural, screen
from remit_api.pay import keeping
from remit_engine.storage import audit, verification
from remit_engine.storage.audit import Verified
from remit_engine.storage.verification import Altered, AlteredDispute

Expected = Annotated[
    list[str] | None,
    typer.Option(
        "--expect",
        metavar="HASH",
        help="The last hash of decisions, changes or entries of watches as it was written down "
        "elsewhere, or its beginning; any number of times.",
    ),
]
SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. pay: in closed periods. disputed: in disputes. strange: last hashes that were
    expected, and are not there."""

    kept: Verified
    pay: tuple[Altered, ...]
    disputed: tuple[AlteredDispute, ...]
    strange: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether everything is what was recorded."""
        return not (self.kept.broken or self.pay or self.disputed or self.strange)


def verify(
    database: Database = DATABASE, expect: Expected = None, as_json: Json = False
) -> ExitCode:
    """Compute the hashes of all that was recorded anew, add up all totals, and name what was
    altered: decisions, requests for approval, policy versions, directories, publications,
    delegations, keys, closed periods of pay, disputes.

    Whoever rewrites or cuts off the end is found only if the last hashes were written down: ask
    with --expect.
    """
    view = screen(as_json=as_json)
    with (
        keeping.opened(database, maker="`remit serve --database`") as kept,
        kept.reading() as connection,
    ):
        found = audit.verified(connection)
        pay = tuple(told for _, all_ in verification.verified(connection) for told in all_)
        _, _, disputed = verification.verified_disputes(connection)
    strange = tuple(one for one in expect or () if len(one) < SHORTEST or not found.ends_with(one))
    report = Report(found, pay, disputed, strange)
    if as_json:
        view.data(_document(report))
    else:
        _show(view, report)
    return ExitCode.OK if report.sound else ExitCode.ALTERED


def _document(report: Report) -> dict[str, object]:
    kept = report.kept
    return {
        "decisions": kept.rows,
        "last": kept.head,
        "changes": kept.changes,
        "last_change": kept.changed,
        "entries": kept.entries,
        "last_entry": kept.told,
        "expected": not report.strange,
        "altered": [
            {"what": b.what, "seq": b.seq, "id": b.id, "message": b.message} for b in kept.broken
        ],
        "closings": [
            {"closing": a.closing, "plan": a.plan, "period": a.period, "person": a.person,
             "message": a.message}
            for a in report.pay
        ],
        "disputes": [{"dispute": d.number, "message": d.message} for d in report.disputed],
    }  # fmt: skip


def _show(view: Screen, report: Report) -> None:
    kept = report.kept
    for broken in kept.broken:
        named = [str(broken.seq)] if broken.seq is not None else []
        named += [f"({broken.id})"] if broken.id is not None else []
        _altered(view, f"{' '.join([broken.what, *named])}: {broken.message}")
    for told in report.pay:
        _altered(view, f"{told.plan} {told.period}: {told.message}")
    for dispute in report.disputed:
        _altered(view, f"dispute {dispute.number}: {dispute.message}")
    for one in report.strange:
        _altered(view, f"the last hash is not {one}")
    if report.sound:
        counted = f"{plural(kept.rows, 'decision')}, {plural(kept.changes, 'change')}"
        view.line(f"{counted}, nothing was altered")
    view.line((f"last hash {kept.head}", "dim"))
    view.line((f"last change {kept.changed}", "dim"))
    if kept.entries:
        view.line((f"last entry {kept.told}", "dim"))


def _altered(view: Screen, said: str) -> None:
    view.line(("altered", "bold red"), f": {said}")
