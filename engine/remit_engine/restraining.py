"""The holds that stand, and the rules they are to the requests that they touch.

A hold is an ordinary flat rule: `nobody may VERB when FACT = KEY` for every verb, or `VERB needs
STEP when FACT = KEY`. It binds whatever day is asked about: clocks differ and are set back, and a
freeze that was kept binds all that is judged after. Which of them a request touches is seen without
reading any rule; what is touched is judged over the model with these rules added, so that every
question follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import ApprovalStep
from remit_dsl.types import BOOLEAN, TEXT, Type
from remit_dsl.watch import Restraint
from remit_engine.compile.scaled import scaled
from remit_engine.explanation.trace import Tracer
from remit_engine.judging.evaluate import follow
from remit_engine.judging.interpreter import concerns, judge
from remit_engine.judging.unknown import Unknown
from remit_engine.judging.verdict import Case, Judge, Verdict
from remit_engine.reading.facts_reader import fact_type
from remit_engine.request import InvalidRequest, Request
from remit_engine.rules.dependence import bends, mentions
from remit_engine.rules.hold import Hold
from remit_engine.rules.ir import PROHIBITION, REQUIREMENT, ActionRules, Model, Rule
from remit_engine.rules.names import is_person

EVERY_VERB = "any"
"""The verb of a hold as it is shown: it binds every verb of its action."""
MOST_READINGS = 256
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request that a hold touches is answered from."""

    model: Model
    judge: Judge
    tracer: Tracer


class Beside:
    """A judge who judges a few more rules than another."""

    def __init__(self, others: Judge, rules: tuple[Rule, ...]) -> None:
        self._others = others
        self._rules = rules

    def verdicts(self, case: Case) -> list[Verdict]:
        """Those of the other judge, and then these."""
        request = case.request
        found = self._others.verdicts(case)
        for rule in self._rules:
            spoken = rule.action == request.action and request.verb in rule.verbs
            if spoken and rule.in_force(request.as_of) and concerns(rule, case):
                verdict = judge(rule, case)
                if verdict.applies is not False:
                    found.append(verdict)
        return found


@dataclass(slots=True)
class Held:
    """The holds on one fact of an action. bare: the fact stands in the measure too, so that a limit
    cannot be told without these rules."""

    fact: x.Fact
    bare: bool
    by_value: dict[x.Value, list[int]] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)

    @property
    def keys(self) -> frozenset[Any]:
        """The keys that are held, numbers in millionths as slots hold them."""
        return frozenset(scaled(v) if isinstance(v, Fraction) else v for v in self.by_value)


