"""Membership: `in` a list of values, a set, or a member of a tree."""

from __future__ import annotations

from remit_dsl import syntax
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.logic import compare, hint
from remit_dsl.elaboration.names import symbolic
from remit_dsl.expressions import AnyOf, Constant, Contains, Expression, Not
from remit_dsl.source import Span
from remit_dsl.typecheck import describe, fits, retype
from remit_dsl.types import BOOLEAN, Type

_LISTED = frozenset({"enum", "text", "position"})


def membership(el: Elaborator, node: syntax.Membership, expected: Type | None) -> Expression | None:
    """`x in (a, b)`, `x in a set`, `x in a member of a tree`."""
    if symbolic(el, node.left) and not isinstance(node.right, syntax.Choices):
        right = el(node.right)
        left = None if right is None else el(node.left, right.type.element or right.type)
    else:
        left = el(node.left)
        right = None
    if left is None:
        return None
    e = _member_of(el, node, left, right)
    return Not(node.span, BOOLEAN, e) if e is not None and node.negated else e


def _member_of(
    el: Elaborator, node: syntax.Membership, left: Expression, right: Expression | None
) -> Expression | None:
    if isinstance(node.right, syntax.Choices):
        return choices(el, node.span, left, node.right.items)
    right = right or el(node.right, left.type)
    if right is None:
        return None
    if isinstance(right, Constant) and right.type == left.type and right.type.kind == "enum":
        return _contains(node.span, left, (right,))
    if right.type.kind in ("set", "list") and right.type.element is not None:
        if fits(left, right.type.element):
            return Contains(node.span, BOOLEAN, retype(left, right.type.element), right)
        el.mismatch(left, right.type.element, el.origin(right))
        return None
    el.findings.add(
        right.span,
        "E0318",
        f"{el.quote(right)} is {describe(right.type)}, not a set or a list to look in",
        f"write `{el.plain(left)} = {el.plain(right)}`, or list the values in parentheses",
        [el.origin(right)],
    )
    return None


def choices(
    el: Elaborator, span: Span, left: Expression, items: tuple[syntax.Expr, ...]
) -> Expression | None:
    """`left in (a, b)`."""
    parts = [el(item, hint(left)) for item in items]
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    if left.type.kind in _LISTED and all(isinstance(p, Constant) for p in known):
        fitted = [el.fit(p, left.type, el.origin(left)) for p in known]
        constants = tuple(f for f in fitted if isinstance(f, Constant))
        return _contains(span, left, constants) if len(constants) == len(parts) else None
    if left.type.kind == "enum":
        el.findings.add(
            span,
            "E0318",
            "a list after `in` holds members of the enum only",
            "compare with a fact by `=`",
            [el.origin(left)],
        )
        return None
    equal = [compare(el, p.span, "=", left, p) for p in known]
    tests = tuple(e for e in equal if e is not None)
    if len(tests) < len(parts):
        return None
    return tests[0] if len(tests) == 1 else AnyOf(span, BOOLEAN, tests)


def _contains(span: Span, left: Expression, members: tuple[Constant, ...]) -> Expression:
    values = frozenset(str(m.value) for m in members)
    place = members[0].span.to(members[-1].span)
    collection = Constant(place, Type("set", element=left.type), values)
    return Contains(span, BOOLEAN, left, collection)


def choices_as_set(
    el: Elaborator, node: syntax.Choices, expected: Type | None
) -> Expression | None:
    """`(a, b)` where a set is wanted, such as the value of a parameter."""
    if expected is None or expected.kind != "set" or expected.element is None:
        el.findings.add(node.span, "E0318", "a list of values stands only after `in`")
        return None
    element = expected.element
    parts = [el.of_type(item, element) for item in node.items]
    constants = [p for p in parts if isinstance(p, Constant)]
    if len(constants) < len(parts):
        return None
    return Constant(node.span, expected, frozenset(str(c.value) for c in constants))
