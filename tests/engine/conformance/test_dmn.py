"""DMN's tables and expressions, as Remit tables and definitions."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.asking import House
from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts

DATA = Path(__file__).parent / "data"
TABLES = json.loads((DATA / "dmn_tables.json").read_text("utf-8"))["cases"]
EXPRESSIONS = json.loads((DATA / "dmn_expressions.json").read_text("utf-8"))
DAY = date(2026, 3, 1)

HEAD = "policy p { currency CNY }\nenum Risk { High Medium Low }\n"
LOAN = "(age: integer, risk: Risk, affordable: boolean)"
POLICY = {
    "0004": HEAD
    + f"""table approval {LOAN} gives integer unique {{
        at least 18, Medium or Low, true  -> 1
        under 18,    Medium or Low, true  -> 0
        any,         High,          true  -> 0
        any,         any,           false -> 0
    }}""",
    "0010": HEAD
    + f"""table status {LOAN} gives integer unique {{
        at least 18, Low,           true  -> 1
        at least 18, Medium,        true  -> 1
        under 18,    Medium or Low, true  -> 0
        any,         High,          true  -> 0
        any,         any,           false -> 0
    }}
    table rate {LOAN} gives integer unique {{
        at least 18, Low,           true  -> 1
        at least 18, Medium,        true  -> 0
        under 18,    Medium or Low, true  -> 0
        any,         High,          true  -> 0
        any,         any,           false -> 0
    }}""",
    "0108": HEAD
    + f"""table status {LOAN} gives integer first {{
        at least 18, Medium, true -> 1
        at least 12, Medium, true -> 1
        under 12,    Low,    true -> 0
        any,         any,    any  -> 0
    }}
    table rate {LOAN} gives integer first {{
        at least 18, Medium, true -> 1
        at least 12, Medium, true -> 0
        under 12,    Low,    true -> 0
        any,         any,    any  -> 0
    }}""",
    "0111": HEAD
    + "table advertisement (age: integer) gives integer first "
    + "{ over 18 -> 3  over 12 -> 2  over 0 -> 1  any -> 0 }",
    "0114": HEAD
    + "table insurance (years: integer) gives money collect min "
    + "{ over 1 -> 98.83  over 2 -> 150.21  over 3 -> 205.43  over 4 -> 64.32 }",
    "0115": HEAD
    + "table salary (years: integer) gives money collect sum "
    + "{ over 1 -> 100  over 2 -> 200  over 3 -> 300  over 5 -> 500 }",
    "0116": HEAD
    + "table salary (years: integer) gives integer collect count "
    + "{ over 1 -> 100  over 2 -> 200  over 3 -> 300  over 5 -> 500 }",
}
VACATION = (
    HEAD
    + """
action rest { age integer  years integer }
table one (age: integer, years: integer) gives integer collect max {
  under 18, any -> 5  at least 60, any -> 5  any, at least 30 -> 5  any, any -> 0 }
table two (age: integer, years: integer) gives integer collect max {
  any, at least 30 -> 3  at least 60, any -> 3  any, any -> 0 }
table three (age: integer, years: integer) gives integer collect max {
  any, between 15 and 29 -> 2  at least 45, any -> 2  any, any -> 0 }
define days_off: integer =
  22 + max(one(age, years), three(age, years)) + two(age, years)
