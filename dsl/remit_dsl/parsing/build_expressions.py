"""Expressions of the syntax tree."""

from __future__ import annotations

from typing import Any

from remit_dsl.lexing import numerals
from remit_dsl.lexing.tokens import Reading, Token
from remit_dsl.parsing.build_parts import across, day, of_kind, place, text
from remit_dsl.syntax import (
    Aggregate,
    Arithmetic,
    BandRow,
    Bands,
    Between,
    Bound,
    Call,
    Choices,
    Comparison,
    Conditional,
    Converted,
    DateDifference,
    Default,
    Expr,
    Holds,
    Literal,
    Logical,
    Membership,
    Name,
    Negative,
    Not,
    PeriodEdge,
    Presence,
    QName,
    Ref,
    Reports,
    Rounded,
)

DEEPEST_EXPRESSION = 100


def deep(node: Expr, reading: Reading, *parts: Expr | None) -> Expr:
    """The node, with its depth noted; a stand-in for all of it when it grows too deep."""
    depths = reading.depths
    depth = 1
    for part in parts:
        known = depths.get(id(part), 0)
        if known < 0:  # the stand-in: its fault is told, and all around it is of no use
            return part or node
        if known >= depth:
            depth = known + 1
    if depth <= DEEPEST_EXPRESSION:
        depths[id(node)] = depth
        return node
    reading.fault(
        "E0003",
        node.span,
        f"this expression is nested more than {DEEPEST_EXPRESSION} deep",
        "give its parts names with `define`",
    )
    stand_in = Ref(node.span, ("_",))
    depths[id(stand_in)] = -1
    reading.grouped[id(stand_in)] = stand_in
    return stand_in


