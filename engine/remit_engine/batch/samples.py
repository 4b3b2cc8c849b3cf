"""One row for all that stand in the same place, answered by the ordinary path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from remit_engine.batch.layouts import Reading
from remit_engine.batch.parties import unnamed
from remit_engine.batch.places import Answers
from remit_engine.batch.values import day, exact
from remit_engine.compile.sql_columns import TOTALS, Path
from remit_engine.compile.sql_keys import nested
from remit_engine.compile.to_sql import UNSTATED
from remit_engine.judging.chain import answer, granted, stop
from remit_engine.judging.verdict import Judge
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.rules.ir import Model


@dataclass(frozen=True, slots=True)
class Samples:
    """Answers rows that regular combinations hold. A row: `row_id, actor, requester, as_of` and
    the columns of the keys."""

    how: Reading
    model: Model
    directory: Directory
    judge: Judge
    answers: Answers = field(default_factory=Answers)

    def own(self, row: Sequence[Any]) -> tuple[int, int]:
        """The number of the answer by the asker's own rules, and 1 where others have to say."""
        request = self.request(row)
        found = answer(request, request.actor, self.model, self.directory, self.judge).ruling
        rules = tuple(v.rule.index for v in found.verdicts)
        return self.answers.number((found.outcome, rules), not granted(request, self.model))

    def able(self, row: Sequence[Any]) -> tuple[int]:
        """1 where somebody may. Who asks makes no difference: where his own rules leave it to
        others, none of his positions alone would let him."""
        asked = self.request(row)
        nobody = Party(None, ())
        request = Request(
            asked.action, nobody, asked.as_of, asked.verb, asked.facts, asked.requester,
            totals=asked.totals,
        )  # fmt: skip
        model, directory, judge = self.model, self.directory, self.judge
        stops = (stop(p, request, model, directory, judge) for p in granted(request, model))
        return (int(any(s.able for s in stops)),)

    def request(self, row: Sequence[Any]) -> Request:
        """The request that a row stands for."""
        _, actor, requester, as_of, *cells = row
        asked = day(as_of)
        facts: dict[Path, Any] = {}
        totals: dict[str, Fraction] = {}
        attributes: dict[str, Any] = {}
        for path, value in self._stated(cells):
            if path[0] == TOTALS:
                totals[path[1]] = value
            elif path[0] == "actor":
                attributes[path[1]] = value
            else:
                facts[path] = value
        layout = self.how.layout
        behalf = None if requester == UNSTATED else self._party(requester, as_of, {})
        return Request(
            layout.action,
            self._party(actor, as_of, attributes),
            asked,
            layout.verb,
            nested(facts),
            behalf,
            totals=totals,
        )

    def _stated(self, cells: Sequence[Any]) -> Iterator[tuple[Path, Any]]:
        program = self.model.program
        for key, kind, cell in zip(self.how.keys, self.how.kinds, cells, strict=True):
            if cell is not None:
                yield key.column.path, exact(cell, key.column, kind, program)

    def _party(self, name: str, as_of: int, attributes: dict[str, Any]) -> Party:
        known = self.directory.party(name, day(as_of))
        if known is not None:
            return known
        stated = unnamed(name)
        return Party(None, stated.holdings, {**stated.attributes, **attributes})
