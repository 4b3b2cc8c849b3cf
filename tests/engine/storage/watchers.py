"""Alerts and what is said of them, for tests of what keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine as Store

from engine.storage.ledgers import DAY, HOUSE
from remit_dsl.parts import Label
from remit_dsl.source import Span
from remit_dsl.watch import Restraint
from remit_engine.rules.hold import Hold
from remit_engine.storage import alerts
from remit_engine.storage.alerts import Saying, Told
from remit_engine.storage.opening import writing
from remit_engine.watch.alert import Alert, Compared, Happening, Turn
from remit_engine.watch.holding import holds_of

MOMENT = "2026-03-15T09:00:00.000000+00:00"
WHO = Saying("dee", DAY, MOMENT)
AT = Span("house.remit", 1, 1, 0, 12)
FREEZE = Restraint("freeze", "house.pay", ("vendor", "id"), None, None, None, AT)
REVIEW = Restraint(
    "require", "house.pay", ("vendor", "id"), None, "review", "house.director", AT
)  # fmt: skip


def alert(id: str = "alr_1", subject: str = "V1", **members: Any) -> Alert:
    """An alert of a watch on vendors."""
    known: dict[str, Any] = {
        "rule": "house.vendors.full",
        "watch": "house.vendors",
        "kind": "watch",
        "row": None,
        "began": DAY,
        "cleared": None,
        "severity": "critical",
        "owner": "house.director",
        "notify": ("house.manager",),
        "restraints": (FREEZE,),
        "compared": (Compared("exposure over line", "120 CNY", "100 CNY"),),
        "because": Label("the line is used up", (("zh", "额度已用完"),)),
        "source": "memo 7",
        "people": ("Mo",),
    }
    return Alert(id=id, subject=subject, **{**known, **members})


def happening(turn: Turn, about: Alert, told: date = DAY) -> Happening:
    """What the watcher says."""
    return Happening(turn, about, told)


def keep(kept: Store, said: Happening) -> Told | None:
    """Keep it in a transaction of its own."""
    with writing(kept) as connection:
        return keep_in(connection, said)


def keep_in(connection: Connection, said: Happening) -> Told | None:
    """Keep it, with what the alert holds."""
    return alerts.keep(connection, said, held(said), MOMENT)


def held(said: Happening) -> tuple[Hold, ...]:
    return holds_of(said.alert, said.told, HOUSE.model.program)


def begin(kept: Store, about: Alert | None = None) -> Alert:
    """An alert that has begun."""
    found = about or alert()
    keep(kept, happening(Turn.BEGUN, found))
    return found


def clear(kept: Store, about: Alert, day: date = DAY) -> Told | None:
    """The same alert, cleared on a day."""
    return keep(kept, happening(Turn.CLEARED, replace(about, cleared=day), day))
