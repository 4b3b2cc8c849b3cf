"""A request as the document it would be read from: the way back from typed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from remit_dsl.program import Field
from remit_dsl.types import POSITION, Type
from remit_engine.people.directory import Directory
from remit_engine.people.party import Holding, Party
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Approval, InvalidRequest, Request
from remit_engine.rules.ir import Model
from remit_engine.rules.names import Lookup, Names, is_person, names_of
from remit_engine.rules.totals import totals_of
from remit_engine.text import is_finite_decimal, plain

Document = dict[str, Any]
"""Of texts, exact numbers (`int`, `Decimal`), dates, booleans, None, lists and objects."""

DEFAULT_VERB = "approve"
builtin = type
"""`type`, where a type of the language has that name."""
LANGUAGE = "en"


def request_document(
    request: Request, model: Model, directory: Directory | None = None, *, full: bool = False
) -> Document:
    """The document that `read_request` reads as this request; what it ignored is left out.

    Only what differs from nothing is said. Names are short where they mean one thing only, but for
    `full`, where they are what they are for every later text. A number without a finite decimal
    form is text: `1/3`, `100/3%`.
    """
    known = directory or Directory.empty()
    return _Writer(model, known, request.as_of, full).document(request)


def statable(request: Request, model: Model, directory: Directory) -> bool:
    """True when the document of a request can be read: a directory knows its people and units."""
    try:
        read_request(request_document(request, model, directory), model, directory)
    except InvalidRequest:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Writer:
    model: Model
    directory: Directory
    as_of: date
    full: bool

    @property
    def names(self) -> Names:
        return names_of(self.model)

    def document(self, request: Request) -> Document:
        fields = self.model.program.actions[request.action].fields
        totals = totals_of(self.model, request.action) if request.totals else {}
        verb, language = request.verb, request.language
        said = {
            "actor": self.party(request.actor, self.as_of),
            "verb": verb if verb != DEFAULT_VERB else None,
            "action": self.short(request.action, self.names.actions),
            "as_of": request.as_of,
            "requester": request.requester and self.party(request.requester, self.as_of),
            "approvals": [self.approval(a) for a in request.approvals],
            "evidence": sorted(request.evidence),
            "totals": {k: number(v, totals[k]) for k, v in request.totals.items()},
            "facts": self.members(request.facts, fields),
            "language": language if language != LANGUAGE else None,
        }
        return {k: v for k, v in said.items() if v is not None and v not in ([], {})}

    def members(self, given: Mapping[str, Any], declared: Mapping[str, Field]) -> Document:
        """Known values by name; None says that there is none."""
        return {
            name: None if value is None else self.value(value, declared[name].type)
            for name, value in given.items()
        }

    def value(self, value: Any, type: Type) -> Any:
        """A value of a type as people write it."""
        kind = builtin(value)  # `match` asks the abstract classes of numbers: slow
        if kind is Fraction:
            return number(value, type)
        if kind is Party:
            return self.party(value, self.as_of)
        if kind is frozenset or kind is tuple:
            return list(self.elements(value, type.element or type))
        if isinstance(value, str):
            return self.position(value) if type == POSITION else value
        if isinstance(value, Mapping):
            fields = self.names.person if is_person(type) else self.declared(type)
            return self.members(value, fields)
        return value

    def declared(self, type: Type) -> Mapping[str, Field]:
        """The fields of a record."""
        return self.model.program.records[type.name or ""].fields

    def elements(self, values: frozenset[Any] | tuple[Any, ...], type: Type) -> Iterator[Any]:
        """Those of a list in their order, those of a set in one that never changes."""
        written = [self.value(v, type) for v in values]
        yield from written if isinstance(values, tuple) else sorted(written, key=str)

    def position(self, name: str) -> str:
        """The short name of a position, where it means only this one."""
        return self.short(name, self.names.positions)

    def short(self, name: str, lookup: Lookup) -> str:
        """The short name where it means only this, else the full one."""
        return name if self.full else _short(name, lookup)

    def party(self, party: Party, day: date) -> Any:
        """A word where that says all, else an object."""
        if party.person is None:
            return self.holder(party)
        known = self.directory.party(party.person, day)
        if known is None:
            return self.stated(party)
        narrowed = self.narrowed(party, known)
        if narrowed or party.person in self.names.positions.exact:
            return {"person": party.person, **narrowed}
        return party.person

    def narrowed(self, party: Party, known: Party) -> Document:
        """What picks these holdings of a person among all he has on the day."""
        if party.holdings == known.holdings:
            return {}
        for said in _choices(party.holdings):
            if tuple(h for h in known.holdings if _fits(h, said)) == party.holdings:
                return {k: self.position(v) if k == "position" else v for k, v in said.items()}
        return {}

    def holder(self, party: Party) -> Any:
        """Whoever holds a position: its name, with attributes where they are stated."""
        said = self.stated(party)
        word = said.get("position")
        return word if len(said) == 1 and word not in self.directory.people else said

    def stated(self, party: Party) -> Document:
        """All that is known of a party that no directory knows; who has an id is a person."""
        position, unit = _held(party)
        declared = self.names.person
        attributes = {k: v for k, v in party.attributes.items() if k in declared}
        said = {
            "person": party.person or party.attributes.get("id"),
            "position": position and self.position(position),
            "unit": unit or party.attributes.get("unit"),
            "name": party.name,
            "attributes": self.members(attributes, declared) or None,
        }
        return {k: v for k, v in said.items() if v is not None}

    def approval(self, approval: Approval) -> Document:
        """A step that was done, and by whom."""
        stood = approval.on_behalf_of or approval.by
        by = self.party(stood, approval.on or self.as_of)
        if not isinstance(by, dict):
            by = {"person" if stood.person else "position": by}
        who, behalf = by.get("person"), None
        if approval.on_behalf_of is not None:
            who, behalf = approval.by.person, who
        said = {
            "by": who,
            "position": by.get("position"),
            "on": approval.on,
            "on_behalf_of": behalf,
        }
        return {"verb": approval.verb} | {k: v for k, v in said.items() if v is not None}


def number(value: Fraction, type: Type) -> int | Decimal | str:
    """An exact number of a type as people write it: `10%`, `90 days`, 200000, 0.01, `1/3`."""
    match type.kind:
        case "percent" | "ratio":
            return f"{_exact(value * 100)}%"
        case "days" | "months":
            return f"{plain(value)} {type.kind}"
    if value.denominator == 1:
        return int(value)
    return Decimal(plain(value)) if is_finite_decimal(value) else _exact(value)


def _exact(value: Fraction) -> str:
    if is_finite_decimal(value):
        return plain(value)
    return f"{value.numerator}/{value.denominator}"


def _short(name: str, lookup: Lookup) -> str:
    """The short name where it means only this, else the full one."""
    short = name.rsplit(".", 1)[-1]
    return short if lookup.find(short) == (name,) else name


def _held(party: Party) -> tuple[str | None, str | None]:
    """The one position stated, and its unit."""
    if not party.holdings:
        return None, None
    return party.holdings[0].position, party.holdings[0].unit


def _choices(held: tuple[Holding, ...]) -> Iterator[Document]:
    """Nothing, the position, the unit, both."""
    yield {}
    for holding in held[:1]:
        unit = {} if holding.unit is None else {"unit": holding.unit}
        yield {"position": holding.position}
        yield unit
        yield {"position": holding.position, **unit}


def _fits(holding: Holding, said: Document) -> bool:
    return all(getattr(holding, member) == value for member, value in said.items())
