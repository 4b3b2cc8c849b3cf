"""A closing of pay as JSON."""

from __future__ import annotations

from remit_engine.commission.closed.document import Document
from remit_engine.storage.closings import ClosingHead


def closing_document(head: ClosingHead) -> Document:
    """A closing as JSON."""
    return {
        "number": head.number,
        "plan": head.plan,
        "period": str(head.period),
        "run": head.run,
        "by": head.by,
        "made": head.made,
        "statements": head.statements,
        "differences": head.differences,
        "hash": head.hash,
        "previous": head.previous,
    }
