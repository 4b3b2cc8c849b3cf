"""Numbers in expressions: literals, sums, products, rounding, conversion."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.elaboration.dates import add_to_date
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import (
    Arithmetic,
    Constant,
    Exchanged,
    Expression,
    Negate,
    Round,
)
from remit_dsl.source import Span
from remit_dsl.typecheck import clash, describe, retype, settle, with_unit
from remit_dsl.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    LITERAL,
    MONTHS,
    NUMBER,
    PERCENT,
    RATIO,
    TEXT,
    Type,
    money,
)

BALANCED_FROM = 8
_LITERALS = {
    "number": LITERAL,
    "percent": PERCENT,
    "text": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "days": DAYS,
    "months": MONTHS,
}
_SCALARS = frozenset({"number", "integer", "literal", "ratio", "percent"})
_QUANTITIES = frozenset({"money", "days", "months"})


def literal(el: Elaborator, node: syntax.Literal, expected: Type | None) -> Expression | None:
    """A written value; a bare number takes the expected type where it may."""
    type_ = _LITERALS.get(node.kind) or money(node.unit)
    e = Constant(node.span, type_, node.value, node.written)
    if node.month_rule is not None:
        el.month_rules[node.span] = node.month_rule
    if type_ == LITERAL and expected is not None and expected.kind in ("money", "number"):
        return replace(e, type=expected)
    return e


def negative(el: Elaborator, node: syntax.Negative, expected: Type | None) -> Expression | None:
    """`- x`."""
    e = el(node.operand, expected)
    if e is None or not _numeric(el, e):
        return None
    if isinstance(e, Constant) and isinstance(e.value, Fraction):
        return Constant(node.span, e.type, -e.value, f"-{e.written}" if e.written else None)
    return Negate(node.span, e.type, e)


def _numeric(el: Elaborator, e: Expression) -> bool:
    if e.type.numeric:
        return True
    el.findings.add(
        e.span,
        "E0301",
        f"{el.quote(e)} is {describe(e.type)} where a number is needed",
        None,
        [el.origin(e)],
    )
    return False


def arithmetic(el: Elaborator, node: syntax.Arithmetic, expected: Type | None) -> Expression | None:
    """A chain of `+ -`, or of `* / of`, taken apart from the right without recursion."""
    sums = node.operator in "+-"
    terms, operators, at = list[syntax.Expr](), list[str](), node
    while True:
        terms.append(at.right)
        operators.append(at.operator)
        if not isinstance(at.left, syntax.Arithmetic) or (at.left.operator in "+-") != sums:
            terms.append(at.left)
            break
        at = at.left
    terms.reverse()
    operators.reverse()
    if sums:
        return _sum(el, terms, operators)
    return _product(el, terms, operators)


# --- sums --------------------------------------------------------------------------------


def _sum(el: Elaborator, terms: list[syntax.Expr], operators: list[str]) -> Expression | None:
    parts = [el(term) for term in terms]
    if any(p is None for p in parts):
        return None
    known = [p for p in parts if p is not None]
    if len(known) > BALANCED_FROM and (whole := _balanced(known, operators)) is not None:
        return whole
    e: Expression | None = known[0]
    for operator, right in zip(operators, known[1:], strict=True):
        e = None if e is None else _add(el, operator, e, right)
    return e


def _balanced(parts: list[Expression], operators: list[str]) -> Expression | None:
    """A long sum of one type as a shallow tree: exact numbers add in any order."""
    type_ = next((p.type for p in parts if p.type != LITERAL), LITERAL)
    if not type_.numeric or any(p.type not in (type_, LITERAL) for p in parts):
        return None
    if type_.kind not in ("money", "number") and any(p.type != type_ for p in parts):
        return None
    signs = ["+", *operators]
    return _half([retype(p, type_) for p in parts], signs, 0, len(parts), type_)


def _half(
    parts: list[Expression], signs: list[str], low: int, high: int, type_: Type
) -> Expression:
    """The sum of a stretch, seen from its first sign: `- b + c` is read as `-(b - c)`."""
    if high - low == 1:
        return parts[low]
    middle = (low + high) // 2
    left = _half(parts, signs, low, middle, type_)
    right = _half(parts, signs, middle, high, type_)
    operator = "+" if signs[low] == signs[middle] else "-"
    return Arithmetic(left.span.to(right.span), type_, operator, left, right)


def _add(el: Elaborator, operator: str, left: Expression, right: Expression) -> Expression | None:
    span = left.span.to(right.span)
    if DATE in (left.type, right.type):
        return add_to_date(el, operator, left, right)
    left, right = _unit_as_percent(left, right), _unit_as_percent(right, left)
    left, right = _as_whole(left, right), _as_whole(right, left)
    type_ = _sum_type(left.type, right.type)
    if type_ is None:
        _no_sum(el, operator, left, right)
        return None
    return Arithmetic(span, type_, operator, retype(left, type_), retype(right, type_))


def _unit_as_percent(e: Expression, other: Expression) -> Expression:
    """0 and 1 beside a percent are the ratios 0 % and 100 %."""
    if e.type == LITERAL and isinstance(e, Constant) and e.value in (0, 1):
        if other.type == PERCENT:
            return replace(e, type=PERCENT)
        if other.type == RATIO:
            return replace(e, type=RATIO)
    return e


def _as_whole(e: Expression, other: Expression) -> Expression:
    """A written whole number beside a whole number is one."""
    whole = isinstance(e, Constant) and isinstance(e.value, Fraction) and e.value.denominator == 1
    return replace(e, type=INTEGER) if whole and e.type == LITERAL and other.type == INTEGER else e


def _sum_type(a: Type, b: Type) -> Type | None:
    if a == b:
        return a if a.numeric else None
    pair = {a.kind, b.kind}
    if "literal" in pair:
        other = b if a == LITERAL else a
        if other.kind in ("money", "number"):
            return other
        return NUMBER if other.kind in ("integer", "ratio") else None
    if pair == {"ratio", "percent"}:
        return PERCENT
    return NUMBER if pair <= {"ratio", "number", "integer"} else None


def _no_sum(el: Elaborator, operator: str, left: Expression, right: Expression) -> None:
    verb = "added to" if operator == "+" else "subtracted from"
    bad = right if operator == "-" else left
    whole = left if operator == "-" else right
    for e in (left, right):
        if not e.type.numeric:
            _numeric(el, e)
            return
    code, help = _relation(el, left, right)
    el.findings.add(
        left.span.to(right.span),
        code,
        f"{describe(bad.type)} cannot be {verb} {describe(whole.type)}",
        help,
        [el.origin(left), el.origin(right)],
    )


def _relation(el: Elaborator, left: Expression, right: Expression) -> tuple[str, str | None]:
    """The code and cure for two numeric operands that do not go together."""
    fault = clash(left.type, right.type)
    if fault is not None:
        return fault.code, fault.help
    for bare, other in ((left, right), (right, left)):
        if bare.type == LITERAL and (cure := with_unit(el.plain(bare), other.type)):
            return "E0307", cure
    if {left.type.kind, right.type.kind} <= _SCALARS:
        return "E0315", "a percent of something is written `… of …`"
    return "E0302", None


# --- products ----------------------------------------------------------------------------


def _product(el: Elaborator, terms: list[syntax.Expr], operators: list[str]) -> Expression | None:
    parts = [el(term) for term in terms]
    e = parts[0]
    for operator, right in zip(operators, parts[1:], strict=True):
        e = None if e is None or right is None else _multiply(el, operator, e, right)
    return e


def _multiply(
    el: Elaborator, operator: str, left: Expression, right: Expression
) -> Expression | None:
    if not (_numeric(el, left) and _numeric(el, right)):
        return None
    span = left.span.to(right.span)
    if operator == "/":
        return _divide(el, span, left, right)
    if operator == "of" and left.type not in (PERCENT, RATIO):
        _no_share(el, left)
        return None
    left, right = _as_whole(left, right), _as_whole(right, left)
    type_ = _product_type(left.type, right.type)
    if type_ is None:
        _no_product(el, span, left, right)
        return None
    return Arithmetic(span, type_, "*", settle(left), settle(right))


def _product_type(a: Type, b: Type) -> Type | None:
    if a.kind in _QUANTITIES or b.kind in _QUANTITIES:
        quantity, factor = (a, b) if a.kind in _QUANTITIES else (b, a)
        return quantity if factor.kind in _SCALARS else None
    pair = {a.kind, b.kind}
    if pair == {"percent"}:
        return PERCENT
    if "percent" in pair or "ratio" in pair:
        return RATIO
    if pair == {"literal"}:
        return LITERAL
    return INTEGER if pair == {"integer"} else NUMBER


def _no_share(el: Elaborator, left: Expression) -> None:
    code = "E0307" if left.type == LITERAL else "E0301"
    cure = with_unit(el.plain(left), PERCENT) if left.type == LITERAL else "write `*` for a product"
    message = f"{el.quote(left)} is {describe(left.type)} where a percent is needed before `of`"
    el.findings.add(left.span, code, message, cure, [el.origin(left)])


def _no_product(el: Elaborator, span: Span, left: Expression, right: Expression) -> None:
    related = [el.origin(left), el.origin(right)]
    if left.type.kind == right.type.kind == "money":
        message, code = "money cannot be multiplied by money", "E0303"
        help = "divide the two for a ratio, or make one of them a number or a percent"
    else:
        message = f"{describe(left.type)} cannot be multiplied by {describe(right.type)}"
        code, help = "E0302", None
    el.findings.add(span, code, message, help, related)


def _divide(el: Elaborator, span: Span, left: Expression, right: Expression) -> Expression | None:
    if isinstance(right, Constant) and right.value == 0:
        el.findings.add(span, "E0313", f"{el.quote(left)} is divided by zero")
        return None
    type_ = _quotient_type(left.type, right.type)
    if type_ is None:
        code, help = _relation(el, left, right) if _same_family(left, right) else ("E0302", None)
        el.findings.add(
            span,
            code,
            f"{describe(left.type)} cannot be divided by {describe(right.type)}",
            help,
            [el.origin(left), el.origin(right)],
        )
        return None
    return Arithmetic(span, type_, "/", settle(left), settle(right))


def _same_family(left: Expression, right: Expression) -> bool:
    return {left.type.kind, right.type.kind} in ({"money"}, {"days", "months"})


def _quotient_type(a: Type, b: Type) -> Type | None:
    if a.kind in _QUANTITIES:
        if a == b:
            return RATIO
        return a if b.kind in _SCALARS else None
    if b.kind in _QUANTITIES:
        return None
    if a == b == LITERAL:
        return LITERAL
    plain = {a.kind, b.kind} <= {"number", "integer", "literal"}
    return NUMBER if plain and LITERAL in (a, b) else RATIO


# --- rounding, conversion ----------------------------------------------------------------


def rounded(el: Elaborator, node: syntax.Rounded, expected: Type | None) -> Expression | None:
    """`E rounded half up to 0.01`: the step has the kind of the value, or is a bare number."""
    e = el(node.operand, expected)
    if e is None or not _numeric(el, e):
        return None
    step = el(node.step, e.type)
    if step is None:
        return None
    if e.type == RATIO and PERCENT in (step.type, expected):
        e = retype(e, PERCENT)
    if step.type != LITERAL or e.type.kind in ("percent", "days", "months"):
        fitted = el.fit(step, settle(e).type, el.origin(e))
        if fitted is None:
            return None
    value = node.step.value
    if not isinstance(value, Fraction) or value <= 0:
        el.findings.add(step.span, "E0321", f"a value cannot be rounded to {el.quote(step)}")
        return None
    return Round(node.span, e.type, e, node.mode, value)


def converted(el: Elaborator, node: syntax.Converted, expected: Type | None) -> Expression | None:
    """`x as CNY`, by the dated exchange rate."""
    e = el(node.operand)
    if e is None:
        return None
    base = e.type.currency
    if e.type.kind != "money" or base is None:
        cure = f"write `{el.plain(e)} {node.currency}`" if e.type == LITERAL else None
        el.findings.add(
            e.span,
            "E0301",
            f"{el.quote(e)} is {describe(e.type)} where money is needed",
            cure,
            [el.origin(e)],
        )
        return None
    if base == node.currency:
        return e
    if (base, node.currency) not in el.world.exchanges:
        el.findings.add(
            node.span,
            "E0314",
            f"no exchange from {base} to {node.currency} is declared",
            f"declare `exchange {base} to {node.currency} {{ from … -> … }}`",
            [el.origin(e)],
        )
        return None
    return Exchanged(node.span, money(node.currency), e, base, node.currency)
