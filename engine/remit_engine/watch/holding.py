"""What an alert holds: its restraints on the keys that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from remit_dsl.program import Program
from remit_dsl.watch import Restraint
from remit_engine.explanation.quoting import written
from remit_engine.judging.unknown import Unknown
from remit_engine.people.party import Party
from remit_engine.rules.hold import Hold
from remit_engine.text import exact
from remit_engine.watch.alert import Alert


def keys_of(
    restraints: Sequence[Restraint], subject: str, facts: Mapping[str, Any]
) -> tuple[str | None, ...]:
    """Of each restraint the key it holds, as `Hold.value`: the subject's own, or what stands in a
    field of its; None where that is not known. facts: of the subject, with people as parties."""
    return tuple(subject if r.value is None else _text(_at(facts, r.value)) for r in restraints)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """The value at a path through records; a link and a person are known by their ids."""
    for step in path:
        match value:
            case None | Unknown():
                return None
            case str():
                return value if step == "id" else None
            case Party():
                value = value.person if step == "id" else value.attributes.get(step)
            case _:
                value = value.get(step)
    return value


def _text(value: Any) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Fraction():
            return exact(value)
        case date():
            return value.isoformat()
    return None


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
