"""Requests for approval in one transaction with the ledger: one wins, totals are used up once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine.approvals.benches import DAY, POLICY, STAFF
from engine.asking import House
from engine.storage.stores import store
from remit_engine.approvals import doing, moving
from remit_engine.approvals.faults import ApprovalFault, DoesNotCount, NotInState, NotOpened
from remit_engine.approvals.life import State
from remit_engine.storage import approvals, history
from remit_engine.storage.approvals import Kept
from remit_engine.storage.court import Court
from remit_engine.storage.docket import Docket, taken_back
from remit_engine.storage.faults import Superseded
from remit_engine.storage.ledger import Ledger
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.revisions import raised

NOW = "2026-03-02T09:00:00.000000+00:00"
ANY, LIMITED = "manager, director may approve any", "may approve up to 800 each, 1_000 per month"
MONTHLY = POLICY.replace(ANY, f"manager, director {LIMITED}")


class Office:
    """A store with its ledger and the house that judges."""

    def __init__(self, engine: Engine, policy: str = POLICY) -> None:
        self.store = engine
        self.house = House(policy, STAFF)
        self.ledger = Ledger(engine)
        h = self.house
        self.court = Court(h.compiled, 0)
        self.day = DAY

    def work(self, do: Callable[[Docket], Kept], caller: str = "somebody") -> Kept:
        """Something in one transaction."""
        with writing(self.store) as connection:
            return do(Docket(connection, self.ledger, self.court, self.day, NOW, caller))

    def make(self, actor: str, amount: int, **more: Any) -> str:
        document = {"actor": actor, "action": "pay", "facts": {"amount": amount}, **more}
        return self.work(lambda d: d.make(document, actor)).request.id

    def does(self, id: str, person: str, verb: str) -> Kept:
        return self.work(
            lambda d: d.change(
                d.read(id),
                lambda r, bench: doing.done(r, person, verb, self.day, bench, d.terms),
            ),
            person,
        )


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with store(request.param, tmp_path) as opened:
        yield opened


def test_what_is_approved_is_in_the_ledger(engine: Engine) -> None:
    office = Office(engine)
    id = office.make("ann", 500)
    for person, verb in (("su", "endorse"), ("kim", "review"), ("mo", "approve")):
        kept = office.does(id, person, verb)
    request = kept.request
    assert (request.state, request.decided_by) == (State.APPROVED, "mo")
    with reading(engine) as connection:
        (entry,) = history.page(connection, history.Wanted(), before=None, limit=5)
        assert (entry.id, entry.outcome, entry.actor) == (request.decision, "permit", "mo")
        assert entry.caller == "mo"
        assert entry.facts == request.fingerprint
        assert '"by":"kim"' in entry.request
        told = approvals.history(connection, id)
        assert told[-1].event.body["decision"] == entry.id
        assert list(approvals.verified(connection)) == []


def test_two_at_once_one_wins(engine: Engine) -> None:
    office = Office(engine)
    id = office.make("ann", 250)
    office.does(id, "su", "endorse")

    def approve(person: str) -> str:
        try:
            return str(office.does(id, person, "approve").request.decided_by)
        except NotInState as fault:
            return fault.message

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(approve, ["mo", "ned"]))
    assert found[0] in ("mo", "ned")
    assert found[1] == "this request is approved"
    with reading(engine) as connection:
        assert len(history.page(connection, history.Wanted(), before=None, limit=5)) == 1


def test_the_last_of_a_total_is_given_once(engine: Engine) -> None:
    office = Office(engine, MONTHLY)
    ids = [office.make("ann", 280), office.make("bob", 280), office.make("ann", 280)]
    for id in [*ids, office.make("bob", 280)]:
        office.does(id, "su", "endorse")
    ids.append(id)

    def approve(id: str) -> str:
        try:
            return str(office.does(id, "mo", "approve").request.state)
        except DoesNotCount as fault:
            return fault.message

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(approve, ids))
    assert found[:3] == ["approved"] * 3
    assert "160.00 CNY that remain" in found[3]


def test_what_time_does_is_done_when_it_is_read(engine: Engine) -> None:
    office = Office(engine)
    first, second = office.make("ann", 500), office.make("bob", 500)
    office.day = date(2026, 3, 6)
    assert office.work(lambda d: d.read(first)).request.step("s1").state == "passed"  # type: ignore[union-attr]
    with writing(engine) as connection:
        docket = Docket(connection, office.ledger, office.court, office.day, NOW, "clock")
        assert (docket.catch_up(), docket.catch_up()) == (1, 0)
        kinds = [t.event.kind for t in approvals.history(connection, second)]
    assert kinds == ["opened", "overdue", "overdue"]


def test_a_reversal_makes_the_request_void(engine: Engine) -> None:
    office = Office(engine)
    id = office.make("mo", 500, requester="ann")
    kept = office.does(id, "kim", "review")
    assert kept.request.decision is not None
    with writing(engine) as connection:
        office.ledger.reverse(
            connection, kept.request.decision, caller="fin", reason="wrong vendor", day=DAY
        )
        void = taken_back(connection, kept.request.decision, "wrong vendor", "fin", DAY, NOW)
        assert void is not None
        assert approvals.found(connection, id).request.state is State.VOID
        assert taken_back(connection, "dec_other", "x", None, DAY, NOW) is None


def test_a_refusal_leaves_nothing_behind(engine: Engine) -> None:
    office = Office(engine)
    with pytest.raises(NotOpened):
        office.make("mo", 100, requester="ann")
    id = office.make("ann", 500)
    with pytest.raises(ApprovalFault):
        office.does(id, "bob", "approve")
    with reading(engine) as connection:
        assert len(approvals.listed(connection, 5)) == 1
        assert [t.event.kind for t in approvals.history(connection, id)] == ["opened"]
    comment = office.work(lambda d: d.comment(d.read(id), "ann", "please"))
    assert comment.request.edition == 1


def test_under_a_superseded_policy_nothing_is_done(engine: Engine) -> None:
    office = Office(engine)
    id = office.make("ann", 500)
    with writing(engine) as connection:
        raised(connection, NOW)
    with pytest.raises(Superseded):
        office.does(id, "kim", "review")


def test_edited_facts_carry_the_fingerprint_of_the_ledger(engine: Engine) -> None:
    office = Office(engine)
    id = office.make("mo", 500, requester="ann")
    written = {"amount": {"amount": 450, "currency": "CNY"}}
    office.work(
        lambda d: d.change(
            d.read(id), lambda r, b: moving.edited(r, written, "mo", office.day, b, d.terms)
        )
    )
    kept = office.does(id, "kim", "review")
    with reading(engine) as connection:
        (entry,) = history.page(connection, history.Wanted(), before=None, limit=5)
    assert entry.facts == kept.request.fingerprint
    again = office.make("mo", 450, requester="ann")
    assert office.work(lambda d: d.read(again)).request.fingerprint == entry.facts
