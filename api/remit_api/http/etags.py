"""Versions of what can be edited: `ETag` on reading, `If-Match` on writing."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request

from remit_api.http.refusals import MatchMissing, Outdated


def etag(*parts: object) -> str:
    """A strong tag of what a thing is now: equal parts, equal tag."""
    return '"' + sha256("\0".join(str(p) for p in parts).encode()).hexdigest()[:24] + '"'


def check_match(request: Request, current: str) -> None:
    """Raises MatchMissing where `If-Match` is not there, Outdated where it names another tag."""
    given = request.headers.get("if-match")
    if given is None:
        raise MatchMissing("say which version you edit: send its `ETag` as `If-Match`")
    tags = {tag.strip() for tag in given.split(",")}
    if "*" not in tags and current not in tags:
        raise Outdated("this was changed since you read it", "read it again, and edit that")
