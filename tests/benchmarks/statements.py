"""A year's first months of pay for the explained path: the plan of docs/pay.md, about ten lines a
statement, quarter to date, held until collected, returns that lower attainment, a draw."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_engine.commission.basis.dataset import Dataset, EventRow, Stretch
from remit_engine.commission.basis.periods import Period
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

PLAN = "pay.field_sales"
TEXT = """
policy pay { currency CNY }
enum Region { north east west }
enum Maturity { new mature }
position sales_representative
position sales_supervisor
record Person { region: Region  maturity: Maturity  grade: integer }
event Sale "Invoiced sale" {
  id: text
  date: date
  net: money
  seller: Person
  collected_on: date optional
  returned_on: date optional
}
define quota_of: money = bands of payee.grade {
  under 3 -> 20_000
  otherwise -> 40_000
}
table market_factor (region: Region, maturity: Maturity) gives number {
  north, any    -> 1.15
  east,  new    -> 0.9
  east,  mature -> 1
  west,  any    -> 1.2
}
commission field_sales "Field sales commission" {
  pays      sales_representative, sales_supervisor
  period    month
  from      Sale by date when net > 0
  credit    net to seller
  quota     quota_of
  attainment = credit / quota
  earned     = marginal rates on credit against quota quarter to date {
                 up to  80% -> 1.0%
                 up to 100% -> 1.5%
                 up to 120% -> 2.2%
                 over       -> 3.0%
               }
  payable    = earned * market_factor(payee.region, payee.maturity) rounded half up to 0.01
  cap       80_000
  floor     0
  hold      until collected_on
  reverse   returned_on within 90 days of date at the rate paid lowering attainment
  guarantee 300 until month 6
  draw      500 recoverable from month 4 until month 12
  leavers   keep 30 days
}
"""


def scene(people: int, lines: int = 10, months: int = 3) -> tuple[Model, Dataset, Period]:
    """The model, the data and the last period: people * months statements of so many lines."""
    program, found = load_texts({"pay.remit": TEXT})
    if program is None or errors(found):
        raise ValueError(found)
    rnd = Random(7)
    names = [f"p{i:05}" for i in range(people)]
    staff = {name: (_stretch(name, rnd),) for name in names}
    rows = [_sale(i, names, rnd, months) for i in range(people * lines * months)]
    last = Period("month", 2026 * 12 + months - 1)
    return lower(program), Dataset({"pay.Sale": tuple(rows)}, staff), last


def _stretch(name: str, rnd: Random) -> Stretch:
    attributes = {
        "region": rnd.choice(("north", "east", "west")),
        "maturity": rnd.choice(("new", "mature")),
        "grade": Fraction(rnd.randint(1, 5)),
    }
    start = date(2025, rnd.randint(6, 12), 1)
    return Stretch(name, "pay.sales_representative", None, start, None, (), attributes)


def _sale(number: int, names: list[str], rnd: Random, months: int) -> EventRow:
    day = date(2026, rnd.randint(1, months), rnd.randint(1, 28))
    facts = {
        "id": f"s{number}",
        "date": day,
        "net": Fraction(rnd.randint(1_000, 600_000), 100),
        "seller": names[number % len(names)],
        "collected_on": day + timedelta(rnd.randint(0, 60)) if rnd.random() < 0.9 else None,
        "returned_on": day + timedelta(rnd.randint(1, 60)) if rnd.random() < 0.03 else None,
    }
    return EventRow(f"s{number}", facts, f"sale.csv:{number + 2}")
