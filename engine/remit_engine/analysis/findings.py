"""How findings of the analysis name rules, facts and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from remit_dsl.diagnostics import Related
from remit_dsl.types import NUMBER, Type
from remit_engine.analysis.columns import AS_OF, GIVEN, KNOWN, OPAQUE, TOTAL, Column
from remit_engine.analysis.grid import Cell, Class
from remit_engine.analysis.sets import HIGHEST, LOWEST, Cut, Stretch
from remit_engine.analysis.space import Space
from remit_engine.ir import Rule
from remit_engine.quoting import written
from remit_engine.text import value_text

MOST_PLACES = 8
MOST_WORDS = 4


def short(name: str) -> str:
    """A qualified name without its policy."""
    return name.rsplit(".", 1)[-1]


def places(rules: Iterable[Rule], message: str) -> tuple[Related, ...]:
    """The places of some rules, each with the same words."""
    return tuple(Related(r.span, message) for r in list(rules)[:MOST_PLACES])


def where(cell: Cell, space: Space, *, without: Iterable[str] = ()) -> str:
    """A cell in words: the facts that matter, ` when …`; empty where none does."""
    left = [k for k in cell.relevant if k not in set(without) and k != AS_OF]
    parts = [
        words(space.columns[k], cell.classes[k], space)
        for k in left
        if not _implied(k, cell.classes[k], left)
    ]
    shown = [p for p in parts if p][:MOST_WORDS]
    when = f" when {' and '.join(shown)}" if shown else ""
    day = days(cell.classes[AS_OF], space.since) if AS_OF in cell.relevant else ""
    return when + (f" {day}" if day else "")


def _implied(key: str, chosen: Class, others: Iterable[str]) -> bool:
    """True for a fact being given, where more is said of it."""
    path = key.removeprefix(GIVEN)
    return (
        key.startswith(GIVEN)
        and chosen is True
        and any(
            (k != key and path in k.replace("(", " ").replace(",", " ").split())
            or k.startswith(path + ".")
            for k in others
        )
    )


def words(column: Column, chosen: Class, space: Space) -> str:
    """`order.total` over 200_000."""
    key = column.key
    if key.startswith(GIVEN):
        return f"`{key.removeprefix(GIVEN)}` is {'given' if chosen else 'absent'}"
    if key.startswith(KNOWN):
        return ""
    name = f"`{named(column, space)}`"
    if isinstance(chosen, bool):
        return f"{name} holds" if chosen else f"{name} does not hold"
    if isinstance(chosen, str):
        return f"{name} is `{short(chosen)}`"
    low, high = bounded(column, chosen)
    return f"{name} is {stretch_words(low, high, kind_of(column, space))}"


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


def days(chosen: Class, since: date | None) -> str:
    """The days of a stretch of `as_of`; nothing is said of a beginning that is today."""
    if not isinstance(chosen, tuple):
        raise TypeError("days are a stretch")
    low, high = chosen
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
