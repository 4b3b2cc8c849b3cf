"""A made-up request, and how one fact of it is turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Field
from remit_engine.analysis.difference.pools import Pools
from remit_engine.analysis.difference.touched import Question
from remit_engine.judging.breakpoints import Scan
from remit_engine.judging.capacities import cases
from remit_engine.judging.completion import complete, field_at
from remit_engine.judging.evaluate import truth
from remit_engine.judging.interpreter import environment, judge
from remit_engine.judging.interval import Interval
from remit_engine.judging.verdict import Case
from remit_engine.people.directory import Directory
from remit_engine.people.party import Holding, Party
from remit_engine.request import Approval, Request
from remit_engine.rules.dependence import facts_in
from remit_engine.rules.ir import GRANT, SELF_BAR, SEPARATION, Model, Rule
from remit_engine.rules.totals import totals_of

NOBODY = Directory.empty()


@dataclass(frozen=True, slots=True)
class Trials:
    """Makes requests to one question, most of them where some rule begins to hold."""

    question: Question
    models: tuple[Model, Model]
    pools: Pools
    rnd: Random
    today: date

    def made(self, side: int, rule: Rule | None) -> Request:
        """A request with all facts, on which a rule of one text holds if that can be had."""
        request = self._any(rule)
        wanted = [c for r in self._wanted(side, rule, request) for c in r.condition]
        for _ in range(2 * len(wanted) + 2):
            case = self.case(request, side)
            env = environment(case)
            open_ = [c for c in wanted if truth(c, env) is not True]
            if not open_:
                break
            request = self._mended(request, self.rnd.choice(open_), wanted, side)
        return request

    def _any(self, rule: Rule | None) -> Request:
        q = self.question
        actor = self.pools.person(self.rnd, q.position)
        others = [p for p in self.models[1].program.positions if p != q.position]
        by = q.position if rule is not None and rule.kind == SELF_BAR else None
        requester = self.pools.person(self.rnd, by or (self.rnd.choice(others) if others else None))
        return Request(
            action=q.action,
            actor=actor,
            as_of=self._day(rule),
            verb=q.verb,
            facts=self._facts(),
            requester=requester,
            approvals=self._done(rule),
            totals={n: Fraction(0) for m in self.models for n in totals_of(m, q.action)},
        )

    def _day(self, rule: Rule | None) -> date:
        moved = sorted(self.pools.moved) if self.rnd.randrange(3) else []
        today = [self.today] if self.rnd.randrange(2) else []
        for known in (moved, today, self.pools.days()):
            days = [d for d in known if rule is None or rule.in_force(d)]
            if days:
                return self.rnd.choice(days)
        start = rule.start if rule is not None else None
        until = rule.until if rule is not None else None
        return start or (until - timedelta(days=1) if until else self.today)

    def _facts(self) -> dict[str, Any]:
        fields: dict[str, Field] = {}
        for model in self.models:
            fields.update(model.program.actions[self.question.action].fields)
        return {name: self.pools.any_value(f, self.rnd) for name, f in fields.items()}

    def _done(self, rule: Rule | None) -> tuple[Approval, ...]:
        """For a separation: the other of the two verbs, done by the same."""
        if rule is None or rule.kind != SEPARATION:
            return ()
        position = self.question.position
        by = Party(None, (Holding(position),), {"position": position})
        return tuple(Approval(v, by) for v in sorted(rule.verbs - {self.question.verb}))

    def _wanted(self, side: int, rule: Rule | None, request: Request) -> list[Rule]:
        """The rule, and a grant without which a bar makes no difference."""
        found = [rule] if rule is not None else []
        if rule is None or rule.kind != GRANT:
            q = self.question
            grants = [
                r
                for r in self.models[side].actions[q.action].in_force(GRANT, q.verb, request.as_of)
                if r.concerns(frozenset({q.position}))
            ]
            found += [self.rnd.choice(grants)] if grants else []
        return found

    def case(self, request: Request, side: int) -> Case:
        """The actor's own case under one of the texts."""
        return cases(request, request.actor, self.models[side], NOBODY)[0]

    def _mended(
        self, request: Request, condition: x.Expression, wanted: list[x.Expression], side: int
    ) -> Request:
        """The request with one fact of a condition turned, so that most of what is wanted holds."""
        facts = list({f.path: f for f in facts_in(condition, self.models[side].program)}.values())
        if not facts:
            return request
        fact = self.rnd.choice(facts)
        best, most = request, -1
        options = list(self.options(request, fact, [condition], side))
        self.rnd.shuffle(options)
        for turned in options[:40]:
            env = environment(self.case(turned, side))
            holds = sum(truth(c, env) is True for c in wanted)
            if holds > most:
                best, most = turned, holds
        return best

    def options(
        self, request: Request, fact: x.Fact, conditions: list[x.Expression], side: int
    ) -> Iterator[Request]:
        """The request with every value worth trying for one fact."""
        path = fact.path
        if path == ("as_of",):
            yield from (replace(request, as_of=d) for d in self.pools.days())
            return
        for value in self._values(request, fact, conditions, side):
            yield turned(request, path, value, self.models[side])

    def _values(
        self, request: Request, fact: x.Fact, conditions: list[x.Expression], side: int
    ) -> list[Any]:
        kind = fact.type
        model = self.models[side]
        declared = field_at(".".join(fact.path), model.program.actions[request.action], model)
        if kind.kind in ("list", "record"):
            span = fact.span
            like = declared or Field(fact.path[-1], kind, fact.optional, None, span)
            return [self.pools.any_value(like, self.rnd) for _ in range(12)]
        found = self.pools.values(kind, fact.optional)
        if kind.numeric:
            scan = Scan(fact.path, environment(self.case(request, side)))
            for condition in conditions:
                scan.condition(condition)
            found += near(scan.points, kind.kind in ("integer", "days", "months"))
        return found

    # --- the measure ---------------------------------------------------------------------------

    def measuring(self, request: Request) -> Iterator[Request]:
        """The request with its measure at, below and above the bounds of either text."""
        yield request
        for side, model in enumerate(self.models):
            measure = model.actions[request.action].action.measure
            if measure is None:
                continue
            case = self.case(request, side)
            ends = sorted(self._ends(case, side))
            self.rnd.shuffle(ends)
            facts = list({f.path: f for f in facts_in(measure.value, model.program)}.values())
            for fact in facts[:2]:
                scan = Scan(fact.path, environment(case))
                scan.ends(measure.value, ends[:8])
                whole = fact.type.kind in ("integer", "days", "months")
                for value in near(scan.points, whole):
                    yield turned(request, fact.path, value, model)

    def _ends(self, case: Case, side: int) -> set[Fraction]:
        """Where the bounds of the rules that concern the actor lie."""
        found: set[Fraction] = set()
        q = self.question
        for rule in case.model.actions[q.action].rules:
            near_ = q.verb in rule.verbs and rule.in_force(case.request.as_of)
            if near_ and (rule.concerns(frozenset({q.position})) or not q.direct):
                for bound in judge(rule, case).bounds:
                    if isinstance(bound, Interval):
                        found |= {e for e in (bound.low, bound.high) if e is not None}
        return found


def near(points: set[Fraction], whole: bool) -> list[Fraction]:
    """Points and their neighbours, in decimals that people can write."""
    step = Fraction(1) if whole else Fraction(1, 10_000)
    found: set[Fraction] = set()
    for point in points:
        low = (point / step).__floor__() * step
        found |= {low - step, low, low + step, low + 2 * step}
        if not whole:
            found |= {point - Fraction(1, 100), point + Fraction(1, 100)}
    return sorted(v for v in found if v.denominator < 10**12)


def turned(request: Request, path: tuple[str, ...], value: Any, model: Model) -> Request:
    """The request with one fact replaced."""
    case = cases(request, request.actor, model, NOBODY)[0]
    done = complete(case, {".".join(path): value})
    facts = {k: v for k, v in done.facts.items() if k not in ("actor", "as_of", "requester")}
    actor = done.facts["actor"]
    requester = done.facts.get("requester", request.requester)
    return replace(request, facts=facts, actor=actor, requester=requester)
