"""Cases about what is watched: entries of the log, and the alerts that they must give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAlert:
    """One alert. rule: its qualified name. What is None is not looked at; open: whether it still
    is at the end."""

    rule: str
    subject: str | None = None
    row: str | None = None
    began: date | None = None
    cleared: date | None = None
    open: bool | None = None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCase:
    """What is told, and all alerts of some watches and duties (`of`; None: of all) that come of it.
    since: the first day of the clock; until: its
    last, else the day of the last entry. refused: the numbers, from 1, of the entries that must
    not be taken."""

    name: str
    of: frozenset[str] | None
    entries: tuple[Mapping[str, Any], ...]
    since: date | None
    until: date | None
    alerts: tuple[ExpectedAlert, ...]
    refused: frozenset[int]
    span: Span
