"""Nothing that is no amount is ever permitted, by whichever door it comes in."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from engine.asking import DAY, House
from remit_engine.decision import Decision
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_fact, read_request
from remit_engine.request import InvalidRequest

POLICIES = {
    "a prohibition over 500": "anyone may approve any  "
    'cap: nobody may approve over 500 because "over 500"',
    "a grant up to 500": "anyone may approve up to 500",
    "a grant under a condition": "anyone may approve any when amount <= 500",
    "a prohibition under a condition": "anyone may approve any  "
    "nobody may approve when amount > 500",
}


def house(sentences: str) -> House:
    return House(
        "policy p { currency CNY } position clerk "
        "action pay { amount money  note text optional  limit on amount } "
        f"authority pay {{ {sentences} }}"
    )


HOUSES = {name: house(text) for name, text in POLICIES.items()}
every_policy = pytest.mark.parametrize("policy", POLICIES)


def by_text(policy: str, amount: str) -> Decision:
    """A request in JSON, the amount as written."""
    asked = HOUSES[policy]
    text = f'{{"actor": "clerk", "action": "pay", "facts": {{"amount": {amount}}}}}'
    request = read_request(read_json(text), asked.model, asked.directory, default_as_of=DAY)
    return asked.answer(request)


@every_policy
def test_nine_hundred_is_no(policy: str) -> None:
    answer = by_text(policy, "900")
    assert answer.outcome == "deny"
    assert answer.reason.startswith("no: ")


def test_the_reason_is_the_one_written() -> None:
    answer = by_text("a prohibition over 500", "900")
    assert answer.reason == "no: over 500 (`pay.cap`)"


@every_policy
def test_the_bound_itself_is_yes_and_a_cent_more_is_no(policy: str) -> None:
    assert by_text(policy, "500").outcome == "permit"
    assert by_text(policy, "500.00").outcome == "permit"
    assert by_text(policy, "500.01").outcome == "deny"
    assert by_text(policy, "500.000000000000000000000000000000001").outcome == "deny"


@every_policy
@pytest.mark.parametrize("written", ["{}", '{"amount": null}', '{"amont": 5}', '{"Amount": 5}'])
def test_a_missing_amount_is_asked_for(policy: str, written: str) -> None:
    asked = HOUSES[policy]
    text = f'{{"actor": "clerk", "action": "pay", "facts": {written}}}'
    request = read_request(read_json(text), asked.model, asked.directory, default_as_of=DAY)
    answer = asked.answer(request)
    assert answer.outcome == "incomplete"
    assert [m.path for m in answer.missing] == ["amount"]
    assert answer.reason == "it cannot be said without `amount`"


NO_AMOUNT = [
    '"900"', '"5"', '""', '" 900"', '"９００"', '"500.00"', '"1e2"', '"0x1F"', '"null"', '"any"',
    "true", "false", "[]", "[5]", "{}", '{"value": 5}', '{"amount": "5", "currency": "CNY"}',
    '"5 USD"', '{"amount": 5, "currency": "USD"}', '{"amount": 5, "currency": null}', '"-0"',
    '"5 CNY CNY"', '"CNY"', '"5\\u00a0"', '"٥"', '"5,000"', '"Infinity"', '"NaN"',
]  # fmt: skip


@every_policy
@pytest.mark.parametrize("amount", NO_AMOUNT)
def test_what_is_no_amount_is_refused(policy: str, amount: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        by_text(policy, amount)
    (problem,) = caught.value.problems
    assert problem.path.startswith("facts.amount")
    assert problem.message


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ('"900"', "without quotes"),
        ("true", "`true` is not an amount of money"),
        ("[]", "`[]` is not an amount of money"),
        ("{}", "`{}` is not an amount of money"),
        ('""', '`""` is not an amount of money'),
        ('"5 USD"', "CNY"),
    ],
)
def test_the_refusal_is_plain(amount: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=r"facts\.amount") as caught:
        by_text("a grant up to 500", amount)
    assert says in caught.value.problems[0].message


@pytest.mark.parametrize(
    "amount",
    ["NaN", "Infinity", "-Infinity", "0900", "+5", ".5", "5.", "1_000", "0x10", "1e", "'5'"],
)
def test_what_is_no_json_is_refused(amount: str) -> None:
    with pytest.raises(InvalidRequest):
        by_text("a grant up to 500", amount)


@pytest.mark.parametrize("amount", ["1e5000", "1e99999999999999999999", "9" * 5000])
def test_a_number_too_long_to_reckon_with_is_refused(amount: str) -> None:
    with pytest.raises(InvalidRequest, match="digits"):
        by_text("a grant up to 500", amount)


@every_policy
@pytest.mark.parametrize(
    "amount", ["1e400", "1e308", "9007199254740993", "9223372036854775808", "1E+3"]
)
def test_a_huge_number_is_a_number_and_over_the_bound(policy: str, amount: str) -> None:
    assert by_text(policy, amount).outcome == "deny"


@every_policy
@pytest.mark.parametrize("amount", ["-0", "-0.0", "0", "0e5", "1e-400"])
def test_zero_is_zero(policy: str, amount: str) -> None:
    assert by_text(policy, amount).outcome == "permit"


@every_policy
def test_a_member_given_twice_is_refused(policy: str) -> None:
    asked = HOUSES[policy]
    text = '{"actor": "clerk", "action": "pay", "facts": {"amount": 5, "amount": 900}}'
    with pytest.raises(InvalidRequest, match="twice"):
        read_json(text)
    with pytest.raises(InvalidRequest):
        asked.compiled.check_json(text.encode())


_OBJECTS: list[Any] = [
    "900", "5", "", " 5", True, False, [], [5], {}, {"value": 5},
    pytest.param(object(), id="an object"), 5.0, float("nan"),
    float("inf"), Decimal("NaN"), Decimal("Infinity"), Decimal("sNaN"), complex(5), b"5",
]  # fmt: skip


@every_policy
@pytest.mark.parametrize("amount", _OBJECTS, ids=repr)
def test_what_is_no_amount_in_a_document_is_refused(policy: str, amount: Any) -> None:
    """From Python, as the command line and HTTP hand it on; floats are not exact."""
    with pytest.raises(InvalidRequest, match=r"facts\.amount"):
        HOUSES[policy].decide("clerk", amount=amount)


@pytest.mark.parametrize(
    "amount",
    [5, Decimal("5.00"), Fraction(5), {"amount": 5}, "5 CNY", {"amount": 5, "currency": "CNY"}],
)
def test_what_is_an_amount(amount: Any) -> None:
    assert HOUSES["a grant up to 500"].outcome("clerk", amount=amount) == "permit"


@pytest.mark.parametrize("written", ["", "abc", "5 USD", "NaN", "1e400", "０", "--5", "[]", "true"])
def test_what_is_no_amount_on_a_command_line_is_refused(written: str) -> None:
    kind = HOUSES["a grant up to 500"].model.program.actions["p.pay"].fields["amount"].type
    with pytest.raises(InvalidRequest):
        read_fact(written, kind, HOUSES["a grant up to 500"].model)


# --- the fast door -----------------------------------------------------------------------------


@every_policy
@pytest.mark.parametrize(
    "amount", [*NO_AMOUNT, "NaN", "1e5000", "0900", "null", "1e400", "900", "500.01"]
)
def test_the_fast_door_never_permits_either(policy: str, amount: str) -> None:
    head = '"actor": "clerk", "action": "pay", "as_of": "2026-03-01"'
    text = f'{{{head}, "facts": {{"amount": {amount}}}}}'
    try:
        outcome, _ = HOUSES[policy].compiled.check_json(text.encode())
    except InvalidRequest:
        return
    assert outcome in ("deny", "incomplete")


@every_policy
def test_the_fast_door_knows_the_bound(policy: str) -> None:
    found = []
    for amount in ("500", "500.01", "500", "499.99", "5e2", "501"):
        document = {
            "actor": "clerk",
            "action": "pay",
            "as_of": "2026-03-01",
            "facts": {"amount": 0},
        }
        text = json.dumps(document).replace(": 0}", f": {amount}}}")
        found.append(str(HOUSES[policy].compiled.check_json(text.encode())[0]))
    assert found == ["permit", "deny", "permit", "permit", "permit", "deny"]


# --- other facts, other members ----------------------------------------------------------------


OTHER = """
policy p { currency CNY }
enum Kind { gift sold }
position clerk
action pay { rate percent  count integer  kind Kind  urgent boolean  due date }
authority pay {
  anyone may approve
  nobody may approve when rate > 5%
  nobody may approve when count > 3
  nobody may approve when kind = gift
  nobody may approve when urgent
  nobody may approve when due > 2026-06-01
}
"""
GOOD: dict[str, Any] = {
    "rate": "5%",
    "count": 3,
    "kind": "sold",
    "urgent": False,
    "due": "2026-06-01",
}
BAD: dict[str, list[Any]] = {
    "rate": ["5", "5 %x", True, [], "five", "5%%", {"rate": 5}],
    "count": ["3", 2.0, Decimal("2.5"), True, "3 days"],
    "kind": ["Sold", "", 3, True, None.__class__, ["sold"], "Kind.sold.x"],
    "urgent": ["false", 0, "", [], "no"],
    "due": ["2026-6-1", "01.06.2026", 20260601, True, "2026-02-30", "", "2026-06-01T00:00:00"],
}


def test_the_good_ones_permit() -> None:
    assert House(OTHER).outcome("clerk", **GOOD) == "permit"


@pytest.mark.parametrize(("fact", "value"), [(f, v) for f, values in BAD.items() for v in values])
def test_no_fact_of_a_wrong_type_slips_past_its_prohibition(fact: str, value: Any) -> None:
    with pytest.raises(InvalidRequest, match=f"facts.{fact}"):
        House(OTHER).decide("clerk", **{**GOOD, fact: value})


@pytest.mark.parametrize("fact", GOOD)
@pytest.mark.parametrize("how", ["missing", "null"])
def test_no_missing_fact_slips_past_its_prohibition(fact: str, how: str) -> None:
    facts = {k: v for k, v in GOOD.items() if k != fact} | ({fact: None} if how == "null" else {})
    answer = House(OTHER).decide("clerk", **facts)
    assert (answer.outcome, [m.path for m in answer.missing]) == ("incomplete", [fact])


@pytest.mark.parametrize(
    "members",
    [
        {"actor": ""}, {"actor": {}}, {"actor": 5}, {"actor": "nobody"}, {"actor": None},
        {"actor": ["clerk"]}, {"verb": ""}, {"verb": 5}, {"verb": ["approve"]}, {"action": "pays"},
        {"action": None}, {"facts": []}, {"facts": "amount=5"}, {"as_of": "today"}, {"as_of": 5},
        {"requester": 5}, {"approvals": {}}, {"approvals": [5]}, {"approvals": [{}]},
        {"totals": []}, {"evidence": "receipt"}, {"language": "xx"},
    ],
    ids=str,
)  # fmt: skip
def test_no_malformed_request_gets_an_answer(members: dict[str, Any]) -> None:
    asked = HOUSES["a grant up to 500"]
    document = {"actor": "clerk", "action": "pay", "facts": {"amount": 5}, "as_of": "2026-03-01"}
    with pytest.raises(InvalidRequest):
        read_request({**document, **members}, asked.model, asked.directory)


@pytest.mark.parametrize("document", ["[]", "5", '"approve"', "null", "true", "", "{", "{}"])
def test_what_is_no_request_gets_no_answer(document: str) -> None:
    asked = HOUSES["a grant up to 500"]
    with pytest.raises(InvalidRequest):
        read_request(read_json(document), asked.model, asked.directory, default_as_of=DAY)
    with pytest.raises(InvalidRequest):
        asked.compiled.check_json(document.encode())
