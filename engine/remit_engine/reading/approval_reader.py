"""Steps done, as a request states them: which verb, by whom, for whom, on which day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.judging.capacities import delegated
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.verdict import Capacity
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.reading.exact import Unreadable, day_of, shown, text_of
from remit_engine.reading.facts_reader import FactsReader, Path
from remit_engine.reading.party_reader import PartyReader
from remit_engine.request import Approval
from remit_engine.rules.ir import Model
from remit_engine.rules.names import Lookup

MEMBERS = ("verb", "by", "position", "on", "on_behalf_of")


class ApprovalReader:
    """Reads the approvals of a question about an action, whose facts are read already."""

    def __init__(
        self,
        parties: PartyReader,
        model: Model,
        action: str,
        verb: str,
        stated: Mapping[str, Any],
    ) -> None:
        self.parties = parties
        self.facts: FactsReader = parties.facts
        self.model = model
        self.action = action
        self.verb = verb
        self.stated = stated

    def read(self, given: Any, path: Path) -> Approval | None:
        """A step done by a person, who then held the position named, or by a position."""
        if isinstance(given, Approval):
            return given
        if not isinstance(given, Mapping):
            message = f'`{shown(given)}` is no approval: write {{"verb": …, "by": …}}'
            self.facts.problem(path, message)
            return None
        for member in given:
            if member not in MEMBERS:
                message = (
                    "an approval has `verb`, `by`, `position`, `on` and `on_behalf_of`, and no more"
                )
                self.facts.problem((*path, str(member)), message)
        done = self._verb(given.get("verb"), (*path, "verb"))
        on = self._day(given.get("on"), (*path, "on"))
        try:
            return self._approval(given, path, done, on)
        except Unreadable as error:
            self.facts.problem(path, str(error))
            return None

    def _approval(
        self, given: Mapping[str, Any], path: Path, verb: str, on: date | None
    ) -> Approval | None:
        day = on or self.parties.as_of
        person, position, giver = (
            self._text(given.get(m), (*path, m)) for m in ("by", "position", "on_behalf_of")
        )
        if given.get("by") is None and given.get("position") is None:
            self.facts.problem(path, "say who did it: `by` a person, or which `position`")
        if person is None and (position is None or giver is not None):
            return None
        if giver is None:
            return Approval(verb, self.parties.by(person, position, path, day), on)
        taker = self.parties.by(person, None, path, day)
        lent = self.parties.by(giver, position, path, day)
        self._covered(taker, lent, verb, day)
        return Approval(verb, taker, on, lent)

    def _covered(self, taker: Party, giver: Party, verb: str, day: date | None) -> None:
        """Unreadable where no delegation of the day lets the one do the other's step."""
        if day is None or not self.action:
            return
        directory = self.parties.directory
        lent = list(lendings(taker, giver.person, self.action, verb, day, self.model, directory))
        if not lent:
            message = f"`{giver.person}` has not delegated `{verb}` to `{taker.person}` on {day}"
            raise Unreadable(message)
        if not any(is_within(c.cap, self.action, self.stated, day, self.model) for c in lent):
            message = f"this is over what `{giver.person}` delegated to `{taker.person}`"
            raise Unreadable(message)

    def _verb(self, value: Any, path: Path) -> str:
        lookup: Lookup = self.facts.names.verbs
        if value is None:
            return self.verb
        word = self._text(value, path)
        if word is None:
            return ""
        if wrong := lookup.wrong(word, "verb"):
            self.facts.problem(path, wrong)
            return ""
        return lookup.find(word)[0]

    def _text(self, value: Any, path: Path) -> str | None:
        try:
            return None if value is None else text_of(value)
        except Unreadable as error:
            self.facts.problem(path, str(error))
            return None

    def _day(self, value: Any, path: Path) -> date | None:
        try:
            on = None if value is None else day_of(value)
        except Unreadable as error:
            self.facts.problem(path, str(error))
            return None
        if on is not None and self.parties.as_of is not None and on > self.parties.as_of:
            self.facts.problem(path, f"{on} is after the day of the question")
        return on


def lendings(
    taker: Party,
    giver: str | None,
    action: str,
    verb: str,
    day: date,
    model: Model,
    directory: Directory,
) -> Iterator[Capacity]:
    """What one person (or, where `giver` is None, anybody) delegated to another on a day."""
    if taker.person is None:
        return
    for entry in directory.delegations_to(taker.person, action, verb, day):
        if giver is None or entry.giver == giver:
            yield from delegated(entry, taker, day, model, directory)


def is_within(
    cap: Fraction | None, action: str, facts: Mapping[str, Any], day: date, model: Model
) -> bool:
    """Whether the measure of an act is surely no more than what was delegated."""
    measure = model.program.actions[action].measure
    if cap is None or measure is None:
        return cap is None
    env = Environment(model, day, {**facts, "as_of": day}, Directory.empty().within, {})
    value = evaluate(measure.value, env)
    return isinstance(value, Fraction) and value <= cap
