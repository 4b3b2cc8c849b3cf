"""Bodies of requests: JSON, read strictly, or refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from remit_api.http.refusals import NotJson, NotUnderstood
from remit_api.http.spelling import no_such
from remit_engine.reading.exact import shown
from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest, Problem

JSON = "application/json"


async def json_body(request: Request) -> bytes:
    """The body of a request that says it is JSON; raises NotJson."""
    said = request.headers.get("content-type", "")
    if said != JSON and said.partition(";")[0].strip().lower() != JSON:
        raise NotJson("the body is JSON: send `Content-Type: application/json`")
    return await request.body()


def document_of(body: bytes) -> dict[str, Any]:
    """The object of a body, numbers exact; raises InvalidRequest, for a member given twice too."""
    document = read_json(body)
    if not isinstance(document, dict):
        message = f"`{shown(document)}` is not a request: write an object"
        raise InvalidRequest([Problem("", message)])
    return document


def flag(document: dict[str, Any], name: str, default: bool) -> bool:
    """Takes a member that is true or false out of a document; raises NotUnderstood."""
    value = document.pop(name, default)
    if not isinstance(value, bool):
        wrong = Problem(name, f"`{shown(value)}` is neither true nor false")
        raise NotUnderstood("the request cannot be understood", problems=[wrong])
    return value


def only(document: dict[str, Any], *known: str) -> None:
    """Raises NotUnderstood for members that are not known."""
    unknown = [name for name in document if name not in known]
    wrong = [Problem(name, no_such("member", name, known)) for name in unknown]
    if wrong:
        raise NotUnderstood("the request cannot be understood", problems=wrong)


def optional_text(document: Mapping[str, Any], name: str, longest: int) -> str | None:
    """A member that is a text, or is not there; raises NotUnderstood."""
    value = document.get(name)
    if value is None or (isinstance(value, str) and 0 < len(value) <= longest):
        return value
    raise wrong(name, f"write a text of up to {longest:,} characters")


def wrong(path: str, message: str) -> NotUnderstood:
    """The refusal of one member."""
    return NotUnderstood("the request cannot be understood", problems=[Problem(path, message)])


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is an object: as it came, and read."""

    raw: bytes
    document: dict[str, Any]


async def _body(request: Request) -> Body:
    raw = await json_body(request)
    return Body(raw, document_of(raw))


BodyOf = Annotated[Body, Depends(_body)]
"""The body, as a parameter of a route."""
