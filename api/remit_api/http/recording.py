"""From a request to a row of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Request
from starlette.datastructures import Headers

from remit_api.http.desk import Desk
from remit_api.http.enquiry import Enquiry
from remit_api.http.recorder import Outcome, Recorder
from remit_api.http.refusals import NotUnderstood
from remit_engine.storage.idempotency import Key
from remit_engine.storage.ledger import Pending

HEADER = "idempotency-key"
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Stated:
    """An enquiry to be recorded. read_by: the desk that read it first."""

    enquiry: Enquiry
    read_by: Desk
    key: Key | None

    def pending(self, desk: Desk) -> Pending:
        """The request as a desk reads it; raises InvalidRequest where that desk knows it not."""
        found = self.enquiry if desk is self.read_by else self.enquiry.again(desk)
        return Pending(found.request, found.access.caller.label, self.key)


async def record(recorder: Recorder, asks: Sequence[Stated]) -> list[Outcome]:
    """Records in one transaction; none is nothing to write."""
    return await recorder.record(asks) if asks else []


def key_of(request: Request, caller: str, body: bytes) -> Key | None:
    """The idempotency key of a request; raises NotUnderstood for one that is none, or two."""
    return stated_key(request.headers, request.url.path, caller, body)


def stated_key(headers: Headers, path: str, caller: str, body: bytes) -> Key | None:
    """The key of a request to a path with these headers; as `key_of`."""
    given = headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1:
        raise NotUnderstood("there are several `Idempotency-Key`s", "a request has one")
    (key,) = given
    if not key.strip() or len(key) > LONGEST_KEY or not key.isascii():
        help = "a key is up to 255 characters of ASCII, such as a UUID"
        raise NotUnderstood("the `Idempotency-Key` cannot be read", help)
    return Key(caller, key, sha256(path.encode() + b"\0" + body).hexdigest())


def key_of_item(key: Key | None, number: int) -> Key | None:
    """The key of one request of a batch."""
    return None if key is None else Key(key.caller, f"{key.key}\n{number}", key.body)
