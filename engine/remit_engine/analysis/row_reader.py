"""Reading conditions of watches: whether they can be true of some row or subject, or of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from remit_dsl.expressions import Expression
from remit_dsl.program import Field
from remit_dsl.watch import Count, Rows, Watch
from remit_dsl.watch import Sequence as Follows
from remit_engine.analysis.formula import Formula, boxes, every, negated
from remit_engine.analysis.grid import grid
from remit_engine.analysis.row_facts import RowFacts
from remit_engine.analysis.translate import Translator
from remit_engine.rules.ir import Model


class RowReader:
    """Reads conditions over the fields of one kind of row, or over the facts of a subject.

    All that it says is over every value of its facts that they may have; TooEntangled where that is
    too much to look at.
    """

    def __init__(
        self,
        model: Model,
        fields: Mapping[str, Field],
        counts: Sequence[Count] = (),
        sequences: Sequence[Follows] = (),
    ) -> None:
        self._facts = RowFacts(
            model,
            "",
            fields=fields,
            counts=frozenset(c.id for c in counts if c.field is None),
            sums=frozenset(c.id for c in counts if c.field is not None),
            sequences=frozenset(s.id for s in sequences),
            never=frozenset(_empty(model, counts, sequences)),
            alike=alike(counts),
        )
        self._reader = Translator(model, self._facts, None)

    @staticmethod
    def of_event(event: str, model: Model, counts: Sequence[Count] = ()) -> RowReader:
        """Of the rows of an event, with what is counted about each."""
        return RowReader(model, model.program.events[event].fields, counts)

    def never(self, conditions: Iterable[Expression], but: Expression | None = None) -> bool:
        """Whether the conditions are never true together; but: or only where another is true. What
        hangs on a figure that was not fixed is told as such, and not here."""
        conditions = tuple(conditions)
        if any(map(self._facts.reads_unset, conditions)):
            return False
        parts = [self._reader.truth(e).true for e in conditions]
        if but is not None:
            parts.append(negated(self._reader.truth(but).true))
        return not self._somewhere(every(*parts))

    def always(self, condition: Expression) -> bool:
        """Whether a condition is true of all values that its facts may have."""
        return not self._somewhere(negated(self._reader.truth(condition).true))

    def _somewhere(self, formula: Formula) -> bool:
        """Whether it may be so for some values. What hangs on several facts at once is taken to
        have any value, so that False is a proof."""
        found = boxes(formula)
        return bool(grid(found, self._facts.columns).possible) if found else False


def alike(counts: Sequence[Count]) -> dict[str, str]:
    """Counts that are written twice, by the first of them."""
    first: dict[object, str] = {}
    found = {}
    for c in counts:
        if c.where is None:
            key = (c.event, c.field, c.key, c.window)
            found[c.id] = first.setdefault(key, c.id)
    return found


def _empty(model: Model, counts: Sequence[Count], sequences: Sequence[Follows]) -> Iterable[str]:
    """Ids of what no row can belong to, as its condition is never true."""
    for count in counts:
        if count.where is not None and RowReader.of_event(count.event, model).never((count.where,)):
            yield count.id
    for follows in sequences:
        where = follows.where
        if where is not None and RowReader.of_event(follows.second, model).never((where,)):
            yield follows.id


def subject_of(watch: Watch, model: Model) -> RowReader:
    """The reader of the conditions about subjects of a watch."""
    program = model.program
    known = program.records if watch.kind == "record" else program.events
    return RowReader(model, known[watch.on].fields, watch.counts, watch.sequences)


def row_of(rows: Rows, model: Model) -> RowReader:
    """The reader of the conditions about rows of a rule."""
    return RowReader.of_event(rows.event, model, rows.counts)
