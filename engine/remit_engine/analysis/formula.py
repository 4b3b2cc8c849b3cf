"""Two-valued formulas over sets of values of single facts, and the boxes they come down to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from remit_engine.analysis.sets import ValueSet, joining, meeting

MOST_BOXES = 400


class TooEntangled(Exception):
    """A formula that comes down to more boxes than can be looked at."""


@dataclass(frozen=True, slots=True)
class Atom:
    """The fact of a column has its value in a set."""

    column: str
    values: ValueSet


@dataclass(frozen=True, slots=True)
class Every:
    """All of them; `Every(())` is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them; `Some(())` is false."""

    parts: tuple[Formula, ...]


Formula = Atom | Every | Some
TRUE: Formula = Every(())
FALSE: Formula = Some(())

Box = Mapping[str, ValueSet]
"""A conjunction: by column the set its value must be in; columns not named are free."""


def atom(column: str, values: ValueSet) -> Formula:
    """The fact is in the set: true or false outright where the set is everything or nothing."""
    if values.empty:
        return FALSE
    return TRUE if values.everything else Atom(column, values)


def every(*parts: Formula) -> Formula:
    """Their conjunction."""
    return _joined(parts, Every, TRUE, FALSE)


def some(*parts: Formula) -> Formula:
    """Their disjunction."""
    return _joined(parts, Some, FALSE, TRUE)


def _joined(
    parts: Iterable[Formula], kind: type[Every] | type[Some], neutral: Formula, final: Formula
) -> Formula:
    flat: dict[Formula, None] = {}
    for part in parts:
        if part == final:
            return final
        if isinstance(part, kind):
            flat.update(dict.fromkeys(part.parts))
        else:
            flat[part] = None
    if len(flat) == 1:
        return next(iter(flat))
    return kind(tuple(flat)) if flat else neutral


def negated(f: Formula) -> Formula:
    """What holds exactly where the formula does not."""
    match f:
        case Atom():
            return atom(f.column, f.values.complement())
        case Every():
            return some(*(negated(p) for p in f.parts))
        case Some():
            return every(*(negated(p) for p in f.parts))


def boxes(f: Formula) -> list[Box]:
    """The formula as a union of boxes, none of them empty.

    Raises TooEntangled past `MOST_BOXES`.
    """
    return _boxes(f)


def _boxes(f: Formula) -> list[Box]:
    match f:
        case Atom():
            return [{f.column: f.values}]
        case Some():
            found: list[Box] = []
            for part in f.parts:
                found += _boxes(part)
                if len(found) > MOST_BOXES:
                    raise TooEntangled
            return _merged(found)
        case Every():
            product: list[Box] = [{}]
            # small unions first, so that contradictions are met early
            for choices in sorted((_boxes(p) for p in f.parts), key=len):
                product = [
                    both for box in product for one in choices if (both := _meet(box, one))
                    is not None
                ]  # fmt: skip
                if len(product) > MOST_BOXES:
                    product = _merged(product)
                    if len(product) > MOST_BOXES:
                        raise TooEntangled
            return _merged(product)


def _meet(a: Box, b: Box) -> Box | None:
    met = dict(a)
    for column, values in b.items():
        if column in met:
            shared = meeting(met[column], values)
            if shared.empty:
                return None
            met[column] = shared
        else:
            met[column] = values
    return met


def _merged(found: list[Box]) -> list[Box]:
    """The same union with boxes that differ in one column alone put together, each once."""
    unique = list({frozenset(b.items()): b for b in found}.values())
    if len(unique) < 2:
        return unique
    if any(not b for b in unique):
        return [{}]
    for column in sorted({c for b in unique for c in b}):
        groups: dict[tuple[bool, frozenset[tuple[str, ValueSet]]], Box] = {}
        for box in unique:
            rest = frozenset((c, v) for c, v in box.items() if c != column)
            key = (column in box, rest)
            if column not in box or key not in groups:
                groups[key] = box
                continue
            if column not in groups[key]:  # it is free already
                continue
            joined = joining(groups[key][column], box[column])
            groups[key] = dict(rest) if joined.everything else {**box, column: joined}
        unique = list({frozenset(b.items()): b for b in groups.values()}.values())
    return unique
