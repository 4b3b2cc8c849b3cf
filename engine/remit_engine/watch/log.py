"""The log: every entry once, in the order (day, arrival), by what it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from remit_engine.watch.entry import Entry, Keyed, place_of, value_at
from remit_engine.watch.plan import Feed

_OBSERVATIONS = ""


class Log:
    """feeds: by which paths the rows of an event are looked for."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self.feeds: dict[Feed, Keyed] = {}
        self.observed: dict[str, Keyed] = {}
        """Record -> observations by id."""
        self._paths: dict[str, list[tuple[tuple[str, ...], Keyed]]] = defaultdict(list)
        self._known: dict[str, dict[str, Entry]] = defaultdict(dict)
        self._arrivals = 0
        for event, path in dict.fromkeys(feeds):
            keyed = self.feeds[event, path] = Keyed()
            self._paths[event].append((path, keyed))

    def __len__(self) -> int:
        return self._arrivals

    def known(self, entry: Entry) -> Entry | None:
        """The entry of the same name that was told before."""
        if entry.entry is None:
            return self._known[entry.kind].get(entry.id)
        return self._known[_OBSERVATIONS].get(entry.entry)

    def add(self, entry: Entry) -> None:
        """Put a new entry at its place."""
        self._arrivals += 1
        entry.place = place_of(entry.day, self._arrivals)
        if entry.entry is not None:
            self._known[_OBSERVATIONS][entry.entry] = entry
            self.observed.setdefault(entry.kind, Keyed()).add(entry.id, entry)
            return
        self._known[entry.kind][entry.id] = entry
        for path, keyed in self._paths[entry.kind]:
            key = value_at(entry.facts, path)
            if key is not None:
                keyed.add(key, entry)

    def event(self, kind: str, id: str) -> Entry | None:
        """The event of a kind and id."""
        return self._known[kind].get(id)

    def events(self, kind: str) -> Iterable[str]:
        """The ids of the events of a kind."""
        return self._known[kind].keys() if kind in self._known else ()

    def observations(self, record: str, id: str) -> list[Entry]:
        """All observations of one record, in order; not to be changed."""
        keyed = self.observed.get(record)
        return [] if keyed is None else keyed.of(id)
