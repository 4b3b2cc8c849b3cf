"""How each column enters: as a number on axes, by its value, or by the texts that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.compile.sql_columns import Path


@dataclass(slots=True)
class Uses:
    """exact: paths of numbers that are read by something other than comparisons of sums and
    products. whole: paths of texts that are compared with something else than written texts;
    texts: the written texts."""

    program: Program
    exact: set[Path] = field(default_factory=set)
    whole: set[Path] = field(default_factory=set)
    texts: dict[Path, set[str]] = field(default_factory=dict)

    def add(self, e: x.Expression, *, bent: bool = False) -> None:
        """Look at an expression; `bent`: inside something that has no points."""
        match e:
            case x.Fact():
                (self.exact if bent else self.whole).add(e.path)
                self.whole.add(e.path)
            case x.DefinitionValue():
                self.add(self.program.definitions[e.name].value, bent=bent)
            case x.Compare():
                self._asked(e.left, e.right, bent)
                self._asked(e.right, e.left, bent)
            case x.Contains():
                self._asked(e.item, e.collection, bent)
                self.add(e.collection, bent=bent)
            case x.IsGiven():
                pass
            case _:
                bent = bent or _bends(e, self.program)
                for child in x.children(e):
                    self.add(child, bent=bent)

    def _asked(self, asked: x.Expression, other: x.Expression, bent: bool) -> None:
        if isinstance(asked, x.Fact) and asked.type.kind == "text" and _texts(other) is not None:
            self.texts.setdefault(asked.path, set()).update(_texts(other) or ())
        else:
            self.add(asked, bent=bent)

    def limited(self, path: Path) -> frozenset[str] | None:
        """The written texts that a text is compared with; None where all of it may matter."""
        return None if path in self.whole else frozenset(self.texts.get(path, ()))


def uses(expressions: Iterable[x.Expression], program: Program) -> Uses:
    """How the facts of some expressions are used."""
    found = Uses(program)
    for e in expressions:
        found.add(e)
    return found


def _texts(e: x.Expression) -> frozenset[str] | None:
    """The texts of a constant."""
    if not isinstance(e, x.Constant):
        return None
    values = e.value if isinstance(e.value, frozenset) else {e.value}
    return frozenset(v for v in values if isinstance(v, str))


def _bends(e: x.Expression, program: Program) -> bool:
    match e:
        case x.Round() | x.PeriodEdge() | x.AddToDate() | x.DateDifference(unit="months"):
            return True
        case x.TableLookup():
            return program.tables[e.name].hit == "collect"
    return False


def hangs_on_the_day(e: x.Expression, program: Program) -> bool:
    """True when a value that is dated in the text, or may be, enters an expression."""
    match e:
        case x.ParameterValue() | x.Exchanged() | x.TableLookup():
            return True
        case x.DefinitionValue():
            return hangs_on_the_day(program.definitions[e.name].value, program)
    return any(hangs_on_the_day(c, program) for c in x.children(e))


def nested(values: Mapping[Path, object]) -> dict[str, object]:
    """Values by path as objects in objects."""
    tree: dict[str, object] = {}
    for path, value in values.items():
        at = tree
        for step in path[:-1]:
            inner = at.setdefault(step, {})
            if not isinstance(inner, dict):
                raise TypeError(f"`{'.'.join(path)}` leads through a value")
            at = inner
        at[path[-1]] = value
    return tree
