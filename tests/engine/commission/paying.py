"""Pay of a small house, from the text of its plans and tables written as they are read.

A table has a line of column names and a line for each row; `-` is not given.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from engine.asking import loaded
from remit_dsl.parts import Field
from remit_dsl.program import Program
from remit_engine.commission.basis.dataset import Dataset, EventRow, Owned, Share, Stretch
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Run, Statement
from remit_engine.rules.lower import lower

HOUSE = """
policy pay { currency CNY  owner director }
enum Region { north east }
position rep { reports to manager }
position trainee { reports to manager }
position manager { reports to director }
position director
record Person {
  region: Region optional
  weight: number optional
  team: text optional
  base: money optional
}
event Sale "Invoiced sale" {
  id: text
  date: date
  net: money
  key: text optional
  team: text optional
  seller: Person optional
  signed_on: date optional
  collected_on: date optional
  returned_on: date optional
}
event Payment { id: text  sale: Sale  date: date  amount: money }
event Refund { id: text  sale: Sale  date: date  amount: money }
parameter rate: percent { from 2020-01-01 -> 1%  from 2026-01-16 -> 2%  from 2026-07-01 -> 3% }
"""
ANN = "person position\nann rep"
PLAN = """
commission plan {{
  pays rep
  period {period}
  from Sale by date
  credit net to seller
{items}
}}
"""


def plan(items: str, period: str = "month") -> str:
    """A plan for reps over `Sale` by `date`, crediting `net` to `seller`."""
    return PLAN.format(items=items, period=period)


class Paid:
    """A run, asked by person and period as written."""

    def __init__(self, found: Run) -> None:
        self.run = found

    def statement(self, person: str, period: str, plan: str = "plan") -> Statement:
        of = Period.parse(period)
        assert of is not None
        return self.run.statements[f"pay.{plan}", person, of]

    def due(self, person: str, *periods: str, plan: str = "plan") -> list[str]:
        """What is due, in decimals."""
        return [shown(self.statement(person, p, plan).due) for p in periods]

    def amounts(self, person: str, period: str, *names: str, plan: str = "plan") -> list[str]:
        found = self.statement(person, period, plan)
        return [shown(found.amounts[n]) for n in names]

    def fault(self, person: str, period: str, plan: str = "plan") -> str:
        found = self.statement(person, period, plan)
        assert found.due is None
        assert found.fault is not None
        assert not self.run.sound
        return found.fault

    def has(self, person: str, period: str, plan: str = "plan") -> bool:
        return any(
            k[:2] == (f"pay.{plan}", person) and str(k[2]) == period for k in self.run.statements
        )

    @property
    def reasons(self) -> list[str]:
        return [u.reason for u in self.run.uncounted]


def shown(value: Fraction | None) -> str:
    if value is None:
        return "none"
    assert (value * 100).denominator == 1, f"{value} is not in cents"
    cents = abs(value) * 100
    return f"{'-' if value < 0 else ''}{int(cents) // 100}.{int(cents) % 100:02}"


def pay(text: str, through: str, *, plans: str = "plan", people: str = ANN, **tables: str) -> Paid:
    """A run of plans (short names, blanks between) through a period."""
    program = loaded(HOUSE + text)
    period = Period.parse(through)
    assert period is not None
    names = [f"pay.{name}" for name in plans.split()]
    return Paid(run(lower(program), dataset(program, people, **tables), names, period))


def dataset(program: Program, people: str = ANN, **tables: str) -> Dataset:
    splits: dict[str, tuple[Share, ...]] = {}
    for r in rows(tables.get("credits", "")):
        share = Share(r["person"], Fraction(r["share"]))
        splits[r["id"]] = (*splits.get(r["id"], ()), share)
    owners: dict[str, tuple[Owned, ...]] = {}
    for r in rows(tables.get("owners", "")):
        owned = Owned(r["person"], day(r.get("from")), day(r.get("until")))
        owners[r["key"]] = (*owners.get(r["key"], ()), owned)
    targets, measures = rows(tables.get("targets", "")), rows(tables.get("measures", ""))
    return Dataset(
        {name: _events(program, name, tables.get(e.short.lower(), ""))
         for name, e in program.events.items()},
        _people(program, people),
        {"pay.Sale": splits},
        owners,
        {(r.get("plan"), r["person"], _period(r)): Fraction(r["amount"]) for r in targets},
        {(r["person"], _period(r), r["item"]): Fraction(r["value"]) for r in measures},
    )  # fmt: skip


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table; what is not given is left out."""
    written = [line.split() for line in table.strip().splitlines()]
    return [
        {name: cell for name, cell in zip(written[0], line, strict=True) if cell != "-"}
        for line in written[1:]
    ]


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _period(row: dict[str, str]) -> Period:
    period = Period.parse(row["period"])
    assert period is not None
    return period


def _events(program: Program, event: str, table: str) -> tuple[EventRow, ...]:
    fields, short = program.events[event].fields, event.rsplit(".", 1)[-1].lower()
    return tuple(
        EventRow(r["id"], {n: _value(f, r.get(n)) for n, f in fields.items()}, f"{short}.csv:{i}")
        for i, r in enumerate(rows(table), 2)
    )


def _value(field: Field, cell: str | None) -> Any:
    if cell is None:
        return None
    if field.type.kind == "date":
        return date.fromisoformat(cell)
    return Fraction(cell) if field.type.numeric else cell


def _people(program: Program, table: str) -> dict[str, tuple[Stretch, ...]]:
    fields = program.records["Person"].fields
    found: dict[str, tuple[Stretch, ...]] = {}
    for r in rows(table):
        attributes = {n: _value(f, r.get(n)) for n, f in fields.items()}
        managers = tuple(r["manager"].split(",")) if "manager" in r else ()
        stretch = Stretch(
            r["person"], f"pay.{r['position']}", None, day(r.get("from")), day(r.get("until")),
            managers, attributes,
        )  # fmt: skip
        found[r["person"]] = (*found.get(r["person"], ()), stretch)
    return found
