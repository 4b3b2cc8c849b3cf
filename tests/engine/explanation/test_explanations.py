"""What a reader sees: the reason in English and Chinese, rules, places, values, margins."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from engine.asking import PEOPLE, House, chain, labels, needs
from remit_engine.decision import Decision
from remit_engine.explanation.wire import ORDER, decision_to_json
from remit_engine.explanation.words import WORDS

POLICY = """policy house "House rules" zh "内部制度" {
  version "2026.1" effective from 2026-01-01 owner director currency CNY }
position clerk    "Clerk"    zh "职员"   { reports to manager }
position manager  "Manager"  zh "经理"   { reports to director }
position director "Director" zh "总监"
position auditor  "Auditor"  zh "审计员"
parameter cap "Cap" zh "上限": money = unset
action pay "Pay a supplier" zh "向供应商付款" {
  amount money "Amount" zh "金额"  risky boolean "Risky" zh "有风险"  vendor text optional
  limit on amount }
authority pay {
  clerk may approve up to 1_000
  manager may approve up to 10_000 each, 50_000 per month
  manager may sign up to 500 when risky
  director may approve any
  auditor may approve unset
  floor: nobody may approve when vendor = "banned"
    because "the vendor is banned" zh "供应商已被禁止" source "memo 7"
  bare: clerk may not approve over 900 when vendor = "odd"
  own: requester may not approve
  two: separate review and approve
  big: approve over 5_000 needs review by auditor then evidence receipt "Receipt" zh "签收单"
  pair: approve over 500_000 needs 2 of (manager, director, auditor)
  clerk may sign up to cap
  clerk may inspect any from 2027-01-01
  clerk may review any when amount / (amount - amount) > 2
}
delegation of pay { to any level below  at most 90 days  never onward }
"""
STAFF = """
people:
  - {id: ann, name: Ann, positions: [{position: clerk}]}
  - {id: mia, name: Mia, positions: [{position: manager}]}
  - {id: dan, name: Dan, positions: [{position: director}]}
delegations:
  - {from: mia, to: ann, action: pay, limit: 5000,
     starts: 2026-03-01, ends: 2026-03-15, reason: leave}
