"""Pay laid out: events, plans, scorecards and allocations, their items in the order written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remit_dsl.printing.layout import INDENT, WIDTH, Block, Leaf, broken, indented
from remit_dsl.printing.print_expressions import ANY, SUM, VALUE, expression, label, literal, quoted
from remit_dsl.printing.print_types import type_text
from remit_dsl.render import width
from remit_dsl.syntax import (
    Allocation,
    AllocationAmount,
    AllocationYear,
    Amend,
    ByEnum,
    ByPerson,
    ByTime,
    Cap,
    CardItem,
    Commission,
    Conditional,
    Credit,
    Draw,
    Event,
    Expr,
    Floor,
    FromEvent,
    Group,
    Guarantee,
    HoldBack,
    Holders,
    InSteps,
    Leavers,
    Measured,
    OnPlan,
    PayCurrency,
    PayEffective,
    PayItem,
    PayPeriod,
    PaySource,
    PayStep,
    Pool,
    QName,
    Quota,
    Remainders,
    Reverse,
    Scale,
    Score,
    Scorecard,
    Share,
    Tier,
)

Item = Leaf | Block


def event(node: Event) -> Item:
    """`event Sale { … }`."""
    fields: list[Item] = [
        Leaf([f"{f.name.text}: {type_text(f.type)}{label(f.label)}"], f.span.start, f.span.end)
        for f in node.fields
    ]
    return Block([f"event {node.name.text}{label(node.label)}"], fields, join="  ", most=6)


def commission(node: Commission) -> Item:
    """`commission field_sales { … }`."""
    return _block("commission", node)


def scorecard(node: Scorecard) -> Item:
    """`scorecard appraisal { … }`."""
    return _block("scorecard", node)


def allocation(node: Allocation) -> Item:
    """`allocation target_2026 { … }`."""
    return _block("allocation", node)


def _block(word: str, node: Commission | Scorecard | Allocation) -> Block:
    items = [_item(node, item) for item in node.items]
    return Block([f"{word} {node.name.text}{label(node.label)}"], items)


def _item(block: Commission | Scorecard | Allocation, node: PayItem) -> Item:
    if isinstance(node, CardItem):
        return _card_item(node)
    if isinstance(node, PayStep):
        return _step(node)
    if isinstance(node, Holders):
        word = "of" if isinstance(block, Scorecard) else "pays"
        return _leaf(node, f"{word} {_named(node.positions)}")
    if isinstance(node, FromEvent):
        return _leaf(node, *_from(node))
    return _leaf(node, _LINES[type(node)](node))


def _leaf(node: PayItem | Measured | Tier, *lines: str) -> Leaf:
    return Leaf(list(lines), node.span.start, node.span.end)


def _named(names: tuple[QName, ...]) -> str:
    return ", ".join(name.text for name in names)


def _value(node: Expr) -> str:
    """An amount: a conditional may stand bare, anything weaker than a value in parentheses."""
    return expression(node, ANY if isinstance(node, Conditional) else VALUE)


def _long(head: str, node: Expr) -> list[str]:
    whole = f"{head}{expression(node)}"
    if width(whole) <= WIDTH - len(INDENT):
        return [whole]
    lines = broken(node, WIDTH - 2 * len(INDENT))
    return [whole] if len(lines) == 1 else [head.rstrip(), *indented(lines)]


def _from(node: FromEvent) -> list[str]:
    head = f"from {node.event.text} by {node.by.text}"
    if node.condition is None:
        return [head]
    whole = f"{head} when {expression(node.condition)}"
    if width(whole) <= WIDTH - len(INDENT):
        return [whole]
    first, *rest = broken(node.condition, WIDTH - 3 * len(INDENT))
    return [head, f"{INDENT}when {first}", *indented(rest, INDENT * 2)]


# --- scales ----------------------------------------------------------------------------------


def _step(node: PayStep) -> Item:
    if not isinstance(node.value, Scale):
        return _leaf(node, *_long(f"{node.name.text} = ", node.value))
    tiers: list[Item] = [_tier(tier) for tier in node.value.tiers]
    head = f"{node.name.text} = {scale_head(node.value)}"
    return Block([head], tiers, node.span.start, node.span.end)


def scale_head(node: Scale) -> str:
    """`marginal rates on credit against quota quarter to date`."""
    base = f"({expression(node.base)})" if node.amount else expression(node.base)
    against = f" against {expression(node.against, SUM)}" if node.against is not None else ""
    over = {"period": "", "line": " per line", "field": " per "}.get(node.over, f" {node.over}")
    field = node.field.text if node.field is not None else ""
    kind = f"{node.kind} " if node.kind else ""
    return f"{kind}rates on {base}{against}{over}{field}"


def _tier(node: Tier) -> Leaf:
    bound = f" {_value(node.bound)}" if node.bound is not None else ""
    return _leaf(node, f"{node.side}{bound} -> {expression(node.rate)}")


# --- items on one line -----------------------------------------------------------------------


def _effective(node: PayEffective) -> str:
    dates = [
        f"{word} {day.isoformat()}"
        for word, day in (("from", node.start), ("until", node.until))
        if day is not None
    ]
    return f"effective {' '.join(dates)}"


def _credit(node: Credit) -> str:
    text = f"credit {_value(node.value)}"
    field = node.field.text if node.field is not None else ""
    if node.to == "field":
        return f"{text} to {field}"
    if node.to == "owner" and node.on is not None:
        return f"{text} to owner of {field} on {node.on.text}"
    if node.to == "splits":
        total = "may overlap" if node.total is None else f"total {literal(node.total)}"
        return f"{text} split by credits {total}"
    return text


def _quota(node: Quota) -> str:
    days = " by days active" if node.by_days_active else ""
    if node.source is not None:
        return f"quota from {node.source.text}{days}"
    return f"quota {_value(node.value) if node.value else ''}{days}"


def _cap(node: Cap) -> str:
    return f"cap {_value(node.amount)}" + (f" per {node.per}" if node.per else "")


def _hold(node: HoldBack) -> str:
    if node.by is None or node.against is None:
        return f"hold until {node.field.text}"
    against = _value(node.against)
    if node.kind == "covered":
        return f"hold until {node.field.text} by {node.by.text} covers {against}"
    return f"hold pro rata to {node.field.text} by {node.by.text} against {against}"


def _reverse(node: Reverse) -> str:
    paid = " at the rate paid" + (" lowering attainment" if node.lowering else "")
    within = node.within
    if node.kind == "absent" and within is not None:
        after = f"{literal(within.window)} after {within.of.text}"
        return f"reverse without {node.field.text} {after}{paid}"
    text = f"reverse {node.field.text}"
    if node.by is not None and node.against is not None:
        text += f" by {node.by.text} against {_value(node.against)}"
    if within is not None:
        text += f" within {literal(within.window)} of {within.of.text}"
    return text + paid


def _guarantee(node: Guarantee) -> str:
    until = f" until month {node.until_month}" if node.until_month is not None else ""
    return f"guarantee {_value(node.amount)}{until}"


def _draw(node: Draw) -> str:
    kind = "recoverable" if node.recoverable else "not recoverable"
    text = f"draw {expression(node.amount, VALUE)} {kind}"
    for word, month in (("from", node.from_month), ("until", node.until_month)):
        if month is not None:
            text += f" {word} month {month}"
    if node.at_most is not None:
        text += f" at most {expression(node.at_most, VALUE)}"
    return text


def _share(node: Share) -> str:
    if node.weight is not None:
        return f"share by weight {_value(node.weight)}"
    return "share equally" if node.how == "equally" else "share by days active"


def _remainders(node: Remainders) -> str:
    return "remainders in order" if node.how == "order" else "remainders to largest"


# --- scorecards and allocations ----------------------------------------------------------------


def _card_item(node: CardItem) -> Block:
    parts: list[Item] = [_leaf(part, _measured(part)) for part in node.parts]
    head = f"item {node.name.text}{label(node.label)}"
    return Block([head], parts, node.span.start, node.span.end, join="  ", most=99)


def _measured(node: Measured) -> str:
    if node.value is None:
        return f"{node.word} is better"
    word = "nothing under" if node.word == "nothing" else node.word
    return f"{word} {_value(node.value)}"


def _score(node: Score) -> str:
    if node.mode is None or node.step is None:
        return "score"
    return f"score rounded {node.mode} to {literal(node.step)}"


def _by_enum(node: ByEnum) -> str:
    return f"by {node.name.text}: {type_text(node.type)} weight {_weak(node.weight)}"


def _by_person(node: ByPerson) -> str:
    within = f" within {node.within.text}" if node.within is not None else ""
    return f"by person of {_named(node.positions)}{within} weight {_weak(node.weight)}"


def _amend(node: Amend) -> str:
    source = f" source {quoted(node.source)}" if node.source is not None else ""
    return f"amend from {node.start.isoformat()} amount {_weak(node.amount)}{source}"


def _weak(node: Expr) -> str:
    """A value of an allocation, where no conditional stands bare."""
    return expression(node, VALUE)


_LINES: dict[type[PayItem], Callable[[Any], str]] = {
    PayPeriod: lambda node: f"period {node.unit}",
    PayCurrency: lambda node: f"currency {node.code}",
    PayEffective: _effective,
    OnPlan: lambda node: f"on {node.plan.text} of {node.reports} reports",
    Credit: _credit,
    Quota: _quota,
    Cap: _cap,
    Floor: lambda node: f"floor {_value(node.amount)}",
    HoldBack: _hold,
    Reverse: _reverse,
    Guarantee: _guarantee,
    Draw: _draw,
    Pool: lambda node: f"pool {_value(node.value)}",
    Share: _share,
    Remainders: _remainders,
    Group: lambda node: f"group {node.field.text} = {node.attribute.text}",
    Leavers: lambda node: f"leavers keep {literal(node.keep)}",
    PaySource: lambda node: f"source {quoted(node.text)}",
    Score: _score,
    AllocationAmount: lambda node: f"amount {_weak(node.amount)}",
    AllocationYear: lambda node: f"year {node.year}",
    ByTime: lambda node: f"by {node.unit} weight {_weak(node.weight)}",
    ByEnum: _by_enum,
    ByPerson: _by_person,
    InSteps: lambda node: f"in steps of {_weak(node.step)}",
    Amend: _amend,
}
