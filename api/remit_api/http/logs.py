"""The log: one JSON object a line, with the process, the request's id, and the decision's where
there is one."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from logging.config import dictConfig
from typing import Any

from remit_api.http.redaction import LOGGING, redacted

MEMBERS = "remit"
"""The attribute of a log record that holds its members."""
requests = logging.getLogger("remit.requests")


class Lines(logging.Formatter):
    """A record as one line of JSON; a traceback stands in `traceback`, and secrets are
    hidden."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        found: dict[str, Any] = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "process": record.process,
            "said": record.getMessage(),
            **getattr(record, MEMBERS, {}),
        }
        if record.exc_info:
            found["traceback"] = self.formatException(record.exc_info)
        return redacted(json.dumps(found, ensure_ascii=False, default=str))


def begin() -> None:
    """Sends everything that is said to standard error, what the service says from `info` on."""
    lines = {"formatters": {"plain": {"()": Lines}}, "loggers": {"remit": {"level": "INFO"}}}
    dictConfig({**LOGGING, **lines})


def told(said: str, **members: Any) -> None:
    """One line about a request; members that are None are left out."""
    kept = {name: value for name, value in members.items() if value is not None}
    requests.info(said, extra={MEMBERS: kept})
