"""Everything declared besides rules, each as a name with what is said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit_dsl.program import (
    Action,
    Definition,
    Delegation,
    Enum,
    Field,
    Label,
    Policy,
    Position,
    Program,
    Record,
    Right,
    Table,
    Waiver,
)
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_dsl.types import Type
from remit_engine.analysis.difference.canonical import canonical
from remit_engine.analysis.difference.change import SAID, Weight
from remit_engine.analysis.difference.texts import (
    delegation_text,
    escalation_text,
    label_text,
    listed,
)
from remit_engine.explanation.quoting import condition_written, written
from remit_engine.rules.ir import Model

ORDER = "order of rows"
"""The side of a table whose first row counts: only what stays is compared by its order."""


@dataclass(frozen=True, slots=True)
class Said:
    """One side of a thing: its meaning (equal where it says the same) and its words.

    name: how the side is called, where that is not the key it is kept under.
    """

    key: str
    text: str
    weight: Weight = Weight.ANSWERS
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A declared thing. sides: by a name that does not hang on how it is written. action: the one
    it belongs to, if any."""

    kind: str
    name: str
    sides: Mapping[str, Said]
    span: Span | None
    action: str | None = None


def things(model: Model) -> dict[tuple[str, str], Thing]:
    """All things of a model by kind and name; parameters and exchanges are told by their time."""
    return {(t.kind, t.name): t for t in _every(model)}


def _every(model: Model) -> Iterator[Thing]:
    program = model.program
    yield from map(_policy, program.policies.values())
    yield from map(_enum, program.enums.values())
    yield from map(_position, program.positions.values())
    yield from map(_record, program.records.values())
    yield from map(_right, program.rights.values())
    for action in program.actions.values():
        yield _action(action, program)
        yield _authority(action, model)
    for definition in program.definitions.values():
        yield _definition(definition, program)
    for table in program.tables.values():
        yield _table(table, program)
    for parameter in program.parameters.values():
        sides = {"type": Said(type_key(parameter.type), str(parameter.type)),
                 **_words(parameter.label)}  # fmt: skip
        yield Thing("parameter", parameter.name, sides, parameter.span)
    yield from (_waiver(waiver, program) for waiver in program.waivers)


def _waiver(waiver: Waiver, program: Program) -> Thing:
    """What is waived is its name: two that differ in it are two waivers."""
    scope = (("of", waiver.verbs), ("on", waiver.actions), ("for", waiver.positions),
             ("at", waiver.rules))  # fmt: skip
    named = [f"{word} {', '.join(sorted(map(short, of)))}" for word, of in scope if of]
    reason = label_text(waiver.because)
    sides = {
        "kept": Said(SAID, SAID, Weight.DUTIES),
        "reason": Said(reason, reason, Weight.WORDING),
    }
    if waiver.condition is not None:
        said = condition_written(waiver.condition, program)
        sides["condition"] = Said(canonical(waiver.condition), said, Weight.DUTIES)
    return Thing("waiver", " ".join([waiver.question, *named]), sides, waiver.span)


def type_key(kind: Type) -> str:
    """A type with its full name."""
    inner = f" of {type_key(kind.element)}" if kind.element is not None else ""
    return " ".join(p for p in (kind.kind, kind.name, kind.currency) if p) + inner


def _words(label: Label | None, source: str | None = None) -> dict[str, Said]:
    """Label and source: wording, where they are said."""
    found = {"label": label_text(label), "source": f'"{source}"' if source is not None else ""}
    return {k: Said(v, v, Weight.WORDING) for k, v in found.items() if v}


def _plain(sides: Mapping[str, object], weight: Weight) -> dict[str, Said]:
    return {k: Said(str(v), str(v), weight) for k, v in sides.items() if v not in (None, "", ())}


def _policy(policy: Policy) -> Thing:
    days = {"in force from": policy.start, "in force until": policy.effective_until}
    duties = {"owner": policy.owner and short(policy.owner)}
    words = {name: getattr(policy, name) for name in ("document", "version", "revision", "summary")}
    sides = {
        **_plain(days, Weight.ANSWERS),
        **_plain(duties, Weight.DUTIES),
        **_plain({"currency": policy.currency}, Weight.DUTIES),
        **_plain(words, Weight.WORDING),
        **_words(policy.label),
    }
    return Thing("policy", policy.name, sides, policy.span)


def _enum(enum: Enum) -> Thing:
    sides = {
        f"member {m.name}": Said(m.parent or "", f"below {m.parent}" if m.parent else "at the top")
        for m in enum.members.values()
    }
    words = {
        f"label of {m.name}": Said(label_text(m.label), label_text(m.label), Weight.WORDING)
        for m in enum.members.values()
        if m.label is not None
    }
    return Thing("enum", enum.name, {**sides, **words, **_words(enum.label)}, enum.span)


