"""Enums, positions, records, actions and rights: the things every rule speaks about."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.program import (
    BUILT_IN_VERBS,
    Enum,
    EnumMember,
    Field,
    Label,
    Position,
    Record,
    Right,
)
from remit_dsl.scope.circles import circles
from remit_dsl.scope.findings import did_you_mean, listing
from remit_dsl.scope.resolve import Scope, Symbol, duplicate
from remit_dsl.scope.world import ActionHead, World, built_in_person
from remit_dsl.source import NOWHERE
from remit_dsl.typecheck import UNKNOWN
from remit_dsl.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    MONTHS,
    NUMBER,
    PERCENT,
    PERSON,
    POSITION,
    TEXT,
    Type,
    money,
)

TYPE_WORDS = {
    "percent": PERCENT,
    "number": NUMBER,
    "integer": INTEGER,
    "text": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "duration": DAYS,
    "months": MONTHS,
    "position": POSITION,
    "Person": PERSON,
}
RESERVED = ("actor", "requester", "as_of")
NO_POSITION = ("anyone", "nobody", *RESERVED)


def label(node: syntax.Label | None) -> Label | None:
    """A label without its place."""
    return None if node is None else Label(node.text, node.translations)


def declare(world: World) -> None:
    """Enter all enums, positions, records, actions and rights into the world."""
    for symbol in symbols(world, syntax.Enum):
        world.enums[symbol.name] = _enum(world, symbol)
    for symbol in symbols(world, syntax.Position):
        world.positions[symbol.name] = _position(world, symbol)
    for symbol in symbols(world, syntax.Record):
        world.records[symbol.name] = _record(world, symbol)
    world.records["Person"] = _person(world)
    for symbol in symbols(world, syntax.Action):
        world.actions[symbol.name] = _action(world, symbol)
    _rights(world)


def symbols(world: World, kind: type) -> Iterator[Symbol]:
    """All symbols declared by one kind of declaration, policy by policy."""
    for scope in world.scopes.values():
        for space in scope.own.spaces.values():
            yield from (s for s in space.values() if isinstance(s.node, kind))


# --- types -------------------------------------------------------------------------------


def type_of(world: World, scope: Scope, node: syntax.TypeExpr) -> Type:
    """The type a written type means; `UNKNOWN` when that has been reported."""
    if node.kind == "money":
        if node.currency is None and scope.currency is None:
            world.unpriced.add(scope.policy)
        return money(node.currency or scope.currency)
    if node.kind in ("set", "list") and node.element is not None:
        element = type_of(world, scope, node.element)
        return UNKNOWN if element == UNKNOWN else Type(node.kind, element=element)
    if node.name is None:
        return TYPE_WORDS[node.kind]
    return TYPE_WORDS.get(node.name.text) or _named(world, scope, node.name)


def _named(world: World, scope: Scope, name: syntax.QName) -> Type:
    hit = scope.lookup("type", name.parts)
    if hit is None or hit.rest:
        scope.unknown("type", name.parts, name.span, world.findings, ["money", *TYPE_WORDS])
        return UNKNOWN
    if scope.ambiguous(hit, name.span, world.findings):
        return UNKNOWN
    kind = "enum" if isinstance(hit.symbol.node, syntax.Enum) else "record"
    return Type(kind, hit.symbol.name)


# --- enums, positions --------------------------------------------------------------------


def _enum(world: World, symbol: Symbol) -> Enum:
    node = symbol.node
    assert isinstance(node, syntax.Enum)
    members: dict[str, EnumMember] = {}
    places: dict[str, syntax.Name] = {}
    todo: list[tuple[syntax.EnumMember, str | None]] = [(m, None) for m in reversed(node.members)]
    while todo:
        member, parent = todo.pop()
        bare = member.name.text
        if bare in members:
            duplicate(world.findings, member.name, places[bare].span, f" in `{symbol.short}`")
            continue
        members[bare], places[bare] = EnumMember(bare, label(member.label), parent), member.name
        todo.extend((child, bare) for child in reversed(member.children))
    return Enum(symbol.name, label(node.label), members, symbol.span)


def _position(world: World, symbol: Symbol) -> Position:
    node = symbol.node
    assert isinstance(node, syntax.Position)
    scope, findings = world.scopes[symbol.policy], world.findings
    above = scope.require("position", node.reports_to, findings) if node.reports_to else None
    dotted = [scope.require("position", name, findings) for name in node.dotted_line_to]
    if node.name.text in NO_POSITION:
        message = f"`{node.name.text}` has a meaning of its own and cannot be a position"
        findings.add(node.name.span, "E0217", message, "take another name")
    return Position(
        name=symbol.name,
        label=label(node.label),
        reports_to=above.name if above else None,
        dotted_line_to=tuple(s.name for s in dotted if s is not None),
        also_called=node.also_called,
        answers_for=node.answers_for,
        headcount=node.headcount,
        external=node.external,
        source=node.source,
        span=symbol.span,
    )


# --- records, actions --------------------------------------------------------------------


def fields_of(world: World, scope: Scope, nodes: tuple[syntax.Field, ...]) -> dict[str, Field]:
    """Fields by name; the first of two with one name counts."""
    fields: dict[str, Field] = {}
    for node in nodes:
        bare = node.name.text
        if bare in fields:
            duplicate(world.findings, node.name, fields[bare].span)
            continue
        type_ = type_of(world, scope, node.type)
        fields[bare] = Field(bare, type_, node.type.optional, label(node.label), node.name.span)
    return fields


def _record(world: World, symbol: Symbol) -> Record:
    node = symbol.node
    assert isinstance(node, syntax.Record)
    fields = fields_of(world, world.scopes[symbol.policy], node.fields)
    return Record(symbol.name, label(node.label), fields, symbol.span)


def _person(world: World) -> Record:
    """`record Person`, at most one in the program, besides what every person has."""
    found: Record | None = None
    for scope in world.scopes.values():
        for node in scope.own.file.declarations:
            if not isinstance(node, syntax.Record) or node.name.text != "Person":
                continue
            if found is not None:
                duplicate(world.findings, node.name, found.span, ", and people are declared once")
                continue
            found = _declared_person(world, scope, node)
    return found or Record("Person", None, built_in_person(), NOWHERE)


def _declared_person(world: World, scope: Scope, node: syntax.Record) -> Record:
    fields = built_in_person()
    for name, field in fields_of(world, scope, node.fields).items():
        if name in fields:
            world.findings.add(
                field.span, "E0217", f"every person has `{name}` already", "leave it out"
            )
        else:
            fields[name] = field
    return Record("Person", label(node.label), fields, node.name.span)


def _action(world: World, symbol: Symbol) -> ActionHead:
    node = symbol.node
    assert isinstance(node, syntax.Action)
    fields = fields_of(world, world.scopes[symbol.policy], node.fields)
    for name in RESERVED:
        if name in fields:
            world.findings.add(
                fields[name].span,
                "E0217",
                f"`{name}` has a meaning of its own and cannot be a field of an action",
                "take another name",
            )
    return ActionHead(symbol, node, fields)


# --- rights ------------------------------------------------------------------------------


def _rights(world: World) -> None:
    """Verbs, built in and declared, with what they imply."""
    for verb in BUILT_IN_VERBS:
        world.rights[verb] = Right(verb, None, ())
    declared = [
        (scope, node)
        for scope in world.scopes.values()
        for node in scope.own.file.declarations
        if isinstance(node, syntax.Right)
    ]
    for scope, node in declared:
        bare = node.name.text
        if bare in world.rights_declared:
            duplicate(world.findings, node.name, world.rights_declared[bare])
            continue
        world.rights_declared[bare] = node.name.span
        world.right_policies[bare] = scope.policy
        world.rights[bare] = Right(bare, label(node.label), tuple(v.text for v in node.implies))
    for scope, node in declared:
        for name in node.implies:
            verb_of(world, scope, name)
    _right_circles(world)


def _right_circles(world: World) -> None:
    graph = {r.name: r.implies for r in world.rights.values()}
    for circle in circles(graph):
        first = world.rights_declared[circle[0]]
        through = f" through {listing(circle[1:])}" if len(circle) > 1 else ""
        places = [Related(world.rights_declared[v], f"`{v}` is declared here") for v in circle[1:]]
        message = f"right `{circle[0]}` implies itself{through}"
        world.findings.add(first, "E0215", message, "leave one of the implications out", places)


def verb_of(world: World, scope: Scope, name: syntax.Name) -> str | None:
    """The verb a name means; an unknown one is reported."""
    bare = name.text
    policy = world.right_policies.get(bare)
    if bare in BUILT_IN_VERBS or policy in scope.reach:
        return bare
    if scope.excused(bare):
        return None
    if policy is not None:
        place = Related(world.rights_declared[bare], "declared here")
        help = f"`{bare}` is declared in policy `{policy}`: add `use {policy}`"
        world.findings.add(name.span, "E0208", f"unknown verb `{bare}`", help, [place])
        return None
    help = did_you_mean(bare, list(world.rights)) or f"declare it: `right {bare}`"
    world.findings.add(name.span, "E0208", f"unknown verb `{bare}`", help)
    return None
