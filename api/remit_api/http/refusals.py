"""What the service refuses, one class for each status; `problems` writes them as problem+json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from remit_api.failures import Failure
from remit_engine.request import Problem


class Refusal(Failure):
    """A request is not done. One sentence says why; `help` is the cure.

    problems: the members that are wrong, each with its path. headers: of the answer. members: what
    the problem says besides, such as how the thing stands.
    """

    kind = "refusal"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Not understood"

    def __init__(
        self,
        message: str,
        help: str | None = None,
        problems: Iterable[Problem] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, help)
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        self.members = dict(members or {})


class NotUnderstood(Refusal):
    """The request makes no sense."""

    kind = "invalid_request"


class Unauthenticated(Refusal):
    """Nobody known calls."""

    kind, status, title = "unauthenticated", 401, "Not known"

    def __init__(self, message: str, help: str | None = None, error: str | None = None) -> None:
        challenge = 'Bearer realm="remit"' + (f', error="{error}"' if error else "")
        super().__init__(message, help, headers={"WWW-Authenticate": challenge})


class Forbidden(Refusal):
    """The caller may not."""

    kind, status, title = "forbidden", 403, "Not allowed"


class NotFound(Refusal):
    """It is not there, or not the caller's to know."""

    kind, status, title = "not_found", 404, "Not there"


class WrongMethod(Refusal):
    """The resource does not take this method."""

    kind, status, title = "method", 405, "Wrong method"


class NotAcceptable(Refusal):
    """There is no form of it that the caller takes."""

    kind, status, title = "not_acceptable", 406, "Not in this form"


class TooSlow(Refusal):
    """The body did not come in time."""

    kind, status, title = "too_slow", 408, "Too slow"


class Conflict(Refusal):
    """The thing is in another state than the request needs."""

    kind, status, title = "conflict", 409, "Another state"


class Outdated(Refusal):
    """`If-Match` does not fit: somebody else was quicker."""

    kind, status, title = "outdated", 412, "Changed meanwhile"


class TooLarge(Refusal):
    """The body is larger than is read."""

    kind, status, title = "too_large", 413, "Too large"


class NotJson(Refusal):
    """The body is something else than JSON."""

    kind, status, title = "not_json", 415, "Not JSON"


class KeyReused(Refusal):
    """An idempotency key was used for another body."""

    kind, status, title = "key_reused", 422, "Key used for another body"


class NotDelegable(Refusal):
    """The policy does not let this be delegated so."""

    kind, status, title = "not_delegable", 422, "Not to be delegated so"


class Misspelt(Refusal):
    """Something is called as nothing here is called."""

    kind, status, title = "misspelt", 422, "Probably misspelt"


class FaultyData(Refusal):
    """Rows of data that cannot be read, or contradict one another."""

    kind, status, title = "invalid_data", 422, "Data with errors"


class MatchMissing(Refusal):
    """An edit does not say which version it is of."""

    kind, status, title = "match_missing", 428, "If-Match is missing"


class TooMany(Refusal):
    """The caller asks too often. seconds: when to come again."""

    kind, status, title = "too_many", 429, "Too many requests"

    def __init__(self, message: str, seconds: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(max(1, seconds))})


class NotReady(Refusal):
    """The service cannot do it now. seconds: when to come again."""

    kind, status, title = "not_ready", 503, "Not ready"

    def __init__(self, message: str, help: str | None = None, seconds: int = 1) -> None:
        super().__init__(message, help, headers={"Retry-After": str(max(1, seconds))})
