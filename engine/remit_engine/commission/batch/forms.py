"""Expressions in the form in which they are translated: what hangs on the row stands open, what
does not stays whole and is evaluated before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Program, Table
from remit_engine.compile.unsupported import Unsupported
from remit_engine.rules.dependence import facts_in

TARGET = "sql"
NOWHERE = ("",)
"""The path of a fact that is never given."""


@dataclass(frozen=True, slots=True)
class Forms:
    """varying: whether a fact's path is known row by row only."""

    program: Program
    varying: Callable[[tuple[str, ...]], bool]

    def varies(self, e: x.Expression) -> bool:
        """True when a value is not known before the row."""
        return any(self.varying(f.path) for f in facts_in(e, self.program))

    def opened(self, e: x.Expression) -> x.Expression:
        """Definitions and tables that vary, written out. Raises Unsupported."""
        if not self.varies(e):
            return e
        if isinstance(e, x.DefinitionValue):
            return self.opened(self.program.definitions[e.name].value)
        if isinstance(e, x.TableLookup):
            return self.opened(self._rows(e, self.program.tables[e.name]))
        return _rebuilt(e, self.opened)

    def _rows(self, e: x.TableLookup, table: Table) -> x.Expression:
        if table.hit == "collect":
            raise Unsupported(e, TARGET)
        columns = (c.name for c in table.columns)
        values = dict(zip(columns, e.arguments, strict=True))
        found: x.Expression = x.Fact(e.span, e.type, NOWHERE)
        for row in reversed(table.rows):
            tests = tuple(substituted(c, values) for c in row.conditions)
            test = x.AllOf(e.span, tests[0].type, tests) if tests else None
            value = substituted(row.value, values)
            found = value if test is None else x.Choose(e.span, e.type, test, value, found)
        return found

    def settled(self, e: x.Expression) -> Iterator[x.Expression]:
        """The largest parts of an opened expression that do not vary."""
        if isinstance(e, x.Constant):
            return
        if not self.varies(e):
            yield e
            return
        for child in x.children(e):
            yield from self.settled(child)


def substituted(e: x.Expression, values: Mapping[str, x.Expression]) -> x.Expression:
    """With expressions in place of variables."""
    if isinstance(e, x.Variable) and e.name in values:
        value = values[e.name]
        if not e.path:
            return value
        if isinstance(value, x.Fact):
            return replace(value, path=value.path + e.path, type=e.type)
        raise Unsupported(e, TARGET)
    if isinstance(e, x.Aggregate):
        raise Unsupported(e, TARGET)
    return _rebuilt(e, lambda child: substituted(child, values))


def _rebuilt(e: x.Expression, change: Callable[[x.Expression], x.Expression]) -> x.Expression:
    """A node with its parts changed."""
    changed = {f.name: _changed(getattr(e, f.name), change) for f in fields(e)}
    if all(changed[f.name] is getattr(e, f.name) for f in fields(e)):
        return e
    return type(e)(**changed)


def _changed(part: Any, change: Callable[[x.Expression], x.Expression]) -> Any:
    if isinstance(part, x.Expression):
        return change(part)
    if isinstance(part, x.BandRow):
        bound = None if part.bound is None else change(part.bound)
        return replace(part, bound=bound, value=change(part.value))
    if isinstance(part, tuple) and any(is_dataclass(p) for p in part):
        return tuple(_changed(p, change) for p in part)
    return part
