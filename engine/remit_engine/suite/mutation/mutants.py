"""Every mutant of a checked program, in reading order: one change each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from remit_dsl.program import (
    Authority,
    DatedValue,
    Escalation,
    Policy,
    Program,
    Statement,
    Table,
    TableRow,
)
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.rules.ir import Model, Rule
from remit_engine.suite.mutation.amounts import days_around
from remit_engine.suite.mutation.change import Change, Edit, Texts, rebuilt
from remit_engine.suite.mutation.expression_changes import changes
from remit_engine.suite.mutation.reading import Name, exchange_name, readers
from remit_engine.suite.mutation.rule_changes import House, dated, statement_changes

_KINDS = ("grants", "prohibitions", "requirements", "self_bars", "separations")
_MODES = {"first": "every", "every": "first", "position": "first"}
_SAID = {"first": "the first superior able", "every": "through every level"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one change.

    ordinal: tells apart changes of which the same is said, such as of one step written twice.
    actions: on whose answers it may bear. rule: the id of the rule changed. name: the parameter,
    definition, table or rate changed. make: the changed program, cut down to these actions.
    """

    kind: str
    span: Span
    sentence: str
    edit: Edit | None
    actions: frozenset[str]
    make: Callable[[], Program]
    rule: str | None = None
    name: Name | None = None
    ordinal: int = 0

    @property
    def key(self) -> tuple[Span, str, int]:
        """The same for the same change of the same text, whatever else was loaded with it."""
        return self.span, self.sentence, self.ordinal


def mutants(model: Model) -> list[Mutant]:
    """All mutants of a program that some action hangs on, by place."""
    program = pinned(model)
    found = [
        *_of_authorities(program, model),
        *_of_values(program, model),
        *_of_actions(program),
        *_of_policies(program),
    ]
    seen: Counter[object] = Counter()
    told = []
    for mutant in sorted(found, key=lambda m: m.span):
        told.append(replace(mutant, ordinal=seen[mutant.key]))
        seen[mutant.key] += 1
    return told


def pinned(model: Model) -> Program:
    """The program with each rule's id as its label, so that no change renames another rule."""
    ids = {rule.span: rule.id for rule in model.rules}
    short_names = [a.short for a in model.program.actions.values()]
    blocks = []
    for block in model.program.authorities:
        action = model.program.actions[block.action]
        prefix = action.short if short_names.count(action.short) == 1 else action.name
        blocks.append(_labelled(block, ids, prefix))
    return replace(model.program, authorities=tuple(blocks))


def _labelled(block: Authority, ids: Mapping[Span, str], prefix: str) -> Authority:
    def named(s: Statement) -> Statement:
        return replace(s, label=ids[s.span].removeprefix(f"{prefix}."))

    parts: dict[str, Any] = {k: tuple(named(s) for s in getattr(block, k)) for k in _KINDS}
    return replace(block, **parts)


def _narrowed(program: Program, actions: frozenset[str]) -> Program:
    """The program with the rules on some actions only: no answer on them hangs on the others."""
    kept = tuple(a for a in program.authorities if a.action in actions)
    return replace(program, authorities=kept)


# --- rules -------------------------------------------------------------------------------


def _of_authorities(program: Program, model: Model) -> Iterator[Mutant]:
    house = House.of(program)
    ids = {rule.span: rule.id for rule in model.rules}
    for i, block in enumerate(program.authorities):
        made = _Block(program, i, house.texts)
        for kind in _KINDS:
            statements: tuple[Statement, ...] = getattr(block, kind)
            for j, statement in enumerate(statements):
                rule, whole = ids[statement.span], house.texts.balanced(statement.span)
                gone = Change("removed", None, whole, whole, Edit(whole, ""))
                yield made.of_statement(gone, kind, j, rule)
                for change in statement_changes(statement, house):
                    yield made.of_statement(change, kind, j, rule)
        yield from _of_block(block, made)


@dataclass(frozen=True, slots=True)
class _Block:
    """Mutants of one authority block of a program; made when they are asked for."""

    program: Program
    index: int
    texts: Texts

    @property
    def block(self) -> Authority:
        """The block itself."""
        return self.program.authorities[self.index]

    def of_statement(self, change: Change[Any], kind: str, place: int, rule: str) -> Mutant:
        """The mutant with another statement at a place, or with none."""

        def make() -> Program:
            old = getattr(self.block, kind)
            new = () if change.node is None else (change.node,)
            return self.with_field(kind, (*old[:place], *new, *old[place + 1 :]))

        return _mutant(change, self.texts, frozenset({self.block.action}), make, rule=rule)

    def of_field(self, change: Change[Any], field: str) -> Mutant:
        """The mutant with another value in a field of the block."""
        actions = frozenset({self.block.action})
        return _mutant(change, self.texts, actions, lambda: self.with_field(field, change.node))

    def with_field(self, field: str, value: Any) -> Program:
        """The program with another value in a field of the block."""
        blocks = list(self.program.authorities)
        blocks[self.index] = rebuilt(self.block, **{field: value})
        changed = replace(self.program, authorities=tuple(blocks))
        return _narrowed(changed, frozenset({self.block.action}))


def _of_block(block: Authority, made: _Block) -> Iterator[Mutant]:
    """Inheritance dropped, the way of escalating changed."""
    if block.superiors_inherit:
        note = "`superiors inherit` is removed"
        gone = Change("inherit", False, block.span, block.span, None, note)
        yield made.of_field(gone, "superiors_inherit")
    if block.escalation is not None:
        old = block.escalation
        mode = _MODES[old.mode]
        was = _SAID.get(old.mode, short(old.target or ""))
        note = f"escalation to `{was}` becomes `{_SAID[mode]}`"
        node = Escalation(mode, None, old.span)
        change = Change("escalation", node, old.span, old.span, None, note)
        yield made.of_field(change, "escalation")


