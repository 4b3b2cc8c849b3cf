"""What a caller shows: the one `Authorization` header, read without mercy."""

from __future__ import annotations

import re
from collections.abc import Iterable

from remit_api.http.refusals import Unauthenticated

HEADER = b"authorization"
LONGEST = 8_192
"""Bytes. Tokens of real issuers have one to four thousand."""
_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] ([A-Za-z0-9._~+/-]+=*)")
_SEND = "send a key or a token in `Authorization: Bearer …`"


def bearer(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The key or token of a request; raises Unauthenticated, which never repeats what was sent.

    Two headers are refused, and are not a choice: what stands in front of the service may have
    read the other one.
    """
    found = [value for name, value in headers if name.lower() == HEADER]
    if not found:
        raise Unauthenticated("nobody said who calls", _SEND)
    if len(found) > 1:
        raise Unauthenticated("there are several `Authorization` headers", _SEND, "invalid_request")
    if len(found[0]) > LONGEST:
        raise Unauthenticated(f"the token is longer than {LONGEST} bytes", error="invalid_token")
    match = _BEARER.fullmatch(found[0])
    if match is None:
        raise Unauthenticated("`Authorization` holds no bearer token", _SEND, "invalid_request")
    return match[1].decode("ascii")
