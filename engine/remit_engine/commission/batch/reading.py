"""Where line and statement expressions find their values in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from remit_dsl import expressions as x
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.known import Known
from remit_engine.commission.batch.staged import DAY, FLAG, NUMBER, WORD, Column, Path
from remit_engine.commission.batch.whole import Ratio, Whole, literal
from remit_engine.compile.unsupported import Unsupported


@dataclass(frozen=True, slots=True)
class OnLines:
    """The row of an event `e`, and what is known of its payee's span `s`."""

    columns: Mapping[Path, Column]
    by: Column
    index: Mapping[int, int]
    known: Sequence[Known]

    def settled(self, e: x.Expression) -> bool:
        """See Source."""
        return id(e) in self.index

    def number(self, e: x.Expression) -> Ratio:
        """See Source."""
        if self.settled(e):
            return self.known[self.index[id(e)]].ratio("s.")
        column = self._column(e, (NUMBER,))
        return Ratio(Whole(f"e.{column.name}", column.low, column.high), literal(column.per_unit))

    def other(self, e: x.Expression) -> str:
        """See Source."""
        if self.settled(e):
            known = self.known[self.index[id(e)]]
            return known.condition("s.") if e.type.kind == "boolean" else f"s.{known.name}"
        if isinstance(e, x.Fact) and e.path == ("as_of",):
            return f"e.{self.by.name}"
        return f"e.{self._column(e, (FLAG, WORD, DAY)).name}"

    def given(self, e: x.Expression) -> str:
        """See Source."""
        if not isinstance(e, x.Fact) or e.path not in self.columns:
            raise Unsupported(e, TARGET)
        return f"e.{self.columns[e.path].name} IS NOT NULL"

    def kept(self, value: Ratio) -> Ratio:
        """See Source."""
        return value

    def _column(self, e: x.Expression, forms: Sequence[str]) -> Column:
        if isinstance(e, x.Fact):
            column = self.columns.get(e.path)
            if column is not None and column.form in forms:
                return column
        raise Unsupported(e, TARGET)


@dataclass(slots=True)
class OnStatements:
    """The row of a statement in a frame. facts: credit, lines, steps, … by name."""

    frame: Frame
    index: Mapping[int, int]
    known: Sequence[Known]
    facts: dict[str, Ratio] = field(default_factory=dict)

    def settled(self, e: x.Expression) -> bool:
        """See Source."""
        return id(e) in self.index

    def number(self, e: x.Expression) -> Ratio:
        """See Source."""
        if self.settled(e):
            return self.known[self.index[id(e)]].ratio()
        if isinstance(e, x.Fact) and len(e.path) == 1 and e.path[0] in self.facts:
            return self.facts[e.path[0]]
        raise Unsupported(e, TARGET)

    def other(self, e: x.Expression) -> str:
        """See Source."""
        if self.settled(e) and e.type.kind == "boolean":
            return self.known[self.index[id(e)]].condition()
        raise Unsupported(e, TARGET)

    def given(self, e: x.Expression) -> str:
        """See Source."""
        raise Unsupported(e, TARGET)

    def kept(self, value: Ratio) -> Ratio:
        """See Source."""
        return self.frame.kept(value)
