"""The order in which an answer is found (design, section 5), and every form of sentence.

A test reads as policy, then question, then answer. Both back ends are asked each time.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.asking import PEOPLE, House, chain, labels, missing, needs, people
from remit_engine.request import InvalidRequest

PAY = (
    PEOPLE
    + """
action pay "Pay a supplier" zh "付款" {
  amount money "Amount"  vendor text optional "Vendor"  urgent boolean optional
  risky boolean "Risky"  share percent optional  subject Person optional
  limit on amount
}
"""
)
LADDER = "clerk may approve up to 1_000  manager may approve up to 10_000  director may approve any"

STAFF = """
units: [{id: hq}, {id: east, parent: hq}, {id: west, parent: hq}]
people:
  - {id: ann, name: Ann, positions: [{position: clerk, unit: east}]}
  - {id: bob, positions: [{position: clerk, unit: west}]}
  - {id: mia, name: Mia, positions: [{position: manager, unit: east}]}
  - {id: max, positions: [{position: manager, unit: west}]}
  - {id: dan, positions: [{position: director, unit: hq}]}
  - {id: aud, positions: [{position: auditor, unit: hq}]}
"""


def pay(*sentences: str, declarations: str = "", directory: str | None = None) -> House:
    block = "\n".join(sentences)
    return House(PAY + declarations + f"authority pay {{\n{block}\n}}", directory)


# --- the seven steps ---------------------------------------------------------------------------


class TestStep1WrongTypeIsARefusalOfTheRequest:
    def test_text_is_no_money(self) -> None:
        with pytest.raises(InvalidRequest, match="amount"):
            pay(LADDER).decide("clerk", amount="900")

    def test_even_where_a_rule_forbids_it_anyway(self) -> None:
        with pytest.raises(InvalidRequest, match="risky"):
            pay(LADDER, "nobody may approve").decide("clerk", amount=5, risky="yes")

    def test_every_fault_is_named(self) -> None:
        with pytest.raises(InvalidRequest) as caught:
            pay(LADDER).decide("clerk", amount="900", risky=1, verb="aprove")
        assert [p.path for p in caught.value.problems] == ["verb", "facts.amount", "facts.risky"]


class TestStep2ASureProhibitionDenies:
    def test_it_wins_over_a_grant(self) -> None:
        house = pay(LADDER, "floor: nobody may approve when risky")
        answer = house.decide("director", amount=5, risky=True)
        assert (answer.outcome, labels(answer)) == ("deny", ["floor"])

    def test_it_is_known_although_other_facts_are_missing(self) -> None:
        house = pay(LADDER, "floor: nobody may approve when risky")
        answer = house.decide("director", risky=True)
        assert (answer.outcome, missing(answer)) == ("deny", [])

    def test_one_sure_reason_of_two_is_enough(self) -> None:
        house = pay(LADDER, "nobody may approve when risky or urgent")
        assert house.outcome("director", amount=5, risky=True) == "deny"

    def test_a_position_is_barred_alone(self) -> None:
        house = pay(LADDER, "manager may not approve when risky")
        assert house.outcome("manager", amount=5, risky=True) == "deny"
        assert house.outcome("director", amount=5, risky=True) == "permit"

    def test_over_leaves_the_bound_itself_free(self) -> None:
        house = pay(LADDER, "nobody may approve over 500")
        assert house.outcome("clerk", amount=500) == "permit"
        assert house.outcome("clerk", amount=Decimal("500.01")) == "deny"

    @pytest.mark.parametrize(
        ("bound", "barred", "free"),
        [
            ("over 500", ["500.01", "900"], ["500", "0"]),
            ("at least 500", ["500", "900"], ["499.99"]),
            ("under 500", ["499.99", "-1"], ["500", "900"]),
            ("up to 500", ["500", "0"], ["500.01"]),
            ("between 400 and 500", ["400", "500", "450"], ["399.99", "500.01"]),
            ("", ["0", "900"], []),
        ],
    )
    def test_the_region_of_a_prohibition(
        self, bound: str, barred: list[str], free: list[str]
    ) -> None:
        house = pay(LADDER, f"nobody may approve {bound}")
        assert {house.outcome("director", amount=Decimal(a)) for a in barred} == {"deny"}
        assert {house.outcome("director", amount=Decimal(a)) for a in free} <= {"permit"}


class TestStep3ASureGrantPermits:
    def test_inside_the_limit(self) -> None:
        answer = pay(LADDER).decide("clerk", amount=900)
        assert (answer.outcome, labels(answer)) == ("permit", ["clerk.approve"])
        assert answer.limit is not None
        assert answer.limit.text == "up to 1,000.00 CNY"
        assert answer.headroom is not None
        assert answer.headroom.value == 100

    def test_the_larger_of_two_limits_holds(self) -> None:
        house = pay("clerk may approve up to 500", "clerk may approve up to 800 when urgent")
        assert house.outcome("clerk", amount=800, urgent=True) == "permit"
        assert house.outcome("clerk", amount=800, urgent=False) == "deny"
        assert house.outcome("clerk", amount=500, urgent=False) == "permit"

    def test_another_grants_missing_fact_is_not_asked_for(self) -> None:
        house = pay("clerk may approve up to 500", "clerk may approve up to 800 when urgent")
        assert house.outcome("clerk", amount=500) == "permit"

    def test_an_unknown_prohibition_blocks(self) -> None:
        house = pay(LADDER, "nobody may approve when risky")
        answer = house.decide("clerk", amount=5)
        assert (answer.outcome, missing(answer)) == ("incomplete", ["risky"])

    def test_an_unknown_prohibition_out_of_its_region_does_not(self) -> None:
        house = pay(LADDER, "nobody may approve over 500 when risky")
        assert house.outcome("clerk", amount=500) == "permit"
        assert house.outcome("clerk", amount=501) == "incomplete"

    def test_needs_where_a_step_is_outstanding(self) -> None:
        house = pay(LADDER, "approve over 500 needs review by auditor")
        answer = house.decide("clerk", amount=600)
        assert (answer.outcome, needs(answer)) == ("needs", ["review by auditor"])
        assert house.outcome("clerk", amount=500) == "permit"

    def test_an_unknown_step_is_asked_about(self) -> None:
        house = pay(LADDER, "approve needs review by auditor when risky")
        answer = house.decide("clerk", amount=5)
        assert (answer.outcome, missing(answer)) == ("incomplete", ["risky"])

    def test_one_step_due_and_another_not_known_is_needs_with_the_fact_named(self) -> None:
        house = pay(
            LADDER, "approve needs review by auditor", "approve needs sign by treasurer when risky"
        )
        answer = house.decide("clerk", amount=5)
        assert (answer.outcome, needs(answer)) == ("needs", ["review by auditor"])
        assert missing(answer) == ["risky"]
        assert len(house.decide("clerk", amount=5, risky=True).needs) == 2

    def test_a_step_that_is_done_already_is_not_asked_about(self) -> None:
        house = pay(LADDER, "approve needs review by auditor when risky")
        done = [{"verb": "review", "position": "auditor"}]
        assert house.outcome("clerk", amount=5, approvals=done) == "permit"


class TestStep4MissingFactsThatMatter:
    def test_they_are_named_with_type_label_and_the_rules_that_ask(self) -> None:
        answer = pay(LADDER).decide("clerk")
        assert answer.outcome == "incomplete"
        (fact,) = answer.missing
        assert (fact.path, fact.label) == ("amount", "Amount")
        assert fact.needed_by == ("pay.clerk.approve",)

    def test_exactly_those_that_can_change_the_answer(self) -> None:
        house = pay('clerk may approve up to 500 when risky and vendor = "acme"')
        assert missing(house.decide("clerk", amount=5)) == ["risky", "vendor"]
        assert missing(house.decide("clerk", amount=5, vendor="acme")) == ["risky"]
        assert missing(house.decide("clerk", amount=5, vendor="other")) == []

    def test_a_fact_of_a_hopeless_grant_is_not_asked_for(self) -> None:
        house = pay("clerk may approve up to 500 when risky", "director may approve any")
        answer = house.decide("clerk", amount=900)
        assert (answer.outcome, missing(answer)) == ("escalate", [])

    def test_a_fact_that_matters_only_where_all_is_decided_is_not_asked_for(self) -> None:
        house = pay("clerk may approve up to 500 when risky or (risky and urgent)")
        assert missing(house.decide("clerk", amount=5)) == ["risky"]

    def test_where_no_completion_permits_it_is_not_incomplete(self) -> None:
        house = pay("clerk may approve up to 500 when risky", "clerk may not approve when risky")
        assert house.outcome("clerk", amount=5) == "deny"

    def test_of_texts_that_are_looked_for_alike_one_stands_for_all(self) -> None:
        """So that it can be told with lists of any length."""
        many = ", ".join(f'"v{n}"' for n in range(2_000))
        grant = f"clerk may approve up to 500 when vendor in ({many})"
        assert missing(pay(grant).decide("clerk", amount=5)) == ["vendor"]
        barred = pay(grant, f"clerk may not approve when vendor in ({many})")
        assert barred.outcome("clerk", amount=5) == "deny"
        but_one = pay(grant, f'clerk may not approve when vendor in ({many}) and vendor != "v7"')
        assert missing(but_one.decide("clerk", amount=5)) == ["vendor"]

    def test_enumerated_facts_come_with_what_they_may_be(self) -> None:
        house = House(
            PEOPLE
            + "enum Kind { gift sold }\n"
            + 'action pay { kind Kind "Kind" }\n'
            + "authority pay { clerk may approve when kind = gift }"
        )
        (fact,) = house.decide("clerk").missing
        assert fact.allowed == ("gift", "sold")

    def test_a_fact_given_as_absent_is_still_not_known(self) -> None:
        house = pay("clerk may approve up to 500 when urgent")
        assert missing(house.decide("clerk", amount=5, urgent=None)) == ["urgent"]


class TestStep5ALimitNeverFixedIsUndefined:
    def test_an_unset_limit_never_permits(self) -> None:
        house = pay("owned: clerk may approve unset", "director may approve any")
        answer = house.decide("clerk", amount=0)
        assert (answer.outcome, labels(answer)) == ("undefined", ["owned"])
        assert "Director" in answer.reason

    def test_a_fixed_grant_beside_it_permits(self) -> None:
        house = pay("clerk may approve unset", "clerk may approve up to 10")
        assert house.outcome("clerk", amount=10) == "permit"
        assert house.outcome("clerk", amount=11) == "undefined"

    def test_an_unset_parameter_never_reads_as_zero(self) -> None:
        house = pay("clerk may approve up to cap", declarations="parameter cap: money = unset\n")
        assert house.outcome("clerk", amount=0) == "undefined"
        assert house.outcome("clerk", amount=-5) == "undefined"

    def test_somebody_elses_unset_limit_is_not_mine(self) -> None:
        house = pay("manager may approve unset", "director may approve any")
        answer = house.decide("clerk", amount=5)
        assert (answer.outcome, chain(answer)) == ("escalate", ["director"])

    def test_a_prohibition_still_denies(self) -> None:
        house = pay("clerk may approve unset", "nobody may approve when risky")
        assert house.outcome("clerk", amount=5, risky=True) == "deny"


class TestStep6SomebodyElseMay:
    def test_the_first_superior_able(self) -> None:
        answer = pay(LADDER).decide("clerk", amount=5_000)
        assert (answer.outcome, chain(answer)) == ("escalate", ["manager"])

    def test_he_who_may_not_is_passed_over(self) -> None:
        assert chain(pay(LADDER).decide("clerk", amount=50_000)) == ["director"]

    def test_a_position_without_rights_escalates_too(self) -> None:
        answer = pay(LADDER).decide("auditor", amount=5_000)
        assert (answer.outcome, chain(answer)) == ("escalate", ["manager", "director"])

    def test_with_the_facts_it_still_depends_on(self) -> None:
        house = pay("clerk may approve up to 10", "manager may approve up to 500 when risky")
        answer = house.decide("clerk", amount=100)
        assert (answer.outcome, chain(answer), missing(answer)) == (
            "escalate",
            ["manager"],
            ["risky"],
        )

    def test_with_the_people_of_the_day(self) -> None:
        answer = pay(LADDER, directory=STAFF).decide("ann", amount=5_000)
        assert answer.chain[0].people == ("max", "mia")

    def test_a_superior_who_needs_a_step_is_able(self) -> None:
        house = pay(LADDER, "approve over 1_000 needs review by auditor")
        answer = house.decide("clerk", amount=2_000)
        assert (answer.chain[0].position, answer.chain[0].outcome) == ("house.manager", "needs")


class TestStep7NobodyAtAll:
    def test_never_given_to_anybody_is_undefined(self) -> None:
        answer = pay("nobody may approve over 5").decide("clerk", amount=1)
        assert answer.outcome == "undefined"
        assert "Director" in answer.reason, "the owner of the policy is named"

    def test_another_verb_was_given_but_not_this_one(self) -> None:
        assert pay(LADDER).outcome("clerk", amount=1, verb="sign") == "undefined"

    def test_given_but_to_nobody_under_these_facts_is_deny(self) -> None:
        house = pay("clerk may approve up to 500", "manager may approve up to 900")
        answer = house.decide("clerk", amount=901)
        assert (answer.outcome, chain(answer)) == ("deny", [])

    def test_all_others_are_barred(self) -> None:
        house = pay(LADDER, "manager, director may not approve")
        assert house.outcome("clerk", amount=5_000) == "deny"


# --- limits ------------------------------------------------------------------------------------


class TestLimits:
    @pytest.mark.parametrize(
        ("limit", "inside", "outside"),
        [
            ("up to 500", ["500", "0", "-1"], ["500.01", "1000"]),
            ("under 500", ["499.999999", "0"], ["500", "501"]),
            ("between 100 and 500", ["100", "500", "300"], ["99.99", "500.01", "0"]),
            ("any", ["0", "500", "1e30"], []),
            ("up to min(500, 10% of 900 CNY)", ["90"], ["90.01"]),
            ("up to 20万", ["200000"], ["200000.01"]),
            ("up to if risky then 5 else 50", ["50"], ["50.01"]),
        ],
    )
    def test_words_carry_the_side(self, limit: str, inside: list[str], outside: list[str]) -> None:
        house = pay(f"clerk may approve {limit}")
        ask = {"risky": False}
        assert {house.outcome("clerk", amount=Decimal(a), **ask) for a in inside} == {"permit"}
        assert {house.outcome("clerk", amount=Decimal(a), **ask) for a in outside} <= {"deny"}

    def test_a_limit_that_is_a_fact_is_asked_for(self) -> None:
        house = pay("clerk may approve up to share of 1_000 CNY")
        assert missing(house.decide("clerk", amount=50)) == ["share"]
        assert house.outcome("clerk", amount=50, share="5%") == "permit"
        assert house.outcome("clerk", amount=Decimal("50.01"), share="5%") == "deny"

    def test_a_limit_of_the_actor(self) -> None:
        house = House(
            PEOPLE + "record Person { quota: money optional }\n"
            "action pay { amount money limit on amount }\n"
            "authority pay { clerk may approve up to actor.quota }"
        )
        asker = {"position": "clerk", "attributes": {"quota": 70}}
        assert house.outcome(asker, amount=70) == "permit"
        assert house.outcome(asker, amount=71) == "escalate"  # another clerk's quota may be larger
        assert missing(house.decide("clerk", amount=1)) == ["actor.quota"]

    def test_anyone(self) -> None:
        house = pay("anyone may approve up to 5")
        assert house.outcome("auditor", amount=5) == "permit"
        assert house.outcome("treasurer", amount=6) == "deny"

    def test_unless(self) -> None:
        house = pay("clerk may approve up to 5 unless risky")
        assert house.outcome("clerk", amount=5, risky=False) == "permit"
        assert house.outcome("clerk", amount=5, risky=True) == "deny"
        assert missing(house.decide("clerk", amount=5)) == ["risky"]

    def test_an_action_without_a_measure(self) -> None:
        house = House(
            PEOPLE + "action hire { trained boolean } authority hire { "
            "manager may approve when trained  anyone may report }"
        )
        assert house.outcome("manager", trained=True) == "permit"
        assert house.outcome("clerk", trained=True) == "escalate"
        assert house.outcome("clerk", verb="report") == "permit"

    def test_the_maximum_is_the_limit_cut_by_prohibitions_and_steps(self) -> None:
        house = pay(
            LADDER, "nobody may approve over 8_000", "approve over 3_000 needs review by auditor"
        )
        found = house.maximum("manager")
        assert (found.permit.text, found.with_steps.text) == (
            "up to 3,000.00 CNY",
            "up to 8,000.00 CNY",
        )

    def test_the_maximum_of_an_open_bound(self) -> None:
        found = pay("clerk may approve under 500").maximum("clerk").permit
        assert (found.text, found.inclusive) == ("under 500.00 CNY", False)

    def test_the_maximum_of_nobody(self) -> None:
        assert pay(LADDER).maximum("auditor").permit.kind == "none"

    def test_the_maximum_of_any(self) -> None:
        assert pay(LADDER).maximum("director").permit.kind == "any"

    def test_a_condition_on_the_measure_itself(self) -> None:
        house = pay("clerk may approve any when amount <= 70 or risky")
        found = house.maximum("clerk", risky=False).permit
        assert found.value is not None
        assert (found.value.value, found.inclusive) == (70, True)


# --- totals ------------------------------------------------------------------------------------


class TestTotals:
    EACH = "clerk may approve up to 1_000 each, 5_000 per month"

    def test_each_and_per_month(self) -> None:
        house = pay(self.EACH, "director may approve any")
        used = {"totals": {"month": 4_500}}
        assert house.outcome("clerk", amount=500, **used) == "permit"
        assert house.outcome("clerk", amount=501, **used) == "escalate"
        assert house.outcome("clerk", amount=1_001, totals={"month": 0}) == "escalate"

    def test_used_remaining_before_and_after_are_stated(self) -> None:
        (total,) = pay(self.EACH).decide("clerk", amount=300, totals={"month": 4_500}).totals
        assert total.name == "month"
        found = (total.limit, total.used, total.remaining_before, total.remaining_after)
        assert [a.value for a in found] == [5_000, 4_500, 500, 200]

    def test_the_headroom_is_the_smaller_room(self) -> None:
        answer = pay(self.EACH).decide("clerk", amount=300, totals={"month": 4_500})
        assert answer.headroom is not None
        assert answer.headroom.value == 200
        assert answer.maximum is not None
        assert answer.maximum.value is not None
        assert answer.maximum.value.value == 500

    def test_a_total_not_stated_is_asked_for(self) -> None:
        answer = pay(self.EACH).decide("clerk", amount=300)
        assert (answer.outcome, missing(answer)) == ("incomplete", ["totals.month"])

    def test_over_the_single_limit_the_total_is_not_asked_for(self) -> None:
        answer = pay(self.EACH).decide("clerk", amount=1_001)
        assert (answer.outcome, missing(answer)) == ("deny", [])

    def test_by_a_key(self) -> None:
        house = pay("clerk may approve up to 3_000 per vendor per quarter")
        name = "vendor per quarter"
        assert missing(house.decide("clerk", amount=5, vendor="acme")) == [f"totals.{name}"]
        assert house.outcome("clerk", amount=5, vendor="acme", totals={name: 2_995}) == "permit"
        assert house.outcome("clerk", amount=6, vendor="acme", totals={name: 2_995}) == "deny"

    def test_a_total_used_up_beyond_its_limit(self) -> None:
        house = pay(self.EACH)
        assert house.outcome("clerk", amount=0, totals={"month": 5_000}) == "permit"
        assert house.outcome("clerk", amount=Decimal("0.01"), totals={"month": 5_000}) == "deny"

    def test_a_total_of_the_wrong_type_is_refused(self) -> None:
        with pytest.raises(InvalidRequest, match="month"):
            pay(self.EACH).decide("clerk", amount=1, totals={"month": "0"})


class TestSummedBy:
    """Anti-splitting: what counts is this act and those of the window together."""

    def house(self, *sentences: str) -> House:
        return House(
            PEOPLE + "action buy { amount money vendor text  "
            "limit on amount summed by vendor over 60 days }\n"
            f"authority buy {{ {' '.join(sentences)} }}"
        )

    WINDOW = "vendor over 60 days"

    def test_the_limit_is_on_the_sum(self) -> None:
        house = self.house("clerk may approve up to 1_000")
        spent = {"vendor": "acme", "totals": {self.WINDOW: 600}}
        assert house.outcome("clerk", amount=400, **spent) == "permit"
        assert house.outcome("clerk", amount=401, **spent) == "deny"

    def test_so_is_the_maximum(self) -> None:
        house = self.house("clerk may approve up to 1_000")
        found = house.maximum("clerk", vendor="acme", totals={self.WINDOW: 600}).permit
        assert found.value is not None
        assert found.value.value == 400

    def test_so_are_prohibitions_and_steps(self) -> None:
        house = self.house(
            "clerk may approve any  nobody may approve over 900",
            "approve over 500 needs review by auditor",
        )
        spent = {"vendor": "acme", "totals": {self.WINDOW: 450}}
        assert house.outcome("clerk", amount=50, **spent) == "permit"
        assert house.outcome("clerk", amount=51, **spent) == "needs"
        assert house.outcome("clerk", amount=451, **spent) == "deny"

    def test_what_was_spent_is_asked_for(self) -> None:
        house = self.house("clerk may approve up to 1_000")
        assert missing(house.decide("clerk", amount=5, vendor="acme")) == [f"totals.{self.WINDOW}"]


# --- steps -------------------------------------------------------------------------------------


def done(*steps: str) -> list[dict[str, str]]:
    """Approvals as `verb by person` or `verb by position`."""
    named = ("clerk", "manager", "director", "auditor", "treasurer")
    found = []
    for step in steps:
        verb, _, by = step.partition(" by ")
        found.append({"verb": verb, "position" if by in named else "by": by})
    return found


class TestSteps:
    def test_two_of_three(self) -> None:
        house = pay(LADDER, "approve needs review by 2 of (manager, auditor, treasurer)")
        first = house.decide("clerk", amount=5)
        assert (first.outcome, first.needs[0].count, first.needs[0].done) == ("needs", 2, 0)
        second = house.decide("clerk", amount=5, approvals=done("review by auditor"))
        assert (second.outcome, second.needs[0].done) == ("needs", 1)
        both = done("review by auditor", "review by manager")
        assert house.outcome("clerk", amount=5, approvals=both) == "permit"

    def test_one_person_counts_once_whatever_he_holds(self) -> None:
        staff = """
