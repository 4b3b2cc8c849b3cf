"""Where everybody stands on the scale of his plan at the end of a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from remit_dsl.pay import Scale, Step
from remit_engine.commission.account import Rulebook
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.faults import AtFault, demanded
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.climb import Climb, Rung
from remit_engine.commission.draft import Draft
from remit_engine.commission.scale.ladder import Ladder
from remit_engine.commission.scale.windows import TO_DATE
from remit_engine.commission.statement import Run, Statement
from remit_engine.commission.trail import Trail
from remit_engine.rules.ir import Model

NOTHING = Fraction(0)


def climbs(
    model: Model, data: Dataset, run: Run, plans: Sequence[str], period: Period
) -> Mapping[tuple[str, str], Climb]:
    """(plan, person) -> his place on the first scale of the plan. Nobody is there whose statement
    is at fault, or whose scale starts anew for each line or each value of a field."""
    found: dict[tuple[str, str], Climb] = {}
    for name in plans:
        climber = _Climber.of(Terms.of(model, data, model.program.plans[name]))
        if climber is None:
            continue
        for statement in (s for s in run.statements.values() if _is(s, name, period)):
            climb = climber.climb(statement, run)
            if climb is not None:
                found[name, statement.person] = climb
    return found


def _is(statement: Statement, plan: str, period: Period) -> bool:
    return statement.plan == plan and statement.period == period and not statement.fault


class _Climber:
    """The scale of a plan that people stand on."""

    def __init__(self, terms: Terms, step: Step, scale: Scale) -> None:
        self._terms, self._step, self._scale = terms, step, scale
        self._book = Rulebook.of(terms)

    @classmethod
    def of(cls, terms: Terms) -> _Climber | None:
        """None where the plan has no scale whose lines are taken together."""
        for step in terms.plan.steps:
            scale = step.value
            whole = isinstance(scale, Scale) and scale.over in (*TO_DATE, "period")
            if isinstance(scale, Scale) and (whole or scale.base is not None):
                return cls(terms, step, scale)
        return None

    def climb(self, statement: Statement, run: Run) -> Climb | None:
        there = self._book.standings.of(statement.person, statement.period)
        if there is None:
            return None
        draft = Draft(
            self._terms, statement.person, statement.period, [], there, Trail(self._book.wording)
        )
        known = {n: v for n in ("credit", "quota") if (v := statement.amounts.get(n)) is not None}
        lines = Fraction(sum(line.kind == "sale" for line in statement.lines))
        draft.facts.update({**there.facts, **known, "lines": lines, **statement.steps})
        try:
            return self._placed(draft, statement, run)
        except AtFault:
            # a scale that reads scores or reports is not redrawn
            return None

    def _placed(self, draft: Draft, statement: Statement, run: Run) -> Climb:
        scale = self._scale
        against = None if scale.against is None else self._book.scales.against(scale, draft)
        ladder = self._book.scales.statement_ladder(scale, draft, against)
        if scale.base is None:
            base, position = "credit", self._position(statement, run)
        else:
            base = self._book.wording.rule(scale.base.span)
            position = demanded(scale.base, draft.environment, f"the step `{self._step.name}`")
        told = None
        if scale.against is not None and against is not None:
            told = (self._book.wording.rule(scale.against.span), against)
        unit = "money" if scale.base is None else scale.base.type.kind
        rungs = tuple(self._rungs(ladder))
        return Climb(
            self._step.name, scale.kind, scale.over, base, position, told, unit, rungs,
            self._at(ladder, position),
        )  # fmt: skip

    def _at(self, ladder: Ladder, position: Fraction) -> int:
        if self._scale.kind == "interpolated":
            return ladder.interpolated(position)[0]
        return ladder.tier(position)

    def _position(self, statement: Statement, run: Run) -> Fraction:
        """The credit of the window so far, returns that lower it taken off."""
        kind = TO_DATE.get(self._scale.over)
        periods = [statement.period]
        if kind is not None:
            whole = statement.period.within(kind).parts(statement.period.kind)
            periods = [p for p in whole if p <= statement.period]
        keys = ((statement.plan, statement.person, p) for p in periods)
        found = [run.statements[key] for key in keys if key in run.statements]
        return sum((line.credit for s in found for line in s.lines), NOTHING)

    def _rungs(self, ladder: Ladder) -> Iterator[Rung]:
        low: Fraction | None = None
        tiers = zip(self._scale.tiers, ladder.bounds, ladder.rates, strict=True)
        for tier, bound, rate in tiers:
            text = self._book.wording.rule(tier.span).partition("->")[0].strip()
            yield Rung(text, low, bound, rate)
            low = bound if bound is not None else low
