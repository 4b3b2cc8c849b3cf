"""Attacks of a hostile review: what once was permitted, or answered wrongly, and must not be.

Each is named after its trick. `House` asks both back ends and holds them to one answer.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.asking import House, missing
from remit_api.batch.row import from_document, from_typed_cells
from remit_api.failures import BadFacts
from remit_engine.request import InvalidRequest

LINE = """
policy p { currency CNY }
record Person { trained: boolean optional  cap: money optional }
position clerk    { reports to manager }
position manager  { reports to director }
position director
position auditor
"""
PAY = "action pay { amount money  limit on amount }"
LENT = """
delegations:
  - {from: m, to: c, action: pay, starts: 2026-01-01, ends: 2026-12-01, reason: away}
"""
HOLDERS = """
people:
  - {id: c, positions: [{position: clerk}]}
  - {id: m, positions: [{position: manager}]}
  - {id: d, positions: [{position: director}]}
  - {id: a, positions: [{position: auditor}]}
"""
LENDING = "delegation of pay { to any level below  at most own limit }"


def pay(sentences: str, directory: str | None = None, more: str = "", action: str = PAY) -> House:
    return House(f"{LINE} {action} authority pay {{ {sentences} }} {more}", directory)


def checked(house: House, actor: str, day: str = "2026-03-01", **facts: Any) -> str:
    """The answer of the fast door for JSON."""
    document = {"actor": actor, "action": "pay", "as_of": day, "facts": facts}
    return str(house.compiled.check_json(json.dumps(document).encode())[0])


# --- kept cells ----------------------------------------------------------------------------


KIND = "enum Kind { gift sold } action pay { amount money  kind Kind  limit on amount }"


def test_a_cell_found_on_behalf_is_not_kept_on_the_axes_of_ones_own() -> None:
    ladder = """
        clerk may approve up to 10
        manager may approve up to 100
        manager may approve up to 3 when kind = gift
    """
    house = pay(ladder, HOLDERS + LENT, LENDING, KIND)
    amounts = (5, 50, 500, 101, 100)
    found = [house.outcome("c", amount=n, kind="sold") for n in amounts]
    assert found == ["permit", "permit", "deny", "deny", "permit"]
    assert [checked(house, "c", amount=n, kind="sold") for n in amounts] == found


ATTRIBUTES = """
people:
  - {id: c, attributes: {trained: false}, positions: [{position: clerk}]}
  - {id: m, attributes: {trained: true}, positions: [{position: manager}]}
"""


@pytest.mark.parametrize("amounts", [(5, 100, 9000), (9000, 100, 5), (100, 9000, 5)])
def test_the_askers_attributes_do_not_hide_the_rules_of_who_delegated(amounts: Any) -> None:
    rules = "clerk may approve up to 10  manager may approve up to 5_000 when actor.trained"
    house = pay(rules, ATTRIBUTES + LENT, LENDING)
    expected = {5: "permit", 100: "permit", 9000: "deny"}
    assert [house.outcome("c", amount=n) for n in amounts] == [expected[n] for n in amounts]


def test_the_askers_attributes_do_not_hide_the_rules_of_who_is_above() -> None:
    rules = "clerk may approve up to 10  manager may approve up to 5_000 when actor.trained"
    house = pay(rules, ATTRIBUTES)
    assert [house.outcome("c", amount=n) for n in (100, 9000, 4000)] == [
        "escalate", "deny", "escalate",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fixed",
    [
        "parameter most: money = actor.cap",
        "parameter most: money = requester.cap",
        "parameter most: money = if as_of >= 2026-07-01 then 1_000 else 10",
        "table most (k: boolean) gives money { true -> actor.cap  false -> 5 }",
        "exchange USD to CNY { from 2026-01-01 -> if actor.cap > 5 then 7 else 1 }",
    ],
)
def test_what_is_fixed_for_the_day_reads_no_request(fixed: str) -> None:
    with pytest.raises(AssertionError, match="E0207"):
        pay("clerk may approve any", more=fixed)


# --- the fast door -------------------------------------------------------------------------


ORDER = """
record Order { total: money  margin: percent optional }
action pay { order Order optional  limit on order.total }
"""


@pytest.mark.parametrize("total", [50, 100, 500])
def test_a_record_that_is_asked_for_as_a_whole_keeps_its_numbers(total: int) -> None:
    rules = "clerk may approve any when order is given  nobody may approve over 100"
    house = pay(rules, action=ORDER)
    expected = house.outcome("clerk", order={"total": total})
    assert expected == ("permit" if total <= 100 else "deny")
    assert checked(house, "clerk", order={"total": total}) == expected


@pytest.mark.parametrize("margin", [None, "100%", "50%", 0])
def test_null_at_the_fast_door_is_a_fact_given_as_absent(margin: int | str | None) -> None:
    action = "action pay { amount money  margin percent optional  limit on amount }"
    rules = """
        clerk may approve up to 5 when margin is absent
        clerk may approve up to 10 when (margin otherwise 50%) > 20%
    """
    house = pay(rules, action=action)
    for amount in (3, 8):
        expected = house.outcome("clerk", amount=amount, margin=margin)
        assert checked(house, "clerk", amount=amount, margin=margin) == expected


# --- who asked -----------------------------------------------------------------------------


NOT_SELF = "clerk may approve any  manager may approve any  requester may not approve"


@pytest.mark.parametrize(
    "requester",
    [
        {"name": "c"},
        {"persn": "c"},
        {"unit": None},
        {"position": None},
        {"attributes": {}},
        {"id": None},
    ],
    ids=str,
)
def test_a_requester_who_is_nobody_is_not_somebody_else(requester: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match="requester"):
        pay(NOT_SELF, HOLDERS).decide("c", amount=1, requester=requester)


def test_a_requester_without_known_positions_may_be_the_position_that_acts() -> None:
    answer = pay(NOT_SELF).decide("clerk", amount=1, requester={"person": "x"})
    assert answer.outcome != "permit"


REVIEWED = "manager may approve any  requester may not review  approve needs review by clerk"


def test_a_review_by_who_may_have_asked_is_no_review() -> None:
    house = pay(REVIEWED, HOLDERS)
    done = [{"verb": "review", "by": "c"}]
    assert house.outcome("m", amount=1, approvals=done, requester="d") == "permit"
    assert house.outcome("m", amount=1, approvals=done, requester="c") == "needs"
    assert house.outcome("m", amount=1, approvals=done) != "permit"


BOTH = """
people:
  - {id: x, positions: [{position: clerk}, {position: auditor}]}
  - {id: c, positions: [{position: clerk}]}
