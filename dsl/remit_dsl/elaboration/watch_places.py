"""What each place of a watch may read: the subject, a row, a row that is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator, Handler
from remit_dsl.expressions import Expression
from remit_dsl.pay import Event
from remit_dsl.program import Field
from remit_dsl.scope.facts import PayFacts
from remit_dsl.scope.findings import Findings, did_you_mean, listing
from remit_dsl.scope.resolve import Scope
from remit_dsl.scope.world import World
from remit_dsl.source import NOWHERE, Span
from remit_dsl.typecheck import describe
from remit_dsl.types import DATE, PERSON, TEXT, Type
from remit_dsl.watch import Count, Sequence

_ASKING: dict[str, tuple[str, str | None]] = {
    "actor": ("`actor` belongs to a request", None),
    "requester": ("`requester` belongs to a request", None),
    "payee": ("`payee` belongs to pay", None),
}
Path = tuple[str, ...]


@dataclass
class WatchFacts(PayFacts):
    """The names of a subject or of a row, and what is counted about it while it is read.

    record, event: what the key of the subject is of; key_type: its type; key_record: whose `id`
    the key is. named: what the watch gives names to, which is read in their place.
    """

    record: str | None = None
    event: Event | None = None
    key_type: Type = TEXT
    key_record: str | None = None
    same: Path | None = None
    counts: list[Count] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)
    named: dict[str, syntax.WatchValue] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    known: dict[str, Expression | None] = field(default_factory=dict)


@dataclass(slots=True)
class WatchPlaces:
    """The elaborators of one watch or duty."""

    world: World
    policy: str
    handlers: Mapping[type, Handler]

    @property
    def scope(self) -> Scope:
        """What is visible in its policy."""
        return self.world.scopes[self.policy]

    @property
    def findings(self) -> Findings:
        """Where faults are reported."""
        return self.world.findings

    def of(self, facts: PayFacts) -> Elaborator:
        """What reads these facts."""
        return Elaborator(self.world, self.scope, facts, self.handlers)

    def row(self, event: Event) -> Elaborator:
        """What a condition about a row that is counted may read."""
        fields = {**event.fields, **as_of()}
        where = f"a row of `{event.short}`"
        return self.of(PayFacts(where, event.span, fields, {}, dict(_ASKING), event.links))

    def rows(self, event: Event, named: dict[str, syntax.WatchValue]) -> WatchFacts:
        """The facts of a row that is a subject."""
        return WatchFacts(
            where=f"a row of `{event.short}`",
            span=event.span,
            fields={**event.fields, **as_of()},
            refused=dict(_ASKING),
            links=event.links,
            event=event,
            named=named,
        )

    def event(self, name: syntax.QName) -> Event | None:
        """The event a name means; an unknown one is reported."""
        symbol = self.scope.require("event", name, self.findings)
        return self.world.events.get(symbol.name) if symbol else None

    def field(self, event: Event, node: syntax.Ref) -> Field | None:
        """The field of an event at a path; an unknown one is reported."""
        found = find_path(self.world, event.fields, node.parts)
        if found is None and not self.scope.excused(node.parts[0]):
            message = f"event `{event.short}` has no field `{node.text}`"
            place = [Related(event.span, "declared here")]
            help = did_you_mean(node.parts[0], event.fields) if len(node.parts) == 1 else None
            self.findings.add(node.span, "E0909", message, help, place)
        person = None if found is None else self._person_on_the_way(event, node.parts)
        if person is not None:
            message = f"`{node.text}` is a fact about a person, which a row does not hold"
            help = f"name the person: `{person}`"
            self.findings.add(node.span, "E1013", message, help)
            return None
        return found

    def _person_on_the_way(self, event: Event, path: Path) -> str | None:
        """The field through which a path goes into a person, but for his id."""
        if path[-1] == "id":
            return None
        for n in range(1, len(path)):
            above = find_path(self.world, event.fields, path[:n])
            if above is not None and above.type == PERSON:
                return ".".join(path[:n])
        return None

    # --- which field names the subject -------------------------------------------------------

    def key(self, facts: WatchFacts, event: Event, by: syntax.Ref | None, at: Span) -> Path | None:
        """The path in a row of an event that holds the key of a subject."""
        if by is not None:
            named = self.field(event, by)
            return None if named is None else self._fitting(facts, event, by, named)
        found = list(self._candidates(facts, event))
        if len(found) == 1:
            return found[0]
        what = facts.where
        place = [Related(event.span, "declared here")]
        if found:
            names = listing(".".join(p) for p in found)
            message = f"{names} of `{event.short}` may all be {what}"
            self.findings.add(at, "E1003", message, "write which: `by FIELD`", place)
        else:
            message = f"no field of `{event.short}` says which it is of {what}"
            self.findings.add(at, "E1003", message, "name the field: `by FIELD`", place)
        return None

    def _candidates(self, facts: WatchFacts, event: Event) -> Iterator[Path]:
        if facts.same is not None and facts.event is not None and event.name == facts.event.name:
            yield facts.same
            return
        for name, known in event.fields.items():
            if self._holds_key(facts, event, (name,), known):
                yield self._key_path((name,), known)

    def _fitting(
        self, facts: WatchFacts, event: Event, by: syntax.Ref, named: Field
    ) -> Path | None:
        if self._holds_key(facts, event, by.parts, named, stated=True):
            return self._key_path(by.parts, named)
        message = f"`{by.text}` of `{event.short}` is {describe(named.type)}, and not {facts.where}"
        place = [Related(named.span, "declared here")]
        self.findings.add(by.span, "E1003", message, "name the field that says which", place)
        return None

    def _holds_key(
        self, facts: WatchFacts, event: Event, path: Path, known: Field, stated: bool = False
    ) -> bool:
        if facts.record is not None:
            if known.type.kind == "record":
                return known.type.name == facts.record
            return stated and known.type == TEXT
        if facts.event is not None and facts.same is None:
            return len(path) == 1 and event.links.get(path[0]) == facts.event.name
        if known.type.kind == "record":
            same = known.type.name == facts.key_record
            return same and (stated or (*path, "id") == facts.same)
        last = facts.same[-1] if facts.same else ""
        return known.type == facts.key_type and (stated or path[-1] == last)

    def _key_path(self, path: Path, known: Field) -> Path:
        return (*path, "id") if known.type.kind == "record" else path


def as_of() -> dict[str, Field]:
    """The day asked about."""
    return {"as_of": Field("as_of", DATE, False, None, NOWHERE)}


def asking() -> dict[str, tuple[str, str | None]]:
    """Names of other places, and why they cannot stand in a watch."""
    return dict(_ASKING)


def find_path(world: World, fields: dict[str, Field], path: Path) -> Field | None:
    """The field at a path through records."""
    known = fields.get(path[0])
    for step in path[1:]:
        inner = world.fields(known.type) if known is not None else None
        known = inner.get(step) if inner else None
    return known
