"""The life of a request for approval: who may do what on which day, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from engine.approvals.benches import POLICY, STAFF, Walk, walk
from engine.asking import House
from remit_engine.approvals import doing, moving
from remit_engine.approvals.faults import DoesNotCount, NotForHim, NotInState, NotOpened
from remit_engine.approvals.life import State
from remit_engine.request import InvalidRequest

# --- made ---------------------------------------------------------------------------------------


def test_an_escalation_makes_its_levels_the_decision_and_what_that_needs() -> None:
    at = walk("ann", 500)
    assert at.waiting == ["endorse by supervisor", "approve by manager", "review by auditor"]
    endorse, decide, review = at.request.waiting
    assert (endorse.people, decide.people, review.people) == (
        ("su",), ("mo", "ned"), ("kim", "ned"),
    )  # fmt: skip
    assert (decide.after, review.after) == ((endorse.id,), ())
    assert {s.due for s in at.request.waiting} == {date(2026, 3, 5)}
    assert at.request.expires == date(2026, 4, 1)
    assert at.kinds == ["opened"]


def test_own_decision_waits_for_its_steps_alone() -> None:
    at = walk("mo", 500, requester="ann")
    assert at.waiting == ["review by auditor"]
    assert (at.request.decides, at.request.requester) == (True, "ann")


@pytest.mark.parametrize(
    ("actor", "amount", "more", "fault", "says"),
    [
        ("ann", 50, {"requester": "bob"}, NotOpened, "the answer is already yes"),
        ("ann", 40, {}, NotOpened, "say first what is missing"),
        ("kim", -1, {"verb": "review"}, NotOpened, "the policy does not say"),
        ({"position": "clerk"}, 500, {"opener": "ann"}, NotOpened, "is a position"),
        ("mo", 500, {"requester": "ann", "opener": "ann"}, NotForHim, "for `mo` to decide"),
        ("ann", 500, {"approvals": [{"by": "mo"}]}, NotOpened, "`approvals` cannot be stated"),
        ("ann", 500, {"totals": {"month": 1}}, NotOpened, "`totals` cannot be stated"),
        ("nobody", 500, {}, InvalidRequest, "no person or position `nobody`"),
        ("ann", 500, {"requester": {"position": "clerk"}}, NotOpened, "requester is a position"),
    ],
)
def test_from_other_answers_nothing_is_made(
    actor: Any, amount: int, more: dict[str, Any], fault: type[Exception], says: str
) -> None:
    with pytest.raises(fault, match=says):
        walk(actor, amount, **more)


def test_a_prohibition_cannot_be_approved_away() -> None:
    policy = POLICY.replace("  requester may", "  nobody may approve over 400\n  requester may")
    with pytest.raises(NotOpened, match="no approval makes this a yes"):
        walk("ann", 500, policy=policy)


# --- walked -------------------------------------------------------------------------------------


def test_endorsed_reviewed_approved() -> None:
    at = walk("ann", 500).does("su", "endorse")
    assert at.waiting == ["approve by manager", "review by auditor"]
    at.does("kim", "review")
    assert at.waiting == ["approve by manager"]
    at.does("mo", "approve")
    assert (at.request.state, at.request.decided_by) == (State.APPROVED, "mo")
    assert at.kinds == ["opened", "endorse", "review", "approve", "approved"]
    assert at.approved is not None
    assert [a.by.person for a in at.approved.approvals] == ["kim", "mo"]
    assert (at.approved.actor.person, at.approved.as_of) == ("mo", at.day)
    assert at.house.answer(at.approved).outcome == "permit"
    assert [s.state for s in at.request.steps] == ["done", "done", "done"]


def test_the_decision_may_come_before_what_it_needs() -> None:
    at = walk("ann", 500).does("su", "endorse").does("mo", "approve")
    assert (at.request.state, at.waiting) == (State.OPEN, ["review by auditor"])
    at.does("kim", "review")
    assert (at.request.state, at.request.decided_by) == (State.APPROVED, "mo")


def test_no_decision_before_every_level_has_endorsed() -> None:
    with pytest.raises(NotInState, match="`approve by manager` waits for: endorse by supervisor"):
        walk("ann", 500).does("mo", "approve")


def test_two_of_three_are_two_persons() -> None:
    at = walk("ann", 6_000).does("su", "endorse").does("mo", "approve").does("kim", "review")
    assert at.waiting == ["approve by 2 of (manager, director, treasurer) (1 of 2 done)"]
    assert at.does("mo", "approve").kinds.count("approve") == 1, "again is nothing new"
    at.does("tea", "approve")
    assert at.request.state is State.APPROVED


def test_a_paper_is_handed_in_by_who_asked() -> None:
    at = walk("mo", 9_500, requester="ann")
    assert at.waiting == [
        "review by auditor",
        "approve by 2 of (manager, director, treasurer) (1 of 2 done)",
        "evidence: Written offer",
    ]
    with pytest.raises(NotForHim, match="no part"):
        at.hands_in("dag", "offer") if at.inbox("dag") == [] else at.hands_in("bob", "offer")
    at.hands_in("ann", "offer").does("kim", "review").does("di", "approve")
    assert at.request.state is State.APPROVED


# --- who ----------------------------------------------------------------------------------------


def ned_reviews(at: Walk) -> Walk:
    return at.does("ned", "review")


@pytest.mark.parametrize(
    ("does", "fault", "says"),
    [
        (lambda at: at.does("ann", "review"), NotForHim, "made or asked for this request"),
        (lambda at: at.does("bob", "review"), NotForHim, "`bob` holds none of `auditor`"),
        (lambda at: at.does("su", "approve"), NotInState, "waits for: endorse"),
        (lambda at: at.does("kim", "sign"), NotInState, "`sign` is not waited for"),
        (lambda at: at.does("kim", "review", step="s9"), NotInState, "no step `s9`"),
        (lambda at: at.does("kim", "review", step="s1"), NotInState, "is not waited for"),
        (lambda at: at.rejects("bob"), NotForHim, "no step of this request waits"),
        (lambda at: at.rejects("kim", " "), DoesNotCount, "needs its reason"),
        (lambda at: at.withdraws("kim"), NotForHim, "only `ann` can withdraw"),
        (lambda at: at.hands_in("ann", "offer"), NotInState, "no paper `offer`"),
        (
            lambda at: ned_reviews(at).does("su", "endorse").does("ned", "approve"),
            DoesNotCount,
            "does not let `ned` decide",
        ),
    ],
)
def test_refused(does: Callable[[Walk], Any], fault: type[Exception], says: str) -> None:
    at = walk("ann", 500)
    before = at.request
    with pytest.raises(fault, match=says):
        does(at)
    assert at.request is before or at.kinds[-1] in ("review", "endorse")


def test_who_endorsed_does_not_decide() -> None:
    staff = STAFF.replace(
        "{id: su,  positions: [{position: supervisor}]}",
        "{id: su,  positions: [{position: supervisor}, {position: manager, from: 2026-03-03}]}",
    )
    at = walk("ann", 500, staff=staff).does("su", "endorse").waits(1)
    with pytest.raises(NotForHim, match="`su` endorsed this already"):
        at.does("su", "approve")


def test_the_day_counts() -> None:
    at = walk("ann", 500).does("su", "endorse")
    with pytest.raises(NotForHim, match="`mia` holds none of `manager` on 2026-03-02"):
        at.does("mia", "approve")
    at.waits(3).does("mia", "approve")
    assert at.request.acts[-1].position == "house.manager"
    at.waits(10).does("kim", "review")
    assert at.kinds[-2:] == ["review", "lapsed"], "she acts in the position no longer"
    assert (at.request.state, at.waiting) == (State.OPEN, ["approve by manager"])
    assert at.does("mo", "approve").request.decided_by == "mo"


def test_a_delegated_step_names_both() -> None:
    at = walk("ann", 500)
    assert at.inbox("dag") == ["review by auditor"]
    at.does("dag", "review")
    assert (at.request.acts[-1].by, at.request.acts[-1].on_behalf_of) == ("dag", "kim")
    assert at.events[-1].on_behalf_of == "kim"
    big = walk("ann", 900)
    assert big.inbox("dag") == [], "more than was delegated"


# --- absence and time ---------------------------------------------------------------------------


def test_a_step_is_given_to_who_can_do_it() -> None:
    at = walk("ann", 500)
    review = at.step("review by auditor").id
    with pytest.raises(DoesNotCount, match="`bob` neither holds `auditor`"):
        at.gives(review, "bob", by="kim")
    with pytest.raises(NotForHim, match="not `bob`'s to give away"):
        at.gives(review, "dag", by="bob")
    with pytest.raises(DoesNotCount, match="needs its reason"):
        at.gives(review, "dag", by="kim", because="")
    at.gives(review, "dag", by="kim")
    assert at.step("review by auditor").assigned == ("dag",)
    assert at.events[-1].body == {
        "to": "dag", "from": ["kim", "ned"], "position": "house.auditor", "on_behalf_of": "kim",
    }  # fmt: skip
    decide = at.step("approve by manager").id
    at.waits(3).gives(decide, "mia", by="boss", manages=True)
    assert at.events[-1].body["acting"] is True


def test_late_steps_go_up_and_it_is_said() -> None:
    at = walk("ann", 500).waits(3)
    assert at.kinds == ["opened"], "the due day itself is not late"
    at.waits(1)
    assert [e.text for e in at.events[1:]] == [
        "`endorse by supervisor` was due on 2026-03-05: the act of the next level covers it",
        "`review by auditor` was due on 2026-03-05: it went to `treasurer`",
    ]
    assert at.inbox("tea") == ["review by auditor"]
    with pytest.raises(DoesNotCount, match="would not count"):
        at.does("tea", "review")
    at.gives(at.step("review by auditor").id, "ned", by="tea")
    at.waits(4)
    assert at.events[-1].text is not None
    assert "nobody stands above" in at.events[-1].text
    assert at.step("approve by manager").raised == ("house.director",)
    at.does("di", "approve").does("kim", "review")
    assert (at.request.state, at.request.decided_by) == (State.APPROVED, "di")


def test_it_expires() -> None:
    at = walk("ann", 500)
    at.day = at.request.expires
    with pytest.raises(NotInState, match="expired on 2026-04-01"):
        at.does("su", "endorse")
    at.waits(0)
    assert (at.request.state, at.kinds[-1]) == (State.EXPIRED, "expired")
    assert at.waits(1).kinds.count("expired") == 1


# --- ends ---------------------------------------------------------------------------------------


def test_rejected_and_withdrawn_are_ends() -> None:
    at = walk("ann", 500).rejects("kim", "no budget")
    assert (at.request.state, at.request.because) == (State.REJECTED, "no budget")
    assert {s.state for s in at.request.steps} == {"void"}
    for again in (lambda: at.does("su", "endorse"), lambda: at.withdraws("ann")):
        with pytest.raises(NotInState, match="is rejected"):
            again()
    assert walk("ann", 500).withdraws("ann").request.state is State.WITHDRAWN


def test_a_decision_taken_back_makes_it_void() -> None:
    at = walk("mo", 500, requester="ann").does("kim", "review")
    at.take(moving.voided(at.request, "wrong vendor", "fin", at.day))
    assert (at.request.state, at.kinds[-1]) == (State.VOID, "void")
    with pytest.raises(NotInState, match="no decision to take back"):
        moving.voided(at.request, "again", "fin", at.day)


# --- facts and policy ---------------------------------------------------------------------------


def test_an_edit_makes_void_what_was_given_and_keeps_it() -> None:
    at = walk("ann", 500).does("su", "endorse").does("kim", "review").edits("ann", {"amount": 400})
    assert [a.void for a in at.request.acts] == ["the facts were edited on 2026-03-02"] * 2
    assert at.waiting == ["endorse by supervisor", "approve by manager", "review by auditor"]
    assert at.events[-1].body["void"] == ["su", "kim"]
    at.does("su", "endorse").does("kim", "review").does("mo", "approve")
    assert at.request.state is State.APPROVED
    assert at.approved is not None
    assert at.approved.facts == {"amount": 400}


def test_the_same_facts_are_no_edit() -> None:
    at = walk("ann", 500).does("kim", "review")
    assert at.edits("ann", {"amount": 500}).kinds == ["opened", "review"]
    for facts, says in (({"amount": 90}, "with these facts the answer"), ({"amount": "x"}, "x")):
        with pytest.raises((DoesNotCount, InvalidRequest), match=says):
            at.edits("ann", facts)
    with pytest.raises(NotForHim):
        at.edits("kim", {"amount": 501})


def test_another_policy_meanwhile_is_asked_and_said() -> None:
    at = walk("ann", 500).does("su", "endorse").does("kim", "review")
    at.house = House(POLICY.replace("review by auditor", "review by treasurer"), STAFF)
    at.does("mo", "approve")
    assert at.kinds[-1] == "policy changed"
    assert (at.request.state, at.waiting) == (State.OPEN, ["review by treasurer"])
    at.does("tea", "review")
    assert at.request.state is State.APPROVED


def test_the_inbox_says_what_one_can_do_now() -> None:
    at = walk("ann", 500)
    assert [at.inbox(p) for p in ("ann", "su", "mo", "ned", "di")] == [
        [], ["endorse by supervisor"], [], ["review by auditor"], [],
    ]  # fmt: skip
    at.does("su", "endorse")
    assert at.inbox("ned") == ["approve by manager", "review by auditor"]
    assert list(doing.ways(at.request, "kim", at.request.expires, at.bench)) == []


def test_an_act_that_cannot_be_read_any_more_is_void_and_it_is_said() -> None:
    at = walk("ann", 500).does("su", "endorse").does("dag", "review")
    at.house = House(POLICY, STAFF.replace("starts: 2026-03-01", "starts: 2026-03-03"))
    at.does("mo", "approve")
    assert at.kinds[-2:] == ["act void", "approve"]
    assert at.request.acts[1].void == "`kim` has not delegated `review` to `dag` on 2026-03-02"
    assert (at.request.state, at.waiting) == (State.OPEN, ["review by auditor"])
    assert at.does("kim", "review").request.state is State.APPROVED
