"""From what a request shows to a `Caller`: a key, or a token of the issuer. Or nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from remit_api.http.identity.caller import Caller
from remit_api.http.identity.credentials import bearer
from remit_api.http.identity.key_ring import KeyRing
from remit_api.http.identity.key_text import PREFIX
from remit_api.http.identity.people import (
    claimed_person,
    claimed_roles,
    person_on,
    roles_by_position,
)
from remit_api.http.identity.tokens import Tokens
from remit_api.http.oidc import Oidc
from remit_api.http.refusals import Forbidden, Unauthenticated
from remit_engine.people.directory import Directory
from remit_engine.storage.api_keys import ApiKey

MOST_KEPT = 10_000
NO_ROLE = "no role in the service is yours"


@dataclass(frozen=True, slots=True)
class _LetIn:
    """Who was let in by a key, and what that hung on."""

    key: ApiKey
    directory: Directory
    day: date
    caller: Caller


class Identification:
    """Says who calls. tokens and oidc: None where no issuer is configured.

    directory and today are asked at each request: who left yesterday has no access today. Who was
    let in by a key is remembered by the digest of what he showed, while its key still stands.
    """

    def __init__(
        self,
        keys: KeyRing,
        tokens: Tokens | None,
        oidc: Oidc | None,
        known_roles: frozenset[str],
        directory: Callable[[], Directory],
        today: Callable[[], date],
    ) -> None:
        self.keys = keys
        self._tokens = tokens
        self._oidc = oidc
        self._known = known_roles
        self._directory = directory
        self._today = today
        self._let_in: dict[bytes, _LetIn] = {}

    async def caller(self, headers: Iterable[tuple[bytes, bytes]]) -> Caller:
        """Who calls, by the headers of a request.

        Raises Unauthenticated, Forbidden where he is known and has no place here, and NotReady
        where that cannot be found out now.
        """
        shown = bearer(headers)
        if not shown.startswith(PREFIX):
            return await self._of_token(shown)
        digest = sha256(shown.encode()).digest()
        kept = self._let_in.get(digest)
        if kept is not None and self._same_again(kept):
            return kept.caller
        found = self._of_key(await self.keys.key(shown))
        if len(self._let_in) >= MOST_KEPT:
            self._let_in.clear()
        self._let_in[digest] = found
        return found.caller

    def _same_again(self, kept: _LetIn) -> bool:
        """Whether he would be let in by the same once more: nothing it hangs on has changed."""
        return (
            self.keys.stands(kept.key)
            and kept.directory is self._directory()
            and kept.day == self._today()
        )

    def _of_key(self, key: ApiKey) -> _LetIn:
        directory, day = self._directory(), self._today()
        roles = self._with_role(key.roles)
        if key.person is not None:
            person_on(directory, key.person, day)
        caller = Caller(key.person, key.name, roles, key.scopes, key.id, "key")
        return _LetIn(key, directory, day, caller)

    async def _of_token(self, token: str) -> Caller:
        if self._tokens is None or self._oidc is None:
            message = "tokens are not accepted here: no issuer is configured"
            raise Unauthenticated(message, "send a key", "invalid_token")
        claims = await self._tokens.claims(token)
        named = claimed_person(claims, self._oidc.person_claim)
        party = person_on(self._directory(), named, self._today())
        roles = roles_by_position(party, self._oidc.position_roles)
        if self._oidc.roles_claim is not None:
            roles |= claimed_roles(claims, self._oidc.roles_claim)
        return Caller(named, party.shown, self._with_role(roles), how="token")

    def _with_role(self, roles: frozenset[str]) -> frozenset[str]:
        known = roles & self._known
        if not known:
            raise Forbidden(NO_ROLE, "an administrator gives roles")
        return known
