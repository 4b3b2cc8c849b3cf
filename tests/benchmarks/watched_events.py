"""A year of a sales organisation as it may come in: many customers, few alerts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from remit_engine.people.directory import DatedHolding, Directory, Person

TEXT = Path(__file__).parents[1] / "dsl" / "watch" / "every_form.remit"
BEGIN, DAYS = date(2025, 1, 1), 365
STAFF = Directory(
    "staff",
    {
        id: Person(id, id.title(), {"territory": frozenset({"east"})}, (DatedHolding(held),))
        for id, held in (("ann", "watch.sample.sales_manager"), ("bob", "watch.sample.board"))
    },
)


def events(count: int, customers: int, late: float = 0.0) -> Iterator[dict[str, Any]]:
    """Events and observations in the order of their days; a part of them comes days later."""
    rng = random.Random(7)
    unpaid: list[str] = []
    for n in range(count):
        day = BEGIN + timedelta(days=n * DAYS // count)
        if late and rng.random() < late:
            day = max(BEGIN, day - timedelta(days=rng.randrange(1, 10)))
        yield _one(rng, n, day, f"c{rng.randrange(customers)}", unpaid)


def _one(rng: random.Random, n: int, day: date, who: str, unpaid: list[str]) -> dict[str, Any]:
    on, of = day.isoformat(), {"id": who}
    match rng.choices(_KINDS, _WEIGHTS)[0]:
        case "Customer":
            exposure = rng.randrange(70_000) if rng.random() < 0.99 else 101_000
            facts = {"exposure": exposure, "credit_line": 100_000, "region": "east"}
            return {"kind": "Customer", "id": who, "entry": f"o{n}", "on": on, "facts": facts}
        case "Invoice":
            unpaid.append(f"i{n}")
            due, amount = (day + timedelta(days=30)).isoformat(), 5_000
            row = {"due": due, "amount": amount, "customer": of}
            return {"kind": "Invoice", "id": f"i{n}", "date": on, **row}
        case "Payment":
            paid = unpaid.pop(0) if unpaid and rng.random() < 0.97 else "i0"
            return {"kind": "Payment", "id": f"y{n}", "date": on, "invoice": paid, "amount": 5_000}
        case "Return":
            row = {"product": f"p{rng.randrange(500)}", "amount": rng.randrange(100, 900)}
            return {"kind": "Return", "id": f"r{n}", "date": on, "customer": of, **row}
        case "Sale":
            row = {"seller": "ann", "ship_to": "east" if rng.random() < 0.99 else "west"}
            return {"kind": "Sale", "id": f"s{n}", "date": on, **row, "net": 900, "account": of}
    return {"kind": "Complaint", "id": f"k{n}", "date": on, "customer": of}


_KINDS = ("Customer", "Invoice", "Payment", "Return", "Sale", "Complaint")
_WEIGHTS = (30, 20, 20, 5, 23, 2)
