"""The totals a request is judged by, and what its permit uses up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.program import Measure
from remit_engine.decision import Outcome
from remit_engine.explanation.transcript import Transcript
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.rules.totals import Total, adding
from remit_engine.storage.faults import Unmeasured
from remit_engine.storage.keys import AUTHORITY, key_at, keys_of
from remit_engine.storage.usage import UNMEASURED, OpenUsage, short

Document = dict[str, dict[str, Fraction]]
"""Totals by account and name."""


@dataclass(frozen=True, slots=True)
class Span:
    """A total on one day: by what it is added up, from which day to which."""

    total: Total
    dimension: str
    first: date
    last: date


def span(total: Total, day: date) -> Span:
    """A total on a day."""
    dimension = AUTHORITY if total.path is None else ".".join(total.path)
    return Span(total, dimension, *total.span(day))


def account(party: Party) -> str:
    """By which name the totals of a party are kept on record: his, or his in one position."""
    if not party.beside:
        return party.authority
    held = sorted(f"{h.position} {h.unit or ''}".strip() for h in party.holdings)
    return f"{party.authority} as {', '.join(held)}"


@dataclass(slots=True)
class FromLedger:
    """What each party has used of the totals of a request, read from the store when it is asked
    for. read: all that was asked for."""

    usage: OpenUsage
    request: Request
    spans: tuple[Span, ...]
    unit: str
    read: Document = field(default_factory=dict)

    def of(self, party: Party) -> Mapping[str, Fraction]:
        """By the total's name; a total whose key is missing is not there."""
        name = account(party)
        if name not in self.read:
            self.read[name] = self._read(party)
        return self.read[name]

    def _read(self, party: Party) -> dict[str, Fraction]:
        facts = known_facts(self.request, party)
        found: dict[str, Fraction] = {}
        action, verb = self.request.action, self.request.verb
        for each in self.spans:
            total = each.total
            key = party.authority if total.path is None else key_at(facts, total.path)
            if key is not None:
                series = self.usage.at((action, verb, each.dimension, short(key)))
                used = series.total(each.first, each.last, self.unit)
                if used is not None:
                    found[total.name] = used
        return found


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What was read for a decision that is on record."""

    read: Mapping[str, Mapping[str, Fraction]]

    def of(self, party: Party) -> Mapping[str, Fraction]:
        """By the total's name; who was not asked then is not known."""
        return self.read.get(account(party), {})


def known_facts(request: Request, party: Party) -> dict[str, Any]:
    """The facts of a request as a party that decides sees them."""
    facts = {**request.facts, "actor": party, "as_of": request.as_of}
    if request.requester is not None:
        facts["requester"] = request.requester
    return facts


def unit_of(measure: Measure) -> str:
    """What a measure is counted in: `money CNY`, `percent`."""
    kind = measure.value.type
    return f"{kind.kind} {kind.currency}" if kind.currency else kind.kind


def consumption(
    request: Request, answer: Transcript, model: Model, directory: Directory, *, kept: bool
) -> dict[str, Any]:
    """The members of a row that say what a decision uses up, `keys` not yet as text. kept: whether
    the action keeps totals; raises Unmeasured where it does, and what is used up cannot be said."""
    measure = model.actions[request.action].action.measure
    if answer.outcome is not Outcome.PERMIT or measure is None:
        return _NOTHING
    party = request.actor
    if answer.on_behalf_of is not None:
        giver = directory.party(answer.on_behalf_of, request.as_of)
        if giver is None:
            raise LookupError(f"nobody is {answer.on_behalf_of} on {request.as_of}")
        party = giver
    facts = known_facts(request, party)
    value = evaluate(
        measure.value, Environment(model, request.as_of, facts, directory.within, variables={})
    )
    unknown = isinstance(value, Unknown)
    if isinstance(value, Unknown) and kept:
        raise _unmeasured(value)
    return {
        "consumed": None if unknown else adding(value),
        "unit": UNMEASURED if unknown else unit_of(measure),
        "authority": party.authority,
        "counted": request.as_of,
        "keys": keys_of(facts),
    }


_NOTHING: dict[str, Any] = {
    "consumed": None,
    "unit": None,
    "authority": None,
    "counted": None,
    "keys": {},
}


def _unmeasured(value: Unknown) -> Unmeasured:
    missing = ", ".join(f"`{path}`" for path in sorted(value.missing))
    return Unmeasured(
        "nobody could say how much of the running totals this uses up, so it is not recorded",
        f"state {missing}" if missing else "mend what its measure is computed from",
    )