"""


def test_nobody_sheds_a_bar_by_asking_in_another_of_his_positions() -> None:
    house = pay("clerk may approve any  auditor may not approve", BOTH)
    assert house.outcome("x", amount=1) == "deny"
    assert house.outcome({"person": "x", "position": "clerk"}, amount=1) == "deny"
    assert house.outcome("c", amount=1) == "permit"


def test_a_requester_known_by_a_position_beside_is_not_surely_another() -> None:
    house = pay("clerk may approve any  requester may not approve", BOTH)
    asked = house.decide({"person": "x", "position": "clerk"}, amount=1, requester="auditor")
    assert asked.outcome == "incomplete"


# --- steps ---------------------------------------------------------------------------------


def test_one_person_is_not_two_by_deciding_on_anothers_behalf() -> None:
    rules = """
        director may approve any
        manager may approve up to 5
        approve over 10 needs 2 of (manager, director)
    """
    lent = LENT.replace("from: m, to: c", "from: d, to: m")
    house = pay(rules, HOLDERS + lent, LENDING)
    own = [{"verb": "approve", "by": "m"}]
    assert house.outcome("m", amount=100, approvals=own) == "needs"
    assert house.outcome("d", amount=100, approvals=own) == "permit"


def test_all_of_asks_every_position() -> None:
    people = """
people:
  - {id: c1, positions: [{position: clerk}]}
  - {id: c2, positions: [{position: clerk}]}
  - {id: a, positions: [{position: auditor}]}
