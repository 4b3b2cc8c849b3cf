"""A watcher over a few lines of policy, told in short words, and what it says in shorter ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from dsl.expect import check
from remit_dsl.program import Program
from remit_engine.people.directory import DatedHolding, Directory, Person
from remit_engine.watch.alert import Happening
from remit_engine.watch.watcher import Told, Watcher

HEAD = """
policy w { owner board  currency CNY }
enum Region { east west }
enum ReportKind { daily_report monthly_report }
position board
position sales_director { reports to board }
position sales_manager { reports to sales_director }
record Person { territory: set of Region }
record Customer { id: text  region: Region  exposure: money  credit_line: money  note: text optional }
event Invoice { id: text  date: date  due: date  paid_by: date optional  customer: Customer  amount: money }
event Payment { id: text  date: date  invoice: Invoice  amount: money }
event Return { id: text  date: date  customer: Customer  product: text  amount: money optional }
event Complaint { id: text  date: date  customer: Customer }
event Sale { id: text  date: date  seller: Person  ship_to: Region  account: Customer }
event Report { id: text  date: date  author: Person  kind: ReportKind optional }
action credit_release { customer: Customer  amount: money  limit on amount }
authority credit_release { sales_director may approve any }
"""  # noqa: E501


def day(text: str) -> date:
    """`03-05` is a day of 2026."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def held(position: str, start: str | None = None, until: str | None = None) -> DatedHolding:
    return DatedHolding(
        f"w.{position}", start=(start and day(start)) or None, until=(until and day(until)) or None
    )


def people(**holdings: Iterable[DatedHolding]) -> Directory:
    known = {id: Person(id, id.title(), {}, tuple(h)) for id, h in holdings.items()}
    return Directory("staff", known)


def watcher(
    text: str, directory: Directory | None = None, head: str = HEAD, **more: Any
) -> Watcher:
    return Watcher(program_of(head + text), directory or Directory.empty(), **more)


@cache
def program_of(text: str) -> Program:
    """The program of a text without a fault."""
    return check(text).fine().program


def on_customer(*rules: str, **more: Any) -> Watcher:
    return watcher("watch c on Customer {\n" + "\n".join(rules) + "\n}\n", **more)


_numbers = iter(range(1, 1_000_000))


def seen(on: str, id: str = "c-1", **facts: Any) -> dict[str, Any]:
    """An observation of a customer."""
    number = next(_numbers)
    when = day(on).isoformat()
    return {"kind": "Customer", "id": id, "entry": f"o{number}", "on": when, "facts": facts}


def row(kind: str, on: str, id: str | None = None, **fields: Any) -> dict[str, Any]:
    """An event; of a customer `c-1` where it has one."""
    if kind in ("Return", "Complaint", "Invoice") and "customer" not in fields:
        fields["customer"] = "c-1"
    found = {
        name: {"id": value} if name in ("customer", "account") else value
        for name, value in fields.items()
    }
    if kind == "Return":
        found = {"product": "p", **found}
    id = id or f"{kind[0].lower()}{next(_numbers)}"
    return {"kind": kind, "id": id, "date": day(on).isoformat(), **found}


def short(happenings: Iterable[Happening]) -> list[str]:
    """`2026-03-01 begun c.1 c-1`: the day told, and that of the alert where it is another."""
    found = []
    for h in happenings:
        a = h.alert
        when = a.began if h.turn != "cleared" else a.cleared
        of = "" if when == h.told else f" of {when:%m-%d}"
        row = "" if a.row is None else f"/{a.row}"
        late = " late" if a.late and h.turn == "begun" else ""
        found.append(f"{h.told:%m-%d} {h.turn}{late} {a.rule[2:]} {a.subject}{row}{of}")
    return found


def standing(watcher: Watcher) -> list[str]:
    """`1 c-1 03-01..03-05`: every alert with its days."""
    return [
        f"{a.rule[2:]} {a.subject}{'' if a.row is None else f'/{a.row}'} {a.began:%m-%d}.."
        + ("" if a.cleared is None else f"{a.cleared:%m-%d}")
        for a in watcher.alerts
    ]


def tell(watcher: Watcher, today: str, *entries: Mapping[str, Any]) -> list[str]:
    """What happens; every entry has to be taken."""
    told = watcher.tell(entries, day(today))
    assert [t.refused for t in told.taken if t.refused] == []
    return short(told.happenings)


def refusal(told: Told) -> list[str]:
    """`status: path: message` of each entry."""
    found = []
    for t in told.taken:
        problems = t.refused.problems if t.refused else ()
        found += [f"{t.refused.code}: {p.path}: {p.message}" for p in problems if t.refused]
    return found
