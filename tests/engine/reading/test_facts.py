from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_dsl.types import BOOLEAN, DATE, DAYS, INTEGER, MONTHS, NUMBER, PERCENT, TEXT, Type, money
from remit_engine.reading.facts_reader import NOT_READ, FactsReader, fact_type, read_fact, set_fact
from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest
from remit_engine.rules.names import names_of
from sample_house import MODEL

CNY = money("CNY")
REGION = Type("enum", name="sales.Region")
REGIONS = Type("set", element=REGION)
POSITION = Type("position")
ORDER = Type("record", name="sales.Order")


def read(value: Any, type: Type) -> Any:
    reader = FactsReader(names_of(MODEL), MODEL)
    exact = reader.value(value, type, ("fact",))
    return [p.message for p in reader.problems] if exact is NOT_READ else exact


def refused(value: Any, type: Type) -> str:
    said = read(value, type)
    assert isinstance(said, list), said
    return str(said[0])


# --- values that are read ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "type", "exact"),
    [
        (12, NUMBER, Fraction(12)),
        (Decimal("0.1"), NUMBER, Fraction(1, 10)),
        (Fraction(1, 3), NUMBER, Fraction(1, 3)),
        (Decimal("1e400"), NUMBER, Fraction(10**400)),
        (Decimal("3.00"), INTEGER, Fraction(3)),
        (Decimal("0.12"), PERCENT, Fraction(12, 100)),
        ("12%", PERCENT, Fraction(12, 100)),
        ("2‰", PERCENT, Fraction(2, 1000)),
        ("25bp", PERCENT, Fraction(25, 10_000)),
        ("-0.5 %", PERCENT, Fraction(-5, 1000)),
        (900, CNY, Fraction(900)),
        ("900 CNY", CNY, Fraction(900)),
        ("1_000.05 CNY", CNY, Fraction(100_005, 100)),
        ("20万 CNY", CNY, Fraction(200_000)),
        ({"amount": 900, "currency": "CNY"}, CNY, Fraction(900)),
        ({"amount": Decimal("0.01")}, CNY, Fraction(1, 100)),
        (123456789012345678901234567890, CNY, Fraction(123456789012345678901234567890)),
        (90, DAYS, Fraction(90)),
        ("90 days", DAYS, Fraction(90)),
        ("2 weeks", DAYS, Fraction(14)),
        ("3 months", MONTHS, Fraction(3)),
        ("1 year", MONTHS, Fraction(12)),
        ("2026-03-01", DATE, date(2026, 3, 1)),
        (date(2026, 3, 1), DATE, date(2026, 3, 1)),
        (True, BOOLEAN, True),
        ("900", TEXT, "900"),
        ("", TEXT, ""),
        ("east", REGION, "east"),
        ("华东", REGION, "east"),
        (["east", "华东", "north"], REGIONS, frozenset({"east", "north"})),
        ([], REGIONS, frozenset()),
        ("sales_manager", POSITION, "sales.sales_manager"),
        ("sales.sales_manager", POSITION, "sales.sales_manager"),
        ("业务员", POSITION, "sales.sales_representative"),
        ("销售经理", POSITION, "sales.sales_manager"),
        ("SALES MANAGER", POSITION, "sales.sales_manager"),
        ({"total": 1, "margin": None}, ORDER, {"total": Fraction(1), "margin": None}),
    ],
)
def test_read_exactly(value: Any, type: Type, exact: Any) -> None:
    assert read(value, type) == exact


# --- values that are not -------------------------------------------------------------------


@pytest.mark.parametrize("type", [NUMBER, INTEGER, PERCENT, CNY, DAYS, MONTHS], ids=str)
@pytest.mark.parametrize(
    "value",
    ["900", "", "NaN", "1e3", True, False, [], [1], {}, Decimal("NaN"), Decimal("sNaN"),
     Decimal("Infinity"), Decimal("-Infinity"), 0.5, float("nan"), float("inf"), date(2026, 1, 1),
     Decimal("1e999999999"), Decimal("1e-999999999"), "１２", "1,000", "12 %%", b"900"],
    ids=repr,
)  # fmt: skip
def test_no_number_is_guessed(value: Any, type: Type) -> None:
    assert "Decimal" not in refused(value, type)
    assert "float" not in refused(value, type)


