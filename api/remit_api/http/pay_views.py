"""Runs, statements, closings and disputes of pay as callers see them; amounts are exact texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remit_api.http.etags import etag
from remit_api.pay.chart import sentence
from remit_api.pay.report import Report
from remit_engine.commission.closed.document import (
    amount,
    difference_document,
    statement_document,
)
from remit_engine.commission.statement import Statement
from remit_engine.storage.closings import PlanState
from remit_engine.storage.jobs import Job, Maker
from remit_engine.storage.runs import RunHead, Total

DETAILS = ("stages", "lines", "movements")


def job(found: Job) -> dict[str, Any]:
    """A job: what was ordered, how far it is, what came of it."""
    order, told = found.order, found.progress
    return {
        "id": found.id,
        "state": found.state.value,
        "plan": order.plan,
        "period": str(order.period),
        "data": order.data,
        "engine": order.engine,
        "by": order.by,
        "made": found.made,
        "ended": found.ended,
        "progress": None if told is None else dict(zip(("phase", "done", "of"), told, strict=True)),
        "run": found.run,
        "notes": list(found.notes),
        "problem": found.problem,
    }


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


def whole(
    head: RunHead,
    states: Sequence[PlanState],
    totals: Mapping[str, Total],
    uncounted: tuple[int, int],
    made: Maker | None,
) -> dict[str, Any]:
    """A run with what it pays by each plan and whether that can be closed, where its data were
    read, who asked for it, and how many rows it did not count."""
    return {
        **headline(head),
        "plans": [_plan(head, state, totals[state.plan]) for state in states],
        "data": head.data,
        "by": None if made is None else made.by,
        "job": None if made is None else made.job,
        "uncounted": {"rows": uncounted[0], "faults": uncounted[1]},
    }


def _plan(head: RunHead, state: PlanState, total: Total) -> dict[str, Any]:
    return {
        "name": state.plan,
        "currency": head.plans[state.plan],
        "statements": total.statements,
        "due": amount(total.due),
        "differences": amount(total.differences),
        "total": amount(total.due + total.differences),
        "closing": state.closing,
        "closed_since": None if state.stale is None else str(state.stale),
        "latest_run": state.latest,
        "faults": list(state.faults),
    }


def run_tag(head: RunHead, states: Sequence[PlanState]) -> str:
    """The `ETag` of a run: it is another when something of its plans is closed, or run anew."""
    stand = [(s.plan, s.closing, s.closings, s.latest) for s in states]
    return etag("run", head.number, stand)


def amounts(statement: Statement, head: RunHead) -> dict[str, Any]:
    """A statement without its stages and lines."""
    document = statement_document(statement)
    kept = {name: value for name, value in document.items() if name not in DETAILS}
    return {**kept, "currency": head.plans.get(statement.plan)}


def explained(report: Report, line: str | None = None) -> dict[str, Any]:
    """What one person is paid by a plan for a period, and why. line: of the lines, this one."""
    (note,) = report.plans.values()
    return {
        **headline(report.head),
        "plan": note.name,
        "label": note.label,
        "currency": note.currency,
        "closed": None
        if note.closed is None
        else {"number": note.closed[0], "hash": note.closed[1]},
        "statements": [_statement(s, report, line) for s in report.statements],
        "differences": [difference_document(d) for d in report.differences],
    }


def _statement(statement: Statement, report: Report, line: str | None) -> dict[str, Any]:
    """A statement with where it stands on its scale."""
    document = statement_document(statement)
    climb = report.climbs.get((statement.plan, statement.person))
    note = report.plans[statement.plan]
    stands = None if climb is None else sentence(climb, note.currency)
    if line is not None:
        for part in ("lines", "movements"):
            document[part] = [each for each in document[part] if each["event"] == line]
    return {**document, "stands": stands}