class Holds:
    """All holds that stand, for one model. judging: who judges the rules of the model and a few
    more. A hold on an action that the model does not have touches no request there could be."""

    def __init__(
        self, holds: Iterable[Hold], model: Model, judging: Callable[[tuple[Rule, ...]], Judge]
    ) -> None:
        self.all = tuple(holds)
        self._model = model
        self._judging = judging
        self._held: dict[str, dict[Path, Held]] = {}
        self._kinds: dict[Restraint, Type | None] = {}
        self._groups: list[tuple[Hold, ...]] = []
        self._rules: dict[int, Rule] = {}
        self._readings: dict[tuple[int, ...], Reading] = {}
        self._index()

    def __bool__(self) -> bool:
        return bool(self._held)

    def of(self, action: str) -> tuple[Held, ...]:
        """What is held of an action (qualified name)."""
        return tuple(self._held.get(action, {}).values())

    def reading(self, request: Request) -> Reading | None:
        """What a request is answered from; None where no hold touches it."""
        held = self._held.get(request.action)
        if held is None:
            return None
        numbers = tuple(n for one in held.values() for n in _touching(one, request))
        return self._read(numbers) if numbers else None

    @cached_property
    def everywhere(self) -> Model:
        """The model with all holds, those of one restraint as one rule."""
        first = len(self.all)
        return self._extended([self._rule(first + n) for n in range(len(self._groups))])

    def _index(self) -> None:
        groups: dict[tuple[str, Restraint, Path], list[Hold]] = defaultdict(list)
        for number, hold in enumerate(self.all):
            held = self._held_by(hold)
            if held is not None:
                held.by_value.setdefault(self._key(hold), []).append(number)
                groups[hold.rule, hold.restraint, held.fact.path].append(hold)
        for (_, restraint, path), holds in groups.items():
            self._held[restraint.action][path].groups.append(len(self.all) + len(self._groups))
            self._groups.append(tuple(holds))

    def _held_by(self, hold: Hold) -> Held | None:
        known = self._model.actions.get(hold.restraint.action)
        if known is None:
            return None
        fact = self._fact(hold)
        facts = self._held.setdefault(hold.restraint.action, {})
        if fact.path not in facts:
            measure = known.action.measure
            program = self._model.program
            bare = measure is not None and mentions(measure.value, fact.path, program)
            facts[fact.path] = Held(fact, bare)
        return facts[fact.path]

    def _fact(self, hold: Hold) -> x.Fact:
        """The fact that is compared. Where the policy was changed since, so that no such fact could
        be the key, one that nobody can give: nothing is known to be another's then."""
        restraint, kind = hold.restraint, self._kind(hold.restraint)
        if kind is None or _read(hold.value, kind) is None:
            return x.Fact(restraint.span, TEXT, ("holds", hold.id))
        return x.Fact(restraint.span, kind, restraint.fact)

    def _key(self, hold: Hold) -> x.Value:
        """The key as a fact of its type; of what cannot be compared, no fact is given."""
        kind = self._kind(hold.restraint)
        found = None if kind is None else _read(hold.value, kind)
        return "" if found is None else found

    def _kind(self, restraint: Restraint) -> Type | None:
        if restraint not in self._kinds:
            self._kinds[restraint] = _kind(restraint, self._model)
        return self._kinds[restraint]

    def _read(self, numbers: tuple[int, ...]) -> Reading:
        found = self._readings.get(numbers)
        if found is None:
            if len(self._readings) >= MOST_READINGS:
                self._readings.clear()
            rules = tuple(self._rule(n) for n in numbers)
            model = self._extended(rules)
            found = Reading(model, self._judging(rules), Tracer(model))
            self._readings[numbers] = found
        return found

    # --- rules ---------------------------------------------------------------------------------

    def _rule(self, number: int) -> Rule:
        found = self._rules.get(number)
        if found is None:
            alone = number < len(self.all)
            holds = (self.all[number],) if alone else self._groups[number - len(self.all)]
            found = self._rules[number] = self._made(number, holds, alone)
        return found

    def _made(self, number: int, holds: tuple[Hold, ...], alone: bool) -> Rule:
        hold, action = holds[0], self._model.actions[holds[0].restraint.action].action
        restraint = hold.restraint
        freezes = restraint.kind == "freeze"
        return Rule(
            index=len(self._model.rules) + number,
            id=hold.named if alone else hold.rule,
            kind=PROHIBITION if freezes else REQUIREMENT,
            policy=self._policy(hold, action.policy),
            action=restraint.action,
            verb=EVERY_VERB,
            verbs=self._verbs,
            positions=None,
            condition=(_condition(self._fact(hold), map(self._key, holds)),),
            start=None,
            until=None,
            steps=None if freezes else _step(restraint),
            because=hold.because,
            source=hold.source,
            span=restraint.span,
            holds=holds,
        )

    def _policy(self, hold: Hold, otherwise: str) -> str:
        """The policy of the watch, while there is one of this name."""
        named = [p for p in self._model.program.policies if hold.rule.startswith(f"{p}.")]
        return max(named, key=len, default=otherwise)

    @cached_property
    def _verbs(self) -> frozenset[str]:
        return self._model.verbs

    def _extended(self, rules: Iterable[Rule]) -> Model:
        """The model with some more rules."""
        added: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            added[rule.action].append(rule)
        model = self._model
        return replace(
            model,
            rules=(*model.rules, *(r for of in added.values() for r in of)),
            actions=model.actions | {a: _with(model.actions[a], of) for a, of in added.items()},
            bending=model.bending | frozenset(self._bent(added)),
        )

    def _bent(self, added: dict[str, list[Rule]]) -> Iterator[tuple[str, str]]:
        for name, rules in added.items():
            action = self._model.actions[name].action
            if any(bends(rule, action, self._model.program) for rule in rules):
                yield from ((name, verb) for verb in self._verbs)


def _touching(held: Held, request: Request) -> Iterable[int]:
    """The rules that a request is to be judged by: none where the fact is another's."""
    path = held.fact.path
    value: Any = follow(request.facts, path, ".".join(path))
    if value is None or isinstance(value, Unknown):
        return held.groups
    if held.bare:
        return [n for of in held.by_value.values() for n in of]
    return held.by_value.get(value, ())


def _kind(restraint: Restraint, model: Model) -> Type | None:
    """The type of the fact that a restraint names; None where there is none in this model."""
    *above, last = restraint.fact
    try:
        if above and is_person(fact_type(model, restraint.action, ".".join(above))):
            return TEXT if last == "id" else None
        return fact_type(model, restraint.action, ".".join(restraint.fact))
    except InvalidRequest:
        return None


def _read(key: str | None, kind: Type) -> x.Value | None:
    """A key as the exact value of a type; None for what is none."""
    if key is None or kind.kind in ("text", "enum", "position"):
        return key
    try:
        if kind.numeric:
            return Fraction(key)
        if kind.kind == "date":
            return date.fromisoformat(key)
    except (ValueError, ZeroDivisionError):
        return None
    return {"true": True, "false": False}.get(key) if kind.kind == "boolean" else None


def _condition(fact: x.Fact, keys: Iterable[x.Value]) -> x.Expression:
    """`FACT = KEY`, or one of several keys. `in` for texts alone: of the words of a tree it also
    means those that lie below."""
    span, values = fact.span, dict.fromkeys(keys)
    if len(values) > 1 and fact.type.kind == "text":
        texts = frozenset(value for value in values if isinstance(value, str))
        return x.Contains(span, BOOLEAN, fact, x.Constant(span, fact.type, texts))
    same = tuple(
        x.Compare(span, BOOLEAN, "=", fact, x.Constant(span, fact.type, value)) for value in values
    )
    return same[0] if len(same) == 1 else x.AnyOf(span, BOOLEAN, same)


def _step(restraint: Restraint) -> ApprovalStep:
    assert restraint.position is not None
    return ApprovalStep(restraint.verb, 1, (restraint.position,))


def _with(known: ActionRules, rules: list[Rule]) -> ActionRules:
    by_kind = dict(known.by_kind)
    for rule in rules:
        for verb in rule.verbs:
            by_kind[rule.kind, verb] = (*by_kind.get((rule.kind, verb), ()), rule)
    return replace(known, rules=(*known.rules, *rules), by_kind=by_kind)
