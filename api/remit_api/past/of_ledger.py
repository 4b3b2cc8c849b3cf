"""Recorded decisions put to the text that stands and to a new one, row by row."""

from __future__ import annotations

from collections.abc import Iterable

from remit_api.batch.row import Row
from remit_api.failures import shown
from remit_api.past.asking import Past
from remit_api.past.replay import NEW, OLD, ROW, Replay, Replayed, Side, Unread
from remit_api.past.summary import Summary
from remit_api.question import Question
from remit_engine.decision import Outcome
from remit_engine.impact import Reply, compared
from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest, Request
from remit_engine.storage import history
from remit_engine.storage.entries import Entry

Answered = tuple[Request, Reply] | str
"""The request as a text reads it with its reply, or why the text does not take it."""


class LedgerReplay(Replay):
    """Asks both texts what was asked, on the day of the record and with the totals that were read
    for it. A total that a new text keeps and the record did not read is not known to it."""

    def __init__(self, old: Side, new: Side) -> None:
        super().__init__(old, new, Question())

    def of(self, entry: Entry) -> Replayed | Unread:
        """A decision of the ledger with its replies, or why it has none."""
        row = Row(entry.seq, _question(entry), None, {"id": entry.id})
        assert self.old is not None
        old, new = self._put(entry, self.old), self._put(entry, self.new)
        if isinstance(new, str):
            return Unread(row, ROW if isinstance(old, str) else NEW, new)
        if isinstance(old, str):
            return Unread(row, OLD, old)
        (older, before), (request, reply) = old, new
        amount, currency = self._amount(request, older)
        found = compared(request, before, reply, amount, currency)
        return Replayed(row, Past(_question(entry), Outcome(entry.outcome), ()), entry.day, found)

    def _put(self, entry: Entry, side: Side) -> Answered:
        engine = side.engine
        try:
            request = history.request_of(entry, engine.model, engine.directory)
        except InvalidRequest as fault:
            return "; ".join(map(shown, fault.problems))
        return request, self._answers[id(side)].reply(request)


def replay_ledger(entries: Iterable[Entry], replay: LedgerReplay, limit: int) -> Summary:
    """Every decision; the summary shows `limit` of those that changed."""
    summary = Summary(limit)
    for entry in entries:
        summary.add(replay.of(entry))
    return summary


def _question(entry: Entry) -> Question:
    """What was asked, so that it can be asked again."""
    document = read_json(entry.request)
    facts = document.pop("facts", None) or {}
    return Question({**document, "as_of": entry.day.isoformat()}, facts)
