"""What the words of an answer are made from."""

from __future__ import annotations

from dataclasses import dataclass

from remit_dsl.types import NUMBER, Type
from remit_engine.decision import Amount, Extent, Link, MissingFact, Need, Outcome, RunningTotal
from remit_engine.judging.chain import Answer, Stop
from remit_engine.judging.maximum import Reach
from remit_engine.request import Request
from remit_engine.rules.ir import ActionRules, Model, Rule


@dataclass(frozen=True, slots=True)
class Material:
    """The ruling with its case, how far the actor reaches, and who else may."""

    request: Request
    answer: Answer
    outcome: Outcome
    reach: Reach
    stops: tuple[Stop, ...]

    @property
    def model(self) -> Model:
        """The model the case is read in."""
        return self.answer.case.model

    @property
    def rules(self) -> ActionRules:
        """The rules on the action asked about."""
        return self.model.actions[self.request.action]

    @property
    def kind(self) -> Type:
        """The type of the measure."""
        measure = self.rules.action.measure
        return measure.value.type if measure else NUMBER


@dataclass(frozen=True, slots=True)
class Telling:
    """The material and what has already been put into words."""

    material: Material
    measure: Amount | None
    limit: Extent | None
    headroom: Amount | None
    totals: tuple[RunningTotal, ...]
    missing: tuple[MissingFact, ...]
    needs: tuple[Need, ...]
    links: tuple[Link, ...]
    unmet: tuple[Rule, ...]
