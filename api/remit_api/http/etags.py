"""Versions of what can be edited: `ETag` on reading, `If-Match` on writing."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request, Response

from remit_api.http.refusals import MatchMissing, Outdated


def etag(*parts: object) -> str:
    """A strong tag of what a thing is now: equal parts, equal tag."""
    return '"' + sha256("\0".join(str(p) for p in parts).encode()).hexdigest()[:24] + '"'


def conditional(request: Request, response: Response) -> Response:
    """An answer with the tag of what it says; 304 for who has it already."""
    tag = response.headers["ETag"] = etag(bytes(response.body).hex())
    given = request.headers.get("if-none-match", "")
    if tag not in (one.strip().removeprefix("W/") for one in given.split(",")):
        return response
    kept = ("etag", "vary", "content-location")
    headers = {name: value for name, value in response.headers.items() if name in kept}
    return Response(status_code=304, headers=headers)


def check_match(request: Request, current: str) -> None:
    """Raises MatchMissing where `If-Match` is not there, Outdated where it names another tag."""
    given = request.headers.get("if-match")
    if given is None:
        raise MatchMissing("say which version you edit: send its `ETag` as `If-Match`")
    tags = {tag.strip() for tag in given.split(",")}
    if "*" not in tags and current not in tags:
        raise Outdated("this was changed since you read it", "read it again, and edit that")
