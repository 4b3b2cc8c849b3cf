"""Measures of actions, and delegations: what limits measure and who may pass authority on."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import Expression, Fact
from remit_dsl.program import Action, Delegation, Measure
from remit_dsl.scope.facts import ActionFacts
from remit_dsl.scope.resolve import Scope
from remit_dsl.scope.world import ActionHead, World
from remit_dsl.typecheck import UNKNOWN, describe
from remit_dsl.types import PERSON

_KEYS = frozenset({"text", "enum", "integer", "number", "position", "date", "boolean"})


def actions(world: World) -> dict[str, Action]:
    """All actions with their measures."""
    found = {name: _action(world, head) for name, head in world.actions.items()}
    world.measures.update({n: a.measure.value for n, a in found.items() if a.measure})
    return found


def _action(world: World, head: ActionHead) -> Action:
    measure = _measure(world, head) if head.node.measure is not None else None
    fields = {n: f for n, f in head.fields.items() if f.type != UNKNOWN}
    return Action(
        head.symbol.name,
        label(head.node.label),
        fields,
        measure,
        head.node.source,
        head.symbol.policy,
        head.symbol.span,
    )


def _measure(world: World, head: ActionHead) -> Measure | None:
    node = head.node.measure
    assert node is not None
    el = elaborator(world, head.symbol.policy, ActionFacts(head))
    value = el.settled(node.value)
    by = key(el, node.summed_by) if node.summed_by is not None else None
    window = days(el, node.window) if node.window is not None else None
    if value is None:
        return None
    if not value.type.numeric:
        el.findings.add(
            value.span,
            "E0410",
            f"{el.quote(value)} is {describe(value.type)}, which no limit can measure",
            "a limit measures money, a percent, a number or a duration",
            [el.origin(value)],
        )
        return None
    return Measure(value, by, window)


def key(el: Elaborator, node: syntax.Ref) -> Fact | None:
    """The fact totals are kept by: one value, or a record known by its `id`."""
    e = el(node)
    if e is None:
        return None
    fields = el.world.fields(e.type)
    if isinstance(e, Fact) and (e.type.kind in _KEYS or e.type == PERSON):
        return e
    if isinstance(e, Fact) and fields is not None and "id" in fields:
        return e
    help = None
    if fields is not None:
        help = f"give `{e.type}` a field `id`, or name one of its fields"
    el.findings.add(
        e.span,
        "E0416",
        f"totals cannot be kept by {el.quote(e)}, which is {describe(e.type)}",
        help,
        [el.origin(e)],
    )
    return None


def days(el: Elaborator, node: syntax.Literal) -> int | None:
    """A whole number of days, more than none."""
    value = node.value
    if node.kind == "days" and isinstance(value, Fraction) and value.denominator == 1 and value > 0:
        return int(value)
    written = el.findings.quote(node.span)
    el.findings.add(
        node.span, "E0417", f"{written} is not a whole number of days", "write `90 days`"
    )
    return None


# --- delegations -------------------------------------------------------------------------


def delegations(world: World) -> tuple[Delegation, ...]:
    """All delegations whose action is known."""
    found = []
    for scope in world.scopes.values():
        for node in scope.own.file.declarations:
            if isinstance(node, syntax.Delegation):
                found.append(_delegation(world, scope, node))
    return tuple(d for d in found if d is not None)


def _delegation(world: World, scope: Scope, node: syntax.Delegation) -> Delegation | None:
    findings = world.findings
    symbol = scope.require("action", node.action, findings)
    to = [scope.require("position", name, findings) for name in node.to]
    by = scope.require("position", node.approval_by, findings) if node.approval_by else None
    head = world.actions.get(symbol.name) if symbol else None
    if head is None:
        return None
    el = elaborator(world, scope.policy, ActionFacts(head))
    longest = days(el, node.longest) if node.longest is not None else None
    cap = _cap(el, head, node.cap) if node.cap is not None else None
    return Delegation(
        action=head.symbol.name,
        policy=scope.policy,
        levels=node.levels,
        to=tuple(s.name for s in to if s is not None),
        longest=longest,
        cap=cap,
        approval_by=by.name if by else None,
        onward=node.onward,
        span=node.action.span,
    )


def _cap(el: Elaborator, head: ActionHead, node: syntax.Expr) -> Expression | None:
    measure = el.world.measures.get(head.symbol.name)
    if head.node.measure is None:
        el.findings.add(
            node.span,
            "E0402",
            f"action `{head.symbol.short}` measures nothing, so there is no limit on it",
            f"write `limit on …` in action `{head.symbol.short}`",
            [Related(head.symbol.span, "declared here")],
        )
        return None
    if measure is None:
        return None
    return el.of_type(node, measure.type, measured(el, head))


def measured(el: Elaborator, head: ActionHead) -> Related | None:
    """The place that says what limits of an action measure."""
    value = el.world.measures.get(head.symbol.name)
    if value is None:
        return None
    place = el.declared(value) or value.span
    return Related(place, f"{el.quote(value)} is {describe(value.type)}, and limits measure it")
