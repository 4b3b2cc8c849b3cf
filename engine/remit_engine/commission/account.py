"""One person in one plan, period after period: the stages of his statements (sections 3 to 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from remit_dsl.pay import Cap, Scale, Step
from remit_engine.commission.basis.faults import AtFault, demanded, stands_on
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standings
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.draft import Draft
from remit_engine.commission.draws import drawn, in_months
from remit_engine.commission.lines.crediting import Credited
from remit_engine.commission.lines.movements import Movements
from remit_engine.commission.scale.windows import CreditScale
from remit_engine.commission.scaling import Scales
from remit_engine.commission.sharing import in_order
from remit_engine.commission.statement import Line, Statement
from remit_engine.commission.targets.quotas import Quotas
from remit_engine.commission.trail import Trail, Wording

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the accounts of one plan share."""

    terms: Terms
    wording: Wording
    standings: Standings
    quotas: Quotas | None
    scales: Scales

    @classmethod
    def of(cls, terms: Terms) -> Rulebook:
        """The rulebook of a plan."""
        quota, standings = terms.plan.quota, Standings(terms)
        quotas = None if quota is None else Quotas(terms, quota, standings)
        return cls(terms, Wording(terms), standings, quotas, Scales(terms, quotas, standings))

    @property
    def on_credit(self) -> Scale | None:
        """The scale on credit, if the plan has one."""
        values = (s.value for s in self.terms.plan.steps)
        return next((v for v in values if isinstance(v, Scale) and v.base is None), None)


@dataclass(frozen=True, slots=True)
class Beneath:
    """What an override stands on in a period. fault: why that cannot be told."""

    paid: Fraction
    reports: int
    fault: str | None = None


