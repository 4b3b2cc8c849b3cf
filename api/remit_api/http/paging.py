"""Lists in pages: `?limit=` and an opaque `?cursor=`; answers have `items` and `next`."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Query

from remit_api.http.refusals import NotUnderstood
from remit_engine.request import Problem

MOST = 200
NUL = b"\\u0000"
MOST_KEY = 2**63
"""Numbers that a store can look for are below."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for. after: the key behind which it begins, None at first."""

    limit: int
    after: Any = None

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than are shown, to know whether others follow."""
        return self.limit + 1


async def _page(
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next` of the page before.")
    ] = None,
) -> Page:
    return Page(limit, None if cursor is None else read_cursor(cursor))


PageOf = Annotated[Page, Depends(_page)]
"""The page asked for, as a parameter of a route."""


def cursor_of(key: Any) -> str:
    """A key (numbers and texts, and lists of them) as the text that callers hand back."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(text: str) -> Any:
    """The key of a cursor; raises NotUnderstood for a text that no page gave."""
    try:
        written = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if NUL in written:
            raise ValueError("no key of a row has it")
        return msgspec.json.decode(written)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        wrong = Problem("cursor", "no page gave this cursor: leave it out to begin anew")
        raise NotUnderstood("the cursor cannot be read", problems=[wrong]) from None


def whole_after(page: Page) -> int | None:
    """The key of a page whose keys are whole numbers; raises NotUnderstood for another's cursor."""
    if page.after is None or (type(page.after) is int and abs(page.after) < MOST_KEY):
        return page.after
    raise _of_another()


def text_after(page: Page) -> str | None:
    """The key of a page whose keys are texts; raises NotUnderstood for another's cursor."""
    if page.after is None or isinstance(page.after, str):
        return page.after
    raise _of_another()


def paged(
    rows: Sequence[Item], page: Page, key: Callable[[Item], Any], shown: Callable[[Item], Any]
) -> dict[str, Any]:
    """The answer of rows read with `page.fetch`."""
    kept = rows[: page.limit]
    more = len(rows) > page.limit
    return {
        "items": [shown(row) for row in kept],
        "next": cursor_of(key(kept[-1])) if more else None,
    }


def _of_another() -> NotUnderstood:
    wrong = Problem("cursor", "this cursor belongs to another list")
    return NotUnderstood("the cursor cannot be read", problems=[wrong])
