"""What an alert holds: the keys of its restraints, as they are known where it begins."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.watch.following import held, people, program_of, watcher
from remit_engine.rules.hold import Hold
from remit_engine.watch.alert import Alert
from remit_engine.watch.holding import holds_of

HEAD = """
policy w { owner board  currency CNY }
enum Region { east west }
position board
position manager { reports to board }
record Person { territory: set of Region }
record Customer { id: text  region: Region  desk: position  tier: integer  exposure: money
  line: money }
event Sale { id: text  date: date  seller: Person  account: Customer  region: Region  size: integer
  amount: money }
action release { customer: Customer  seller: Person  region: Region  desk: position  size: integer
  day: date  urgent: boolean  amount: money  limit on amount }
authority release { manager may approve any }
"""
DAY = date(2026, 3, 2)
SALE = {
    "kind": "Sale", "id": "s-1", "date": "2026-03-02", "seller": "ann",
    "account": {"id": "c-7"}, "region": "east", "size": 12, "amount": 900,
}  # fmt: skip
CUSTOMER = {
    "kind": "Customer", "id": "c-1", "entry": "o-1", "on": "2026-03-02",
    "facts": {"region": "west", "desk": "manager", "tier": 3, "exposure": 11, "line": 10},
}  # fmt: skip


def alerts(text: str, *entries: Any) -> list[Alert]:
    found = watcher(text, people(ann=[held("manager")]), head=HEAD)
    said = [h.alert for h in found.tell(entries, DAY).happenings]
    found.close()
    return said


def holds(text: str, *entries: Any) -> tuple[Hold, ...]:
    (alert,) = alerts(text, *entries)
    return holds_of(alert, DAY, program_of(HEAD + text))


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("", "c-1"),
        ("by region = region", "west"),
        ("by desk = desk", "w.manager"),
        ("by size = tier", "3"),
    ],
)
def test_of_a_record(by: str, key: str) -> None:
    text = f"watch credit on Customer {{ full: when exposure over line freeze release {by} }}"
    (hold,) = holds(text, CUSTOMER)
    assert (hold.value, hold.subject, hold.rule, hold.since) == (key, "c-1", "w.credit.full", DAY)
    assert hold.text == f"freeze release {by}".strip()


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("customer = account", "c-7"),
        ("seller = seller", "ann"),
        ("region = region", "east"),
        ("size = size", "12"),
        ("day = date", "2026-03-02"),
    ],
)
def test_of_a_row(by: str, key: str) -> None:
    step = f"require review by board on release by {by}"
    (hold,) = holds(f"watch big on Sale {{ when amount over 500 {step} }}", SALE)
    assert (hold.value, hold.subject, hold.rule) == (key, "s-1", "w.big.1")
    assert (hold.restraint.verb, hold.restraint.position) == ("review", "w.board")


@pytest.mark.parametrize(
    ("by", "key"), [("region", "east"), ("size", "12"), ("account", "c-7"), ("seller", "ann")]
)
def test_of_a_key(by: str, key: str) -> None:
    fact = {"account": "customer"}.get(by, by)
    text = f"watch many on Sale by {by} {{ when 1 Sale freeze release by {fact} }}"
    (hold,) = holds(text, SALE)
    assert (hold.value, hold.subject) == (key, key)


def test_a_field_that_nobody_has_told_yet_is_not_known() -> None:
    """And then everybody is held: unknown is never false."""
    bare = {**CUSTOMER, "facts": {"exposure": 11, "line": 10}}
    text = "watch credit on Customer { when exposure over line freeze release by region = region }"
    (hold,) = holds(text, bare)
    assert hold.value is None


def test_an_id_is_the_same_after_a_restart_and_another_for_each_restraint() -> None:
    text = "watch credit on Customer { when exposure over line freeze release "
    text += "require review by board on release }"
    first, again = holds(text, CUSTOMER), holds(text, CUSTOMER)
    assert first == again
    assert len({hold.id for hold in first}) == 2
    assert [hold.restraint.kind for hold in first] == ["freeze", "require"]


def test_a_late_entry_changes_the_key_of_what_is_open() -> None:
    """The freeze holds whom it would have held had the entry come in time."""
    text = (
        "watch credit on Customer { full: when exposure over line freeze release by desk = desk }"
    )
    found = watcher(text, people(ann=[held("manager")]), head=HEAD)
    found.tell([CUSTOMER | {"facts": {"exposure": 11, "line": 10}}], DAY)
    late = {"kind": "Customer", "id": "c-1", "entry": "o-0", "on": "2026-03-01"}
    said = found.tell([late | {"facts": {"desk": "manager"}}], DAY).happenings
    assert [(str(h.turn), h.alert.keys) for h in said] == [
        ("withdrawn", (None,)),
        ("begun", ("w.manager",)),
    ]
    assert {h.alert.id for h in said} == {a.id for a in found.alerts}
    found.close()
