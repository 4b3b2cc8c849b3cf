"""The fast path: `POST /v1/decisions` of the plain form, from the head of the request to its answer
in one step.

It does what the middlewares and the route do, with their own parts and in their order, and a test
sends the same requests both ways. What is unusual about a request (`_plain`) goes the long way.
"""

from __future__ import annotations

from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from remit_api.http import problems
from remit_api.http.access import Access, granted
from remit_api.http.begun import Begun
from remit_api.http.bodies import JSON
from remit_api.http.body_limit import again
from remit_api.http.deciding import NEEDS, PATH, RESOURCE, decided, recorded
from remit_api.http.enquiry import ASK, Enquiry
from remit_api.http.gate import Admission, Headers
from remit_api.http.identity.caller import SCOPE
from remit_api.http.observing import ANSWER, QUICK, seen
from remit_api.http.quick import quick_answer
from remit_api.http.records import answer_of, location
from remit_api.http.refusals import Refusal
from remit_api.http.request_id import HEADER, named
from remit_api.http.security_headers import HEADERS
from remit_api.http.service import Service

_KIND = (b"content-type", JSON.encode())
_LENGTH = b"content-length"
_LONGEST = 9
"""Digits of a length that is looked at here."""
_UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"origin"})
"""Headers that somebody on the long way has to see."""
VARY = ((b"vary", b"Origin"),)
"""What the middleware for other origins says of every answer."""

Answer = tuple[int, Headers, bytes]


class FastPath:
    """Answers plain requests for one decision, and passes everything else on to `app`.

    admission: the one that the gate of `app` has, so that both count together.
    """

    def __init__(self, app: ASGIApp, service: Service, admission: Admission) -> None:
        self.app = app
        self._service = service
        self._admission = admission
        self._most = service.settings.body
        self._headers = (*(VARY if service.settings.cors else ()), *HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or passes it on."""
        if not self._plain(scope):
            await self.app(scope, receive, send)
            return
        begun = Begun(receive())
        message = begun.value
        if message is None:  # the body has not come: the long way waits for it, for a while
            await self.app(scope, again(begun, receive), send)
        elif message["type"] != "http.request" or message.get("more_body", False):
            await self.app(scope, again(message, receive), send)
        else:
            await self._observed(scope, message.get("body", b""), send)

    def _plain(self, scope: Scope) -> bool:
        """Whether a request asks for one decision, with each header once, none that is unusual, no
        parameters, and a body of a length that is said and not too large."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            return False
        if scope["query_string"]:
            return False
        headers = dict(scope["headers"])
        length = headers.get(_LENGTH, b"")
        return (
            len(headers) == len(scope["headers"])
            and headers.get(_KIND[0]) == _KIND[1]
            and _UNUSUAL.isdisjoint(headers)
            and len(length) <= _LONGEST
            and length.isdigit()
            and 0 < int(length) <= self._most
        )

    async def _observed(self, scope: Scope, body: bytes, send: Send) -> None:
        start, status = perf_counter(), 500
        told = named(scope)
        try:
            status, headers, content = await self._answer(scope, body)
            whole = [*headers, *self._headers, (HEADER, told)]
            await send({"type": "http.response.start", "status": status, "headers": whole})
            await send({"type": "http.response.body", "body": content})
        finally:
            seen(self._service.measures, scope, status, perf_counter() - start)

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        try:
            admitted = await self._admission.admit(scope)
        except Refusal as fault:
            return _answer(problems.refusal_response(Request(scope), fault))
        except Exception as fault:
            return _answer(problems.internal(Request(scope), fault))
        scope[QUICK] = PATH
        try:
            found = await self._quick(scope, body)
            if found is None:
                found = _answer(await self._full(scope, body))
        except Exception as fault:
            known = problems.described(fault)
            if known is None:
                return _answer(problems.internal(Request(scope), fault))
            found = _answer(problems.response(Request(scope), known))
        status, headers, content = found
        return (status, [*headers, *admitted], content) if admitted else found

    async def _quick(self, scope: Scope, body: bytes) -> Answer | None:
        service, desk = self._service, self._service.desk
        access = Access(scope[SCOPE], RESOURCE, ASK, service.roles, service.clock.today())
        found = quick_answer(body, access, desk)
        if found is None:
            return None
        if isinstance(found, Enquiry):
            row = await recorded(service, scope, found, desk, body)
            content, status = answer_of(row.entry), 201
            headers = [(b"location", location(row.entry.id).encode())]
            if row.replayed:
                headers.append((b"idempotency-replayed", b"true"))
        else:
            content, status, headers = found, 200, []
        scope[ANSWER] = content
        return status, (*headers, _KIND, (_LENGTH, b"%d" % len(content))), content

    async def _full(self, scope: Scope, body: bytes) -> Response:
        access = granted(self._service, scope[SCOPE], *NEEDS)
        return await decided(self._service, scope, access, body)


def _answer(response: Response) -> Answer:
    return response.status_code, response.raw_headers, bytes(response.body)
