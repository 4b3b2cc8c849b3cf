"""Every request is counted, and told in the log, but for the quick answers that nobody keeps."""

from __future__ import annotations

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit_api.http import logs
from remit_api.http.identity.caller import SCOPE
from remit_api.http.measures import Measures
from remit_api.http.problems import REQUEST_ID

QUICK = "remit.quick"
"""In the scope of a request, once it is let in: the route, where no router says it. Its answer is
not told where it is 200: it was asked, and nobody keeps it."""
DECISION = "remit.decision"
"""In the scope of a request: the id of what was recorded."""
ANSWER = "remit.answer"
"""In the scope of a request: the JSON of the decision that was answered."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observing:
    """Counts and tells. A request that matched no route counts as `none`: its path is his who
    sent it."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self.app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and looks at how it ends."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            seen(self._measures, scope, status, perf_counter() - start)


def seen(measures: Measures, scope: Scope, status: int, seconds: float) -> None:
    """Counts a request that was answered, and tells of it."""
    method, route = method_of(scope), route_of(scope)
    measures.answered(method, route, status, seconds)
    if status == 200 and QUICK in scope:
        return
    caller = scope.get(SCOPE)
    logs.told(
        f"{method} {route} {status}",
        request=scope.get(REQUEST_ID),
        caller=None if caller is None else caller.label,
        decision=scope.get(DECISION),
        milliseconds=round(seconds * 1000, 1),
        status=status,
    )


def method_of(scope: Scope) -> str:
    """The method of a request; `other` for one that is none of HTTP's."""
    method: str = scope["method"]
    return method if method in METHODS else "other"


def route_of(scope: Scope) -> str:
    """The route that a request came to, once it did; `none` where there is none for it."""
    found: str = getattr(scope.get("route"), "path", None) or scope.get(QUICK) or "none"
    return found
