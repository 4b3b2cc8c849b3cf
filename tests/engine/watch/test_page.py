"""The example of docs/watch.md, carried out: each rule of it begins and ends as the page says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.watch.following import day, program_of
from fences import fences
from remit_engine.people.directory import DatedHolding, Directory, Person
from remit_engine.watch.watcher import Watcher

PAGE = Path(__file__).parents[3] / "docs" / "watch.md"
C = "watch.example.credit_usage"
EAST = {"territory": frozenset({"east"})}
STAFF = Directory(
    "staff",
    {
        id: Person(id, id.title(), more, (DatedHolding(f"watch.example.{position}"),))
        for id, position, more in (
            ("ann", "sales_manager", EAST),
            ("cat", "finance_controller", {}),
            ("dan", "sales_director", {}),
            ("eve", "regional_manager", {}),
            ("fay", "board", {}),
        )
    },
)


@pytest.fixture
def watcher() -> Watcher:
    return Watcher(program_of(page()), STAFF, since=day("01-01"))


def page() -> str:
    """All that is written in the language."""
    return "".join(f.text for f in fences(PAGE) if f.words[:1] == ("remit",))


def told(watcher: Watcher, today: str, *entries: dict[str, Any]) -> list[str]:
    found = watcher.tell(entries, day(today))
    assert [t.refused for t in found.taken if t.refused] == []
    return [
        f"{h.told:%m-%d} {h.turn} {h.alert.rule.removeprefix('watch.example.')} {h.alert.subject}"
        + (f"/{h.alert.row}" if h.alert.row else "")
        for h in found.happenings
    ]


def customer(on: str, **facts: Any) -> dict[str, Any]:
    entry = f"o-{on}-{len(facts)}"
    return {"kind": "Customer", "id": "c-1", "entry": entry, "on": f"2026-{on}", "facts": facts}


def event(kind: str, id: str, on: str, **fields: Any) -> dict[str, Any]:
    whose = {} if kind in ("Payment", "Sale", "Report") else {"customer": {"id": "c-1"}}
    return {"kind": kind, "id": id, "date": f"2026-{on}", **whose, **fields}


def report(id: str, on: str) -> dict[str, Any]:
    facts = {"date": f"2026-{on}", "author": "ann", "kind": "monthly_report"}
    return {"kind": "Report", "id": id, "facts": facts}


def returned(id: str, on: str, amount: int = 100, product: str = "pump") -> dict[str, Any]:
    return event("Return", id, on, product=product, amount=amount)


def test_the_credit_line(watcher: Watcher) -> None:
    assert told(watcher, "01-10", customer("01-10", exposure=81, credit_line=100)) == [
        "01-10 begun credit_usage.near c-1"
    ]
    assert told(watcher, "01-11", customer("01-11", exposure=101)) == [
        "01-11 begun credit_usage.full c-1"
    ]
    full = watcher.alerts[1]
    assert (full.severity, full.people) == ("critical", ("Cat",))
    assert [(r.kind, r.action) for r in full.restraints] == [
        ("freeze", "watch.example.credit_release")
    ]
    assert told(watcher, "01-12", customer("01-12", exposure=100)) == [
        "01-12 cleared credit_usage.full c-1"
    ]
    assert told(watcher, "01-13", customer("01-13", exposure=75)) == [
        "01-13 cleared credit_usage.near c-1"
    ]


def test_returns_and_complaints(watcher: Watcher) -> None:
    entries = [
        event("Complaint", "k-1", "01-02"),
        returned("r-1", "01-10", 9_000),
        returned("r-2", "01-12", 9_000),
        returned("r-3", "01-20", 2_001),
    ]
    assert told(watcher, "01-20", *entries) == [
        "01-10 begun credit_usage.5 c-1",  # a complaint, then goods back within 14 days
        "01-16 cleared credit_usage.5 c-1",
        "01-20 begun credit_usage.3 c-1",  # three within 30 days
        "01-20 begun credit_usage.4 c-1",  # more than 20,000 in January
    ]
    assert told(watcher, "02-10") == [
        "02-01 cleared credit_usage.4 c-1",
        "02-06 begun monthly_summary ann/2026-01-01",
        "02-09 cleared credit_usage.3 c-1",
    ]


def test_an_invoice_stays_unpaid(watcher: Watcher) -> None:
    invoice = event("Invoice", "i-1", "01-05", due="2026-01-20", amount=500)
    half = event("Payment", "y-1", "03-01", invoice="i-1", amount=250)
    watcher.tell([invoice, half], day("03-21"))
    assert [a.rule for a in watcher.alerts if a.rule.startswith(C)] == []
    assert "03-22 begun credit_usage.6 c-1/i-1" in told(watcher, "03-22")
    rest = event("Payment", "y-2", "03-25", invoice="i-1", amount=250)
    assert told(watcher, "03-25", rest) == ["03-25 cleared credit_usage.6 c-1/i-1"]


def test_a_sale_outside_the_territory(watcher: Watcher) -> None:
    sale = event("Sale", "s-1", "01-05", seller="ann", ship_to="beijing", account={"id": "c-9"})
    assert told(watcher, "01-05", sale) == ["01-05 begun cross_area.1 s-1"]
    (alert,) = watcher.alerts
    assert (alert.severity, alert.owner) == ("warning", "watch.example.sales_director")
    assert [(r.kind, r.verb, r.action, r.fact, r.value) for r in alert.restraints] == [
        ("require", "review", "watch.example.order_acceptance", ("customer", "id"),
         ("account", "id"))
    ]  # fmt: skip
    inside = {**sale, "id": "s-2", "ship_to": "east"}
    assert told(watcher, "01-05", inside) == []


def test_ten_returns_of_a_product(watcher: Watcher) -> None:
    entries = [{**returned(f"r-{n}", "01-05", 1), "customer": {"id": f"c-{n}"}} for n in range(10)]
    assert told(watcher, "01-05", *entries) == ["01-05 begun by_product.1 pump"]


def test_a_monthly_summary(watcher: Watcher) -> None:
    assert told(watcher, "02-06", report("p-1", "02-05")) == []
    assert told(watcher, "03-06") == ["03-06 begun monthly_summary ann/2026-02-01"]
    (alert,) = watcher.alerts
    assert alert.people == ("Ann", "Dan", "Fay")  # he, his superior, and the board
    assert told(watcher, "03-09", report("p-2", "03-09")) == [
        "03-09 cleared monthly_summary ann/2026-02-01"
    ]


def test_before_the_policy_is_in_force_nothing_is_said() -> None:
    watcher = Watcher(program_of(page()), STAFF)
    over = {**customer("01-01", exposure=101, credit_line=100), "on": "2025-12-30"}
    assert watcher.tell([over], date(2025, 12, 31)).happenings == ()
    assert told(watcher, "01-01") == [
        "01-01 begun credit_usage.near c-1",
        "01-01 begun credit_usage.full c-1",
    ]
