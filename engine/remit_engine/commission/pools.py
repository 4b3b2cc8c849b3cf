"""Plans that share a pool among people (docs/pay.md section 9): their statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from remit_dsl.pay import Pool
from remit_engine.commission.basis.faults import AtFault
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standing
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.draft import Draft
from remit_engine.commission.lines.crediting import NOBODY, Credited, Lines
from remit_engine.commission.pool_shares import Group, Groups, PoolShares, Shares, nobodys
from remit_engine.commission.scale.windows import plain_line
from remit_engine.commission.statement import Line, Statement, Uncounted
from remit_engine.commission.trail import Trail, Wording

NOTHING = Fraction(0)


class Pools:
    """The pools of a plan, period after period."""

    def __init__(self, terms: Terms, pool: Pool, wording: Wording) -> None:
        self._terms, self._pool, self._wording = terms, pool, wording
        self._shares = PoolShares(terms, pool, wording)

    def period(self, period: Period, lines: Lines) -> Iterator[Statement | Uncounted]:
        """The statements of a period, and pools that nobody can be given."""
        groups: Groups = {}
        yield from self.grouped(lines.get((NOBODY, period), []), groups)
        for person, there, fault in self._shares.joined(groups, period):
            draft = self._draft(person, period, there, [])
            yield draft.finished(f"`{person}`, {period}: {fault}")
        for _, group in sorted(groups.items(), key=lambda item: str(item[0])):
            yield from self._shared(period, group)

    def grouped(self, lines: Iterable[Credited], groups: Groups) -> Iterator[Uncounted]:
        """Put lines into groups. What names no group is given out."""
        for line in lines:
            try:
                value = self._shares.value_of(line)
            except AtFault as fault:
                yield Uncounted(self._terms.plan.name, line.event, line.place, str(fault), True)
                continue
            groups.setdefault(value, Group(value)).add(line)

    # --- one group -------------------------------------------------------------------------

    def _shared(self, period: Period, group: Group) -> Iterator[Statement | Uncounted]:
        try:
            shares = self._shares.of(period, group)
        except AtFault as fault:
            yield from self._failed(period, group, str(fault))
            return
        lines = tuple(plain_line(line, None, ()) for line in group.lines)
        for person in shares.parts:
            yield self._statement(person, period, group, lines, shares)

    def _failed(self, period: Period, group: Group, why: str) -> Iterator[Statement | Uncounted]:
        for person, there in group.members.items():
            draft = self._draft(person, period, there, group.lines)
            yield draft.finished(f"`{person}`, {period}: {why}")
        if not group.members:
            yield nobodys(self._terms, period, group, why)

    # --- one statement ---------------------------------------------------------------------

    def _draft(self, person: str, period: Period, there: Standing, lines: list[Credited]) -> Draft:
        return Draft(self._terms, person, period, lines, there, Trail(self._wording))

    def _statement(
        self, person: str, period: Period, group: Group, lines: tuple[Line, ...], shares: Shares
    ) -> Statement:
        draft = self._draft(person, period, group.members[person], group.lines)
        draft.lines = lines
        credit, add, share = self._terms.plan.credit, draft.trail.add, shares.parts[person]
        draft.put("credit", group.credit)
        counted = (("lines", str(group.count)),)
        add("credit", credit.span if credit else "credit", counted, group.credit)
        shown = (("credit", self._wording.amount(group.credit)),)
        add("pool", self._pool.span, shown, shares.amount)
        weight = self._shares.weight(person, period, group)
        inputs = (
            ("members", str(len(group.members))),
            ("weight", str(weight)),
            ("pool", self._wording.amount(shares.amount)),
        )
        add("payable", self._pool.span, inputs, share)
        for name in ("payable", "entitled", "net"):
            draft.put(name, share)
        for name in ("held", "reversed", "guarantee", "advance", "recovered", "balance"):
            draft.put(name, NOTHING)
        draft.tell("due", "the share of the pool", share)
        return draft.finished(None)
