"""More sales never pay less: what is proven, what is shown, and what is left open."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.expect import check
from remit_engine.analysis.answer import Answer, Status
from remit_engine.analysis.falling_pay import falling_pay
from remit_engine.analysis.prove import prove
from remit_engine.analysis.scope import Scope
from remit_engine.commission.response import Response
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

DAY = date(2026, 3, 1)
SCOPE = Scope(DAY)
HEAD = """policy shop "Shop" { version "1" effective from 2026-01-01 owner head currency CNY }
enum Grade { junior senior }
record Person { grade: Grade optional  share: percent optional }
position head
position clerk { reports to head }
event Sale { id: text  date: date  net: money  seller: Person }
parameter low: percent { from 2026-01-01 -> 1%  from 2026-07-01 -> 3% }
table factor (grade: Grade) gives number { junior -> 0.8  senior -> 1.2 }
"""


def model(steps: str, rest: str = "") -> Model:
    text = (
        f"{HEAD}commission deals {{ pays clerk  period month  from Sale by date\n"
        f"  credit net to seller\n  quota from targets\n{steps}\n}}\n{rest}"
    )
    report = check(text)
    assert report.program is not None, report.found
    return lower(report.program)


def asked(steps: str, rest: str = "") -> Answer:
    (answer,) = falling_pay(model(steps, rest), SCOPE)
    return answer


def says(answer: Answer) -> str:
    assert answer.finding is not None
    return answer.finding.message


PAID = "payable = {} rounded half up to 0.01"
RISING = [
    PAID.format("credit * 2%"),
    PAID.format("credit * low"),
    PAID.format("min(credit * 2%, 80_000)"),
    PAID.format("max(credit - quota, 0) * 1%"),
    PAID.format("credit * 2% * factor(payee.grade)"),
    PAID.format("credit * (bands of credit / quota { up to 80% -> 1%  otherwise -> 2% })"),
    PAID.format("credit * 2%") + " cap 500 floor 3",
    "a = marginal rates on credit { up to 100 -> 3%  over -> 1% }\n" + PAID.format("a"),
    "a = marginal rates on credit against quota quarter to date { up to 80% -> 3% over -> 1% }\n"
    + PAID.format("a * 1.1"),
    "a = whole rates on credit { under 100 -> 1%  over -> 2% }\n" + PAID.format("a"),
    "a = credit / quota\n" + PAID.format("credit * min(a, 120%)"),
]


@pytest.mark.parametrize("steps", RISING)
def test_what_can_only_grow_is_proven_by_its_form(steps: str) -> None:
    assert asked(steps).status is Status.PROVEN


FALLING = [
    (
        "a = whole rates on credit { up to 1_000 -> 3%  over -> 1% }\n" + PAID.format("a"),
        "a credit of 1,000.00 CNY gives 30.00 CNY, and 1,000.01 CNY gives 10.00 CNY",
    ),
    (
        "a = whole rates on credit against quota { under 80% -> 3%  over -> 1% }\n"
        + PAID.format("a"),
        "a credit of 79,999.99 CNY gives 2,400.00 CNY, and 80,000.00 CNY gives 800.00 CNY",
    ),
    (
        PAID.format("credit * (if payee.grade = senior and credit > 500 then 1% else 2%)"),
        "a credit of 500.00 CNY gives 10.00 CNY, and 500.01 CNY gives 5.00 CNY, with a quota of "
        "100,000.00 CNY and `payee.grade` senior",
    ),
    (
        PAID.format("credit * (bands of credit { up to 200 -> 2%  otherwise -> 1% })"),
        "a credit of 200.00 CNY gives 4.00 CNY, and 200.01 CNY gives 2.00 CNY",
    ),
]


@pytest.mark.parametrize(("steps", "words"), FALLING)
def test_a_fall_is_told_to_the_cent(steps: str, words: str) -> None:
    answer = asked(steps)
    assert answer.status is Status.REFUTED
    assert words in says(answer)


def test_the_sign_of_an_attribute_is_not_known() -> None:
    answer = asked(PAID.format("credit * payee.share"))
    assert answer.status is Status.UNKNOWN
    assert "could not be settled" in says(answer)


def test_a_statement_that_cannot_be_computed_proves_nothing() -> None:
    answer = asked("a = credit / (quota - quota)\n" + PAID.format("credit * a"))
    assert answer.status is Status.UNKNOWN
    assert "a statement could not be computed" in says(answer)


def test_the_rates_are_those_of_the_day() -> None:
    bad = "a = whole rates on credit { up to 100 -> 2%  over -> low }\n" + PAID.format("a")
    assert asked(bad).status is Status.REFUTED
    (later,) = falling_pay(model(bad), Scope(date(2026, 8, 1)))
    assert later.status is not Status.REFUTED


def test_a_waiver_names_the_plan() -> None:
    rest = 'waive falling_pay at deals because "the works council wants it so"\n'
    bad = "a = whole rates on credit { up to 1_000 -> 3%  over -> 1% }\n" + PAID.format("a")
    (answer,) = prove(model(bad, rest), SCOPE, ["falling_pay"])
    assert (answer.status, answer.waived) == (Status.REFUTED, "the works council wants it so")


def test_a_waiver_of_a_plan_that_does_not_fall_is_idle() -> None:
    found = prove(model(RISING[0], 'waive falling_pay at deals because "x"\n'), SCOPE)
    assert [a.finding.code for a in found if a.finding and a.open] == ["W0816"]


# --- whatever is answered holds ------------------------------------------------------------

RATES = st.integers(-2, 5).map(lambda n: f"{n}%" if n >= 0 else f"-{-n}%")
AMOUNTS = st.sampled_from(["100", "5_000", "quota", "80_000"])
FACTORS = st.sampled_from(
    ["1", "2%", "factor(payee.grade)", "low", "(credit / quota)", "(1 - credit / quota)", "-1"]
)


@st.composite
def plans(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["marginal", "whole"]))
    first, second, third = (draw(RATES) for _ in range(3))
    over = draw(st.sampled_from(["", "per line", "quarter to date"]))
    lines = [
        f"a = {kind} rates on credit against quota {over} "
        f"{{ up to 50% -> {first}  under 100% -> {second}  over -> {third} }}"
    ]
    base = draw(
        st.sampled_from(["a", "credit", "min(a, 900)", f"max(credit - {draw(AMOUNTS)}, 0)"])
    )
    lines.append(PAID.format(f"{base} * {draw(FACTORS)} * {draw(FACTORS)}"))
    if draw(st.booleans()):
        lines.append("cap 700")
    return "\n".join(lines)


@settings(max_examples=60, deadline=None)
@given(plans(), st.lists(st.integers(0, 40_000_000), min_size=30, max_size=30))
def test_what_is_proven_never_falls(steps: str, cents: list[int]) -> None:
    known = model(steps)
    (answer,) = falling_pay(known, SCOPE)
    plan = next(iter(known.program.plans.values()))
    if answer.status is not Status.PROVEN:
        return
    for grade in ("junior", "senior"):
        response = Response(known, plan, DAY, {"grade": grade}, Fraction(100_000))
        paid = [response.at(Fraction(c, 100)).entitled for c in sorted(cents)]
        assert None not in paid
        assert paid == sorted(paid, key=lambda v: v or Fraction(0)), steps
