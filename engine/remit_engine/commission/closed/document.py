"""Statements as plain JSON values, amounts as exact text; and the digest of what they say."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.source import Span
from remit_engine.commission.closed.changes import Change, Value
from remit_engine.commission.closed.closing import Difference, Version
from remit_engine.commission.closed.dispute import Dispute
from remit_engine.commission.statement import (
    AMOUNTS,
    Line,
    Movement,
    Stage,
    Statement,
    TierPart,
    Uncounted,
)
from remit_engine.text import exact

Document = dict[str, Any]


def statement_document(statement: Statement) -> Document:
    """Everything a statement says."""
    return {
        "plan": statement.plan,
        "person": statement.person,
        "period": str(statement.period),
        "amounts": {name: amount(statement.amounts.get(name)) for name in AMOUNTS},
        "steps": {name: amount(value) for name, value in statement.steps.items()},
        "fault": statement.fault,
        "stages": [stage_document(stage) for stage in statement.stages],
        "lines": [line_document(line) for line in statement.lines],
        "movements": [movement_document(movement) for movement in statement.movements],
    }


def digest(document: Any) -> str:
    """SHA-256 over the canonical JSON of a document (keys sorted, no blanks), in hexadecimal."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def amount(value: Fraction | None) -> str | None:
    """An amount as exact text: `12.50` is `12.5`, a third is `1/3`."""
    return None if value is None else exact(value)


def stage_document(stage: Stage) -> Document:
    """A stage with its rule and place."""
    return {
        "name": stage.name,
        "rule": stage.rule,
        "place": place(stage.span),
        "inputs": [{"name": name, "value": value} for name, value in stage.inputs],
        "value": amount(stage.value),
        "kind": stage.kind,
        "note": stage.note,
    }


def line_document(line: Line) -> Document:
    """A line with its tier parts."""
    return {
        "event": line.event,
        "kind": line.kind,
        "day": line.day.isoformat(),
        "credit": amount(line.credit),
        "earned": amount(line.earned),
        "share": amount(line.share),
        "parts": [part_document(part) for part in line.parts],
        "place": line.place,
    }


def part_document(part: TierPart) -> Document:
    """A tier part; tiers count from 0."""
    return {"tier": part.tier, "amount": amount(part.amount), "rate": amount(part.rate)}


def movement_document(movement: Movement) -> Document:
    """A movement of a line; `counted` is the period it was counted in."""
    return {
        "event": movement.event,
        "kind": movement.kind,
        "counted": str(movement.counted),
        "amount": amount(movement.amount),
        "day": _day(movement.day),
    }


def uncounted_document(row: Uncounted) -> Document:
    """An event that no statement counts."""
    return {
        "plan": row.plan,
        "event": row.event,
        "place": row.place,
        "reason": row.reason,
        "fault": row.fault,
    }


def difference_document(difference: Difference) -> Document:
    """A difference line with its reasons and both versions."""
    return {
        "plan": difference.plan,
        "person": difference.person,
        "period": str(difference.period),
        "posted": str(difference.posted),
        "amount": amount(difference.amount),
        "old": version_document(difference.old),
        "new": version_document(difference.new),
        "changes": [change_document(change) for change in difference.changes],
    }


def version_document(version: Version) -> Document:
    """A version: the run, its policy digest, its day."""
    return {"run": version.run, "policy": version.policy, "day": version.day.isoformat()}


def change_document(change: Change) -> Document:
    """A change with both values; numbers are exact text, and `number` says that they are."""
    return {
        "about": change.about,
        "name": change.name,
        "what": change.what,
        "old": _value(change.old),
        "new": _value(change.new),
        "number": any(isinstance(v, Fraction) for v in (change.old, change.new)),
        "kind": change.kind,
    }


def dispute_document(dispute: Dispute) -> Document:
    """A dispute and its answer."""
    answer = dispute.answer
    return {
        "number": dispute.number,
        "plan": dispute.plan,
        "person": dispute.person,
        "period": str(dispute.period),
        "line": dispute.line,
        "expected": amount(dispute.expected),
        "reason": dispute.reason,
        "by": dispute.by,
        "on": dispute.on.isoformat(),
        "deadline": dispute.deadline.isoformat(),
        "status": dispute.status.value,
        "outcome": answer.outcome if answer else None,
        "answered_by": answer.by if answer else None,
        "answered_on": _day(answer.on if answer else None),
    }


def place(span: Span | None) -> str | None:
    """`pay.remit:12:3`, None where there is no place."""
    return None if span is None else str(span)


def _value(value: Value) -> str | None:
    return exact(value) if isinstance(value, Fraction) else value


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
