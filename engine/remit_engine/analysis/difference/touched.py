"""Which questions a difference of texts may answer differently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from remit_dsl.expressions import Expression, ReportsTo, walk
from remit_dsl.program import Field, Program, Step
from remit_dsl.types import Type
from remit_engine.analysis.difference.canonical import canonical
from remit_engine.analysis.difference.reading import (
    Name,
    expressions_read,
    read_by_measure,
    read_by_rule,
)
from remit_engine.analysis.difference.rights import Right, rights
from remit_engine.analysis.difference.things import things, type_key
from remit_engine.analysis.difference.timelines import timeline_key
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import (
    GRANT,
    PROHIBITION,
    REQUIREMENT,
    SELF_BAR,
    SEPARATION,
    ActionRules,
    Model,
    Rule,
)


@dataclass(frozen=True, slots=True)
class Question:
    """May this position do this? With the rules that changed, of the old and of the new text.

    direct: some of them speak about the position; else its answer can only name others. everybody:
    it stands for all positions that were never given this. moved: the way it escalates changed.
    """

    action: str
    verb: str
    position: str
    old: tuple[Rule, ...]
    new: tuple[Rule, ...]
    direct: bool
    everybody: bool = False
    moved: bool = False


def touched(old: Model, new: Model) -> tuple[Question, ...]:
    """Every question that some difference may reach; what is not here is answered alike."""
    keys = (_Keys(old), _Keys(new))
    return tuple(
        question
        for action in new.actions
        if action in old.actions
        for question in _on_action(action, old, new, keys)
    )


_BARS = (PROHIBITION, SELF_BAR, SEPARATION)


class _Keys:
    """What things of one text mean, for comparison with those of the other."""

    def __init__(self, model: Model) -> None:
        self.model = model
        program = model.program
        self.names: dict[Name, str] = {}
        self.types: dict[str, str] = {}
        for key, thing in things(model).items():
            text = str(sorted((n, s.key) for n, s in thing.sides.items() if _weighs(s.weight)))
            self.names[key] = text
            if key[0] in ("enum", "record"):
                self.types[thing.name] = text
        for p in program.parameters.values():
            self.names["parameter", p.name] = timeline_key(p.values)
        for e in program.exchanges.values():
            self.names["exchange", f"{e.base} to {e.quote}"] = timeline_key(e.values)

    def of_rule(self, right: Right) -> tuple[object, ...]:
        """Everything on which a right hangs."""
        read = read_by_rule(right.rule, self.model.program)
        said = tuple((name, self.names.get(name, "")) for name in sorted(read))
        inside = [*read_by(right.rule), *expressions_read(read, self.model.program)]
        lines = any(isinstance(e, ReportsTo) for root in inside for e in walk(root))
        line = str(sorted(self.model.superiors.items())) if lines else ""
        return (right.meaning, tuple(sorted(right.rule.verbs)), said, line, self._made_of(inside))

    def frame(self, action: ActionRules) -> tuple[object, ...]:
        """What all rules on an action share: its facts, their types and its measure."""
        measure = action.action.measure
        read = read_by_measure(action, self.model.program)
        inside = [
            *([measure.value] if measure else ()),
            *expressions_read(read, self.model.program),
        ]
        summed = measure.summed_by.path if measure and measure.summed_by else ()
        return (
            sorted((f.name, type_key(f.type), f.optional) for f in action.action.fields.values()),
            [(name, self.types.get(name, "")) for name in _types_of(action, self.model.program)],
            self._made_of(inside),
            canonical(measure.value) if measure else "",
            (summed, measure.window if measure else None),
            [(name, self.names.get(name, "")) for name in sorted(read)],
        )

    def _made_of(self, expressions: Iterable[Expression]) -> tuple[tuple[str, str], ...]:
        """The enums and records that expressions speak of, and what is declared of them."""
        spoken = (e.type for root in expressions for e in walk(root))
        return tuple((n, self.types.get(n, "")) for n in _named(spoken, self.model.program))

    def ways(self, action: ActionRules) -> str:
        """How an action escalates and is delegated."""
        return self.names["authority", action.action.name]


def _weighs(weight: object) -> bool:
    return str(weight) == "answers"


def _types_of(action: ActionRules, program: Program) -> list[str]:
    """The enums and records that the facts of an action are made of, people among them."""
    people = [n for n in program.records if n.rsplit(".", 1)[-1] == "Person"]
    fields = (f.type for f in action.action.fields.values())
    return _named((*fields, *(Type("record", name=name) for name in people)), program)


def _named(types: Iterable[Type], program: Program) -> list[str]:
    """The names of types, and of those they are made of."""
    found: dict[str, None] = {}
    todo = list(types)
    while todo:
        kind = todo.pop()
        inner = kind.element or kind
        if inner.name is not None and inner.name not in found:
            found[inner.name] = None
            record = program.records.get(inner.name)
            fields: Mapping[str, Field] = record.fields if record else {}
            todo += [f.type for f in fields.values()]
    return sorted(found)


def _on_action(
    action: str, old: Model, new: Model, keys: tuple[_Keys, _Keys]
) -> Iterator[Question]:
    models = (old, new)
    whole = keys[0].frame(old.actions[action]) != keys[1].frame(new.actions[action])
    changed = _changed(action, models, keys, everything=whole)
    spoken = {v for rules in changed for r in rules for v in r.verbs}
    reached = _reached(spoken, action, old, new)
    ways = keys[0].ways(old.actions[action]) != keys[1].ways(new.actions[action])
    for verb in sorted(_granted(action, old, new) | spoken):
        before, after = (
            tuple(r for r in side if _reaches(r, verb, action, models)) for side in changed
        )
        holders = _holders(action, verb, old, new)
        rest: list[str] = []
        for position in (p for p in new.program.positions if p in old.program.positions):
            given = position in holders or None in holders
            mine = [r for r in before + after if r.concerns(frozenset({position}))]
            named = any(r.positions for r in mine)
            moved = _sent(position, verb, action, old) != _sent(position, verb, action, new)
            if not given and not named and not moved:
                rest.append(position)
            elif named or (given and mine):
                yield Question(action, verb, position, before, after, True, moved=moved or ways)
            elif moved or ways or verb in reached:
                yield Question(action, verb, position, before, after, False, moved=moved or ways)
        barred = any(r.positions is None and r.kind in _BARS for r in before + after)
        if rest and (barred or ways or verb in reached):
            who = any(_asks_who(r, m) for m in models for r in _judging(verb, action, m))
            alone = not who and len({_alike(p, verb, action, models) for p in rest}) == 1
            for position in rest[:1] if alone else rest:
                yield Question(action, verb, position, before, after, barred, alone, moved=ways)


def _alike(
    position: str, verb: str, action: str, models: tuple[Model, Model]
) -> tuple[object, ...]:
    """What must be the same of two positions for one to stand for both: whom they are sent to,
    and the rules that name them."""
    here = frozenset({position})
    sent = (_sent(position, verb, action, model) for model in models)
    naming = (
        frozenset(r.index for r in _judging(verb, action, m) if r.positions and r.concerns(here))
        for m in models
    )
    return (*sent, *naming)


def _judging(verb: str, action: str, model: Model) -> Iterator[Rule]:
    return (rule for rule in model.actions[action].rules if verb in rule.verbs)


def _asks_who(rule: Rule, model: Model) -> bool:
    """Whether a rule looks at who acts, beyond his attributes."""
    paths = {f.path for e in read_by(rule) for f in facts_in(e, model.program)}
    return not paths.isdisjoint({("actor",), ("actor", "position")})


def _sent(position: str, verb: str, action: str, model: Model) -> tuple[object, ...]:
    """Whom a position is sent to, were everybody able who was ever given this."""
    escalation = model.actions[action].escalation
    candidates = _holders(action, verb, model)
    above = model.superiors.get(position, ())
    if escalation is None or escalation.mode == "first":
        above = tuple(p for p in above if p in candidates or None in candidates)
    named = model.program.positions if None in candidates else (p for p in candidates if p)
    return (above, frozenset(named))


def _changed(
    action: str, models: tuple[Model, Model], keys: tuple[_Keys, _Keys], *, everything: bool
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules of either text that say, or read, what the other does not."""
    sides: list[dict[object, Rule]] = [
        {k.of_rule(r): r.rule for r in rights(action, k.model)} for k in keys
    ]
    before, after = sides
    return _missing(before, after, everything), _missing(after, before, everything)


