"""Getting one small JSON document from the issuer, within a time and a size."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from time import monotonic
from typing import Any

SECONDS = 5.0
"""For the whole document, however slowly it comes."""
MOST_BYTES = 512_000
_CHUNK = 16_384


class NotFetched(Exception):
    """The issuer did not answer, or with something else than the document. One sentence."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Where the keys are is said by the issuer's document, and by nothing on the way."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def fetch(address: str, seconds: float = SECONDS) -> Any:
    """The document at an address; raises NotFetched. Blocks for at most about `seconds`."""
    ends = monotonic() + seconds
    asked = urllib.request.Request(address, headers={"Accept": "application/json"})
    try:
        with _OPENER.open(asked, timeout=seconds) as answer:
            data = bytearray()
            while chunk := answer.read1(_CHUNK):
                data += chunk
                if len(data) > MOST_BYTES:
                    raise NotFetched(f"`{address}` has more than {MOST_BYTES} bytes")
                if monotonic() > ends:
                    raise NotFetched(f"`{address}` takes longer than {seconds:g} seconds")
        return json.loads(bytes(data))
    except urllib.error.HTTPError as fault:
        raise NotFetched(f"`{address}` answers with {fault.code}") from fault
    except (OSError, http.client.HTTPException) as fault:
        raise NotFetched(f"`{address}` does not answer") from fault
    except (ValueError, RecursionError) as fault:
        raise NotFetched(f"`{address}` is not JSON") from fault
