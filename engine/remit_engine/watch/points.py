"""Asking subjects at a point of the log: where alerts of theirs begin and end."""

from __future__ import annotations

from collections.abc import Iterable

from remit_engine.watch.alert import Happening, Turn
from remit_engine.watch.alerting import alert_of, said_late
from remit_engine.watch.asks import ask
from remit_engine.watch.entry import Entry, as_date, day_at
from remit_engine.watch.judging import Judge
from remit_engine.watch.subject import Subject
from remit_engine.watch.world import Ask, World


class Points:
    """For one world and judge."""

    def __init__(self, world: World, judge: Judge) -> None:
        self.world = world
        self._judge = judge

    def reached(
        self, subjects: Iterable[Subject], place: int, entry: Entry | None, clock: int
    ) -> list[Happening]:
        """What happens after an entry, or at the start of a day."""
        asks: list[tuple[Subject, Ask]] = []
        for subject in subjects:
            asks += [(subject, one) for one in ask(subject, place, entry, self.world)]
        if not asks:
            return []
        answers = self._judge.match([one.message for _, one in asks])
        found: list[Happening] = []
        for (subject, one), answer in zip(asks, answers, strict=True):
            row = None if one.row is None else one.row.id
            for rule in one.asked.rules:
                if rule in answer.clears:
                    alert = subject.crossings.clear((rule, row), place)
                    found.append(Happening(Turn.CLEARED, alert, as_date(clock)))
                if rule in answer.begins:
                    where = "start" if entry is None else entry.name
                    found.append(self._begun(subject, rule, one, place, where, clock))
        return found

    def _begun(
        self, subject: Subject, rule: str, one: Ask, place: int, where: str, clock: int
    ) -> Happening:
        told = as_date(clock)
        words = f"{as_date(day_at(place))} {where}"
        alert = said_late(alert_of(subject, rule, one, place, words, self.world), told)
        subject.begin(alert, place)
        return Happening(Turn.BEGUN, alert, told)
