"""The express counter before the routes: plain questions that nobody keeps are answered here.

It stands behind the gate. What is not plain goes on to the route, which knows all forms; FastAPI
costs more than the answer, so that this alone makes the difference of two.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit_api.http.access import Access
from remit_api.http.bodies import JSON
from remit_api.http.enquiry import ASK
from remit_api.http.identity.caller import SCOPE, Caller
from remit_api.http.problems import refusal_response
from remit_api.http.quick import quick_answer
from remit_api.http.refusals import Refusal
from remit_api.http.service import Service

PATH = "/v1/decisions"
_KIND = (b"content-type", JSON.encode())


class Counter:
    """Answers `POST /v1/decisions` with `"record": false`, where the request is plain."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or passes it on as it came."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        message = await receive()
        try:
            answer = self._answer(scope, message)
        except Refusal as fault:
            await refusal_response(Request(scope), fault)(scope, receive, send)
            return
        if answer is None:
            await self.app(scope, _again(message, receive), send)
            return
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