"""
    house = pay("manager may approve any  approve needs review by all of (clerk, auditor)", people)

    def after(*names: str) -> str:
        done = [{"verb": "review", "by": n} for n in names]
        return house.outcome("manager", amount=1, approvals=done)

    assert after("c1", "c2") == "needs"
    assert after("c1", "c2", "a") == "permit"
    assert after("a", "c2") == "permit"


def test_who_reviewed_does_not_approve_as_one_of_two() -> None:
    rules = """
        director may approve any
        separate review and approve
        approve needs review by auditor and 2 of (auditor, director)
    """
    house = pay(rules, HOLDERS)
    both = [{"verb": "review", "by": "a"}, {"verb": "approve", "by": "a"}]
    assert house.outcome("d", amount=1, approvals=both) == "needs"


def test_a_later_step_is_not_older_than_the_one_it_follows() -> None:
    rules = "clerk may approve any  approve needs review by auditor then countersign by auditor"
    house = pay(rules)

    def on(review: str, countersign: str) -> str:
        done = [
            {"verb": "review", "position": "auditor", "on": review},
            {"verb": "countersign", "position": "auditor", "on": countersign},
        ]
        return house.outcome("clerk", amount=1, approvals=done)

    assert on("2026-01-01", "2026-02-01") == "permit"
    assert on("2026-01-01", "2026-01-01") == "permit"
    assert on("2026-02-01", "2026-01-01") == "needs"


def test_a_step_by_who_may_not_take_it_does_not_count() -> None:
    rules = "clerk may approve any  approve needs review by auditor  auditor may not review over 5"
    house = pay(rules)
    done = [{"verb": "review", "position": "auditor"}]
    assert house.outcome("clerk", amount=5, approvals=done) == "permit"
    assert house.outcome("clerk", amount=10, approvals=done) != "permit"


# --- delegation ----------------------------------------------------------------------------


SPLIT = "action pay { amount money  vendor text  limit on amount summed by vendor over 60 days }"


@pytest.mark.parametrize(("used", "outcome"), [(0, "permit"), (1, "escalate"), (5000, "escalate")])
def test_a_delegated_limit_is_not_split(used: int, outcome: str) -> None:
    lent = LENT.replace("action: pay,", "action: pay, limit: 500,")
    house = pay("manager may approve up to 10_000", HOLDERS + lent, LENDING, SPLIT)
    totals = {"vendor over 60 days": used}
    assert house.outcome("c", amount=500, vendor="v", totals=totals) == outcome


@pytest.mark.parametrize("period", ["from 2025-01-01 until 2025-06-01", "from 2026-06-01"])
def test_a_policy_not_in_force_lets_nothing_be_delegated(period: str) -> None:
    first = f"{LINE} {PAY} authority pay {{ manager may approve any }}"
    second = f"policy q {{ currency CNY effective {period} }} use p {LENDING}"
    house = House({"p.remit": first, "q.remit": second}, HOLDERS + LENT)
    assert house.outcome("c", amount=1) == "escalate"


def test_who_left_decides_for_nobody() -> None:
    gone = HOLDERS.replace("{position: clerk}", "{position: clerk, until: 2026-02-01}")
    house = pay("manager may approve any", gone + LENT, LENDING)
    assert house.outcome("c", amount=1, as_of="2026-01-31") == "permit"
    assert house.outcome("c", amount=1, as_of="2026-02-01") != "permit"


def test_who_left_is_not_anyone() -> None:
    gone = HOLDERS.replace("{position: clerk}", "{position: clerk, until: 2026-02-01}")
    house = pay("anyone may approve any", gone)
    assert house.outcome("c", amount=1, as_of="2026-01-31") == "permit"
    assert house.outcome("c", amount=1, as_of="2026-02-01") != "permit"


@pytest.mark.parametrize("verb", ["approve", "sign"])
def test_may_tells_of_delegated_verbs_alone(verb: str) -> None:
    lent = LENT.replace("action: pay,", f"action: pay, verbs: [{verb}],")
    house = pay("manager may approve up to 5  manager may sign any", HOLDERS + lent, LENDING)
    asked = house.request("c", amount=1, verb=verb)
    shown = [p.verb for p in house.compiled.may(asked.actor, asked.as_of)]
    assert shown == [verb]
    assert house.answer(asked).outcome == "permit"


# --- maximum -------------------------------------------------------------------------------


def test_the_maximum_on_anothers_behalf_keeps_both_peoples_bars() -> None:
    caps = """
people:
  - {id: c, attributes: {cap: 50}, positions: [{position: clerk}]}
  - {id: m, attributes: {cap: 100}, positions: [{position: manager}]}