@pytest.mark.parametrize(
    ("value", "type", "message"),
    [
        ("900", CNY, '`"900"` is not an amount of money: write 900 without quotes'),
        ("900", NUMBER, '`"900"` is not a number: write 900 without quotes'),
        (0.5, NUMBER, "a binary fraction is not exact: pass it as a decimal"),
        ("900 USD", CNY, "`USD` was given where CNY is expected"),
        ({"amount": 1, "currency": "EUR"}, CNY, "`EUR` was given where CNY is expected"),
        ({"amount": 1, "unit": "CNY"}, CNY,
         "`an object` is not an amount of money: write {\"amount\": 900, \"currency\": \"CNY\"}"),
        (Decimal("1.5"), INTEGER, "`1.5` is not a whole number: leave the decimals out"),
        ("3 months", DAYS, '`"3 months"` cannot be counted in days'),
        ("90 days", MONTHS, '`"90 days"` cannot be counted in months'),
        ("2026-02-30", DATE, "there is no day 2026-02-30"),
        ("01/02/2026", DATE, '`"01/02/2026"` is not a date: write it as "2026-03-01"'),
        (datetime(2026, 3, 1), DATE,
         '`2026-03-01T00:00:00` is not a date: write it as "2026-03-01"'),
        ("true", BOOLEAN, '`"true"` is not true or false: write true or false without quotes'),
        (1, BOOLEAN, "`1` is not true or false: write true or false without quotes"),
        (7, TEXT, "`7` is not text: write it in quotes"),
        ("eest", REGION, "there is no Region `eest`, did you mean `east`?"),
        ("mars", REGION, "there is no Region `mars`: write one of north, east, shanghai"),
        ("EAST", REGION, "east"),
        ("east", REGIONS, '`"east"` is not a list: write it in brackets'),
        ("sales_manger", POSITION,
         "there is no position `sales_manger`, did you mean `sales_manager`?"),
        ([], ORDER, "`[]` is not a Order: write an object with its fields"),
        ("half \ud800", TEXT, "the text holds half a character (a lone surrogate)"),
        ("x" * 1_000_001, TEXT, "the text is longer than 1_000_000 characters"),
        (["east"] * 100_001, REGIONS, "the list has more than 100_000 elements"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_cure(value: Any, type: Type, message: str) -> None:
    if message == "east":  # a label in other letters is still the label
        assert read(value, type) == message
    else:
        assert refused(value, type) == message


def test_records_go_only_so_deep() -> None:
    line: dict[str, Any] = {"amount": 1}
    for _ in range(200):
        line = {"amount": 1, "next": line}
    assert "nested more than" in str(_problems({"total": 1, "lines": [line]}))


def _problems(order: Any) -> list[str]:
    reader = FactsReader(names_of(MODEL), MODEL)
    reader.value(order, ORDER, ("facts", "order"))
    return [f"{p.path}: {p.message}" for p in reader.problems]


def test_every_problem_is_named_by_its_path() -> None:
    order = {"total": "x", "lines": [{"amount": 1}, {"amount": True}, {"amount": None}], "more": 1}
    assert [p.split(":")[0] for p in _problems(order)] == [
        "facts.order.total",
        "facts.order.lines[1].amount",
    ]


# --- the command line ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "type", "exact"),
    [
        ("12%", PERCENT, Fraction(12, 100)),
        ("0.12", PERCENT, Fraction(12, 100)),
        ("180000", CNY, Fraction(180_000)),
        ("180_000.50 CNY", CNY, Fraction(360_001, 2)),
        ("20万", CNY, Fraction(200_000)),
        ("7", INTEGER, Fraction(7)),
        ("900", TEXT, "900"),
        ("null", TEXT, "null"),
        ("null", CNY, None),
        ("true", BOOLEAN, True),
        ("2026-03-01", DATE, date(2026, 3, 1)),
        ("east", REGION, "east"),
        ('["east", "north"]', REGIONS, frozenset({"east", "north"})),
        ("east,north", REGIONS, frozenset({"east", "north"})),
        ("[1, 2.5]", Type("list", element=CNY), (Fraction(1), Fraction(5, 2))),
        ('{"total": 5}', ORDER, {"total": Fraction(5)}),
        ("li.wei", Type("record", name="Person"), "li.wei"),
    ],
)
def test_a_fact_of_the_command_line(text: str, type: Type, exact: Any) -> None:
    assert read_fact(text, type, MODEL) == exact


@pytest.mark.parametrize(
    ("text", "type"),
    [("yes", BOOLEAN), ("1e5", CNY), ("nan", NUMBER), ("1,000", CNY), ("[1", REGIONS), ("", CNY)],
)
def test_a_fact_of_the_command_line_is_as_strict(text: str, type: Type) -> None:
    with pytest.raises(InvalidRequest):
        read_fact(text, type, MODEL)


def test_types_by_dotted_path() -> None:
    assert fact_type(MODEL, "sales.discount", "order.total") == CNY
    assert fact_type(MODEL, "sales.discount", "subject.trained") == BOOLEAN
    with pytest.raises(InvalidRequest, match=r"did you mean `order\.margin`"):
        fact_type(MODEL, "sales.discount", "order.margn")


def test_facts_by_dotted_path() -> None:
    facts: dict[str, Any] = {}
    set_fact(facts, "rate", 1)
    set_fact(facts, "order.total", 2)
    set_fact(facts, "order.margin", 3)
    assert facts == {"rate": 1, "order": {"total": 2, "margin": 3}}
    with pytest.raises(InvalidRequest, match="`rate` is given already"):
        set_fact(facts, "rate.x", 1)


@given(st.fractions(min_value=-(10**30), max_value=10**30))
def test_an_exact_value_is_read_as_it_is(value: Fraction) -> None:
    assert read(value, CNY) == value


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=9, min_value=-(10**20), max_value=10**20
    )
)
def test_decimals_survive_json(value: Decimal) -> None:
    assert read(read_json(f'{{"amount": {value:f}}}'), CNY) == Fraction(value)


