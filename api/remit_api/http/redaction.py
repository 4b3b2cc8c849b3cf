"""No key and no token in a log, wherever it came from."""

from __future__ import annotations

import logging
import re
from typing import Any

_SECRETS = re.compile(
    r"(?P<key>rk_[a-z2-7]{1,12}_)[A-Za-z0-9_-]+"
    r"|eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*"
    r"|(?P<bearer>bearer[ :=]+)[A-Za-z0-9._~+/=-]{8,}",
    re.IGNORECASE,
)
_MARKS = ("rk_", "eyj", "bearer")
"""What every secret has; looking for these is much faster than for the whole pattern."""
HIDDEN = "[hidden]"


def redacted(text: str) -> str:
    """A text without what opens a door; the id of a key stays."""
    folded = text.lower()
    if not any(mark in folded for mark in _MARKS):
        return text
    return _SECRETS.sub(lambda m: f"{m['key'] or m['bearer'] or ''}{HIDDEN}", text)


class Redacting(logging.Formatter):
    """A formatter that hides secrets in what it writes, tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        """The line without secrets."""
        return redacted(super().format(record))


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "remit_api.http.redaction.Redacting",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}
"""How a process of the service writes its log: everything through the one handler."""
