"""No key and no token in a log, wherever it came from."""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(
    r"(?P<key>rk_[a-z2-7]{1,12}_)[A-Za-z0-9_-]+"
    r"|eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*"
    r"|(?P<bearer>bearer[ :=]+)[A-Za-z0-9._~+/=-]{8,}",
    re.IGNORECASE,
)
HIDDEN = "[hidden]"


def redacted(text: str) -> str:
    """A text without what opens a door; the id of a key stays."""
    return _SECRETS.sub(lambda m: f"{m['key'] or m['bearer'] or ''}{HIDDEN}", text)


class Redacting(logging.Formatter):
    """Writes as another formatter does, tracebacks too, and hides secrets in what comes out."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The line without secrets."""
        return redacted(self._inner.format(record))


def keep_secrets_out(handler: logging.Handler) -> None:
    """Makes a handler hide secrets, whatever it formats with."""
    if not isinstance(handler.formatter, Redacting):
        handler.setFormatter(Redacting(handler.formatter or logging.Formatter()))
