"""The quick way: plain requests, answered from the cells of the engine or read to be recorded.

It never refuses anything: what is not plain, or not the caller's to ask, is None, and takes the
full way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from remit_api.http.access import Access
from remit_api.http.desk import Desk
from remit_api.http.enquiry import ASK, ASK_OTHER_DAY, RECORD, Enquiry
from remit_engine.compile.python_reader import Irregular
from remit_engine.fast import Checked
from remit_engine.json_door import decode

T = TypeVar("T")


def quick_answer(body: bytes, access: Access, desk: Desk) -> bytes | Enquiry | None:
    """The JSON of the answer to a body with `"record": false`; what is to be recorded of one that
    says true, or nothing."""
    try:
        document = decode(body)
        colons = body.count(b":")
        kept = True
        if "record" in document:
            kept = document.pop("record")
            colons -= 1
        if kept is False:
            asked = colons + _complete(document, access, desk)
            return desk.engine.answer_plain(document, asked)
        if kept is not True:
            return None
        told = colons + _complete(document, access, desk, record=True)
        return Enquiry(document, desk.engine.request_plain(document, told), access)
    except _NOT_PLAIN:
        return None


def quick_item(item: bytes, access: Access, desk: Desk) -> bytes | None:
    """The JSON of the answer to one request of a batch."""
    return _asked(item, access, desk, desk.engine.answer_plain)


def quick_check(item: bytes, access: Access, desk: Desk) -> Checked | None:
    """The bare outcome of one request of a batch."""
    return _asked(item, access, desk, desk.engine.check_plain)


def quick_checks(
    items: Iterable[msgspec.Raw], colons: int, access: Access, desk: Desk
) -> list[Checked] | None:
    """The bare outcomes of all requests of a batch, where all are plain. colons: how many they have
    together; as many as they have members only where each of them has as many."""
    person, people = access.caller.person, desk.directory.people
    try:
        found, members = desk.engine.check_plain_many(
            map(decode, items),
            person,
            access.day.isoformat(),
            lambda actor: access.may(actor == person and person in people, ASK),
        )
    except _NOT_PLAIN:
        return None
    return found if members == colons else None


def _asked(
    written: bytes, access: Access, desk: Desk, ask: Callable[[dict[str, Any], int], T]
) -> T | None:
    try:
        document = decode(written)
        return ask(document, written.count(b":") + _complete(document, access, desk))
    except _NOT_PLAIN:
        return None


_NOT_PLAIN = (
    Irregular, KeyError, TypeError, AttributeError, msgspec.DecodeError, UnicodeDecodeError,
    RecursionError,
)  # fmt: skip


def _complete(document: dict[str, Any], access: Access, desk: Desk, *, record: bool = False) -> int:
    """Puts in the actor and the day where they are not said, and sees whether the caller may ask,
    or record; how many members were put in."""
    put = 0
    person = access.caller.person
    actor = document.get("actor")
    if actor is None:
        if "actor" in document or person is None:
            raise Irregular
        actor = document["actor"] = person
        put += 1
    if type(actor) is not str:
        raise Irregular
    own = actor == person and person in desk.directory.people
    if not access.may(own, RECORD if record else ASK):
        raise Irregular
    today = access.day.isoformat()
    if "as_of" not in document:
        document["as_of"] = today
        put += 1
    elif document["as_of"] != today and (record or not access.may(own, ASK_OTHER_DAY)):
        raise Irregular
    return put
