"""Bodies are read whole, up to a size and within a time, before anything is made of them."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit_api.http.begun import within
from remit_api.http.problems import refusal_response
from remit_api.http.refusals import NotUnderstood, Refusal, TooLarge, TooSlow

SECONDS = 15.0
"""In which a body must have come."""


class BodyLimit:
    """Answers 413 for a body over `most` bytes, whether its length was told or not, and 408 for
    one that does not come."""

    def __init__(self, app: ASGIApp, most: int, seconds: float = SECONDS) -> None:
        self.app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on with its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            announced = _announced(scope)
            if announced == 0:
                await self.app(scope, receive, send)
                return
            if announced is not None and announced > self._most:
                raise self._too_large()
            body = await within(self._seconds, self._read(receive))
        except TimeoutError:
            fault: Refusal = TooSlow(f"the body did not come within {self._seconds:g} seconds")
        except Refusal as refused:
            fault = refused
        else:
            if body is not None:
                await self.app(scope, again(message_of(body), receive), send)
            return
        await refusal_response(Request(scope), fault)(scope, receive, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The body; None where the caller went away meanwhile."""
        parts = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts += message.get("body", b"")
            if len(parts) > self._most:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(parts)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the body is larger than {self._most} bytes", "send it in several parts")


def _announced(scope: Scope) -> int | None:
    """How long the body is said to be; 0 where there is none, None where it is not said."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    if any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        if lengths:
            raise NotUnderstood("a body has either a length or a transfer encoding")
        return None
    if not lengths:
        return 0
    if len(lengths) > 1 or not lengths[0].isdigit():
        raise NotUnderstood("`Content-Length` is no length")
    return int(lengths[0][:20])


def message_of(body: bytes) -> Message:
    """A body as one message."""
    return {"type": "http.request", "body": body, "more_body": False}


def again(first: Message | Awaitable[Message], receive: Receive) -> Receive:
    """A message that was taken already, or that somebody began to wait for, and what comes after
    it."""
    given = False

    async def next_message() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return await first if isinstance(first, Awaitable) else first

    return next_message
