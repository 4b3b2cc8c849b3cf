"""Expressions as canonical text, with the parentheses they need and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remit_dsl.lexing import numerals
from remit_dsl.syntax import (
    Aggregate,
    Arithmetic,
    AtLeastOf,
    Bands,
    Between,
    Bound,
    Call,
    Choices,
    Comparison,
    Conditional,
    Converted,
    Counted,
    CountOf,
    DateDifference,
    Default,
    Expr,
    FollowedBy,
    Holds,
    Label,
    Literal,
    Logical,
    Membership,
    Negative,
    Not,
    PeriodEdge,
    Presence,
    Ref,
    Reports,
    Rounded,
    Stays,
    SumOf,
    Window,
)

# How tightly a form binds; an operand that binds less gets parentheses.
ANY, LOGIC, NOT, COMPARISON, VALUE, SUM, TERM, UNARY, POSTFIX, ATOM = range(10)
_LEVELS: dict[type[Expr], int] = {
    Conditional: ANY,
    Logical: LOGIC,
    Not: NOT,
    Comparison: COMPARISON,
    Membership: COMPARISON,
    Between: COMPARISON,
    Presence: COMPARISON,
    Reports: COMPARISON,
    Holds: COMPARISON,
    AtLeastOf: COMPARISON,
    FollowedBy: COMPARISON,
    Stays: COMPARISON,
    Rounded: VALUE,
    Default: VALUE,
    Negative: UNARY,
    DateDifference: UNARY,
    PeriodEdge: UNARY,
    Converted: POSTFIX,
}
_GROUPED_FROM = 5  # plain numbers of this many digits are written in groups of three


def expression(node: Expr, level: int = ANY) -> str:
    """The text of an expression where a form of `level` or tighter can stand."""
    text = _FORMS[type(node)](node)
    return text if _level(node) >= level else f"({text})"


def bound(node: Bound) -> str:
    """`up to E`, `between A and B`."""
    value = expression(node.value, VALUE)
    if node.high is None:
        return f"{node.side} {value}"
    return f"{node.side} {value} and {expression(node.high, VALUE)}"


def label(node: Label | None, before: str = " ") -> str:
    """` "Sales manager" zh "销售经理"`, an empty text for none."""
    if node is None:
        return ""
    more = "".join(f" {language} {quoted(text)}" for language, text in node.translations)
    return f"{before}{quoted(node.text)}{more}"


def quoted(text: str) -> str:
    """A text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def literal(node: Literal) -> str:
    """A literal as it was written, spaced and grouped in one way."""
    if node.kind == "text":
        return quoted(str(node.value))
    found = numerals.NUMERAL.fullmatch(node.written)
    if found is None:
        return node.written
    return _digits(found["digits"], bool(found["many"])) + "".join(
        (
            found["ratio"] or "",
            found["many"] or "",
            f" {found['span']}" if found["span"] else "",
            f" {found['rule']}" if found["rule"] else "",
            f" {found['currency']}" if found["currency"] else "",
        )
    )


def _digits(written: str, many: bool) -> str:
    whole, point, rest = written.partition(".")
    bare = whole.replace("_", "")
    if many or len(bare) < _GROUPED_FROM:
        return written
    return f"{int(bare):_}{point}{rest}" if bare[0] != "0" else written


def _level(node: Expr) -> int:
    if isinstance(node, Arithmetic):
        return SUM if node.operator in "+-" else TERM
    return _LEVELS.get(type(node), ATOM)


def _listed(nodes: tuple[Expr, ...]) -> str:
    return ", ".join(expression(node) for node in nodes)


def _ref(node: Ref) -> str:
    return node.text


def _call(node: Call) -> str:
    arguments = _listed(node.arguments)
    walks = node.function.text in ("count", "any", "all") and len(node.arguments) == 1
    if walks and isinstance(node.arguments[0], Membership):
        arguments = f"({arguments})"
    return f"{node.function.text}({arguments})"


def _negative(node: Negative) -> str:
    return f"-{expression(node.operand, UNARY)}"


def _arithmetic(node: Arithmetic) -> str:
    left, right = (SUM, TERM) if node.operator in "+-" else (TERM, UNARY)
    first = expression(node.left, left)
    if node.operator == "of" and first in ("count", "sum"):  # `sum of` counts in a watch
        first = f"({first})"
    return f"{first} {node.operator} {expression(node.right, right)}"


def _comparison(node: Comparison) -> str:
    return f"{expression(node.left, VALUE)} {node.operator} {expression(node.right, VALUE)}"


def _membership(node: Membership) -> str:
    word = "not in" if node.negated else "in"
    return f"{expression(node.left, VALUE)} {word} {expression(node.right, ATOM)}"


def _choices(node: Choices) -> str:
    return f"({_listed(node.items)})"


