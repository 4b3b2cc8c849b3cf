"""What somebody would be paid if a sale were made, or were another: runs over changed data."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from remit_api.failures import BadFacts, WrongUse
from remit_api.pay.running import Texts, wanted
from remit_dsl.pay import Event, Plan
from remit_dsl.suggest import nearest
from remit_dsl.types import Type
from remit_engine.commission.basis.dataset import Dataset, EventRow, Share
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reading.cells import reader
from remit_engine.commission.reading.columns import Leaf, leaves
from remit_engine.commission.reading.events import EventReader
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.table import Chunk, Table
from remit_engine.commission.statement import Run, Statement
from remit_engine.reading.exact import Unreadable
from remit_engine.request import Problem
from remit_engine.rounding import rounded
from remit_engine.text import currency_places

FAR = 50
"""Years ahead that are computed."""
NEW = "what-if"
"""The id of a sale that is not in the data."""
_GROUPED = re.compile(r"(?<=\d)_(?=\d)")


@dataclass(frozen=True, slots=True)
class Price:
    """An amount as it comes about: a list price less a discount, to the cent of its currency, half
    up. Both as cells."""

    list: Any
    discount: Any

    def __str__(self) -> str:
        return f"{self.list} less {self.discount}"


Cells = Mapping[str, Any]
"""By column a text, an exact value, None for an optional one that is not there, or a Price."""
Seen = Callable[[EventRow], bool]
"""Whether who asks may know of a sale."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Data with one sale more, or one sale changed. text: as the person wrote it. row: the sale."""

    text: str
    data: Dataset
    row: EventRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one alternative pays a person: plan and period -> due. troubles: why it is not counted
    or cannot be computed. waiting: plan -> what is still held back after the last of the periods.
    credited: whom the sale is counted for; None where no sale is supposed.
    """

    text: str
    due: Mapping[tuple[str, Period], Fraction]
    troubles: tuple[str, ...]
    waiting: Mapping[str, Fraction]
    credited: frozenset[str] | None = None

    @property
    def total(self) -> Fraction:
        """All of it."""
        return sum(self.due.values(), Fraction(0))


def cells(text: str, option: str) -> dict[str, str]:
    """`net=90_000 date=2026-03-20` as cells by column; values with blanks stand in quotes."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise WrongUse(f"a quote is not closed in `{option} {text}`") from None
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            help = f"write fields with their values: `{option} 'net=90_000 date=2026-03-20'`"
            raise WrongUse(f"`{word}` is not a field with its value", help)
        if name in found:
            raise WrongUse(f"`{name}` is there twice in `{option} {text}`", "keep the one meant")
        found[name] = _GROUPED.sub("", value)
    return found