# --- json ----------------------------------------------------------------------------------


def test_json_numbers_are_exact() -> None:
    assert read_json("[0.1, 1e2, 12345678901234567890123]") == [
        Decimal("0.1"), Decimal("1e2"), 12345678901234567890123,
    ]  # fmt: skip
    assert Fraction(read_json("1e400")) == 10**400
    assert read_json(b'\xef\xbb\xbf{"a": "\xe5\x8d\x8e"}') == {"a": "华"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "b": }', "not JSON at line 2, column 7: expecting value"),
        ("", "not JSON at line 1, column 1: expecting value"),
        ('{"a": 1} x', "not JSON at line 1, column 10: extra data"),
        ("{'a': 1}", "not JSON at line 1, column 2"),
        ('"a\nb"', "not JSON at line 1, column 3: invalid control character"),
        ('{"a": 1, "a": 2}', "the member `a` is given twice"),
        ('{"x": {"a": 1, "a": 1}}', "the member `a` is given twice"),
        ("NaN", "`NaN` is not a number that can be compared"),
        ("[-Infinity]", "`-Infinity` is not a number that can be compared"),
        ("1e999999999", "a number has more than 4_000 digits"),
        ("1e-9999999999999999999999", "a number has more than 4_000 digits"),
        ("9" * 5000, "a number has more than 4_000 digits"),
        ("0." + "9" * 5000, "a number has more than 4_000 digits"),
        ("[" * 101 + "]" * 101, "values are nested more than 100 deep"),
        ("[" * 200_000, "values are nested more than 100 deep"),
        ('{"a":' * 100_000, "values are nested more than 100 deep"),
        (b"\xff\xfe{\x00}\x00", "the text is not UTF-8"),
        ("华".encode("gb18030"), "the text is not UTF-8"),
        ('"\\ud800"', "a text holds half a character (a lone surrogate)"),
        ('{"\\udfff": 1}', "a text holds half a character (a lone surrogate)"),
    ],
)  # fmt: skip
def test_bad_json_is_refused(text: bytes | str, message: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json(text)
    assert refusal.value.problems[0].message.startswith(message)


def test_a_hundred_levels_and_paired_surrogates_are_read() -> None:
    assert read_json("[" * 100 + "]" * 100)
    assert read_json('"\\ud83d\\ude00"') == "😀"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(_JSON)
def test_json_round_trip(value: Any) -> None:
    assert read_json(json.dumps(value)) == value


@given(_JSON, st.sampled_from([NUMBER, PERCENT, CNY, DAYS, REGION, REGIONS, ORDER, POSITION, DATE]))
def test_nothing_given_breaks_the_reader(value: Any, type: Type) -> None:
    reader = FactsReader(names_of(MODEL), MODEL)
    exact = reader.value(value, type, ("fact",))
    assert (exact is NOT_READ) == bool(reader.problems)


# --- 300 or 300,000 ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("300.000", "`300.000` may be 300 or 300,000: write 300 or 300000"),
        ("-1.125", "`-1.125` may be -1.1250 or -1,125: write -1.1250 or -1125"),
        ("300.000 CNY", "`300.000 CNY` may be 300 or 300,000: write 300 or 300000"),
    ],
)
def test_money_that_may_be_thousands_is_refused(typed: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as fault:
        read_fact(typed, CNY, MODEL)
    assert [p.message for p in fault.value.problems] == [said]
    assert refused(typed, CNY) == said


def test_what_is_no_typed_money_is_read_as_it_is() -> None:
    assert read_fact("300.00", CNY, MODEL) == 300
    assert read_fact("0.125", CNY, MODEL) == Fraction(1, 8)
    assert read_fact("1200.125", CNY, MODEL) == Fraction("1200.125")
    assert read_fact("1.125万", CNY, MODEL) == 11_250
    assert read_fact("300.000", money("KWD"), MODEL) == 300
    assert read_fact("300.000", NUMBER, MODEL) == 300
    assert read_fact("12.500%", PERCENT, MODEL) == Fraction(1, 8)
    assert read(Decimal("300.000"), CNY) == 300
