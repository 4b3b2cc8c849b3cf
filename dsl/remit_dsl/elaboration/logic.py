"""Conditions: comparison, membership, and, or, not, given, reports to, if."""

from __future__ import annotations

from remit_dsl import syntax
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.names import symbolic
from remit_dsl.expressions import (
    AllOf,
    AnyOf,
    Choose,
    Compare,
    Constant,
    Expression,
    Fact,
    Fallback,
    HoldsPosition,
    IsGiven,
    Not,
    ReportsTo,
    Variable,
)
from remit_dsl.source import Span
from remit_dsl.typecheck import (
    clash,
    common,
    describe,
    ordered,
    retype,
    settle,
    with_unit,
)
from remit_dsl.types import BOOLEAN, LITERAL, PERSON, POSITION, RATIO, Type

# How a watch says it.
_WORDS = {"over": ">", "under": "<", "at least": ">=", "at most": "<="}
_EQUALITY = frozenset({"text", "boolean", "enum", "position", "date"})


def comparison(el: Elaborator, node: syntax.Comparison, expected: Type | None) -> Expression | None:
    """`a = b`, `a <= b` …"""
    left, right = _pair(el, node.left, node.right)
    if left is None or right is None:
        return None
    return compare(el, node.span, _WORDS.get(node.operator, node.operator), left, right)


def _pair(
    el: Elaborator, left: syntax.Expr, right: syntax.Expr
) -> tuple[Expression | None, Expression | None]:
    """Both sides; the one that explains itself goes first and tells the other its type."""
    if symbolic(el, left) and not symbolic(el, right):
        b = el(right)
        return (el(left, b.type) if b is not None else None), b
    a = el(left)
    return a, (el(right, hint(a)) if a is not None else None)


def hint(e: Expression) -> Type:
    """The type that helps to read the other side: people are compared with positions."""
    return POSITION if e.type == PERSON else e.type


def compare(
    el: Elaborator, span: Span, operator: str, left: Expression, right: Expression
) -> Expression | None:
    """A comparison of two checked operands."""
    type_ = _comparable(left, right)
    if type_ is None:
        _no_comparison(el, span, left, right)
        return None
    if operator not in ("=", "!=") and not ordered(type_):
        el.findings.add(
            span,
            "E0306",
            f"{describe(type_)} has no order, so `{operator}` says nothing about it",
            "compare with `=`, `!=` or `in`",
            [el.origin(left), el.origin(right)],
        )
        return None
    if not type_.numeric and type_.kind not in _EQUALITY:
        _not_scalar(el, span, left, right)
        return None
    left, right = settle(retype(left, type_)), settle(retype(right, type_))
    return Compare(span, BOOLEAN, operator, left, right)


def _comparable(left: Expression, right: Expression) -> Type | None:
    if {left.type.kind, right.type.kind} == {"ratio", "literal"}:
        return RATIO
    return common(left.type, right.type)


def _not_scalar(el: Elaborator, span: Span, left: Expression, right: Expression) -> None:
    help = None
    if left.type == PERSON:
        help = f"compare `{el.plain(left)}.id` with `{el.plain(right)}.id`"
    elif left.type.kind in ("set", "list"):
        help = "ask with `in`, or with `any(… in … where …)`"
    el.findings.add(
        span,
        "E0316",
        f"{describe(left.type)} is not one value to compare",
        help,
        [el.origin(left), el.origin(right)],
    )


def _no_comparison(el: Elaborator, span: Span, left: Expression, right: Expression) -> None:
    code, help = _why_not(el, left, right)
    el.findings.add(
        span,
        code,
        f"{describe(left.type)} cannot be compared with {describe(right.type)}",
        help,
        [el.origin(left), el.origin(right)],
    )


def _why_not(el: Elaborator, left: Expression, right: Expression) -> tuple[str, str | None]:
    fault = clash(left.type, right.type)
    if fault is not None:
        return fault.code, fault.help
    for e, other in ((left, right), (right, left)):
        if e.type == LITERAL and (cure := with_unit(el.plain(e), other.type)):
            return "E0307", cure
        if e.type == PERSON and other.type == POSITION:
            return "E0302", f"write `{el.plain(e)} holds {el.plain(other)}`"
        if e.type.kind == "text" and other.type.kind == "enum" and isinstance(e, Constant):
            return "E0302", f"write the member without quotes: `{e.value}`"
        if e.type.kind in ("set", "list") and other.type == e.type.element:
            return "E0302", f"write `{el.plain(other)} in {el.plain(e)}`"
    return "E0302", None


def between(el: Elaborator, node: syntax.Between, expected: Type | None) -> Expression | None:
    """`x between a and b`, both ends included."""
    operand = el(node.operand)
    if operand is None:
        return None
    low, high = el(node.low, operand.type), el(node.high, operand.type)
    if low is None or high is None or reversed_ends(el, low, high):
        return None
    first = compare(el, node.span, "<=", low, operand)
    second = compare(el, node.span, "<=", operand, high) if first else None
    if first is None or second is None:
        return None
    return AllOf(node.span, BOOLEAN, (first, second))


def reversed_ends(el: Elaborator, low: Expression, high: Expression) -> bool:
    """Report `between 20 and 10`."""
    if not (isinstance(low, Constant) and isinstance(high, Constant)):
        return False
    if not ordered(low.type) or low.type.kind != high.type.kind:
        return False
    if low.value <= high.value:  # type: ignore[operator]
        return False
    el.findings.add(
        low.span.to(high.span),
        "E0411",
        f"{el.quote(low)} is more than {el.quote(high)}, so nothing is between them",
        "write the smaller value first",
    )
    return True