people:
  - {id: ann, positions: [{position: clerk}]}
  - {id: eve, positions: [{position: auditor}, {position: treasurer}]}
"""
        house = pay(LADDER, "approve needs review by 2 of (auditor, treasurer)", directory=staff)
        twice = [
            {"verb": "review", "by": "eve", "position": "auditor"},
            {"verb": "review", "by": "eve", "position": "treasurer"},
        ]
        assert house.outcome("ann", amount=5, approvals=twice) == "needs"

    def test_all_of(self) -> None:
        house = pay(LADDER, "approve needs review by all of (auditor, treasurer)")
        assert house.outcome("clerk", amount=5, approvals=done("review by auditor")) == "needs"
        both = done("review by auditor", "review by treasurer")
        assert house.outcome("clerk", amount=5, approvals=both) == "permit"

    def test_either_of_two(self) -> None:
        house = pay(LADDER, "approve needs review by auditor or treasurer")
        assert house.outcome("clerk", amount=5, approvals=done("review by treasurer")) == "permit"

    def test_without_a_verb_the_approval_itself_is_meant(self) -> None:
        house = pay(LADDER, "approve over 100 needs 2 of (manager, director)")
        answer = house.decide("manager", amount=500)
        assert (answer.outcome, answer.needs[0].done) == ("needs", 1), "his own approval is one"
        assert (
            house.outcome("manager", amount=500, approvals=done("approve by director")) == "permit"
        )

    def test_another_verb_does_not_count(self) -> None:
        house = pay(LADDER, "approve needs review by auditor")
        assert house.outcome("clerk", amount=5, approvals=done("sign by auditor")) == "needs"

    def test_another_position_does_not_count(self) -> None:
        house = pay(LADDER, "approve needs review by auditor")
        assert house.outcome("clerk", amount=5, approvals=done("review by director")) == "needs"

    def test_evidence(self) -> None:
        house = pay(LADDER, 'approve needs evidence receipt "Signed receipt"')
        answer = house.decide("clerk", amount=5)
        assert (answer.outcome, needs(answer)) == ("needs", ["evidence: Signed receipt"])
        assert house.outcome("clerk", amount=5, evidence=["receipt"]) == "permit"
        assert house.outcome("clerk", amount=5, evidence=["other"]) == "needs"

    def test_and_asks_for_both_in_any_order(self) -> None:
        house = pay(LADDER, "approve needs review by auditor and sign by treasurer")
        assert len(house.decide("clerk", amount=5).needs) == 2
        one = done("sign by treasurer")
        assert needs(house.decide("clerk", amount=5, approvals=one)) == ["review by auditor"]
        both = done("sign by treasurer", "review by auditor")
        assert house.outcome("clerk", amount=5, approvals=both) == "permit"

    def test_then_keeps_the_order(self) -> None:
        house = pay(LADDER, "approve needs review by auditor then sign by treasurer")
        right = done("review by auditor", "sign by treasurer")
        wrong = done("sign by treasurer", "review by auditor")
        assert house.outcome("clerk", amount=5, approvals=right) == "permit"
        assert house.outcome("clerk", amount=5, approvals=wrong) == "needs"

    def test_what_comes_after_an_outstanding_step_has_not_begun(self) -> None:
        house = pay(LADDER, "approve needs review by auditor then sign by treasurer")
        early = house.decide("clerk", amount=5, approvals=done("sign by treasurer"))
        assert needs(early) == ["review by auditor", "sign by treasurer"]

    def test_two_requirements_add_up(self) -> None:
        house = pay(
            LADDER, "approve needs review by auditor", "approve over 100 needs sign by treasurer"
        )
        assert len(house.decide("clerk", amount=500).needs) == 2
        assert len(house.decide("clerk", amount=100).needs) == 1

    def test_steps_are_no_grant(self) -> None:
        house = pay("manager may approve any", "approve needs review by auditor")
        both = done("review by auditor", "approve by manager")
        assert house.outcome("clerk", amount=5, approvals=both) == "escalate"

    def test_a_requesters_own_step_counts_for_nothing(self) -> None:
        house = pay(
            LADDER, "approve needs review by auditor", "requester may not review", directory=STAFF
        )
        step = done("review by aud")
        assert house.outcome("ann", amount=5, approvals=step, requester="bob") == "permit"
        assert house.outcome("ann", amount=5, approvals=step, requester="aud") == "needs"

    def test_a_step_for_some_verbs_only(self) -> None:
        house = pay(LADDER, "clerk may sign any", "sign needs review by auditor")
        assert house.outcome("clerk", amount=5) == "permit"
        assert house.outcome("clerk", amount=5, verb="sign") == "needs"

    def test_people_who_could_do_it_are_named(self) -> None:
        house = pay(LADDER, "approve needs review by auditor", directory=STAFF)
        assert house.decide("ann", amount=5).needs[0].people == ("aud",)


# --- inherit, escalate -------------------------------------------------------------------------


class TestSuperiorsInherit:
    def test_only_where_it_is_written(self) -> None:
        plain = pay("clerk may approve up to 500")
        assert plain.outcome("manager", amount=5) == "escalate"
        flowing = pay("clerk may approve up to 500", "superiors inherit")
        assert {flowing.outcome(p, amount=500) for p in ("clerk", "manager", "director")} == {
            "permit"
        }
        assert flowing.outcome("auditor", amount=5) == "escalate", "not in the line"

    def test_it_does_not_flow_down(self) -> None:
        house = pay("manager may approve up to 500", "superiors inherit")
        assert house.outcome("clerk", amount=5) == "escalate"

    def test_prohibitions_are_not_inherited(self) -> None:
        house = pay("clerk may approve up to 500", "superiors inherit", "clerk may not approve")
        assert house.outcome("clerk", amount=5) == "deny"
        assert house.outcome("manager", amount=5) == "permit"


class TestEscalation:
    def test_through_every_level(self) -> None:
        house = pay(LADDER, "escalate through every level")
        answer = house.decide("clerk", amount=50_000)
        assert chain(answer) == ["manager", "director"]
        assert [link.able for link in answer.chain] == [False, True]

    def test_to_the_first_superior_able(self) -> None:
        house = pay(LADDER, "escalate to the first superior able")
        assert chain(house.decide("clerk", amount=50_000)) == ["director"]

    def test_to_a_position(self) -> None:
        house = pay(LADDER, "auditor may approve any", "escalate to auditor")
        assert chain(house.decide("clerk", amount=5_000)) == ["auditor"]

    def test_to_a_position_that_may_not_is_no_dead_end(self) -> None:
        house = pay(LADDER, "auditor may approve up to 2_000", "escalate to auditor")
        assert chain(house.decide("clerk", amount=5_000)) == ["manager", "director"]

    def test_nobody_in_the_line_but_somebody_elsewhere(self) -> None:
        house = pay("clerk may approve up to 5", "auditor may approve any")
        assert chain(house.decide("clerk", amount=50)) == ["auditor"]


# --- the same person ---------------------------------------------------------------------------


class TestSelfBar:
    SELF = "own: requester may not approve"

    def test_whoever_asked_may_not(self) -> None:
        house = pay(LADDER, self.SELF, directory=STAFF)
        answer = house.decide("ann", amount=5, requester="ann")
        assert (answer.outcome, labels(answer)) == ("deny", ["own"])
        assert house.outcome("ann", amount=5, requester="bob") == "permit"

    def test_a_person_has_to_say_who_asked(self) -> None:
        house = pay(LADDER, self.SELF, directory=STAFF)
        assert missing(house.decide("ann", amount=5)) == ["requester"]

    def test_a_position_alone_gets_the_obligation(self) -> None:
        house = pay(LADDER, self.SELF)
        answer = house.decide("clerk", amount=5)
        assert (answer.outcome, len(answer.obligations)) == ("permit", 1)

    def test_the_position_of_the_requester_is_not_enough_to_know(self) -> None:
        house = pay(LADDER, self.SELF, directory=STAFF)
        assert house.outcome("ann", amount=5, requester="clerk") in ("incomplete", "deny")
        assert house.outcome("ann", amount=5, requester="manager") == "permit"

    def test_under_a_condition_only(self) -> None:
        house = pay(LADDER, "requester may not approve when risky", directory=STAFF)
        assert house.outcome("ann", amount=5, requester="ann", risky=False) == "permit"
        assert house.outcome("ann", amount=5, requester="ann", risky=True) == "deny"
        assert house.outcome("ann", amount=5, requester="ann") == "incomplete"

    def test_for_its_verb_only(self) -> None:
        house = pay(LADDER, "clerk may sign any", self.SELF, directory=STAFF)
        assert house.outcome("ann", amount=5, requester="ann", verb="sign") == "permit"

    def test_others_of_the_position_may(self) -> None:
        house = pay(LADDER, self.SELF, directory=STAFF)
        assert "ann" not in people(house.who("ann", amount=5, requester="ann"))
        assert "bob" in people(house.who("ann", amount=5, requester="ann"))


class TestSeparation:
    TWO = "two: separate review and approve"

    def test_whoever_did_the_one_may_not_do_the_other(self) -> None:
        house = pay(LADDER, "manager may review any", self.TWO, directory=STAFF)
        reviewed = done("review by mia")
        answer = house.decide("mia", amount=5, approvals=reviewed)
        assert (answer.outcome, labels(answer)) == ("deny", ["two"])
        assert house.outcome("max", amount=5, approvals=reviewed) == "permit"
        assert house.outcome("mia", amount=5) == "permit"

    def test_in_both_directions(self) -> None:
        house = pay(LADDER, "manager may review any", self.TWO, directory=STAFF)
        approved = done("approve by mia")
        assert house.outcome("mia", amount=5, verb="review", approvals=approved) == "deny"

    def test_the_same_step_done_before_does_not_bar(self) -> None:
        house = pay(LADDER, self.TWO, directory=STAFF)
        assert house.outcome("mia", amount=5, approvals=done("approve by mia")) == "permit"

    def test_a_third_verb_is_free(self) -> None:
        house = pay(LADDER, "manager may sign any", self.TWO, directory=STAFF)
        assert (
            house.outcome("mia", amount=5, verb="sign", approvals=done("review by mia")) == "permit"
        )


# --- people ------------------------------------------------------------------------------------

DELEGATED = """
delegation of pay { to any level below  at most 90 days  at most 5_000  never onward }
"""


def lent(more: str = "", giver: str = "mia", taker: str = "ann") -> str:
    return STAFF + (
        f"delegations:\n  - {{from: {giver}, to: {taker}, action: pay, starts: 2026-03-01, "
        f"ends: 2026-03-15, reason: on leave{more}}}\n"
    )


class TestDelegation:
    def test_decided_on_behalf_of_the_giver(self) -> None:
        house = pay(LADDER, declarations=DELEGATED, directory=lent())
        answer = house.decide("ann", amount=3_000)
        assert (answer.outcome, answer.on_behalf_of) == ("permit", "mia")
        assert answer.obligations

    def test_his_own_right_comes_first(self) -> None:
        house = pay(LADDER, declarations=DELEGATED, directory=lent())
        assert house.decide("ann", amount=500).on_behalf_of is None

    def test_never_wider_than_the_policy_says(self) -> None:
        house = pay(LADDER, declarations=DELEGATED, directory=lent())
        assert house.outcome("ann", amount=5_000) == "permit"
        assert house.outcome("ann", amount=Decimal("5000.01")) == "escalate"

    def test_never_wider_than_the_delegation_says(self) -> None:
        house = pay(LADDER, declarations=DELEGATED, directory=lent(", limit: 2000"))
        assert house.outcome("ann", amount=2_000) == "permit"
        assert house.outcome("ann", amount=2_001) == "escalate"

    def test_never_wider_than_the_givers_own(self) -> None:
        house = pay(
            "clerk may approve up to 10  manager may approve up to 100",
            declarations=DELEGATED,
            directory=lent(),
        )
        assert house.outcome("ann", amount=100) == "permit"
        assert house.outcome("ann", amount=101) == "deny"

    @pytest.mark.parametrize(
        ("day", "outcome"),
        [
            ("2026-02-28", "escalate"),
            ("2026-03-01", "permit"),
            ("2026-03-14", "permit"),
            ("2026-03-15", "escalate"),
        ],
    )
    def test_from_its_first_day_until_the_day_it_ends(self, day: str, outcome: str) -> None:
        house = pay(LADDER, declarations=DELEGATED, directory=lent())
        assert house.outcome("ann", amount=3_000, as_of=day) == outcome

    def test_for_some_verbs(self) -> None:
        house = pay(
            LADDER,
            "manager may sign any",
            declarations=DELEGATED,
            directory=lent(", verbs: [sign]"),
        )
        assert house.outcome("ann", amount=3_000) == "escalate"
        assert house.outcome("ann", amount=3_000, verb="sign") == "permit"

    def test_the_takers_bar_stays(self) -> None:
        house = pay(
            LADDER, "clerk may not approve when risky", declarations=DELEGATED, directory=lent()
        )
        assert house.outcome("ann", amount=3_000, risky=True) != "permit"

    def test_the_givers_bar_comes_along(self) -> None:
        house = pay(
            LADDER, "manager may not approve when risky", declarations=DELEGATED, directory=lent()
        )
        assert house.outcome("ann", amount=3_000, risky=True) != "permit"
        assert house.outcome("ann", amount=3_000, risky=False) == "permit"

    @pytest.mark.parametrize("requester", ["ann", "mia"])
    def test_neither_decides_what_either_asked_for(self, requester: str) -> None:
        house = pay(LADDER, "requester may not approve", declarations=DELEGATED, directory=lent())
        assert house.outcome("ann", amount=3_000, requester=requester) != "permit"
        assert house.outcome("ann", amount=3_000, requester="bob") == "permit"

    def test_the_maximum_counts_it(self) -> None:
        house = pay(LADDER, declarations=DELEGATED, directory=lent())
        found = house.maximum("ann").permit
        assert found.value is not None
        assert found.value.value == 5_000

    def test_who_says_on_whose_behalf(self) -> None:
        house = pay(LADDER, declarations=DELEGATED, directory=lent())
        found = {h.person: h.on_behalf_of for h in house.who("bob", amount=3_000)}
        assert found == {"ann": "mia", "mia": None, "max": None, "dan": None}


class TestActingHolders:
    STAFF = """
