"""Random small data for a checked program of pay: events, people, and the tables beside them.

Amounts are drawn so that running totals often land on a bound of the program's scales, or a cent
beside it; days are drawn at the edges of periods and about the dates of the program. Days and
attributes of people change in the middle of periods, and their managers with them. The same
functions run under hypothesis (which shrinks) and on a plain `random.Random`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import strategies as st

from engine.commission.chance import Chance
from engine.commission.people import PEOPLE, attribute, careers, stretches
from remit_dsl.expressions import Constant
from remit_dsl.parts import Field
from remit_dsl.pay import Event, Plan, Tier
from remit_dsl.program import Program
from remit_dsl.types import Type
from remit_engine.commission.basis.dataset import Dataset, EventRow, Owned, Share, Stretch
from remit_engine.commission.basis.periods import Period

FIRST, LAST = date(2023, 12, 15), date(2024, 12, 31)
_EDGES = (
    "2023-12-31", "2024-01-01", "2024-01-31", "2024-02-01", "2024-02-28", "2024-02-29",
    "2024-03-01", "2024-03-31", "2024-04-01", "2024-06-30", "2024-07-01", "2024-12-31",
)  # fmt: skip
EDGES = tuple(map(date.fromisoformat, _EDGES))
AMOUNTS = ("100", "100", "250.50", "999.99", "1000", "0.01", "0.05", "3333.33", "7500", "0")
LATER = (0, 0, 1, 15, 29, 30, 31, 32, 59, 60, 61, 89, 90, 91, 200)
CENT = Fraction(1, 100)
PARTS: tuple[tuple[str, ...], ...] = (
    ("1",), ("1/2", "1/2"), ("1/3", "2/3"), ("3333/10000", "3333/10000", "3334/10000"),
    ("3/5", "2/5"), ("0", "1"), ("1/7", "2/7", "4/7"),
)  # fmt: skip
"""How an event is shared where the shares make 100 %."""
QUOTAS = ("1000", "4000", "2500.50", "10000")
TEXTS = ("red", "blue", "north team", 'the "big" one, ltd', "客户")


@dataclass(slots=True)
class _Maker:
    c: Chance
    program: Program
    bounds: tuple[Fraction, ...]
    faults: int
    totals: dict[tuple[Any, ...], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    rows: dict[str, list[EventRow]] = field(default_factory=dict)

    @property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(self.program.plans.values())


# --- what the program says -----------------------------------------------------------------


def parts_of(node: Any) -> Iterator[Any]:
    """A node of the program and all below it."""
    yield node
    if is_dataclass(node):
        for f in fields(node):
            yield from parts_of(getattr(node, f.name))
    elif isinstance(node, tuple):
        for part in node:
            yield from parts_of(part)


def bounds(program: Program) -> tuple[Fraction, ...]:
    """Amounts of money at which a scale turns; bounds that are shares, of some of QUOTAS."""
    found: set[Fraction] = set()
    for plan in program.plans.values():
        for tier in (n for n in parts_of(plan) if isinstance(n, Tier)):
            for constant in (n for n in parts_of(tier.bound) if isinstance(n, Constant)):
                if isinstance(constant.value, Fraction):
                    found.update(_amounts(constant.value, constant.type))
    return tuple(sorted(found))


def _amounts(value: Fraction, type: Type) -> list[Fraction]:
    if type.kind in ("percent", "ratio"):
        return [rounded(value * Fraction(q)) for q in QUOTAS]
    return [rounded(value)]


def rounded(value: Fraction) -> Fraction:
    """To whole cents, downwards."""
    return Fraction(value * 100 // 1, 100)


# --- single values -------------------------------------------------------------------------


def _day(m: _Maker) -> date:
    if m.c.percent(50):
        return m.c.pick(EDGES)
    if m.c.percent(50):
        return date(2024, m.c.count(1, 4), m.c.count(1, 29))
    return FIRST + timedelta(days=m.c.count(0, (LAST - FIRST).days))


def _later(m: _Maker, day: date) -> date:
    return day + timedelta(days=m.c.pick(LATER) - (3 if m.c.percent(5) else 0))


def _money(m: _Maker, whose: Any, day: date) -> Fraction:
    """An amount that may bring a running total onto a bound, or a cent beside it."""
    window = m.c.pick(("month", "quarter", "year"))
    so_far = m.totals[whose, Period.of(window, day)]
    amount = Fraction(m.c.pick(AMOUNTS))
    if m.bounds and m.c.percent(40):
        amount = m.c.pick(m.bounds) - so_far + m.c.pick((0, 0, 1, -1)) * CENT
    elif m.c.percent(12):
        amount = -amount
    for kind in ("month", "quarter", "year"):
        m.totals[whose, Period.of(kind, day)] += amount
    return amount


def _value(m: _Maker, name: str, type: Type, day: date, whose: Any) -> Any:
    match type.kind:
        case "money":
            return _money(m, whose, day) if whose else Fraction(m.c.pick(AMOUNTS))
        case "date":
            return _later(m, day)
        case "record" if type.name and type.name.rsplit(".", 1)[-1] == "Person":
            return m.c.pick(PEOPLE)
        case "record":
            record = m.program.records[type.name or ""]
            return {n: _given(m, n, f, day, None) for n, f in record.fields.items()}
        case "integer":
            return Fraction(m.c.count(0, 4))
        case "boolean":
            return m.c.percent(50)
    return attribute(m.c, name, type, m.program)


def _given(m: _Maker, name: str, declared: Field, day: date, whose: Any) -> Any:
    if declared.optional and m.c.percent(45):
        return None
    return _value(m, name, declared.type, day, whose)


# --- events --------------------------------------------------------------------------------


def _events(m: _Maker, size: int) -> None:
    """Rows of every event: those that others follow first."""
    left = dict(m.program.events)
    while left:
        ready = [e for e in left.values() if all(x in m.rows for x in e.links.values())]
        for event in ready or [next(iter(left.values()))]:
            m.rows[event.name] = [_event(m, event, n) for n in range(_many(m, event, size))]
            del left[event.name]


def _many(m: _Maker, event: Event, size: int) -> int:
    linked = [m.rows.get(target, []) for target in event.links.values()]
    return 0 if not all(linked) else m.c.count(0 if linked else 1, size)


def _event(m: _Maker, event: Event, number: int) -> EventRow:
    key = f"{event.short[:1].lower()}{number + 1}"
    facts: dict[str, Any] = {"id": key}
    day, followed = _day(m), None
    for name, target in event.links.items():
        followed = m.c.pick(m.rows[target])
        facts[name] = followed.id
        day = _later(m, _first_day(m, target, followed))
    people = {n: f for n, f in event.fields.items() if _is_person(f.type)}
    facts |= {n: _given(m, n, f, day, None) for n, f in people.items()}
    whose = facts.get(next(iter(people), ""), followed.id if followed else "")
    dated = False
    for name, declared in event.fields.items():
        if name in facts:
            continue
        if declared.type.kind == "date" and not declared.optional and not dated:
            facts[name], dated = day, True
        elif followed is not None and declared.type.kind == "money" and m.c.percent(70):
            facts[name] = _part_of(m, event, followed)
        else:
            facts[name] = _given(m, name, declared, day, (event.name, whose))
    in_order = {name: facts[name] for name in event.fields}
    return EventRow(key, in_order, f"{event.short.lower()}.csv:{number + 2}")


def _part_of(m: _Maker, event: Event, followed: EventRow) -> Fraction:
    """The whole amount of the event followed, a part, or more."""
    amounts = [v for v in followed.facts.values() if isinstance(v, Fraction)]
    whole = amounts[0] if amounts else Fraction(100)
    return rounded(whole * Fraction(m.c.pick(("1", "1", "1/2", "1/3", "1/5", "6/5", "-1/5"))))


def _first_day(m: _Maker, event: str, row: EventRow) -> date:
    days = [
        row.facts[n]
        for n, f in m.program.events[event].fields.items()
        if f.type.kind == "date" and row.facts[n] is not None
    ]
    return days[0] if days else FIRST


def _is_person(type: Type) -> bool:
    return type.kind == "record" and (type.name or "").rsplit(".", 1)[-1] == "Person"


# --- what stands beside --------------------------------------------------------------------


def _splits(m: _Maker) -> dict[str, dict[str, tuple[Share, ...]]]:
    found: dict[str, dict[str, tuple[Share, ...]]] = {}
    for plan in m.plans:
        if plan.event and plan.credit and plan.credit.to == "splits":
            rows = found.setdefault(plan.event, {})
            for row in m.rows.get(plan.event, []):
                parts = m.c.pick(PARTS)
                if m.c.percent(m.faults):
                    parts = m.c.pick((("1/2",), (), ("1/2", "2/3")))
                people = m.c.some(PEOPLE, len(parts), len(parts))
                shares = (Share(p, Fraction(s)) for p, s in zip(people, parts, strict=True))
                rows[row.id] = tuple(shares)
    return {event: {k: s for k, s in rows.items() if s} for event, rows in found.items()}


def _owners(m: _Maker) -> dict[str, tuple[Owned, ...]]:
    keys: dict[str, None] = {}
    for plan in m.plans:
        if plan.event and plan.credit and plan.credit.to == "owner":
            for row in m.rows.get(plan.event, []):
                value: Any = row.facts
                for step in plan.credit.field or ():
                    value = value.get(step) if isinstance(value, Mapping) else None
                if value is not None:
                    keys[str(value)] = None
    return {key: _owned(m) for key in keys}


def _owned(m: _Maker) -> tuple[Owned, ...]:
    """One after another, perhaps with days on which nobody owns it."""
    ends = sorted(set(m.c.some(EDGES[1:], 0, 2)))
    limits: list[date | None] = [None, *ends, None]
    found = [Owned(m.c.pick(PEOPLE), start, until) for start, until in pairwise(limits)]
    return tuple(o for i, o in enumerate(found) if i == 0 or not m.c.percent(m.faults))


def _periods(kind: str) -> Iterator[Period]:
    period = Period.of(kind, FIRST)
    while period.start <= LAST:
        yield period
        period = period.next


def _targets(m: _Maker) -> dict[tuple[str | None, str, Period], Fraction]:
    found: dict[tuple[str | None, str, Period], Fraction] = {}
    plans = [p for p in m.plans if p.quota and p.quota.source == "targets"]
    for plan in plans:
        for person in PEOPLE:
            usual = m.c.pick(QUOTAS)
            for period in _periods(plan.period):
                amount = m.c.pick(QUOTAS) if m.c.percent(15) else usual
                if not m.c.percent(m.faults):
                    whose = None if len(plans) == 1 else plan.short
                    found[whose, person, period] = Fraction(amount)
    return found


def _measures(m: _Maker) -> dict[tuple[str, Period, str], Fraction]:
    found: dict[tuple[str, Period, str], Fraction] = {}
    for card in m.program.scorecards.values():
        for item in (i for i in card.items if i.value is None):
            for person in PEOPLE:
                for period in _periods(card.period):
                    value = Fraction(m.c.pick(("0", "1", "0.8", "1.2", "0.5", "2")))
                    found[person, period, item.name] = value
    return found


# --- the whole -----------------------------------------------------------------------------


def dataset(rnd: Random, program: Program, size: int = 12, faults: int = 2) -> Dataset:
    """Random data that the program can read. size: the most rows of an event. faults: how many
    percent of shares, owners and targets are missing or wrong, for which a run names a fault."""
    m = _Maker(Chance(rnd), program, bounds(program), faults)
    people: dict[str, tuple[Stretch, ...]] = stretches(m.c, careers(m.c, program), program)
    _events(m, size)
    events = {name: tuple(rows) for name, rows in m.rows.items()}
    return Dataset(events, people, _splits(m), _owners(m), _targets(m), _measures(m))


@st.composite
def datasets(
    draw: Callable[[Any], Any], program: Program, size: int = 12, faults: int = 2
) -> Dataset:
    """Random data for a program."""
    return dataset(draw(st.randoms(use_true_random=False)), program, size, faults)
