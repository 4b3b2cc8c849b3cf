"""The columns of an event: its fields, with those of records under dotted names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from remit_dsl.parts import Field
from remit_dsl.pay import Event
from remit_dsl.program import Program
from remit_dsl.types import Type
from remit_engine.rules.names import is_person


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that has a column. within: the paths of the optional records that it stands in; it
    may be empty where all of one of them is. kind: `value`, `person`, `link` (the id of a row of
    the event `link`) or `id`."""

    path: tuple[str, ...]
    type: Type
    optional: bool
    within: tuple[tuple[str, ...], ...]
    kind: str
    link: str | None = None

    @property
    def column(self) -> str:
        """Its name in a header."""
        return ".".join(self.path)

    def among(self, paths: Collection[tuple[str, ...]]) -> bool:
        """Whether one of the paths leads to it, or into it."""
        return any(self.path[: len(p)] == p or p[: len(self.path)] == self.path for p in paths)


def leaves(event: Event, program: Program) -> tuple[Leaf, ...]:
    """The columns of an event, in the order of its declaration."""
    return tuple(_leaves(event.fields, (), (), event.links, program))


def _leaves(
    fields: Mapping[str, Field],
    above: tuple[str, ...],
    within: tuple[tuple[str, ...], ...],
    links: Mapping[str, str],
    program: Program,
) -> Iterator[Leaf]:
    for name, declared in fields.items():
        path, record = (*above, name), _record(declared.type, program)
        if not above and name in links:
            yield Leaf(path, declared.type, declared.optional, within, "link", links[name])
        elif record is not None:
            inner = (*within, path) if declared.optional else within
            yield from _leaves(record, path, inner, {}, program)
        else:
            kind = "person" if is_person(declared.type) else "value"
            kind = "id" if path == ("id",) else kind
            yield Leaf(path, declared.type, declared.optional, within, kind)


def _record(type: Type, program: Program) -> Mapping[str, Field] | None:
    if type.kind != "record" or is_person(type):
        return None
    found = program.records.get(type.name or "")
    return found.fields if found is not None else None
