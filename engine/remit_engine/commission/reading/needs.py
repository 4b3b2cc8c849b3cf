"""What the plans of a program read: events, their fields, attributes of people, other tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from remit_dsl.expressions import DefinitionValue, Fact, TableLookup
from remit_dsl.pay import Allocation, Followed, Plan, Scale
from remit_dsl.program import Program

Path = tuple[str, ...]


@dataclass(slots=True)
class Needs:
    """events: by qualified name the paths of the fields read. people: the attributes read.

    managers: whether it matters who reports to whom. tables: `credits`, `owners`, … that are read.
    """

    events: dict[str, set[Path]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    managers: bool = False
    tables: set[str] = field(default_factory=set)

    def event(self, name: str, *paths: Path | None) -> None:
        """Note what is read of an event."""
        known = self.events.setdefault(name, {("id",)})
        known.update(p for p in paths if p is not None)


def needs(program: Program) -> Needs:
    """What all plans, scorecards and allocations of a program read."""
    found = Needs()
    for plan in program.plans.values():
        _plan(plan, program, found)
    for card in program.scorecards.values():
        _people(card, program, found)
        if any(item.value is None for item in card.items):
            found.tables.add("measures")
    for allocation in program.allocations.values():
        _allocation(allocation, program, found)
    return found


def _plan(plan: Plan, program: Program, found: Needs) -> None:
    _people(plan, program, found)
    if plan.base is not None:
        found.managers = True
    if plan.quota is not None and plan.quota.source == "targets":
        found.tables.add("targets")
    if plan.pool is not None and plan.pool.group is not None:
        found.people.add(plan.pool.group[1][0])
    if plan.event is None:
        return
    declared = program.events[plan.event].fields
    read = {f.path for f in _facts(plan, program) if f.path and f.path[0] in declared}
    found.event(plan.event, *read, *_named(plan))
    if plan.credit is not None and plan.credit.to in ("owner", "splits"):
        found.tables.add("owners" if plan.credit.to == "owner" else "credits")
    for followed in (n for n in nodes(plan) if isinstance(n, Followed)):
        link, amount, day = (followed.link,), (followed.amount,), (followed.date,)
        found.event(followed.event, link, amount, day)


def _named(plan: Plan) -> Iterator[Path]:
    """The fields that a plan names outside expressions."""
    if plan.by is not None:
        yield (plan.by,)
    if plan.credit is not None:
        if plan.credit.field is not None:
            yield plan.credit.field
        if plan.credit.on is not None:
            yield (plan.credit.on,)
    if plan.hold is not None and plan.hold.field is not None:
        yield (plan.hold.field,)
    for reversal in plan.reversals:
        yield from ((name,) for name in (reversal.field, reversal.of) if name is not None)
    for scale in (n for n in nodes(plan) if isinstance(n, Scale)):
        if scale.over not in ("period", "line", "quarter to date", "year to date"):
            yield tuple(scale.over.split("."))
    if plan.pool is not None and plan.pool.group is not None:
        yield tuple(plan.pool.group[0].split("."))


def _allocation(allocation: Allocation, program: Program, found: Needs) -> None:
    _people(allocation, program, found)
    for dimension in allocation.dimensions:
        if dimension.within:
            found.people.add(dimension.within[0])


def _people(node: Any, program: Program, found: Needs) -> None:
    for fact in _facts(node, program):
        if fact.path[:1] == ("payee",) and len(fact.path) > 1:
            found.people.add(fact.path[1])


def _facts(node: Any, program: Program) -> Iterator[Fact]:
    """Every fact that a node reads, by itself or through definitions and tables."""
    seen: set[str] = set()
    pending = [node]
    while pending:
        for part in nodes(pending.pop()):
            if isinstance(part, Fact):
                yield part
            elif isinstance(part, DefinitionValue | TableLookup) and part.name not in seen:
                seen.add(part.name)
                is_table = isinstance(part, TableLookup)
                pending.append(
                    program.tables[part.name] if is_table else program.definitions[part.name]
                )


def nodes(node: Any) -> Iterator[Any]:
    """A node of the program and all below it."""
    pending = [node]
    while pending:
        at = pending.pop()
        if is_dataclass(at):
            yield at
            pending += [getattr(at, f.name) for f in fields(at)]
        elif isinstance(at, tuple | list):
            pending += at
        elif isinstance(at, dict):
            pending += at.values()
