"""The facts that a request on an action may vary in, as columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Field
from remit_dsl.source import NOWHERE
from remit_dsl.types import PERSON, TEXT, Type
from remit_engine.analysis.columns import (
    AS_OF,
    FACT,
    GIVEN,
    PRESENCE,
    TOTAL,
    TRUTHS,
    Column,
    Columns,
)
from remit_engine.analysis.formula import Formula, atom, every
from remit_engine.analysis.sets import EVERYWHERE, HIGHEST, Line, after, before, stretch, symbols
from remit_engine.rules.dependence import facts_in
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person

WHOLE = frozenset({"integer", "days", "months", "date"})
DAYS = stretch(before(Fraction(1)), after(Fraction(date.max.toordinal()), True))
FROM_ZERO = stretch(before(Fraction(0)), HIGHEST)
UNSTATED = frozenset({"id", "name", "unit"})
"""What is known of a person of the directory, and not of an unnamed holder of a position."""
_LAX = (
    x.Fallback, x.IsGiven, x.Choose, x.AllOf, x.AnyOf, x.TableLookup, x.BandLookup, x.Aggregate,
)  # fmt: skip
"""What may have a value although a fact in it has none."""
_MAY_FAIL = (
    x.ParameterValue, x.TableLookup, x.BandLookup, x.Exchanged, x.PeriodEdge, x.AddToDate,
)  # fmt: skip


@dataclass(slots=True)
class Facts:
    """Columns of the facts of one action, noted as they are met."""

    model: Model
    action: str
    since: date | None = None
    """Days before it are of no interest."""
    columns: Columns = field(default_factory=Columns)

    # --- columns -----------------------------------------------------------------------------

    def column(self, fact: x.Fact) -> str:
        """The column of a fact that is a number, a date, a symbol or a person (by position)."""
        if fact.path == (AS_OF,):
            return self.as_of()
        kind, members = self.domain(fact.type)
        return self.columns.add(
            Column(
                ".".join(fact.path),
                FACT,
                kind,
                whole=fact.type.kind in WHOLE,
                members=members,
                range=self._range(fact),
            )
        )

    def as_of(self) -> str:
        """The column of the day asked about."""
        days = DAYS
        if self.since is not None:
            days = days.meet(stretch(before(Fraction(self.since.toordinal())), HIGHEST))
        return self.columns.add(Column(AS_OF, FACT, "line", whole=True, range=days))

    def total(self, name: str) -> str:
        """The column of a running total, which is never below zero here."""
        return self.columns.add(Column(TOTAL + name, FACT, "line", range=FROM_ZERO))

    def requester(self) -> str:
        """The column of who made the request, as an unnamed holder of a position."""
        kind, members = self.domain(PERSON)
        return self.columns.add(Column("requester", FACT, kind, members=members))

    def domain(self, kind: Type) -> tuple[str, tuple[str | bool, ...] | None]:
        """The kind of a column of a type, with its symbols."""
        program = self.model.program
        if is_person(kind) or kind.kind == "position":
            return "position", tuple(program.positions)
        match kind.kind:
            case "boolean":
                return "boolean", TRUTHS
            case "enum":
                return "enum", tuple(program.enums[kind.name or ""].members)
            case "text":
                return "text", None
        return "line", None

    def _range(self, fact: x.Fact) -> Line:
        if fact.type.kind == "date":
            return DAYS
        return FROM_ZERO if self.from_zero(fact) else EVERYWHERE

    def from_zero(self, fact: x.Fact) -> bool:
        """True for a number that is never below zero: what an action measures."""
        measure = self.model.actions[self.action].action.measure
        value = None if measure is None else measure.value
        return isinstance(value, x.Fact) and value.path == fact.path

    # --- optional facts ----------------------------------------------------------------------

    def given(self, path: tuple[str, ...]) -> Formula:
        """Where a fact is given: every optional step on the way to it is."""
        parts = []
        for end in range(1, len(path) + 1):
            if self.optional(path[:end]):
                name = GIVEN + ".".join(path[:end])
                self.columns.add(Column(name, PRESENCE, "boolean", members=TRUTHS))
                parts.append(atom(name, symbols([True])))
        return every(*parts)

    def optional(self, path: tuple[str, ...]) -> bool:
        """True when the last step of a path may be absent."""
        if len(path) == 1 and path[0] in ("actor", AS_OF):
            return False
        if path == ("requester",):
            return True
        found = self.field_at(path)
        return found is not None and found.optional

    def personal(self, key: str) -> bool:
        """True for a column that hangs on the attributes of whoever acts."""
        column = self.columns[key]
        if column.expression is not None:
            return any(f.path[0] == "actor" for f in self.read_in(column.expression))
        if column.form is not None:
            return any(self.personal(k) for k, _ in column.form.terms)
        return key.removeprefix(GIVEN).startswith("actor.")

    def field_at(self, path: tuple[str, ...]) -> Field | None:
        """The field a path ends in; what is known of people counts as optional text."""
        program = self.model.program
        kind: Type = PERSON
        found: Field | None = None
        for i, step in enumerate(path):
            if i == 0 and step in ("actor", "requester"):
                continue
            fields: Mapping[str, Field] = {}
            if i == 0:
                fields = self.roots()
            elif is_person(kind):
                fields = self.person()
                if step in UNSTATED:
                    return Field(step, TEXT, True, None, NOWHERE)
            elif kind.kind == "record":
                fields = program.records[kind.name or ""].fields
            found = fields.get(step)
            if found is None:
                return None
            kind = found.type
        return found

    def roots(self) -> Mapping[str, Field]:
        """What a path begins with."""
        return self.model.program.actions[self.action].fields

    def person(self) -> Mapping[str, Field]:
        """The declared attributes of people."""
        for name, record in self.model.program.records.items():
            if name.rsplit(".", 1)[-1] == "Person":
                return record.fields
        return {}

    # --- expressions read as a whole ---------------------------------------------------------

    def read_in(self, e: x.Expression) -> Iterator[x.Fact]:
        """The facts an expression reads, through definitions."""
        return facts_in(e, self.model.program)

    def reads_unset(self, e: x.Expression) -> bool:
        """True when a parameter that it reads has a time in which it was not fixed."""
        parameters = self.model.program.parameters
        for part in self._parts(e):
            if isinstance(part, x.ParameterValue):
                values = parameters[part.name].values
                written = [v.value for v in values if v.value is not None]
                if len(written) < len(values) or any(self.reads_unset(v) for v in written):
                    return True
        return False

    def strict(self, e: x.Expression) -> bool:
        """True when it has no value wherever one of its facts has none."""
        if isinstance(e, x.Aggregate) and isinstance(e.over, x.Fact):
            inner = [part for part in (e.where, e.body) if part is not None]
            return not any(isinstance(p, x.Fact) for i in inner for p in self._parts(i))
        return not any(isinstance(part, _LAX) for part in self._parts(e))

    def may_fail(self, e: x.Expression) -> bool:
        """True when it may have no value although its facts have."""
        for part in self._parts(e):
            match part:
                case x.Arithmetic(operator="/", right=right):
                    if not (isinstance(right, x.Constant) and right.value):
                        return True
                case x.Aggregate(function="average" | "min" | "max"):
                    return True
                case x.Aggregate() if part is not e:
                    return True
                case x.Variable(optional=True) | x.Variable(path=(_, _, *_)):
                    return True
                case _ if isinstance(part, _MAY_FAIL):
                    return True
        return False

    def _parts(self, e: x.Expression) -> Iterator[x.Expression]:
        for part in x.walk(e):
            yield part
            if isinstance(part, x.DefinitionValue):
                yield from self._parts(self.model.program.definitions[part.name].value)

    def bound(self, e: x.Expression, names: Mapping[str, x.Expression]) -> x.Expression:
        """The expression with the columns of a table replaced by its arguments."""
        return _substituted(e, names) if names else e


def _substituted(node: Any, names: Mapping[str, x.Expression]) -> Any:
    if isinstance(node, x.Variable) and node.name in names:
        argument = names[node.name]
        if not node.path:
            return argument
        if isinstance(argument, x.Fact):
            path = (*argument.path, *node.path)
            return x.Fact(node.span, node.type, path, node.optional)
        return node
    if isinstance(node, tuple):
        return tuple(_substituted(part, names) for part in node)
    if isinstance(node, x.Expression | x.BandRow):
        changes = {
            f.name: _substituted(value, names)
            for f in dataclasses.fields(node)
            if isinstance(value := getattr(node, f.name), x.Expression | tuple)
        }
        return dataclasses.replace(node, **changes) if changes else node
    return node
