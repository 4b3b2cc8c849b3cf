"""The tables beside events and people: shares, owners, targets, measures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from remit_dsl.pay import Item
from remit_dsl.program import Program
from remit_dsl.suggest import nearest
from remit_dsl.types import money
from remit_engine.commission.basis.dataset import Owned, Share
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reading.cells import Read, key, ratio, reader
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.naming import file_name
from remit_engine.commission.reading.rows import Row, rows, unknown
from remit_engine.commission.reading.table import Table
from remit_engine.reading.exact import Unreadable
from remit_engine.rules.ir import Model

People = Mapping[str, Any]
Targets = dict[tuple[str | None, str, Period], Fraction]
Measures = dict[tuple[str, Period, str], Fraction]


def read_credits(
    table: Table,
    ids: Mapping[str, Collection[str]],
    people: People,
    model: Model,
    findings: Findings,
) -> dict[str, dict[str, tuple[Share, ...]]]:
    """Event -> id -> shares in the order of the rows. ids: of the events that were read."""
    names = _event_names(model.program)
    found: dict[str, dict[str, list[Share]]] = {}
    first: dict[tuple[str, str, str], str] = {}
    for row in rows(table, ("event", "id", "person", "share"), (), findings):
        event = row.read("event", lambda cell: _event(cell, names))
        of = row.text("id")
        person = _person(row, people)
        share = row.read("share", lambda cell: _share(cell, model))
        if of is not None and event in ids and of not in ids[event]:
            row.fault("id", unknown(file_name(event), of))
        if event and of and person and not row.wrong:
            _once(row, (event, of, person), first, f"`{person}` has a share of `{of}`")
        if not row.wrong and event and of and person:
            found.setdefault(event, {}).setdefault(of, []).append(Share(person, share))
    return {e: {k: tuple(s) for k, s in by_id.items()} for e, by_id in found.items()}


def _event_names(program: Program) -> dict[str, str]:
    """What an event may be called in `credits`: its name, in full or short, or that of its file."""
    found: dict[str, str] = {}
    for name, event in program.events.items():
        found |= {name: name, event.short: name, file_name(name): name}
    return found


def _event(cell: Any, names: Mapping[str, str]) -> str:
    word = key(cell)
    if word not in names:
        raise Unreadable(unknown("event", word, names))
    return names[word]


def _share(cell: Any, model: Model) -> Fraction:
    share = ratio(cell, model)
    if not 0 <= share <= 1:
        raise Unreadable("a share is from 0% to 100%")
    return share


def _person(row: Row, people: People) -> str | None:
    """An id; of a person that nobody knows the run says more, and here it is a notice."""
    person = row.text("person")
    if person is not None and person not in people:
        known = () if row.findings.full else people
        row.findings.notice(row.place, "person", unknown("person", person, known))
    return person


def _once(row: Row, key: Any, first: dict[Any, str], said: str) -> None:
    """Note that a key is there, a fault where it was before."""
    if key in first:
        row.fault(None, f"{said} already: {first[key]} says so")
    else:
        first[key] = row.place


def read_owners(table: Table, people: People, findings: Findings) -> dict[str, tuple[Owned, ...]]:
    """Key -> who owns it, in order of start. Two owners on one day are a notice: the run says
    which lines they concern."""
    found: dict[str, list[tuple[Owned, str]]] = {}
    for row in rows(table, ("key", "person", "from", "until"), (), findings):
        owned, person = row.text("key"), _person(row, people)
        start, until = row.days()
        if owned and person and not row.wrong:
            found.setdefault(owned, []).append((Owned(person, start, until), row.place))
    for name, entries in found.items():
        entries.sort(key=lambda e: e[0].start or date.min)
        for (a, at), (b, place) in pairwise(entries):
            if (b.start or date.min) < (a.until or date.max):
                message = f"`{name}` has two owners from {b.start or 'the first day'}: see {at}"
                findings.notice(place, "from", message)
    return {name: tuple(o for o, _ in entries) for name, entries in found.items()}


def read_targets(table: Table, people: People, model: Model, findings: Findings) -> Targets:
    """(plan's short name or None for all, person, period) -> amount."""
    plans = {
        p.short: p
        for p in model.program.plans.values()
        if p.quota is not None and p.quota.source == "targets"
    }
    kinds = {p.period for p in plans.values()}
    currencies = {p.currency or model.program.policies[p.policy].currency for p in plans.values()}
    found: Targets = {}
    first: dict[Any, str] = {}
    for row in rows(table, ("person", "period", "amount"), ("plan",), findings):
        plan = _plan(row, plans)
        person = row.one_of("person", "person", people)
        wanted = {plans[plan].period} if plan in plans else kinds
        period = row.read("period", _period(wanted, "plan"))
        amount = row.read("amount", _amount(plan, plans, currencies, model))
        if row.wrong or person is None:
            continue
        _once(row, (plan, person, period), first, f"`{person}` has a target for {period}")
        if not row.wrong:
            found[plan, person, period] = amount
    return found


def _plan(row: Row, plans: Mapping[str, Any]) -> str | None:
    written = row.text("plan", needed=False)
    short = written.rsplit(".", 1)[-1] if written else None
    if short is not None and short not in plans:
        guess = nearest(short, plans)
        cure = f", did you mean `{guess}`?" if guess else ""
        row.fault("plan", f"no plan `{short}` has its quota from targets{cure}")
    return short


def _amount(
    plan: str | None, plans: Mapping[str, Any], currencies: set[str | None], model: Model
) -> Read:
    one = plans.get(plan or "")
    currency = one.currency or model.program.policies[one.policy].currency if one else None
    if one is None and len(currencies) == 1:
        currency = next(iter(currencies))
    return reader(money(currency), model, currency)


def _period(kinds: set[str], what: str) -> Read:
    """Reads a period of one of the kinds."""

    def read(cell: Any) -> Period:
        written = key(cell)
        period = Period.parse(written)
        if period is None:
            raise Unreadable(f"`{written[:40]}` is no period: write 2026-03, 2026-Q1 or 2026")
        if kinds and period.kind not in kinds:
            listed = " or ".join(sorted(kinds))
            raise Unreadable(f"`{period}` is a {period.kind}, and the {what} is by {listed}")
        return period

    return read


def read_measures(table: Table, people: People, model: Model, findings: Findings) -> Measures:
    """(person, period, item) -> value."""
    items: dict[str, list[tuple[str, Item]]] = {}
    for card in model.program.scorecards.values():
        for item in (i for i in card.items if i.value is None):
            items.setdefault(item.name, []).append((card.period, item))
    found: Measures = {}
    first: dict[Any, str] = {}
    for row in rows(table, ("person", "period", "item", "value"), (), findings):
        person = row.one_of("person", "person", people)
        name = row.one_of("item", "item", items)
        of = items.get(name or "", [])
        kinds = {kind for kind, _ in of}
        period = row.read("period", _period(kinds, "scorecard"))
        if name is None or person is None or not of:
            continue
        value = row.read("value", reader(of[0][1].type, model, of[0][1].type.currency))
        if row.wrong:
            continue
        _once(row, (person, period, name), first, f"`{person}` has `{name}` for {period}")
        if not row.wrong:
            found[person, period, name] = value
    return found
