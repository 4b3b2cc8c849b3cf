"""Runs of pay made up for tests: small, by hand or at random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from hypothesis import strategies as st

from remit_dsl.source import Span
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.statement import (
    AMOUNTS,
    Line,
    Movement,
    Run,
    Stage,
    Statement,
    TierPart,
    Uncounted,
)

JANUARY = Period("month", 2026 * 12)
FEBRUARY = JANUARY.next
MARCH = FEBRUARY.next
APRIL = MARCH.next
PLANS, PEOPLE = ("field", "bonus"), ("ann", "bob", "=cmd", "王")
SPAN = Span("pay.remit", 12, 3, 200, 240)


def statement(
    plan: str,
    person: str,
    period: Period,
    due: Fraction | int | str | None,
    sales: Mapping[str, Fraction | int] | None = None,
    fault: str | None = None,
    rule: str = "credit * 10%",
) -> Statement:
    """A statement that pays `due` for some sales."""
    paid = None if due is None else Fraction(due)
    credits = {event: Fraction(x) for event, x in (sales or {}).items()}
    credit = sum(credits.values(), Fraction(0))
    amounts: dict[str, Fraction | None] = {**dict.fromkeys(AMOUNTS, Fraction(0)), "quota": None}
    amounts |= {"credit": credit} | dict.fromkeys(("payable", "entitled", "net", "due"), paid)
    lines = tuple(
        Line(
            event, "sale", period.start, x, x / 10, (TierPart(0, x, Fraction(1, 10)),), None,
            f"sale.csv:{n}",
        )
        for n, (event, x) in enumerate(credits.items(), 2)
    )  # fmt: skip
    stages = (
        Stage("credit", "net to seller", SPAN, (), credit, "money"),
        Stage("payable", rule, SPAN, (("credit", str(credit)),), paid, "money", fault or ""),
    )
    return Statement(plan, person, period, amounts, {"payable": paid}, stages, lines, (), fault)


def run_of(statements: Iterable[Statement], uncounted: Iterable[Uncounted] = ()) -> Run:
    """The run that gives these statements."""
    found = {(s.plan, s.person, s.period): s for s in statements}
    return Run(found, tuple(uncounted), dict.fromkeys(PLANS, "CNY"))


cents = st.integers(-10_000, 10_000).map(lambda n: Fraction(n, 100))
fractions = st.builds(Fraction, st.integers(-9_999, 9_999), st.integers(1, 99))
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=6)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def runs(draw: st.DrawFn, periods: Iterable[Period], plans: Iterable[str] = PLANS) -> Run:
    """People come and go, plans are dropped, and dues are anything."""
    found = []
    for plan in draw(st.sets(st.sampled_from(tuple(plans)))):
        for person in draw(st.sets(st.sampled_from(PEOPLE))):
            for period in periods:
                if draw(st.booleans()):
                    sales = {f"S{n}": draw(cents) for n in range(draw(st.integers(0, 2)))}
                    found.append(statement(plan, person, period, draw(cents), sales))
    return run_of(sorted(found, key=lambda s: (s.plan, s.person, s.period)))


_parts = st.builds(TierPart, st.integers(0, 5), fractions, fractions)
_lines = st.builds(
    Line,
    texts,
    st.sampled_from(("sale", "lowered", "true-up")),
    days,
    fractions,
    st.none() | fractions,
    st.lists(_parts, max_size=2).map(tuple),
    st.none() | fractions,
    texts,
)
_movements = st.builds(
    Movement, texts, st.sampled_from(("held", "reversed")), st.just(MARCH), fractions,
    st.none() | days,
)  # fmt: skip
_stages = st.builds(
    Stage,
    texts,
    texts,
    st.none() | st.just(SPAN),
    st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    st.none() | fractions,
    st.sampled_from(("money", "percent", "number")),
    texts,
)
statements = st.builds(
    Statement,
    st.sampled_from(PLANS),
    texts,
    st.sampled_from((JANUARY, Period("quarter", 2026 * 4), Period("year", 2026))),
    st.fixed_dictionaries({name: st.none() | fractions for name in AMOUNTS}),
    st.dictionaries(texts, st.none() | fractions, max_size=3),
    st.lists(_stages, max_size=3).map(tuple),
    st.lists(_lines, max_size=3).map(tuple),
    st.lists(_movements, max_size=3).map(tuple),
    st.none() | texts,
)
"""Statements of any content, sensible or not."""
