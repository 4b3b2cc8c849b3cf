"""Calls and lists: tables, min, max, abs, sum, average, count, any, all."""

from __future__ import annotations

from dataclasses import replace

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.logic import same_type
from remit_dsl.elaboration.names import facts_suffice, follow
from remit_dsl.expressions import (
    Absolute,
    Aggregate,
    Expression,
    Extremum,
    TableLookup,
    Variable,
)
from remit_dsl.program import Field
from remit_dsl.scope.findings import did_you_mean
from remit_dsl.source import Span
from remit_dsl.typecheck import UNKNOWN, describe, ordered, retype, settle
from remit_dsl.types import BOOLEAN, INTEGER, NUMBER, Type

FUNCTIONS = ("min", "max", "abs", "sum", "average", "count")


def call(el: Elaborator, node: syntax.Call, expected: Type | None) -> Expression | None:
    """A built-in function or a table."""
    name = node.function.text
    if name == "abs":
        return _absolute(el, node, expected)
    if name in ("min", "max") and len(node.arguments) > 1:
        return _extremum(el, node, expected)
    if name in FUNCTIONS:
        return _of_list(el, node)
    return _table(el, node)


def _absolute(el: Elaborator, node: syntax.Call, expected: Type | None) -> Expression | None:
    if not _arity(el, node, 1):
        return None
    operand = el(node.arguments[0], expected)
    if operand is None or not _counts(el, operand, numeric=True):
        return None
    return Absolute(node.span, operand.type, operand)


def _extremum(el: Elaborator, node: syntax.Call, expected: Type | None) -> Expression | None:
    parts = [el(a, expected) for a in node.arguments]
    known = tuple(p for p in parts if p is not None)
    if len(known) < len(parts) or not all(_counts(el, p) for p in known):
        return None
    type_ = same_type(el, known)
    if type_ is None:
        return None
    operands = tuple(retype(p, type_) for p in known)
    return Extremum(node.span, type_, node.function.text, operands)


def _counts(el: Elaborator, e: Expression, numeric: bool = False) -> bool:
    if e.type.numeric or (not numeric and ordered(e.type)):
        return True
    is_list = e.type.kind in ("list", "set")
    el.findings.add(
        e.span,
        "E0312",
        f"{el.quote(e)} is {describe(e.type)} where a number is needed",
        "write one list and nothing else, or several numbers" if is_list else None,
        [el.origin(e)],
    )
    return False


def _arity(el: Elaborator, node: syntax.Call, wanted: int, place: Related | None = None) -> bool:
    given = len(node.arguments)
    if given == wanted:
        return True
    inputs = "one input" if wanted == 1 else f"{wanted} inputs"
    message = f"`{node.function.text}` takes {inputs}, and {given} are given"
    el.findings.add(node.span, "E0220", message, None, [place])
    return False


# --- tables ------------------------------------------------------------------------------


def _table(el: Elaborator, node: syntax.Call) -> Expression | None:
    hit = el.scope.lookup("value", node.function.parts)
    value = el.world.values.get(hit.symbol.name) if hit and not hit.rest else None
    if hit is None or value is None:
        _unknown_function(el, node)
        return None
    if el.scope.ambiguous(hit, node.function.span, el.findings):
        return None
    if value.kind != "table":
        el.findings.add(
            node.span,
            "E0218",
            f"`{node.function.text}` is a {value.kind} and takes no inputs",
            f"write `{node.function.text}` alone",
            [Related(value.span, "declared here")],
        )
        return None
    el.used.add(value.name)
    place = Related(value.span, "declared here")
    if not _arity(el, node, len(value.columns), place):
        return None
    if value.type == UNKNOWN or not facts_suffice(el, value.name, node.span):
        return None
    return _lookup(el, node, value.name, value.type, value.columns)


def _lookup(
    el: Elaborator, node: syntax.Call, name: str, type_: Type, columns: tuple[Field, ...]
) -> Expression | None:
    arguments = []
    for argument, column in zip(node.arguments, columns, strict=True):
        wanted = f"`{column.name}` is {describe(column.type)}, declared here"
        arguments.append(el.of_type(argument, column.type, Related(column.span, wanted)))
    known = tuple(settle(a) for a in arguments if a is not None)
    return TableLookup(node.span, type_, name, known) if len(known) == len(arguments) else None


def _unknown_function(el: Elaborator, node: syntax.Call) -> None:
    name = node.function.text
    if el.scope.excused(node.function.parts[0]):
        return
    tables = [s.short for s in el.scope.visible("value") if isinstance(s.node, syntax.Table)]
    help = did_you_mean(name, [*FUNCTIONS, *tables])
    if help is None:
        help = next(
            (
                f"`{name}` is declared in policy `{policy}`: add `use {policy}`"
                for policy, names in el.scope.loaded.items()
                if name in names.symbols("value") and policy not in el.scope.reach
            ),
            None,
        )
    el.findings.add(node.function.span, "E0218", f"unknown function or table `{name}`", help)