class Account:
    """The account of one person. Statements are asked for in the order of periods."""

    def __init__(self, book: Rulebook, person: str) -> None:
        self._book, self._terms, self._plan = book, book.terms, book.terms.plan
        self._person = person
        self._windows = None if book.on_credit is None else CreditScale(book.on_credit)
        self._moves = Movements(book.terms)
        self._shares = bool(self._plan.hold or self._plan.reversals)
        self._capped: dict[Period, Fraction] = {}
        self._broken_caps: dict[Period, Period] = {}
        self._balance = NOTHING
        self._broken: Period | None = None
        self.returned: dict[Period, Fraction] = {}
        """The credit returned in each period, where there was any."""

    def statement(
        self, period: Period, lines: Sequence[Credited], beneath: Beneath | None = None
    ) -> Statement | None:
        """The statement of a period, if he has one."""
        there = self._book.standings.of(self._person, period)
        if there is None:
            return None
        idle = not there.active and not lines
        if idle and not self._balance and not self._broken and not self._moves.pending(period):
            return None
        draft = Draft(
            self._terms, self._person, period, list(lines), there, Trail(self._book.wording)
        )
        fault = self._computed(draft, beneath, idle)
        if idle and fault is None and not _anything(draft):
            return None
        return draft.finished(fault)

    def _computed(self, draft: Draft, beneath: Beneath | None, idle: bool) -> str | None:
        """Fills the draft as far as it goes. What is wrong with it, or None."""
        settled = False
        try:
            if idle:
                self._nothing(draft)
            else:
                self._entitled(draft, beneath)
            self._share(draft)
            settled = True
            self._settle(draft)
            self._due(draft)
        except AtFault as fault:
            self._break(draft, settled)
            return f"`{self._person}`, {draft.period}: {fault}"
        return None

    def _break(self, draft: Draft, shared: bool) -> None:
        """After a fault: what later statements would stand on is not there."""
        period = draft.period
        if not shared:
            self._moves.count(period, draft.credited, None)
            self._moves.settle(period)
        if self._windows is not None:
            self._windows.broken(period)
        if self._plan.cap is not None and self._plan.cap.per is not None:
            self._broken_caps[period.within(self._plan.cap.per)] = period
        if self._plan.draw is not None and self._plan.draw.recoverable:
            self._broken = period

    # --- up to what he is entitled to ------------------------------------------------------

    def _nothing(self, draft: Draft) -> None:
        draft.put("credit", NOTHING)
        if self._book.quotas is not None:
            draft.put("quota", NOTHING)
        draft.put("payable", NOTHING)
        draft.put("entitled", NOTHING)

    def _entitled(self, draft: Draft, beneath: Beneath | None) -> None:
        self._credit(draft, beneath)
        self._quota(draft)
        for step in self._plan.steps:
            self._step(draft, step)
        draft.put("payable", draft.facts["payable"])
        amount = draft.known("payable")
        if self._plan.floor is not None:
            amount = max(amount, draft.cents(self._plan.floor, "floor"))
        if self._plan.cap is not None:
            amount = min(amount, self._room(draft, self._plan.cap))
        rule = "payable, not less than the floor, not more than the cap"
        draft.tell("entitled", rule, amount, draft.shown("payable"))
        self._remember(draft, amount)

    def _credit(self, draft: Draft, beneath: Beneath | None) -> None:
        credit = sum((line.credit for line in draft.credited), NOTHING)
        draft.facts.update(draft.standing.facts)
        draft.facts["credit"] = credit
        draft.facts["lines"] = Fraction(len(draft.credited))
        draft.put("credit", credit)
        rule = self._plan.credit.span if self._plan.credit else "credit of the reports"
        draft.trail.add("credit", rule, (("lines", str(len(draft.credited))),), credit)
        if beneath is not None:
            if beneath.fault is not None:
                raise AtFault(beneath.fault)
            draft.facts["paid"] = beneath.paid
            draft.facts["reports"] = Fraction(beneath.reports)

    def _quota(self, draft: Draft) -> None:
        quota, quotas = self._plan.quota, self._book.quotas
        if quota is None or quotas is None:
            return
        value = quotas.of_statement(self._person, draft.period)
        draft.facts["quota"] = value
        draft.put("quota", value)
        inputs = () if quota.value is None else draft.inputs(quota.value)
        draft.trail.add("quota", quota.span, inputs, value)

    def _step(self, draft: Draft, step: Step) -> None:
        if isinstance(step.value, Scale):
            value = self._book.scales.value(step, step.value, draft, self._windows)
        else:
            value = demanded(step.value, draft.environment, f"the step `{step.name}`")
            inputs = draft.inputs(step.value)
            draft.trail.add(step.name, step.value.span, inputs, value, step.type)
        draft.facts[step.name] = draft.steps[step.name] = value

    def _room(self, draft: Draft, cap: Cap) -> Fraction:
        """What the cap leaves."""
        amount = draft.cents(cap.amount, "cap")
        if cap.per is None:
            return amount
        window = draft.period.within(cap.per)
        if window in self._broken_caps:
            raise stands_on(self._broken_caps[window])
        given = self._capped.get(window, NOTHING)
        left = max(NOTHING, amount - given)
        inputs = (("given before", draft.trail.wording.amount(given)),)
        draft.trail.add("cap left", cap.span, inputs, left)
        return left

    def _remember(self, draft: Draft, amount: Fraction) -> None:
        cap = self._plan.cap
        if cap is not None and cap.per is not None:
            window = draft.period.within(cap.per)
            self._capped[window] = self._capped.get(window, NOTHING) + amount

    # --- what is held and reversed ---------------------------------------------------------

    def _share(self, draft: Draft) -> None:
        if not self._shares:
            return
        draft.list_lines()
        sales = [line for line in draft.lines if line.kind == "sale"]
        weights = [line.credit if line.earned is None else line.earned for line in sales]
        shares = in_order(draft.known("entitled"), weights, self._terms.cent)
        by_line = iter(shares)
        draft.lines = tuple(
            _with_share(line, next(by_line)) if line.kind == "sale" else line
            for line in draft.lines
        )
        self._moves.count(draft.period, draft.credited, shares)

    def _settle(self, draft: Draft) -> None:
        moved = self._moves.settle(draft.period)
        if moved.fault is not None:
            raise AtFault(moved.fault)
        draft.movements = moved.movements
        if moved.credit:
            self.returned[draft.period] = moved.credit
        self._tell_moves(draft, "held", moved.held)
        self._tell_moves(draft, "reversed", moved.reversed)
        rule = "entitled + held + reversed"
        net = draft.known("entitled") + moved.held + moved.reversed
        draft.tell("net", rule, net, draft.shown("entitled", "held", "reversed"))

    def _tell_moves(self, draft: Draft, name: str, value: Fraction) -> None:
        draft.put(name, value)
        clauses = self._plan.reversals if name == "reversed" else (self._plan.hold,)
        for clause in clauses[:1]:
            if clause is not None:
                count = sum(1 for m in draft.movements if _belongs(m.kind, name))
                draft.trail.add(name, clause.span, (("lines moved", str(count)),), value)

    # --- what is due -----------------------------------------------------------------------

    def _due(self, draft: Draft) -> None:
        self._guarantee(draft)
        self._draw(draft)
        names = ("net", "guarantee", "advance", "recovered")
        net, guarantee, advance, recovered = (draft.known(n) for n in names)
        rule = "net + guarantee + advance - recovered"
        draft.tell("due", rule, net + guarantee + advance - recovered, draft.shown(*names))

    def _guarantee(self, draft: Draft) -> None:
        guarantee = self._plan.guarantee
        month = draft.standing.month
        if guarantee is None or not draft.standing.active:
            return draft.put("guarantee", NOTHING)
        if not in_months(month, guarantee.until_month):
            return draft.put("guarantee", NOTHING)
        least = draft.cents(guarantee.amount, "guaranteed")
        more = max(NOTHING, least - draft.known("net"))
        inputs = (("months_in_plan", str(month)), *draft.shown("net"))
        draft.amounts["guarantee"] = more
        draft.trail.add("guarantee", guarantee.span, inputs, more)
        return None

    def _draw(self, draft: Draft) -> None:
        draw = self._plan.draw
        if draw is None:
            for name in ("advance", "recovered", "balance"):
                draft.put(name, NOTHING)
            return
        if self._broken is not None:
            raise stands_on(self._broken)
        month = draft.standing.month
        active = draft.standing.active
        runs = active and in_months(month, draw.until_month)
        amount = draft.cents(draw.amount, "draw") if runs else NOTHING
        at_most = None if draw.at_most is None else draft.cents(draw.at_most, "at most")
        net = draft.known("net") + draft.known("guarantee")
        owed = self._balance
        found = drawn(draw, month, active, amount, at_most, net, owed)
        self._balance = found.balance
        inputs = (
            ("months_in_plan", str(month)),
            *draft.shown("net", "guarantee"),
            ("owed before", draft.trail.wording.amount(owed)),
        )
        for name, value in (
            ("advance", found.advance),
            ("recovered", found.recovered),
            ("balance", found.balance),
        ):
            draft.amounts[name] = value
            draft.trail.add(name, draw.span, inputs, value)


def _with_share(x: Line, share: Fraction) -> Line:
    return Line(x.event, x.kind, x.day, x.credit, x.earned, x.parts, share, x.place)


def _belongs(kind: str, name: str) -> bool:
    return kind in (("held", "released") if name == "held" else ("reversed", "restored"))


def _anything(draft: Draft) -> bool:
    """Whether a person who is not in the plan, and has no line, has something all the same."""
    amounts = (draft.amounts.get(n) for n in ("entitled", "held", "reversed", "recovered"))
    return any(amounts)