def _mutant(
    change: Change[Any],
    texts: Texts,
    actions: frozenset[str],
    make: Callable[[], Program],
    *,
    rule: str | None = None,
    name: Name | None = None,
) -> Mutant:
    said = texts.sentence(change)
    return Mutant(change.kind, change.span, said, change.edit, actions, make, rule, name)


# --- values by name ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """Mutants of one parameter, definition, table or rate of exchange."""

    program: Program
    texts: Texts
    name: Name
    actions: frozenset[str]
    field: str
    key: Any

    def mutant(self, change: Change[Any]) -> Mutant:
        """The mutant with another value under the name."""
        program, field, key, actions = self.program, self.field, self.key, self.actions

        def make() -> Program:
            changed: dict[str, Any] = {field: {**getattr(program, field), key: change.node}}
            return _narrowed(replace(program, **changed), actions)

        return _mutant(change, self.texts, actions, make, name=self.name)


def _of_values(program: Program, model: Model) -> Iterator[Mutant]:
    texts, read = Texts(program.sources), readers(model)

    def named(name: Name, field: str, key: Any) -> _Named:
        return _Named(program, texts, name, read.get(name, frozenset()), field, key)

    for key, parameter in program.parameters.items():
        made = named(("parameter", key), "parameters", key)
        for change in _dated_values(parameter.values, texts, _days(made.actions, model)):
            yield made.mutant(change.of(replace(parameter, values=change.node)))
    for pair, rate in program.exchanges.items():
        made = named(exchange_name(*pair), "exchanges", pair)
        for change in _dated_values(rate.values, texts, _days(made.actions, model)):
            yield made.mutant(change.of(replace(rate, values=change.node)))
    for key, definition in program.definitions.items():
        made = named(("definition", key), "definitions", key)
        for value in changes(definition.value, texts) if made.actions else ():
            yield made.mutant(value.of(replace(definition, value=value.node)))
    for key, table in program.tables.items():
        made = named(("table", key), "tables", key)
        for rows in _rows(table, texts) if made.actions else ():
            yield made.mutant(rows.of(replace(table, rows=rows.node)))


def _days(actions: frozenset[str], model: Model) -> tuple[Rule, ...]:
    """The rules on some actions, for the days on which a value is read at all."""
    return tuple(rule for action in sorted(actions) for rule in model.actions[action].rules)


def _dated_values(
    values: tuple[DatedValue, ...], texts: Texts, rules: tuple[Rule, ...]
) -> Iterator[Change[tuple[DatedValue, ...]]]:
    """One value of several changed, or the day on which it begins or ends, where rules read it."""
    if not rules:
        return
    for i, value in enumerate(values):

        def all_with(node: DatedValue, i: int = i) -> tuple[DatedValue, ...]:
            return (*values[:i], node, *values[i + 1 :])

        for change in changes(value.value, texts) if value.value is not None else ():
            yield change.of(all_with(replace(value, value=change.node)))
        for name, word in (("start", "from"), ("until", "until")):
            day: date | None = getattr(value, name)
            for moved in days_around(day) if day is not None else ():
                node = rebuilt(value, **{name: moved})
                if any(rule.in_force(min(day, moved)) for rule in rules if day is not None):
                    yield dated(node, word, (day, moved), value.span, texts).of(all_with(node))


def _rows(table: Table, texts: Texts) -> Iterator[Change[tuple[TableRow, ...]]]:
    """One value of one row changed, or a cell where the checker does not prove the rows."""
    for i, row in enumerate(table.rows):
        before, after = table.rows[:i], table.rows[i + 1 :]
        for j, cell in enumerate(row.conditions if table.hit != "unique" else ()):
            for change in changes(cell, texts):
                cells = (*row.conditions[:j], change.node, *row.conditions[j + 1 :])
                yield change.of((*before, replace(row, conditions=cells), *after))
        for change in changes(row.value, texts):
            node = (*before, replace(row, value=change.node), *after)
            yield change.of(node).named("value")


# --- measures and periods ----------------------------------------------------------------


def _of_actions(program: Program) -> Iterator[Mutant]:
    """What an action measures."""
    texts = Texts(program.sources)
    for key, action in program.actions.items():
        if action.measure is None:
            continue
        name = ("measure", key)
        made = _Named(program, texts, name, frozenset({key}), "actions", key)
        for change in changes(action.measure.value, texts):
            measure = replace(action.measure, value=change.node)
            yield made.mutant(change.of(replace(action, measure=measure)))


def _of_policies(program: Program) -> Iterator[Mutant]:
    """The days on which a policy comes into force and ends."""
    texts = Texts(program.sources)
    for key, policy in program.policies.items():
        own = [a for a in program.authorities if a.policy == key]
        actions = frozenset(a.action for a in own)
        made = _Named(program, texts, ("policy", key), actions, "policies", key)
        for change in _periods(policy, texts) if actions else ():
            yield made.mutant(change)


def _periods(policy: Policy, texts: Texts) -> Iterator[Change[Policy]]:
    dates = (
        ("effective_from", "effective from", policy.effective_from),
        ("effective_until", "effective until", policy.effective_until),
    )
    for name, word, day in dates:
        for moved in days_around(day) if day is not None else ():
            node = rebuilt(policy, **{name: moved})
            if (node.start, node.effective_until) != (policy.start, policy.effective_until):
                yield dated(node, word, (day, moved), texts.up_to(policy.span, "}"), texts)
