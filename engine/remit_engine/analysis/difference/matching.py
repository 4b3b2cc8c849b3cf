"""Which right of the new text is which of the old one."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from remit_engine.analysis.difference.rights import Right


@dataclass(frozen=True, slots=True)
class Pairs:
    """same: pairs that say the same. moved: pairs that differ. gone and come: without partner."""

    same: tuple[tuple[Right, Right], ...]
    moved: tuple[tuple[Right, Right], ...]
    gone: tuple[Right, ...]
    come: tuple[Right, ...]


def matched(old: Iterable[Right], new: Iterable[Right]) -> Pairs:
    """Rights that say the same are paired first, by their label where several do; of the rest,
    on each seat, the most alike. What is said twice is said."""
    same: list[tuple[Right, Right]] = []
    moved: list[tuple[Right, Right]] = []
    gone: list[Right] = []
    come: list[Right] = []
    before, after = _by_meaning(old), _by_meaning(new)
    for meaning in before.keys() & after.keys():
        same += _likely(before[meaning], after[meaning])
    left = _by_seat(r for m in before.keys() - after.keys() for r in before[m][:1])
    right = _by_seat(r for m in after.keys() - before.keys() for r in after[m][:1])
    for seat in {**left, **right}:
        pairs, without, others = _nearest(left.get(seat, []), right.get(seat, []))
        moved += pairs
        gone += without
        come += others
    same.sort(key=lambda p: p[1].rule.index)
    moved.sort(key=lambda p: (p[1].rule.index, p[1].position or ""))
    return Pairs(tuple(same), tuple(moved), _ordered(gone), _ordered(come))


def likeness(old: Right, new: Right) -> int:
    """How much two rights on the same seat have in common."""
    return (
        8 * (old.label is not None and old.label == new.label)
        + 4 * (old.condition == new.condition)
        + 2 * (old.bound == new.bound)
        + 2 * (old.steps == new.steps)
        + (old.own == new.own)
        + 2 * bool(set(old.condition.split(" & ")) & set(new.condition.split(" & ")))
        + (old.rule.id == new.rule.id)
    )


def _likely(old: list[Right], new: list[Right]) -> list[tuple[Right, Right]]:
    """Those of one meaning in pairs, by equal wording first."""
    rest = list(new)
    pairs = []
    for one in sorted(old, key=lambda r: r.wording not in {n.wording for n in new}):
        if rest:
            other = max(rest, key=lambda r: (r.wording == one.wording, r.label == one.label))
            rest.remove(other)
            pairs.append((one, other))
    return pairs


def _nearest(
    old: list[Right], new: list[Right]
) -> tuple[list[tuple[Right, Right]], list[Right], list[Right]]:
    ranked = sorted(
        itertools.product(old, new),
        key=lambda p: (-likeness(*p), p[0].rule.index, p[1].rule.index),
    )
    pairs: list[tuple[Right, Right]] = []
    taken: set[int] = set()
    for one, other in ranked:
        if id(one) not in taken and id(other) not in taken:
            taken |= {id(one), id(other)}
            pairs.append((one, other))
    left = [r for r in old if id(r) not in taken]
    return pairs, left, [r for r in new if id(r) not in taken]


def _by_meaning(found: Iterable[Right]) -> dict[tuple[object, ...], list[Right]]:
    grouped: dict[tuple[object, ...], list[Right]] = defaultdict(list)
    for right in found:
        grouped[right.meaning].append(right)
    return grouped


def _by_seat(found: Iterable[Right]) -> dict[object, list[Right]]:
    grouped: dict[object, list[Right]] = defaultdict(list)
    for right in sorted(found, key=lambda r: r.rule.index):
        grouped[right.seat].append(right)
    return grouped


def _ordered(found: list[Right]) -> tuple[Right, ...]:
    return tuple(sorted(found, key=lambda r: (r.rule.index, r.position or "")))
