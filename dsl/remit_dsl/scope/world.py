"""What is known about all declared names while expressions are checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from remit_dsl import syntax
from remit_dsl.expressions import Expression
from remit_dsl.pay import Event
from remit_dsl.program import Enum, Field, Position, Record, Right
from remit_dsl.scope.findings import Findings
from remit_dsl.scope.resolve import Scope, Symbol
from remit_dsl.source import NOWHERE, Span
from remit_dsl.types import PERSON, POSITION, TEXT, Type


@dataclass(frozen=True, slots=True)
class Value:
    """The head of a parameter, definition or table. kind: parameter, definition, table."""

    kind: str
    name: str
    type: Type
    span: Span
    columns: tuple[Field, ...] = ()


@dataclass(slots=True)
class ActionHead:
    """An action before its measure is checked."""

    symbol: Symbol
    node: syntax.Action
    fields: dict[str, Field]


def built_in_person() -> dict[str, Field]:
    """The attributes every person has."""
    return {
        "id": Field("id", TEXT, False, None, NOWHERE),
        "name": Field("name", TEXT, True, None, NOWHERE),
        "position": Field("position", POSITION, True, None, NOWHERE),
        "unit": Field("unit", TEXT, True, None, NOWHERE),
    }


@dataclass(slots=True)
class World:
    """Declarations by qualified name, as far as they are known already."""

    findings: Findings
    scopes: dict[str, Scope]
    enums: dict[str, Enum] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    actions: dict[str, ActionHead] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    rights: dict[str, Right] = field(default_factory=dict)
    rights_declared: dict[str, Span] = field(default_factory=dict)
    right_policies: dict[str, str] = field(default_factory=dict)
    exchanges: dict[tuple[str, str], Span] = field(default_factory=dict)
    measures: dict[str, Expression] = field(default_factory=dict)
    needs: dict[str, frozenset[str]] = field(default_factory=dict)
    """The facts a definition or table needs, directly or through others."""
    uses: dict[str, set[str]] = field(default_factory=dict)
    """The values a parameter, definition or table uses directly."""
    seen_facts: dict[str, dict[str, Field]] = field(default_factory=dict)
    """The facts each definition reads itself, as it knows them."""
    labels: dict[str, dict[str, Span]] = field(default_factory=dict)
    """The labels of rules by action, each with its first place."""
    rules_sound: bool = True
    """No rule was left out for a fault in it, so that what is missing is truly missing."""
    shadowed: set[tuple[str, str]] = field(default_factory=set)
    unpriced: set[str] = field(default_factory=set)
    """Policies that speak of money and state no currency."""

    def fields(self, type_: Type) -> dict[str, Field] | None:
        """The fields of a record type, or None for any other type."""
        if type_ == PERSON:
            return self.records["Person"].fields
        record = self.records.get(type_.name or "") if type_.kind == "record" else None
        return record.fields if record else None

    def events_near(self, policy: str) -> Iterator[Event]:
        """The events a definition of this policy may serve: seen from it or from its users."""
        near = self._near(policy)
        return (event for event in self.events.values() if event.policy in near)

    def _near(self, policy: str) -> set[str]:
        near = set(self.scopes[policy].reach)
        return near | {p for p, scope in self.scopes.items() if policy in scope.reach}

    def actions_near(self, policy: str) -> Iterator[ActionHead]:
        """The actions a definition of this policy may serve: seen from it or from its users."""
        near = self._near(policy)
        return (a for a in self.actions.values() if a.symbol.policy in near)