people:
  - id: ann
    positions:
      - {position: clerk}
      - {position: manager, from: 2026-03-01, until: 2026-04-01, acting: true}
"""

    @pytest.mark.parametrize(
        ("day", "outcome"),
        [
            ("2026-02-28", "deny"),
            ("2026-03-01", "permit"),
            ("2026-03-31", "permit"),
            ("2026-04-01", "deny"),
        ],
    )
    def test_while_acting(self, day: str, outcome: str) -> None:
        house = pay(
            "clerk may approve up to 10", "manager may approve up to 900", directory=self.STAFF
        )
        # the post is vacant on other days: somebody who held it could, so it is no plain deny
        found = house.outcome("ann", amount=900, as_of=day)
        assert (found == "permit") == (outcome == "permit")

    def test_who_says_acting(self) -> None:
        house = pay("manager may approve up to 900", directory=self.STAFF)
        (holder,) = house.who("clerk", amount=5)
        assert (holder.person, holder.acting) == ("ann", True)

    def test_named_in_one_position_he_acts_in_that_alone(self) -> None:
        house = pay(
            "clerk may approve up to 10", "manager may approve up to 900", directory=self.STAFF
        )
        as_clerk = house.decide({"person": "ann", "position": "clerk"}, amount=900)
        assert as_clerk.outcome != "permit"
        assert not [p for link in as_clerk.chain for p in link.people], "nobody refers to himself"
        assert house.outcome({"person": "ann", "position": "manager"}, amount=900) == "permit"


class TestPeopleAndPositions:
    def test_a_person_has_all_he_holds(self) -> None:
        staff = "people:\n  - {id: eve, positions: [{position: clerk}, {position: auditor}]}\n"
        house = pay("clerk may approve up to 10", "auditor may approve up to 99", directory=staff)
        assert house.outcome("eve", amount=99) == "permit"

    def test_a_bar_on_one_of_them_bars_the_person(self) -> None:
        staff = "people:\n  - {id: eve, positions: [{position: clerk}, {position: auditor}]}\n"
        house = pay("clerk may approve up to 10", "auditor may not approve", directory=staff)
        assert house.outcome("eve", amount=5) == "deny"

    def test_a_stranger_is_refused(self) -> None:
        with pytest.raises(InvalidRequest, match="actor"):
            pay(LADDER, directory=STAFF).decide("zoe", amount=5)

    def test_a_person_cannot_claim_a_position(self) -> None:
        with pytest.raises(InvalidRequest, match="actor"):
            pay(LADDER, directory=STAFF).decide({"person": "ann", "position": "director"}, amount=5)

    def test_who_lists_those_who_need_a_step_or_a_fact(self) -> None:
        house = pay(
            "clerk may approve up to 10  manager may approve up to 10 when risky",
            "approve over 5 needs review by auditor",
            directory=STAFF,
        )
        found = {h.person: (str(h.outcome), h.missing) for h in house.who("clerk", amount=7)}
        assert found == {
            "ann": ("needs", ()),
            "bob": ("needs", ()),
            "mia": ("incomplete", ("risky",)),
            "max": ("incomplete", ("risky",)),
        }

    def test_who_lists_holders_and_vacant_positions(self) -> None:
        house = pay("clerk, treasurer may approve up to 10", directory=STAFF)
        assert sorted(people(house.who("clerk", amount=5))) == ["ann", "bob", "treasurer"]


# --- dates -------------------------------------------------------------------------------------


class TestEffectiveDates:
    @pytest.mark.parametrize(
        ("day", "outcome"),
        [
            ("2026-01-31", "undefined"),
            ("2026-02-01", "permit"),
            ("2026-06-30", "permit"),
            ("2026-07-01", "undefined"),
        ],
    )
    def test_a_rule_from_a_day_until_before_another(self, day: str, outcome: str) -> None:
        house = pay("clerk may approve up to 500 from 2026-02-01 until 2026-07-01")
        assert house.outcome("clerk", amount=5, as_of=day) == outcome

    @pytest.mark.parametrize(
        ("day", "outcome"),
        [
            ("2026-01-31", "undefined"),
            ("2026-02-01", "permit"),
            ("2026-12-31", "permit"),
            ("2027-01-01", "undefined"),
        ],
    )
    def test_a_policy_holds_once_approved_and_published(self, day: str, outcome: str) -> None:
        house = House(
            "policy p { currency CNY effective from 2026-01-01 until 2027-01-01 "
            "approved on 2026-01-15 published on 2026-02-01 } position clerk "
            "action pay { amount money limit on amount } "
            "authority pay { clerk may approve up to 500 }"
        )
        assert house.outcome("clerk", amount=5, as_of=day) == outcome

    def test_a_prohibition_for_a_time(self) -> None:
        house = pay(LADDER, "nobody may approve from 2026-02-01 until 2026-02-03")
        days = ["2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03"]
        found = [house.outcome("clerk", amount=5, as_of=d) for d in days]
        assert found == ["permit", "deny", "deny", "permit"]

    def test_a_step_for_a_time(self) -> None:
        house = pay(LADDER, "approve needs review by auditor from 2026-02-01")
        assert house.outcome("clerk", amount=5, as_of="2026-01-31") == "permit"
        assert house.outcome("clerk", amount=5, as_of="2026-02-01") == "needs"

    def test_the_day_is_echoed(self) -> None:
        assert str(pay(LADDER).decide("clerk", amount=5, as_of="2026-05-06").as_of) == "2026-05-06"

    def test_as_of_in_a_condition(self) -> None:
        house = pay("clerk may approve up to 5 when as_of < 2026-02-01")
        assert house.outcome("clerk", amount=5, as_of="2026-01-31") == "permit"
        assert house.outcome("clerk", amount=5, as_of="2026-02-01") == "deny"


class TestParameters:
    CAP = (
        "parameter cap: money { from 2026-01-01 -> 100  from 2026-07-01 until 2027-01-01 -> 120 }\n"
    )

    @pytest.mark.parametrize(
        ("day", "most"),
        [("2026-01-01", 100), ("2026-06-30", 100), ("2026-07-01", 120), ("2026-12-31", 120)],
    )
    def test_the_value_of_the_day(self, day: str, most: int) -> None:
        house = pay("clerk may approve up to cap", declarations=self.CAP)
        assert house.outcome("clerk", amount=most, as_of=day) == "permit"
        assert house.outcome("clerk", amount=most + 1, as_of=day) == "deny"

    @pytest.mark.parametrize("day", ["2025-12-31", "2027-01-01"])
    def test_no_value_in_force_is_undefined(self, day: str) -> None:
        house = pay("clerk may approve up to cap", declarations=self.CAP)
        answer = house.decide("clerk", amount=0, as_of=day)
        assert answer.outcome == "undefined"
        assert "cap" in answer.reason

    def test_an_unset_parameter_in_a_prohibition_blocks(self) -> None:
        house = pay(
            "clerk may approve any",
            "nobody may approve over cap",
            declarations="parameter cap: money = unset\n",
        )
        assert house.outcome("clerk", amount=0) == "undefined"


# --- conditions --------------------------------------------------------------------------------


class TestRelations:
    def ask(self, words: str, actor: str, subject: str) -> str:
        house = pay(f"anyone may approve any when subject {words} actor", directory=STAFF)
        return house.outcome(actor, amount=5, subject=subject)

    def test_directly(self) -> None:
        assert self.ask("reports directly to", "mia", "ann") == "permit"
        assert self.ask("reports directly to", "dan", "ann") != "permit"

    def test_at_all_levels(self) -> None:
        assert self.ask("reports to", "mia", "ann") == "permit"
        assert self.ask("reports to", "dan", "ann") == "permit"
        assert self.ask("reports to", "ann", "mia") != "permit"
        assert self.ask("reports to", "ann", "ann") != "permit"

    def test_within_the_unit(self) -> None:
        assert self.ask("reports to", "max", "ann") != "permit", "another manager's clerk"

    def test_a_missing_subject_is_asked_for(self) -> None:
        house = pay("anyone may approve any when subject reports to actor", directory=STAFF)
        assert missing(house.decide("mia", amount=5)) == ["subject"]

    def test_holds(self) -> None:
        house = pay("manager may approve any when subject holds clerk", directory=STAFF)
        assert house.outcome("mia", amount=5, subject="bob") == "permit"
        assert house.outcome("mia", amount=5, subject="aud") != "permit"


class TestAggregates:
    def house(self, condition: str) -> House:
        return House(
            PEOPLE
            + """enum Kind { gift sold }
            record Line { amount: money  kind: Kind  rate: percent optional }
            record Order { lines: list of Line }
            action sell { order Order }
            """
            + f"authority sell {{ clerk may approve when {condition} }}"
        )

    LINES = (
        {"amount": 100, "kind": "sold", "rate": "3%"},
        {"amount": 50, "kind": "gift", "rate": "10%"},
    )

    @pytest.mark.parametrize(
        ("condition", "holds"),
        [
            ("sum(order.lines.amount) = 150", True),
            ("sum(line.amount for line in order.lines where line.kind = gift) = 50", True),
            ("max(order.lines.rate) > 10%", False),
            ("min(order.lines.rate) = 3%", True),
            ("average(order.lines.amount) = 75", True),
            ("count(order.lines) = 2", True),
            ("count(line in order.lines where line.amount > 60) = 1", True),
            ("any(line in order.lines where line.rate >= 10%)", True),
            ("all(line in order.lines where line.rate <= 5%)", False),
            ("sum(line.amount * line.rate for line in order.lines) = 8", True),
            (
                "sum(line.amount * line.rate for line in order.lines) / sum(order.lines.amount)"
                " < 5.34%",
                True,
            ),
        ],
    )
    def test_over_the_lines(self, condition: str, holds: bool) -> None:
        found = self.house(condition).outcome("clerk", order={"lines": list(self.LINES)})
        assert found == ("permit" if holds else "deny")

    def test_an_empty_list(self) -> None:
        empty = {"order": {"lines": []}}
        assert self.house("sum(order.lines.amount) = 0").outcome("clerk", **empty) == "permit"
        assert self.house("count(order.lines) = 0").outcome("clerk", **empty) == "permit"
        gifts = "(line in order.lines where line.kind = gift)"
        assert self.house(f"all{gifts}").outcome("clerk", **empty) == "permit"
        assert self.house(f"any{gifts}").outcome("clerk", **empty) == "deny"
        assert self.house("max(order.lines.amount) < 5").outcome("clerk", **empty) == "undefined"
        average = self.house("average(order.lines.amount) < 5")
        assert average.outcome("clerk", **empty) == "undefined"

    def test_a_fact_missing_in_one_line_is_named(self) -> None:
        lines = [self.LINES[0], {"amount": 1, "kind": "gift"}]
        house = self.house("max(order.lines.rate) <= 3%")
        assert missing(house.decide("clerk", order={"lines": lines})) == ["order.lines[1].rate"]

    def test_one_line_known_to_decide_is_enough(self) -> None:
        lines = [self.LINES[1], {"amount": 1, "kind": "gift"}]
        house = self.house("any(line in order.lines where line.rate = 10%)")
        assert house.outcome("clerk", order={"lines": lines}) == "permit"

    def test_missing_lines_are_asked_for(self) -> None:
        house = self.house("sum(order.lines.amount) = 0")
        assert missing(house.decide("clerk")) == ["order.lines"]


class TestTablesBandsDefinitions:
    TERMS = """
