"""Which rules, table rows and boundaries of the policies the cases have tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from remit_dsl.source import Span
from remit_engine.engine import Engine
from remit_engine.request import Request
from remit_engine.suite.boundaries import Boundary, boundaries, measured, reach_of
from remit_engine.suite.comparison import TOOK_PART
from remit_engine.suite.reached_rows import reached_rows
from remit_engine.suite.runner import CaseResult


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """A rule with every role it had in some answer: grants, forbids, requires, exceeded, unset."""

    id: str
    span: Span
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class RowCoverage:
    """A row of a table (counted from 1), and whether a case reached it."""

    table: str
    row: int
    span: Span
    reached: bool


@dataclass(frozen=True, slots=True)
class BoundaryCoverage:
    """A limit of known value, and whether cases are exactly at it and just beyond."""

    boundary: Boundary
    at: bool
    beyond: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was tried of one program."""

    rules: tuple[RuleCoverage, ...]
    rows: tuple[RowCoverage, ...]
    boundaries: tuple[BoundaryCoverage, ...]

    def summary(self) -> str:
        """How much was tried: `rules 12 of 14, table rows 3 of 3, boundaries 7 of 20`."""
        edges = [tried for b in self.boundaries for tried in (b.at, b.beyond)]
        shares = (
            ("rules", [bool(r.roles) for r in self.rules]),
            ("table rows", [r.reached for r in self.rows]),
            ("boundaries", edges),
        )
        return ", ".join(f"{what} {sum(done)} of {len(done)}" for what, done in shares)

    def uncovered(self) -> list[str]:
        """A sentence for everything that no case has tried."""
        return [
            *(f"rule `{r.id}` ({_place(r.span)}) never decided" for r in self.rules if not r.roles),
            *(
                f"row {r.row} of table `{r.table}` ({_place(r.span)}) was never reached"
                for r in self.rows
                if not r.reached
            ),
            *(text for b in self.boundaries for text in _untried(b)),
        ]


def _place(span: Span) -> str:
    return f"{span.file}:{span.line}"


def _untried(b: BoundaryCoverage) -> Iterator[str]:
    edge = b.boundary
    rule = f"rule `{edge.rule}` ({_place(edge.span)}) was never tried"
    limit = f"{edge.text} of `{edge.total}`" if edge.total else edge.text
    if not b.at:
        yield f"{rule} at {limit}"
    if not b.beyond:
        yield f"{rule} just {edge.side} {limit}"


@dataclass(slots=True)
class _Tried:
    roles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rows: set[int] = field(default_factory=set)
    edges: dict[Boundary, None] = field(default_factory=dict)
    at: set[Boundary] = field(default_factory=set)
    beyond: set[Boundary] = field(default_factory=set)


def coverage(engine: Engine, results: Iterable[CaseResult]) -> Coverage:
    """The coverage of the engine's program by all results, of one suite or of several."""
    tried = _Tried()
    for result in results:
        for rule in result.decision.rules if result.decision else ():
            if rule.role in TOOK_PART:
                tried.roles[rule.id].add(rule.role)
        if result.request is not None:
            tried.rows |= {id(row) for row in reached_rows(result.request, engine)}
            _try_edges(result.request, engine, tried)
    return Coverage(
        rules=tuple(
            RuleCoverage(r.id, r.span, frozenset(tried.roles.get(r.id, ())))
            for r in engine.model.rules
        ),
        rows=tuple(_rows(engine, tried.rows)),
        boundaries=tuple(
            BoundaryCoverage(edge, edge in tried.at, edge in tried.beyond)
            for edge in sorted(tried.edges, key=lambda e: (e.span, e.value))
        ),
    )


def _rows(engine: Engine, reached: set[int]) -> Iterator[RowCoverage]:
    for name, table in engine.model.program.tables.items():
        for number, row in enumerate(table.rows, 1):
            yield RowCoverage(name, number, row.span, id(row) in reached)


def _try_edges(request: Request, engine: Engine, tried: _Tried) -> None:
    for edge in boundaries(request, engine):
        tried.edges.setdefault(edge, None)
        if not reach_of(edge, request, engine):
            continue
        measure = measured(edge, request, engine)
        if measure == edge.value:
            tried.at.add(edge)
        elif measure is not None and edge.just_beyond(measure):
            tried.beyond.add(edge)