def _position(position: Position) -> Thing:
    duties = {
        "dotted line": listed(sorted(map(short, position.dotted_line_to)), "and")
        if position.dotted_line_to
        else None,
        "headcount": position.headcount,
        "external": position.external or None,
    }
    above = position.reports_to
    sides = {
        **({"superior": Said(above, short(above))} if above else {}),
        **_plain(duties, Weight.DUTIES),
        **{
            f'answers for "{duty}"': Said(duty, SAID, Weight.DUTIES)
            for duty in position.answers_for
        },
        **{
            f'also called "{name}"': Said(name, SAID, Weight.WORDING)
            for name in position.also_called
        },
        **_words(position.label, position.source),
    }
    return Thing("position", position.name, sides, position.span)


def _fields(fields: Mapping[str, Field]) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for field in fields.values():
        optional = " optional" if field.optional else ""
        found[f"fact {field.name}"] = Said(
            type_key(field.type) + optional, f"{field.type}{optional}"
        )
        if field.label is not None:
            text = label_text(field.label)
            found[f"label of {field.name}"] = Said(text, text, Weight.WORDING)
    return found


def _record(record: Record) -> Thing:
    return Thing(
        "record", record.name, {**_fields(record.fields), **_words(record.label)}, record.span
    )


def _right(right: Right) -> Thing:
    sides = {f"implies {verb}": Said(verb, SAID) for verb in right.implies}
    return Thing("verb", right.name, {**sides, **_words(right.label)}, None)


def _action(action: Action, program: Program) -> Thing:
    sides = {**_fields(action.fields), **_words(action.label, action.source)}
    measure = action.measure
    if measure is not None:
        key, text = canonical(measure.value), written(measure.value.span, program)
        if measure.summed_by is not None:
            by = f" summed by {'.'.join(measure.summed_by.path)} over {measure.window} days"
            key, text = key + by, text + by
        sides["what limits measure"] = Said(key, text)
    return Thing("action", action.name, sides, action.span, action.name)


def _authority(action: Action, model: Model) -> Thing:
    """How an action escalates, and how it may be delegated."""
    rules = model.actions[action.name]
    ways = escalation_text(rules.escalation)
    sides = {"escalation": Said(_escalation_key(model, action.name), ways)}
    for delegation in rules.delegations:
        key = _delegation_key(delegation, model.program)
        name = f"delegation {delegation_text(delegation, model.program)}"
        sides[key] = Said(key, SAID, Weight.ANSWERS, name)
    return Thing("authority", action.name, sides, action.span, action.name)


def _delegation_key(delegation: Delegation, program: Program) -> str:
    policy = program.policies[delegation.policy]
    cap = "" if delegation.cap is None else canonical(delegation.cap)
    parts = (delegation.levels, sorted(delegation.to), delegation.longest, cap,
             delegation.approval_by, delegation.onward, policy.start,
             policy.effective_until)  # fmt: skip
    return "; ".join(str(p) for p in parts)


def _escalation_key(model: Model, action: str) -> str:
    escalation = model.actions[action].escalation
    if escalation is None:
        return "first"
    return f"{escalation.mode} {escalation.target or ''}".strip()


def _definition(definition: Definition, program: Program) -> Thing:
    sides = {
        "value": Said(canonical(definition.value), written(definition.value.span, program)),
        "type": Said(type_key(definition.type), str(definition.type)),
        **_words(definition.label, definition.source),
    }
    return Thing("definition", definition.name, sides, definition.span)


def _table(table: Table, program: Program) -> Thing:
    columns = {c.name: f"_{i}" for i, c in enumerate(table.columns)}
    hit = " ".join(p for p in (table.hit, table.aggregation) if p)
    types = ", ".join(type_key(c.type) for c in table.columns)
    heading = ", ".join(f"{c.name}: {c.type}" for c in table.columns)
    sides = {
        "columns": Said(types, f"({heading})"),
        "gives": Said(type_key(table.gives), str(table.gives)),
        "rows that count": Said(hit, hit),
        **_words(table.label),
    }
    keys: list[str] = []
    for row in table.rows:
        cells = _free(str([canonical(c, columns) for c in row.conditions]), keys)
        keys.append(cells)
        name = f"row {', '.join(written(c.span, program) or 'any' for c in row.conditions)}"
        value = written(row.value.span, program)
        sides[cells] = Said(canonical(row.value, columns), value, Weight.ANSWERS, name)
        if row.source is not None:
            source = f'"{row.source}"'
            sides[f"source {cells}"] = Said(source, source, Weight.WORDING, f"source of {name}")
    if table.hit == "first":
        order = "; ".join((sides[k].name or k).removeprefix("row ") for k in keys)
        sides[ORDER] = Said("\n".join(keys), order, Weight.ANSWERS, ORDER)
    return Thing("table", table.name, sides, table.span)


def _free(key: str, taken: Sequence[str]) -> str:
    """A row of the same cells as another gets a number."""
    number, found = 2, key
    while found in taken:
        found, number = f"{key} ({number})", number + 1
    return found
