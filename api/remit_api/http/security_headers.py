"""What every answer tells a browser: do not guess, do not keep, do not frame."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
"""A route that sets one of them itself is left to it."""
NAMES = frozenset(name for name, _ in HEADERS)


class SecurityHeaders:
    """Adds `HEADERS` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                there = {name for name, _ in headers}  # in lower case, as ASGI has them
                if there.isdisjoint(NAMES):
                    headers.extend(HEADERS)
                else:
                    headers.extend(pair for pair in HEADERS if pair[0] not in there)
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)
