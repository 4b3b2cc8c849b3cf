"""Scales in a statement: on credit line by line, or on another amount (section 3)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.pay import Scale, Step
from remit_engine.commission.basis.faults import AtFault, demanded
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standings
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.draft import Draft
from remit_engine.commission.lines.crediting import Credited
from remit_engine.commission.scale.against import Against
from remit_engine.commission.scale.ladder import Ladder, ladder
from remit_engine.commission.scale.windows import TO_DATE, CreditScale, Rates
from remit_engine.commission.targets.quotas import Quotas
from remit_engine.commission.trail import Inputs
from remit_engine.explanation.trace import leaves

NOTHING = Fraction(0)
OF_THE_DAY = frozenset({"payee", "as_of"})


class Scales:
    """The scales of a plan; ladders are kept where they depend on the payee's day alone."""

    def __init__(self, terms: Terms, quotas: Quotas | None, standings: Standings) -> None:
        self._terms = terms
        self._against = Against(terms, quotas, standings)
        self._kept: dict[tuple[int, Fraction | None, object, object], Ladder] = {}
        self._lasting: dict[int, tuple[Scale, bool, bool]] = {}
        self._to_date: tuple[object, Fraction] = (None, NOTHING)

    def value(
        self, step: Step, scale: Scale, draft: Draft, windows: CreditScale | None
    ) -> Fraction:
        """The value of a step that is a scale. windows: of a scale on credit. Raises AtFault."""
        against = None if scale.against is None else self.against(scale, draft)
        known = self._inputs(scale, draft, against)
        if scale.base is None:
            if windows is None:
                raise TypeError("a scale on credit goes through windows")
            return self._on_credit(step, scale, draft, windows, against, known)
        base = demanded(scale.base, draft.environment, f"the step `{step.name}`")
        value = _on_amount(scale, self.statement_ladder(scale, draft, against), base)
        inputs = (*draft.inputs(scale.base), *known)
        draft.trail.add(step.name, scale.span, inputs, value, step.type)
        return value

    def _on_credit(
        self,
        step: Step,
        scale: Scale,
        draft: Draft,
        windows: CreditScale,
        against: Fraction | None,
        known: Inputs,
    ) -> Fraction:
        rates = Rates(
            lambda line: self._line_ladder(scale, draft, line, against),
            lambda: self.statement_ladder(scale, draft, against),
        )
        scaled = windows.period(draft.period, draft.credited, rates)
        draft.lines = scaled.lines
        amount = draft.trail.wording.amount
        inputs: Inputs = (("credit", amount(draft.known("credit"))), *known)
        if scale.over in TO_DATE or scale.over == "period":
            inputs += (
                ("position before", amount(scaled.before)),
                ("position after", amount(scaled.position)),
            )
        draft.trail.add(step.name, scale.span, inputs, scaled.earned, step.type)
        return scaled.earned

    def _inputs(self, scale: Scale, draft: Draft, against: Fraction | None) -> Inputs:
        if scale.against is None or against is None:
            return ()
        name = draft.trail.wording.rule(scale.against.span)
        window = f" ({scale.over}, whole)" if scale.over in TO_DATE else ""
        return ((f"{name}{window}", draft.trail.wording.amount(against)),)

    # --- what bounds are shares of ---------------------------------------------------------

    def against(self, scale: Scale, draft: Draft) -> Fraction:
        """What the bounds of a scale are shares of, as an amount. Raises AtFault."""
        if scale.against is None:
            raise TypeError("a scale against nothing")
        kind = TO_DATE.get(scale.over)
        if kind is None:
            value: Fraction = demanded(scale.against, draft.environment, "the scale")
        else:
            value = self._whole(scale, scale.against, draft.person, draft.period.within(kind))
        if value <= 0:
            written = draft.trail.wording.rule(scale.against.span)
            shown = draft.trail.wording.amount(value)
            raise AtFault(f"the scale is against `{written}`, which is {shown} and not above 0")
        return value

    def _whole(self, scale: Scale, e: x.Expression, person: str, window: Period) -> Fraction:
        """The sum over all periods of a quarter or year, those to come included."""
        key = (id(scale), person, window)
        if key != self._to_date[0]:
            self._to_date = key, self._against.whole(e, person, window)
        return self._to_date[1]

    # --- ladders ---------------------------------------------------------------------------

    def _line_ladder(
        self, scale: Scale, draft: Draft, line: Credited, against: Fraction | None
    ) -> Ladder:
        def made() -> Ladder:
            env = self._terms.environment(line.payee, line.day, draft.facts)
            return ladder(scale, env, against)

        return self._keep(scale, against, (id(line.payee), line.day), made)

    def statement_ladder(self, scale: Scale, draft: Draft, against: Fraction | None) -> Ladder:
        """The scale as of the day of a statement. Raises AtFault."""

        def made() -> Ladder:
            return ladder(scale, draft.environment, against)

        there = draft.standing
        return self._keep(scale, against, (id(there.payee), there.day), made)

    def _keep(
        self,
        scale: Scale,
        against: Fraction | None,
        day: tuple[int, object],
        made: Callable[[], Ladder],
    ) -> Ladder:
        """A ladder by what it depends on: nothing, the payee and his day, or the statement."""
        same, daily = self._dependence(scale)
        if not daily:
            return made()
        key = (id(scale), against, *((None, None) if same else day))
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = made()
        return found

    def _dependence(self, scale: Scale) -> tuple[bool, bool]:
        """Whether bounds and rates are constants; whether they hang on payee and day at most."""
        found = self._lasting.get(id(scale))
        if found is None:
            written = [e for t in scale.tiers for e in (t.bound, t.rate) if e is not None]
            same = all(isinstance(e, x.Constant) for e in written)
            program = self._terms.model.program
            read = [leaf for e in written for _, leaf in leaves(e, program)]
            facts = {leaf.path[0] for leaf in read if isinstance(leaf, x.Fact)}
            found = self._lasting[id(scale)] = (scale, same, facts <= OF_THE_DAY)
        return found[1], found[2]


def _on_amount(scale: Scale, steps: Ladder, base: Fraction) -> Fraction:
    match scale.kind:
        case "marginal":
            parts = steps.marginal(NOTHING, base)
            return sum((p.amount * p.rate for p in parts), NOTHING)
        case "whole":
            return base * steps.rates[steps.tier(base)]
    return base * steps.interpolated(base)[1]
