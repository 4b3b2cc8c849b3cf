"""The columns of a space: what a request may vary in, each with the values it may take."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit_dsl import expressions as x
from remit_engine.analysis.linear import Linear
from remit_engine.analysis.sets import EVERYWHERE, Line

AS_OF = "as_of"
GIVEN = "given "
TOTAL = "totals."
OPAQUE = "value of "
KNOWN = "known "

FACT, PRESENCE, COMBINED, DERIVED, CERTAINTY = (
    "fact",
    "presence",
    "combined",
    "derived",
    "certainty",
)


@dataclass(frozen=True, slots=True)
class Column:
    """role: a `fact` (also a total and as_of), the `presence` of an optional fact, a `combined`
    (linear) or `derived` (any other) value of several facts, the `certainty` that it has one.

    kind: boolean, enum, position, text, line. whole: a line of whole numbers. members: the
    symbols there are (None: any text). range: the numbers there are. Values of combined and
    derived columns hang on other columns, which a search that treats them as free does not know.
    """

    key: str
    role: str
    kind: str
    whole: bool = False
    members: tuple[str | bool, ...] | None = None
    range: Line = EVERYWHERE
    form: Linear | None = None
    expression: x.Expression | None = None

    @property
    def free(self) -> bool:
        """True when every value may go with every value of the other columns."""
        return self.role in (FACT, PRESENCE)


@dataclass(slots=True)
class Columns:
    """The columns met so far, by key."""

    by_key: dict[str, Column] = field(default_factory=dict)

    def add(self, column: Column) -> str:
        """Note a column, once; gives its key."""
        self.by_key.setdefault(column.key, column)
        return column.key

    def __getitem__(self, key: str) -> Column:
        return self.by_key[key]


TRUTHS: tuple[bool, ...] = (True, False)
