"""The docket: requests for approval made, changed and decided, each in one transaction with the
ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from secrets import token_hex
from typing import Any

from sqlalchemy.engine import Connection

from remit_engine.approvals import moving, opening
from remit_engine.approvals.bench import Bench
from remit_engine.approvals.life import ApprovalRequest, Change, Event, Terms
from remit_engine.decision import Outcome
from remit_engine.reading.request_document import request_document
from remit_engine.request import Request
from remit_engine.storage import approvals
from remit_engine.storage.approvals import Kept
from remit_engine.storage.court import Court
from remit_engine.storage.faults import Superseded
from remit_engine.storage.ledger import Ledger, Pending, Refused, facts_mark
from remit_engine.storage.revisions import revision

Done = tuple[Change, Request | None]
What = Callable[[ApprovalRequest, Bench], Change | Done]


@dataclass(slots=True)
class Docket:
    """Open while a writing transaction is. caller: who asked the service. moment: in UTC. Raises
    Superseded where another revision stands than the court's."""

    connection: Connection
    ledger: Ledger
    court: Court
    day: date
    moment: str
    caller: str
    terms: Terms = field(default_factory=Terms)

    def __post_init__(self) -> None:
        stands = revision(self.connection)
        if stands != self.court.revision:
            raise Superseded(stands)

    @property
    def bench(self) -> Bench:
        """The court, with the totals as they stand in the ledger."""
        ask = self.ledger.answering(self.connection, self.court)
        return Bench(self.court.model, self.court.directory, ask, self._mark)

    def _mark(self, request: Request) -> str:
        model, directory = self.court.model, self.court.directory
        return facts_mark(request_document(request, model, directory, full=True))

    def make(self, document: Mapping[str, Any], opener: str, origin: str | None = None) -> Kept:
        """Make a request; for what it raises see `opening.opened`."""
        id = f"apr_{token_hex(12)}"
        made = opening.opened(id, document, opener, self.day, self.bench, self.terms)
        return approvals.open_request(self.connection, made, self.moment, origin)

    def read(self, id: str) -> Kept:
        """A request as it stands today: late steps have gone up, and it may have expired. Raises
        NotKept."""
        kept = approvals.found(self.connection, id)
        if kept.request.late is None or kept.request.late > self.day:
            return kept
        return self.keep(kept, moving.moved_on(kept.request, self.day, self.bench, self.terms))

    def catch_up(self) -> int:
        """Do what time has done to all that is late; how many there were."""
        late = approvals.late(self.connection, self.day)
        for id in late:
            self.read(id)
        return len(late)

    def change(self, kept: Kept, what: What) -> Kept:
        """Do something on a request; where that approves it, the decision is recorded with it."""
        done = what(kept.request, self.bench)
        change, permitted = done if isinstance(done, tuple) else (done, None)
        if permitted is not None:
            change = self._decided(change, permitted)
        return self.keep(kept, change)

    def keep(self, kept: Kept, change: Change) -> Kept:
        """Write down what became of a request."""
        return approvals.keep(self.connection, kept, change, self.moment)

    def comment(self, kept: Kept, by: str, text: str) -> Kept:
        """Write down what somebody says; the request stays as it is."""
        said = Event("comment", self.day, by=by, text=text)
        return self.keep(kept, Change(kept.request, (said,)))

    def _decided(self, change: Change, permitted: Request) -> Change:
        """The change with the row of the ledger that it led to."""
        (found,) = self.ledger.record_in(
            self.connection, [Pending(permitted, self.caller)], self.court
        )
        if isinstance(found, Refused):
            raise found.fault
        entry = found.entry
        if entry.outcome != Outcome.PERMIT.value:
            raise RuntimeError(
                f"the ledger was told {entry.outcome} in the transaction of a permit"
            )
        body = {"decision": entry.id, "seq": entry.seq, "facts": entry.facts}
        events = tuple(
            replace(e, body={**e.body, **body}) if e.kind == "approved" else e
            for e in change.events
        )
        return Change(replace(change.request, decision=entry.id), events)


def taken_back(
    connection: Connection, decision: str, because: str, by: str | None, day: date, moment: str
) -> Kept | None:
    """Make void the request that a reversed decision was recorded for, in the transaction of the
    reversal; None where there is none."""
    kept = approvals.by_decision(connection, decision)
    if kept is None:
        return None
    return approvals.keep(connection, kept, moving.voided(kept.request, because, by, day), moment)
