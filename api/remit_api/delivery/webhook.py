"""Telling a program: one signed POST, no redirects, within a time."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any

from remit_api.delivery.channels import Undelivered, Webhook
from remit_api.delivery.signing import DELIVERY, MOMENT, SIGNATURE, signature

GONE = 410
LATER = (429, 503)
LONGEST_WAIT = 86_400


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Where messages go is said by the configuration, and by nothing on the way."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def post(channel: Webhook, id: str, body: bytes, now: datetime) -> None:
    """Deliver a body; raises Undelivered. What the receiver answers is not read, and his address is
    not told: it may have a key in it."""
    moment = str(int(now.timestamp()))
    secrets = [secret.reveal().encode() for secret in channel.secrets]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "remit",
        DELIVERY: id,
        MOMENT: moment,
        SIGNATURE: signature(secrets, moment, body),
    }
    asked = urllib.request.Request(channel.url, body, headers, method="POST")
    try:
        with _OPENER.open(asked, timeout=channel.seconds) as answer:
            status = answer.status
    except urllib.error.HTTPError as fault:
        with fault:
            raise _refused(fault.code, fault.headers.get("Retry-After")) from None
    except (OSError, http.client.HTTPException) as fault:
        raise Undelivered(f"the receiver does not answer: {_said(fault)}") from None
    if not 200 <= status < 300:
        raise _refused(status, None)


def _refused(status: int, later: str | None) -> Undelivered:
    wait = int(later) if later is not None and later.isascii() and later.isdigit() else 0
    asked = min(wait, LONGEST_WAIT) if status in LATER else 0
    return Undelivered(f"the receiver answers with {status}", lasting=status == GONE, later=asked)


def _said(fault: Exception) -> str:
    """What went wrong, without an address."""
    reason = getattr(fault, "reason", fault)
    if isinstance(reason, TimeoutError):
        return "it takes too long"
    kind = type(reason).__name__
    number = getattr(reason, "strerror", None) or getattr(reason, "verify_message", None)
    return f"{number} ({kind})" if number else kind
