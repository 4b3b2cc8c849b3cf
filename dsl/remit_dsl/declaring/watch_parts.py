"""What a rule of a watch does, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label, verb_of
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.watch_places import Path, WatchFacts, WatchPlaces, find_path
from remit_dsl.parts import Label
from remit_dsl.program import Field
from remit_dsl.scope.findings import did_you_mean, listing
from remit_dsl.scope.world import ActionHead
from remit_dsl.types import TEXT
from remit_dsl.watch import SEVERITIES, Restraint

T = TypeVar("T", bound=syntax.WatchPart)
_ONCE: dict[type[syntax.WatchPart], str] = {
    syntax.Raise: "raise",
    syntax.WatchUntil: "until",
    syntax.WatchBecause: "because",
    syntax.WatchSource: "source",
    syntax.Evidenced: "with",
}
_DOING = (syntax.Notify, syntax.Freeze, syntax.RequireStep, syntax.Raise)


@dataclass(slots=True)
class Parts:
    """The parts of one rule or duty; facts: of the subject, None for a duty."""

    places: WatchPlaces
    facts: WatchFacts | None
    parts: tuple[syntax.WatchPart, ...]
    node: syntax.Node
    _first: dict[type[syntax.WatchPart], syntax.WatchPart] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in self.parts:
            if type(part) in self._first and type(part) in _ONCE:
                word = _ONCE[type(part)]
                place = [Related(self._first[type(part)].span, "first written here")]
                message = f"`{word}` is written twice"
                self.places.findings.add(part.span, "E1012", message, "keep one", place)
            self._first.setdefault(type(part), part)
        if self.facts is not None and not any(isinstance(p, _DOING) for p in self.parts):
            help = "add `notify …`, `freeze …`, `require …` or `raise …`"
            message = "this rule does nothing"
            self.places.findings.add(self.node.span, "E1009", message, help)

    def one(self, kind: type[T]) -> T | None:
        """The first part of a kind."""
        found = self._first.get(kind)
        return found if isinstance(found, kind) else None

    def notify(self) -> tuple[str, ...]:
        """The positions to be told, each once."""
        named = [n for p in self.parts if isinstance(p, syntax.Notify) for n in p.positions]
        found = (self.position(name) for name in named)
        return tuple(dict.fromkeys(name for name in found if name is not None))

    def position(self, name: syntax.QName) -> str | None:
        """The position a name means."""
        symbol = self.places.scope.require("position", name, self.places.findings)
        return symbol.name if symbol else None

    def severity(self) -> str:
        """`info` where nothing is raised."""
        node = self.one(syntax.Raise)
        if node is None:
            return SEVERITIES[0]
        if node.severity.text not in SEVERITIES:
            message = f"there is no severity `{node.severity.text}`"
            near = did_you_mean(node.severity.text, SEVERITIES)
            help = near or f"it is {listing(SEVERITIES, 'or')}"
            self.places.findings.add(node.severity.span, "E1007", message, help)
        return node.severity.text

    def owner(self) -> str | None:
        """Who has the alert: as raised to, else the first that is notified."""
        node = self.one(syntax.Raise)
        if node is not None and node.owner is not None:
            return self.position(node.owner)
        told = self.one(syntax.Notify)
        return self.position(told.positions[0]) if told else None

    def because(self) -> Label | None:
        """The reason for people."""
        node = self.one(syntax.WatchBecause)
        return label(node.label) if node else None

    def source(self) -> str | None:
        """Where it is written."""
        node = self.one(syntax.WatchSource)
        return node.text if node else None

    # --- freeze and require ------------------------------------------------------------------

    def restraints(self) -> tuple[Restraint, ...]:
        """One for each action that is named."""
        found: list[Restraint] = []
        for part in self.parts:
            if isinstance(part, syntax.Freeze):
                found += self._restraints(part, "freeze", None, None)
            elif isinstance(part, syntax.RequireStep):
                verb = verb_of(self.places.world, self.places.scope, part.verb)
                position = self.position(part.position)
                if verb is not None and position is not None:
                    found += self._restraints(part, "require", verb, position)
        return tuple(found)

    def _restraints(
        self,
        node: syntax.Freeze | syntax.RequireStep,
        kind: str,
        verb: str | None,
        position: str | None,
    ) -> Iterator[Restraint]:
        for name in node.actions:
            symbol = self.places.scope.require("action", name, self.places.findings)
            head = self.places.world.actions.get(symbol.name) if symbol else None
            if symbol is None or head is None:
                continue
            value, known = self._value(node)
            if known is None:
                continue
            fact = self._fact(node, head, known)
            if fact is not None:
                yield Restraint(kind, symbol.name, fact, value, verb, position, node.span)

    def _value(self, node: syntax.Freeze | syntax.RequireStep) -> tuple[Path | None, Field | None]:
        """The field of the subject that a fact is compared with (None: its key)."""
        facts = self.facts
        assert facts is not None
        if node.value is None:
            return None, self._key(node)
        known = find_path(self.places.world, facts.fields, node.value.parts)
        if known is None:
            message = f"{facts.where} has no field `{node.value.text}`"
            help = did_you_mean(node.value.parts[0], facts.fields)
            self.places.findings.add(node.value.span, "E1008", message, help)
            return None, None
        record = known.type.kind == "record"
        return ((*node.value.parts, "id") if record else node.value.parts), known

    def _key(self, node: syntax.Freeze | syntax.RequireStep) -> Field | None:
        facts = self.facts
        assert facts is not None
        if facts.record is None and facts.same is None:
            message = "a row of an event is no fact of an action"
            help = "say which field of the row: `by FACT = FIELD`"
            self.places.findings.add(node.span, "E1008", message, help)
            return None
        return Field("id", facts.key_type, False, None, node.span)

    def _fact(
        self, node: syntax.Freeze | syntax.RequireStep, head: ActionHead, known: Field
    ) -> Path | None:
        """The path of the fact of an action that names the subject."""
        assert self.facts is not None
        wanted = self.facts.record if node.value is None else known.type.name
        if node.by is not None:
            found = find_path(self.places.world, head.fields, node.by.parts)
            if found is None:
                message = f"action `{head.symbol.short}` has no fact `{node.by.text}`"
                help = did_you_mean(node.by.parts[0], head.fields)
                self.places.findings.add(node.by.span, "E1008", message, help)
                return None
            return self._named(node.by, found, known, wanted)
        fits = [n for n, f in head.fields.items() if self._fits(f, known, wanted)]
        if len(fits) == 1:
            record = head.fields[fits[0]].type.kind == "record"
            return (fits[0], "id") if record else (fits[0],)
        message = f"no fact of action `{head.symbol.short}` is {self.facts.where}"
        if fits:
            message = f"{listing(fits)} of action `{head.symbol.short}` may all be meant"
        self.places.findings.add(node.span, "E1008", message, "say which: `by FACT`")
        return None

    def _fits(self, fact: Field, known: Field, wanted: str | None) -> bool:
        if fact.type.kind == "record":
            return fact.type.name == wanted
        return wanted is None and fact.type == known.type and fact.name == known.name

    def _named(self, by: syntax.Ref, fact: Field, known: Field, wanted: str | None) -> Path | None:
        if fact.type.kind == "record" and (wanted is None or fact.type.name == wanted):
            inner = self.places.world.fields(fact.type) or {}
            if "id" in inner:
                return (*by.parts, "id")
        elif fact.type in (known.type, TEXT):
            return by.parts
        message = f"`{by.text}` cannot say which {known.name} is meant"
        place = [Related(fact.span, "declared here")]
        self.places.findings.add(by.span, "E1008", message, None, place)
        return None