enum Region { north { beijing hebei } east { shanghai jiangsu } west }
enum Age { new mature }
action sell { rate percent  region Region  age Age  total money  limit on rate }
"""

    def house(self, declarations: str, limit: str) -> House:
        return House(
            PEOPLE
            + self.TERMS
            + declarations
            + f" authority sell {{ clerk may approve up to {limit} }}"
        )

    def most(self, house: House, **facts: object) -> str:
        found = house.maximum("clerk", **facts)
        return found.permit.text if not found.missing else f"asks {', '.join(found.missing)}"

    UNIQUE = """table factor (region: Region, age: Age) gives percent unique {
      east, new -> 3%  east, mature -> 2%  north, any -> 1%  west, not new -> 4%  west, new -> 5%
    }"""

    @pytest.mark.parametrize(
        ("region", "age", "most"),
        [
            ("shanghai", "new", "up to 3%"),
            ("east", "mature", "up to 2%"),
            ("hebei", "new", "up to 1%"),
            ("west", "mature", "up to 4%"),
            ("west", "new", "up to 5%"),
        ],
    )
    def test_a_unique_table_at_or_below(self, region: str, age: str, most: str) -> None:
        house = self.house(self.UNIQUE, "factor(region, age)")
        assert self.most(house, region=region, age=age) == most

    def test_a_table_asks_only_for_what_its_rows_need(self) -> None:
        house = self.house(self.UNIQUE, "factor(region, age)")
        assert self.most(house, region="east") == "asks age"
        assert house.outcome("clerk", rate="1%", region="north", age="new") == "permit"

    def test_first(self) -> None:
        table = """table cap (total: money) gives percent first {
          over 1_000 -> 1%  at least 1_000 -> 2%  any -> 3% }"""
        house = self.house(table, "cap(total)")
        found = [self.most(house, total=t) for t in (1_001, 1_000, 999)]
        assert found == ["up to 1%", "up to 2%", "up to 3%"]

    @pytest.mark.parametrize(
        ("how", "small", "large"),
        [
            ("sum", "up to 3%", "up to 8%"),
            ("max", "up to 3%", "up to 5%"),
            ("min", "up to 3%", "up to 3%"),
        ],
    )
    def test_collect(self, how: str, small: str, large: str) -> None:
        table = (
            f"table cap (total: money) gives percent collect {how} {{ any -> 3%  over 10 -> 5% }}"
        )
        house = self.house(table, "cap(total)")
        assert (self.most(house, total=10), self.most(house, total=11)) == (small, large)

    def test_bands(self) -> None:
        bands = """define cap: percent = bands of total {
          under 25_000 -> 0%  up to 60_000 -> 20%  otherwise -> 25% }"""
        house = self.house(bands, "cap")
        amounts = ("24999.99", "25000", "60000", "60000.01")
        found = [self.most(house, total=Decimal(a)) for a in amounts]
        assert found == ["up to 0%", "up to 20%", "up to 20%", "up to 25%"]

    def test_a_definition_through_another(self) -> None:
        house = self.house(
            "define a: money = total / 2  define b: percent = if a >= 100 then 5% else 1%", "b"
        )
        assert [self.most(house, total=t) for t in (200, 199)] == ["up to 5%", "up to 1%"]

    def test_a_parameter_read_in_a_table_is_that_of_the_day(self) -> None:
        house = self.house(
            "parameter low: percent { from 2026-01-01 -> 1%  from 2026-07-01 -> 2% } "
            "table cap (age: Age) gives percent { new -> low  mature -> 3% }",
            "cap(age)",
        )
        assert self.most(house, age="new", as_of="2026-06-30") == "up to 1%"
        assert self.most(house, age="new", as_of="2026-07-01") == "up to 2%"


class TestEnumTrees:
    def house(self, condition: str) -> House:
        return House(
            PEOPLE + "enum Region { north { beijing hebei } east { shanghai jiangsu } west }\n"
            "record Person { territory: set of Region optional }\n"
            "action sell { region Region }\n"
            f"authority sell {{ clerk may approve when {condition} }}"
        )

    @pytest.mark.parametrize(
        ("condition", "region", "outcome"),
        [
            ("region in (east)", "shanghai", "permit"),
            ("region in (east)", "east", "permit"),
            ("region in (east)", "beijing", "deny"),
            ("region in (shanghai)", "east", "deny"),
            ("region = east", "shanghai", "deny"),
            ("region = east", "east", "permit"),
            ("region not in (north, west)", "jiangsu", "permit"),
            ("region != east", "shanghai", "permit"),
        ],
    )
    def test_in_is_at_or_below_and_equal_is_equal(
        self, condition: str, region: str, outcome: str
    ) -> None:
        assert self.house(condition).outcome("clerk", region=region) == outcome

    def test_a_territory(self) -> None:
        house = self.house("region in actor.territory")
        asker = {"position": "clerk", "attributes": {"territory": ["east", "beijing"]}}
        assert house.outcome(asker, region="shanghai") == "permit"
        assert house.outcome(asker, region="hebei") == "escalate"  # a clerk of that territory may
        assert missing(house.decide("clerk", region="hebei")) == ["actor.territory"]

    def test_no_such_region(self) -> None:
        with pytest.raises(InvalidRequest, match="shanghai"):
            self.house("region = east").decide("clerk", region="shangai")


class TestOptionalFacts:
    def test_otherwise_only_for_what_is_given_as_absent(self) -> None:
        house = pay("clerk may approve up to 5 when (share otherwise 0%) < 5%")
        assert house.outcome("clerk", amount=5, share=None) == "permit"
        assert house.outcome("clerk", amount=5, share="5%") == "deny"
        assert missing(house.decide("clerk", amount=5)) == ["share"]

    def test_is_given_and_is_absent(self) -> None:
        house = pay(
            "clerk may approve up to 5 when vendor is given",
            "manager may approve any when vendor is absent",
        )
        assert house.outcome("clerk", amount=5, vendor="acme") == "permit"
        assert house.outcome("clerk", amount=5, vendor=None) == "escalate"
        assert house.outcome("clerk", amount=5) == "incomplete"

    def test_null_for_a_fact_that_is_not_optional_is_no_value(self) -> None:
        house = pay("clerk may approve up to 5 when risky")
        assert missing(house.decide("clerk", amount=5, risky=None)) == ["risky"]


class TestVerbs:
    def test_they_never_satisfy_one_another(self) -> None:
        house = pay("clerk may recommend any", "manager may approve any")
        assert house.outcome("clerk", amount=5, verb="recommend") == "permit"
        assert house.outcome("clerk", amount=5, verb="approve") == "escalate"

    def test_unless_one_implies_the_other(self) -> None:
        house = pay("clerk may approve up to 5", declarations="right approve implies recommend\n")
        assert house.outcome("clerk", amount=5, verb="recommend") == "permit"
        assert house.outcome("clerk", amount=6, verb="recommend") == "deny"

    def test_a_prohibition_of_the_one_does_not_bar_the_other(self) -> None:
        house = pay(
            "clerk may approve up to 5",
            "clerk may not recommend",
            declarations="right approve implies recommend\n",
        )
        assert house.outcome("clerk", amount=5) == "permit"
        assert house.outcome("clerk", amount=5, verb="recommend") == "deny"

    def test_a_right_of_ones_own(self) -> None:
        house = pay("clerk may release up to 5", declarations='right release "Release" zh "放行"\n')
        assert house.outcome("clerk", amount=5, verb="release") == "permit"


class TestCurrencies:
    RATES = (
        "exchange USD to CNY { from 2026-01-01 -> 7.10  "
        "from 2026-07-01 until 2027-01-01 -> 7.00 }\n"
    )

    def house(self) -> House:
        return House(
            PEOPLE + self.RATES + "action pay { price money USD  limit on price as CNY }\n"
            "authority pay { clerk may approve up to 710 }"
        )

    def test_by_the_rate_of_the_day(self) -> None:
        house = self.house()
        assert house.outcome("clerk", price=100) == "permit"
        assert house.outcome("clerk", price=Decimal("100.01")) == "deny"
        assert house.outcome("clerk", price=Decimal("101.42"), as_of="2026-07-01") == "permit"

    def test_without_a_rate_it_is_undefined(self) -> None:
        assert self.house().outcome("clerk", price=0, as_of="2027-01-01") == "undefined"

    def test_another_currency_is_refused(self) -> None:
        with pytest.raises(InvalidRequest, match="USD"):
            self.house().decide("clerk", price="5 EUR")


class TestFaults:
    """What cannot be computed is never skipped."""

    def test_in_a_prohibition_it_blocks(self) -> None:
        house = pay(
            "clerk may approve any", "nobody may approve when amount / (amount - amount) > 2"
        )
        answer = house.decide("clerk", amount=5)
        assert answer.outcome == "undefined"
        assert "division by zero" in answer.reason

    def test_in_a_grant_it_does_not_permit(self) -> None:
        house = pay("clerk may approve any when amount / (amount - amount) > 2")
        assert house.outcome("clerk", amount=5) == "undefined"

    def test_another_grant_may_still_permit(self) -> None:
        house = pay(
            "clerk may approve any when amount / (amount - amount) > 2", "clerk may approve up to 9"
        )
        assert house.outcome("clerk", amount=5) == "permit"

    def test_a_false_conjunct_beside_it_decides(self) -> None:
        house = pay(
            "clerk may approve any",
            "nobody may approve when risky and amount / (amount - amount) > 2",
        )
        assert house.outcome("clerk", amount=5, risky=False) == "permit"
        assert house.outcome("clerk", amount=5, risky=True) == "undefined"
        assert house.outcome("clerk", amount=5) == "incomplete"

    def test_a_step_that_cannot_be_told_blocks(self) -> None:
        house = pay(
            "clerk may approve any",
            "approve needs review by auditor when amount / (amount - amount) > 2",
        )
        assert house.outcome("clerk", amount=5) == "undefined"
        assert house.outcome("clerk", amount=5, approvals=done("review by auditor")) == "permit"

    def test_a_step_due_beside_one_that_cannot_be_told(self) -> None:
        """It would be `undefined` once the step is done: `needs` would promise too much."""
        house = pay(
            "clerk may approve any",
            "approve needs review by auditor when amount / (amount - amount) > 2",
            "approve needs sign by treasurer",
        )
        assert house.outcome("clerk", amount=5) == "undefined"
        assert house.outcome("clerk", amount=5, approvals=done("sign by treasurer")) == "undefined"
