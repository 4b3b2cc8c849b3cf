"""What must hold of every run: parts sum to wholes, and nothing is lost between periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.asking import loaded
from engine.commission.datasets import dataset as random_dataset
from engine.commission.paying import HOUSE, dataset, pay, plan, rows
from engine.commission.plans import plan_text
from remit_dsl.program import Program
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Run, Statement
from remit_engine.rounding import rounded
from remit_engine.rules.lower import lower

CENT = Fraction(1, 100)
NOTHING = Fraction(0)
LAST_DAY = date(2024, 12, 31)
SEEDS = st.integers(0, 10**6)


def cents(value: Fraction) -> Fraction:
    return rounded(value, "half up", CENT)


def random_run(seed: int, size: int = 15) -> tuple[Program, Dataset, Run]:
    rnd = Random(seed)
    program = loaded(plan_text(rnd).text)
    data = random_dataset(rnd, program, size=size)
    kind = next(iter(program.plans.values())).period
    return program, data, run(lower(program), data, [*program.plans], Period.of(kind, LAST_DAY))


def sound(found: Run) -> Iterator[Statement]:
    return (s for s in found.statements.values() if s.fault is None)


def known(statement: Statement, name: str) -> Fraction:
    value = statement.amounts[name]
    assert value is not None, name
    return value


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_every_statement_adds_up(seed: int) -> None:
    program, _, found = random_run(seed)
    owed: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (plan_name, person, _), s in found.statements.items():
        if s.fault is not None:
            assert s.due is None
            owed.pop((plan_name, person), None)
            continue
        a = {n: known(s, n) for n in s.amounts if n != "quota"}
        assert a["net"] == a["entitled"] + a["held"] + a["reversed"]
        assert a["due"] == a["net"] + a["guarantee"] + a["advance"] - a["recovered"]
        assert min(a["guarantee"], a["advance"], a["recovered"], a["balance"]) >= 0
        assert all((value / CENT).denominator == 1 for n, value in a.items() if n != "credit")
        draw = program.plans[plan_name].draw
        if draw is not None and draw.recoverable and (plan_name, person) in owed:
            before = owed[plan_name, person]
            assert a["balance"] == before + a["advance"] - a["recovered"]
        owed[plan_name, person] = a["balance"]
        by_kind: dict[bool, Fraction] = defaultdict(Fraction)
        for m in s.movements:
            by_kind[m.kind in ("held", "released")] += m.amount
        assert (by_kind[True], by_kind[False]) == (a["held"], a["reversed"])


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_lines_sum_to_the_stages_they_are_of(seed: int) -> None:
    _, _, found = random_run(seed)
    for s in sound(found):
        sales = [line for line in s.lines if line.kind == "sale"]
        if any(line.kind != "sale" for line in s.lines) or sales:
            assert sum((line.credit for line in sales), NOTHING) == s.amounts["credit"]
        for line in sales:
            assert sum((p.amount for p in line.parts), NOTHING) in (line.credit, NOTHING)
            if line.parts:
                earned = sum((p.amount * p.rate for p in line.parts), NOTHING)
                assert earned == line.earned
        shares = [line.share for line in sales if line.share is not None]
        if any(shares):
            assert sum(shares, NOTHING) == s.amounts["entitled"]


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_pools_are_shared_out_to_the_cent(seed: int) -> None:
    program, _, found = random_run(seed)
    shared: dict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
    pools: dict[tuple[Any, ...], Fraction | None] = {}
    for (plan_name, _, period), s in found.statements.items():
        if program.plans[plan_name].pool is None or s.fault is not None:
            continue
        group = (plan_name, period, tuple(line.event for line in s.lines))
        if not s.lines:
            assert s.due == 0
            continue
        pools[group] = next(x.value for x in s.stages if x.name == "pool")
        shared[group] += known(s, "due")
    assert dict(shared) == pools


@pytest.mark.parametrize("seed", range(40))
def test_a_run_is_the_same_whoever_comes_first_in_the_data(seed: int) -> None:
    program, data, found = random_run(seed)
    backwards = Dataset(
        {name: of[::-1] for name, of in data.events.items()},
        dict(reversed(data.people.items())),
        data.splits,
        data.owners,
        data.targets,
        data.measures,
    )
    kind = next(iter(program.plans.values())).period
    again = run(lower(program), backwards, [*program.plans], Period.of(kind, LAST_DAY))
    assert again.statements == found.statements
    assert set(again.uncounted) == set(found.uncounted)


@pytest.mark.parametrize("seed", range(40))
def test_what_happens_later_does_not_change_a_period(seed: int) -> None:
    program, data, found = random_run(seed)
    kind = next(iter(program.plans.values())).period
    early = Period.of(kind, date(2024, 4, 1))
    before = run(lower(program), data, [*program.plans], early)
    begun = {k[0] for k in found.statements if k[2] <= early}
    first = {k: s for k, s in before.statements.items() if k[0] in begun}
    assert first == {k: s for k, s in found.statements.items() if k[2] <= early}


# --- what is shared between persons ---------------------------------------------------------

SPLIT = plan("payable = credit rounded half up to 0.01").replace(
    "to seller", "split by credits total 100%"
)
MONEY = st.integers(-(10**6), 10**6).map(lambda n: n * CENT)


@settings(max_examples=40, deadline=None)
@given(MONEY, st.lists(st.integers(1, 9), min_size=1, max_size=5), st.booleans())
def test_credits_of_an_order_sum_to_the_order(
    net: Fraction, weights: list[int], in_cents: bool
) -> None:
    names = [f"p{i}" for i in range(len(weights))]
    shares = [f"1 {p} {Fraction(w, sum(weights))}" for p, w in zip(names, weights, strict=True)]
    text = SPLIT.replace("credit net", "credit net rounded half up to 0.01") if in_cents else SPLIT
    found = pay(
        text,
        "2026-01",
        people="\n".join(["person position", *(f"{p} rep" for p in names)]),
        sale=f"id date net\n1 2026-01-05 {net}",
        credits="\n".join(["id person share", *shares]),
    )
    credits = [known(s, "credit") for s in sound(found.run)]
    assert sum(credits, NOTHING) == net
    if in_cents:
        assert all((c / CENT).denominator == 1 for c in credits)


# --- hold and reversal over time, against the formula of the page -----------------------------

FOLLOWED = plan(
    """
    payable = 7% of credit rounded half up to 0.01
    hold pro rata to Payment.amount by date against net
    reverse Refund.amount by date against net within 40 days of date at the rate paid
    reverse returned_on at the rate paid
    """
)
FIRST = date(2026, 1, 1)


@st.composite
def stories(draw: Any) -> dict[str, str]:
    """Sales of three months, with payments, refunds and returns about them."""
    sale, payment, refund = ["id date net seller returned_on"], ["id sale date amount"], []
    days = st.integers(0, 150).map(lambda n: FIRST + timedelta(days=n))
    for i in range(draw(st.integers(1, 5))):
        day = FIRST + timedelta(days=draw(st.integers(0, 89)))
        gone = draw(st.one_of(st.just("-"), days.map(str)))
        sale.append(f"s{i} {day} {draw(st.integers(-50, 5000))} ann {gone}")
        for kind in (payment, refund):
            for _ in range(draw(st.integers(0, 3))):
                number = f"{len(payment)}.{len(refund)}"
                kind.append(f"{number} s{i} {draw(days)} {draw(st.integers(-500, 3000))}")
    tables = {"sale": sale, "payment": payment, "refund": ["id sale date amount", *refund]}
    return {name: "\n".join(lines) for name, lines in tables.items()}


def fraction(total: Fraction, against: Fraction) -> Fraction:
    return min(Fraction(1), max(NOTHING, total / against))


def paid_of(row: dict[str, str], share: Fraction, tables: dict[str, str], end: date) -> Fraction:
    """`R(s * min(h, 1 - f))` of one line, straight from the tables."""
    net, day = Fraction(row["net"]), date.fromisoformat(row["date"])
    sums = {"payment": NOTHING, "refund": NOTHING}
    for kind, limit in (("payment", end), ("refund", min(end, day + timedelta(days=40)))):
        for other in rows(tables[kind]):
            if other["sale"] == row["id"] and date.fromisoformat(other["date"]) <= limit:
                sums[kind] += Fraction(other["amount"])
    h = fraction(sums["payment"], net) if net > 0 else Fraction(1)
    f = fraction(sums["refund"], net) if net > 0 else NOTHING
    if "returned_on" in row and date.fromisoformat(row["returned_on"]) <= end:
        f = Fraction(1)
    return cents(share * min(h, 1 - f))


@settings(max_examples=40, deadline=None)
@given(stories())
def test_what_a_line_was_paid_is_its_share_released_and_not_returned(
    tables: dict[str, str],
) -> None:
    found = pay(FOLLOWED, "2026-06", **tables)
    shares = {x.event: x.share for s in found.run.statements.values() for x in s.lines}
    so_far = NOTHING
    for (_, _, period), s in sorted(found.run.statements.items()):
        so_far += known(s, "net")
        counted = [r for r in rows(tables["sale"]) if date.fromisoformat(r["date"]) <= period.last]
        paid = [paid_of(r, shares[r["id"]] or NOTHING, tables, period.last) for r in counted]
        assert so_far == sum(paid, NOTHING)


# --- more sales never pay less ------------------------------------------------------------------

MONOTONE = plan(
    """
    earned = marginal rates on credit quarter to date {
      up to 1_000 -> 1%
      under 2_000 -> 1%
      up to 5_000 -> 2.5%
      over -> 4%
    }
    payable = 1.1 * earned rounded half up to 0.01
    floor 5
    cap 200 per quarter
    draw 30 recoverable from month 2
    """
)
AMOUNTS = st.lists(st.tuples(st.integers(0, 89), st.integers(0, 3000)), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, st.integers(0, 89), st.integers(1, 3000))
def test_more_sales_never_pay_less(sales: list[tuple[int, int]], day: int, more: int) -> None:
    def total(of: list[tuple[int, int]]) -> Fraction:
        lines = [f"{i} {FIRST + timedelta(days=d)} {net} ann" for i, (d, net) in enumerate(of)]
        # a sale of nothing on the first day, so that both runs begin with the same period
        table = "\n".join(["id date net seller", f"x {FIRST} 0 ann", *lines])
        found = pay(
            MONOTONE, "2026-03", sale=table, people="person position from\nann rep 2026-01-01"
        )
        return sum((known(s, "due") for s in sound(found.run)), NOTHING)

    assert total([*sales, (day, more)]) >= total(sales)


@settings(max_examples=30, deadline=None)
@given(AMOUNTS, st.sampled_from(["marginal", "whole"]))
def test_to_date_a_quarter_gives_what_one_quarter_would(
    sales: list[tuple[int, int]], kind: str
) -> None:
    items = f"""earned = {kind} rates on credit OVER {{
      up to 1_000 -> 1%
      under 2_500 -> 2%
      over -> 4%
    }}
    payable = earned rounded half up to 0.01"""
    lines = [f"{i} {FIRST + timedelta(days=d)} {net} ann" for i, (d, net) in enumerate(sales)]
    program = loaded(HOUSE + plan(items.replace("OVER", "quarter to date")))
    whole = loaded(HOUSE + plan(items.replace("OVER", ""), "quarter"))
    table = "\n".join(["id date net seller", *lines])
    by_month = run(
        lower(program), dataset(program, sale=table), ["pay.plan"], Period("month", 24314)
    )
    at_once = run(lower(whole), dataset(whole, sale=table), ["pay.plan"], Period("quarter", 8104))
    (quarter,) = at_once.statements.values()
    earned = [s.steps["earned"] or NOTHING for s in by_month.statements.values()]
    assert sum(earned, NOTHING) == quarter.steps["earned"]
