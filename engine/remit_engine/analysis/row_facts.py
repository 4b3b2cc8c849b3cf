"""What a condition of a watch reads: facts of a subject or fields of a row, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.program import Field
from remit_engine.analysis.columns import FACT, Column
from remit_engine.analysis.facts import FROM_ZERO, WHOLE, Facts
from remit_engine.analysis.sets import EVERYWHERE, Line, after, before, stretch

COUNT, SEQUENCE = "count", "sequence"
NONE = stretch(before(Fraction(0)), after(Fraction(0)))


@dataclass(slots=True)
class RowFacts(Facts):
    """fields: what there is to be read. counts: ids of counts, which are not below zero. sums: of
    sums, which may be. never: ids of counts, sums and sequences that no row can belong to. alike:
    by which of several that are the same a count is known."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    counts: frozenset[str] = frozenset()
    sums: frozenset[str] = frozenset()
    sequences: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    alike: Mapping[str, str] = field(default_factory=dict)

    def column(self, fact: x.Fact) -> str:
        """The column of a fact, or of what is counted."""
        key = ".".join(fact.path)
        if self._is(fact, SEQUENCE, self.sequences):
            members = (False,) if fact.path[1] in self.never else (True, False)
            return self.columns.add(Column(key, FACT, "boolean", members=members))
        if self._is(fact, COUNT, self.counts | self.sums):
            id = self.alike.get(fact.path[1], fact.path[1])
            whole = fact.type.kind in WHOLE
            found = Column(f"{COUNT}.{id}", FACT, "line", whole=whole, range=self._counted(id))
            return self.columns.add(found)
        return Facts.column(self, fact)

    def _counted(self, id: str) -> Line:
        if id in self.never:
            return NONE
        return EVERYWHERE if id in self.sums else FROM_ZERO

    def _is(self, fact: x.Fact, root: str, ids: frozenset[str]) -> bool:
        return len(fact.path) == 2 and fact.path[0] == root and fact.path[1] in ids

    def optional(self, path: tuple[str, ...]) -> bool:
        """True when the last step of a path may be absent."""
        counted = self.counts | self.sums | self.sequences
        if len(path) <= 2 and path[0] in (COUNT, SEQUENCE) and path[-1] in (*counted, path[0]):
            return False
        return Facts.optional(self, path)

    def roots(self) -> Mapping[str, Field]:
        """What a path begins with."""
        return self.fields

    def from_zero(self, fact: x.Fact) -> bool:
        """Amounts of rows and facts may be anything."""
        return False
