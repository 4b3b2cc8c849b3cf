"""A statement while it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from remit_dsl.expressions import Expression
from remit_engine.commission.basis.faults import demanded
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standing
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.lines.crediting import Credited
from remit_engine.commission.scale.windows import plain_line
from remit_engine.commission.statement import AMOUNTS, Line, Movement, Statement
from remit_engine.commission.trail import Inputs, Trail
from remit_engine.judging.evaluate import Environment

NOTHING = Fraction(0)


@dataclass(slots=True)
class Draft:
    """What is known of a statement so far. facts: the statement names and steps, as they come."""

    terms: Terms
    person: str
    period: Period
    credited: list[Credited]
    standing: Standing
    trail: Trail
    facts: dict[str, Any] = field(default_factory=dict)
    amounts: dict[str, Fraction | None] = field(default_factory=dict)
    steps: dict[str, Fraction | None] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    movements: tuple[Movement, ...] = ()

    @property
    def environment(self) -> Environment:
        """Where statement expressions are read; it grows with `facts`."""
        return self.terms.environment(self.standing.payee, self.standing.day, self.facts)

    def inputs(self, e: Expression) -> Inputs:
        """What an expression reads."""
        return self.trail.wording.inputs(e, self.environment)

    def list_lines(self) -> None:
        """The lines, where no scale has listed them with what they earned."""
        if not self.lines and self.credited:
            self.lines = tuple(plain_line(line, None, ()) for line in self.credited)

    def known(self, name: str) -> Fraction:
        """An amount that is there already."""
        value = self.amounts[name]
        if value is None:
            raise TypeError(f"{name} is not known yet")
        return value

    def put(self, name: str, value: Fraction) -> None:
        """An amount that needs no telling."""
        self.amounts[name] = value

    def tell(
        self, name: str, rule: str, value: Fraction, inputs: Inputs = (), note: str = ""
    ) -> None:
        """An amount computed by a rule of ours."""
        self.amounts[name] = value
        self.trail.add(name, rule, inputs, value, None, note)

    def cents(self, e: Expression, name: str) -> Fraction:
        """A written amount, told and rounded to the cent."""
        value = self.terms.round(demanded(e, self.environment, f"the {name}"))
        self.trail.add(name, e.span, self.inputs(e), value)
        return value

    def shown(self, *names: str) -> Inputs:
        """Amounts by name, as inputs of a stage."""
        return tuple((n, self.trail.wording.amount(self.known(n))) for n in names)

    def finished(self, fault: str | None) -> Statement:
        """The statement. What was not reached is None; after a fault `due` is, always."""
        self.list_lines()
        amounts: Mapping[str, Fraction | None] = {n: self.amounts.get(n) for n in AMOUNTS}
        if fault is not None:
            amounts = {**amounts, "due": None}
        return Statement(
            self.terms.plan.name,
            self.person,
            self.period,
            amounts,
            self.steps,
            tuple(self.trail.stages),
            self.lines,
            self.movements,
            fault,
        )
