"""A house whose limits keep totals, and its ledger, for tests."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.engine import Engine as Store

from engine.asking import House
from remit_engine.storage.court import Court
from remit_engine.storage.idempotency import Key
from remit_engine.storage.ledger import Ledger, Pending, Recorded

DAY = date(2026, 3, 15)
POLICY = """
policy house { currency CNY  owner director }
position clerk { reports to manager }
position manager { reports to director }
position director
record Vendor { id: text }
action pay "Pay" {
  amount money
  vendor Vendor optional
  buyer  Person optional
  limit on amount
}
authority pay {
  clerk may approve up to 5_000 each, 300 per month
  clerk may recommend up to 5_000 each, 700 per month
  manager may approve up to 9_000 each, 10_000 per month
  director may approve any
  escalate to the first superior able
}
action rent "Rent" { amount money  vendor Vendor  limit on amount summed by vendor over 60 days }
authority rent {
  manager may approve up to 1_000 each, 1_500 per actor.unit per year
  director may approve up to 10_000
}
action visit "Visit" { place text }
authority visit { clerk may approve when place != "moon" }
delegation of pay { to any level below  at most 90 days }
"""
KEYED = POLICY.replace("10_000 per month", "10_000 per month, 2_000 per vendor.id per quarter")
STAFF = """
units: [{id: west}, {id: east}]
people:
  - {id: ann, name: Ann, positions: [{position: clerk, unit: west}]}
  - {id: mo, name: Mo, positions: [{position: manager, unit: west}]}
  - {id: max, name: Max, positions: [{position: manager, unit: east}]}
  - {id: dee, name: Dee, positions: [{position: director}]}
delegations:
  - {from: mo, to: ann, action: pay, starts: 2026-02-01, ends: 2026-04-15, reason: leave}
"""
HOUSE = House(POLICY, STAFF, as_of=DAY)
LATER = House(KEYED, STAFF, as_of=DAY)


def court(house: House = HOUSE, revision: int = 0) -> Court:
    return Court(house.compiled, revision)


def pending(actor: str, amount: Any, action: str = "pay", **more: Any) -> Pending:
    house = more.pop("house", HOUSE)
    key = more.pop("key", None)
    verb, on = more.pop("verb", "approve"), more.pop("on", DAY)
    vendor = more.pop("vendor", "V1")
    facts = {"amount": amount, "vendor": vendor and {"id": vendor}, "buyer": None, **more}
    if action == "visit":
        facts = {"place": amount}
    elif action == "rent":
        del facts["buyer"]
    facts = {k: v for k, v in facts.items() if v != "missing"}
    request = house.request(actor, action, facts=facts, verb=verb, as_of=on.isoformat())
    caller = "caller" if actor == "ann" else actor
    return Pending(request, caller, key and Key(caller, key, str(facts)))


def ledger(store: Store) -> Ledger:
    return Ledger(store, lambda: datetime(2026, 3, 15, 12, tzinfo=UTC))


def outcomes(found: list[Any]) -> list[str]:
    return [
        str(f.entry.outcome) if isinstance(f, Recorded) else type(f.fault).__name__ for f in found
    ]


def month_of(found: Any) -> Fraction:
    """What the month had used before an answer."""
    assert isinstance(found, Recorded)
    totals = json.loads(found.entry.answer)["totals"]
    return next(Fraction(t["used"]["value"]) for t in totals if t["name"] == "month")


def on(pending: Pending, day: date) -> Pending:
    return replace(pending, request=replace(pending.request, as_of=day))
