"""Tables and bands: exactly one row for every input, on every day from today on.

Where the cells are constants the checker has proved it before there was a program, and faults are
errors. Where a cell depends on a parameter, it is a constant on every single day: the same proof
is made once for each time in which the values it depends on stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.expressions import BandLookup, Constant, Expression, walk
from remit_dsl.program import DatedValue, Program, Table
from remit_dsl.scope.qualified import short
from remit_dsl.tables.proof import TooMany, missing, overlaps, witness
from remit_engine.analysis.answer import About, Answer, proven, refuted, unknown
from remit_engine.analysis.cells import Cells, cells
from remit_engine.analysis.dependents import dated, rate_name, read_name, readers
from remit_engine.analysis.scope import Scope
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.rules.ir import Model

NAME = "tables"
_FAULTS = frozenset({"E0421", "E0422"})
_UNSETTLED = frozenset({"W0508", "W0511"})


def tables(model: Model, scope: Scope) -> Iterator[Answer]:
    """For every table but those that collect, and all bands whose ends depend on other values."""
    for table in model.program.tables.values():
        if table.hit != "collect":
            yield _table(table, model, scope)
    for reader, e in readers(model):
        for part in walk(e):
            if isinstance(part, BandLookup) and not _constant(r.bound for r in part.rows):
                yield _bands(part, About(name=reader.name), model, scope)


def table_faults(diagnostics: Iterable[Diagnostic]) -> list[Answer]:
    """What the checker found in tables of a policy that is no program yet, as answers."""
    found = []
    for d in diagnostics:
        if d.code in _FAULTS:
            found.append(refuted(NAME, About(), d))
        elif d.code in _UNSETTLED:
            found.append(unknown(NAME, About(), d, d.message))
    return found


def _constant(cells: Iterable[Expression | None]) -> bool:
    return all(c is None or isinstance(c, Constant) for c in cells)


# --- tables --------------------------------------------------------------------------------


def _table(table: Table, model: Model, scope: Scope) -> Answer:
    about = About(name=table.name)
    parts = [e for row in table.rows for c in row.conditions for e in walk(c)]
    if table.hit == "unique" and not any(read_name(e) for e in parts):
        return proven(NAME, about)
    days = _days(parts, model.program, scope)
    if len(days) * len(table.rows) > scope.steps:
        why = f"its values change on {len(days) - 1} days, and it has {len(table.rows)} rows"
        return unknown(NAME, about, _unsettled(table), why)
    settled = False
    for day in days:
        reading = cells(table, _environment(model, scope, day))
        if reading is None:
            continue
        settled = True
        try:
            finding = _broken(table, reading, day if day > scope.today else None)
        except TooMany:
            why = "its rows overlap in too many ways to look at all of them"
            return unknown(NAME, about, _unsettled(table), why)
        if finding:
            return refuted(NAME, about, finding)
    if settled:
        return proven(NAME, about)
    return unknown(NAME, about, _unsettled(table), "a value its cells depend on is not set")


def _broken(table: Table, reading: Cells, since: date | None) -> Diagnostic | None:
    """Two rows that hold together, or an input without a row."""
    columns, rows = reading.columns(), table.rows
    when = f"from {since} on " if since else ""
    pairs = overlaps(columns, len(rows)) if table.hit == "unique" else []
    if pairs:
        first, second = pairs[0]
        shared = witness(table.columns, columns, [c.shared(first, second) for c in columns])
        return Diagnostic(
            rows[second].span,
            "W0817",
            f"{when}this row and the row on line {rows[first].span.line} both hold for {shared}",
            "narrow one of them, or write `first` after the type the table gives",
            (Related(rows[first].span, "the other row"),),
        )
    chosen = missing(columns, len(rows), table.hit)
    if chosen is None:
        return None
    without = witness(table.columns, columns, chosen)
    message = f"{when}table `{short(table.name)}` has no row for {without}"
    return Diagnostic(table.span, "W0817", message, "add a row for it")


def _unsettled(table: Table) -> Diagnostic:
    claim = (
        "no two rows overlap and none is missing" if table.hit == "unique" else "none is missing"
    )
    return Diagnostic(
        table.span,
        "W0815",
        f"for table `{short(table.name)}` it could not be settled that {claim}",
        "write constants in the cells, or split the table into two",
    )


# --- bands ---------------------------------------------------------------------------------


def _bands(bands: BandLookup, about: About, model: Model, scope: Scope) -> Answer:
    """Bands leave nothing out; one that ends below an earlier one is never reached."""
    ends = [row.bound for row in bands.rows if row.bound is not None]
    parts = [part for e in ends for part in walk(e)]
    for day in _days(parts, model.program, scope):
        env = _environment(model, scope, day)
        reached = [(r, evaluate(r.bound, env)) for r in bands.rows if r.bound is not None]
        known = [(r, value) for r, value in reached if not isinstance(value, Unknown)]
        for (one, a), (two, b) in pairwise(known):
            if (a, one.side == "up to") < (b, two.side == "up to"):
                continue
            when = f"from {day} on " if day > scope.today else ""
            finding = Diagnostic(
                two.bound.span if two.bound else bands.span,
                "W0817",
                f"{when}this band is never reached",
                "see that each band ends higher than the one before",
                (Related(one.bound.span, "this one ends no lower"),) if one.bound else (),
            )
            return refuted(NAME, about, finding)
    return proven(NAME, about)


# --- days ----------------------------------------------------------------------------------


def _days(parts: Iterable[Expression], program: Program, scope: Scope) -> list[date]:
    """Today, and every later day on which a value changes that these read, through others too."""
    found = {scope.today}
    seen: set[str] = set()
    todo = list(parts)
    while todo:
        name = read_name(todo.pop())
        if name is None or name in seen:
            continue
        seen.add(name)
        for value, period in dated(_dated(name, program)):
            found |= {day for day in period if day is not None and day > scope.today}
            todo.extend(walk(value.value) if value.value is not None else ())
        todo.extend(part for e in _read(name, program) for part in walk(e))
    return sorted(found)


def _dated(name: str, program: Program) -> tuple[DatedValue, ...]:
    if name in program.parameters:
        return program.parameters[name].values
    rates = {rate_name(*pair): exchange.values for pair, exchange in program.exchanges.items()}
    return rates.get(name, ())


def _read(name: str, program: Program) -> Iterator[Expression]:
    if name in program.definitions:
        yield program.definitions[name].value
    if name in program.tables:
        for row in program.tables[name].rows:
            yield from (*row.conditions, row.value)


def _environment(model: Model, scope: Scope, day: date) -> Environment:
    return Environment(model, day, {}, scope.directory.within, {})
