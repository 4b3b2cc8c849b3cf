"""Differences of who may what: rights come, gone, or moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from remit_dsl.expressions import ParameterValue
from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import About
from remit_engine.analysis.difference import rights as r
from remit_engine.analysis.difference.change import Change, Weight
from remit_engine.analysis.difference.matching import matched
from remit_engine.analysis.difference.texts import condition_text, label_text, steps_text
from remit_engine.analysis.difference.timelines import stretches
from remit_engine.rules.ir import GRANT, REQUIREMENT, Model

BOUND = r.BOUND
Pair = tuple[r.Right, r.Right]
Moves = tuple[tuple[str, str, str], ...]


def ruled_changes(action: str, old: Model, new: Model) -> Iterator[Change]:
    """What moved on one action."""
    pairs = matched(r.rights(action, old), r.rights(action, new))
    yield from _moved(pairs.moved, old, new)
    yield from _by_parameters((*pairs.same, *pairs.moved), old, new)
    yield from _come_or_gone(pairs.come, new, come=True)
    yield from _come_or_gone(pairs.gone, old, come=False)
    yield from _reworded((*pairs.same, *pairs.moved))


def _about(rule: r.Right, positions: tuple[str | None, ...]) -> About:
    return About(
        action=rule.rule.action,
        verb=rule.rule.verb,
        positions=tuple(p for p in positions if p is not None),
        rules=(rule.rule.id,),
    )


def _head(right: r.Right, positions: tuple[str | None, ...], aspect: str, model: Model) -> str:
    """A right with what stays of it, besides the condition."""
    rule = right.rule
    found = [r.head(rule, positions)]
    if aspect not in ("limit", BOUND):
        found.append(r.bound_of(right, model.program).removeprefix("any"))
    if rule.kind == REQUIREMENT and aspect != "steps":
        found.append(f"needs {steps_text(rule.steps)}")
    return " ".join(part for part in found if part)


def _moved(pairs: Iterable[Pair], old: Model, new: Model) -> Iterator[Change]:
    """Rights that moved in some respect, told once for all positions they moved for."""
    grouped: dict[tuple[int, int, Moves], list[Pair]] = defaultdict(list)
    for one, other in pairs:
        moves = tuple(r.aspects(one, other, old.program, new.program))
        grouped[one.rule.index, other.rule.index, moves].append((one, other))
    for (_, _, moves), found in grouped.items():
        one, other = found[0]
        positions = tuple(p[1].position for p in found)
        stays = one.condition == other.condition
        for aspect, before, after in moves:
            yield Change(
                subject=other.rule.kind,
                about=_about(other, positions),
                head=_head(other, positions, aspect, new),
                aspect=aspect,
                old=before,
                new=after,
                under=(condition_text(other.rule.condition, new.program) or None)
                if stays
                else None,
                old_place=one.rule.span,
                new_place=other.rule.span,
            )


def _by_parameters(pairs: Iterable[Pair], old: Model, new: Model) -> Iterator[Change]:
    """Limits that are a parameter, whose value moved."""
    grouped: dict[tuple[int, int], list[Pair]] = defaultdict(list)
    for one, other in pairs:
        grouped[one.rule.index, other.rule.index].append((one, other))
    for found in grouped.values():
        one, other = found[0]
        positions = tuple(p[1].position for p in found)
        bound, before = other.rule.bound, one.rule.bound
        if bound is None or before is None or not isinstance(bound.value, ParameterValue):
            continue
        name = bound.value.name
        values = [m.program.parameters.get(name) for m in (old, new)]
        if one.bound != other.bound or values[0] is None or values[1] is None:
            continue
        for moved in stretches(values[0].values, values[1].values, old.program, new.program):
            under = " ".join(
                p for p in (moved.when, condition_text(other.rule.condition, new.program)) if p
            )
            yield Change(
                subject=other.rule.kind,
                about=_about(other, positions),
                head=_head(other, positions, BOUND, new),
                aspect="limit" if other.rule.kind == GRANT else BOUND,
                old=f"{bound.side} {moved.old}",
                new=f"{bound.side} {moved.new}",
                under=under or None,
                through=short(name),
                old_place=one.rule.span,
                new_place=other.rule.span,
            )


def _come_or_gone(found: Iterable[r.Right], model: Model, *, come: bool) -> Iterator[Change]:
    grouped: dict[int, list[r.Right]] = defaultdict(list)
    for right in found:
        grouped[right.rule.index].append(right)
    for of_rule in grouped.values():
        positions = tuple(right.position for right in of_rule)
        text = r.whole(of_rule[0], positions, model.program)
        span = of_rule[0].rule.span
        yield Change(
            subject=of_rule[0].rule.kind,
            about=_about(of_rule[0], positions),
            head=text,
            old=None if come else text,
            new=text if come else None,
            old_place=None if come else span,
            new_place=span if come else None,
        )


def _reworded(pairs: Iterable[Pair]) -> Iterator[Change]:
    """Labels, reasons and sources, told once a rule."""
    seen: set[tuple[int, int]] = set()
    for one, other in pairs:
        key = (one.rule.index, other.rule.index)
        if key in seen:
            continue
        seen.add(key)
        positions = tuple(sorted(other.rule.positions or ())) or (None,)
        sides = {
            "name": (one.label, other.label),
            "reason": tuple(label_text(p.rule.because) or None for p in (one, other)),
            "source": (one.rule.source, other.rule.source),
            **_labels(one, other),
        }
        for aspect, (before, after) in sides.items():
            if before != after:
                yield Change(
                    subject=other.rule.kind,
                    about=_about(other, positions),
                    head=r.head(other.rule, positions),
                    aspect=aspect,
                    old=before,
                    new=after,
                    weight=Weight.WORDING,
                    old_place=one.rule.span,
                    new_place=other.rule.span,
                )


def _labels(old: r.Right, new: r.Right) -> dict[str, tuple[str | None, str | None]]:
    """What the evidence that both need is called."""
    before, after = dict(old.evidence), dict(new.evidence)
    return {
        f"label of evidence {name}": (
            label_text(before[name]) or None,
            label_text(after[name]) or None,
        )
        for name in after
        if name in before
    }
