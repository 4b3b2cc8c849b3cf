"""The issuer of tokens: discovered, its keys kept for a while and exchanged as they rotate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from remit_api.http.identity.fetching import NotFetched, fetch
from remit_api.http.identity.jwks import IssuerKey, keys_of
from remit_api.http.oidc import trustworthy
from remit_api.http.refusals import NotReady

log = logging.getLogger("remit.identity")

FRESH = 300.0
"""Seconds for which keys are used without asking again."""
LONGEST = 3_600.0
"""Seconds for which keys are used while the issuer does not answer."""
FLOOR = 10.0
"""Seconds between two fetches, whatever tokens claim, and however they end."""
DISCOVERY = "/.well-known/openid-configuration"


class Issuer:
    """The keys of one issuer. Safe for many requests at once: they share one fetch."""

    def __init__(
        self,
        address: str,
        *,
        floor: float = FLOOR,
        seconds: Callable[[], float] = monotonic,
        get: Callable[[str], Any] = fetch,
    ) -> None:
        self.address = address
        self._floor = floor
        self._seconds = seconds
        self._get = get
        self._keys: tuple[IssuerKey, ...] = ()
        self._fetched: float | None = None
        self._tried: float | None = None
        self._failed = False
        self._lock = asyncio.Lock()

    async def keys(self, id: str | None, algorithm: str) -> tuple[IssuerKey, ...]:
        """The keys a token may be signed with: those of its key id, or all where it names none.

        An id that is not known is looked for once more at the issuer. Raises NotReady where the
        issuer cannot be asked and what is kept does not do.
        """
        if self._age() > FRESH:
            await self._refresh()
        found = self._matching(id, algorithm)
        if not found and await self._refresh():
            found = self._matching(id, algorithm)
        if self._age() > LONGEST or (self._failed and not found):
            raise NotReady("the issuer of tokens does not answer now", seconds=int(self._floor) + 1)
        return found

    def _matching(self, id: str | None, algorithm: str) -> tuple[IssuerKey, ...]:
        fitting = [key for key in self._keys if key.fits(algorithm)]
        return tuple(key for key in fitting if id is None or key.id == id)

    def _age(self) -> float:
        return float("inf") if self._fetched is None else self._seconds() - self._fetched

    async def _refresh(self) -> bool:
        """Fetches the keys, unless somebody did within the floor; whether there may be others."""
        before = self._fetched
        async with self._lock:
            if self._tried is not None and self._seconds() - self._tried < self._floor:
                return self._fetched != before
            self._tried = self._seconds()
            try:
                found = await asyncio.to_thread(self._fetch)
            except NotFetched as fault:
                self._failed = True
                log.warning("keys of the issuer: %s", fault)
                return False
            self._keys, self._fetched, self._failed = found, self._seconds(), False
            return True

    def _fetch(self) -> tuple[IssuerKey, ...]:
        document = self._get(self.address.rstrip("/") + DISCOVERY)
        if not isinstance(document, Mapping) or document.get("issuer") != self.address:
            raise NotFetched(f"the discovery document is not of the issuer `{self.address}`")
        place = document.get("jwks_uri")
        if not isinstance(place, str) or not trustworthy(place):
            raise NotFetched("the discovery document names no `jwks_uri` with https")
        try:
            return keys_of(self._get(place))
        except ValueError as fault:
            raise NotFetched(f"the document at `{place}` is no key set: {fault}") from fault
