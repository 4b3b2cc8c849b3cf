"""Names in expressions: variable, column, fact, actor, enum member, position, parameter …"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import (
    Constant,
    DefinitionValue,
    Expression,
    Fact,
    ParameterValue,
    Variable,
)
from remit_dsl.program import Enum, Field
from remit_dsl.scope.facts import BUILT_IN, NoFacts, PayFacts
from remit_dsl.scope.findings import did_you_mean, listing
from remit_dsl.scope.resolve import Lookup
from remit_dsl.source import NOWHERE, Span
from remit_dsl.typecheck import UNKNOWN, describe
from remit_dsl.types import PERSON, POSITION, Type


def reference(el: Elaborator, node: syntax.Ref, expected: Type | None) -> Expression | None:
    """A dotted name, in the order the language promises."""
    if isinstance(el.facts, NoFacts) and node.parts[0] in BUILT_IN:
        _no_request(el, node)
        return None
    if (field := _root(el, node)) is not None:
        _warn_shadowing(el, node, expected)
        return _path(el, node, field)
    if expected is not None and (e := _by_type(el, node, expected)) is not None:
        return e
    if (hit := el.scope.lookup("value", node.parts)) is not None:
        return _value(el, node, hit)
    if (e := _untyped(el, node)) is not None:
        return None if e.type == UNKNOWN else e
    _unknown(el, node, expected)
    return None


def symbolic(el: Elaborator, node: syntax.Expr) -> bool:
    """True for a name that only the type on the other side can explain: `east`, `ceo`."""
    return (
        isinstance(node, syntax.Ref)
        and _root(el, node) is None
        and el.scope.lookup("value", node.parts) is None
    )


def _root(el: Elaborator, node: syntax.Ref) -> Field | None:
    name = node.parts[0]
    if name in el.variables:
        return el.variables[name]
    found = el.facts.find(name, node.span)
    return found or (None if isinstance(el.facts, NoFacts) else el.facts.built_in.get(name))


def _no_request(el: Elaborator, node: syntax.Ref) -> None:
    el.findings.add(
        node.span,
        "E0207",
        f"`{node.text}` belongs to a request, and parameters, tables and exchanges know none",
        "compute it in a `define`, or give it to the table as an argument",
    )


# --- facts -------------------------------------------------------------------------------


def _path(el: Elaborator, node: syntax.Ref, root: Field) -> Expression | None:
    name = node.parts[0]
    if name not in el.variables and name != "as_of":
        el.roots.add(name)
    if name not in el.variables and _refused(el, node):
        return None
    found = follow(el, root, node.parts, node.span)
    if found is None:
        return None
    type_, optional = found
    if node.parts[0] in el.variables:
        return Variable(node.span, type_, node.parts[0], node.parts[1:], optional)
    path = (*el.facts.paths.get(name, (name,)), *node.parts[1:])
    return Fact(node.span, type_, path, optional)


def _refused(el: Elaborator, node: syntax.Ref) -> bool:
    """Report a name of another place, or a link that is followed."""
    why = el.facts.refusal(node.parts)
    if why is not None:
        el.findings.add(node.span, *why)
    return why is not None


def follow(
    el: Elaborator, root: Field, parts: tuple[str, ...], span: Span, in_list: bool = False
) -> tuple[Type, bool] | None:
    """The type at the end of a path, and whether a step on the way is optional."""
    field, optional = root, root.optional
    for i, step in enumerate(parts[1:], 1):
        if field.type == UNKNOWN:
            return None
        fields = el.world.fields(field.type)
        if fields is None:
            _no_fields(el, field, parts, i, span, in_list)
            return None
        if step not in fields:
            _unknown_field(el, field, step, span)
            return None
        field = fields[step]
        optional = optional or field.optional
    return None if field.type == UNKNOWN else (field.type, optional)


def _no_fields(
    el: Elaborator, field: Field, parts: tuple[str, ...], at: int, span: Span, in_list: bool
) -> None:
    name, text = ".".join(parts[:at]), ".".join(parts)
    help = None
    if field.type.element is not None:
        help = f"write `sum({text})`, or another function of a list"
        if in_list:
            help = f"go through one list at a time: `sum(sum(x.…) for x in {parts[0]})`"
    el.findings.add(
        span,
        "E0319",
        f"`{name}` is {describe(field.type)} and has no field `{parts[at]}`",
        help,
        [_declared(field, name)],
    )


def _declared(field: Field, name: str) -> Related | None:
    if field.span == NOWHERE:
        return None
    return Related(field.span, f"`{name}` is {describe(field.type)}, declared here")


def _unknown_field(el: Elaborator, field: Field, step: str, span: Span) -> None:
    if el.scope.excused(step):
        return
    record = el.world.records[field.type.name or ""]
    help = did_you_mean(step, list(record.fields))
    if help is None and field.type == PERSON:
        help = "declare it in `record Person { … }`"
    place = None if record.span == NOWHERE else Related(record.span, "declared here")
    whose = "a person has" if field.type == PERSON else f"record `{field.type}` has"
    el.findings.add(span, "E0204", f"{whose} no field `{step}`", help, [place])


# --- members and positions ---------------------------------------------------------------


def _by_type(el: Elaborator, node: syntax.Ref, expected: Type) -> Expression | None:
    if expected.kind == "enum" and len(node.parts) == 1:
        enum = el.world.enums.get(expected.name or "")
        if enum is not None and node.parts[0] in enum.members:
            return Constant(node.span, expected, node.parts[0], node.text)
    if expected in (POSITION, PERSON):
        return _position(el, node)
    return None


def _position(el: Elaborator, node: syntax.Ref) -> Constant | None:
    hit = el.scope.lookup("position", node.parts)
    if hit is None or hit.rest or hit.rival:
        return None
    return Constant(node.span, POSITION, hit.symbol.name, node.text)


def _untyped(el: Elaborator, node: syntax.Ref) -> Expression | None:
    """What a name means when no type helps: `Region.east`, a position, a member of one enum."""
    hit = el.scope.lookup("type", node.parts)
    if hit is not None and len(hit.rest) == 1 and hit.symbol.name in el.world.enums:
        return _member(el, node, el.world.enums[hit.symbol.name], hit.rest[0])
    if (position := _position(el, node)) is not None:
        return position
    enums = [e for e in visible_enums(el) if node.parts[0] in e.members]
    if len(enums) == 1 and len(node.parts) == 1:
        return Constant(node.span, Type("enum", enums[0].name), node.parts[0], node.text)
    return None


def visible_enums(el: Elaborator) -> list[Enum]:
    """The enums a policy sees."""
    names = (s.name for s in el.scope.visible("type"))
    return [el.world.enums[n] for n in names if n in el.world.enums]


def _member(el: Elaborator, node: syntax.Ref, enum: Enum, member: str) -> Constant | None:
    if member in enum.members:
        return Constant(node.span, Type("enum", enum.name), member, node.text)
    _unknown_member(el, node.span, enum, member)
    return Constant(node.span, UNKNOWN, member)


def _unknown_member(el: Elaborator, span: Span, enum: Enum, member: str) -> None:
    short = enum.name.rsplit(".", 1)[-1]
    help = did_you_mean(member, list(enum.members))
    if help is None and len(enum.members) <= 8:
        help = f"its members are {', '.join(f'`{m}`' for m in enum.members)}"
    place = Related(enum.span, f"`{short}` is declared here")
    if not el.scope.excused(member) and not el.scope.excused(short):
        el.findings.add(span, "E0205", f"`{short}` has no member `{member}`", help, [place])


# --- parameters, definitions -------------------------------------------------------------


def _value(el: Elaborator, node: syntax.Ref, hit: Lookup) -> Expression | None:
    if el.scope.ambiguous(hit, node.span, el.findings):
        return None
    value = el.world.values[hit.symbol.name]
    if hit.rest:
        el.findings.add(
            node.span,
            "E0319",
            f"`{hit.symbol.short}` is {describe(value.type)} and has no field `{hit.rest[0]}`",
            None,
            [Related(value.span, "declared here")],
        )
        return None
    if value.kind == "table":
        arguments = ", ".join(c.name for c in value.columns)
        el.findings.add(
            node.span,
            "E0218",
            f"`{hit.symbol.short}` is a table and needs its inputs",
            f"write `{hit.symbol.short}({arguments})`",
            [Related(value.span, "declared here")],
        )
        return None
    el.used.add(value.name)
    if value.type == UNKNOWN or not facts_suffice(el, value.name, node.span):
        return None
    node_class = ParameterValue if value.kind == "parameter" else DefinitionValue
    return node_class(node.span, value.type, value.name)


def facts_suffice(el: Elaborator, name: str, span: Span) -> bool:
    """True unless the action here lacks a fact that a definition or table needs."""
    action = el.facts.action
    if isinstance(el.facts, PayFacts):
        return _suffice_in_pay(el, el.facts, name, span)
    if action is None:
        return True
    needs = el.world.needs.get(name, frozenset()) - {"actor", "requester"}
    missing = sorted(needs - action.fields.keys())
    if not missing:
        return True
    short, fact = name.rsplit(".", 1)[-1], missing[0]
    el.findings.add(
        span,
        "E0212",
        f"`{short}` needs the fact `{fact}`, which action `{action.symbol.short}` does not have",
        f"add a field `{fact}` to action `{action.symbol.short}`",
        [
            Related(el.world.values[name].span, f"`{short}` is declared here"),
            Related(action.symbol.span, f"action `{action.symbol.short}` is declared here"),
        ],
    )
    return False


def _suffice_in_pay(el: Elaborator, facts: PayFacts, name: str, span: Span) -> bool:
    """The same in a place of pay, where the facts must also be of the types the definition saw."""
    short = name.rsplit(".", 1)[-1]
    place = [Related(el.world.values[name].span, f"`{short}` is declared here")]
    for fact in sorted(el.world.needs.get(name, frozenset())):
        here = facts.find(fact, span)
        if here is None:
            why = facts.refusal((fact,))
            message = f"`{short}` needs the fact `{fact}`, which {facts.where} does not have"
            el.findings.add(span, "E0906", message, why[2] if why else None, place)
            return False
        for seen in _as_seen(el, name, fact):
            if seen.type != here.type or (here.optional and not seen.optional):
                message = f"`{short}` needs `{fact}` as {_as(seen)}, and in {facts.where} it is "
                help = "write the expression out, or rename one of the two facts"
                el.findings.add(span, "E0906", message + _as(here), help, place)
                return False
    return True


def _as_seen(el: Elaborator, name: str, fact: str) -> Iterator[Field]:
    """The fact as the definition, or one it uses, knows it."""
    todo, seen = [name], set[str]()
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += el.world.uses.get(at, ())
            if (known := el.world.seen_facts.get(at, {}).get(fact)) is not None:
                yield known


def _as(field: Field) -> str:
    return describe(field.type) + (" that may be absent" if field.optional else "")


# --- faults ------------------------------------------------------------------------------


def _unknown(el: Elaborator, node: syntax.Ref, expected: Type | None) -> None:
    if _refused(el, node):
        return
    enum = el.world.enums.get(expected.name or "") if expected and expected.kind == "enum" else None
    if enum is not None and len(node.parts) == 1:
        _unknown_member(el, node.span, enum, node.parts[0])
        return
    if expected == POSITION:
        el.scope.unknown("position", node.parts, node.span, el.findings)
        return
    if expected is not None and expected.kind == "text" and len(node.parts) == 1:
        el.findings.add(
            node.span,
            "E0202",
            f"unknown name `{node.text}`",
            f'write a text in quotes: `"{node.text}"`',
        )
        return
    if len(node.parts) == 1 and _member_of_several(el, node):
        return
    if el.facts.action is None and not el.facts.names() and _is_fact(el, node):
        el.findings.add(
            node.span,
            "E0202",
            f"the fact `{node.parts[0]}` is not known here",
            "only rules and definitions speak of facts",
        )
        return
    others = [*el.variables, *el.facts.names(), *el.facts.built_in]
    parts = node.parts
    if len(parts) > 1 and ".".join(parts[:-1]) not in el.scope.loaded:
        parts = parts[:1]  # the path after an unknown fact says nothing
    el.scope.unknown("value", parts, node.span, el.findings, others)


def _member_of_several(el: Elaborator, node: syntax.Ref) -> bool:
    member = node.parts[0]
    enums = [e.name.rsplit(".", 1)[-1] for e in visible_enums(el) if member in e.members]
    if len(enums) < 2:
        return False
    help = f"write {listing([f'{e}.{member}' for e in enums], 'or')}"
    message = f"`{member}` is a member of {listing(enums)}"
    el.findings.add(node.span, "E0209", message, help)
    return True


def _is_fact(el: Elaborator, node: syntax.Ref) -> bool:
    near = el.world.actions_near(el.scope.policy)
    return any(node.parts[0] in action.fields for action in near)


def _warn_shadowing(el: Elaborator, node: syntax.Ref, expected: Type | None) -> None:
    name = node.parts[0]
    rivals = []
    if (hit := el.scope.lookup("value", node.parts)) is not None and not hit.rest:
        rivals.append(Related(hit.symbol.span, f"`{name}` is also declared here"))
    if expected is not None and expected.kind in ("enum", "position"):
        other = _by_type(el, replace(node, parts=(name,)), expected)
        if isinstance(other, Constant):
            what = "a position" if expected == POSITION else f"a member of `{expected}`"
            rivals.append(Related(node.span, f"`{name}` is also {what}"))
    key = (el.scope.policy, name)
    if rivals and key not in el.world.shadowed:
        el.world.shadowed.add(key)
        el.findings.add(
            node.span,
            "W0505",
            f"`{name}` means the {'variable' if name in el.variables else 'fact'} here",
            "rename one of the two, or write the full name of the other",
            rivals,
        )