"""
)
_WORDS = {"Approved": 1, "Declined": 0, "Best": 1, "Standard": 0,
          "Cars": 3, "Videogames": 2, "Toys": 1}  # fmt: skip


def of(*numbers: str) -> list[Any]:
    return [pytest.param(c, id=c["id"]) for c in TABLES if c["id"][:4] in numbers]


def loan(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "age": Fraction(facts["Age"]),
        "risk": facts["RiskCategory"],
        "affordable": facts["isAffordable"],
    }


@pytest.mark.parametrize("case", of("0004"))
def test_unique(case: dict[str, Any]) -> None:
    engine = House(POLICY["0004"]).compiled
    assert engine.value("approval", loan(case["facts"]), DAY).value == _WORDS[case["answer"]]


@pytest.mark.parametrize("case", of("0010", "0108"))
def test_two_outputs_are_two_tables(case: dict[str, Any]) -> None:
    engine = House(POLICY[case["id"][:4]]).compiled
    facts = loan(case["facts"])
    assert engine.value("status", facts, DAY).value == _WORDS[case["answer"]["Status"]]
    assert engine.value("rate", facts, DAY).value == _WORDS[case["answer"]["Rate"]]


@pytest.mark.parametrize("case", of("0111"))
def test_first(case: dict[str, Any]) -> None:
    engine = House(POLICY["0111"]).compiled
    found = engine.value("advertisement", {"age": Fraction(case["facts"]["age"])}, DAY)
    assert found.value == _WORDS[case["answer"]]


@pytest.mark.parametrize("case", of("0114", "0115", "0116"))
def test_collect_min_sum_count(case: dict[str, Any]) -> None:
    number = case["id"][:4]
    engine = House(POLICY[number]).compiled
    name = "insurance" if number == "0114" else "salary"
    found = engine.value(name, {"years": Fraction(case["facts"]["NumOfYears"])}, DAY)
    assert found.value == Fraction(case["answer"])


@pytest.mark.parametrize("case", of("0020"))
def test_collect_max_vacation_days(case: dict[str, Any]) -> None:
    engine = House(VACATION).compiled
    facts = {
        "age": Fraction(case["facts"]["Age"]),
        "years": Fraction(case["facts"]["Years of Service"]),
    }
    assert engine.value("days_off", facts, DAY).value == Fraction(case["answer"])


def test_comparisons_with_another_input_are_conditions() -> None:
    """0017: a price above 10; in a range given by inputs; one date against another."""
    engine = House(
        HEAD
        + """action ask { price number  b number  c number  d date  e date }
        define high: boolean = price > 10
        define in_range: boolean = price between b and c
        define later: boolean = d > 2016-10-01
        define after: boolean = d > e"""
    ).compiled
    price, day = {"price": Fraction(20)}, {"d": date(2016, 11, 1)}
    assert engine.value("high", price, DAY).value is True
    assert (
        engine.value("in_range", {**price, "b": Fraction(9), "c": Fraction(10)}, DAY).value is False
    )
    assert engine.value("later", day, DAY).value is True
    assert engine.value("after", {**day, "e": date(2016, 11, 2)}, DAY).value is False


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            "at least 18, Medium or Low, true -> 1  under 18, any, any -> 0  "
            "any, High, any -> 0  any, any, false -> 0",
            "E0421",
        ),
        ("at least 18, any, true -> 1  under 18, any, true -> 0", "E0422"),
    ],
    ids=["overlap", "gap"],
)
def test_a_unique_table_is_proved_before_it_runs(rows: str, says: str) -> None:
    """0005: the rows of hit policy any overlap; as `unique` they are refused, with a witness."""
    _, found = load_texts({"p.remit": HEAD + f"table t {LOAN} gives integer unique {{ {rows} }}"})
    assert [d.code for d in errors(found)][:1] == [says]


# --- expressions -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", EXPRESSIONS["logic"], ids=lambda c: f"{c['id']} {c['expression']}")
def test_three_valued_logic(case: dict[str, Any]) -> None:
    written = case["expression"].lower().replace("not(a)", "not a")
    engine = House(
        "policy p { currency CNY } action ask { a boolean  b boolean } "
        f"define x: boolean = {written}"
    ).compiled
    facts = {k.lower(): v for k, v in case["facts"].items() if v is not None}
    found = engine.value("x", facts, DAY)
    assert found.value is case["answer"]
    assert bool(found.missing) == (case["answer"] is None)


@pytest.mark.parametrize("case", EXPRESSIONS["between"], ids=lambda c: c["id"])
def test_between(case: dict[str, Any]) -> None:
    kind = "date" if "-" in case["value"] else "number"
    engine = House(
        f"policy p {{ currency CNY }} action ask {{ v {kind} }} "
        f"define x: boolean = v between {case['low']} and {case['high']}"
    ).compiled
    value = date.fromisoformat(case["value"]) if kind == "date" else Fraction(case["value"])
    assert engine.value("x", {"v": value}, DAY).value is case["answer"]


@pytest.mark.parametrize("case", EXPRESSIONS["rounding"], ids=lambda c: f"{c['id']} {c['mode']}")
def test_rounding(case: dict[str, Any]) -> None:
    step = "1" if case["places"] == 0 else "0." + "0" * (case["places"] - 1) + "1"
    value = case["value"].replace("-", "- ").replace("/", " / ").replace("*", " * ")
    engine = House(
        f"policy p {{ currency CNY }} define x: number = ({value}) rounded {case['mode']} to {step}"
    ).compiled
    assert engine.value("x", {}, DAY).value == Fraction(case["answer"])


@pytest.mark.parametrize("case", EXPRESSIONS["months"], ids=lambda c: c["id"])
def test_whole_months(case: dict[str, Any]) -> None:
    engine = House(
        "policy p { currency CNY } "
        f"define x: months = whole months from {case['from']} to {case['to']}"
    ).compiled
    assert engine.value("x", {}, DAY).value == case["answer"]


@pytest.mark.parametrize(
    ("expression", "kind", "code"),
    [
        ('"123" rounded up to 1', "number", "E0301"),
        ("5.5 rounded up to 0", "number", "E0321"),
        ('whole months from 2012-12-25 to "2013-01-01"', "months", None),
        ('"b" between "a" and "c"', "boolean", None),
        ('1 between "a" and 3', "boolean", None),
        ('min("a", 1)', "number", None),
    ],
)
def test_refused(expression: str, kind: str, code: str | None) -> None:
    """Where FEEL answers null, ours is an error with a place."""
    _, found = load_texts(
        {"p.remit": f"policy p {{ currency CNY }} define x: {kind} = {expression}"}
    )
    wrong = errors(found)
    assert wrong
    assert code is None or wrong[0].code == code
    assert all(d.span.line == 1 for d in wrong)
