"""Who shares a pool, and what each gets of it (docs/pay.md section 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from remit_dsl.pay import Pool
from remit_engine.commission.apportionment import LARGEST
from remit_engine.commission.basis.faults import AtFault, because, demanded
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standing, Standings
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.lines.crediting import Credited, follow
from remit_engine.commission.sharing import in_order, largest
from remit_engine.commission.statement import Uncounted
from remit_engine.commission.trail import Wording
from remit_engine.judging.unknown import Unknown

NOTHING = Fraction(0)


@dataclass(slots=True)
class Group:
    """A pool: the value its lines share (None: there is one pool), how many they are and what they
    sum to, and who has a part in it. lines: none where they were summed elsewhere."""

    value: Any
    credit: Fraction = NOTHING
    count: int = 0
    lines: list[Credited] = field(default_factory=list)
    members: dict[str, Standing] = field(default_factory=dict)

    def add(self, line: Credited) -> None:
        """One more line."""
        self.lines.append(line)
        self.credit += line.credit
        self.count += 1


@dataclass(frozen=True, slots=True)
class Shares:
    """What a pool comes to, and the part of each member."""

    amount: Fraction
    parts: Mapping[str, Fraction]


Groups = dict[Any, Group]


class PoolShares:
    """The groups of a plan's pool, and how each is shared."""

    def __init__(self, terms: Terms, pool: Pool, wording: Wording) -> None:
        self._terms, self._pool, self._wording = terms, pool, wording
        self._persons = terms.members.persons
        self._standings = Standings(terms)

    def value_of(self, line: Credited) -> Any:
        """The group of a line. Raises AtFault where it names none."""
        if self._pool.group is None:
            return None
        value = follow(line.facts, self._pool.group[0].split("."))
        if value is None:
            raise AtFault(f"the pool needs `{self._pool.group[0]}`, which is not given")
        return value

    def joined(self, groups: Groups, period: Period) -> list[tuple[str, Standing, AtFault]]:
        """Put the members of a period into groups (new ones where there is no line). Those whose
        group nobody can tell, with the reason."""
        astray = []
        for person, there in self._members(period):
            try:
                value = self._place_of(there)
            except AtFault as fault:
                astray.append((person, there, fault))
                continue
            groups.setdefault(value, Group(value)).members[person] = there
        if self._pool.group is None:
            groups.setdefault(None, Group(None))
        return astray

    def _members(self, period: Period) -> Iterator[tuple[str, Standing]]:
        """By days active: whoever was in the plan in the period; else those there at its end."""
        for person in self._persons:
            there = self._standings.of(person, period)
            if there is None or not there.active:
                continue
            if self._pool.share == "days" or there.day == period.last:
                yield person, there

    def _place_of(self, there: Standing) -> Any:
        if self._pool.group is None:
            return None
        value = follow(there.payee.attributes, self._pool.group[1])
        if value is None:
            raise AtFault(because(Unknown(frozenset({".".join(("payee", *self._pool.group[1]))}))))
        return value

    # --- one group -------------------------------------------------------------------------

    def of(self, period: Period, group: Group) -> Shares:
        """How a group is shared. Raises AtFault: nobody can be given it."""
        amount = self._amount(period, group)
        members = sorted(group.members)
        weights = [self.weight(p, period, group) for p in members]
        if members and not sum(weights, NOTHING) and amount:
            raise AtFault("all weights of the pool are 0")
        if not amount:
            return Shares(amount, dict.fromkeys(members, NOTHING))
        rule = largest if self._pool.remainders == LARGEST else in_order
        parts = rule(amount, weights, self._terms.cent)
        return Shares(amount, dict(zip(members, parts, strict=True)))

    def _facts(self, period: Period, group: Group) -> Mapping[str, Any]:
        return {
            "credit": group.credit,
            "lines": Fraction(group.count),
            "days_in_period": Fraction(period.days),
        }

    def _amount(self, period: Period, group: Group) -> Fraction:
        env = self._terms.environment(None, period.last, self._facts(period, group))
        amount = self._terms.round(demanded(self._pool.value, env, "the pool"))
        if amount and not group.members:
            of = "" if group.value is None else f" of `{group.value}`"
            raise AtFault(f"the pool{of} has {self._wording.amount(amount)} and no members")
        return amount

    def weight(self, person: str, period: Period, group: Group) -> Fraction:
        """The weight of a member. Raises AtFault."""
        there = group.members[person]
        match self._pool.share:
            case "equally":
                return Fraction(1)
            case "days":
                days: Fraction = there.facts["days_active"]
                return days
        if self._pool.weight is None:
            raise TypeError("a share by weight has a weight")
        facts = {**self._facts(period, group), **there.facts}
        env = self._terms.environment(there.payee, there.day, facts)
        weight: Fraction = demanded(self._pool.weight, env, f"the weight of `{person}`")
        if weight < 0:
            raise AtFault(f"the weight of `{person}` is below 0")
        return weight


def nobodys(terms: Terms, period: Period, group: Group, why: str) -> Uncounted:
    """A pool at fault that has no members."""
    return Uncounted(terms.plan.name, str(group.value or ""), "", f"{period}: {why}", True)
