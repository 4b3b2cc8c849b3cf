"""Many requests at once: each is answered, and a fault of one leaves the others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sql

from remit_api.http.access import Access
from remit_api.http.bodies import document_of
from remit_api.http.desk import Desk
from remit_api.http.enquiry import Enquiry, enquiry
from remit_api.http.problems import item_problem
from remit_api.http.quick import quick_check, quick_checks, quick_item
from remit_api.http.recorder import Outcome
from remit_api.http.recording import Stated, key_of_item
from remit_api.http.records import answer_of
from remit_api.http.refusals import NotUnderstood
from remit_api.http.standing import with_totals
from remit_engine.decision import Decision
from remit_engine.explanation.wire import decision_to_json
from remit_engine.fast import Checked
from remit_engine.request import Problem
from remit_engine.storage.idempotency import Key
from remit_engine.storage.ledger import Recorded

MOST = 1_000


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """The body. record: keep the answers. explain: whole answers; else outcomes with the ids of the
    rules that decide, which are found a good deal faster."""

    requests: list[msgspec.Raw]
    record: bool = True
    explain: bool = True


_DECODER = msgspec.json.Decoder(Batch)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def batch_of(body: bytes) -> Batch:
    """The batch of a body; raises NotUnderstood. Where outcomes alone are asked for, whether a
    member is given twice is seen later, by who answers it."""
    try:
        found = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise _wrong("", f"the body cannot be read: {_plain(fault)}") from None
    if found.explain:
        _given_once(body, found)
    if len(found.requests) > MOST:
        raise _wrong("requests", f"there are {len(found.requests):,}, and a batch takes {MOST:,}")
    if found.record and not found.explain:
        raise _wrong("explain", "what is recorded is explained: leave it out, or record nothing")
    return found


def _given_once(body: bytes, batch: Batch) -> None:
    """Raises NotUnderstood where a member of the batch is given twice. Each has one colon, and the
    other colons are those of the requests."""
    others = sum(bytes(item).count(b":") for item in batch.requests)
    if body.count(b":") != len(_MEMBERS.decode(body)) + others:
        raise _wrong("", "a member is given twice: it is not clear which of the two counts")


def answered(body: bytes, batch: Batch, access: Access, desk: Desk, store: sql.Engine) -> bytes:
    """The JSON of the answers to requests that nobody keeps. body: what the batch was read from.
    Raises NotUnderstood where a member of it is given twice."""
    if not batch.explain:  # so that all three members are said, each with its colon
        colons = body.count(b":") - len(Batch.__struct_fields__)
        checked = quick_checks(batch.requests, colons, access, desk)
        if checked is not None:
            return _items(map(_bare, checked))
        _given_once(body, batch)
    one = _explained if batch.explain else _checked
    return _items(one(bytes(item), access, desk, store) for item in batch.requests)


def asks_of(batch: Batch, access: Access, desk: Desk, key: Key | None) -> list[Stated | Exception]:
    """What is to be recorded, and the faults of what cannot be read."""
    found: list[Stated | Exception] = []
    for number, item in enumerate(batch.requests):
        try:
            read = enquiry(document_of(bytes(item)), access, desk, record=True)
            found.append(Stated(read, desk, key_of_item(key, number)))
        except Exception as fault:
            item_problem(fault)  # what is no fault of the caller is raised
            found.append(fault)
    return found


def told(asks: list[Stated | Exception], outcomes: list[Outcome]) -> bytes:
    """The JSON of the answers to what was recorded."""
    results = iter(outcomes)
    return _items(
        _told(next(results)) if isinstance(ask, Stated) else _problem(ask) for ask in asks
    )


def _told(outcome: Outcome) -> bytes:
    return answer_of(outcome.entry) if isinstance(outcome, Recorded) else _problem(outcome.fault)


def _explained(item: bytes, access: Access, desk: Desk, store: sql.Engine) -> bytes:
    try:
        quick = quick_item(item, access, desk)
        if quick is not None:
            return quick
        return msgspec.json.encode(decision_to_json(_decided(item, access, desk, store)))
    except Exception as fault:
        return _problem(fault)


def _checked(item: bytes, access: Access, desk: Desk, store: sql.Engine) -> bytes:
    try:
        quick = quick_check(item, access, desk)
        if quick is not None:
            return _bare(quick)
        decision = _decided(item, access, desk, store)
        return _bare((decision.outcome, _deciding(decision)))
    except Exception as fault:
        return _problem(fault)


def _decided(item: bytes, access: Access, desk: Desk, store: sql.Engine) -> Decision:
    read: Enquiry = enquiry(document_of(item), access, desk, record=False)
    return with_totals(desk.court, store, read.request, desk.engine.decide)


def _deciding(decision: Decision) -> tuple[str, ...]:
    return tuple(rule.id for rule in decision.rules if rule.role != "not met")


@lru_cache(maxsize=10_000)
def _bare(checked: Checked) -> bytes:
    outcome, rules = checked
    return msgspec.json.encode({"outcome": outcome.value, "rules": rules})


def _problem(fault: Exception) -> bytes:
    return msgspec.json.encode({"problem": item_problem(fault)})


def _items(found: Iterable[bytes]) -> bytes:
    return b'{"items":[' + b",".join(found) + b"]}"


def _wrong(path: str, message: str) -> NotUnderstood:
    return NotUnderstood("the batch cannot be understood", problems=[Problem(path, message)])


def _plain(fault: Any) -> str:
    """The sentence of msgspec in our manner."""
    sentence = str(fault).rstrip(".")
    return sentence[:1].lower() + sentence[1:]
