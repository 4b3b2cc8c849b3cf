"""Scorecards: weighted items that make one score."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label, symbols
from remit_dsl.diagnostics import Related, errors
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import Constant, Expression
from remit_dsl.pay import STATEMENT_NAMES, Item, Scorecard
from remit_dsl.scope import pay_names
from remit_dsl.scope.pay_items import Items, percent
from remit_dsl.scope.resolve import Symbol
from remit_dsl.scope.world import World
from remit_dsl.typecheck import UNDECIDED, describe
from remit_dsl.types import INTEGER, NUMBER, PERCENT, Type

_RESERVED = ("payee", "as_of", "actor", "requester", *STATEMENT_NAMES)


def scorecards(world: World) -> dict[str, Scorecard]:
    """All scorecards without a fault."""
    found = {}
    for symbol in symbols(world, syntax.Scorecard):
        before = len(world.findings.found)
        card = _scorecard(world, symbol)
        if not errors(world.findings.found[before:]):
            found[symbol.name] = card
    return found


def _scorecard(world: World, symbol: Symbol) -> Scorecard:
    node = symbol.node
    assert isinstance(node, syntax.Scorecard)
    items, scope = Items(node, world.findings), world.scopes[symbol.policy]
    if symbol.short in _RESERVED:
        message = f"`{symbol.short}` has a meaning of its own in a plan"
        items.fault(node.name, "E0930", message, "take another name for the scorecard")
    holders, period = items.one(syntax.Holders), items.one(syntax.PayPeriod)
    if holders is None:
        items.missing("of", "write `of POSITION`: whose scorecard it is")
    if period is None:
        items.missing("period", "write `period month`, `quarter` or `year`")
    positions = [
        scope.require("position", name, world.findings)
        for name in (holders.positions if holders else ())
    ]
    facts = pay_names.statement(
        f"scorecard `{symbol.short}`", symbol.span, pay_names.person(symbol.span), {}, {}, None
    )
    el = elaborator(world, symbol.policy, facts)
    found = _items(items, el)
    mode, step = _score(items, el)
    source = items.one(syntax.PaySource)
    return Scorecard(
        name=symbol.name,
        label=label(node.label),
        of=tuple(s.name for s in positions if s is not None),
        period=period.unit if period else "month",
        items=found,
        mode=mode,
        step=step,
        source=source.text if source else None,
        policy=symbol.policy,
        span=symbol.span,
    )


def _score(items: Items, el: Elaborator) -> tuple[str | None, Expression | None]:
    node = items.one(syntax.Score)
    if node is None:
        items.missing("score", "write `score rounded half up to 0.1%`, or `score` to keep it exact")
        return None, None
    if node.mode is None or node.step is None:
        return None, None
    step = el.of_type(node.step, PERCENT)
    if isinstance(step, Constant) and isinstance(step.value, Fraction) and step.value <= 0:
        message = f"a value cannot be rounded to {el.quote(step)}"
        items.fault(node.step, "E0321", message)
    return node.mode, step


# --- items -------------------------------------------------------------------------------


def _items(items: Items, el: Elaborator) -> tuple[Item, ...]:
    nodes = items.several(syntax.CardItem)
    if not nodes:
        items.missing("item", "write `item NAME { weight 100%  higher is better  target … }`")
    known: dict[str, syntax.Name] = {}
    found = []
    for node in nodes:
        first = known.setdefault(node.name.text, node.name)
        if first is not node.name:
            place = [Related(first.span, "first written here")]
            message = f"the item `{node.name.text}` is written twice"
            items.fault(node.name, "E0930", message, "take another name", place)
        item = _item(items, el, node)
        if item is not None:
            found.append(item)
    if nodes and len(found) == len(nodes):
        _weights(items, found)
    return tuple(found)


def _item(items: Items, el: Elaborator, node: syntax.CardItem) -> Item | None:
    parts = _parts(items, node)
    weight = _value(el, parts, "weight", PERCENT)
    target, value = _measure(items, el, parts)
    floor, cap, least = (_value(el, parts, word, PERCENT) for word in ("floor", "cap", "nothing"))
    missing = [word for word in ("weight", "target") if word not in parts]
    if "higher" not in parts and "lower" not in parts:
        missing.append("higher is better` or `lower is better")
    for word in missing:
        message = f"the item `{node.name.text}` does not say `{word}`"
        items.fault(node.name, "E0929", message)
    if weight is None or target is None or missing or (value is None and "value" in parts):
        return None
    return Item(
        node.name.text, label(node.label), weight, "higher" in parts, target, floor, cap, least,
        value, target.type, node.name.span,
    )  # fmt: skip


def _parts(items: Items, node: syntax.CardItem) -> dict[str, syntax.Measured]:
    parts: dict[str, syntax.Measured] = {}
    for part in node.parts:
        word = part.word
        rival = {"higher": "lower", "lower": "higher"}.get(word, word)
        first = parts.get(word) or parts.get(rival)
        if first is not None:
            place = [Related(first.span, "first written here")]
            said = f"{word} is better" if part.value is None else word
            message = f"`{said}` is written twice"
            if first.word != word:
                message = "an item is better higher or lower, not both"
            items.fault(part, "E0910", message, "keep one of the two", place)
        parts.setdefault(word, part)
    return parts


def _written(parts: dict[str, syntax.Measured], word: str) -> syntax.Expr | None:
    part = parts.get(word)
    return part.value if part else None


def _value(
    el: Elaborator, parts: dict[str, syntax.Measured], word: str, wanted: Type
) -> Expression | None:
    node = _written(parts, word)
    return el.of_type(node, wanted) if node is not None else None


def _measure(
    items: Items, el: Elaborator, parts: dict[str, syntax.Measured]
) -> tuple[Expression | None, Expression | None]:
    """Target and value, of one type. One amount by another is what the target is."""
    goal, measured = _written(parts, "target"), _written(parts, "value")
    value = el(measured) if measured is not None else None
    if goal is None or (measured is not None and value is None):
        return None, value
    decides = value is not None and value.type.kind not in UNDECIDED
    if value is not None and decides:
        wanted = NUMBER if value.type == INTEGER else value.type
        return _number(items, el, el.of_type(goal, wanted)), value
    target = _number(items, el, el.settled(goal))
    return target, el.fit(value, target.type) if value is not None and target else value


def _number(items: Items, el: Elaborator, target: Expression | None) -> Expression | None:
    if target is None or target.type.numeric:
        return target
    message = f"{el.quote(target)} is {describe(target.type)}, and a target is a number"
    items.findings.add(target.span, "E0929", message)
    items.sound = False
    return None


def _weights(items: Items, found: list[Item]) -> None:
    """Constant weights make exactly the whole; others are held to it when scores are computed."""
    total = Fraction(0)
    for item in found:
        if not isinstance(item.weight, Constant) or not isinstance(item.weight.value, Fraction):
            message = f"the weight of `{item.name}` is not a written percent"
            help = "write it as a number, so that all weights can be seen to make 100%"
            items.findings.add(item.weight.span, "E0928", message, help)
            items.sound = False
            return
        if item.weight.value < 0:
            message = f"the weight of `{item.name}` is below zero"
            items.findings.add(item.weight.span, "E0928", message)
            items.sound = False
        total += item.weight.value
    if total != 1:
        message = f"the weights of this scorecard make {percent(total)}, not 100%"
        items.fault(items.block.name, "E0928", message, "change one of them")