"""
    rules = "manager may approve up to 10_000  nobody may approve over actor.cap"
    house = pay(rules, caps + LENT, LENDING)
    assert house.outcome("c", amount=50) == "permit"
    assert house.outcome("c", amount=70) == "deny"
    assert house.maximum("c", amount=50).permit.text == "up to 50.00 CNY"


def test_a_maximum_that_conditions_bend_is_not_called_known() -> None:
    action = "action pay { amount money  limit on amount * 2 }"
    rules = "clerk may approve up to 1_000  nobody may approve when amount > 100"
    house = pay(rules, action=action)
    assert house.outcome("clerk", amount=101) == "deny"
    found = house.maximum("clerk", amount=50)
    assert not found.known or found.permit.text == "up to 200.00 CNY"


# --- what is missing -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["date", "money", "text", "boolean", "integer"])
@pytest.mark.parametrize(
    "rules",
    [
        "clerk may approve any when fact is given",
        "clerk may approve any when fact is absent",
        "clerk may approve any  nobody may approve when fact is absent",
        "clerk may approve any  nobody may approve when fact is given",
    ],
)
def test_a_fact_that_may_be_given_is_asked_for(kind: str, rules: str) -> None:
    action = f"action pay {{ amount money  fact {kind} optional  limit on amount }}"
    answer = pay(rules, action=action).decide("clerk", amount=1)
    assert (answer.outcome, missing(answer)) == ("incomplete", ["fact"])


def test_a_date_beside_an_unset_parameter_does_not_hide_the_fact_that_helps() -> None:
    action = "parameter day0: date = unset action pay { ok boolean  due date }"
    house = pay("clerk may approve when ok or due > day0", action=action)
    assert house.outcome("clerk", ok=True) == "permit"
    assert house.outcome("clerk") == "incomplete"


def test_may_of_who_left_is_nothing() -> None:
    gone = HOLDERS.replace("{position: clerk}", "{position: clerk, until: 2026-02-01}")
    house = pay("anyone may approve any", gone)
    asked = house.request("c", amount=1)
    assert not house.compiled.may(asked.actor, asked.as_of)


def test_the_maximum_ends_where_the_review_ends() -> None:
    rules = "clerk may approve any  approve needs review by auditor  auditor may not review over 5"
    house = pay(rules)
    done = [{"verb": "review", "position": "auditor"}]
    assert house.outcome("clerk", amount=10, approvals=done) == "needs"
    found = house.maximum("clerk", amount=1, approvals=done)
    assert not found.known or found.permit.text == "up to 5.00 CNY"


@pytest.mark.parametrize("empty", ["limit:", "limit: null", "verbs:"])
def test_an_empty_member_of_a_delegation_is_not_everything(empty: str) -> None:
    lent = f"""
delegations:
  - from: m
    to: c
    action: pay
    {empty}
    starts: 2026-01-01
    ends: 2026-12-01
    reason: away
"""
    with pytest.raises(AssertionError, match="E06"):
        pay("manager may approve any", HOLDERS + lent, LENDING)


def test_a_position_is_not_held_until_nothing() -> None:
    people = """
people:
  - id: c
    positions:
      - position: clerk
        until:
"""
    with pytest.raises(AssertionError, match="E06"):
        pay("clerk may approve any", people)


@pytest.mark.parametrize("edge", ["start of week", "end of week", "end of year", "start of month"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_break_nothing(edge: str, day: str) -> None:
    action = "action pay { amount money  due date  limit on amount }"
    rules = f"clerk may approve any when {edge} of due > 2026-01-01"
    answer = pay(rules, action=action).decide("clerk", amount=1, due=day)
    assert answer.outcome in ("permit", "deny", "undefined")


@pytest.mark.parametrize("amount", ["900 USD", "900 JPY", {"amount": 900, "currency": "USD"}])
def test_an_amount_without_currency_is_not_one_of_any_currency(amount: Any) -> None:
    policy = "policy p { owner clerk } position clerk"
    try:
        house = House(f"{policy} {PAY} authority pay {{ clerk may approve up to 1_000 }}")
    except AssertionError:
        return  # refused as a policy: that will do
    with pytest.raises(InvalidRequest, match="amount"):
        house.decide("clerk", amount=amount)


# --- what the product withstood ------------------------------------------------------------


def test_a_person_under_two_forms_is_one() -> None:
    house = pay(NOT_SELF, HOLDERS)
    for form in ("c", {"person": "c"}, {"id": "c"}, {"person": "c", "position": "clerk"}):
        assert house.outcome("c", amount=1, requester=form) == "deny"
    assert house.outcome("c", amount=1, requester={"position": "clerk"}) == "incomplete"
    assert house.outcome("c", amount=1, requester="m") == "permit"


def test_neither_who_asked_nor_who_lends_his_right_decides() -> None:
    lent = pay("manager may approve any  requester may not approve", HOLDERS + LENT, LENDING)
    assert lent.outcome("c", amount=1, requester="m") != "permit"
    assert lent.outcome("c", amount=1, requester="c") != "permit"
    assert lent.outcome("c", amount=1, requester="d") == "permit"


def test_a_cap_that_was_never_fixed_lends_nothing() -> None:
    cap = "parameter cap: money { from 2026-01-01 -> 10  from 2026-03-01 -> unset }"
    lending = "delegation of pay { to any level below  at most cap }"
    house = pay("manager may approve any", HOLDERS + LENT, f"{cap} {lending}")
    assert house.outcome("c", amount=5, as_of="2026-02-28") == "permit"
    assert house.outcome("c", amount=5, as_of="2026-03-01") != "permit"


def test_acting_is_half_open() -> None:
    people = """
