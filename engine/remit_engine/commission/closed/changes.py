"""What differs between two statements of one person, plan and period: lines, stages, movements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from remit_engine.commission.statement import AMOUNTS, Line, Movement, Stage, Statement

Value = Fraction | str | None
Values = Mapping[str, Value]
Key = tuple[str, ...]
MONEY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not what it was.

    about: `statement`, `line`, `movement`, `stage`, `amount`. name: the person, the event, the
    stage, the amount. what: which of its values. old, new: exact, text where it is no number, None
    where there is nothing. kind: of the number, as a type's.
    """

    about: str
    name: str
    what: str
    old: Value
    new: Value
    kind: str = "money"


def changes(old: Statement | None, new: Statement | None) -> tuple[Change, ...]:
    """Everything that differs, lines first. A statement without stages (made by a batch engine that
    keeps none) is compared by its amounts alone."""
    if old is None or new is None:
        return tuple(_whole(old, new))
    if not old.stages or not new.stages:
        return tuple(_amounts(old, new, frozenset()))
    kinds = {stage.name: stage.kind for stage in (*old.stages, *new.stages)}
    named = frozenset(kinds)
    said = named | frozenset(AMOUNTS)
    return (
        *_compared("line", _lines(old.lines), _lines(new.lines)),
        *_compared("movement", _movements(old.movements), _movements(new.movements)),
        *_compared("stage", _stages(old.stages, said), _stages(new.stages, said), kinds),
        *_amounts(old, new, named),
    )


def _whole(old: Statement | None, new: Statement | None) -> Iterator[Change]:
    """A person who was not there before, or is there no more."""
    there = new or old
    if there is None:
        return
    was, now = old.due if old else None, new.due if new else None
    yield Change("statement", there.person, "due", was, now)
    before, after = (_lines(s.lines if s else ()) for s in (old, new))
    yield from _compared("line", before, after)


def _amounts(old: Statement, new: Statement, said: frozenset[str]) -> Iterator[Change]:
    """Amounts that no stage speaks of."""
    for name in AMOUNTS:
        was, now = old.amounts.get(name), new.amounts.get(name)
        if was != now and name not in said:
            yield Change("amount", name, "value", was, now)


def _compared(
    about: str,
    old: Mapping[Key, Values],
    new: Mapping[Key, Values],
    kinds: Mapping[str, str] = MONEY,
) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key, {}), new.get(key, {})
        # what appears or vanishes is told by its first value
        names = tuple(dict.fromkeys((*before, *after)))
        for name in names if before and after else names[:1]:
            if before.get(name) != after.get(name) or not (before and after):
                kind = kinds.get(key[0], "money") if name == "value" else "money"
                yield Change(about, key[0], name, before.get(name), after.get(name), kind)


def _lines(lines: Iterable[Line]) -> dict[Key, Values]:
    return _told(((line.event, line.kind), _line(line)) for line in lines)


def _line(line: Line) -> Values:
    return {
        "credit": line.credit,
        "day": line.day.isoformat(),
        "earned": line.earned,
        "share": line.share,
    }


def _movements(movements: Iterable[Movement]) -> dict[Key, Values]:
    return _told(
        ((m.event, m.kind, str(m.counted)), {m.kind: m.amount, "day": str(m.day or "")})
        for m in movements
    )


def _stages(stages: Sequence[Stage], said: frozenset[str]) -> dict[Key, Values]:
    return _told(((stage.name,), _stage(stage, said)) for stage in stages)


def _stage(stage: Stage, said: frozenset[str]) -> Values:
    """Its values; what it read of other stages is told there."""
    read = {f"input {n}": v for n, v in stage.inputs if n.partition(" (")[0] not in said}
    return {"value": stage.value, "rule": stage.rule, **read, "note": stage.note}


def _told(things: Iterable[tuple[Key, Values]]) -> dict[Key, Values]:
    """Things by their key; of several with one key, by their number as well."""
    seen: Counter[Key] = Counter()
    found: dict[Key, Values] = {}
    for key, values in things:
        seen[key] += 1
        found[(*key, str(seen[key]))] = values
    return found
