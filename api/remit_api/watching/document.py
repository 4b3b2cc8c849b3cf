"""Alerts and what happened to them as JSON documents."""

from __future__ import annotations

from typing import Any

from remit_api.watching.following import Following, RefusedLine
from remit_engine.watch.alert import Alert, Happening


def alert_document(alert: Alert, language: str) -> dict[str, Any]:
    """One alert: days as ISO text, positions qualified."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "watch": alert.watch,
        "kind": alert.kind,
        "subject": alert.subject,
        "row": alert.row,
        "began": alert.began.isoformat(),
        "cleared": alert.cleared.isoformat() if alert.cleared is not None else None,
        "status": "open" if alert.cleared is None else "cleared",
        "severity": alert.severity,
        "owner": alert.owner,
        "notify": list(alert.notify),
        "people": list(alert.people),
        "restraints": [
            {"kind": r.kind, "action": r.action, "fact": ".".join(r.fact), "verb": r.verb,
             "by": r.position}
            for r in alert.restraints
        ],
        "compared": [{"text": c.text, "left": c.left, "right": c.right} for c in alert.compared],
        "reason": alert.because.localized(language) if alert.because is not None else None,
        "source": alert.source,
        "late": alert.late,
    }  # fmt: skip


def happening_document(happening: Happening, language: str) -> dict[str, Any]:
    """What happened, with the alert as it stands now."""
    return {
        "happening": happening.turn.value,
        "told": happening.told.isoformat(),
        "alert": alert_document(happening.alert, language),
    }


def refused_document(refused: RefusedLine) -> dict[str, Any]:
    """A line that was not taken."""
    return {
        "line": refused.line,
        "code": refused.refused.code,
        "kind": refused.refused.kind,
        "id": refused.refused.id,
        "problems": [{"path": p.path, "message": p.message} for p in refused.refused.problems],
    }


def summary_document(following: Following, matcher: str) -> dict[str, Any]:
    """What came of all lines."""
    return {
        "lines": following.lines,
        "accepted": following.counts["accepted"],
        "late": following.counts["late"],
        "copies": following.counts["copy"],
        "after": following.counts["after"],
        "refused": following.counts["refused"],
        "matcher": matcher,
        "corrected": following.watcher.mismatches,
    }
