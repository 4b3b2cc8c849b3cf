"""Bands: ascending steps of a number or date, closed by `otherwise`."""

from __future__ import annotations

from itertools import pairwise

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.logic import same_type
from remit_dsl.expressions import BandLookup, BandRow, Constant, Expression
from remit_dsl.typecheck import describe, ordered, retype, settle
from remit_dsl.types import NUMBER, PERCENT, RATIO, Type


def bands(el: Elaborator, node: syntax.Bands, expected: Type | None) -> Expression | None:
    """`bands of E { under E -> E  up to E -> E  otherwise -> E }`."""
    operand = _operand(el, node)
    if operand is None:
        return None
    if not ordered(operand.type):
        el.findings.add(
            operand.span,
            "E0306",
            f"{describe(operand.type)} has no order, so it has no bands",
            "write a `table` instead",
            [el.origin(operand)],
        )
        return None
    rows = [_row(el, row, operand, expected) for row in node.rows]
    known = [r for r in rows if r is not None]
    if not _closed(el, node) or len(known) < len(rows) or not _ascending(el, known):
        return None
    type_ = same_type(el, tuple(r.value for r in known))
    if type_ is None:
        return None
    decided = tuple(BandRow(r.side, r.bound, retype(r.value, type_)) for r in known)
    return BandLookup(node.span, type_, operand, decided)


def _operand(el: Elaborator, node: syntax.Bands) -> Expression | None:
    """What is looked at; a ratio of two amounts is a percent where the ends are."""
    e = el(node.operand)
    if e is None or e.type != RATIO:
        return None if e is None else settle(e)
    ends = (row.bound.value for row in node.rows if row.bound is not None)
    percents = any(isinstance(end, syntax.Literal) and end.kind == "percent" for end in ends)
    return retype(e, PERCENT if percents else NUMBER)


def _row(
    el: Elaborator, row: syntax.BandRow, operand: Expression, expected: Type | None
) -> BandRow | None:
    value = el(row.value, expected)
    if row.bound is None:
        return None if value is None else BandRow(None, None, value)
    bound = el.of_type(row.bound.value, operand.type, el.origin(operand))
    if row.bound.side not in ("under", "up to"):
        el.findings.add(
            row.bound.span,
            "E0426",
            f"a band begins with `under` or `up to`, not with `{row.bound.side}`",
            "write the upper end of each band, in ascending order",
        )
        return None
    return None if value is None or bound is None else BandRow(row.bound.side, bound, value)


def _closed(el: Elaborator, node: syntax.Bands) -> bool:
    last = next((i for i, r in enumerate(node.rows) if r.bound is None), None)
    if last is None:
        el.findings.add(
            node.rows[-1].span if node.rows else node.span,
            "E0427",
            "these bands say nothing above the last of them",
            "end with `otherwise -> …`",
        )
        return False
    if last + 1 < len(node.rows):
        el.findings.add(
            node.rows[last + 1].span,
            "E0428",
            "this band is never reached",
            "write `otherwise` last",
            [Related(node.rows[last].span, "`otherwise` takes all that is left")],
        )
        return False
    return True


def _ascending(el: Elaborator, rows: list[BandRow]) -> bool:
    for one, two in pairwise(rows):
        if not isinstance(one.bound, Constant) or not isinstance(two.bound, Constant):
            continue
        a, b = (one.bound.value, one.side == "up to"), (two.bound.value, two.side == "up to")
        if a < b:
            continue
        same = a == b
        el.findings.add(
            two.bound.span,
            "E0428" if same else "E0426",
            "this band is never reached" if same else "these bands do not ascend",
            "write each end once, the smallest first",
            [Related(one.bound.span, f"the band before ends at {el.quote(one.bound)}")],
        )
        return False
    return True
