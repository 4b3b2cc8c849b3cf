"""Where a rule applies to an unnamed holder of a position: surely, or possibly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from remit_dsl.expressions import Expression, Fact
from remit_dsl.program import Bound, Measure
from remit_engine.analysis import linear
from remit_engine.analysis.facts import Facts
from remit_engine.analysis.formula import (
    FALSE,
    TRUE,
    Box,
    Formula,
    atom,
    boxes,
    every,
    negated,
    some,
)
from remit_engine.analysis.pieces import NO_NAMES, Piece, Truth, number
from remit_engine.analysis.sets import HIGHEST, LOWEST, before, stretch, symbols
from remit_engine.analysis.translate import Translator
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import GRANT, PROHIBITION, REQUIREMENT, SELF_BAR, Model, Rule
from remit_engine.rules.totals import window_total

SURE = "sure"
POSSIBLE = "possible"
_UP = {"up to": "<=", "under": "<", "at least": ">=", "over": ">"}


@dataclass(slots=True)
class Judgement:
    """Reads the rules of one action as the interpreter does, for complete requests by an unnamed
    holder of one position: nothing approved yet, nobody acting for another.

    since: days before it are of no interest. fresh: no running total has been used yet.
    """

    model: Model
    action: str
    since: date | None = None
    fresh: bool = False
    facts: Facts = field(init=False)
    _requested: bool = field(init=False)
    _domain: tuple[Box, ...] | None = None
    _asking: dict[int, bool] = field(default_factory=dict)
    _read: dict[tuple[int, str | None], Truth] = field(default_factory=dict)
    _boxes: dict[tuple[str, int, str | None], tuple[Box, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.facts = Facts(self.model, self.action, self.since)
        program = self.model.program
        self._requested = any(
            fact.path[0] == "requester"
            for rule in self.model.actions[self.action].rules
            for e in read_by(rule)
            for fact in facts_in(e, program)
        )

    def boxes(self, mode: str, rule: Rule, position: str) -> tuple[Box, ...]:
        """Where a rule surely (`SURE`) applies or possibly (`POSSIBLE`), as boxes.

        Of a grant: with the measure inside its limit. Raises TooEntangled.
        """
        key = (mode, rule.index, position if self._asks_who(rule) else None)
        if key not in self._boxes:
            self._boxes[key] = tuple(boxes(self.formula(mode, rule, position)))
        return self._boxes[key]

    def formula(self, mode: str, rule: Rule, position: str) -> Formula:
        """The same as a formula."""
        truth = self.truth(rule, position)
        holds = self._in_force(rule)
        return every(holds, truth.true if mode == SURE else negated(truth.false))

    def domain(self, position: str) -> tuple[Box, ...] | None:
        """Where the measure is not below zero (or unknown); None where its column says so."""
        stated = self.model.actions[self.action].action.measure
        if stated is None or isinstance(stated.value, Fact):
            return None
        if self._domain is None:
            t = Translator(self.model, self.facts, position)
            below = t.relation("<", self.measure(t), [Piece(TRUE, linear.fixed(0))])
            self._domain = tuple(boxes(negated(below.true)))
        return self._domain

    def determinate(self, rule: Rule, position: str) -> bool:
        """True when the rule always surely applies or surely does not."""
        return self.truth(rule, position).settled

    def truth(self, rule: Rule, position: str) -> Truth:
        """Where a rule in force applies and where it does not."""
        key = (rule.index, position if self._asks_who(rule) else None)
        if key not in self._read:
            self._read[key] = self._judged(rule, Translator(self.model, self.facts, position))
        return self._read[key]

    def conditions(self, rule: Rule, position: str) -> tuple[Box, ...]:
        """Where the conditions of a rule in force are surely met, whatever its limit."""
        key = ("conditions", rule.index, position if self._asks_who(rule) else None)
        if key not in self._boxes:
            t = Translator(self.model, self.facts, position)
            met = every(self._in_force(rule), *(t.truth(c).true for c in rule.condition))
            self._boxes[key] = tuple(boxes(met))
        return self._boxes[key]

    def unset(self, rule: Rule, position: str) -> bool:
        """True when a part of it is never known for want of a parameter that was not fixed."""
        t = Translator(self.model, self.facts, position)
        never = any(p.true == FALSE and p.false == FALSE for p in self._parts(rule, t))
        return never and any(self.facts.reads_unset(e) for e in read_by(rule))

    def _judged(self, rule: Rule, t: Translator) -> Truth:
        parts = self._parts(rule, t)
        return Truth(every(*(p.true for p in parts)), some(*(p.false for p in parts)))

    def _parts(self, rule: Rule, t: Translator) -> list[Truth]:
        parts = [t.truth(c) for c in rule.condition]
        if rule.kind == GRANT:
            parts += self._limits(rule, t)
        elif rule.kind in (PROHIBITION, REQUIREMENT):
            parts += [self._inside(rule.bound, t)] if rule.bound is not None else []
        elif rule.kind == SELF_BAR:
            parts.append(self._is_requester(t.position))
        else:
            parts.append(Truth(FALSE, TRUE))  # separated verbs: nothing was done before
        return parts

    def _limits(self, rule: Rule, t: Translator) -> Iterator[Truth]:
        if rule.unset:
            yield Truth(FALSE, TRUE)
            return
        if rule.bound is not None:
            yield self._inside(rule.bound, t)
        for total in rule.limit.totals if rule.limit else ():
            yield self._used_up("<=", self._used(total.name), total.amount, t)

    def _inside(self, bound: Bound, t: Translator) -> Truth:
        if bound.high is None:
            return self._bounded(_UP[bound.side], bound.value, t)
        # reversed ends are a fault, not a limit
        straight = t.relation("<=", t.numbers(bound.value), t.numbers(bound.high))
        low_test = self._bounded(">=", bound.value, t)
        high_test = self._bounded("<=", bound.high, t)
        known = every(
            straight.true,
            some(low_test.true, low_test.false),
            some(high_test.true, high_test.false),
        )
        return Truth(
            every(straight.true, low_test.true, high_test.true),
            every(known, some(low_test.false, high_test.false)),
        )

    def _bounded(self, operator: str, end: Expression, t: Translator) -> Truth:
        stated = self._stated()
        name = window_total(stated)
        if name is None:
            return t.ordered(operator, stated.value, end, NO_NAMES)
        return self._used_up(operator, self._used(name), end, t)

    def _used(self, name: str) -> list[Piece]:
        if self.fresh:
            return [Piece(TRUE, linear.fixed(0))]
        return [Piece(TRUE, linear.column(self.facts.total(name)))]

    def _used_up(self, operator: str, used: list[Piece], end: Expression, t: Translator) -> Truth:
        """What is used and the measure against an end. As nothing used is below zero, the measure
        alone tells half of it, and in terms of fewer columns."""
        alone = t.ordered(operator, self._stated().value, end, NO_NAMES)
        if self.fresh:
            return alone
        whole = t.relation(operator, _sum(self.measure(t), used), t.numbers(end))
        if operator in ("<=", "<"):
            return Truth(every(whole.true, alone.true), some(whole.false, alone.false))
        return Truth(some(whole.true, alone.true), every(whole.false, alone.false))

    def measure(self, t: Translator) -> list[Piece]:
        """The measure of the action."""
        return t.numbers(self._stated().value)

    def _stated(self) -> Measure:
        stated = self.model.actions[self.action].action.measure
        if stated is None:
            raise ValueError("a limit without a measure")
        return stated

    def _in_force(self, rule: Rule) -> Formula:
        if rule.start is None and rule.until is None:
            return TRUE
        low = LOWEST if rule.start is None else before(number(rule.start))
        high = HIGHEST if rule.until is None else before(number(rule.until))
        return atom(self.facts.as_of(), stretch(low, high))

    def _is_requester(self, position: str | None) -> Truth:
        """An unnamed holder is the requester where the requester holds the same position."""
        if not self._requested:
            return Truth(FALSE, TRUE)  # no rule looks at the requester: he is left unnamed
        given = self.facts.given(("requester",))
        self.facts.requester()
        same = every(given, atom("requester", symbols([position or ""])))
        return Truth(same, negated(same))

    def _asks_who(self, rule: Rule) -> bool:
        """Whether what a rule says hangs on the position of whoever acts."""
        if rule.index not in self._asking:
            self._asking[rule.index] = rule.kind == SELF_BAR or self._reads_actor(rule)
        return self._asking[rule.index]

    def _reads_actor(self, rule: Rule) -> bool:
        program = self.model.program
        measure = self.model.actions[self.action].action.measure
        read = [*read_by(rule), *([] if measure is None else [measure.value])]
        return any(
            fact.path in (("actor",), ("actor", "position"))
            for e in read
            for fact in facts_in(e, program)
        )


def _sum(a: list[Piece], b: list[Piece]) -> list[Piece]:
    return [
        Piece(guard, p.form + q.form)
        for p in a
        for q in b
        if (guard := every(p.guard, q.guard)) != FALSE
    ]
