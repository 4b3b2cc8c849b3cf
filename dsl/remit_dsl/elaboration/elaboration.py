"""The frame in which expressions are checked: context, dispatch, and what fits what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.expressions import (
    DefinitionValue,
    Expression,
    Fact,
    ParameterValue,
    TableLookup,
    Variable,
)
from remit_dsl.program import Field
from remit_dsl.scope.facts import Facts
from remit_dsl.scope.findings import Findings
from remit_dsl.scope.resolve import Scope
from remit_dsl.scope.world import World
from remit_dsl.source import NOWHERE, Span
from remit_dsl.typecheck import clash, describe, fits, retype, settle, with_unit
from remit_dsl.types import BOOLEAN, Type, money

DEEPEST = 120  # the parser refuses more than 100; trees may come from elsewhere
Handler = Callable[["Elaborator", Any, Type | None], Expression | None]


class Elaborator:
    """Turns syntax into typed expressions in one context (a rule, a definition, a row …).

    A call gives the expression, or None when a fault in it has been reported.
    """

    def __init__(
        self, world: World, scope: Scope, facts: Facts, handlers: Mapping[type, Handler]
    ) -> None:
        self.world = world
        self.scope = scope
        self.facts = facts
        self.handlers = handlers
        self.variables: dict[str, Field] = {}
        self.used: set[str] = set()
        self.roots: set[str] = set()
        self.month_rules: dict[Span, str] = {}
        self._depth = 0

    @property
    def findings(self) -> Findings:
        """Where faults go."""
        return self.world.findings

    def __call__(self, node: syntax.Expr, expected: Type | None = None) -> Expression | None:
        """Check an expression; `expected` helps to read bare names and numbers."""
        if self._depth >= DEEPEST:
            self.findings.add(
                node.span,
                "E0317",
                f"this expression is nested more than {DEEPEST} deep",
                "name a part of it with `define`",
            )
            return None
        self._depth += 1
        try:
            return self.handlers[type(node)](self, node, expected)
        finally:
            self._depth -= 1

    def settled(self, node: syntax.Expr, expected: Type | None = None) -> Expression | None:
        """The checked expression; a bare number or ratio that nothing decided is a number."""
        e = self(node, expected)
        return None if e is None else settle(e)

    def of_type(
        self, node: syntax.Expr, wanted: Type, because: Related | None = None
    ) -> Expression | None:
        """The checked expression, which must fit the type; `because` says who wants it."""
        e = self(node, wanted)
        return None if e is None else self.fit(e, wanted, because)

    def condition(self, node: syntax.Expr) -> Expression | None:
        """The checked expression, which must be true or false."""
        e = self(node, BOOLEAN)
        if e is None or e.type == BOOLEAN:
            return e
        self.findings.add(
            e.span,
            "E0308",
            f"{self.quote(e)} is {describe(e.type)} where a condition is needed",
            "compare it with something, such as `… = …`",
            [self.origin(e)],
        )
        return None

    def fit(self, e: Expression, wanted: Type, because: Related | None = None) -> Expression | None:
        """The expression as a value of the wanted type, or a report that it is none."""
        if fits(e, wanted):
            return retype(e, wanted)
        self.mismatch(e, wanted, because)
        return None

    def mismatch(self, e: Expression, wanted: Type, because: Related | None) -> None:
        """Report that an expression does not have the wanted type."""
        related = [self.origin(e), because]
        what = f"{self.quote(e)} is {describe(e.type)} where {describe(wanted)} is needed"
        if e.type.kind == "literal" and (cure := with_unit(self.plain(e), wanted)):
            self.findings.add(e.span, "E0307", what, cure, related)
            return
        fault = clash(e.type, wanted)
        code, help = fault if fault else ("E0301", None)
        self.findings.add(e.span, code, what, help, related)

    # --- words for people ---

    def quote(self, e: Expression) -> str:
        """The text of an expression in backticks."""
        return self.findings.quote(e.span)

    def plain(self, e: Expression) -> str:
        """The text of an expression."""
        return self.quote(e).strip("`")

    def origin(self, e: Expression) -> Related | None:
        """The place that gives an expression its type: the declaration of its name, or itself."""
        span = self.declared(e)
        if span is None:
            span = None if e.span == NOWHERE else e.span
            return Related(span, f"{self.quote(e)} is {describe(e.type)}") if span else None
        if span == NOWHERE:
            return Related(e.span, f"{self.quote(e)} is {describe(e.type)} of every person")
        return Related(span, f"{self.quote(e)} is {describe(e.type)}, declared here")

    def declared(self, e: Expression) -> Span | None:
        """Where the last name of a reference is declared; None when it is no reference."""
        match e:
            case ParameterValue() | DefinitionValue() | TableLookup():
                return self.world.values[e.name].span
            case Fact():
                return self._field_span(self.facts.find(e.path[0], e.span), e.path)
            case Variable():
                return self._field_span(self.variables.get(e.name), (e.name, *e.path))
        return None

    def _field_span(self, field: Field | None, path: tuple[str, ...]) -> Span | None:
        if path[0] in ("actor", "requester"):
            field = self.world.records["Person"].fields.get(path[1]) if len(path) > 1 else None
            path = path[1:]
        for step in path[1:]:
            fields = self.world.fields(field.type) if field else None
            field = fields.get(step) if fields else None
        return field.span if field else None

    # --- context ---

    def money(self) -> Type:
        """Money without a written currency: that of the policy."""
        if self.scope.currency is None:
            self.world.unpriced.add(self.scope.policy)
        return money(self.scope.currency)

    @contextmanager
    def variable(self, name: str, field: Field) -> Iterator[None]:
        """A name that stands for an element while the block runs."""
        before = self.variables.get(name)
        self.variables[name] = field
        try:
            yield
        finally:
            del self.variables[name]
            if before is not None:
                self.variables[name] = before
