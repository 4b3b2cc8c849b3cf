"""Delegations made through the service: checked one by one, kept, in force by their days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine.asking import House
from engine.storage.stores import store
from remit_dsl.source import Span
from remit_engine.reading.delegation_checks import approver_of, check_another
from remit_engine.reading.directory_reader import read_delegation
from remit_engine.storage import delegations
from remit_engine.storage.delegations import Lent
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.revisions import revision

NOW = "2026-03-02T09:00:00.000000+00:00"
DAY = date(2026, 3, 2)
POLICY = """
policy house { currency CNY  owner boss }
position clerk { reports to chief }
position chief { reports to boss }
position boss
position auditor
action pay "Pay" { amount money  limit on amount }
authority pay { chief, boss may approve up to 1_000 }
delegation of pay { to any level below  at most 30 days  NEEDS  never onward }
"""
STAFF = """
people:
  - {id: ann, positions: [{position: clerk}]}
  - {id: cai, positions: [{position: chief}]}
  - {id: boz, positions: [{position: boss}]}
  - {id: aud, positions: [{position: auditor}]}
"""


def house(needs: str = "") -> House:
    return House(POLICY.replace("NEEDS", needs), STAFF)


def written(**members: Any) -> str:
    given = {
        "from": "cai",
        "to": "ann",
        "action": "pay",
        "verbs": ["approve"],
        "limit": 500,
        "starts": "2026-03-02",
        "ends": "2026-03-12",
        "reason": "on leave",
        **members,
    }
    return json.dumps({k: v for k, v in given.items() if v is not None})


def faults(at: House, text: str) -> list[str]:
    placed, found = read_delegation("body", text, at.directory, at.model)
    if placed is not None and not found:
        found = check_another(placed, at.directory, at.model)
    return [f"{d.code} {d.span.line}:{d.span.column} {d.message}" for d in found]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({}, []),
        ({"limit": "500 CNY", "verbs": None}, []),
        ({"to": "nob"}, ["E0620", "unknown person `nob`"]),
        ({"to": "boz"}, ["E0627", "not below `cai`"]),
        ({"from": "ann", "to": "ann"}, ["E0623", "delegates to himself"]),
        ({"ends": "2026-05-01"}, ["E0626", "lasts 60 days"]),
        ({"ends": None}, ["E0624", "needs `ends`"]),
        ({"reason": " "}, ["E0624", "needs its reason"]),
        ({"limit": "x"}, ["E0632", "is not an amount"]),
        ({"colour": 1}, ["E0606", "unknown member"]),
        ({"action": "fly"}, ["E0621", "unknown action"]),
    ],
)
def test_a_delegation_is_checked(members: dict[str, Any], says: list[str]) -> None:
    found = faults(house(), written(**members))
    assert all(any(word in f for f in found) for word in says)
    assert bool(found) == bool(says)


def test_circles_and_hand_me_downs_are_found() -> None:
    lent = STAFF + "delegations:\n" + f"  - {written()}\n"
    at = House(POLICY.replace("NEEDS", "").replace("to any level below", "to clerk, chief"), lent)
    back = faults(at, written(**{"from": "ann", "to": "cai"}))
    assert any("in a circle" in f for f in back)
    assert any("E0630" in f for f in back)
    assert faults(at, written(starts="2026-03-12", ends="2026-03-13")) == []


def test_who_has_to_approve_it() -> None:
    at = house("needs approval by auditor")
    placed, _ = read_delegation("body", written(), at.directory, at.model)
    assert placed is not None
    assert approver_of(placed, at.model) == "house.auditor"
    assert approver_of(placed, house().model) is None
    assert "E0628" in faults(at, written())[0]
    assert faults(at, written(approved_by="aud")) == []
    assert "cannot approve a delegation he gives" in faults(at, written(approved_by="cai"))[0]


# --- kept ---------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with store(request.param, tmp_path) as opened:
        yield opened


def lent(id: str = "dlg_1", **more: Any) -> Lent:
    at = house()
    placed, _ = read_delegation(id, written(), at.directory, at.model)
    assert placed is not None
    entry = replace(placed.entry, span=Span(id, 1, 1, 0, 0))
    return Lent(id, entry, "cai", NOW, **more)


def test_it_is_kept_and_ends(kept: Engine) -> None:
    with writing(kept) as connection:
        made = delegations.add(connection, lent())
        assert (made.since, revision(connection)) == (1, 1)
        found = delegations.found(connection, "dlg_1")
        assert found == made
        assert delegations.in_force(connection, 0) == ()
        assert delegations.in_force(connection, 1) == (lent().entry,)
        assert [found.state(d) for d in (DAY, date(2026, 3, 1), date(2026, 3, 12))] == [
            "in force", "to come", "over",
        ]  # fmt: skip
        after = delegations.end(connection, found, "cai", date(2026, 3, 5), NOW)
        assert delegations.found(connection, "dlg_1") == after
        assert [e.ends for e in delegations.in_force(connection, 2)] == [date(2026, 3, 5)]
        assert delegations.in_force(connection, 1) == (lent().entry,), "as it was then"
        assert revision(connection) == 2
        with pytest.raises(Conflict, match="was ended on 2026-03-05"):
            delegations.end(connection, after, "cai", DAY, NOW)
        with pytest.raises(Conflict, match="is over since 2026-03-12"):
            delegations.end(connection, found, "cai", date(2026, 3, 12), NOW)
        with pytest.raises(NotKept, match="`dlg_2`"):
            delegations.found(connection, "dlg_2")


def test_ended_on_its_first_day_it_never_was(kept: Engine) -> None:
    with writing(kept) as connection:
        made = delegations.add(connection, lent())
        delegations.end(connection, made, "cai", DAY, NOW)
        assert delegations.in_force(connection, 2) == ()


def test_until_it_is_approved_nobody_may_act_on_it(kept: Engine) -> None:
    with writing(kept) as connection:
        waiting = lent(waits_for="house.auditor")
        delegations.add(connection, waiting)
        assert revision(connection) == 0, "nobody answers otherwise"
        after = delegations.approve(connection, waiting, "aud", DAY, NOW)
        assert (after.entry.approved_by, after.state(DAY)) == ("aud", "in force")
        assert [e.approved_by for e in delegations.in_force(connection, 1)] == ["aud"]
        with pytest.raises(Conflict, match="waits for no approval"):
            delegations.approve(connection, after, "aud", DAY, NOW)


def test_lists_show_the_newest_and_ones_own(kept: Engine) -> None:
    with writing(kept) as connection:
        for i in range(4):
            delegations.add(connection, lent(f"dlg_{i}", waits_for="house.auditor" if i else None))
    with reading(kept) as connection:
        first = delegations.listed(connection, 2)
        assert [d.id for d in first] == ["dlg_3", "dlg_2"]
        more = delegations.listed(connection, 9, (first[-1].made, first[-1].id))
        assert [d.id for d in more] == ["dlg_1", "dlg_0"]
        assert len(delegations.listed(connection, 9, of=["ann"])) == 4
        assert len(delegations.listed(connection, 9, of=["aud", "house.auditor"])) == 3
        assert delegations.listed(connection, 9, of=["boz"]) == []
