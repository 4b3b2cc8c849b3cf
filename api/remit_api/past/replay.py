"""A past request put to the old text and to the new one; what was asked before is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cache

from remit_api.batch.recorded import json_line, request_document
from remit_api.batch.row import Row
from remit_api.failures import BadFacts, shown
from remit_api.past.asking import Past, Roots, past
from remit_api.question import Question
from remit_api.question_reader import read_question
from remit_dsl.program import Program
from remit_engine.engine import Engine
from remit_engine.impact import (
    Compared,
    EngineReplayer,
    MoneyFact,
    Reply,
    compared,
    money_fact,
    money_of,
    recorded,
)
from remit_engine.reading.exact import Unreadable, day_of
from remit_engine.request import InvalidRequest, Request
from remit_engine.rules.names import names_of

MOST_KNOWN = 50_000
"""So many requests are kept with their replies; then it begins anew."""
OLD, NEW, ROW = "old", "new", "row"
NOTHING_RECORDED = "the row records no outcome, and no old text was named with `--old`"
NO_DAY = "the row does not say its day: give it as `as_of`, or one for all with `--as-of`"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts. name: as it was named."""

    name: str
    engine: Engine
    program: Program


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that could not be replayed. at: the row itself, or the text that does not take it."""

    row: Row
    at: str
    error: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A row with its two replies, and its day."""

    row: Row
    past: Past
    day: date
    found: Compared

    @property
    def otherwise(self) -> bool:
        """Whether the old text answers otherwise than was recorded."""
        return self.past.outcome not in (None, self.found.old.outcome)


class Replay:
    """Puts rows to two texts. Without an old one, what was recorded takes its place.

    new_day: the day on which the new text is asked, where that is not the day of the row.
    """

    def __init__(
        self,
        old: Side | None,
        new: Side,
        defaults: Question,
        money: str | None = None,
        new_day: date | None = None,
    ) -> None:
        self.old, self.new = old, new
        self.defaults = defaults
        self.wanted = money
        self.new_day = new_day
        self.sides = [side for side in (old, new) if side is not None]
        self.roots = _roots(self.sides)
        self._answers = {id(side): EngineReplayer(side.engine) for side in self.sides}
        self._known: dict[str, Compared | tuple[str, str]] = {}
        self.money = cache(self._money)

    def replayed(self, row: Row) -> Replayed | Unread:
        """A row with its replies, or why it has none."""
        if row.question is None:
            return Unread(row, ROW, row.error or "the row cannot be read")
        try:
            asked = past(row.question, self.defaults, self.roots)
        except BadFacts as fault:
            return Unread(row, ROW, fault.message)
        said = asked.question.members.get("as_of")
        if said is None:
            return Unread(row, ROW, NO_DAY)
        try:
            day = day_of(said)
        except Unreadable as fault:
            return Unread(row, ROW, f"as_of: {fault}")
        if self.old is None and asked.outcome is None:
            return Unread(row, ROW, NOTHING_RECORDED)
        found = self._found(asked)
        if isinstance(found, tuple):
            return Unread(row, *found)
        return Replayed(row, asked, day, found)

    def _found(self, asked: Past) -> Compared | tuple[str, str]:
        """The replies, found once for all rows that ask the same."""
        key = json_line(request_document(asked.question))
        if self.old is None:
            key = f"{asked.outcome} {key}"
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = self._compared(asked)
        return found

    def _compared(self, asked: Past) -> Compared | tuple[str, str]:
        new = self._asked(self._later(asked.question), self.new)
        old = None if self.old is None else self._asked(asked.question, self.old)
        if isinstance(new, str):
            return (ROW if old is None or isinstance(old, str) else NEW), new
        if isinstance(old, str):
            return OLD, old
        (request, reply), older = new, None
        if old is not None:
            older, before = old
        elif asked.outcome is not None:
            before = recorded(asked.outcome, reply)
        else:
            return ROW, NOTHING_RECORDED
        amount, currency = self._amount(request, older)
        return compared(request, before, reply, amount, currency)

    def _later(self, question: Question) -> Question:
        if self.new_day is None:
            return question
        return replace(question, members={**question.members, "as_of": self.new_day})

    def _asked(self, question: Question, side: Side) -> tuple[Request, Reply] | str:
        """What a text answers, or why it does not take the request."""
        engine = side.engine
        try:
            request = read_question(
                question, engine.model, engine.directory, date.min, lenient=True
            )
            return request, self._answers[id(side)].reply(request)
        except InvalidRequest as fault:
            return "; ".join(map(shown, fault.problems))
        except Exception as fault:  # one bad row must not cost the other million
            return f"remit itself failed on this row: {type(fault).__name__}: {fault}"

    def _amount(
        self, request: Request, older: Request | None
    ) -> tuple[Fraction | None, str | None]:
        fact, side = self.money(request.action, older.action if older else None)
        if fact is None:
            return None, None
        told = request if side is self.new or older is None else older
        engine = side.engine
        return money_of(fact, told, engine.model, engine.directory), fact.currency

    def money_in(self, action: str) -> MoneyFact | None:
        """The money of an action of the new text, its old namesake taken for the old one."""
        program = self.old.program if self.old is not None else None
        short = action.rsplit(".", 1)[-1]
        older = [a.name for a in program.actions.values() if a.short == short] if program else []
        return self.money(action, older[0] if len(older) == 1 else None)[0]

    def _money(self, action: str, older: str | None) -> tuple[MoneyFact | None, Side]:
        """The money of an action as the new text knows it, else as the old one does."""
        fact = money_fact(action, self.new.engine.model, self.wanted)
        if fact is None and self.old is not None and older is not None:
            return money_fact(older, self.old.engine.model, self.wanted), self.old
        return fact, self.new


def _roots(sides: list[Side]) -> Roots:
    """The names of the facts of an action in any of the texts."""

    @cache
    def named(word: str) -> frozenset[str] | None:
        fields: set[str] = set()
        found = [(s.program, a) for s in sides for a in names_of(s.engine.model).actions.find(word)]
        for program, action in found:
            fields.update(program.actions[action].fields)
        return frozenset(fields) if found else None

    return lambda word: named(word) if isinstance(word, str) else None
