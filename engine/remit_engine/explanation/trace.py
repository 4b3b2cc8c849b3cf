"""The comparisons behind an answer, with the values compared."""

from __future__ import annotations

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.decision import HoldUsed, RuleUsed, TraceLine
from remit_engine.explanation.quoting import conjuncts_written, written
from remit_engine.judging.evaluate import Environment, evaluate, truth
from remit_engine.judging.interpreter import environment, measure
from remit_engine.judging.unknown import Unknown
from remit_engine.judging.verdict import Case
from remit_engine.rules.ir import Model, Rule
from remit_engine.text import value_text

_Leaf = tuple[str, x.Expression]


class Tracer:
    """Writes trace lines; what does not depend on the case is prepared once for each rule."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._conditions: dict[int, tuple[tuple[str, x.Expression, tuple[_Leaf, ...]], ...]] = {}
        self._cards: dict[tuple[int, str, str], RuleUsed] = {}

    def card(self, rule: Rule, role: str, language: str) -> RuleUsed:
        """A rule as an answer names it."""
        key = (rule.index, role, language)
        found = self._cards.get(key)
        if found is None:
            found = self._cards[key] = RuleUsed(
                id=rule.id,
                role=role,
                file=rule.span.file,
                line=rule.span.line,
                text=rule_written(rule, self._model.program),
                policy=rule.policy,
                because=rule.because.localized(language) if rule.because else None,
                source=rule.source,
                hold=_hold(rule),
            )
        return found

    def lines(self, rule: Rule, case: Case) -> list[TraceLine]:
        """One line for each condition of a rule and one for its limit or region."""
        env = environment(case)
        found = [
            TraceLine(
                rule.id,
                text,
                tuple((name, self._shown(leaf, env)) for name, leaf in leaves),
                result(truth(condition, env)),
                condition.span.file,
                condition.span.line,
            )
            for text, condition, leaves in self._prepared(rule)
        ]
        if rule.bound is not None:
            found.append(self._bound_line(rule, case, env))
        return found

    def _bound_line(self, rule: Rule, case: Case, env: Environment) -> TraceLine:
        bound = rule.bound
        if bound is None:
            raise TypeError("a rule without a bound")
        stated = measure(case)
        action = case.model.actions[rule.action].action
        name = written(action.measure.value.span, self._model.program) if action.measure else ""
        values = [(name, _value(stated, bound.value))]
        values += [(written(e.span, self._model.program), self._shown(e, env)) for e in bound.ends]
        return TraceLine(
            rule.id,
            written(bound.span, self._model.program),
            tuple(values),
            "unknown" if isinstance(stated, Unknown) else "compared",
            bound.span.file,
            bound.span.line,
        )

    def _prepared(self, rule: Rule) -> tuple[tuple[str, x.Expression, tuple[_Leaf, ...]], ...]:
        found = self._conditions.get(rule.index)
        if found is None:
            program = self._model.program
            texts = conditions_written(rule, program)
            found = self._conditions[rule.index] = tuple(
                (text, c, tuple(leaves(c, program)))
                for text, c in zip(texts, rule.condition, strict=True)
            )
        return found

    def _shown(self, leaf: x.Expression, env: Environment) -> str:
        return _value(evaluate(leaf, env), leaf)


def rule_written(rule: Rule, program: Program) -> str:
    """A rule in its policy's words; of a watch, the restraint as it was written then."""
    return rule.holds[0].text if rule.holds else written(rule.span, program)


def conditions_written(rule: Rule, program: Program) -> tuple[str, ...]:
    """The conditions of a rule; of several holds none is named, for they are others' affairs."""
    if not rule.holds:
        return tuple(conjuncts_written(rule.condition, program))
    (condition,) = rule.condition
    ((path, fact),) = leaves(condition, program)
    if not isinstance(condition, x.Compare) or not isinstance(condition.right, x.Constant):
        return (f"{path} is held",)
    return (f"{path} = {value_text(condition.right.value, fact.type)}",)


def _hold(rule: Rule) -> HoldUsed | None:
    if len(rule.holds) != 1:
        return None
    (hold,) = rule.holds
    return HoldUsed(hold.id, hold.alert, hold.subject, hold.since)


def result(value: object) -> str:
    """`true`, `false`, `unknown` (facts are missing) or `fault`."""
    if isinstance(value, Unknown):
        return "unknown" if value.missing else "fault"
    return "true" if value else "false"


def _value(value: object, e: x.Expression) -> str:
    if isinstance(value, Unknown):
        return "missing" if value.missing else "fault"
    return value_text(value, e.type)


def leaves(e: x.Expression, program: Program) -> list[_Leaf]:
    """The facts, parameters, definitions and tables that a condition reads, by their names."""
    found: dict[str, x.Expression] = {}
    queue = [e]
    while queue:
        at = queue.pop(0)
        match at:
            case x.Fact():
                found[".".join(at.path)] = at
            case x.ParameterValue() | x.DefinitionValue() | x.TableLookup():
                found[at.name.rsplit(".", 1)[-1]] = at
        if isinstance(at, x.DefinitionValue):
            queue.append(program.definitions[at.name].value)
        elif not isinstance(at, x.Aggregate):
            queue.extend(x.children(at))
        else:
            queue.append(at.over)
    return list(found.items())
