"""Plans built by hand from nodes, where the text of a plan would only stand in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.expressions import Arithmetic, Constant, Expression, Fact, Round
from remit_dsl.pay import Crediting, Plan, Scale, Step, Tier
from remit_dsl.program import Policy, Program
from remit_dsl.source import NOWHERE
from remit_dsl.types import DATE, NUMBER, PERCENT, Type, money
from remit_engine.commission.basis.dataset import Dataset, EventRow, Stretch
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Statement
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

CNY = money("CNY")
CENT = Fraction(1, 100)


def constant(value: str, kind: Type = NUMBER) -> Constant:
    return Constant(NOWHERE, kind, Fraction(value))


def fact(*path: str, kind: Type = CNY) -> Fact:
    return Fact(NOWHERE, DATE if path == ("as_of",) else kind, path)


def times(a: Expression, b: Expression) -> Arithmetic:
    return Arithmetic(NOWHERE, CNY, "*", a, b)


def payable(e: Expression) -> Step:
    return Step("payable", Round(NOWHERE, CNY, e, "half up", CENT), CNY, NOWHERE)


def tiers(*written: tuple[str, str | None, str]) -> tuple[Tier, ...]:
    """(side, bound, rate) each."""
    return tuple(
        Tier(
            side,
            None if bound is None else constant(bound, CNY),
            constant(rate, PERCENT),
            NOWHERE,
        )
        for side, bound, rate in written
    )


def scale(kind: str, *written: tuple[str, str | None, str], over: str = "period") -> Step:
    value = Scale(kind, None, None, over, tiers(*written), CNY, NOWHERE)
    return Step("earned", value, CNY, NOWHERE)


def plan(*steps: Step, **items: Any) -> Plan:
    """A plan `p.plan` over `p.Sale` by `date`, crediting `net` to `seller`, month by month."""
    base = Plan(
        name="p.plan", label=None, pays=("p.rep",), period="month", currency=None, start=None,
        until=None, event="p.Sale", by="date", condition=None, base=None, reports=None,
        credit=Crediting(fact("net"), "field", ("seller",), None, False, NOWHERE), quota=None,
        steps=steps, cap=None, floor=None, hold=None, reversals=(), guarantee=None, draw=None,
        pool=None, leavers=0, source=None, policy="p", span=NOWHERE,
    )  # fmt: skip
    return replace(base, **items)


def model(*plans: Plan) -> Model:
    policy = Policy("p", None, None, None, None, None, None, None, None, None, None, "CNY", NOWHERE)
    return lower(Program(policies={"p": policy}, plans={p.name: p for p in plans}))


def sale(row_id: str, day: str, net: str | None, seller: str = "ann", **more: Any) -> EventRow:
    facts = {
        "id": row_id,
        "date": date.fromisoformat(day),
        "net": None if net is None else Fraction(net),
        "seller": seller,
    }
    return EventRow(row_id, {**facts, **more}, f"sale.csv:{row_id}")


def stretch(
    person: str,
    position: str = "p.rep",
    start: str | None = None,
    until: str | None = None,
    managers: tuple[str, ...] = (),
    **attributes: Any,
) -> Stretch:
    days = [None if d is None else date.fromisoformat(d) for d in (start, until)]
    return Stretch(person, position, None, days[0], days[1], managers, attributes)


def dataset(rows: list[EventRow], people: list[Stretch]) -> Dataset:
    by_person: dict[str, tuple[Stretch, ...]] = {}
    for s in people:
        by_person[s.person] = (*by_person.get(s.person, ()), s)
    return Dataset({"p.Sale": tuple(rows)}, by_person)


def statements(p: Plan, data: Dataset, through: str) -> dict[tuple[str, str], Statement]:
    """(person, period as written) -> statement."""
    period = Period.parse(through)
    assert period is not None
    found = run(model(p), data, [p.name], period)
    return {(person, str(of)): s for (_, person, of), s in found.statements.items()}
