"""The rows that changed, each with both answers, in a file of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit_api.batch.recorded import REQUEST, request_document
from remit_api.batch.results import Record
from remit_api.past.replay import Replayed, Unread
from remit_engine.text import exact

CHANGED = (
    "action", "verb", "as_of", "actor", "position", "kind", "old_outcome", "new_outcome",
    "old_rules", "new_rules", "money", "currency", "reason",
)  # fmt: skip


def columns(ids: Sequence[str]) -> tuple[str, ...]:
    """The columns of the list."""
    return ("row", *ids, *CHANGED, "error", REQUEST)


def changed(replayed: Replayed) -> Record:
    """One row whose outcome changed; `request` can be asked again."""
    found, row = replayed.found, replayed.row
    group, request = found.group, found.request
    return {
        "row": row.number,
        **row.ids,
        "action": request.action.rsplit(".", 1)[-1],
        "verb": request.verb,
        "as_of": replayed.day.isoformat(),
        "actor": request.actor.person or group.position,
        "position": group.position,
        "kind": group.change.kind.value,
        "old_outcome": found.old.outcome.value,
        "new_outcome": found.new.outcome.value,
        "old_rules": list(found.old.rules),
        "new_rules": list(found.new.rules),
        "money": None if found.amount is None else exact(found.amount),
        "currency": found.currency if found.amount is not None else None,
        "reason": found.new.reason,
        REQUEST: request_document(replayed.past.question),
    }


def unread(found: Unread) -> Record:
    """One row that could not be replayed."""
    return {"row": found.row.number, **found.row.ids, "error": found.error}


def place(number: int, ids: Mapping[str, str]) -> str:
    """How a row is found again: `row 7 (A-107)`."""
    named = ", ".join(ids.values())
    return f"row {number} ({named})" if named else f"row {number}"