def event_of(texts: Texts, plans: Sequence[str], named: str | None, meant: Meant) -> Event:
    """The event that is meant: the one named, the only one that the plans count, or the only one
    that fits. Raises WrongUse."""
    program = texts.model.program
    counted = [program.plans[p].event for p in plans]
    events = [program.events[e] for e in dict.fromkeys(counted) if e is not None]
    if named is not None:
        found = [e for e in events if named in (e.name, e.short)]
        if found:
            return found[0]
        near = nearest(named, [e.short for e in events])
        help = f"did you mean `{near}`?" if near else _listed(events)
        raise WrongUse(f"no plan counts an event `{named}`", help)
    fitting = events if len(events) == 1 else _fitting(texts, plans, events, meant)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        fields = ", ".join(f"`{name}`" for name in meant.fields)
        said = f"no event of the plans has {f'a row `{meant.id}` and ' if meant.id else ''}{fields}"
        raise WrongUse(said, f"say which is meant with `--event`: {_listed(events)}")
    names = [f"`--event {e.short}`" for e in fitting]
    raise WrongUse("the plans count several events that fit", f"say which: {' or '.join(names)}")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a person said of an event that he did not name. id: of one that is changed."""

    data: Dataset
    person: str
    id: str | None
    fields: Sequence[str]


def _fitting(
    texts: Texts, plans: Sequence[str], events: Sequence[Event], meant: Meant
) -> list[Event]:
    """The events that have these fields and this row; of several, those that plans of the person
    count."""
    program = texts.model.program
    found = [
        event
        for event in events
        if {leaf.column for leaf in leaves(event, program)}.issuperset(meant.fields)
        and (meant.id is None or _has(meant.data, event, meant.id))
    ]
    held = {s.position for s in meant.data.people.get(meant.person, ())}
    paying = {program.plans[p].event for p in plans if held.intersection(program.plans[p].pays)}
    return [e for e in found if e.name in paying] or found


def _has(data: Dataset, event: Event, id: str) -> bool:
    return any(row.id == id for row in data.events.get(event.name, ()))


def _listed(events: Iterable[Event]) -> str:
    return ", ".join(f"`{e.short}`" for e in events) or "there are none"


def with_sale(
    texts: Texts, data: Dataset, event: Event, person: str, given: Cells, text: str
) -> Alternative:
    """The data with one sale more; who is credited is the person, where nothing else is said."""
    plans = [p for p in texts.model.program.plans.values() if p.event == event.name]
    whole = {"id": NEW, **_credited(plans, person), **given}
    row = _row(texts, event, whole, data)
    splits = dict(data.splits)
    if any(p.credit is not None and p.credit.to == "splits" for p in plans):
        of_event = {**splits.get(event.name, {}), row.id: (Share(person, Fraction(1)),)}
        splits[event.name] = of_event
    rows = (*data.events.get(event.name, ()), row)
    return Alternative(
        text, replace(data, events={**data.events, event.name: rows}, splits=splits), row
    )


def concerning(texts: Texts, data: Dataset, event: Event, person: str) -> Seen:
    """Which sales are a person's to know: those that name him, that he has a share of, or whose key
    he owned at some time."""
    program = texts.model.program
    named = [leaf.path for leaf in leaves(event, program) if leaf.kind == "person"]
    plans = [p.credit for p in program.plans.values() if p.event == event.name]
    keys = [c.field for c in plans if c is not None and c.to == "owner" and c.field is not None]
    shares = data.splits.get(event.name, {})

    def seen(row: EventRow) -> bool:
        owners = [o for path in keys for o in data.owners.get(str(_at(row.facts, path)), ())]
        people = {*(s.person for s in shares.get(row.id, ())), *(o.person for o in owners)}
        return person in people or any(_at(row.facts, path) == person for path in named)

    return seen


def _at(facts: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = facts
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def with_change(
    texts: Texts,
    data: Dataset,
    event: Event,
    id: str,
    given: Cells,
    text: str,
    seen: Seen = lambda row: True,
) -> Alternative:
    """The data with one sale changed; an empty value takes an optional one away. seen: one that may
    not be known is not there."""
    rows = data.events.get(event.name, ())
    old = next((r for r in rows if r.id == id and seen(r)), None)
    if old is None:
        near = nearest(id, [r.id for r in rows if seen(r)])
        help = f"did you mean `{near}`?" if near else None
        raise WrongUse(f"there is no {event.short} `{id}` in the data", help)
    if given.get("id", id) != id:
        help = "what has another id is one sale more"
        raise WrongUse(f"a change of `{id}` keeps its id", help)
    fresh = _read(texts, event, {"id": id, **given}, partial=True)
    row = replace(old, facts=_merged(old.facts, fresh, [name.split(".") for name in given]))
    changed = tuple(row if r is old else r for r in rows)
    return Alternative(text, replace(data, events={**data.events, event.name: changed}), row)


def _merged(
    old: Mapping[str, Any], new: Mapping[str, Any], paths: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """The old facts with those at some paths taken from the new ones."""
    found = dict(old)
    for name in {path[0] for path in paths}:
        below = [path[1:] for path in paths if path[0] == name and len(path) > 1]
        if below and isinstance(found.get(name), Mapping):
            found[name] = _merged(found[name], new.get(name) or {}, below)
        else:
            found[name] = new.get(name)
    return found


def _credited(plans: Iterable[Plan], person: str) -> dict[str, str]:
    """Fields that say who is credited."""
    fields = [p.credit.field for p in plans if p.credit is not None and p.credit.to == "field"]
    return {".".join(path): person for path in fields if path is not None}


def _row(texts: Texts, event: Event, given: Cells, data: Dataset) -> EventRow:
    if any(r.id == given["id"] for r in data.events.get(event.name, ())):
        help = "ask what if it is changed"
        raise WrongUse(f"`{given['id']}` is in the data already", help)
    return EventRow(given["id"], _read(texts, event, given, partial=False), NEW)


def _read(texts: Texts, event: Event, given: Cells, *, partial: bool) -> Mapping[str, Any]:
    """Typed facts of one row; BadFacts with all that is wrong. partial: fields may be left out."""
    known = {leaf.column: leaf for leaf in leaves(event, texts.model.program)}
    problems = [_stray(name, event, known) for name in given if name not in known]
    needed = wanted(texts.model, tuple(texts.model.program.plans)).events.get(event.name, ())
    findings = Findings()
    events = EventReader(event, [tuple(c.split(".")) for c in given], texts.model, findings)
    columns = tuple(c for c in given if c in known)
    cells = [_cell(given[c], known[c], event, texts, problems) for c in columns]
    plain = all(isinstance(cell, str) for cell in cells)
    table = Table(NEW, columns, iter([Chunk([1], [cells], texts=plain)]))
    rows = list(events.rows(table)) if not problems else []
    problems += [Problem(f.column or event.short, f.message) for f in findings.faults]
    if not partial:
        problems += [
            Problem(c, "it is missing, and the plans read it")
            for c, leaf in known.items()
            if _must(leaf, c, given) and leaf.among(needed)
        ]
    if problems:
        raise BadFacts(problems)
    return rows[0].facts


def _cell(value: Any, leaf: Leaf, event: Event, texts: Texts, problems: list[Problem]) -> Any:
    """A cell as data have it; what is wrong with a price is noted."""
    if not isinstance(value, Price):
        return value
    if leaf.type.kind != "money":
        problems.append(Problem(leaf.column, "a list price less a discount is an amount of money"))
        return None
    currency = leaf.type.currency or texts.model.program.policies[event.policy].currency
    found: dict[str, Fraction] = {}
    for part, type in (("list", leaf.type), ("discount", Type("percent"))):
        try:
            found[part] = reader(type, texts.model, currency)(getattr(value, part))
        except Unreadable as fault:
            problems.append(Problem(f"{leaf.column}.{part}", str(fault)))
    if len(found) < 2:
        return None
    cent = Fraction(1, 10 ** currency_places(currency))
    return rounded(found["list"] * (1 - found["discount"]), "half up", cent)


def _must(leaf: Leaf, column: str, given: Cells) -> bool:
    return not leaf.optional and not leaf.within and column not in given and leaf.kind != "id"


def _stray(name: str, event: Event, known: Mapping[str, Leaf]) -> Problem:
    near = nearest(name, known)
    help = f": did you mean `{near}`?" if near else ""
    return Problem(name, f"`{event.short}` has no such field{help}")


def last_period(alternatives: Iterable[Alternative], asked: Period) -> Period:
    """The last period that a date of an alternative lies in, but not before the one asked for."""
    days = [day for a in alternatives for day in _days(a.row.facts)]
    end = asked.start.year + FAR
    if far := [day for day in days if day.year > end]:
        message = f"{max(far)} is too far ahead: periods up to {end} are computed"
        raise WrongUse(message, "leave a date that is not known yet out")
    return max([asked, *(Period.of(asked.kind, day) for day in days)])


def first_period(alternatives: Iterable[Alternative], asked: Period) -> Period:
    """The first period that a date lies in, but not after the one asked for."""
    days = [day for a in alternatives for day in _days(a.row.facts)]
    return min([asked, *(Period.of(asked.kind, day) for day in days)])


def _days(facts: Mapping[str, Any]) -> list[date]:
    """Every date in a row; a record's are of the record."""
    return [value for value in facts.values() if isinstance(value, date)]


def outcome(run: Run, text: str, person: str, since: Period, row: EventRow | None) -> Outcome:
    """What a run pays a person from a period on."""
    every = [s for s in run.statements.values() if s.person == person]
    own = [s for s in every if s.period >= since]
    troubles = [s.fault for s in own if s.fault]
    if row is not None:
        troubles += [f"it is not counted: {u.reason}" for u in run.uncounted if u.event == row.id]
    waiting: dict[str, Fraction] = defaultdict(Fraction)
    for s in every:
        waiting[s.plan] -= s.amounts.get("held") or Fraction(0)
    due = {(s.plan, s.period): _due(s) for s in own}
    credited = None if row is None else _credited_by(run, row)
    return Outcome(text, due, tuple(dict.fromkeys(troubles)), waiting, credited)


def _credited_by(run: Run, row: EventRow) -> frozenset[str]:
    """Whom a run counts a sale for."""
    statements = run.statements.values()
    return frozenset(
        s.person for s in statements if any(line.place == row.place for line in s.lines)
    )


def _due(statement: Statement) -> Fraction:
    return statement.due or Fraction(0)
