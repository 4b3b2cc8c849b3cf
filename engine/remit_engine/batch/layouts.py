"""How the requests on one verb of an action are read: its rules, keys and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.types import Type
from remit_engine.compile.sql_columns import TOTALS, Column, Path, schema
from remit_engine.compile.sql_forms import Polynomial
from remit_engine.compile.sql_keys import Uses, uses
from remit_engine.compile.to_python import Compiled, Table
from remit_engine.compile.to_sql import AXIS, TEXTS, VALUE, Key, Layout, plainly_written
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import Model, Rule

AS_OF: Path = ("as_of",)


@dataclass(frozen=True, slots=True)
class Reading:
    """kinds: the types of the facts that the keys stand for. exact_days: the day itself is part of
    a combination. numbers: by path, what stands for each number that enters as one; its variables
    are numbered as `names` says."""

    layout: Layout
    kinds: tuple[Type, ...]
    table: Table
    rules: tuple[Rule, ...]
    exact_days: bool
    numbers: dict[Path, Polynomial]
    names: dict[int, str]

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys, one for each column."""
        return self.layout.keys

    @property
    def of_actor(self) -> bool:
        """Whether some column is an attribute of the asker."""
        return any(key.column.path[0] == "actor" for key in self.keys)


def reading(
    requests: str, prefix: str, action: str, verb: str, model: Model, compiled: Compiled
) -> Reading:
    """How to read the requests on one verb of an action (qualified name)."""
    columns = schema(action, model)
    table = compiled.table(action, verb)
    rules = table.index.rules
    expressions = tuple(_expressions(rules, model, action))
    used = uses(expressions, model.program)
    read = {f.path for e in expressions for f in facts_in(e, model.program)}
    keys = tuple(
        Key(c, *_mode(c, used, kind.kind))
        for c, kind in zip(columns.columns, columns.types, strict=True)
        if c.path in read or c.path[0] == TOTALS
    )
    axes = [k.column for k in keys if k.mode == AXIS]
    numbers = {c.path: Polynomial.variable(i, c.unit) for i, c in enumerate(axes, 1)}
    names = {i: f"r.{c.name}" for i, c in enumerate(axes, 1)}
    exact_days = AS_OF in used.exact
    if not exact_days:
        numbers[AS_OF] = Polynomial.variable(0, Fraction(1))
        names[0] = "r.as_of"
    layout = Layout(requests, prefix, action, verb, keys)
    kinds = dict(zip(columns.columns, columns.types, strict=True))
    own = tuple(kinds[k.column] for k in keys)
    return Reading(layout, own, table, rules, exact_days, numbers, names)


def _expressions(rules: Iterable[Rule], model: Model, action: str) -> Iterator[x.Expression]:
    measure = model.actions[action].action.measure
    if measure is not None:
        yield measure.value
    for rule in rules:
        yield from read_by(rule)


def _mode(column: Column, used: Uses, kind: str) -> tuple[str, frozenset[str]]:
    if column.numeric:
        exact = column.path in used.exact and column.path[0] != TOTALS
        return (VALUE if exact else AXIS), frozenset()
    texts = used.limited(column.path) if kind == "text" else None
    if texts is None or not all(map(plainly_written, texts)):
        return VALUE, frozenset()
    return TEXTS, texts
