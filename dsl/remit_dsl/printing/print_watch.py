"""Watches and duties laid out: a rule on one line where it fits, else each of its parts below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remit_dsl.printing.layout import INDENT, WIDTH, Block, Leaf, broken, indented
from remit_dsl.printing.print_expressions import expression, label, literal, quoted
from remit_dsl.render import width
from remit_dsl.syntax import (
    Duty,
    Evidenced,
    Freeze,
    Frequency,
    Literal,
    Notify,
    QName,
    Raise,
    Ref,
    RequireStep,
    Watch,
    WatchBecause,
    WatchItem,
    WatchPart,
    WatchRule,
    WatchSource,
    WatchUntil,
    WatchValue,
)

Item = Leaf | Block


def watch(node: Watch) -> Item:
    """`watch credit_usage on Customer { … }`."""
    head = f"watch {node.name.text}{label(node.label)} on {node.on.text}{_by(node.by)}"
    return Block([head], [_item(item) for item in node.items])


def duty(node: Duty) -> Item:
    """`duty summary: sales_manager reports to sales_director monthly by day 5 …`."""
    name = "" if node.name is None else f" {node.name.text}{label(node.label)}:"
    who = f"{node.position.text} reports to {node.to.text}"
    head = f"duty{name} {who} {_frequency(node.frequency)}"
    parts = [part(p) for p in node.parts]
    whole = " ".join([head, *parts])
    lines = [whole] if width(whole) <= WIDTH else [head, *indented(parts)]
    return Leaf(lines, node.span.start, node.span.end)


def _item(node: WatchItem) -> Item:
    lines = _value(node) if isinstance(node, WatchValue) else _rule(node)  # type: ignore[arg-type]
    return Leaf(lines, node.span.start, node.span.end)


def _value(node: WatchValue) -> list[str]:
    of = f" of {node.of.text}" if node.of is not None else ""
    head = f"{node.name.text}{of} ="
    whole = f"{head} {expression(node.value)}"
    if width(whole) <= WIDTH - len(INDENT):
        return [whole]
    return [head, *indented(broken(node.value, WIDTH - 2 * len(INDENT)))]


def _rule(node: WatchRule) -> list[str]:
    name = "" if node.label is None else f"{node.label.text}: "
    parts = [part(p) for p in node.parts]
    head = f"{name}when {expression(node.condition)}"
    whole = " ".join([head, *parts])
    if width(whole) <= WIDTH - len(INDENT):
        return [whole]
    if width(head) <= WIDTH - len(INDENT):
        return [head, *indented(parts)]
    first, *rest = broken(node.condition, WIDTH - 2 * len(INDENT) - len(f"{name}when "))
    return [f"{name}when {first}", *indented(rest), *indented(parts)]


def part(node: WatchPart) -> str:
    """`notify a, b`, `freeze c by customer`, `because "…"`."""
    return _PARTS[type(node)](node)


def _by(ref: Ref | None) -> str:
    return "" if ref is None else f" by {ref.text}"


def _where(node: Freeze | RequireStep) -> str:
    value = "" if node.value is None else f" = {node.value.text}"
    return f"{_by(node.by)}{value}"


def _named(names: tuple[QName, ...]) -> str:
    return ", ".join(name.text for name in names)


def _require(node: RequireStep) -> str:
    step = f"require {node.verb.text} by {node.position.text}"
    return f"{step} on {_named(node.actions)}{_where(node)}"


def _raise(node: Raise) -> str:
    owner = "" if node.owner is None else f" to {node.owner.text}"
    return f"raise {node.severity.text}{owner}"


def _evidenced(node: Evidenced) -> str:
    where = "" if node.where is None else f" where ({expression(node.where)})"
    return f"with {node.event.text} by {node.by.text}{where}"


def _frequency(node: Frequency) -> str:
    if node.after is not None:
        return f"at once after {node.after.text}{_by(node.by)}"
    if isinstance(node.day, Literal):
        return f"{node.kind} by day {literal(node.day)}"
    return node.kind if node.day is None else f"{node.kind} by {node.day.text}"


_PARTS: dict[type[WatchPart], Callable[[Any], str]] = {
    Notify: lambda node: f"notify {_named(node.positions)}",
    Freeze: lambda node: f"freeze {_named(node.actions)}{_where(node)}",
    RequireStep: _require,
    Raise: _raise,
    WatchUntil: lambda node: f"until {expression(node.condition)}",
    WatchBecause: lambda node: f"because{label(node.label)}",
    WatchSource: lambda node: f"source {quoted(node.text)}",
    Evidenced: _evidenced,
}
