"""Watches: from what is written to checked rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label, symbols
from remit_dsl.declaring.watch_parts import Parts
from remit_dsl.diagnostics import Related, errors
from remit_dsl.elaboration.elaborate import HANDLERS
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.watch_places import Path, WatchFacts, WatchPlaces, as_of, asking
from remit_dsl.elaboration.watching import whole_span
from remit_dsl.expressions import AllOf, Constant, Expression
from remit_dsl.pay import Event
from remit_dsl.scope.findings import listing
from remit_dsl.scope.resolve import Symbol
from remit_dsl.scope.world import World
from remit_dsl.typecheck import UNKNOWN
from remit_dsl.types import BOOLEAN, TEXT, Type
from remit_dsl.watch import Rows, Watch, WatchRule

_KEYS = frozenset({"text", "enum", "position", "integer"})


def watches(world: World) -> dict[str, Watch]:
    """All watches without a fault."""
    found = {}
    for symbol in symbols(world, syntax.Watch):
        watch = _draft(world, symbol)
        if watch is not None:
            found[symbol.name] = watch
    return found


def _draft(world: World, symbol: Symbol) -> Watch | None:
    node = symbol.node
    assert isinstance(node, syntax.Watch)
    before = len(world.findings.found)
    places = WatchPlaces(world, symbol.policy, HANDLERS)
    facts = _subject(places, symbol, node)
    if facts is None:
        return None
    draft = _Draft(places, symbol, node, facts)
    watch = draft.watch()
    return None if errors(world.findings.found[before:]) else watch


# --- the subject -----------------------------------------------------------------------------


def _subject(places: WatchPlaces, symbol: Symbol, node: syntax.Watch) -> WatchFacts | None:
    """The facts of the subjects, or None when there can be none."""
    hit = places.scope.lookup("type", node.on.parts)
    if hit is not None and not hit.rest and isinstance(hit.symbol.node, syntax.Record):
        if places.scope.ambiguous(hit, node.on.span, places.findings):
            return None
        return _of_record(places, node, hit.symbol.name)
    if hit is not None and not hit.rest:
        message = f"`{node.on.text}` is a list of words, and has no rows to watch"
        places.findings.add(node.on.span, "E1001", message, "name a record or an event")
        return None
    event = places.event(node.on)
    return None if event is None else _of_event(places, symbol, node, event)


def _of_record(places: WatchPlaces, node: syntax.Watch, name: str) -> WatchFacts | None:
    short = name.rsplit(".", 1)[-1]
    if node.by is not None:
        message = f"a `{short}` is told by its `id`, and `by` is for events"
        places.findings.add(node.by.span, "E1002", message, "leave `by` out")
        return None
    record = places.world.records[name]
    known = record.fields.get("id")
    if known is None or known.type != TEXT or known.optional:
        message = f"record `{short}` has no field `id: text` that tells one from the other"
        place = [Related(record.span, "declared here")]
        places.findings.add(node.on.span, "E1002", message, "add `id: text` to it", place)
        return None
    fields = {**record.fields, **as_of()}
    return WatchFacts(
        where=f"a `{short}`",
        span=node.on.span,
        fields=fields,
        refused=asking(),
        record=name,
        named=_named(node, None),
    )


def _of_event(
    places: WatchPlaces, symbol: Symbol, node: syntax.Watch, event: Event
) -> WatchFacts | None:
    if node.by is None:
        facts = places.rows(event, _named(node, None))
        facts.where = f"the `{event.short}`"
        return facts
    known = places.field(event, node.by)
    if known is None:
        return None
    key: Type = known.type
    path: Path = node.by.parts
    owner = known.type.name if key.kind == "record" else None
    if owner is not None:
        key, path = TEXT, (*path, "id")
    elif key.kind not in _KEYS and key != UNKNOWN:
        message = f"`{node.by.text}` is no name by which rows belong together"
        places.findings.add(node.by.span, "E1002", message, "name a text or a word of a list")
        return None
    fields = {node.by.parts[-1]: known, **as_of()}
    return WatchFacts(
        where=f"the `{node.by.text}` of `{event.short}`",
        span=node.on.span,
        fields=fields,
        refused=asking(),
        event=event,
        same=path,
        key_type=key,
        key_record=owner,
        named=_named(node, None),
    )


def _named(node: syntax.Watch, of: str | None) -> dict[str, syntax.WatchValue]:
    """What the watch gives names to: about the subject, or about the rows of an event."""
    values = (i for i in node.items if isinstance(i, syntax.WatchValue))
    return {v.name.text: v for v in values if (v.of.text if v.of else None) == of}


# --- one watch -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Draft:
    places: WatchPlaces
    symbol: Symbol
    node: syntax.Watch
    facts: WatchFacts
    labels: dict[str, syntax.Name] = field(default_factory=dict)
    event: Event | None = None

    def watch(self) -> Watch:
        """The watch, as far as it is sound."""
        self._values()
        written = [i for i in self.node.items if isinstance(i, syntax.WatchRule)]
        if not written:
            message = f"watch `{self.symbol.short}` has no rule"
            help = "write `when … notify …`"
            self.places.findings.add(self.symbol.span, "E1009", message, help)
        rules = [self._rule(n, rule) for n, rule in enumerate(written, 1)]
        facts = self.facts
        kind = "record" if facts.record else ("event" if facts.same is None else "key")
        return Watch(
            name=self.symbol.name,
            label=label(self.node.label),
            kind=kind,
            on=facts.record or (facts.event.name if facts.event else ""),
            by=facts.same,
            counts=tuple(facts.counts),
            sequences=tuple(facts.sequences),
            rules=tuple(rule for rule in rules if rule is not None),
            policy=self.symbol.policy,
            span=self.symbol.span,
        )

    def _values(self) -> None:
        """Names are given once, are not those of fields, and what they stand for is sound."""
        seen: dict[tuple[str, str], syntax.Name] = {}
        for value in (i for i in self.node.items if isinstance(i, syntax.WatchValue)):
            key = (value.of.text if value.of else "", value.name.text)
            if key in seen:
                place = [Related(seen[key].span, "first written here")]
                message = f"`{value.name.text}` is given a meaning twice"
                self.places.findings.add(value.name.span, "E1006", message, None, place)
            seen.setdefault(key, value.name)
            facts = self.facts if value.of is None else self._of(value.of)
            if facts is None:
                continue
            if value.name.text in facts.fields:
                message = f"`{value.name.text}` is a field of {facts.where} already"
                self.places.findings.add(value.name.span, "E1006", message, "take another name")
            else:
                self.places.of(facts)(syntax.Ref(value.name.span, (value.name.text,)))

    def _of(self, name: syntax.QName) -> WatchFacts | None:
        event = self.places.event(name)
        return None if event is None else self.places.rows(event, _named(self.node, name.text))

    def _rule(self, n: int, node: syntax.WatchRule) -> WatchRule | None:
        short = node.label.text if node.label else f"{self.symbol.short}.{n}"
        if node.label is not None:
            self._label(node.label)
            short = f"{self.symbol.short}.{node.label.text}"
        rows, condition = self._condition(node.condition)
        parts = Parts(self.places, self.facts, node.parts, node)
        until = self._until(parts)
        if condition is None:
            return None
        return WatchRule(
            id=f"{self.symbol.policy}.{short}",
            label=node.label.text if node.label else None,
            condition=condition,
            rows=rows,
            until=until,
            notify=parts.notify(),
            restraints=parts.restraints(),
            severity=parts.severity(),
            owner=parts.owner(),
            because=parts.because(),
            source=parts.source(),
            text=self.places.findings.quote(node.span).strip("`"),
            span=node.span,
        )

    def _label(self, name: syntax.Name) -> None:
        if name.text in self.labels:
            place = [Related(self.labels[name.text].span, "first written here")]
            message = f"two rules of watch `{self.symbol.short}` are called `{name.text}`"
            self.places.findings.add(name.span, "E1006", message, "take another name", place)
        self.labels.setdefault(name.text, name)

    def _condition(self, node: syntax.Expr) -> tuple[Rows | None, Expression | None]:
        """What is asked of each row, and what is asked of the subject."""
        sides = node.operands if isinstance(node, syntax.Logical) and node.operator == "and" else ()
        stays = [s for s in (sides or (node,)) if isinstance(s, syntax.Stays)]
        el = self.places.of(self.facts)
        if len(stays) != 1:
            return None, el.condition(node)
        rows = self._rows(stays[0])
        others = [el.condition(side) for side in sides if side is not stays[0]]
        known = tuple(e for e in others if e is not None)
        if rows is None or len(known) < len(others):
            return None, None
        if not known:
            return rows, Constant(node.span, BOOLEAN, True)
        return rows, known[0] if len(known) == 1 else AllOf(node.span, BOOLEAN, known)

    def _rows(self, node: syntax.Stays) -> Rows | None:
        event = self.places.event(node.event)
        if event is None:
            return None
        facts = self.places.rows(event, _named(self.node, node.event.text))
        el: Elaborator = self.places.of(facts)
        condition, length = el.condition(node.condition), whole_span(el, node.length)
        own = self.facts.event is not None and self.facts.same is None
        key: Path | None = None
        if not (own and self.facts.event is not None and event.name == self.facts.event.name):
            key = self.places.key(self.facts, event, node.counted.by, node.span)
            if key is None:
                return None
        if node.counted.window is not None:
            message = "rows that stay as they are have no window: the days stand after `stays`"
            el.findings.add(node.counted.window.span, "E1004", message, "leave `within` out")
        where = None
        if node.counted.where is not None:
            where = self.places.row(event).condition(node.counted.where)
        of = self._date(event, node.of)
        if condition is None or length is None or of is None:
            return None
        return Rows(
            event=event.name,
            key=key,
            where=where,
            condition=condition,
            length=length,
            unit=node.length.kind,
            of=of,
            counts=tuple(facts.counts),
            span=node.span,
        )

    def _date(self, event: Event, name: syntax.Name) -> str | None:
        known = self.places.field(event, syntax.Ref(name.span, (name.text,)))
        if known is None or known.type.kind == "date":
            return known.name if known else None
        dates = [f.name for f in event.fields.values() if f.type.kind == "date"]
        message = f"days are counted from a date, and `{name.text}` is none"
        help = f"the dates of `{event.short}` are {listing(dates)}" if dates else None
        self.places.findings.add(name.span, "E0912", message, help)
        return None

    def _until(self, parts: Parts) -> Expression | None:
        node = parts.one(syntax.WatchUntil)
        return None if node is None else self.places.of(self.facts).condition(node.condition)
