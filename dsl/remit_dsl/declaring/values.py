"""Parameters, exchange rates and definitions: values by name."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from remit_dsl import syntax
from remit_dsl.declaring.declarations import fields_of, label, symbols, type_of
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.lists import FUNCTIONS
from remit_dsl.expressions import Constant
from remit_dsl.program import DatedValue, Definition, Exchange, Parameter
from remit_dsl.scope.facts import NoFacts, SharedFacts
from remit_dsl.scope.findings import Findings
from remit_dsl.scope.resolve import Symbol, duplicate
from remit_dsl.scope.world import Value, World
from remit_dsl.typecheck import UNKNOWN, describe
from remit_dsl.types import NUMBER, Type

CALLABLE = frozenset({*FUNCTIONS, "any", "all"})
_KINDS = {syntax.Parameter: "parameter", syntax.Define: "definition", syntax.Table: "table"}


def heads(world: World) -> None:
    """Enter the names and types of all parameters, definitions and tables."""
    for kind, word in _KINDS.items():
        for symbol in symbols(world, kind):
            world.values[symbol.name] = _head(world, symbol, word)
            if word == "table" and symbol.short in CALLABLE:
                message = f"`{symbol.short}` is a function of the language"
                world.findings.add(symbol.span, "E0217", message, "take another name")
    for scope in world.scopes.values():
        for node in scope.own.file.declarations:
            if isinstance(node, syntax.Exchange):
                _exchange_head(world, node)


def _head(world: World, symbol: Symbol, word: str) -> Value:
    scope, node = world.scopes[symbol.policy], symbol.node
    if isinstance(node, syntax.Table):
        columns = tuple(fields_of(world, scope, node.columns).values())
        return Value(word, symbol.name, type_of(world, scope, node.gives), symbol.span, columns)
    assert isinstance(node, syntax.Parameter | syntax.Define)
    return Value(word, symbol.name, type_of(world, scope, node.type), symbol.span)


def _exchange_head(world: World, node: syntax.Exchange) -> None:
    pair = (node.base, node.quote)
    if pair in world.exchanges:
        name = syntax.Name(node.span, f"exchange {node.base} to {node.quote}")
        duplicate(world.findings, name, world.exchanges[pair])
    elif node.base == node.quote:
        message = f"an exchange from {node.base} to {node.base} says nothing"
        world.findings.add(node.span, "E0322", message, "name two currencies")
    else:
        world.exchanges[pair] = node.span


# --- dated values ------------------------------------------------------------------------


def parameters(world: World, used: dict[str, set[str]]) -> dict[str, Parameter]:
    """All parameters; `used` notes the names each depends on."""
    return {s.name: _parameter(world, s, used) for s in symbols(world, syntax.Parameter)}


def _parameter(world: World, symbol: Symbol, used: dict[str, set[str]]) -> Parameter:
    node = symbol.node
    assert isinstance(node, syntax.Parameter)
    head = world.values[symbol.name]
    el = elaborator(world, symbol.policy, NoFacts())
    wanted = Related(symbol.span, f"`{symbol.short}` is {describe(head.type)}, declared here")
    values = _dated(el, node.values, head.type, wanted, f"`{symbol.short}`")
    used[symbol.name] = el.used
    return Parameter(symbol.name, label(node.label), head.type, values, symbol.policy, symbol.span)


def exchanges(world: World) -> dict[tuple[str, str], Exchange]:
    """All exchange rates."""
    found: dict[tuple[str, str], Exchange] = {}
    for policy, scope in world.scopes.items():
        for node in scope.own.file.declarations:
            if isinstance(node, syntax.Exchange) and (node.base, node.quote) not in found:
                el = elaborator(world, policy, NoFacts())
                values = _dated(el, node.values, NUMBER, None, f"`{node.base}` in `{node.quote}`")
                _positive(world.findings, values)
                found[node.base, node.quote] = Exchange(node.base, node.quote, values, node.span)
    return found


def _positive(findings: Findings, values: tuple[DatedValue, ...]) -> None:
    for value in values:
        rate = value.value.value if isinstance(value.value, Constant) else None
        if isinstance(rate, Fraction) and rate <= 0:
            findings.add(value.span, "E0322", "a rate of exchange is more than zero")


def _dated(
    el: Elaborator,
    nodes: tuple[syntax.DatedValue, ...],
    wanted: Type,
    because: Related | None,
    what: str,
) -> tuple[DatedValue, ...]:
    values = []
    for node in nodes:
        value = el.of_type(node.value, wanted, because) if node.value is not None else None
        values.append(DatedValue(node.start, node.until, value, node.source, node.span))
    _in_order(el.findings, nodes, what)
    return tuple(values)


def _in_order(findings: Findings, nodes: tuple[syntax.DatedValue, ...], what: str) -> None:
    for node in nodes:
        period(findings, node.start, node.until, node)
    for one, two in pairwise(nodes):
        _follow(findings, one, two, what)


def _follow(findings: Findings, one: syntax.DatedValue, two: syntax.DatedValue, what: str) -> None:
    if one.start is not None and two.start is not None and two.start <= one.start:
        findings.add(
            two.span,
            "E0408",
            f"this value begins on {two.start}, not after the one before it",
            "write the values in the order of their dates, one for each date",
            [Related(one.span, f"this one begins on {one.start}")],
        )
    elif one.until is not None and two.start is not None and one.until > two.start:
        findings.add(
            two.span,
            "E0408",
            f"this value begins on {two.start}, while the one before it still holds",
            f"end that one with `until {two.start}`, or leave its `until` out",
            [Related(one.span, f"this one holds until {one.until}")],
        )
    elif one.until is not None and two.start is not None and one.until < two.start:
        _gap(findings, one, two, one.until, two.start, what)


def _gap(
    findings: Findings,
    one: syntax.DatedValue,
    two: syntax.DatedValue,
    ends: date,
    begins: date,
    what: str,
) -> None:
    days = (begins - ends).days
    last = begins - timedelta(days=1)
    when = f"on {ends}" if days == 1 else f"from {ends} to {last} ({days} days)"
    cure = f"write `until {begins}`" if days == 1 else f"write `until {begins}` if it held so long"
    findings.add(
        one.span,
        "W0506",
        f"{what} has no value {when}",
        f"`until` is the first day on which it holds no more: {cure}, or "
        f"`from {ends} until {begins} -> unset` if there is none",
        [Related(two.span, f"the next value begins on {begins}")],
    )


def period(findings: Findings, start: date | None, until: date | None, node: syntax.Node) -> bool:
    """Report a period that ends before it begins; True when it is sound."""
    if start is None or until is None or until > start:
        return True
    findings.add(
        node.span,
        "E0409",
        f"this ends on {until}, not after its beginning on {start}",
        "`until` is the first day on which it holds no more",
    )
    return False


# --- definitions -------------------------------------------------------------------------


def definitions(
    world: World, used: dict[str, set[str]], roots: dict[str, set[str]]
) -> dict[str, Definition]:
    """All definitions whose value is sound; `used` and `roots` note what each depends on."""
    found: dict[str, Definition] = {}
    for symbol in symbols(world, syntax.Define):
        node = symbol.node
        assert isinstance(node, syntax.Define)
        head = world.values[symbol.name]
        shared = SharedFacts(world, symbol)
        el = elaborator(world, symbol.policy, shared)
        place = f"`{symbol.short}` is {describe(head.type)}, declared here"
        value = el.of_type(node.value, head.type, Related(symbol.span, place))
        used[symbol.name], roots[symbol.name] = el.used, el.roots
        known = {name: shared.find(name, symbol.span) for name in el.roots}
        world.seen_facts[symbol.name] = {n: f for n, f in known.items() if f is not None}
        if value is None or head.type == UNKNOWN:
            continue
        found[symbol.name] = Definition(
            symbol.name,
            label(node.label),
            head.type,
            value,
            node.source,
            symbol.policy,
            symbol.span,
        )
    return found
