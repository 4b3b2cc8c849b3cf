"""A report of pay as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from remit_api.pay.report import Report
from remit_engine.commission.closed.document import (
    Document,
    amount,
    difference_document,
    statement_document,
    uncounted_document,
)


def document(report: Report, out: Path | None, files: Sequence[str]) -> Document:
    """All of a report as JSON; amounts are exact text."""
    head = report.head
    return {
        "run": head.number or None,
        "period": str(head.period),
        "day": head.day.isoformat(),
        "policy": {"digest": head.policy},
        "data": head.data,
        "engine": head.engine,
        "plans": [_plan(report, name) for name in report.plans],
        "totals": [{"currency": c, "amount": amount(t)} for c, t in report.totals().items()],
        "statements": [
            {
                "currency": report.currency(s.plan),
                "name": report.names.get(s.person),
                **statement_document(s),
            }
            for s in report.statements
        ],
        "people": report.paid(),
        "differences": [difference_document(d) for d in report.differences],
        "uncounted": [uncounted_document(u) for u in report.uncounted],
        "passed_over": report.passed_over,
        "faults": report.faults,
        "out": {"folder": str(out), "files": list(files)} if out is not None else None,
    }


def summary(report: Report) -> dict[str, Any]:
    """What the folder of a report says of it: all but the rows."""
    whole = document(report, None, ())
    return {k: v for k, v in whole.items() if k not in ("statements", "uncounted", "out")}


def _plan(report: Report, name: str) -> Document:
    note = report.plans[name]
    own = [s for s in report.statements if s.plan == name]
    paid = [d for d in report.differences if d.plan == name]
    due = sum((s.due or Fraction(0) for s in own), Fraction(0))
    more = sum((d.amount for d in paid), Fraction(0))
    return {
        "name": name,
        "label": note.label,
        "currency": note.currency,
        "closed": note.closed[1] if note.closed else None,
        "statements": len(own),
        "due": amount(due),
        "differences": amount(more),
        "total": amount(due + more),
    }