# --- one list ----------------------------------------------------------------------------


def _of_list(el: Elaborator, node: syntax.Call) -> Expression | None:
    """`sum(order.lines.amount)`: the path is cut where the list is."""
    function = node.function.text
    if not _arity(el, node, 1):
        return None
    found = _list_path(el, node.arguments[0])
    if found is None:
        return None
    over, rest = found
    name = _fresh(el)
    element = over.type.element or UNKNOWN
    field = Field(name, element, False, None, over.span)
    if function == "count":
        return Aggregate(node.span, INTEGER, function, name, over, None, None)
    inner = follow(el, field, (el.plain(over), *rest), node.arguments[0].span, in_list=True)
    if inner is None:
        return None
    type_, optional = inner
    body = Variable(node.arguments[0].span, type_, name, rest, optional)
    with el.variable(name, field):
        return _aggregate(el, node.span, function, name, over, None, body)


def _list_path(el: Elaborator, node: syntax.Expr) -> tuple[Expression, tuple[str, ...]] | None:
    if isinstance(node, syntax.Ref):
        for cut in range(1, len(node.parts)):
            head = _shortened(node, cut)
            if _list_type(el, head) is not None:
                over = el(head)
                return None if over is None else (over, node.parts[cut:])
    over = el(node)
    if over is None:
        return None
    if over.type.kind in ("list", "set"):
        return over, ()
    _no_list(el, over)
    return None


def _shortened(node: syntax.Ref, cut: int) -> syntax.Ref:
    """The first parts of a dotted reference, with their own place."""
    parts = node.parts[:cut]
    return syntax.Ref(replace(node.span, end=node.span.start + len(".".join(parts))), parts)


def _list_type(el: Elaborator, head: syntax.Ref) -> Type | None:
    """The type of a reference when it is a list, without a report when it is not."""
    root = el.variables.get(head.parts[0]) or el.facts.find(head.parts[0], head.span)
    for step in head.parts[1:]:
        fields = el.world.fields(root.type) if root else None
        root = fields.get(step) if fields else None
    return root.type if root is not None and root.type.kind == "list" else None


def _no_list(el: Elaborator, e: Expression) -> None:
    el.findings.add(
        e.span,
        "E0311",
        f"{el.quote(e)} is {describe(e.type)}, not a list",
        None,
        [el.origin(e)],
    )


def _fresh(el: Elaborator) -> str:
    name, n = "item", 1
    while name in el.variables:
        n += 1
        name = f"item{n}"
    return name


# --- for, where --------------------------------------------------------------------------


def aggregate(el: Elaborator, node: syntax.Aggregate, expected: Type | None) -> Expression | None:
    """`sum(x.a for x in xs where …)`, `count(x in xs where …)`, `any`, `all`."""
    over = el(_bare(node.over))
    if over is None:
        return None
    if over.type.kind not in ("list", "set"):
        _no_list(el, over)
        return None
    name = node.variable.text
    _warn_variable(el, node.variable)
    field = Field(name, over.type.element or UNKNOWN, False, None, node.variable.span)
    with el.variable(name, field):
        where = el.condition(node.where) if node.where is not None else None
        body = el(node.body) if node.body is not None else None
        if (node.where is not None and where is None) or (node.body is not None and body is None):
            return None
        return _aggregate(el, node.span, node.function, name, over, where, body)


def _bare(node: syntax.Expr) -> syntax.Expr:
    """`x in (xs)` means `x in xs`."""
    single = isinstance(node, syntax.Choices) and len(node.items) == 1
    return node.items[0] if single and isinstance(node, syntax.Choices) else node


def _warn_variable(el: Elaborator, name: syntax.Name) -> None:
    fact = el.facts.find(name.text, name.span)
    key = (el.scope.policy, name.text)
    if fact is None or key in el.world.shadowed:
        return
    el.world.shadowed.add(key)
    place = Related(fact.span, f"`{name.text}` is also a fact, declared here")
    el.findings.add(
        name.span, "W0505", f"`{name.text}` means the variable here", "rename it", [place]
    )


def _aggregate(
    el: Elaborator,
    span: Span,
    function: str,
    name: str,
    over: Expression,
    where: Expression | None,
    body: Expression | None,
) -> Expression | None:
    if body is None:
        type_ = INTEGER if function == "count" else BOOLEAN
        return Aggregate(span, type_, function, name, over, where, None)
    if not _counts(el, body, numeric=function in ("sum", "average")):
        return None
    body = settle(body) if body.type.kind == "literal" else body
    type_ = NUMBER if function == "average" and body.type == INTEGER else body.type
    return Aggregate(span, type_, function, name, over, where, body)
