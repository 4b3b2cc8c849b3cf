"""The stages of a statement as they are told: rule, inputs, value (statement.Stage)."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl.expressions import Expression, Fact
from remit_dsl.source import Span
from remit_dsl.types import Type, money
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.statement import Stage
from remit_engine.explanation.quoting import written
from remit_engine.explanation.trace import leaves
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.text import value_text

Inputs = tuple[tuple[str, str], ...]


class Wording:
    """The words of a plan's rules, cut out of the text once."""

    def __init__(self, terms: Terms) -> None:
        self._program = terms.model.program
        self.money = money(terms.currency)
        self._rules: dict[Span, str] = {}
        self._leaves: dict[int, tuple[Expression, list[tuple[str, Expression]]]] = {}

    def rule(self, span: Span) -> str:
        """What stands at a place."""
        found = self._rules.get(span)
        if found is None:
            found = self._rules[span] = written(span, self._program)
        return found

    def inputs(self, e: Expression, env: Environment) -> Inputs:
        """What an expression reads, by name, as people read it."""
        kept = self._leaves.get(id(e))
        if kept is None:
            read = [(_called(name, leaf), leaf) for name, leaf in leaves(e, self._program)]
            kept = self._leaves[id(e)] = (e, read)
        return tuple((name, self._shown(leaf, env)) for name, leaf in kept[1])

    def amount(self, value: Fraction) -> str:
        """Money as people read it."""
        return value_text(value, self.money)

    def _shown(self, leaf: Expression, env: Environment) -> str:
        value = evaluate(leaf, env)
        if isinstance(value, Unknown):
            return "not given" if value.missing else "at fault"
        return value_text(value, leaf.type)


def _called(name: str, leaf: Expression) -> str:
    """What people call a fact: a scorecard by its own name, as the text does."""
    scored = isinstance(leaf, Fact) and leaf.path[0] == "scorecard"
    return name.rpartition(".")[2] if scored else name


class Trail:
    """The stages of one statement so far."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.stages: list[Stage] = []

    def add(
        self,
        name: str,
        rule: str | Span,
        inputs: Inputs,
        value: Fraction | None,
        kind: Type | None = None,
        note: str = "",
    ) -> None:
        """One stage; a rule by its place in the text, or in our words."""
        span = rule if isinstance(rule, Span) else None
        text = self.wording.rule(rule) if isinstance(rule, Span) else rule
        shown = (kind or self.wording.money).kind
        self.stages.append(Stage(name, text, span, inputs, value, shown, note))
