"""Each request has an id: in the log, in its problems, and in `X-Request-ID` of its answer."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit_api.http import problems
from remit_engine.unique import unique

HEADER = b"x-request-id"
_FIT = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_PRINTED = re.compile(rb"[ -~]{1,1024}")
AUTHZEN = "/access/"
"""Where an id is handed back whatever it is, as AuthZEN wants it; the log has one of our own."""


class RequestId:
    """Names a request by the caller's id where that is fit for a log, else by one of its own.

    A fault that nobody caught ends here: the log has its traceback, the caller the id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, named."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = named(scope)
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message.setdefault("headers", []).append((HEADER, told))
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception as fault:
            response = problems.internal(Request(scope), fault)
            if started:
                raise
            await response(scope, receive, answer)


def named(scope: Scope) -> bytes:
    """Gives a request its id, which stands in its scope from then on; what the answer says."""
    given = next((value for name, value in scope["headers"] if name == HEADER), b"")
    if given and _FIT.fullmatch(given):
        scope[problems.REQUEST_ID] = given.decode()
        return given
    id = scope[problems.REQUEST_ID] = f"req_{unique()}"
    whole = scope["path"].startswith(AUTHZEN) and _PRINTED.fullmatch(given)
    return given if whole else id.encode()
