"""The facts an expression may speak of, by the place where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from remit_dsl.diagnostics import Related
from remit_dsl.pay import Event
from remit_dsl.program import Field
from remit_dsl.scope.resolve import Symbol
from remit_dsl.scope.world import ActionHead, World
from remit_dsl.source import NOWHERE, Span
from remit_dsl.typecheck import UNKNOWN, describe
from remit_dsl.types import DATE, INTEGER, PERSON, Type, money

AS_OF = Field("as_of", DATE, False, None, NOWHERE)
BUILT_IN: Mapping[str, Field] = MappingProxyType(
    {
        "actor": Field("actor", PERSON, False, None, NOWHERE),
        "requester": Field("requester", PERSON, False, None, NOWHERE),
        "as_of": AS_OF,
    }
)
Refusal = tuple[str, str, str | None]
"""Code, message and help: why a name that is known elsewhere cannot stand here."""


class Facts(Protocol):
    """Finds the field a bare fact name means.

    built_in: names of every place of this kind. paths: where a name stands for a longer path.
    """

    @property
    def built_in(self) -> Mapping[str, Field]:
        """Names that need no declaration."""

    @property
    def paths(self) -> Mapping[str, tuple[str, ...]]:
        """The path of a fact, where it is not its name."""

    def refusal(self, parts: tuple[str, ...]) -> Refusal | None:
        """Why a name of another place cannot be read or followed here."""

    @property
    def action(self) -> ActionHead | None:
        """The one action the facts are of, if it is one."""

    def find(self, name: str, span: Span) -> Field | None:
        """The field of that name."""

    def names(self) -> Iterable[str]:
        """All names, for suggestions."""


class _Request:
    """What all places of a request share: its built-in names, and nothing refused."""

    built_in: Mapping[str, Field] = BUILT_IN
    paths: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def refusal(self, parts: tuple[str, ...]) -> Refusal | None:
        """None."""
        return None


class NoFacts(_Request):
    """Parameters, exchange rates and tables: they know no facts."""

    action = None

    def find(self, name: str, span: Span) -> Field | None:
        """No field at all."""
        return None

    def names(self) -> Iterable[str]:
        """None."""
        return ()


@dataclass
class ActionFacts(_Request):
    """The fields of one action."""

    action: ActionHead | None

    def find(self, name: str, span: Span) -> Field | None:
        """The field of the action."""
        return self.action.fields.get(name) if self.action else None

    def names(self) -> Iterable[str]:
        """The fields of the action."""
        return self.action.fields if self.action else ()


@dataclass
class PayFacts:
    """The names of one place of pay: a line, a statement, a weight.

    where: the place in words. fields: every name here. paths: names that stand for a longer path.
    refused: names of other places, and why they cannot stand here. links: fields that hold the id
    of another event; they are read, not followed.
    """

    where: str
    span: Span
    fields: dict[str, Field]
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refused: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    action: ActionHead | None = None
    built_in: Mapping[str, Field] = field(default_factory=dict)

    def find(self, name: str, span: Span) -> Field | None:
        """The name, where it is known here."""
        return self.fields.get(name)

    def names(self) -> Iterable[str]:
        """The names known here."""
        return self.fields

    def refusal(self, parts: tuple[str, ...]) -> Refusal | None:
        """A link that is followed, or a name of another place."""
        name = parts[0]
        if name in self.links and len(parts) > 1:
            short = self.links[name].rsplit(".", 1)[-1]
            message = (
                f"`{name}` holds the id of a `{short}`, and only `hold` and `reverse` follow it"
            )
            return "E0905", message, f"give the event a field of its own for `{parts[1]}`"
        if name in self.fields or name not in self.refused:
            return None
        message, help = self.refused[name]
        return "E0904", message, help


class SharedFacts(_Request):
    """The facts a definition may use: fields of all actions near it, which must agree; else those
    of the events near it, and the names of a statement where there are events."""

    action = None

    def __init__(self, world: World, symbol: Symbol) -> None:
        self.world = world
        self.symbol = symbol
        self._judged: dict[str, Field | None] = {}
        self._near: list[ActionHead] | None = None
        self._events: list[Event] | None = None

    @property
    def events(self) -> list[Event]:
        """The events the definition may serve."""
        if self._events is None:
            self._events = list(self.world.events_near(self.symbol.policy))
        return self._events

    @property
    def near(self) -> list[ActionHead]:
        """The actions the definition may serve."""
        if self._near is None:
            self._near = list(self.world.actions_near(self.symbol.policy))
        return self._near

    def names(self) -> Iterable[str]:
        """The fields of all these actions and events."""
        own = {name for action in self.near for name in action.fields}
        of_events = {name for event in self.events for name in event.fields}
        return own | of_events | (set(_STATEMENT) if self.events else set())

    def find(self, name: str, span: Span) -> Field | None:
        """The field, optional when it is so in one of the actions."""
        if name not in self._judged:
            self._judged[name] = self._judge(name, span)
        return self._judged[name]

    def _judge(self, name: str, span: Span) -> Field | None:
        found = [(a, a.fields[name]) for a in self.near if name in a.fields]
        if not found:
            return self._of_pay(name, span)
        action, first = found[0]
        for other, rival in found[1:]:
            if rival.type != first.type and UNKNOWN not in (rival.type, first.type):
                self._disagree(span, (action, first), (other, rival))
                return replace(first, type=UNKNOWN)
        optional = any(f.optional for _, f in found) or any(
            e.fields[name].optional for e in self.events if name in e.fields
        )
        return replace(first, optional=optional)

    def _of_pay(self, name: str, span: Span) -> Field | None:
        found = [(e, e.fields[name]) for e in self.events if name in e.fields]
        for event, rival in found[1:]:
            first_event, first = found[0]
            if rival.type != first.type:
                words = (f"event `{first_event.short}`", f"event `{event.short}`")
                self._differ(span, first, rival, words)
                return replace(first, type=UNKNOWN)
        if found:
            return replace(found[0][1], optional=any(f.optional for _, f in found))
        if not self.events or name not in _STATEMENT:
            return None
        type_ = _STATEMENT[name] or money(self.world.scopes[self.symbol.policy].currency)
        return Field(name, type_, False, None, self.symbol.span)

    def _disagree(
        self, span: Span, one: tuple[ActionHead, Field], two: tuple[ActionHead, Field]
    ) -> None:
        (a, f), (b, g) = one, two
        words = f"action `{a.symbol.short}`", f"action `{b.symbol.short}`"
        self._differ(span, f, g, words)

    def _differ(self, span: Span, f: Field, g: Field, words: tuple[str, str]) -> None:
        name = f.name
        self.world.findings.add(
            span,
            "E0211",
            f"`{self.symbol.short}` uses the fact `{name}`, which is {describe(f.type)} in "
            f"{words[0]} and {describe(g.type)} in {words[1]}",
            "rename one of the two fields, or give the definition a policy of its own",
            [
                Related(f.span, f"`{name}` is {describe(f.type)}, declared here"),
                Related(g.span, f"`{name}` is {describe(g.type)}, declared here"),
            ],
        )


# What a definition may read in a plan besides the fields of events; None is money.
_STATEMENT: Mapping[str, Type | None] = MappingProxyType(
    {
        "payee": PERSON,
        "credit": None,
        "quota": None,
        "lines": INTEGER,
        "days_active": INTEGER,
        "days_in_period": INTEGER,
        "months_in_plan": INTEGER,
        "paid": None,
        "reports": INTEGER,
    }
)
