"""A step done for somebody who delegated it: it counts as his, and bars hold for both."""

from __future__ import annotations

from typing import Any

import pytest

from engine.asking import House, needs
from remit_engine.engine import Engine
from remit_engine.reading.request_document import request_document
from remit_engine.request import InvalidRequest

POLICY = """
policy house { currency CNY  owner director }
position clerk { reports to manager }
position manager { reports to director }
position director
position auditor { reports to treasurer }
position treasurer
action pay "Pay" { amount money  limit on amount }
authority pay {
  clerk may approve up to 1_000
  manager, director may approve any
  nobody may review when actor.name = "Lou"
  approve over 100 needs review by STEP
  requester may not review
  separate review and approve
}
delegation of pay { to any level below  at most 800 }
"""
PERIOD = "starts: 2026-03-01, ends: 2026-03-10, reason: leave"
STAFF = """
people:
  - {id: ann, name: ann, positions: [{position: clerk}]}
  - {id: kim, name: kim, positions: [{position: treasurer}]}
  - {id: lea, name: lea, positions: [{position: auditor}]}
  - {id: lou, name: Lou, positions: [{position: auditor}]}
  - {id: mo, name: mo,  positions: [{position: manager}, {position: treasurer}]}
delegations:
  - {from: kim, to: lea, action: pay, verbs: [review], PERIOD}
  - {from: kim, to: lou, action: pay, PERIOD}
  - {from: mo, to: lea, action: pay, PERIOD}
"""


def house(step: str = "treasurer") -> House:
    return House(POLICY.replace("STEP", step), STAFF.replace("PERIOD", PERIOD))


def review(by: str = "lea", behalf: str = "kim", **more: Any) -> dict[str, Any]:
    return {"verb": "review", "by": by, "on_behalf_of": behalf, **more}


def answer(*approvals: dict[str, Any], at: House | None = None, **asked: Any) -> str:
    document = {"amount": 500, "requester": "ann", "approvals": list(approvals), **asked}
    return (at or house()).outcome(document.pop("actor", "ann"), **document)


def test_a_delegated_step_counts_as_the_delegators() -> None:
    assert answer() == "needs"
    assert answer(review()) == "permit"
    assert answer({"verb": "review", "by": "lea"}) == "needs", "not in his own position"


@pytest.mark.parametrize(
    ("approval", "says"),
    [
        (review(behalf="ann"), "`ann` has not delegated `review` to `lea` on 2026-03-01"),
        (review(on="2026-02-28"), "`kim` has not delegated `review` to `lea` on 2026-02-28"),
        (review(verb="approve"), "`kim` has not delegated `approve` to `lea` on 2026-03-01"),
        (review(position="clerk"), "`kim` does not hold `clerk` on 2026-03-01"),
        (review(by="nobody"), "the directory knows no person `nobody`"),
    ],
)
def test_what_was_not_delegated_is_refused(approval: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        answer(approval)


def test_no_more_than_was_delegated() -> None:
    assert answer(review(), amount=800) == "permit"
    with pytest.raises(InvalidRequest, match="over what `kim` delegated to `lea`"):
        answer(review(), amount=801)


def test_what_bars_either_of_the_two_bars_it() -> None:
    assert answer(review(by="lou")) == "needs", "a prohibition bars Lou himself"
    assert answer(review(), requester="kim") == "needs", "the delegator made the request"
    assert answer(review(), requester="lea") == "needs", "he made the request himself"


def test_one_person_is_not_two_by_a_delegation() -> None:
    two = house("2 of (treasurer, auditor)")
    own = {"verb": "review", "by": "lea", "position": "auditor"}
    assert needs(two.decide("ann", amount=500, requester="ann", approvals=[own, review()])) == [
        "review by 2 of (treasurer, auditor) (1 of 2 done)"
    ]
    kim = {"verb": "review", "by": "kim"}
    assert answer(kim, review(), at=two) == "needs", "kim's authority was used already"
    assert answer(kim, own, at=two) == "permit"


def test_who_delegated_the_review_does_not_decide() -> None:
    assert answer(review(behalf="kim", by="lea"), actor="mo") == "permit"
    assert answer(review(behalf="mo"), actor="mo") == "deny"


def test_it_is_written_as_it_was_read() -> None:
    at = house()
    asked = at.request("ann", amount=500, requester="ann", approvals=[review()])
    document = request_document(asked, at.model, at.directory)
    assert document["approvals"] == [review()]
    assert Engine(at.model, at.directory).decide(asked).outcome == "permit"
