"""Data of pay that questions are answered from: read when they are asked for, kept while they are
what stands in their place."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sql

from remit_api.failures import FileTrouble, Refused
from remit_api.http.computing.task import EVENTS, at_fault, unreadable
from remit_api.http.refusals import NotReady
from remit_api.http.settings import Settings
from remit_api.past.source import is_url
from remit_api.pay.running import Place, Texts, read_data
from remit_api.pay_data.failures import BadData
from remit_api.pay_data.kept_events import KeptEvents
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.storage import events
from remit_engine.storage.opening import reading

PATIENCE = 5.0
"""Seconds that a question waits for the one before it."""
MOST_BYTES = 64 * 1024 * 1024
MOST_EVENTS = 200_000
"""Larger data are not read for a question: a run reads them beside the service."""


@dataclass(frozen=True, slots=True)
class _Kept:
    key: Hashable
    people: object
    data: Dataset


class DataShelf:
    """One question at a time is answered from data, and the last data are kept."""

    def __init__(self, store: sql.Engine, settings: Settings) -> None:
        self._store = store
        self._places = dict(settings.pay_data)
        self._turn = threading.Lock()
        self._kept: _Kept | None = None

    @contextmanager
    def data(self, name: str, texts: Texts, plans: Sequence[str]) -> Iterator[Dataset]:
        """What some plans read of the data of a name. Raises NotReady where others ask, or the data
        cannot be read; FaultyData for what is wrong with them, Refused for too much of them."""
        if not self._turn.acquire(timeout=PATIENCE):
            raise NotReady("others ask what they would be paid, one after the other")
        try:
            yield self._read(name, texts, plans)
        except FileTrouble as fault:
            raise unreadable(name, fault) from fault
        except BadData as fault:
            raise at_fault(name, fault) from fault
        finally:
            self._turn.release()

    def _read(self, name: str, texts: Texts, plans: Sequence[str]) -> Dataset:
        place, state = self._place(name)
        key, people = (texts.digest, tuple(plans), name, state), texts.directory
        kept = self._kept
        same = kept is not None and kept.key == key and kept.people is people
        if kept is not None and same and state is not None:
            return kept.data
        self._kept = None
        data = read_data(place, texts, plans, _nobody, _nobody)
        self._kept = _Kept(key, people, data)
        return data

    def _place(self, name: str) -> tuple[Place, Hashable]:
        """Where the data are, and how they stand: None where that cannot be seen."""
        place = self._places.get(name)
        beside = None if place is None else _state(place, name)
        if name != EVENTS:
            if place is None:
                raise TypeError(f"nobody said where `{name}` is")
            return place, beside
        with reading(self._store) as connection:
            until = events.last(connection)
        if until > MOST_EVENTS:
            raise _too_much(name)
        known = place is None or beside is not None
        return KeptEvents(self._store, until, place), (until, beside) if known else None


def _state(place: str, name: str) -> Hashable:
    """The files of a folder as they stand; of a database nothing is known. Raises Refused for more
    than is read for a question."""
    if is_url(place):
        return None
    found = [(p.name, p.stat()) for p in sorted(Path(place).glob("*")) if p.is_file()]
    if sum(stat.st_size for _, stat in found) > MOST_BYTES:
        raise _too_much(name)
    return tuple((file, stat.st_mtime_ns, stat.st_size) for file, stat in found)


def _too_much(name: str) -> Refused:
    help = "`remit commission whatif` answers from them where they are"
    return Refused(f"the data `{name}` are too large to be read for a question", help)


def _nobody(*_: object) -> None:
    """Nobody is told."""
