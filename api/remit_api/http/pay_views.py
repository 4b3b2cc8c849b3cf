"""Runs and statements of pay as callers see them; amounts are exact texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remit_api.pay.report import Report
from remit_engine.commission.document import (
    difference_document,
    statement_document,
    uncounted_document,
)
from remit_engine.commission.statement import Statement, Uncounted
from remit_engine.storage.runs import RunHead

DETAILS = ("stages", "lines", "movements")


def headline(head: RunHead) -> dict[str, Any]:
    """A run as lists show it."""
    return {
        "run": head.number,
        "period": str(head.period),
        "day": head.day.isoformat(),
        "policy": {"digest": head.policy},
        "engine": head.engine,
        "plans": [{"name": n, "currency": currency} for n, currency in head.plans.items()],
    }


def whole(head: RunHead, statements: int, uncounted: Sequence[Uncounted]) -> dict[str, Any]:
    """A run with where its data were read, and what it did not count."""
    return {
        **headline(head),
        "data": head.data,
        "statements": statements,
        "uncounted": [uncounted_document(row) for row in uncounted],
    }


def amounts(statement: Statement, head: RunHead) -> dict[str, Any]:
    """A statement without its stages and lines."""
    document = statement_document(statement)
    kept = {name: value for name, value in document.items() if name not in DETAILS}
    return {**kept, "currency": head.plans.get(statement.plan)}


def explained(report: Report) -> dict[str, Any]:
    """What one person is paid by a plan for a period, and why."""
    (note,) = report.plans.values()
    return {
        **headline(report.head),
        "plan": note.name,
        "currency": note.currency,
        "closed": None
        if note.closed is None
        else {"number": note.closed[0], "hash": note.closed[1]},
        "statements": [statement_document(s) for s in report.statements],
        "differences": [difference_document(d) for d in report.differences],
    }
