"""Generated Python: the rules of one (action, verb) as bit masks and small generated functions.

The masks leave the few rules that may apply; their remaining conditions run as generated source
over exact scaled numbers. Whatever the generated code has no exact form for (lists, people,
tables, a missing fact) is read by the interpreter, rule by rule, so that both back ends give the
same verdicts by construction of each rule and not by luck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl import expressions as x
from remit_engine.compile.python_index import RuleIndex, index
from remit_engine.compile.python_slots import MISSING, slot_value, slots_of
from remit_engine.compile.python_source import Writer
from remit_engine.compile.scaled import product, quotient, scaled
from remit_engine.compile.unsupported import Unsupported
from remit_engine.judging.evaluate import Environment, evaluate, truth
from remit_engine.judging.interpreter import conclude, environment, interval, measure
from remit_engine.judging.interval import Interval
from remit_engine.judging.unknown import Truth, Unknown, conjunction
from remit_engine.judging.verdict import Case, Verdict
from remit_engine.rules.dependence import facts_in
from remit_engine.rules.ir import Model, Rule

Condition = Callable[[Sequence[Any], Sequence[Any]], bool]
MOST_BOUNDS = 100_000
MOST_DAYS = 1_000


@dataclass(frozen=True, slots=True)
class Generated:
    """The conditions of a rule that no mask stands for, as a generated function of the slots and
    the parameters of the day; None where there is no exact form. needs, reads: the slots and the
    parameters that must be known for it."""

    function: Condition | None
    source: str
    needs: tuple[int, ...] = ()
    reads: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Everything generated for one (action, verb)."""

    index: RuleIndex
    slots: tuple[x.Fact, ...]
    indexed: tuple[int, ...]
    conditions: tuple[Generated, ...]
    fixed: tuple[bool, ...]
    """for each rule: its bound hangs on nothing but the day"""


class Compiled:
    """The generated back end: a Judge with the interpreter's verdicts."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._tables: dict[tuple[str, str], Table] = {}
        self._slots: dict[str, tuple[x.Fact, ...]] = {}
        self._parameter_names = tuple(model.program.parameters)
        self._parameters: dict[date, tuple[Any, ...]] = {}
        self._bounds: dict[tuple[int, date], Interval | Unknown] = {}

    def slots(self, action: str) -> tuple[x.Fact, ...]:
        """The facts that the rules on an action read, in the order of their slots."""
        found = self._slots.get(action)
        if found is None:
            rules = self._model.actions[action]
            found = self._slots[action] = slots_of(rules, self._model.program)
        return found

    def table(self, action: str, verb: str) -> Table:
        """What is generated for one verb of an action, generated on first use."""
        found = self._tables.get((action, verb))
        if found is None:
            found = self._tables[action, verb] = self._generate(action, verb)
        return found

    def verdicts(self, case: Case) -> list[Verdict]:
        """The verdicts of all rules in force that concern the case and may apply."""
        request, capacity = case.request, case.capacity
        table = self.table(request.action, request.verb)
        slots = [slot_value(fact.path, case.facts) for fact in table.slots]
        mask = table.index.candidates(capacity.positions, capacity.barred, request.as_of, slots)
        if not mask:
            return []
        value = measure(case)
        env = environment(case)
        known = all(slots[i] is not MISSING for i in table.indexed)
        found = []
        for bit in table.index.chosen(mask):
            rule = table.index.rules[bit]
            condition = (
                self._condition(table, bit, slots, env)
                if known
                else conjunction(truth(c, env) for c in rule.condition)
            )
            if condition is not False:
                bound = self._bound(table, bit, rule, env)
                verdict = conclude(rule, case, condition, bound, value)
                if verdict.applies is not False:
                    found.append(verdict)
        return found

    def _condition(self, table: Table, bit: int, slots: Sequence[Any], env: Environment) -> Truth:
        rest = table.index.rest[bit]
        if not rest:
            return True
        generated = table.conditions[bit]
        if generated.function is not None:
            parameters = self.parameters_on(env.as_of) if generated.reads else ()
            if all(slots[i] is not MISSING for i in generated.needs) and all(
                parameters[i] is not MISSING for i in generated.reads
            ):
                try:
                    return generated.function(slots, parameters)
                except ZeroDivisionError:  # a fault: the interpreter says which and where
                    return conjunction(truth(c, env) for c in rest)
        return conjunction(truth(c, env) for c in rest)

    def _bound(
        self, table: Table, bit: int, rule: Rule, env: Environment
    ) -> Interval | Unknown | None:
        if rule.bound is None:
            return None
        if not table.fixed[bit]:
            return interval(rule.bound, env)
        key = (rule.index, env.as_of)
        found = self._bounds.get(key)
        if found is None:
            if len(self._bounds) > MOST_BOUNDS:
                self._bounds.clear()
            found = self._bounds[key] = interval(rule.bound, env)
        return found

    def parameters_on(self, as_of: date) -> tuple[Any, ...]:
        """The scaled values of all parameters on a day, in their order; MISSING where unset."""
        found = self._parameters.get(as_of)
        if found is None:
            if len(self._parameters) > MOST_DAYS:
                self._parameters.clear()
            env = Environment(self._model, as_of, {"as_of": as_of}, lambda a, b: True, {})
            found = self._parameters[as_of] = tuple(
                self._parameter(name, env) for name in self._parameter_names
            )
        return found

    def _parameter(self, name: str, env: Environment) -> Any:
        parameter = self._model.program.parameters[name]
        value = evaluate(x.ParameterValue(parameter.span, parameter.type, name), env)
        if isinstance(value, Unknown):
            return MISSING
        return scaled(value) if parameter.type.numeric else value

    def _generate(self, action: str, verb: str) -> Table:
        rules = [r for r in self._model.actions[action].rules if verb in r.verbs]
        slots = self.slots(action)
        built = index(rules, slots, self._model)
        return Table(
            index=built,
            slots=slots,
            indexed=tuple(v.slot for v in built.values),
            conditions=tuple(self._condition_source(rest, slots) for rest in built.rest),
            fixed=tuple(self._is_fixed(r) for r in rules),
        )

    def _is_fixed(self, rule: Rule) -> bool:
        program = self._model.program
        ends = () if rule.bound is None else rule.bound.ends
        return not any(True for e in ends for _ in facts_in(e, program))

    def _condition_source(self, rest: Sequence[x.Expression], slots: Sequence[x.Fact]) -> Generated:
        if not rest:
            return Generated(None, "")
        places = {fact.path: i for i, fact in enumerate(slots)}
        writer = Writer(self._model.program, lambda f: places[f.path], self._parameter_names.index)
        try:
            source = " and ".join(writer.write(c) for c in rest)
        except Unsupported:
            return Generated(None, "")
        return Generated(
            function(source, writer.constants),
            source,
            tuple(sorted(writer.slots)),
            tuple(sorted(writer.parameters)),
        )


def function(source: str, constants: list[object]) -> Condition:
    """A function of slots `f` and parameters `p` from the source of a condition."""
    scope: dict[str, Any] = {"k": tuple(constants), "product": product, "quotient": quotient}
    exec(compile(f"def condition(f, p):\n    return {source}", "<remit>", "exec"), scope)
    made: Condition = scope["condition"]
    return made