# --- and, or, not, if --------------------------------------------------------------------


def logical(el: Elaborator, node: syntax.Logical, expected: Type | None) -> Expression | None:
    """`and`, `or` over any number of conditions."""
    parts = [el.condition(operand) for operand in node.operands]
    known = tuple(p for p in parts if p is not None)
    if len(known) < len(parts):
        return None
    return (AllOf if node.operator == "and" else AnyOf)(node.span, BOOLEAN, known)


def negation(el: Elaborator, node: syntax.Not, expected: Type | None) -> Expression | None:
    """`not c`."""
    operand = el.condition(node.operand)
    return None if operand is None else Not(node.span, BOOLEAN, operand)


def when_not_unless(
    el: Elaborator, when: syntax.Expr | None, unless: syntax.Expr | None
) -> tuple[bool, Expression | None]:
    """Whether both could be checked, and what holds where the first does and not the second."""
    written = [el.condition(e) if e is not None else None for e in (when, unless)]
    sound = all(
        (e is None) == (read is None) for e, read in zip((when, unless), written, strict=True)
    )
    wanted, refused = written
    if refused is None:
        return sound, wanted
    refusal = Not(refused.span, BOOLEAN, refused, refused=True)
    if wanted is None:
        return sound, refusal
    return sound, AllOf(wanted.span.to(refusal.span), BOOLEAN, (wanted, refusal))


def conditional(
    el: Elaborator, node: syntax.Conditional, expected: Type | None
) -> Expression | None:
    """`if c then a else b`: both branches have one type."""
    condition = el.condition(node.condition)
    then, otherwise = el(node.then, expected), el(node.otherwise, expected)
    if condition is None or then is None or otherwise is None:
        return None
    type_ = same_type(el, (then, otherwise))
    if type_ is None:
        return None
    a, b = retype(then, type_), retype(otherwise, type_)
    return Choose(node.span, type_, condition, a, b)


def same_type(el: Elaborator, branches: tuple[Expression, ...]) -> Type | None:
    """The one type of several values of which one comes out, or a report of the first clash."""
    first = branches[0]
    type_ = first.type
    for e in branches[1:]:
        joined = common(type_, e.type)
        if joined is None:
            _differ(el, first, e)
            return None
        if joined != type_:
            type_, first = joined, e
    return type_


def _differ(el: Elaborator, first: Expression, other: Expression) -> None:
    code, help = _why_not(el, first, other)
    el.findings.add(
        other.span,
        code,
        f"{el.quote(other)} is {describe(other.type)}, but {el.quote(first)} is "
        f"{describe(first.type)}",
        help,
        [el.origin(first), el.origin(other)],
    )


# --- given, otherwise, people ------------------------------------------------------------


def presence(el: Elaborator, node: syntax.Presence, expected: Type | None) -> Expression | None:
    """`x is given`, `x is absent`."""
    operand = el(node.operand)
    if operand is None:
        return None
    word = "given" if node.given else "absent"
    if not isinstance(operand, Fact | Variable) or not operand.optional:
        _always_there(el, operand, f"is {word}")
        return None
    given = IsGiven(node.span, BOOLEAN, operand)
    return given if node.given else Not(node.span, BOOLEAN, given)


def _always_there(el: Elaborator, operand: Expression, words: str) -> None:
    fact = isinstance(operand, Fact | Variable)
    el.findings.add(
        operand.span,
        "E0310",
        f"{el.quote(operand)} is never absent, so `{words}` says nothing"
        if fact
        else f"`{words}` is about one optional fact, not about {el.quote(operand)}",
        "write `optional` after its type where it is declared"
        if fact
        else "put the fact with its `otherwise` in parentheses",
        [el.origin(operand)],
    )


def fallback(el: Elaborator, node: syntax.Default, expected: Type | None) -> Expression | None:
    """`x otherwise 0%`."""
    operand = el(node.operand, expected)
    if operand is None:
        return None
    if not isinstance(operand, Fact | Variable) or not operand.optional:
        _always_there(el, operand, "otherwise")
        return None
    other = el(node.fallback, operand.type)
    if other is None:
        return None
    fitted = el.fit(other, operand.type, el.origin(operand))
    return None if fitted is None else Fallback(node.span, operand.type, operand, fitted)


def reports(el: Elaborator, node: syntax.Reports, expected: Type | None) -> Expression | None:
    """`subject reports directly to actor`, `subject reports to actor`."""
    below, above = el(node.subordinate, POSITION), el(node.superior, POSITION)
    if below is None or above is None:
        return None
    if not (_someone(el, below) and _someone(el, above)):
        return None
    return ReportsTo(node.span, BOOLEAN, below, above, node.direct)


def _someone(el: Elaborator, e: Expression) -> bool:
    if e.type in (PERSON, POSITION):
        return True
    el.mismatch(e, PERSON, None)
    return False


def holds(el: Elaborator, node: syntax.Holds, expected: Type | None) -> Expression | None:
    """`nominee holds sales_supervisor`."""
    person = el(node.person)
    position = el.scope.require("position", node.position, el.findings)
    if person is None or position is None:
        return None
    if person.type != PERSON:
        el.mismatch(person, PERSON, None)
        return None
    return HoldsPosition(node.span, BOOLEAN, person, position.name)
