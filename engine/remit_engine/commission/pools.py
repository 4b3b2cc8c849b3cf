"""Plans that share a pool among people (docs/pay.md section 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from remit_dsl.pay import Pool
from remit_engine.commission.apportionment import LARGEST
from remit_engine.commission.crediting import NOBODY, Credited, Lines, follow
from remit_engine.commission.draft import Draft
from remit_engine.commission.faults import AtFault, because, demanded
from remit_engine.commission.periods import Period
from remit_engine.commission.sharing import in_order, largest
from remit_engine.commission.standing import Standing, Standings
from remit_engine.commission.statement import Line, Statement, Uncounted
from remit_engine.commission.terms import Terms
from remit_engine.commission.trail import Trail, Wording
from remit_engine.commission.windows import plain_line
from remit_engine.unknown import Unknown

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Group:
    """A pool: the value its lines share (None: there is one pool), and who has a part in it."""

    value: Any
    lines: list[Credited]
    members: dict[str, Standing]

    @property
    def credit(self) -> Fraction:
        return sum((line.credit for line in self.lines), NOTHING)


class Pools:
    """The pools of a plan, period after period."""

    def __init__(self, terms: Terms, pool: Pool, wording: Wording) -> None:
        self._terms, self._pool, self._wording = terms, pool, wording
        self._persons = terms.members.persons
        self._standings = Standings(terms)

    def period(self, period: Period, lines: Lines) -> Iterator[Statement | Uncounted]:
        """The statements of a period, and pools that nobody can be given."""
        groups, astray = self._groups(period, lines.get((NOBODY, period), []))
        yield from astray
        for _, group in sorted(groups.items(), key=lambda item: str(item[0])):
            yield from self._shared(period, group)

    def _groups(
        self, period: Period, lines: list[Credited]
    ) -> tuple[dict[Any, _Group], list[Statement | Uncounted]]:
        groups: dict[Any, _Group] = {}
        astray: list[Statement | Uncounted] = []
        for line in lines:
            try:
                value = self._value_of(line)
            except AtFault as fault:
                told = f"`{line.place}`: {fault}"
                name = self._terms.plan.name
                astray.append(Uncounted(name, line.event, line.place, told, True))
                continue
            groups.setdefault(value, _Group(value, [], {})).lines.append(line)
        for person, there in self._members(period):
            try:
                value = self._place_of(there)
            except AtFault as fault:
                draft = self._draft(person, period, there, [])
                astray.append(draft.finished(f"`{person}`, {period}: {fault}"))
                continue
            groups.setdefault(value, _Group(value, [], {})).members[person] = there
        if self._pool.group is None:
            groups.setdefault(None, _Group(None, [], {}))
        return groups, astray

    def _members(self, period: Period) -> Iterator[tuple[str, Standing]]:
        """By days active: whoever was in the plan in the period; else those there at its end."""
        for person in self._persons:
            there = self._standings.of(person, period)
            if there is None or not there.active:
                continue
            if self._pool.share == "days" or there.day == period.last:
                yield person, there

    def _value_of(self, line: Credited) -> Any:
        if self._pool.group is None:
            return None
        value = follow(line.facts, self._pool.group[0].split("."))
        if value is None:
            raise AtFault(f"the pool needs `{self._pool.group[0]}`, which is not given")
        return value

    def _place_of(self, there: Standing) -> Any:
        if self._pool.group is None:
            return None
        value = follow(there.payee.attributes, self._pool.group[1])
        if value is None:
            raise AtFault(because(Unknown(frozenset({".".join(("payee", *self._pool.group[1]))}))))
        return value

    # --- one group -------------------------------------------------------------------------

    def _shared(self, period: Period, group: _Group) -> Iterator[Statement | Uncounted]:
        try:
            amount = self._amount(period, group)
            shares = self._shares(amount, period, group)
        except AtFault as fault:
            yield from self._failed(period, group, str(fault))
            return
        lines = tuple(plain_line(line, None, ()) for line in group.lines)
        for person, share in shares.items():
            there = group.members[person]
            yield self._statement(person, period, group, there, lines, amount, share)

    def _failed(self, period: Period, group: _Group, why: str) -> Iterator[Statement | Uncounted]:
        for person, there in group.members.items():
            draft = self._draft(person, period, there, group.lines)
            yield draft.finished(f"`{person}`, {period}: {why}")
        if not group.members:
            name = self._terms.plan.name
            yield Uncounted(name, str(group.value or ""), "", f"{period}: {why}", True)

    def _facts(self, period: Period, group: _Group) -> Mapping[str, Any]:
        return {
            "credit": group.credit,
            "lines": Fraction(len(group.lines)),
            "days_in_period": Fraction(period.days),
        }

    def _amount(self, period: Period, group: _Group) -> Fraction:
        env = self._terms.environment(None, period.last, self._facts(period, group))
        amount = self._terms.round(demanded(self._pool.value, env, "the pool"))
        if amount and not group.members:
            of = "" if group.value is None else f" of `{group.value}`"
            raise AtFault(f"the pool{of} has {self._wording.amount(amount)} and no members")
        return amount

    def _shares(self, amount: Fraction, period: Period, group: _Group) -> dict[str, Fraction]:
        members = sorted(group.members)
        weights = [self._weight(p, period, group) for p in members]
        if members and not sum(weights, NOTHING) and amount:
            raise AtFault("all weights of the pool are 0")
        if not amount:
            return dict.fromkeys(members, NOTHING)
        rule = largest if self._pool.remainders == LARGEST else in_order
        return dict(zip(members, rule(amount, weights, self._terms.cent), strict=True))

    def _weight(self, person: str, period: Period, group: _Group) -> Fraction:
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

    # --- one statement ---------------------------------------------------------------------

    def _draft(self, person: str, period: Period, there: Standing, lines: list[Credited]) -> Draft:
        return Draft(self._terms, person, period, lines, there, Trail(self._wording))

    def _statement(
        self,
        person: str,
        period: Period,
        group: _Group,
        there: Standing,
        lines: tuple[Line, ...],
        amount: Fraction,
        share: Fraction,
    ) -> Statement:
        draft = self._draft(person, period, there, group.lines)
        draft.lines = lines
        credit, add = self._terms.plan.credit, draft.trail.add
        draft.put("credit", group.credit)
        counted = (("lines", str(len(lines))),)
        add("credit", credit.span if credit else "credit", counted, group.credit)
        shown = (("credit", self._wording.amount(group.credit)),)
        add("pool", self._pool.span, shown, amount)
        weight = self._weight(person, period, group)
        inputs = (
            ("members", str(len(group.members))),
            ("weight", str(weight)),
            ("pool", self._wording.amount(amount)),
        )
        add("payable", self._pool.span, inputs, share)
        for name in ("payable", "entitled", "net"):
            draft.put(name, share)
        for name in ("held", "reversed", "guarantee", "advance", "recovered", "balance"):
            draft.put(name, NOTHING)
        draft.tell("due", "the share of the pool", share)
        return draft.finished(None)
