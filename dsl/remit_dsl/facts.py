"""The facts an expression may speak of, by the place where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from remit_dsl.diagnostics import Related
from remit_dsl.program import Field
from remit_dsl.resolve import Symbol
from remit_dsl.source import Span
from remit_dsl.typecheck import UNKNOWN, describe
from remit_dsl.world import ActionHead, World


class Facts(Protocol):
    """Finds the field a bare fact name means."""

    @property
    def action(self) -> ActionHead | None:
        """The one action the facts are of, if it is one."""

    def find(self, name: str, span: Span) -> Field | None:
        """The field of that name."""

    def names(self) -> Iterable[str]:
        """All names, for suggestions."""


class NoFacts:
    """Parameters, exchange rates and tables: they know no facts."""

    action = None

    def find(self, name: str, span: Span) -> Field | None:
        """No field at all."""
        return None

    def names(self) -> Iterable[str]:
        """None."""
        return ()


@dataclass(slots=True)
class ActionFacts:
    """The fields of one action."""

    action: ActionHead | None

    def find(self, name: str, span: Span) -> Field | None:
        """The field of the action."""
        return self.action.fields.get(name) if self.action else None

    def names(self) -> Iterable[str]:
        """The fields of the action."""
        return self.action.fields if self.action else ()


class SharedFacts:
    """The facts a definition may use: fields of all actions near it, which must agree."""

    action = None

    def __init__(self, world: World, symbol: Symbol) -> None:
        self.world = world
        self.symbol = symbol
        self._judged: dict[str, Field | None] = {}
        self._near: list[ActionHead] | None = None

    @property
    def near(self) -> list[ActionHead]:
        """The actions the definition may serve."""
        if self._near is None:
            self._near = list(self.world.actions_near(self.symbol.policy))
        return self._near

    def names(self) -> Iterable[str]:
        """The fields of all these actions."""
        return {name for action in self.near for name in action.fields}

    def find(self, name: str, span: Span) -> Field | None:
        """The field, optional when it is so in one of the actions."""
        if name not in self._judged:
            self._judged[name] = self._judge(name, span)
        return self._judged[name]

    def _judge(self, name: str, span: Span) -> Field | None:
        found = [(a, a.fields[name]) for a in self.near if name in a.fields]
        if not found:
            return None
        action, first = found[0]
        for other, rival in found[1:]:
            if rival.type != first.type and UNKNOWN not in (rival.type, first.type):
                self._disagree(span, (action, first), (other, rival))
                return replace(first, type=UNKNOWN)
        return replace(first, optional=any(f.optional for _, f in found))

    def _disagree(
        self, span: Span, one: tuple[ActionHead, Field], two: tuple[ActionHead, Field]
    ) -> None:
        (a, f), (b, g) = one, two
        name = f.name
        self.world.findings.add(
            span,
            "E0211",
            f"`{self.symbol.short}` uses the fact `{name}`, which is {describe(f.type)} in action "
            f"`{a.symbol.short}` and {describe(g.type)} in action `{b.symbol.short}`",
            "rename one of the two fields, or give the definition a policy of its own",
            [
                Related(f.span, f"`{name}` is {describe(f.type)}, declared here"),
                Related(g.span, f"`{name}` is {describe(g.type)}, declared here"),
            ],
        )
