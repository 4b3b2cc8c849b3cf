"""What the value of an expression hangs on, so that only what changed is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from remit_dsl import expressions as x
from remit_dsl.program import DatedValue, Program

E = TypeVar("E")
COUNT, SEQUENCE = "#count", "#sequence"
"""The roots of what is computed: no field can be called so."""
_COMPUTED = {"count": COUNT, "sequence": SEQUENCE}


@dataclass(frozen=True, slots=True)
class Reads:
    """roots: names of facts. counted: ids of counts and sequences. daily: today itself. people:
    positions and units of people, which have days. days: on which dated values change."""

    roots: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    daily: bool = False
    people: bool = False
    days: frozenset[int] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.roots | other.roots,
            self.counted | other.counted,
            self.daily or other.daily,
            self.people or other.people,
            self.days | other.days,
        )

    @property
    def timeless(self) -> bool:
        """Whether it changes with the facts alone, and never with the day."""
        return not (self.daily or self.people or self.days)


def renamed(e: E, ids: frozenset[str]) -> E:
    """The expression with counts and sequences of these ids under roots of their own."""
    if isinstance(e, tuple):
        return tuple(renamed(item, ids) for item in e)  # type: ignore[return-value]
    if isinstance(e, x.Fact):
        known = len(e.path) == 2 and e.path[0] in _COMPUTED and e.path[1] in ids
        return replace(e, path=(_COMPUTED[e.path[0]], e.path[1])) if known else e
    if not isinstance(e, x.Expression | x.BandRow) or not is_dataclass(e):
        return e
    inner = {f.name: getattr(e, f.name) for f in fields(e)}
    return type(e)(**{name: renamed(value, ids) for name, value in inner.items()})


def reads(e: x.Expression | None, program: Program) -> Reads:
    """Everything an expression hangs on, through definitions, parameters, rates and tables."""
    found = Reads()
    seen: set[str] = set()
    todo: list[x.Expression] = [] if e is None else [e]
    while todo:
        at = todo.pop()
        found |= _own(at)
        todo += x.children(at)
        for name, inner in _named(at, program):
            if name not in seen:
                seen.add(name)
                if isinstance(inner, DatedValue):
                    found |= Reads(days=_days(inner))
                    todo += [] if inner.value is None else [inner.value]
                else:
                    todo.append(inner)
    return found


def _own(e: x.Expression) -> Reads:
    match e:
        case x.Fact(path=("as_of",)):
            return Reads(daily=True)
        case x.Fact(path=(root, id)) if root in (COUNT, SEQUENCE):
            return Reads(counted=frozenset({id}))
        case x.Fact(path=path):
            return Reads(roots=frozenset({path[0]}), people=_of_person(path))
        case x.Variable(path=path):
            return Reads(people=_of_person(("", *path)))
        case x.ReportsTo() | x.HoldsPosition():
            return Reads(people=True)
    return Reads()


def _of_person(path: tuple[str, ...]) -> bool:
    return not {"position", "unit"}.isdisjoint(path[1:])


def _named(e: x.Expression, program: Program) -> Iterator[tuple[str, x.Expression | DatedValue]]:
    """What stands behind a name, each part with a name of its own."""
    match e:
        case x.DefinitionValue(name=name):
            yield f"define {name}", program.definitions[name].value
        case x.ParameterValue(name=name):
            for n, value in enumerate(program.parameters[name].values):
                yield f"parameter {name} {n}", value
        case x.Exchanged(base=base, quote=quote):
            exchange = program.exchanges.get((base, quote))
            for n, value in enumerate(exchange.values if exchange else ()):
                yield f"exchange {base} {quote} {n}", value
        case x.TableLookup(name=name):
            for n, row in enumerate(program.tables[name].rows):
                for m, inner in enumerate((*row.conditions, row.value)):
                    yield f"table {name} {n} {m}", inner


def _days(value: DatedValue) -> frozenset[int]:
    return frozenset(d.toordinal() for d in (value.start, value.until) if d is not None)


def of_each(parts: Any, program: Program) -> Reads:
    """All of them together."""
    found = Reads()
    for part in parts:
        found |= reads(part, program)
    return found
