"""A small sales house for tests of what reads data against a program."""

from __future__ import annotations

from datetime import date

from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_dsl.program import Program
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

POLICY = """
policy sales "Sales" { version "1" currency CNY }
enum Region { north east "East" zh "华东" { shanghai } }
position sales_representative { reports to sales_supervisor also called "业务员" }
position sales_supervisor { reports to sales_manager }
position sales_manager "Sales manager" zh "销售经理" { reports to regional_manager }
position regional_manager { reports to sales_director }
position sales_director { headcount 1 }
position finance_controller { reports to finance_director }
position finance_director
record Person {
  territory: set of Region optional  trained: boolean optional
  quota: money optional  mentor: Person optional
}
record Line { amount: money  next: Line optional }
record Order {
  total: money  margin: percent optional  region: Region optional  lines: list of Line optional
}
right release "Release"
table factor (region: Region) gives number { north -> 1  east -> 2 }

action discount "Give a discount" zh "折让" {
  rate percent  order Order optional  customer text optional  subject Person optional
  net money optional  count integer optional  factor_given number optional  paid_on date optional
  term duration optional  season months optional  own boolean optional  level position optional
  regions set of Region optional  prices list of money optional
  limit on rate
}
authority discount {
  sales_representative may approve up to 3%
  sales_manager may approve up to 10%
  regional_manager may approve up to 20%
  sales_director may approve up to 35% when factor(order.region) < 3
  approve over 25% needs review by finance_controller
  approve over 30% needs evidence delivery_list "Delivery list"
  escalate to the first superior able
}
delegation of discount {
  to one level below  at most 90 days  at most 10%  needs approval by finance_director  never onward
}
action purchase { amount money  vendor text  limit on amount summed by vendor over 60 days }
authority purchase { sales_manager may approve up to 50_000 each, 80_000 per month }
action release_order { amount money  limit on amount }
authority release_order { sales_manager may release any }
delegation of release_order { to any level below  onward }
"""

OTHER = """
policy service { currency CNY }
position sales_manager
position fitter
"""


def program(*texts: str) -> Program:
    """The checked program of some policy texts, which must have no errors."""
    made, found = load_texts({f"{i}.remit": text for i, text in enumerate(texts)})
    assert made is not None, found
    assert not errors(found), found
    return made


PROGRAM = program(POLICY)
MODEL: Model = lower(PROGRAM)
DAY = date(2026, 3, 1)

DIRECTORY = """
directory: sales
units: [{id: hq}, {id: east, parent: hq}, {id: west, parent: hq}]
people:
  - id: li.wei
    name: Li Wei
    attributes: {territory: [east], trained: true, quota: 1_000_000.50}
    positions:
      - {position: sales_manager, unit: east, from: 2026-01-01, until: 2027-01-01}
      - {position: regional_manager, unit: east, from: 2026-03-01, until: 2026-04-01, acting: true}
  - id: zhang.min
    attributes: {mentor: li.wei}
    positions: [{position: regional_manager, unit: east}]
  - {id: wang.fang, positions: [{position: sales_representative, unit: west}]}
  - {id: chen.jing, positions: [{position: finance_director, unit: hq}]}
  - {id: gone, positions: [{position: sales_manager, until: 2020-01-01}]}
"""
