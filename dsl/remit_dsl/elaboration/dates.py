"""Dates in expressions: differences, edges of periods, a date and a duration."""

from __future__ import annotations

from remit_dsl import syntax
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import (
    AddToDate,
    Constant,
    DateDifference,
    Expression,
    Negate,
    PeriodEdge,
)
from remit_dsl.typecheck import describe, with_unit
from remit_dsl.types import DATE, DAYS, LITERAL, MONTHS, Type


def date_difference(
    el: Elaborator, node: syntax.DateDifference, expected: Type | None
) -> Expression | None:
    """`days from a to b`, `whole months from a to b`."""
    start, end = el.of_type(node.start, DATE), el.of_type(node.end, DATE)
    if start is None or end is None:
        return None
    return DateDifference(node.span, DAYS if node.unit == "days" else MONTHS, node.unit, start, end)


def period_edge(
    el: Elaborator, node: syntax.PeriodEdge, expected: Type | None
) -> Expression | None:
    """`start of month of d`."""
    operand = el.of_type(node.operand, DATE)
    return None if operand is None else PeriodEdge(node.span, DATE, node.edge, node.unit, operand)


def add_to_date(
    el: Elaborator, operator: str, left: Expression, right: Expression
) -> Expression | None:
    """A date plus or minus a duration."""
    if left.type != DATE and operator == "+":
        left, right = right, left
    if left.type != DATE or right.type not in (DAYS, MONTHS):
        _no_date_sum(el, operator, left, right)
        return None
    rule = None
    if right.type == MONTHS:
        rule = _month_rule(el, right)
        if rule is None:
            return None
    sign = 1 if operator == "+" else -1
    first, last = sorted((left.span, right.span))
    return AddToDate(first.to(last), DATE, left, right, sign, rule)


def _no_date_sum(el: Elaborator, operator: str, left: Expression, right: Expression) -> None:
    code, help = "E0302", None
    if left.type == right.type == DATE:
        a, b = (right, left) if operator == "-" else (left, right)
        help = f"write `days from {el.plain(a)} to {el.plain(b)}`"
    elif LITERAL in (left.type, right.type):
        bare = left if left.type == LITERAL else right
        code, help = "E0307", with_unit(el.plain(bare), DAYS)
    verb = "added to" if operator == "+" else "subtracted from"
    what, base = (right, left) if operator == "-" or left.type == DATE else (left, right)
    first, last = sorted((left.span, right.span))
    el.findings.add(
        first.to(last),
        code,
        f"{describe(what.type)} cannot be {verb} {describe(base.type)}",
        help,
        [el.origin(left), el.origin(right)],
    )


def _month_rule(el: Elaborator, duration: Expression) -> str | None:
    inner = duration.operand if isinstance(duration, Negate) else duration
    rule = el.month_rules.get(inner.span) if isinstance(inner, Constant) else None
    if rule is not None:
        return rule
    written = el.plain(duration)
    el.findings.add(
        duration.span,
        "E0309",
        f"a date plus {el.quote(duration)} may fall past the end of a month",
        f"write `{written} clipped` to stay in the month, `{written} rolled` to go on to the next"
        if isinstance(inner, Constant)
        else "add a written duration such as `3 months clipped`",
        [el.origin(duration)],
    )
    return None
