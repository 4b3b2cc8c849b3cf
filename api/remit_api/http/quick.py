"""The quick way: plain requests that nobody keeps, answered from the cells of the engine.

It never refuses anything: what is not plain, or not the caller's to ask, is None, and takes the
full way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from remit_api.http.access import Access
from remit_api.http.desk import Desk
from remit_api.http.enquiry import ASK, ASK_OTHER_DAY
from remit_engine.compile.python_reader import Irregular
from remit_engine.fast import Checked
from remit_engine.json_door import decode

T = TypeVar("T")


def quick_answer(body: bytes, access: Access, desk: Desk) -> bytes | None:
    """The JSON of the answer to a body with `"record": false`."""
    return _asked(body, access, desk, desk.engine.answer_plain, with_record=True)


def quick_item(item: bytes, access: Access, desk: Desk) -> bytes | None:
    """The JSON of the answer to one request of a batch."""
    return _asked(item, access, desk, desk.engine.answer_plain)


def quick_check(item: bytes, access: Access, desk: Desk) -> Checked | None:
    """The bare outcome of one request of a batch."""
    return _asked(item, access, desk, desk.engine.check_plain)


def _asked(
    written: bytes,
    access: Access,
    desk: Desk,
    ask: Callable[[dict[str, Any], int], T],
    *,
    with_record: bool = False,
) -> T | None:
    try:
        document = decode(written)
        colons = written.count(b":")
        if with_record:
            if document.pop("record") is not False:
                return None
            colons -= 1
        return ask(document, colons + _complete(document, access, desk))
    except _NOT_PLAIN:
        return None


_NOT_PLAIN = (
    Irregular, KeyError, TypeError, AttributeError, msgspec.DecodeError, RecursionError
)  # fmt: skip


def _complete(document: dict[str, Any], access: Access, desk: Desk) -> int:
    """Puts in the actor and the day where they are not said, and sees whether the caller may ask;
    how many members were put in."""
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
    if not access.may(own, ASK):
        raise Irregular
    today = access.day.isoformat()
    if "as_of" not in document:
        document["as_of"] = today
        put += 1
    elif document["as_of"] != today and not access.may(own, ASK_OTHER_DAY):
        raise Irregular
    return put
