"""Where alerts of one subject begin and end, and what a late entry changes about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from remit_engine.watch.alert import Alert, Happening, Turn
from remit_engine.watch.entry import as_date, day_at

Key = tuple[str, str | None]
"""Rule and row."""


@dataclass(slots=True)
class Crossing:
    """An alert with its places in the log; cleared None: it is open."""

    alert: Alert
    began: int
    cleared: int | None = None

    @property
    def key(self) -> Key:
        """What it is of."""
        return self.alert.rule, self.alert.row


@dataclass(slots=True)
class Crossings:
    """All alerts of one subject, in the order in which they began."""

    all: list[Crossing] = field(default_factory=list)
    open: dict[Key, Crossing] = field(default_factory=dict)

    def begin(self, alert: Alert, place: int) -> None:
        """An alert begins."""
        crossing = Crossing(alert, place)
        self.all.append(crossing)
        self.open[crossing.key] = crossing

    def clear(self, key: Key, place: int) -> Alert:
        """The open alert of a rule and row ends; gives it as it is then."""
        crossing = self.open.pop(key)
        crossing.alert = replace(crossing.alert, cleared=as_date(day_at(place)))
        crossing.cleared = place
        return crossing.alert

    def before(self, place: int) -> Crossings:
        """As they stood before a place: a copy."""
        found = Crossings()
        for crossing in self.all:
            if crossing.began >= place:
                continue
            if crossing.cleared is not None and crossing.cleared < place:
                found.all.append(crossing)
                continue
            alert = crossing.alert
            if alert.cleared is not None:
                alert = replace(alert, cleared=None)
            again = Crossing(alert, crossing.began)
            found.all.append(again)
            found.open[again.key] = again
        return found

    def parted(self, wanted: Callable[[Key], bool]) -> tuple[Crossings, Crossings]:
        """Those that are wanted, and the others."""
        within, others = Crossings(), Crossings()
        for crossing in self.all:
            (within if wanted(crossing.key) else others).all.append(crossing)
        for key, crossing in self.open.items():
            (within if wanted(key) else others).open[key] = crossing
        return within, others


def joined(several: Iterable[Crossings], rank: Callable[[Key], Any]) -> Crossings:
    """All together, in the order in which they began; rank: of those that did so at one point."""
    found = Crossings()
    for crossings in several:
        found.all += crossings.all
        found.open |= crossings.open
    found.all.sort(key=lambda crossing: (crossing.began, rank(crossing.key)))
    return found


def alert_id(kind: str, rule: str, subject: str, row: str | None, where: str) -> str:
    """The same for the same crossing, whenever it is found. where: its place in the log, in
    words."""
    text = json.dumps([kind, rule, subject, row, where], ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def differences(old: Crossings, new: Crossings, today: date) -> Iterator[Happening]:
    """What a late entry changed, told today: what is withdrawn, then what is new, each in the order
    of the log. Alerts that are found again keep whether they were late; one that is open and holds
    another key than before is withdrawn and begins anew."""
    before = {c.alert.id: c for c in old.all}
    after = {c.alert.id for c in new.all}
    for crossing in old.all:
        if crossing.alert.id not in after:
            yield Happening(Turn.WITHDRAWN, crossing.alert, today)
    for crossing in new.all:
        known = before.get(crossing.alert.id)
        if known is None:
            yield Happening(Turn.BEGUN, replace(crossing.alert, cleared=None), today)
            if crossing.cleared is not None:
                yield Happening(Turn.CLEARED, crossing.alert, today)
            continue
        if crossing.alert.late is not known.alert.late:
            crossing.alert = replace(crossing.alert, late=known.alert.late)
        if crossing.cleared is None and crossing.alert.keys != known.alert.keys:
            yield Happening(Turn.WITHDRAWN, known.alert, today)
            yield Happening(Turn.BEGUN, crossing.alert, today)
        elif crossing.alert.cleared != known.alert.cleared:
            turn = Turn.REOPENED if crossing.cleared is None else Turn.CLEARED
            yield Happening(turn, crossing.alert, today)


def standing(all_: Iterable[Crossings]) -> Iterator[Alert]:
    """Every alert that has its ground, subject by subject."""
    for crossings in all_:
        yield from (c.alert for c in crossings.all)
