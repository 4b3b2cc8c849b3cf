"""Section 9 of docs/pay.md once more: pools. Written from the page alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from engine.commission.second_opinion_lines import CENT, NONE, ONE, Fault, House, Line, cents
from remit_engine.commission.basis.periods import Period

Paid = dict[str, dict[str, Fraction | None] | None]
EVERYONE = ""


def shares_of_pools(house: House, period: Period, lines: list[Line]) -> tuple[Paid, set[str]]:
    """What each member is paid for a period, and the groups at fault."""
    members = _members(house, period)
    mine = [x for x in lines if x.period == period]
    groups = {_group_of_line(house, x) for x in mine}
    groups |= {_group_of_member(house, m, d) for m, d in members.items()}  # 9.10
    paid: Paid = {}
    wrong: set[str] = set()
    for group in groups:
        inside = [m for m, d in members.items() if _group_of_member(house, m, d) == group]
        credits = [x.credit for x in mine if _group_of_line(house, x) == group]
        try:
            pool = _pool(house, period, credits)
            shares = _shares(house, period, pool, {m: members[m] for m in sorted(inside)})
        except Fault:
            wrong |= set() if inside else {group}
            paid |= dict.fromkeys(inside)
            continue
        for member, share in shares.items():
            paid[member] = _statement(sum(credits, NONE), share)
    return paid, wrong


def _members(house: House, period: Period) -> dict[str, date]:
    """9.4: who is in the plan on the last day (by days active: on any), and his last day."""
    days = {person: house.days(person, period) for person in house.data.people}
    by_days = house.plan.pool.share == "days"
    return {p: d[-1] for p, d in days.items() if d and (by_days or d[-1] == period.last)}


def _group_of_line(house: House, line: Line) -> str:
    if house.plan.pool.group is None:
        return EVERYONE
    return line.row.facts[house.plan.pool.group[0]]


def _group_of_member(house: House, person: str, day: date) -> str:
    if house.plan.pool.group is None:
        return EVERYONE
    found: Any = house.payee(person, day)
    for step in house.plan.pool.group[1]:
        found = found[step]
    return found


def _pool(house: House, period: Period, credits: list[Fraction]) -> Fraction:
    """9.2"""
    facts = {
        "credit": sum(credits, NONE),
        "lines": Fraction(len(credits)),
        "days_in_period": Fraction(period.days),
    }
    return house.value(house.plan.pool.value, facts, period.last)


def _shares(
    house: House, period: Period, pool: Fraction, members: Mapping[str, date]
) -> dict[str, Fraction]:
    """9.5 to 9.8"""
    if not members:
        if pool != 0:
            raise Fault("nobody")
        return {}
    weights = {m: _weight(house, period, m, day) for m, day in members.items()}
    whole = sum(weights.values(), NONE)
    if whole == 0:
        if pool != 0:
            raise Fault("no weights")
        return dict.fromkeys(members, NONE)
    if pool < 0:  # 9.12
        return {m: -s for m, s in _split(house, -pool, weights, whole).items()}
    return _split(house, pool, weights, whole)


def _weight(house: House, period: Period, member: str, day: date) -> Fraction:
    pool = house.plan.pool
    if pool.share == "weight":
        return house.value(pool.weight, {"payee": house.payee(member, day)}, day)
    return Fraction(len(house.days(member, period))) if pool.share == "days" else ONE


def _split(
    house: House, pool: Fraction, weights: Mapping[str, Fraction], whole: Fraction
) -> dict[str, Fraction]:
    if house.plan.pool.remainders == "order":
        found, reached = {}, NONE
        for member, weight in weights.items():
            before, reached = reached, reached + weight
            found[member] = cents(pool * reached / whole) - cents(pool * before / whole)
        return found
    exact = {m: pool * w / whole for m, w in weights.items()}
    found = {m: e // CENT * CENT for m, e in exact.items()}
    left = (pool - sum(found.values())) / CENT
    for member in sorted(exact, key=lambda m: (found[m] - exact[m], m))[: int(left)]:
        found[member] += CENT
    return found


def _statement(credit: Fraction, share: Fraction) -> dict[str, Fraction | None]:
    """9.11"""
    paid = dict.fromkeys(("payable", "entitled", "net", "due"), share)
    nothing = ("held", "reversed", "guarantee", "advance", "recovered", "balance")
    return {"credit": credit, "quota": None, **dict.fromkeys(nothing, NONE), **paid}
