"""Checked nodes of pay made by hand, for tests that need very many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.loader import load_texts
from remit_dsl.pay import Allocation, Amendment, Dimension
from remit_dsl.source import NOWHERE
from remit_dsl.types import BOOLEAN, INTEGER, NUMBER, PERSON, Type, money
from remit_engine.commission.basis.dataset import Dataset, Stretch
from remit_engine.rules.lower import lower

POLICY = """
policy sales "Sales" { currency CNY }
enum Region { north { beijing hebei } east { shanghai } west }
position rep { reports to head }
position lead { reports to head }
position head
"""
PROGRAM, _ = load_texts({"sales.remit": POLICY})
assert PROGRAM is not None
MODEL = lower(PROGRAM)
REGION = Type("enum", name="sales.Region")
LEAVES = ("beijing", "hebei", "shanghai", "west")
CNY = money("CNY")


def number(value: Fraction | int, type: Type = CNY) -> x.Constant:
    return x.Constant(NOWHERE, type, Fraction(value))


def by_value(name: str, type: Type, weights: Mapping[Fraction | str, Fraction]) -> x.Expression:
    """The weight of each value of a variable; 0 of any other."""
    found: x.Expression = number(0, NUMBER)
    for value, weight in weights.items():
        same = x.Compare(
            NOWHERE, BOOLEAN, "=", x.Variable(NOWHERE, type, name), x.Constant(NOWHERE, type, value)
        )
        found = x.Choose(NOWHERE, NUMBER, same, number(weight, NUMBER), found)
    return found


def by_time(unit: str, weights: Iterable[Fraction | int]) -> Dimension:
    values = {Fraction(n): Fraction(w) for n, w in enumerate(weights, 1)}
    return Dimension("time", unit, unit, None, (), None, by_value(unit, INTEGER, values), NOWHERE)


def by_region(weights: Iterable[Fraction | int]) -> Dimension:
    values = {r: Fraction(w) for r, w in zip(LEAVES, weights, strict=True)}
    weight = by_value("region", REGION, {**values})
    return Dimension("enum", "region", None, REGION, (), None, weight, NOWHERE)


def by_person(within: bool = False, positions: tuple[str, ...] = ("sales.rep",)) -> Dimension:
    weight = x.Variable(NOWHERE, NUMBER, "payee", ("weight",))
    path = ("region",) if within else None
    return Dimension("person", "payee", None, PERSON, positions, path, weight, NOWHERE)


def allocation(
    amount: Fraction | int,
    *dimensions: Dimension,
    step: Fraction | int = 1,
    remainders: str = "largest",
    amend: Iterable[tuple[date, Fraction | int]] = (),
) -> Allocation:
    return Allocation(
        name="sales.target", label=None, amount=number(amount), year=2026, dimensions=dimensions,
        step=number(step), remainders=remainders,
        amendments=tuple(Amendment(d, number(n), "memo", NOWHERE) for d, n in amend),
        source=None, policy="sales", span=NOWHERE,
    )  # fmt: skip


def stretch(
    person: str,
    region: str | None = None,
    weight: Fraction | int | None = 1,
    position: str = "sales.rep",
    start: date | None = None,
    until: date | None = None,
) -> Stretch:
    given: dict[str, object] = {"region": region, "weight": weight}
    if weight is not None:
        given["weight"] = Fraction(weight)
    attributes = {name: value for name, value in given.items() if value is not None}
    return Stretch(person, position, None, start, until, (), attributes)


def people(*stretches: Stretch, measures: Mapping[object, Fraction] | None = None) -> Dataset:
    found: dict[str, tuple[Stretch, ...]] = {}
    for s in stretches:
        found[s.person] = (*found.get(s.person, ()), s)
    return Dataset(events={}, people=found, measures=dict(measures or {}))  # type: ignore[arg-type]
