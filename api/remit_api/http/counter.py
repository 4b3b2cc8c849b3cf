"""The counter before the routes: `POST /v1/decisions` is answered here, behind the gate.

FastAPI's way to a route costs more than the answer; the route stands in the OpenAPI document, and
does the same. Plain questions that nobody keeps take the quick way.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit_api.http.access import Access
from remit_api.http.bodies import JSON
from remit_api.http.deciding import decided
from remit_api.http.enquiry import ASK
from remit_api.http.identity.caller import SCOPE, Caller
from remit_api.http.observing import ANSWER, QUICK
from remit_api.http.problems import described
from remit_api.http.problems import response as problem_response
from remit_api.http.quick import quick_answer
from remit_api.http.service import Service

PATH = "/v1/decisions"
_KIND = (b"content-type", JSON.encode())


class Counter:
    """Answers `POST /v1/decisions`."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a decision that is asked for; passes everything else on."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        message = await receive()
        scope[QUICK] = PATH
        try:
            answer = self._answer(scope, message)
            if answer is None:
                response = await decided(Request(scope, _again(message, receive)))
                await response(scope, receive, send)
                return
        except Exception as fault:
            found = described(fault)
            if found is None:
                raise
            await problem_response(Request(scope), found)(scope, receive, send)
            return
        scope[ANSWER] = answer
        headers = [_KIND, (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _answer(self, scope: Scope, message: Message) -> bytes | None:
        caller = scope.get(SCOPE)
        if not isinstance(caller, Caller) or message["type"] != "http.request":
            return None
        if message.get("more_body", False) or _KIND not in scope["headers"]:
            return None
        service = self._service
        access = Access(caller, "decisions", ASK, service.roles, service.clock.today())
        return quick_answer(message.get("body", b""), access, service.desk)


def _again(message: Message, receive: Receive) -> Receive:
    """The message that was taken, and what comes after it."""
    given = False

    async def next_message() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return message

    return next_message
