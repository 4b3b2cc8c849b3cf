"""The ledger of decisions: judging, counting and recording in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from remit_engine.decision import Decision
from remit_engine.explanation.transcript import Transcript
from remit_engine.people.party import Party
from remit_engine.reading.request_document import request_document
from remit_engine.request import Request
from remit_engine.storage import entries, holds, idempotency, tables, watch_state
from remit_engine.storage.canonical import canonical, fingerprint, half_a_character
from remit_engine.storage.counting import (
    FromLedger,
    consumption,
    unit_of,
)
from remit_engine.storage.court import Court
from remit_engine.storage.entries import DECISION, REVERSAL, REVERSED, Entry, Head, chained
from remit_engine.storage.faults import Conflict, NotKept, Superseded
from remit_engine.storage.idempotency import Key
from remit_engine.storage.opening import writing
from remit_engine.storage.revisions import revision
from remit_engine.storage.usage import OpenUsage, Usage
from remit_engine.unique import unique


@dataclass(frozen=True, slots=True)
class Pending:
    """A request to be judged and recorded. caller: who asked the service. key: under which the same
    request may come again."""

    request: Request
    caller: str
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row of the ledger. replayed: it stood there before, under the same key."""

    entry: Entry
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request was not recorded; the others of its group were."""

    fault: Exception


class Ledger:
    """The ledger of one store, with what one process remembers of its totals, and the court under
    the holds that stood last."""

    def __init__(self, store: Engine, now: Callable[[], datetime] | None = None) -> None:
        self._store = store
        self._now = now or (lambda: datetime.now(UTC))
        self._usage = Usage()
        self._sat: tuple[Court, Court] | None = None

    def record(self, pending: Sequence[Pending], court: Court) -> list[Recorded | Refused]:
        """Judge and record requests in their order, each seeing the totals of those before it, in
        one transaction: when this returns, all of it is kept. Raises Superseded, with nothing
        judged, where another revision stands."""
        with writing(self._store) as connection:
            return self.record_in(connection, pending, court)

    def record_in(
        self, connection: Connection, pending: Sequence[Pending], court: Court
    ) -> list[Recorded | Refused]:
        """The same in a writing transaction that does something else too."""
        stands = revision(connection)
        if stands != court.revision:
            raise Superseded(stands)
        session = self._session(connection, court)
        seen = idempotency.answers(connection, [p.key for p in pending if p.key is not None])
        found = [session.one(p, seen) for p in pending]
        session.keep()
        self._usage.close(session.head)
        return found

    def answering(self, connection: Connection, court: Court) -> Callable[[Request], Decision]:
        """What the court says to a request that sees the totals as they stand, in a writing
        transaction; nothing is recorded."""
        session = self._session(connection, court)
        return lambda request: session.court.judge.decide(session.with_totals(request)[0])

    def reverse(
        self, connection: Connection, id: str, *, caller: str, reason: str, day: date
    ) -> Entry:
        """Give back what a permit used up, in a writing transaction. Raises NotKept; Conflict for
        what is no permit and for what was given back before."""
        original = entries.found(connection, [id]).get(id)
        if original is None:
            raise NotKept(f"there is no decision `{id}`")
        _refuse_reversal(connection, original)
        head = entries.head_of(connection)
        usage = self._usage.open(connection, head)
        values = _reversal(original, caller, reason, day, self._moment(), revision(connection))
        row = chained(values, head)
        entries.insert(connection, [row])
        usage.add(row)
        usage.write()
        self._usage.close(Head(row["seq"], row["hash"]))
        return entries.entry_of(row)

    def _sitting(self, connection: Connection, court: Court) -> Court:
        """The court under what is held as this transaction sees it: a freeze that was kept before
        binds what is recorded after, whichever process kept it."""
        edition = watch_state.holds(connection)
        if edition == court.edition:
            return court
        if self._sat is None or self._sat[0] is not court or self._sat[1].edition != edition:
            self._sat = court, court.holding(holds.standing(connection))
        return self._sat[1]

    def _session(self, connection: Connection, court: Court) -> _Session:
        court = self._sitting(connection, court)
        head = entries.head_of(connection)
        return _Session(
            connection, court, self._usage.open(connection, head), head, self._moment(), [], []
        )

    def _moment(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="microseconds")


def facts_mark(document: Mapping[str, Any]) -> str:
    """The fingerprint of the facts of a full request document."""
    return fingerprint(canonical(document.get("facts", {})))


@dataclass(slots=True)
class _Session:
    """One group of requests inside its transaction."""

    connection: Connection
    court: Court
    usage: OpenUsage
    head: Head
    moment: str
    rows: list[dict[str, Any]]
    answered: list[dict[str, Any]]

    def one(self, pending: Pending, seen: dict[Key, idempotency.Answer]) -> Recorded | Refused:
        """Judge one request, whatever is wrong with it."""
        key = pending.key
        try:
            if key is not None and key in seen:
                return self._again(key, seen[key])
            recorded = self._recorded(pending)
        except SQLAlchemyError:  # the store itself: nothing of the group is kept
            raise
        except Exception as fault:  # it is this one's answer: the others go on
            return Refused(fault)
        if key is not None:
            seen[key] = idempotency.Answer(key.body, recorded.entry.id, recorded.entry)
            self.answered.append(idempotency.row(key, self.moment, recorded.entry.id))
        return recorded

    def keep(self) -> None:
        """Write all that was judged."""
        entries.insert(self.connection, self.rows)
        self.usage.write()
        idempotency.insert(self.connection, self.answered)

    def _again(self, key: Key, answer: idempotency.Answer) -> Recorded:
        idempotency.refuse_another(key, answer)
        if answer.entry is None:
            raise Conflict("the key was used for something else", "take another key")
        return Recorded(answer.entry, replayed=True)

    def _recorded(self, pending: Pending) -> Recorded:
        request, read = self.with_totals(pending.request)
        values = self._values(pending, request, self._answer(request))
        values["totals"] = canonical(read.read if read is not None else {})
        keys = values["keys"]
        values["keys"] = canonical(keys)
        row = chained(values, self.head)
        self.usage.add(row, keys)
        self.rows.append(row)
        self.head = Head(row["seq"], row["hash"])
        return Recorded(entries.entry_of(row))

    def _answer(self, request: Request) -> Transcript:
        try:
            return self.court.judge.transcript(request)
        except UnicodeEncodeError:
            raise half_a_character() from None

    def with_totals(self, request: Request) -> tuple[Request, FromLedger | None]:
        """The request with the totals of the ledger, and with none of its own."""
        model = self.court.model
        spans = self.court.spans(request.action, request.as_of)
        measure = model.actions[request.action].action.measure
        if not spans or measure is None:
            stated = bool(request.totals) or request.used is not None
            return (replace(request, totals={}, used=None) if stated else request), None
        self.usage.require(request.action, [s.dimension for s in spans])
        used = FromLedger(self.usage, request, spans, unit_of(measure))
        return replace(request, totals={}, used=used), used

    def _values(self, pending: Pending, request: Request, answer: Transcript) -> dict[str, Any]:
        model, directory = self.court.model, self.court.directory
        document = request_document(request, model, directory, full=True)
        kept = bool(self.court.totals(request.action))
        requester = request.requester
        return {
            "id": f"dec_{unique()}",
            "kind": DECISION,
            "made": self.moment,
            "day": request.as_of,
            "caller": tables.storable(pending.caller),
            "actor": _named(request.actor),
            "requester": None if requester is None else _named(requester),
            "action": request.action,
            "verb": request.verb,
            "outcome": answer.outcome.value,
            "request": canonical(document),
            "answer": answer.text,
            "facts": facts_mark(document),
            "policy": answer.policy,
            "revision": self.court.revision,
            **consumption(request, answer, model, directory, kept=kept),
            "reverses": None,
            "reason": None,
        }


def _named(party: Party) -> str:
    """The person's id, or the position."""
    return tables.storable(party.person or party.authority)


def _refuse_reversal(connection: Connection, original: Entry) -> None:
    if original.kind != DECISION or original.outcome != "permit":
        help = "only what was permitted can be given back"
        raise Conflict(f"`{original.id}` gives nothing back: it is no permit", help)
    c = tables.decision.c
    before = connection.scalar(sql.select(c.id).where(c.reverses == original.id))
    if before is not None:
        raise Conflict(f"`{original.id}` was reversed before, by `{before}`")


def _reversal(
    original: Entry, caller: str, reason: str, day: date, moment: str, stands: int
) -> Mapping[str, Any]:
    consumed = original.consumed
    kept = {
        name: getattr(original, name)
        for name in (
            "actor", "requester", "action", "verb", "facts", "policy", "unit", "authority",
            "counted", "keys",
        )
    }  # fmt: skip
    return {
        **kept,
        "id": f"dec_{unique()}",
        "kind": REVERSAL,
        "made": moment,
        "day": day,
        "caller": caller,
        "outcome": REVERSED,
        "request": "{}",
        "answer": "{}",
        "totals": "{}",
        "revision": stands,
        "consumed": None if consumed is None else Fraction(-consumed),
        "reverses": original.id,
        "reason": tables.storable(reason),
    }
