"""What an alert holds: its restraints on the keys that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from remit_dsl.program import Program
from remit_engine.hold import Hold
from remit_engine.quoting import written
from remit_engine.watch.alert import Alert


def holds_of(alert: Alert, since: date, program: Program) -> tuple[Hold, ...]:
    """One hold for each restraint of an alert, from the day on which it is said. program: whose
    words are quoted. An id is made of the alert's and the restraint's place, alike after a
    restart."""
    return tuple(_holds(alert, since, program))


def _holds(alert: Alert, since: date, program: Program) -> Iterator[Hold]:
    for place, restraint in enumerate(alert.restraints):
        known = None if restraint.value is not None else alert.subject
        made = sha256(f"{alert.id}\n{place}".encode()).hexdigest()
        yield Hold(
            id=f"hld_{made[:24]}",
            restraint=restraint,
            value=alert.keys[place] if alert.keys else known,
            alert=alert.id,
            rule=alert.rule,
            subject=alert.subject,
            row=alert.row,
            since=since,
            because=alert.because,
            source=alert.source,
            text=written(restraint.span, program),
        )
