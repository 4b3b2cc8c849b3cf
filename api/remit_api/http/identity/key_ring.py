"""API keys as the service knows them: the store's, seen at most a second late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic

import sqlalchemy as sql

from remit_api.http.identity.key_text import KeyText, read_key
from remit_api.http.refusals import NotReady, Unauthenticated
from remit_engine.storage import api_keys
from remit_engine.storage.api_keys import ApiKey
from remit_engine.storage.faults import Corrupt
from remit_engine.storage.opening import reading

FRESH = 1.0
"""Seconds for which a process believes what it read: so long a key that another process revoked
may still be used."""
MOST_KEPT = 10_000


class KeyRing:
    """Looks keys up. now: the moment, in UTC."""

    def __init__(
        self,
        store: sql.Engine,
        now: Callable[[], datetime],
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._now = now
        self._seconds = seconds
        self._kept: dict[str, tuple[float, ApiKey | None]] = {}
        self._shown: dict[str, ApiKey] = {}

    def hold(self, key: ApiKey) -> None:
        """Takes a key that lives as long as this process and is in no store: one of the demo."""
        self._shown[key.id] = key

    def forget(self, id: str) -> None:
        """Reads a key anew when it is next used: it was just changed."""
        self._kept.pop(id, None)

    def stands(self, key: ApiKey) -> bool:
        """Whether a key that was let in may be let in again without a look at the store: it is what
        was read of it last, less than `FRESH` seconds ago, and holds."""
        if self._shown.get(key.id) is not key:
            seen, found = self._kept.get(key.id, _NEVER)
            if found is not key or self._seconds() - seen >= FRESH:
                return False
        return key.revoked is None and (key.expires is None or key.holds(self._now()))

    async def key(self, text: str) -> ApiKey:
        """The key that was sent; raises Unauthenticated for every other text, without saying
        whether there is a key of that id, and NotReady while the store does not answer."""
        sent = read_key(text)
        if sent is None:
            raise _refused()
        found = await self._found(sent)
        if not sent.fits(None if found is None else found.digest) or found is None:
            raise _refused()
        if found.revoked is not None:
            raise Unauthenticated("the key was revoked", error="invalid_token")
        if not found.holds(self._now()):
            raise Unauthenticated("the key has expired", error="invalid_token")
        return found

    async def _found(self, sent: KeyText) -> ApiKey | None:
        if sent.id in self._shown:
            return self._shown[sent.id]
        kept = self._kept.get(sent.id)
        if kept is not None and self._seconds() - kept[0] < FRESH:
            return kept[1]
        seen = self._seconds()  # before it is read, so that it is never believed longer
        found = await asyncio.to_thread(self._read, sent.id)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[sent.id] = (seen, found)
        return found

    def _read(self, id: str) -> ApiKey | None:
        try:
            with reading(self._store) as connection:
                return api_keys.of_id(connection, id)
        except Corrupt:
            return None
        except sql.exc.SQLAlchemyError:
            raise NotReady("the store does not answer now") from None


_NEVER: tuple[float, ApiKey | None] = (0.0, None)


def _refused() -> Unauthenticated:
    return Unauthenticated("there is no such key", error="invalid_token")
