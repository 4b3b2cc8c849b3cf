"""The gate: nothing but what is public is reached by nobody. It stands before every route, so a
route that forgets to ask is still closed, and before a body is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit_api.http.front_page import front_page
from remit_api.http.identity.caller import SCOPE, Caller
from remit_api.http.identity.identification import Identification
from remit_api.http.problems import refusal_response
from remit_api.http.rates import Buckets, Taken, network
from remit_api.http.refusals import NotUnderstood, Refusal, TooMany, Unauthenticated

PUBLIC = frozenset({"/healthz", "/readyz", "/openapi.json", "/.well-known/authzen-configuration"})
"""Paths that need no identity. They say nothing about anybody."""

Trusted = Callable[[Request], object]
Headers = Sequence[tuple[bytes, bytes]]


class Admission:
    """Says who calls, and counts him: what comes before a request is looked at.

    caller_rate, address_rate: None where nothing is counted. trusted: says who calls, for tests.
    """

    def __init__(
        self,
        identification: Identification,
        caller_rate: Buckets | None = None,
        address_rate: Buckets | None = None,
        trusted: Trusted | None = None,
    ) -> None:
        self._identification = identification
        self._callers = caller_rate
        self._addresses = address_rate
        self._trusted = trusted

    async def admit(self, scope: Scope) -> Headers:
        """Lets a request in with its `Caller`, in its scope under `SCOPE`; raises a Refusal.

        What comes back are headers of its answer: how often he may still ask.
        """
        self._count_address(scope)
        if scope["path"] in PUBLIC:
            return ()
        caller = scope[SCOPE] = await self._caller(scope)
        headers = self._count(caller)
        _refuse_nul(scope)
        return headers

    async def _caller(self, scope: Scope) -> Caller:
        if self._trusted is None:
            return await self._identification.caller(scope["headers"])
        found = self._trusted(Request(scope))
        if not isinstance(found, Caller):
            raise Unauthenticated("nobody said who calls")
        return found

    def _count_address(self, scope: Scope) -> None:
        if self._addresses is not None:
            client = scope.get("client")
            taken = self._addresses.take(network(client[0] if client else None))
            _refuse_many(taken, self._addresses, "address", "this address asks too often")

    def _count(self, caller: Caller) -> Headers:
        if self._callers is None:
            return ()
        taken = self._callers.take(f"{caller.how} {caller.key or caller.label}")
        _refuse_many(taken, self._callers, "caller", f"{caller.name} asks too often")
        told = rate_headers(taken, self._callers, "caller")
        return tuple((name.lower().encode(), value.encode()) for name, value in told.items())


class Gate:
    """Lets a request in with its `Caller`, or answers it with a refusal."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self.app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:  # the service speaks no websockets: none may pass by the gate
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = front_page(scope)
        if page is not None:
            await page(scope, receive, send)
            return
        try:
            headers = await self._admission.admit(scope)
        except Refusal as fault:
            await refusal_response(Request(scope), fault)(scope, receive, send)
            return
        await self.app(scope, receive, _told(send, headers) if headers else send)


def _refuse_nul(scope: Scope) -> None:
    """No store keeps a NUL, and not every one can look for it."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        raise NotUnderstood("an address holds no NUL character", "take `%00` out of it")


def _refuse_many(taken: Taken, buckets: Buckets, what: str, message: str) -> None:
    if not taken.allowed:
        fault = TooMany(message, taken.wait)
        fault.headers |= rate_headers(taken, buckets, what)
        raise fault


def rate_headers(taken: Taken, buckets: Buckets, what: str) -> Mapping[str, str]:
    """`RateLimit` and `RateLimit-Policy`, as the draft of the IETF has them."""
    return {
        "RateLimit-Policy": f'"{what}";q={buckets.burst};w={buckets.window}',
        "RateLimit": f'"{what}";r={taken.remaining};t={taken.wait}',
    }


def _told(send: Send, headers: Headers) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", []).extend(headers)
        await send(message)

    return told