def _between(node: Between) -> str:
    operand, low = expression(node.operand, VALUE), expression(node.low, VALUE)
    return f"{operand} between {low} and {expression(node.high, VALUE)}"


def logical_parts(node: Logical) -> list[str]:
    """The operands of `and` or `or`, each as text."""
    return [
        f"({expression(part)})" if isinstance(part, Logical) else expression(part, NOT)
        for part in node.operands
    ]


def _logical(node: Logical) -> str:
    return f" {node.operator} ".join(logical_parts(node))


def _not(node: Not) -> str:
    return f"not {expression(node.operand, NOT)}"


def _presence(node: Presence) -> str:
    return f"{expression(node.operand, VALUE)} is {'given' if node.given else 'absent'}"


def _reports(node: Reports) -> str:
    how = "reports directly to" if node.direct else "reports to"
    return f"{expression(node.subordinate, VALUE)} {how} {expression(node.superior, VALUE)}"


def _holds(node: Holds) -> str:
    return f"{expression(node.person, VALUE)} holds {node.position.text}"


def conditional_parts(node: Conditional) -> tuple[str, str, str]:
    """`if C`, `then A` and `else B`."""
    return (
        f"if {expression(node.condition, LOGIC)}",
        f"then {expression(node.then, LOGIC)}",
        f"else {expression(node.otherwise)}",
    )


def _conditional(node: Conditional) -> str:
    return " ".join(conditional_parts(node))


def _aggregate(node: Aggregate) -> str:
    where = f" where {expression(node.where)}" if node.where is not None else ""
    if node.body is None:
        over = expression(node.over, ATOM)
        return f"{node.function}({node.variable.text} in {over}{where})"
    walk = f"{expression(node.body)} for {node.variable.text} in {expression(node.over, VALUE)}"
    return f"{node.function}({walk}{where})"


def band_rows(node: Bands) -> list[str]:
    """`under 25_000 -> 0%`, one text a row."""
    return [
        f"{bound(row.bound) if row.bound else 'otherwise'} -> {expression(row.value)}"
        for row in node.rows
    ]


def _bands(node: Bands) -> str:
    return f"{bands_head(node)} {{ {'  '.join(band_rows(node))} }}"


def bands_head(node: Bands) -> str:
    """`bands of order.total`."""
    return f"bands of {expression(node.operand, VALUE)}"


def _date_difference(node: DateDifference) -> str:
    words = "days" if node.unit == "days" else "whole months"
    return f"{words} from {expression(node.start, UNARY)} to {expression(node.end, UNARY)}"


def _period_edge(node: PeriodEdge) -> str:
    return f"{node.edge} of {node.unit} of {expression(node.operand, UNARY)}"


def _rounded(node: Rounded) -> str:
    return f"{expression(node.operand, VALUE)} rounded {node.mode} to {literal(node.step)}"


def _converted(node: Converted) -> str:
    return f"{expression(node.operand, POSTFIX)} as {node.currency}"


def _default(node: Default) -> str:
    return f"{expression(node.operand, VALUE)} otherwise {expression(node.fallback, SUM)}"


# --- what only a watch knows -----------------------------------------------------------------


def _counted(node: Counted) -> str:
    by = f" by {node.by.text}" if node.by is not None else ""
    where = f" where ({expression(node.where)})" if node.where is not None else ""
    return f"{by}{where}{_window(node.window)}"


def _window(node: Window | None) -> str:
    if node is None:
        return ""
    return f" within {node.unit if node.length is None else literal(node.length)}"


def _stays(node: Stays) -> str:
    rows = f"{node.article} {node.event.text}{_counted(node.counted)}"
    held = f"stays {expression(node.condition, LOGIC)} {literal(node.length)}"
    return f"{rows} {held} after {node.of.text}"


def _followed_by(node: FollowedBy) -> str:
    return f"{node.first.text} followed by {node.second.text}{_counted(node.counted)}"


_FORMS: dict[type[Expr], Callable[[Any], str]] = {
    Literal: literal,
    Ref: _ref,
    Call: _call,
    Negative: _negative,
    Arithmetic: _arithmetic,
    Comparison: _comparison,
    Membership: _membership,
    Choices: _choices,
    Between: _between,
    Logical: _logical,
    Not: _not,
    Presence: _presence,
    Reports: _reports,
    Holds: _holds,
    Conditional: _conditional,
    Aggregate: _aggregate,
    Bands: _bands,
    DateDifference: _date_difference,
    PeriodEdge: _period_edge,
    Rounded: _rounded,
    Converted: _converted,
    Default: _default,
    CountOf: lambda node: f"count of {node.event.text}{_counted(node.counted)}",
    SumOf: lambda node: f"sum of {node.field.text}{_counted(node.counted)}",
    AtLeastOf: lambda node: f"{literal(node.number)} {node.event.text}{_counted(node.counted)}",
    FollowedBy: _followed_by,
    Stays: _stays,
}