"""
HOUSE = House(POLICY, STAFF)


def asked(actor: str, language: str = "en", **members: Any) -> Decision:
    return HOUSE.decide(actor, language=language, **{"vendor": "acme", **members})


def narrow(text: str) -> str:
    """Full-width signs as their narrow kin: the words are under test, not the typography."""
    return unicodedata.normalize("NFKC", text)


REVIEWED = [{"verb": "review", "position": "auditor"}]
QUESTIONS: dict[str, tuple[dict[str, Any], str, str]] = {
    "permit": (
        {"actor": "clerk", "amount": 900},
        'yes: Clerk may approve "Pay a supplier" at 900.00 CNY; the limit is up to 1,000.00 CNY, '
        "100.00 CNY is left",
        '可以:职员有权批准"向供应商付款",数额为900.00 CNY;权限为不超过1,000.00 CNY,尚余100.00 CNY',
    ),
    "permit without a limit": (
        {"actor": "director", "amount": 5_000},
        'yes: Director may approve "Pay a supplier" at 5,000.00 CNY; there is no limit',
        '可以:总监有权批准"向供应商付款",数额为5,000.00 CNY;没有限额',
    ),
    "permit on behalf": (
        {"actor": "ann", "amount": 3_000, "requester": "dan", "totals": {"month": 0}},
        'yes: Ann (Clerk) may approve "Pay a supplier" on behalf of Mia until 2026-03-15 at '
        "3,000.00 CNY; the limit is up to 5,000.00 CNY, 2,000.00 CNY is left",
        '可以:Ann (职员)受Mia委托(至2026-03-15止)有权批准"向供应商付款",数额为3,000.00 CNY;'
        "权限为不超过5,000.00 CNY,尚余2,000.00 CNY",
    ),
    "needs": (
        {"actor": "director", "amount": 6_000, "approvals": REVIEWED},
        'Director may approve "Pay a supplier" at 6,000.00 CNY, once this is done: '
        "evidence: Receipt",
        '总监有权批准"向供应商付款",数额为6,000.00 CNY,但须先完成:证明材料:签收单',
    ),
    "escalate": (
        {"actor": "clerk", "amount": 5_000, "requester": "dan", "totals": {"month": 0}},
        "not within the authority of Clerk: 5,000.00 CNY is outside the limit "
        "(up to 1,000.00 CNY); Manager (Mia) may decide",
        "不在职员的权限之内:5,000.00 CNY超出权限(不超过1,000.00 CNY);可由经理 (Mia)决定",
    ),
    "escalate over a total": (
        {"actor": "manager", "amount": 3_000, "requester": "ann", "totals": {"month": 48_000}},
        "not within the authority of Manager: 3,000.00 CNY is more than the 2,000.00 CNY that "
        "remain (month); Director (Dan) may decide",
        "不在经理的权限之内:3,000.00 CNY超过余额2,000.00 CNY(month);可由总监 (Dan)决定",
    ),
    "deny by a rule that says why": (
        {"actor": "clerk", "amount": 5, "vendor": "banned"},
        "no: the vendor is banned (`pay.floor`)",
        "不可以:供应商已被禁止(`pay.floor`)",
    ),
    "deny by a rule that does not": (
        {"actor": "clerk", "amount": 950, "vendor": "odd"},
        "no: a rule forbids it (`pay.bare`)",
        "不可以:有规则禁止(`pay.bare`)",
    ),
    "deny to the requester": (
        {"actor": "ann", "amount": 5, "requester": "ann"},
        "no: whoever made the request may not approve it (`pay.own`)",
        "不可以:申请人本人不得批准(`pay.own`)",
    ),
    "deny to the reviewer": (
        {"actor": "ann", "amount": 5, "requester": "mia",
         "approvals": [{"verb": "review", "by": "ann"}]},
        "no: whoever did the one may not do the other (`pay.two`)",
        "不可以:同一人不得兼任两个环节(`pay.two`)",
    ),
    "incomplete": (
        {"actor": "clerk"},
        "it cannot be said without `amount` (Amount)",
        "缺少以下事实,无法判断:`amount` (金额)",
    ),
    "undefined: a limit never fixed": (
        {"actor": "auditor", "amount": 3},
        "the policy does not say: the limit of `pay.auditor.approve` was never fixed; ask Director",
        "制度未规定:`pay.auditor.approve`的限额尚未确定,请询问总监",
    ),
    "undefined: not in force": (
        {"actor": "clerk", "amount": 3, "verb": "inspect"},
        'the policy does not say: no rule on who may inspect "Pay a supplier" is in force on '
        "2026-03-01; ask Director",
        '制度未规定:2026-03-01没有关于监督检查"向供应商付款"的有效规则,请询问总监',
    ),
    "undefined: given to nobody": (
        {"actor": "clerk", "amount": 3, "verb": "handle"},
        'the policy does not say: nobody was ever given the right to handle "Pay a supplier"; '
        "ask Director",
        '制度未规定:从未授予任何人处理"向供应商付款"的权力,请询问总监',
    ),
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_reason_in_english(question: str) -> None:
    members, english, _ = QUESTIONS[question]
    assert asked(**members).reason == english


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_reason_in_chinese(question: str) -> None:
    members, _, chinese = QUESTIONS[question]
    assert narrow(asked(**members, language="zh").reason) == narrow(chinese)


def test_a_fault_is_named_with_its_place() -> None:
    reason = asked("clerk", verb="review", amount=5).reason
    assert "division by zero" in reason
    assert "house.remit:" in reason
    assert "除数为零" in asked("clerk", "zh", verb="review", amount=5).reason


def test_an_unset_parameter_is_named_with_its_owner() -> None:
    answer = asked("clerk", verb="sign", amount=5)
    assert answer.outcome == "undefined"
    assert "was never fixed; ask Director" in answer.reason


def test_a_rule_comes_with_file_line_text_reason_and_source() -> None:
    (rule,) = asked("clerk", amount=5, vendor="banned").rules
    line = next(i for i, text in enumerate(POLICY.splitlines(), 1) if "floor:" in text)
    assert (rule.id, rule.role, rule.file, rule.line) == (
        "pay.floor",
        "forbids",
        "house.remit",
        line,
    )
    assert (rule.because, rule.source) == ("the vendor is banned", "memo 7")
    assert rule.text.startswith('floor: nobody may approve when vendor = "banned"')
    (chinese,) = asked("clerk", "zh", amount=5, vendor="banned").rules
    assert chinese.because == "供应商已被禁止"


@pytest.mark.parametrize(
    ("members", "role", "rule"),
    [
        ({"actor": "clerk", "amount": 5}, "grants", "clerk.approve"),
        ({"actor": "clerk", "amount": 5_000}, "exceeded", "clerk.approve"),
        ({"actor": "clerk"}, "unknown", "clerk.approve"),
        ({"actor": "auditor", "amount": 5}, "unset", "auditor.approve"),
        ({"actor": "director", "amount": 6_000}, "requires", "big"),
        (
            {"actor": "manager", "amount": 5, "verb": "sign", "risky": False},
            "not met",
            "manager.sign",
        ),
    ],
)
def test_the_role_a_rule_played(members: dict[str, Any], role: str, rule: str) -> None:
    assert rule in labels(asked(**members), role)


def test_the_values_compared_and_what_came_out() -> None:
    answer = asked("clerk", amount=950, vendor="odd")
    (condition, region) = answer.trace
    assert (condition.text, condition.result) == ('vendor = "odd"', "true")
    assert condition.values == (("vendor", '"odd"'),)
    assert region.text == "over 900"
    assert region.values[0] == ("amount", "950.00 CNY")


def test_missing_values_are_shown_as_missing() -> None:
    (line, *_) = asked("clerk").trace
    assert line.values[0] == ("amount", "missing")
    assert line.result == "unknown"


def test_limit_headroom_and_maximum() -> None:
    answer = asked("clerk", amount=900)
    assert (answer.limit and answer.limit.text) == "up to 1,000.00 CNY"
    assert (answer.headroom and answer.headroom.text) == "100.00 CNY"
    assert (answer.maximum and answer.maximum.text) == "up to 1,000.00 CNY"
    over = asked("clerk", amount=5_000)
    assert (over.headroom and over.headroom.text) == "-4,000.00 CNY"


def test_what_would_be_enough_with_a_step_due_over_a_part() -> None:
    """The director may any amount, up to 5,000 without the step."""
    answer = asked("director", amount=6_000)
    assert (answer.limit and answer.limit.text) == "any"
    assert (answer.maximum and answer.maximum.text) == "up to 5,000.00 CNY"


def test_steps_in_words() -> None:
    answer = asked("director", amount=600_000)
    assert needs(answer) == [
        "review by auditor", "evidence: Receipt",
        "approve by 2 of (manager, director, auditor) (1 of 2 done)",
    ]  # fmt: skip
    assert [n.after for n in answer.needs] == [(), ("review by auditor",), ()]
    chinese = needs(asked("director", "zh", amount=600_000))
    assert [narrow(n) for n in chinese] == [
        "由审计员审核", "证明材料:签收单", "由(经理、总监、审计员)中2人批准(已完成1/2)",
    ]  # fmt: skip


def test_the_chain_names_positions_and_people() -> None:
    answer = asked("clerk", amount=5_000, requester="dan", totals={"month": 0})
    (link,) = answer.chain
    assert (link.label, link.people, link.able) == ("Manager", ("mia",), True)
    assert chain(answer) == ["manager"]


def test_policy_version_and_digest() -> None:
    found = asked("clerk", amount=5).policy
    assert (found.names, found.versions) == (("house",), ("2026.1",))
    assert len(found.digest) >= 32


def test_the_digest_follows_the_text() -> None:
    other = House(POLICY.replace("1_000", "1_001"), STAFF).decide("clerk", amount=5, vendor="acme")
    assert other.policy.digest != asked("clerk", amount=5).policy.digest


def test_unknown_members_are_listed() -> None:
    answer = asked("clerk", amount=5, colour="red")
    assert answer.ignored == ("facts.colour",)


def test_the_wire_form_holds_every_member_in_order() -> None:
    found = decision_to_json(asked("clerk", amount=900))
    assert tuple(found) == ORDER
    assert found["outcome"] == "permit"
    assert found["headroom"]["value"] == "100"
    assert found["as_of"] == "2026-03-01"


def test_no_python_shows_through() -> None:
    for members, _, _ in QUESTIONS.values():
        for language in ("en", "zh"):
            shown = str(decision_to_json(asked(**members, language=language)))
            assert not [w for w in ("Fraction", "frozenset", "object at", "NoneType") if w in shown]


def test_both_languages_have_every_sentence_with_the_same_places() -> None:
    import re

    english, chinese = WORDS["en"], WORDS["zh"]
    assert english.keys() == chinese.keys()
    for key in english:
        places = [sorted(re.findall(r"\{(\w+)\}", table[key])) for table in (english, chinese)]
        if key not in ("permit", "why.none"):
            assert set(places[1]) <= set(places[0]), key


def test_unless_reads_as_what_must_hold() -> None:
    house = House(
        PEOPLE
        + """
        action pay "Pay" { amount money  urgent boolean  special boolean  limit on amount }
        authority pay { calm: manager may approve up to 100 unless urgent
          rare: clerk may approve up to 5 unless urgent and special }
        """
    )
    decision = house.decide("manager", amount=10, urgent=False, special=False)
    assert (decision.trace[0].text, decision.trace[0].result) == ("not urgent", "true")
    (power,) = house.reference.may(house.request("manager", amount=10).actor, house.as_of)
    assert power.condition == "not urgent"
    (power,) = house.reference.may(house.request("clerk", amount=10).actor, house.as_of)
    assert power.condition == "not (urgent and special)"


@pytest.mark.parametrize(
    ("needs", "language", "told"),
    [
        ("review by auditor then file by treasurer", "en",
         "review by auditor, then file by treasurer"),
        ("review by auditor and file by treasurer", "en",
         "review by auditor and file by treasurer"),
        ("(review by auditor and file by treasurer) then sign by director", "en",
         "review by auditor and file by treasurer, then sign by director"),
        ("(review by auditor then file by treasurer) and sign by director", "en",
         "review by auditor, then file by treasurer; sign by director"),
        ("review by auditor then evidence memo", "zh", "由审计员审核，然后证明材料：memo"),
    ],
)  # fmt: skip
def test_steps_are_told_in_their_order(needs: str, language: str, told: str) -> None:
    house = House(
        PEOPLE
        + f"""
        action pay "Pay" {{ amount money  limit on amount }}
        authority pay {{ manager may approve any  approve needs {needs} }}
        """
    )
    assert told in house.decide("manager", amount=10, language=language).reason
