"""The signature of a webhook: HMAC-SHA256 over `moment.body`, so that nobody can make one up, alter
one, or send an old one again unnoticed."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

MOMENT, SIGNATURE, DELIVERY = "Remit-Moment", "Remit-Signature", "Remit-Delivery"
"""The headers: seconds since 1970 in UTC; `v1=HEX`, one for each secret; the message's id, the same
at each try."""
VERSION = "v1"
SKEW = 300
"""So many seconds a moment may lie off the receiver's clock."""


def signature(secrets: Sequence[bytes], moment: str, body: bytes) -> str:
    """The value of the header, by every secret that counts: `v1=1f…, v1=9c…`."""
    return ", ".join(f"{VERSION}={_signed(secret, moment, body)}" for secret in secrets)


def verified(secret: bytes, moment: str, header: str, body: bytes, now: int) -> bool:
    """Whether a receiver who knows one secret may believe a body: signed with it, and not long
    ago."""
    if not moment.isascii() or not moment.isdigit() or abs(now - int(moment)) > SKEW:
        return False
    wanted = f"{VERSION}={_signed(secret, moment, body)}".encode()
    given = [part.strip().encode() for part in header.split(",")]
    return any(hmac.compare_digest(wanted, one) for one in given)


def _signed(secret: bytes, moment: str, body: bytes) -> str:
    return hmac.new(secret, moment.encode() + b"." + body, sha256).hexdigest()
