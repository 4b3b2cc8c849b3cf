"""Pools: an amount for a group, and how its members share it."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.declaring.follow import find
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import Expression, Fact, Round
from remit_dsl.lexing.currencies import smallest
from remit_dsl.pay import Event, Pool
from remit_dsl.scope.pay_items import Items
from remit_dsl.typecheck import describe
from remit_dsl.types import Type

_CENT = Fraction(1, 100)
_VALUES = frozenset({"text", "enum", "integer", "position"})
Grouping = tuple[str, tuple[str, ...]]


def pool(
    items: Items, group: Elaborator, member: Elaborator, event: Event | None, money: Type
) -> Pool | None:
    """The pool of a plan, or None when a fault in it has been reported."""
    node, share = items.one(syntax.Pool), items.one(syntax.Share)
    remainders = items.one(syntax.Remainders)
    assert node is not None
    value = _value(items, group, node, money)
    if share is None:
        items.missing("share", "write `share equally`, `by weight …` or `by days active`")
    if remainders is None:
        help = "write `remainders to largest` or `in order`: who gets the cents left over"
        items.missing("remainders", help)
    weight = None
    if share is not None and share.weight is not None:
        weight = _weight(items, member, share.weight)
        if weight is None:
            return None
    by = items.one(syntax.Group)
    grouping = _grouping(items, member, by, event) if by is not None and event is not None else None
    if value is None or share is None or remainders is None or (by and grouping is None):
        return None
    return Pool(value, share.how, weight, grouping, remainders.how, node.span)


def _value(items: Items, el: Elaborator, node: syntax.Pool, money: Type) -> Expression | None:
    value = el.of_type(node.value, money)
    if value is None:
        return None
    least = smallest(money.currency)
    if isinstance(value, Round) and not value.step % least:
        return value
    whole = "whole cents" if least == _CENT else f"whole amounts of {money.currency}"
    message = f"the amount of a pool is not rounded to {whole}"
    items.fault(node, "E0913", message, f"end it with `{rounding(money.currency)}`")
    return None


def rounding(currency: str | None) -> str:
    """How an amount that is paid is rounded: `rounded half up to 0.01`, to 1 without cents."""
    places = len(str(smallest(currency).denominator)) - 1
    step = "1" if not places else f"0.{'0' * (places - 1)}1"
    return f"rounded half up to {step}"


def _weight(items: Items, el: Elaborator, node: syntax.Expr) -> Expression | None:
    weight = el.settled(node)
    if weight is None or weight.type.numeric:
        return weight
    message = f"{el.quote(weight)} is {describe(weight.type)}, and a weight is a number"
    items.fault(node, "E0926", message)
    return None


def _grouping(items: Items, el: Elaborator, node: syntax.Group, event: Event) -> Grouping | None:
    field = find(el, event, node.field, node.field.text)
    attribute = el(node.attribute)
    if field is None or attribute is None:
        items.sound = False
        return None
    ours = isinstance(attribute, Fact) and attribute.path[0] == "payee" and len(attribute.path) > 1
    if not ours or not isinstance(attribute, Fact):
        message = f"{el.quote(attribute)} is no attribute of the payee"
        items.fault(node.attribute, "E0926", message, "write `payee.ATTRIBUTE`")
        return None
    if field.type != attribute.type or field.type.kind not in _VALUES:
        message = f"`{field.name}` is {describe(field.type)}, and {el.quote(attribute)} is "
        help = "a group is told by one text, member of an enum or position on both sides"
        place = Related(field.span, "declared here")
        items.fault(node, "E0926", message + describe(attribute.type), help, [place])
        return None
    return field.name, attribute.path[1:]
