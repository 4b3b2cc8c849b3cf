"""From a cell to requests in it: plain ones first, then by solving and by trying."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from random import Random

from remit_engine.analysis.columns import AS_OF, CERTAINTY, COMBINED, TOTAL, Column
from remit_engine.analysis.draft import FROM_ZERO, UNUSED, Draft, Slot
from remit_engine.analysis.grid import Cell, Class
from remit_engine.analysis.linear import Linear
from remit_engine.analysis.sets import before, sample
from remit_engine.analysis.space import Space
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.request import Request

TRIES = 60
ROUNDS = 3
LAST_DAY = date.max.toordinal()


@dataclass(slots=True)
class Maker:
    """Makes requests of the cells of a space, by a holder of a position.

    left: how many values it may still compute on the way, over all cells.
    """

    space: Space
    today: date
    tries: int = TRIES
    left: int = 4_000

    def requests(self, cell: Cell, verb: str, position: str) -> Iterator[Request]:
        """Requests in the cell, as far as some are found."""
        rnd, facts = Random(1), self.space.judgement.facts
        used = UNUSED if self.space.fresh else FROM_ZERO
        hanging = [
            c for key in cell.classes if not (c := self.space.columns[key]).free
        ]  # fmt: skip
        for i in range(self.tries if hanging else 1):
            if self.left <= 0:
                return
            draft = Draft(facts, cell, position, self.today, rnd, i > 0, used)
            if self._settle(draft, cell, hanging):
                yield draft.request(verb)

    def _settle(self, draft: Draft, cell: Cell, hanging: list[Column]) -> bool:
        """Move numbers until every value that hangs on them is where the cell wants it."""
        for _ in range(ROUNDS):
            wrong = [c for c in hanging if not _within(cell.classes[c.key], self._value(c, draft))]
            if not wrong:
                return True
            if not any(self._repair(c, cell, draft) for c in wrong):
                return False
        return False

    def _value(self, column: Column, draft: Draft) -> object:
        self.left -= 1
        request = draft.request("approve")
        facts = {**request.facts, "actor": request.actor, "as_of": request.as_of}
        if request.requester is not None:
            facts["requester"] = request.requester
        env = Environment(self.space.model, request.as_of, facts, _anywhere, {})
        if column.role == COMBINED and column.form is not None:
            return self._combined(column.form, draft, env)
        if column.expression is None:
            raise TypeError(f"{column.key} has no value of its own")
        value = evaluate(column.expression, env)
        if column.role == CERTAINTY:
            return not isinstance(value, Unknown)
        if isinstance(value, date):
            return Fraction(value.toordinal())
        return value

    def _combined(self, form: Linear, draft: Draft, env: Environment) -> Fraction | None:
        total = form.constant
        for key, factor in form.terms:
            column = self.space.columns[key]
            if column.expression is not None:
                value = evaluate(column.expression, env)
                if isinstance(value, date):
                    value = Fraction(value.toordinal())
            else:
                path = (key,) if key == AS_OF or key.startswith(TOTAL) else tuple(key.split("."))
                value = draft.numbers.get(path)
            if not isinstance(value, Fraction):
                return None
            total += factor * value
        return total

    def _repair(self, column: Column, cell: Cell, draft: Draft) -> bool:
        """Move one number so that the value falls where it should; the value must be linear in
        it, which two trials tell."""
        wanted = cell.classes[column.key]
        start = self._value(column, draft)
        if not isinstance(wanted, tuple) or not isinstance(start, Fraction):
            return False
        target = sample(*wanted, column.whole)
        slots = list(draft.slots)
        draft.rnd.shuffle(slots)
        return self.left > 0 and any(
            self._solve(column, cell, draft, slot, start, target) for slot in slots
        )

    def _solve(
        self,
        column: Column,
        cell: Cell,
        draft: Draft,
        slot: Slot,
        start: Fraction,
        target: Fraction,
    ) -> bool:
        at = draft.numbers[slot.path]
        step = 1 if not slot.dated or at < LAST_DAY else -1
        draft.move(slot, at + step)
        moved = self._value(column, draft)
        if isinstance(moved, Fraction) and moved != start:
            solved = at + step * (target - start) / (moved - start)
            if slot.holds(solved):
                draft.move(slot, solved)
                if _within(cell.classes[column.key], self._value(column, draft)):
                    return True
        draft.move(slot, at)
        return False


def _within(wanted: Class, value: object) -> bool:
    if isinstance(wanted, tuple):
        return isinstance(value, Fraction) and wanted[0] <= before(value) < wanted[1]
    return value == wanted and isinstance(value, type(wanted))


def _anywhere(_below: str | None, _above: str | None) -> bool:
    return True
