"""Disputes on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from remit_api.cli.output import Screen
from remit_api.pay.amounts import money
from remit_api.pay.report import called
from remit_engine.commission.closed.dispute import Dispute, Status

STYLES = {
    Status.OPEN: "bold",
    Status.ACCEPTED: "green",
    Status.REJECTED: "red",
    Status.WITHDRAWN: "dim",
}


def tell(dispute: Dispute, day: date, view: Screen, names: Mapping[str, str]) -> None:
    """A dispute with its answer. names: how people are called."""
    short = dispute.plan.rsplit(".", 1)[-1]
    about = f"line {dispute.line} of {dispute.period}" if dispute.line else str(dispute.period)
    late = ", overdue" if dispute.overdue(day) else ""
    view.line(
        (f"dispute {dispute.number}", "bold"),
        f"  {called(dispute.person, names)}, {short} {about}  ",
        (dispute.status.value + late, STYLES[dispute.status]),
    )
    wanted = "" if dispute.expected is None else f", expects {money(dispute.expected, None)}"
    view.line(f"  {dispute.reason}{wanted}")
    view.line((f"  by {dispute.by} on {dispute.on}, answer due by {dispute.deadline}", "dim"))
    if dispute.answer is not None:
        said = f": {dispute.answer.outcome}" if dispute.answer.outcome else ""
        by = f"by {dispute.answer.by} on {dispute.answer.on}"
        view.line(f"  {dispute.status.value} {by}{said}")
