"""Differences of what is declared: enums, positions, records, tables, parameters and the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from remit_dsl.program import DatedValue, Program
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.analysis.answer import About
from remit_engine.analysis.difference import rights
from remit_engine.analysis.difference.change import Change, Weight
from remit_engine.analysis.difference.paid import paid_things, read_by_pay
from remit_engine.analysis.difference.reading import Name, read_by_measure, read_by_rule
from remit_engine.analysis.difference.things import ORDER, Said, Thing, things
from remit_engine.analysis.difference.timelines import sources, spoken, stretches
from remit_engine.analysis.difference.watched import read_by_watching, watched_things
from remit_engine.rules.ir import Model

_WHOLE_NAMES = ("policy", "waiver")


def declared_changes(old: Model, new: Model) -> Iterator[Change]:
    """Things that came, went or say something else, in the order of the new text."""
    before, after = _things(old), _things(new)
    readers = _readers(old, new)
    for key in dict.fromkeys((*after, *before)):
        one, other = before.get(key), after.get(key)
        moves = readers.get(key, ())
        if one is not None and other is not None:
            yield from _sides(one, other, moves)
        elif key[0] not in ("parameter", "authority"):
            yield _whole(one, other, moves)
        elif one is None and other is not None and key[0] == "authority":
            yield from _sides(Thing("authority", key[1], {}, None, key[1]), other, moves)


def _things(model: Model) -> dict[tuple[str, str], Thing]:
    return {**things(model), **paid_things(model.program), **watched_things(model.program)}


def _about(thing: Thing) -> About:
    positions = (thing.name,) if thing.kind == "position" else ()
    return About(action=thing.action, positions=positions, name=thing.name)


def _whole(old: Thing | None, new: Thing | None, moves: tuple[str, ...]) -> Change:
    thing = new or old
    if thing is None:
        raise TypeError("a change of nothing")
    text = "; ".join(
        f"{said.name or name} {said.text}"
        for name, said in thing.sides.items()
        if said.weight is not Weight.WORDING and name != ORDER
    )
    return Change(
        subject=thing.kind,
        about=_about(thing),
        head=thing.name if thing.kind in _WHOLE_NAMES else short(thing.name),
        old=None if old is None else text,
        new=None if new is None else text,
        moves=moves,
        weight=Weight.DUTIES if thing.kind == "waiver" else Weight.ANSWERS,
        old_place=old.span if old else None,
        new_place=new.span if new else None,
    )


def _sides(old: Thing, new: Thing, moves: tuple[str, ...]) -> Iterator[Change]:
    for name in dict.fromkeys((*new.sides, *old.sides)):
        one, other = old.sides.get(name), new.sides.get(name)
        if name == ORDER:
            one, other = _common_order(one, other)
        if (one.key if one else None) == (other.key if other else None):
            continue
        said = other or one
        if said is None:
            continue
        yield Change(
            subject=new.kind,
            about=_about(new),
            head=_head(new),
            aspect=said.name or name,
            old=one.text if one else None,
            new=other.text if other else None,
            moves=moves if said.weight is Weight.ANSWERS else (),
            weight=said.weight,
            old_place=old.span,
            new_place=new.span,
        )


def _head(thing: Thing) -> str:
    if thing.kind in ("action", "authority"):
        return short(thing.name)
    return f"{thing.kind} {thing.name if thing.kind in _WHOLE_NAMES else short(thing.name)}"


def _common_order(old: Said | None, new: Said | None) -> tuple[Said | None, Said | None]:
    """The order of the rows that are in both; one who counts rows finds the others himself."""
    if old is None or new is None:
        return None, None
    before, after = old.key.split("\n"), new.key.split("\n")
    kept = set(before) & set(after)
    same = [k for k in before if k in kept] == [k for k in after if k in kept]
    return (old, old) if same else (old, new)


# --- what changes from day to day --------------------------------------------------------------


def dated_changes(old: Model, new: Model) -> Iterator[Change]:
    """Parameters and rates: each time over which another value holds."""
    before, after = _dated(old.program), _dated(new.program)
    readers = _readers(old, new)
    for key in dict.fromkeys((*after, *before)):
        values = (before.get(key, ()), after.get(key, ()))
        moves = readers.get(key, ())
        if not values[0] or not values[1]:
            yield _come_or_gone(key, values, (old.program, new.program), moves)
            continue
        for moved in stretches(*values, old.program, new.program):
            yield Change(
                subject=key[0],
                about=About(name=key[1]),
                head=short(key[1]),
                aspect="value",
                old=moved.old,
                new=moved.new,
                under=moved.when or None,
                moves=moves,
                old_place=values[0][0].span,
                new_place=values[1][0].span,
            )
        yield from _sources(key, *values)


def _dated(program: Program) -> dict[Name, tuple[DatedValue, ...]]:
    parameters = {("parameter", p.name): p.values for p in program.parameters.values()}
    rates = {("exchange", f"{e.base} to {e.quote}"): e.values for e in program.exchanges.values()}
    return {**parameters, **rates}


def _come_or_gone(
    key: Name,
    values: tuple[tuple[DatedValue, ...], tuple[DatedValue, ...]],
    programs: tuple[Program, Program],
    moves: tuple[str, ...],
) -> Change:
    old, new = values
    return Change(
        subject=key[0],
        about=About(name=key[1]),
        head=f"{short(key[1])} = {spoken(*((new, programs[1]) if new else (old, programs[0])))}",
        old=spoken(old, programs[0]) if old else None,
        new=spoken(new, programs[1]) if new else None,
        moves=moves,
        old_place=_first(old),
        new_place=_first(new),
    )


def _first(values: tuple[DatedValue, ...]) -> Span | None:
    return values[0].span if values else None


def _sources(
    key: Name, old: tuple[DatedValue, ...], new: tuple[DatedValue, ...]
) -> Iterator[Change]:
    one, other = sources(old), sources(new)
    if one != other:
        yield Change(
            subject=key[0],
            about=About(name=key[1]),
            head=short(key[1]),
            aspect="source",
            old=one or None,
            new=other or None,
            weight=Weight.WORDING,
            old_place=_first(old),
            new_place=_first(new),
        )


# --- who reads it ------------------------------------------------------------------------------


def _readers(old: Model, new: Model) -> Mapping[Name, tuple[str, ...]]:
    """For each thing the rights that read it, in words, in either text."""
    found: dict[Name, dict[str, None]] = defaultdict(dict)
    for model in (new, old):
        for action in model.actions.values():
            measured = read_by_measure(action, model.program)
            for name in measured:
                found[name][f"the measure of {short(action.action.name)}"] = None
            for rule in action.rules:
                positions: Iterable[str | None] = sorted(rule.positions or ()) or (None,)
                for name in read_by_rule(rule, model.program):
                    found[name][rights.head(rule, tuple(positions))] = None
        beside = (*read_by_pay(model.program), *read_by_watching(model.program))
        for words, names in beside:
            for name in names:
                found[name][words] = None
    return {name: tuple(heads) for name, heads in found.items()}
