"""The question: who, which verb, which action, with which facts, on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from remit_engine.people.party import Party


@dataclass(frozen=True, slots=True)
class Approval:
    """A step already done: `verb` by a party, in his own positions or for who delegated it to him.

    on_behalf_of: the delegator in the position that was lent; what bars either of the two bars.
    """

    verb: str
    by: Party
    on: date | None = None
    on_behalf_of: Party | None = None

    @property
    def persons(self) -> tuple[Party, ...]:
        """Who must be nobody else: he who did it, and he for whom it was done."""
        return (self.by,) if self.on_behalf_of is None else (self.by, self.on_behalf_of)

    @property
    def positions(self) -> frozenset[str]:
        """Qualified names of the positions it was done in."""
        return (self.on_behalf_of or self.by).positions


class Used(Protocol):
    """What is used up of running totals, each party's own."""

    def of(self, party: Party) -> Mapping[str, Fraction]:
        """By the total's name; what is not there is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A question, read and typed. Names are qualified.

    facts: by field of the action: exact values (`Fraction`, `str`, `bool`, `date`,
    `frozenset`), `tuple` for lists, `dict` for records, `Party` for people, None for an optional
    fact given as absent; what is not there is missing. totals: amounts already used, by the
    total's name (`month`, `customer per quarter`, `vendor over 60 days`), whoever decides. used:
    what each party has used itself, where somebody keeps count: `totals`
    are not read then. ignored: members that the action does not know.
    """

    action: str
    actor: Party
    as_of: date
    verb: str = "approve"
    facts: Mapping[str, Any] = field(default_factory=dict)
    requester: Party | None = None
    approvals: tuple[Approval, ...] = ()
    totals: Mapping[str, Fraction] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()
    language: str = "en"
    ignored: tuple[str, ...] = ()
    used: Used | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a request: the path of the member and what is wrong with it."""

    path: str
    message: str


class InvalidRequest(ValueError):
    """The request cannot be understood: a wrong type, an unknown action, verb or actor."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in problems))