people:
  - id: c
    positions:
      - {position: clerk}
      - {position: manager, acting: true, from: 2026-03-01, until: 2026-04-01}
"""
    house = pay("manager may approve any", people)
    days = ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    found = [house.outcome("c", amount=1, as_of=day) == "permit" for day in days]
    assert found == [False, True, True, False]


def test_a_listed_approval_twice_is_one() -> None:
    house = pay("clerk may approve any  approve needs review by 2 of (manager, auditor)", HOLDERS)
    twice = [{"verb": "review", "by": "m"}, {"verb": "review", "by": "m"}]
    assert house.outcome("clerk", amount=1, approvals=twice) == "needs"
    same = [{"verb": "review", "by": "m"}, {"verb": "review", "position": "manager"}]
    assert house.outcome("clerk", amount=1, approvals=same) == "needs"


def test_all_of_no_lines_holds_and_a_line_without_its_fact_does_not() -> None:
    action = """
record Item { sold: boolean optional }
action pay { amount money  items list of Item optional  limit on amount }
"""
    house = pay("clerk may approve any when all(i in items where i.sold)", action=action)
    cases: dict[str, list[Any]] = {
        "permit": [[], [{"sold": True}]],
        "incomplete": [[{}], [{"sold": None}], None],
    }
    for outcome, lists in cases.items():
        for items in lists:
            assert house.outcome("clerk", amount=1, items=items) == outcome


# --- eras of the checker --------------------------------------------------------------------


@pytest.mark.parametrize("days", [("06-02", "05-30", "06-02"), ("05-30", "06-02", "05-30")])
def test_a_delegating_policy_that_ends_ends_an_era(days: tuple[str, ...]) -> None:
    lend = """policy lend { currency CNY  effective until 2026-06-01 } use p
        delegation of pay { to any level below }"""
    own = f"{LINE} {PAY} authority pay {{ manager may approve any }}"
    house = House({"own.remit": own, "lend.remit": lend}, HOLDERS + LENT)
    for day in days:
        as_of = f"2026-{day}"
        assert checked(house, "c", as_of, amount=5) == house.outcome("c", as_of=as_of, amount=5)


def test_a_cap_that_reads_the_day_has_no_eras() -> None:
    lending = """delegation of pay { to any level below
        at most (if as_of >= 2026-06-01 then 10 else 1_000) }"""
    house = pay("manager may approve any", HOLDERS + LENT, lending)
    for as_of, n in (("2026-07-01", 500), ("2026-02-01", 500), ("2026-07-01", 500)):
        assert checked(house, "c", as_of, amount=n) == house.outcome("c", as_of=as_of, amount=n)


def test_a_set_of_records_is_no_key() -> None:
    action = """
record Item { sold: boolean }
action pay { amount money  items set of Item  limit on amount }
"""
    sentences = "clerk may approve up to 10  manager may sign any when any(i in items where i.sold)"
    house = pay(sentences, action=action)
    for _ in range(2):
        assert house.outcome("clerk", amount=5, items=[{"sold": True}]) == "permit"
        assert checked(house, "clerk", amount=5, items=[{"sold": True}]) == "permit"


def test_kept_answers_are_bounded_in_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit_engine.compile.python_grid.MOST_CELLS", 20)
    steps = " ".join(f"clerk may approve up to {n} when total <= {n}" for n in range(1, 12))
    house = pay(steps, action="action pay { amount money  total money  limit on amount }")
    for n in range(1, 12):
        for total in range(1, 12):
            house.compiled.decide(house.request("clerk", amount=n, total=total))
    assert house.compiled._fast is not None
    kept = house.compiled._fast._cells["p.pay", "approve"]
    assert kept is not None
    assert sum(len(answers) for _, answers in kept._cells.values()) <= 20


@pytest.mark.parametrize("again", [0, "0"])
def test_a_total_stated_twice_is_refused(again: Any) -> None:
    line = {"actor": "clerk", "totals": {"month": 9000}, "totals.month": again}
    for read in (from_document, from_typed_cells):
        with pytest.raises(BadFacts):
            read(line)


def test_a_kept_trace_shows_the_attributes_of_the_delegator() -> None:
    people = """
people:
  - {id: c, attributes: {cap: 7}, positions: [{position: clerk}]}
  - {id: m, attributes: {cap: 12}, positions: [{position: manager}]}
"""
    house = pay("manager may approve any when actor.cap > 8", people + LENT, LENDING)
    for n in (5, 6, 5):
        assert house.outcome("c", amount=n) == "permit"  # both back ends, to the last word
