"""The log: one JSON object a line, with the process, the request's id, and the decision's where
there is one."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import nullcontext
from datetime import UTC, datetime
from logging.config import dictConfig
from typing import Any, TextIO

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
        return redacted(_write(found))


_write = json.JSONEncoder(ensure_ascii=False, default=str).encode


class Together(logging.StreamHandler[TextIO]):
    """Writes what is said in one turn of an event loop together when the turn ends; what is said
    elsewhere, and what is said of a fault, at once."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a line, or writes all that are kept."""
        try:
            self._lines.append(self.format(record) + self.terminator)
            loop = None if record.levelno > logging.INFO else _running()
            if loop is None:
                self.flush()
            elif len(self._lines) == 1:
                loop.call_soon(self.flush)
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Writes what is kept."""
        with self.lock or nullcontext():
            kept, self._lines = self._lines, []
            if kept:
                self.stream.write("".join(kept))
            super().flush()


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def begin() -> None:
    """Sends everything that is said to standard error, what the service says from `info` on."""
    lines = {
        "formatters": {"plain": {"()": Lines}},
        "handlers": {"stderr": {"()": Together, "formatter": "plain"}},
        "loggers": {"remit": {"level": "INFO"}},
    }
    dictConfig({**LOGGING, **lines})


def told(said: str, **members: Any) -> None:
    """One line about a request; members that are None are left out."""
    kept = {name: value for name, value in members.items() if value is not None}
    requests.info(said, extra={MEMBERS: kept})
