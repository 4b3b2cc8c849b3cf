"""The kinds of entries of a program: what each must hold, found once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from remit_dsl.pay import Event
from remit_dsl.program import Field, Program, Record
from remit_dsl.types import TEXT
from remit_engine.rules.names import is_person


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind. date: the field an event's day is read from where it is not stated. required: of an
    event. keyed: fields that hold a record with an id. links: fields that hold the id of an event.
    peopled: somewhere a person stands."""

    name: str
    event: bool
    fields: Mapping[str, Field]
    date: str | None
    required: tuple[str, ...]
    keyed: tuple[str, ...]
    links: tuple[str, ...]
    peopled: bool

    @property
    def short(self) -> str:
        """The name without its policy."""
        return self.name.rsplit(".", 1)[-1]


def shapes(program: Program) -> tuple[Shape, ...]:
    """All events, and all records with an id."""
    events = [_shape(e, True, program) for e in program.events.values()]
    observed = (r for r in program.records.values() if has_id(r.fields))
    return (*events, *(_shape(r, False, program) for r in observed))


def _shape(kind: Event | Record, event: bool, program: Program) -> Shape:
    dates = (f.name for f in kind.fields.values() if f.type.kind == "date" and not f.optional)
    return Shape(
        name=kind.name,
        event=event,
        fields=kind.fields,
        date=next(dates, None) if event else None,
        required=tuple(n for n, f in kind.fields.items() if not f.optional) if event else (),
        keyed=tuple(n for n, f in kind.fields.items() if _keyed(f, program)),
        links=tuple(kind.links) if isinstance(kind, Event) else (),
        peopled=has_people(kind.fields, program),
    )


def _keyed(field: Field, program: Program) -> bool:
    if field.type.kind != "record" or is_person(field.type):
        return False
    return has_id(program.records[field.type.name or ""].fields)


def has_id(fields: Mapping[str, Field]) -> bool:
    """Whether a record has an id that tells one from the other."""
    id = fields.get("id")
    return id is not None and id.type == TEXT and not id.optional


def has_people(fields: Mapping[str, Field], program: Program) -> bool:
    """Whether somewhere in these fields a person stands."""
    records = [f.type for f in fields.values() if f.type.kind == "record"]
    return any(
        is_person(type_) or has_people(program.records[type_.name or ""].fields, program)
        for type_ in records
    )


def people_in(
    facts: Mapping[str, Any],
    declared: Mapping[str, Field],
    program: Program,
    path: tuple[str, ...] = (),
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where people are named, and who."""
    for name, value in facts.items():
        field = declared[name]
        if isinstance(value, Mapping):
            inner = program.records[field.type.name or ""].fields
            yield from people_in(value, inner, program, (*path, name))
        elif isinstance(value, str) and is_person(field.type):
            yield (*path, name), value
