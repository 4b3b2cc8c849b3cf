"""What pay declares, side by side: events, plans, scorecards and allocations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from remit_dsl.expressions import Constant, Expression
from remit_dsl.pay import Allocation, Event, Plan, Pool, Scale, Scorecard
from remit_dsl.pay_expressions import of_allocation, of_plan, of_scorecard
from remit_dsl.program import Label, Program
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_dsl.types import Type
from remit_engine.analysis.difference.canonical import canonical
from remit_engine.analysis.difference.change import Weight
from remit_engine.analysis.difference.reading import Name, names_read
from remit_engine.analysis.difference.texts import label_text, period_text
from remit_engine.analysis.difference.things import Said, Thing, type_key
from remit_engine.explanation.quoting import condition_written, written
from remit_engine.text import value_text


def paid_things(program: Program) -> dict[tuple[str, str], Thing]:
    """All things of pay by kind and name."""
    return {(t.kind, t.name): t for t in _every(program)}


def read_by_pay(program: Program) -> Iterator[tuple[str, frozenset[Name]]]:
    """Each thing of pay in words, with the parameters, tables and definitions that it reads."""
    for plan in program.plans.values():
        yield f"plan {plan.short}", names_read(of_plan(plan), program)
    for card in program.scorecards.values():
        yield f"scorecard {short(card.name)}", names_read(of_scorecard(card), program)
    for allocation in program.allocations.values():
        words = f"allocation {short(allocation.name)}"
        yield words, names_read(of_allocation(allocation), program)


def _every(program: Program) -> Iterator[Thing]:
    for event in program.events.values():
        yield Thing("event", event.name, _event(event), event.span)
    for plan in program.plans.values():
        yield Thing("plan", plan.name, dict(_plan(plan, program)), plan.span)
    for card in program.scorecards.values():
        yield Thing("scorecard", card.name, dict(_scorecard(card, program)), card.span)
    for allocation in program.allocations.values():
        sides = dict(_allocation(allocation, program))
        yield Thing("allocation", allocation.name, sides, allocation.span)


def key(node: Any) -> str:
    """What a part of pay means, whatever its place and wording."""
    match node:
        case Expression():
            return canonical(node)
        case Span() | Label():
            return ""
        case Type():
            return type_key(node)
        case tuple():
            return f"({', '.join(key(part) for part in node)})"
        case date():
            return node.isoformat()
    if is_dataclass(node):
        parts = (f"{f.name}={key(getattr(node, f.name))}" for f in fields(node))
        return f"{type(node).__name__}({', '.join(parts)})"
    return str(node)


def _part(node: Any, program: Program) -> Said:
    return Said(key(node), written(node.span, program))


def _wording(label: Label | None, source: str | None) -> Iterator[tuple[str, Said]]:
    for name, text in (("label", label_text(label)), ("source", f'"{source}"' if source else "")):
        if text:
            yield name, Said(text, text, Weight.WORDING)


def _same(text: str) -> Said:
    return Said(text, text)


def _event(event: Event) -> dict[str, Said]:
    sides = dict(_wording(event.label, None))
    for name, field in event.fields.items():
        linked = event.links.get(name)
        kind = short(linked) if linked else str(field.type)
        text = f"{kind} optional" if field.optional else kind
        told = f"{linked or type_key(field.type)} {field.optional}"
        sides[f"field {name}"] = Said(told, text)
    return sides


def _positions(names: tuple[str, ...]) -> Said:
    return Said(", ".join(sorted(set(names))), ", ".join(map(short, names)))


def _plan(plan: Plan, program: Program) -> Iterator[tuple[str, Said]]:
    yield from _wording(plan.label, plan.source)
    yield "pays", _positions(plan.pays)
    yield "period", _same(plan.period)
    yield "currency", _same(plan.currency or "none")
    days = period_text(plan.start, plan.until)
    if days:
        yield "effective", _same(days)
    if plan.event is not None:
        by = f"{short(plan.event)} by {plan.by}"
        yield "from", Said(f"{plan.event} by {plan.by}", by)
    if plan.condition is not None:
        said = condition_written(plan.condition, program)
        yield "condition", Said(canonical(plan.condition), said)
    if plan.base is not None:
        words = f"{short(plan.base)} of {plan.reports} reports"
        yield "on", Said(f"{plan.base} {plan.reports}", words)
    for step in plan.steps:
        if isinstance(step.value, Scale):
            yield from _scale(f"step {step.name}", step.value, program)
        else:
            yield f"step {step.name}", _part(step.value, program)
    for name, part in _stages(plan):
        if part is not None:
            yield name, _part(part, program)
    if plan.reversals:
        told = " and ".join(written(r.span, program) for r in plan.reversals)
        yield "reverse", Said(str(sorted(map(key, plan.reversals))), told)
    if plan.pool is not None:
        yield from _sharing(plan.pool, program)
    if plan.leavers:
        yield "leavers", _same(f"keep {plan.leavers} days")


def _scale(step: str, scale: Scale, program: Program) -> Iterator[tuple[str, Said]]:
    """What a scale is of, and each of its tiers: one whose bound is a figure by this, another by
    its number."""
    head = written(scale.span, program).partition("{")[0].strip()
    yield step, Said(key(replace(scale, tiers=())), head)
    for number, tier in enumerate(scale.tiers, 1):
        if tier.bound is None or isinstance(tier.bound, Constant):
            bound = (
                "" if tier.bound is None else f" {value_text(tier.bound.value, tier.bound.type)}"
            )
            yield f"{step}, {tier.side}{bound}", _part(tier.rate, program)
        else:
            yield f"{step}, tier {number}", _part(tier, program)


def _sharing(pool: Pool, program: Program) -> Iterator[tuple[str, Said]]:
    yield (
        "share",
        _same({"weight": "by weight", "days": "by days active"}.get(pool.share, "equally")),
    )
    if pool.weight is not None:
        yield "weight of a share", _part(pool.weight, program)
    yield "remainders", _same(pool.remainders)
    if pool.group is not None:
        field, path = pool.group
        yield "group", _same(f"{field} = payee.{'.'.join(path)}")


def _stages(plan: Plan) -> Iterator[tuple[str, Any]]:
    yield "credit", plan.credit
    yield "quota", plan.quota
    yield "cap", plan.cap
    yield "floor", plan.floor
    yield "hold", plan.hold
    yield "guarantee", plan.guarantee
    yield "draw", plan.draw
    if plan.pool is not None:
        yield "pool", plan.pool.value


def _scorecard(card: Scorecard, program: Program) -> Iterator[tuple[str, Said]]:
    yield from _wording(card.label, card.source)
    yield "of", _positions(card.of)
    yield "period", _same(card.period)
    for item in card.items:
        parts = {
            "weight": item.weight, "target": item.target, "floor": item.floor, "cap": item.cap,
            "nothing under": item.least, "value": item.value,
        }  # fmt: skip
        said = [f"{w} {written(e.span, program)}" for w, e in parts.items() if e is not None]
        better = "higher is better" if item.higher else "lower is better"
        yield f"item {item.name}", Said(key(item), ", ".join([said[0], better, *said[1:]]))
    step = f" to {written(card.step.span, program)}" if card.step is not None else ""
    yield "score", Said(f"{card.mode} {key(card.step)}", f"rounded {card.mode}{step}")


def _allocation(allocation: Allocation, program: Program) -> Iterator[tuple[str, Said]]:
    yield from _wording(allocation.label, allocation.source)
    yield "amount", _part(allocation.amount, program)
    yield "year", _same(str(allocation.year))
    for dimension in allocation.dimensions:
        name = "person" if dimension.kind == "person" else dimension.name
        yield f"by {name}", _part(dimension, program)
    yield "steps", _part(allocation.step, program)
    yield "remainders", _same(allocation.remainders)
    for amendment in allocation.amendments:
        text = written(amendment.amount.span, program)
        yield f"amendment of {amendment.start}", Said(canonical(amendment.amount), text)