class ExpressionBuilder:
    """One method a rule, see `tree_builder`."""

    # --- atoms -----------------------------------------------------------------------------

    def ref(self, c: list[Token]) -> Ref:
        """`order.total`."""
        return Ref(c[0].span, tuple(c[0].text.split(".")))

    def numeral(self, c: list[Token]) -> Literal:
        """`200_000 CNY`, `12%`, `90 days`."""
        return numerals.literal(c[0].text, c[0].span)

    def date_literal(self, c: list[Token]) -> Literal:
        """`2026-01-01`."""
        return Literal(c[0].span, "date", day(c[0]), c[0].text)

    def text_literal(self, c: list[Token]) -> Literal:
        """`"text"`."""
        return Literal(c[0].span, "text", text(c[0]), c[0].text)

    def boolean(self, c: list[Token]) -> Literal:
        """`true`."""
        return Literal(c[0].span, "boolean", c[0].type == "TRUE", c[0].text)

    def grouped(self, c: list[Any]) -> Any:
        """`(…)`: the inner node, remembered as grouped."""
        c[0].reading.grouped[id(c[1])] = c[1]
        c[0].reading.loose.pop(id(c[1]), None)
        return c[1]

    # --- calls and lists -------------------------------------------------------------------

    def call(self, c: list[Any]) -> Expr:
        """`market_factor(region, maturity)`; `count(line in order.lines)` walks a list."""
        arguments = of_kind(Expr, c)
        first = arguments[0]
        if (
            len(arguments) == 1
            and c[0].text in ("count", "any", "all")
            and isinstance(first, Membership)
            and id(first) not in c[1].reading.grouped
        ):
            return self._walk(c, first, None)
        return deep(Call(place(c), c[0], arguments), c[1].reading, *arguments)

    def aggregate(self, c: list[Any]) -> Expr:
        """`sum(line.amount for line in order.lines where …)`."""
        function, paren, body, _, variable, _, over, _, where, _ = c
        if function.text not in ("sum", "average", "min", "max"):
            paren.reading.fault(
                "E0043",
                function.span,
                f"`{function.text}` does not walk a list with `for`",
                "with `for` go `sum`, `average`, `min` and `max`",
            )
        node = Aggregate(place(c), function.text, body, variable, over, where)
        return deep(node, paren.reading, body, over, where)

    def quantified(self, c: list[Any]) -> Expr:
        """`any(line in order.lines where …)`."""
        return self._walk(c, c[2], c[4])

    def _walk(self, c: list[Any], member: Expr, where: Expr | None) -> Expr:
        function, reading = c[0], c[1].reading
        if function.text not in ("count", "any", "all"):
            help = f"write `{function.text}(line.… for line in … where …)`"
            if function.text not in ("sum", "average", "min", "max"):
                help = "`where` belongs to `count`, `any` and `all`"
            reading.fault(
                "E0043", function.span, f"`{function.text}` needs `for` before `where`", help
            )
        elif where is None and function.text != "count":
            reading.fault(
                "E0043",
                function.span,
                f"`{function.text}` needs `where` and a condition",
                f"write `{function.text}(line in … where …)`",
            )
        if not isinstance(member, Membership) or member.negated or not _is_word(member.left):
            reading.fault(
                "E0043",
                member.span,
                "a list is walked with a name of its own for each line",
                f"write `{function.text}(line in … where …)`",
            )
            return Call(place(c), function, (member,))
        name = Name(member.left.span, member.left.parts[0])  # type: ignore[attr-defined]
        node = Aggregate(place(c), function.text, None, name, member.right, where)
        return deep(node, reading, member.right, where)

    def choices(self, c: list[Any]) -> Choices:
        """`(north, east)`."""
        items = of_kind(Expr, c)
        node = Choices(place(c), items)
        deep(node, c[0].reading, *items)
        return node

    def bands(self, c: list[Any]) -> Expr:
        """`bands of E { … }`."""
        rows = of_kind(BandRow, c)
        return deep(Bands(place(c), c[2], rows), c[0].reading, c[2], *(row.value for row in rows))

    def band_row(self, c: list[Any]) -> BandRow:
        """`under 25_000 -> 0%`."""
        bound = None
        if c[0].type == "UNDER":
            bound = Bound(across(c[0], c[1]), "under", c[1])
        elif c[0].type == "UP":
            bound = Bound(across(c[0], c[2]), "up to", c[2])
        return BandRow(place(c), bound, c[-1])

    # --- operators ---------------------------------------------------------------------------

    def arithmetic(self, c: list[Any]) -> Expr:
        """`a + b`, `10% of x`."""
        left, operator, right = c
        node = Arithmetic(across(left, right), operator.text, left, right)
        return deep(node, operator.reading, left, right)

    def negative(self, c: list[Any]) -> Expr:
        """`-x`."""
        return deep(Negative(place(c), c[1]), c[0].reading, c[1])

    def converted(self, c: list[Any]) -> Expr:
        """`x as CNY`."""
        return deep(Converted(place(c), c[0], c[2].text), c[1].reading, c[0])

    def rounded(self, c: list[Any]) -> Expr:
        """`x rounded half up to 0.01`."""
        mode = " ".join(token.text for token in c[2:-2])
        node = Rounded(place(c), c[0], mode, self.numeral([c[-1]]))
        return deep(node, c[1].reading, c[0])

    def default(self, c: list[Any]) -> Expr:
        """`x otherwise 0%`."""
        return deep(Default(place(c), c[0], c[2]), c[1].reading, c[0], c[2])

    def days_between(self, c: list[Any]) -> Expr:
        """`days from a to b`."""
        return deep(DateDifference(place(c), "days", c[2], c[4]), c[0].reading, c[2], c[4])

    def months_between(self, c: list[Any]) -> Expr:
        """`whole months from a to b`."""
        return deep(DateDifference(place(c), "months", c[3], c[5]), c[0].reading, c[3], c[5])

    def period_edge(self, c: list[Any]) -> Expr:
        """`start of month of d`."""
        node = PeriodEdge(place(c), c[0].text, c[2].text, c[4])
        return deep(node, c[0].reading, c[4])

    # --- conditions --------------------------------------------------------------------------

    def compare(self, c: list[Any]) -> Expr:
        """`a <= b`; a chain of comparisons is a fault."""
        left, operator, right = c
        reading = operator.reading
        last = left.operands[-1] if id(left) in reading.loose else left
        if isinstance(last, Comparison) and (last is not left or id(left) not in reading.grouped):
            return self._chain(left, last, operator, right)
        node = Comparison(across(left, right), operator.text, left, right)
        return deep(node, reading, left, right)

    def _chain(self, left: Any, last: Comparison, operator: Token, right: Expr) -> Expr:
        """`a < b < c`, read as `a < b and b < c` so that only this is told."""
        reading = operator.reading
        if left is last:
            help = "write `x between a and b`, or join two comparisons with `and`"
            operator.fault("E0041", "comparisons do not chain", help)
        link = Comparison(across(last.right, right), operator.text, last.right, right)
        operands = (left, link) if left is last else (*left.operands, link)
        node = Logical(across(left, right), "and", operands)
        reading.loose[id(node)] = reading.grouped[id(node)] = node
        return deep(node, reading, left, last.right, right)

    def membership(self, c: list[Any]) -> Expr:
        """`x in y`, `x not in y`."""
        node = Membership(place(c), c[0], c[-1], len(c) == 4)
        return deep(node, c[1].reading, c[0], c[-1])

    def between(self, c: list[Any]) -> Expr:
        """`x between a and b`."""
        return deep(Between(place(c), c[0], c[2], c[4]), c[1].reading, c[0], c[2], c[4])

    def presence(self, c: list[Any]) -> Expr:
        """`x is given`, `x is absent`."""
        return deep(Presence(place(c), c[0], c[2].type == "GIVEN"), c[1].reading, c[0])

    def reports(self, c: list[Any]) -> Expr:
        """`subject reports directly to actor`."""
        node = Reports(place(c), c[0], c[-1], c[2] is not None)
        return deep(node, c[1].reading, c[0], c[-1])

    def holds(self, c: list[Any]) -> Expr:
        """`nominee holds sales_supervisor`."""
        position: QName = c[2]
        return deep(Holds(place(c), c[0], position), c[1].reading, c[0])

    def negated(self, c: list[Any]) -> Expr:
        """`not a`."""
        return deep(Not(place(c), c[1]), c[0].reading, c[1])

    def logical(self, c: list[Any]) -> Expr:
        """`a and b and c`; `and` with `or` needs parentheses."""
        operands, joint = tuple(c[::2]), c[1]
        for operand in operands:
            if isinstance(operand, Logical) and id(operand) not in joint.reading.grouped:
                _mixed(joint, operand)
                break
        node = Logical(across(c[0], c[-1]), joint.text, operands)
        return deep(node, joint.reading, *operands)

    def conditional(self, c: list[Any]) -> Expr:
        """`if C then A else B`."""
        return deep(Conditional(place(c), c[1], c[3], c[5]), c[0].reading, c[1], c[3], c[5])


def _mixed(joint: Token, inner: Logical) -> None:
    written = joint.reading.source.text[inner.span.start : inner.span.end]
    shown = (
        f"`({' '.join(written.split())})`" if len(written) <= 60 else f"the `{inner.operator}` part"
    )
    joint.fault(
        "E0040",
        "`and` and `or` are mixed without parentheses",
        f"say which belongs together: if it is {shown}, write the parentheses",
    )


def _is_word(node: Expr) -> bool:
    return isinstance(node, Ref) and len(node.parts) == 1
