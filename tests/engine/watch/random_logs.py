"""Random logs of a month, for properties of watching."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import groupby
from typing import Any

from hypothesis import settings

from engine.watch.following import day, held, people, row, seen

FEWER = settings(settings(), max_examples=max(1, settings().max_examples // 3))
"""Random logs cost more than most examples."""
STAFF = people(
    ann=[held("sales_manager", None, "03-12")], bob=[held("sales_manager", "03-05", None)]
)


def entries(rng: random.Random, days: int, count: int) -> list[dict[str, Any]]:
    """A log of a month, by day; payments may come before their invoice."""
    found = []
    for n in range(count):
        on = f"03-{rng.randint(1, days):02}"
        who = rng.choice(["c-1", "c-2"])
        match rng.choice(
            ["seen", "seen", "return", "complaint", "invoice", "pay", "sale", "report"]
        ):
            case "seen":
                facts = {"exposure": rng.choice([4, 10, 11, 20, 25])}
                facts |= {"credit_line": 20} if rng.random() < 0.5 else {}
                facts |= {"region": rng.choice(["east", "west"])} if rng.random() < 0.5 else {}
                found.append(seen(on, who, **facts))
            case "return":
                more = {} if rng.random() < 0.1 else {"amount": rng.choice([5, 10])}
                product = rng.choice(["p", "q"])
                found.append(row("Return", on, f"r{n}", customer=who, product=product, **more))
            case "complaint":
                found.append(row("Complaint", on, f"k{n}", customer=who))
            case "invoice":
                due = (day(on) + timedelta(days=rng.randint(0, 3))).isoformat()
                id = f"i{rng.randint(1, 4)}"
                if not any(e["id"] == id for e in found):
                    found.append(row("Invoice", on, id, customer=who, due=due, amount=10))
            case "pay":
                id = f"i{rng.randint(1, 4)}"
                found.append(row("Payment", on, f"y{n}", invoice=id, amount=rng.choice([5, 10])))
            case "sale":
                seller = rng.choice(["ann", "bob"])
                found.append(row("Sale", on, f"s{n}", seller=seller, ship_to="east", account=who))
            case "report":
                found.append(row("Report", on, f"p{n}", author=rng.choice(["ann", "bob"])))
    return found


def on(entry: dict[str, Any]) -> str:
    return entry.get("on") or entry["date"]


def shuffled(rng: random.Random, log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Another order of arrival that keeps the order within each day."""
    days = {when: list(group) for when, group in groupby(sorted(log, key=on), key=on)}
    slots = [on(entry) for entry in log]
    rng.shuffle(slots)
    return [days[when].pop(0) for when in slots]