def _missing(
    side: Mapping[object, Rule], other: Mapping[object, Rule], everything: bool
) -> tuple[Rule, ...]:
    rules = {r.index: r for key, r in side.items() if everything or key not in other}
    return tuple(rules[i] for i in sorted(rules))


def _reached(verbs: set[str], action: str, old: Model, new: Model) -> set[str]:
    """Verbs whose answers hang on these: their own, and those that have them as a step."""
    found = set(verbs)
    for model in (old, new):
        for rule in model.actions[action].rules:
            if rule.kind == REQUIREMENT and not verbs.isdisjoint(_asked(rule.steps)):
                found |= rule.verbs
    return found


def _reaches(rule: Rule, verb: str, action: str, models: tuple[Model, Model]) -> bool:
    return verb in _reached(set(rule.verbs), action, *models)


def _asked(step: Step | None) -> set[str]:
    """The verbs that steps ask for."""
    if step is None:
        return set()
    inner = {v for s in getattr(step, "steps", ()) for v in _asked(s)}
    verb = getattr(step, "verb", None)
    return inner | ({verb} if verb else set())


def _granted(action: str, *models: Model) -> set[str]:
    return {v for m in models for r in m.actions[action].rules if r.kind == GRANT for v in r.verbs}


def _holders(action: str, verb: str, *models: Model) -> set[str | None]:
    found: dict[str | None, None] = defaultdict()
    for model in models:
        for rule in model.actions[action].rules:
            if rule.kind == GRANT and verb in rule.verbs:
                found.update(dict.fromkeys(rule.positions or (None,)))
    return set(found)
