"""Values that change from day to day: what holds when, in one text and in the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from remit_dsl.expressions import Constant
from remit_dsl.program import DatedValue, Program
from remit_engine.analysis.difference.canonical import canonical
from remit_engine.analysis.difference.texts import period_text
from remit_engine.explanation.quoting import written
from remit_engine.judging.evaluate import value_in_force
from remit_engine.text import value_text

NOTHING = "no value"
UNSET = "unset"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time over which a value moved: half open, with the old and the new value in words."""

    start: date | None
    until: date | None
    old: str
    new: str

    @property
    def when(self) -> str:
        """The time in words; empty where it is always."""
        return period_text(self.start, self.until)


def stretches(
    old: tuple[DatedValue, ...], new: tuple[DatedValue, ...], before: Program, after: Program
) -> tuple[Stretch, ...]:
    """The times over which two dated values differ, neighbours with one move joined."""
    found: list[Stretch] = []
    days = _turns((*old, *new))
    for start, until in zip((None, *days), (*days, None), strict=True):
        probe = start or date.min
        one, other = value_in_force(old, probe), value_in_force(new, probe)
        if _key(one) == _key(other):
            continue
        texts = (_text(one, before), _text(other, after))
        last = found[-1] if found else None
        if last is not None and last.until == start and (last.old, last.new) == texts:
            found[-1] = Stretch(last.start, until, *texts)
        else:
            found.append(Stretch(start, until, *texts))
    return tuple(found)


def spoken(values: tuple[DatedValue, ...], program: Program) -> str:
    """All values of a timeline in words."""
    return "; ".join(_dated(v, program) for v in values)


def timeline_key(values: tuple[DatedValue, ...]) -> str:
    """Equal where the same holds on every day."""
    found: list[tuple[date | None, str]] = []
    for day in (None, *_turns(values)):
        key = _key(value_in_force(values, day or date.min))
        if not found or found[-1][1] != key:
            found.append((day, key))
    return str([(str(day), key) for day, key in found])


def _turns(values: tuple[DatedValue, ...]) -> tuple[date, ...]:
    return tuple(sorted({d for v in values for d in (v.start, v.until) if d is not None}))


def _key(value: DatedValue | None) -> str:
    if value is None:
        return NOTHING
    return UNSET if value.value is None else canonical(value.value)


def _text(value: DatedValue | None, program: Program) -> str:
    if value is None:
        return NOTHING
    if value.value is None:
        return UNSET
    if isinstance(value.value, Constant):
        return value_text(value.value.value, value.value.type)
    return written(value.value.span, program)


def _dated(value: DatedValue, program: Program) -> str:
    when = period_text(value.start, value.until)
    text = _text(value, program)
    return f"{text} {when}" if when else text


def sources(values: Iterable[DatedValue]) -> str:
    """Where the values are written."""
    return "; ".join(v.source for v in values if v.source is not None)
