"""What somebody keeps count of: each authority is judged by its own totals, in both back ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.asking import House
from remit_engine.decision import Decision, Outcome
from remit_engine.people.party import Holding, Party
from remit_engine.request import Request
from remit_engine.rules.totals import Total, kept_totals

POLICY = """
policy house { currency CNY  owner director }
position clerk { reports to manager }
position manager { reports to director }
position director
record Vendor { id: text }
action pay "Pay" {
  amount money
  vendor Vendor
  buyer  Person optional
  limit on amount summed by vendor over 60 days
}
authority pay {
  clerk may approve up to 5_000 each, 300 per month
  manager may approve up to 9_000 each, 1_000 per month, 2_000 per vendor.id per quarter,
    3_000 per buyer per year
  director may approve any
  escalate to the first superior able
}
delegation of pay { to any level below  at most 90 days }
"""
STAFF = """
people:
  - {id: ann, name: Ann, positions: [{position: clerk}]}
  - {id: mo, name: Mo, positions: [{position: manager}]}
  - {id: max, name: Max, positions: [{position: manager}]}
  - {id: dee, name: Dee, positions: [{position: director}]}
delegations:
  - {from: mo, to: ann, action: pay, starts: 2026-02-01, ends: 2026-04-01, reason: leave}
"""
HOUSE = House(POLICY, STAFF)
VENDOR, SUMMED, BUYER = "vendor.id per quarter", "vendor over 60 days", "buyer per year"


@dataclass(frozen=True)
class Counted:
    """Totals by authority; who is not there has used nothing that is known."""

    by: Mapping[str, Mapping[str, Fraction]]

    def of(self, party: Party) -> Mapping[str, Fraction]:
        return self.by.get(party.authority, {})


def counted(vendor: int = 0, summed: int = 0, **months: int) -> Counted:
    shared = {VENDOR: Fraction(vendor), SUMMED: Fraction(summed), BUYER: Fraction(0)}
    return Counted({f"person {p}": {"month": Fraction(m), **shared} for p, m in months.items()})


def asked(amount: int, used: Counted | None, actor: str = "ann") -> Request:
    facts = {"amount": amount, "vendor": {"id": "V1"}, "buyer": None}
    return replace(HOUSE.request(actor, "pay", facts=facts), used=used)


def both(request: Request) -> Decision:
    found = HOUSE.compiled.decide(request)
    assert found == HOUSE.reference.decide(request)
    return found


months = st.integers(-200, 1200)


@given(st.integers(0, 1200), months, months, st.integers(-100, 2200), st.integers(-100, 6000))
def test_who_decides_for_another_has_the_others_totals(amount, ann, mo, vendor, summed):
    used = counted(vendor=vendor, summed=summed, ann=ann, mo=mo, max=0, dee=0)
    found = both(asked(amount, used))
    own = amount + ann <= 300 and amount + summed <= 5_000
    lent = amount + mo <= 1_000 and amount + vendor <= 2_000 and amount + summed <= 9_000
    assert (found.outcome is Outcome.PERMIT) == (own or lent)
    if found.outcome is Outcome.PERMIT:
        assert found.on_behalf_of == (None if own else "mo")


@given(st.integers(0, 1200), months, months)
def test_the_chain_asks_each_by_his_own_totals(amount, mo, max_):
    used = counted(ann=300, mo=mo, max=max_, dee=0)
    found = both(replace(asked(amount + 1, used), as_of=date(2026, 5, 1)))  # nothing is lent then
    able = [p for p, m in (("mo", mo), ("max", max_)) if amount + 1 + m <= 1_000]
    assert found.outcome is Outcome.ESCALATE
    assert sorted(found.chain[0].people) == (sorted(able) or ["dee"])


def test_what_nobody_counted_is_not_known():
    used = Counted({"person ann": counted(ann=300).by["person ann"]})
    found = both(asked(100, used))
    assert found.outcome is Outcome.INCOMPLETE
    assert "totals.month" in {m.path for m in found.missing}


def test_totals_of_nobody_are_not_read_beside_those_that_are_counted():
    stated = {"month": Fraction(0), VENDOR: Fraction(0), SUMMED: Fraction(0), BUYER: Fraction(0)}
    found = both(replace(asked(100, Counted({})), totals=stated))
    assert found.outcome is Outcome.INCOMPLETE


def test_totals_that_are_stated_are_those_of_whoever_decides():
    stated = {"month": Fraction(250), VENDOR: Fraction(0), SUMMED: Fraction(0), BUYER: Fraction(0)}
    found = both(replace(asked(100, None), totals=stated))
    assert (found.outcome, found.on_behalf_of) == (Outcome.PERMIT, "mo")


def test_what_is_added_up_and_over_which_days():
    kept = {t.name: t for t in kept_totals(HOUSE.model, "house.pay")}
    assert kept == {
        "month": Total("month", None, "month", None),
        VENDOR: Total(VENDOR, ("vendor", "id"), "quarter", None),
        BUYER: Total(BUYER, ("buyer",), "year", None),
        SUMMED: Total(SUMMED, ("vendor", "id"), None, 60),
    }
    day = date(2026, 3, 15)
    assert kept["month"].span(day) == (date(2026, 3, 1), date(2026, 3, 31))
    assert kept[VENDOR].span(day) == (date(2026, 1, 1), date(2026, 3, 31))
    assert kept[SUMMED].span(day) == (date(2026, 1, 15), day)
    assert Total("day", None, "day", None).span(day) == (day, day)
    week = (date(2026, 3, 9), date(2026, 3, 15))
    assert Total("week", None, "week", None).span(day) == week


def test_an_authority_is_a_person_or_else_a_position():
    clerk = (Holding("house.clerk"),)
    assert Party("ann", clerk).authority == "person ann"
    assert Party(None, clerk).authority == "position house.clerk"
