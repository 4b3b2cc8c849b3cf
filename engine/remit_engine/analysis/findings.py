"""How findings of the analysis name rules, facts and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from remit_dsl.diagnostics import Related
from remit_dsl.scope.findings import listing
from remit_dsl.scope.qualified import short
from remit_dsl.types import NUMBER, Type
from remit_engine.analysis.columns import AS_OF, GIVEN, KNOWN, OPAQUE, TOTAL, Column
from remit_engine.analysis.regions import Region
from remit_engine.analysis.sets import (
    HIGHEST,
    LOWEST,
    Cut,
    Line,
    Stretch,
    Symbols,
    ValueSet,
    symbols,
)
from remit_engine.analysis.space import Space
from remit_engine.explanation.quoting import written
from remit_engine.rules.ir import Rule
from remit_engine.text import value_text

MOST_PLACES = 8
MOST_WORDS = 4
MOST_MEMBERS = 4


def places(rules: Iterable[Rule], message: str) -> tuple[Related, ...]:
    """The places of some rules, each with the same words."""
    return tuple(Related(r.span, message) for r in list(rules)[:MOST_PLACES])


def where(region: Region | None, space: Space, *, without: Iterable[str] = ()) -> str:
    """A region in words: the facts that matter, ` when …`; empty where none does."""
    if region is None:
        return ""
    left = [k for k in region if k not in set(without) and k != AS_OF]
    parts = [
        words(space.columns[k], region[k], space) for k in left if not _implied(k, region[k], left)
    ]
    shown = [p for p in parts if p]
    if len(shown) > MOST_WORDS:
        shown[MOST_WORDS:] = ["more"]
    when = f" when {' and '.join(shown)}" if shown else ""
    day = days(region[AS_OF], space.since) if AS_OF in region else ""
    return when + (f" {day}" if day else "")


def _implied(key: str, chosen: ValueSet, others: Iterable[str]) -> bool:
    """True for a fact being given, where more is said of it."""
    if not key.startswith(GIVEN) or chosen != symbols([True]):
        return False
    path = key.removeprefix(GIVEN)
    return any(
        (k != key and path in k.replace("(", " ").replace(",", " ").split())
        or k.startswith(path + ".")
        for k in others
    )


def words(column: Column, chosen: ValueSet, space: Space) -> str:
    """`order.total` over 200_000."""
    if column.key.startswith(KNOWN):
        return ""
    if isinstance(chosen, Line):
        kind = kind_of(column, space)
        said = (stretch_words(*bounded(column, s), kind) for s in chosen.stretches)
        return f"`{named(column, space)}` is {' or '.join(said)}"
    if column.kind == "boolean":
        (value,) = chosen.members or {True}
        if column.key.startswith(GIVEN):
            return f"`{column.key.removeprefix(GIVEN)}` is {'given' if value else 'absent'}"
        return f"`{named(column, space)}` {'holds' if value else 'does not hold'}"
    return f"`{named(column, space)}` is {_members(column, chosen, space)}"


def _members(column: Column, chosen: Symbols, space: Space) -> str:
    """The members, of a tree the topmost alone; or, where those are fewer, the members left out."""
    if chosen.outside:
        return f"not {listing((str(m) for m in sorted(map(str, chosen.members))), 'or')}"
    inside = [m for m in column.members or sorted(map(str, chosen.members)) if m in chosen.members]
    rest = [m for m in column.members or () if m not in chosen.members]
    tree = space.model.program.enums.get(kind_of(column, space).name or "")
    if tree is not None:
        inside = [m for m in inside if not set(tree.lineage(str(m))[1:]) & set(inside)]
    if rest and len(rest) < len(inside):
        return f"not {_some(rest)}"
    return _some(inside)


def _some(members: Sequence[str | bool]) -> str:
    """`a`, `b` or `c`; of many the first and how many more."""
    names = [short(str(m)) for m in members]
    if len(names) <= MOST_MEMBERS:
        return listing(names, "or")
    shown = ", ".join(f"`{n}`" for n in names[: MOST_MEMBERS - 1])
    return f"{shown} or one of {len(names) - MOST_MEMBERS + 1} more"


def bounded(column: Column, chosen: Stretch) -> Stretch:
    """A stretch without the ends that every value keeps to anyway."""
    first, last = column.range.stretches[0][0], column.range.stretches[-1][1]
    low = LOWEST if chosen[0] == first else chosen[0]
    return low, HIGHEST if chosen[1] == last else chosen[1]


def named(column: Column, space: Space) -> str:
    """A column as its author wrote it."""
    if column.expression is not None:
        return written(column.expression.span, space.model.program)
    key = column.key.removeprefix(OPAQUE).replace(" + -1*", " - ")
    return re.sub(r"\(([\w.]+)\)", r"\1", key)


def kind_of(column: Column, space: Space) -> Type:
    """The type of what a column holds."""
    if column.expression is not None:
        return column.expression.type
    if column.key.startswith(TOTAL):
        measure = space.model.actions[space.action].action.measure
        return measure.value.type if measure else NUMBER
    found = space.judgement.facts.field_at(tuple(column.key.split(".")))
    return found.type if found is not None else NUMBER


def stretch_words(low: Cut, high: Cut, kind: Type) -> str:
    """A stretch as a limit is written: `over 35%`, `up to 200_000`, `200_000`."""
    if low[:2] == high[:2] and low != LOWEST:
        return _number(low[1], kind)
    parts = []
    whole = kind.kind in ("integer", "date", "days", "months")
    if whole and low > LOWEST and high < HIGHEST and high[1] - low[1] == 1:
        return _number(low[1], kind)
    if low > LOWEST:
        parts.append(f"{'over' if low[2] else 'at least'} {_number(low[1], kind)}")
    if high < HIGHEST:
        parts.append(f"{'up to' if high[2] else 'under'} {_number(high[1], kind)}")
    return " and ".join(parts) or "anything"


def days(chosen: ValueSet, since: date | None) -> str:
    """The days of a region; nothing is said of a beginning that is today."""
    if not isinstance(chosen, Line):
        raise TypeError("days are stretches")
    return " and ".join(p for p in (_period(*s, since) for s in chosen.stretches) if p)


def _period(low: Cut, high: Cut, since: date | None) -> str:
    begins = low > LOWEST and (since is None or low[1] > since.toordinal()) and low[1] > 1
    start = f"from {_day(low)}" if begins else ""
    until = f"until {_day(high)}" if high < HIGHEST and high[1] <= date.max.toordinal() else ""
    return " ".join(p for p in (start, until) if p)


def _day(cut: Cut) -> str:
    return date.fromordinal(int(cut[1])).isoformat()


def _number(value: Fraction, kind: Type) -> str:
    if kind.kind == "date":
        return _day((0, value, 0))
    return value_text(value, kind)
