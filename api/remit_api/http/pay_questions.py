"""What-if questions as callers ask them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from remit_api.http.access import Access
from remit_api.http.bodies import only, optional_text, wrong
from remit_api.http.pay_orders import read_data_name, read_plan
from remit_api.http.pay_parameters import period_of, required_text, texts_of
from remit_api.http.refusals import FaultyData
from remit_api.http.service import Service
from remit_api.pay.alternatives import Price
from remit_api.pay.keeping import closed_dues
from remit_api.pay.whatif import Answer, Supposed, WhatIf, answered
from remit_engine.reading.exact import shown
from remit_engine.storage.opening import reading

MEMBERS = ("period", "plan", "person", "data", "event", "sale", "change", "or")
MOST = 8
"""So many alternatives of one question."""
PRICE = {"list", "discount"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of which data."""

    asked: WhatIf
    supposed: Supposed
    data: str


def read_question(document: Mapping[str, Any], access: Access, service: Service) -> Question:
    """The question of a body; raises NotUnderstood, Forbidden for somebody else's pay."""
    only(dict(document), *MEMBERS)
    person = optional_text(document, "person", 200) or access.caller.person
    if person is None:
        raise wrong("person", "say whose pay it is")
    access.require(own=person == access.caller.person)
    texts = texts_of(service.desk)
    period = period_of(required_text(document, "period"))
    _, plans = read_plan(document, texts, period)
    asked = WhatIf(texts, plans, person, period, own=not access.everything)
    supposed = _supposed(document, asked.own)
    return Question(asked, supposed, read_data_name(document, service.settings))


def answer_of(question: Question, service: Service) -> Answer:
    """What the alternatives pay; raises what `answered` and `DataShelf.data` do. Who may know of
    his own sales alone is not told which rows are wrong: they may be anybody's."""
    asked = question.asked
    with reading(service.store) as connection:
        closed = closed_dues(connection, asked.plans, asked.person)
    try:
        with service.shelf.data(question.data, asked.texts, asked.plans) as data:
            return answered(asked, data, question.supposed, lambda *_: None, closed)
    except FaultyData as fault:
        if not asked.own:
            raise
        raise FaultyData(fault.message, "finance is told what it is, by a run") from None


def _supposed(document: Mapping[str, Any], own: bool) -> Supposed:
    sale, change = document.get("sale"), document.get("change")
    if (sale is None) == (change is None):
        raise wrong("sale", "say `sale`, one more, or `change`, one that is another: one of them")
    path = "sale" if change is None else "change"
    first = dict(_cells(sale if change is None else change, path))
    changed = first.pop("id", None) if change is not None else None
    if change is not None and not isinstance(changed, str):
        raise wrong("change.id", "say which sale is changed: its id")
    if own and "id" in first:
        raise wrong("sale.id", "one sale more has no id yet: leave it out")
    others = document.get("or", [])
    if not isinstance(others, list) or len(others) >= MOST:
        raise wrong("or", f"write up to {MOST - 1} alternatives as a list of objects")
    cells = [first]
    for number, other in enumerate(others):
        more = dict(_cells(other, f"or[{number}]"))
        if own and "id" in more:
            raise wrong(f"or[{number}].id", "it is about the same sale: leave the id out")
        cells.append({**first, **more})
    words = [_words(one, changed) for one in cells]
    return Supposed(cells, words, changed, optional_text(document, "event", 200))


def _cells(given: Any, path: str, above: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a sale by their dotted names."""
    if not isinstance(given, Mapping):
        raise wrong(path, f"`{shown(given)}` is no sale: write its fields as an object")
    for name, value in given.items():
        if isinstance(value, Mapping) and set(value) == PRICE:
            yield f"{above}{name}", Price(value["list"], value["discount"])
        elif isinstance(value, Mapping):
            yield from _cells(value, f"{path}.{name}", f"{above}{name}.")
        elif isinstance(value, list):
            raise wrong(f"{path}.{name}", "a field of an event that is paid for has one value")
        else:
            yield f"{above}{name}", value


def _words(cells: Mapping[str, Any], changed: str | None) -> str:
    """An alternative as its answer names it."""
    told = " ".join(f"{name}={_word(value)}" for name, value in cells.items())
    return told if changed is None else f"{changed} {told}"


def _word(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
