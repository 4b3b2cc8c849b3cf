"""Subjects of a watch made up to show what two conditions have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.types import Type
from remit_engine.judging.evaluate import Environment, evaluate, truth
from remit_engine.rules.ir import Model
from remit_engine.text import value_text

_MOST, _MOST_OF_ONE = 5_000, 16
_WHOLE = frozenset({"integer", "days", "months"})
_WHOLE_AMOUNT = Fraction(100)

Path = tuple[str, ...]
_Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """facts: of a subject for which both are true, in words. whole: none was found for which the
    first is true and the second is not."""

    facts: str
    whole: bool


def shared(
    first: x.Expression, second: x.Expression, alike: Mapping[str, str], model: Model, today: date
) -> Shared | None:
    """A subject where the first becomes true by a change of one fact while the second is true and
    stays so; None where none is found, or where the second reads something that the first does not.

    alike: counts by the first that is the same.
    """
    facts = _facts((first,), alike, model)
    if not _facts((second,), alike, model).keys() <= facts.keys():
        return None
    constants = list(_constants((first, second), model, today))
    values = [_values(fact.type, constants, model, today) for fact in facts.values()]
    said: dict[_Place, tuple[bool, bool]] = {}
    for place in islice(product(*(range(len(v)) for v in values)), _MOST):
        given = dict(zip(facts, (v[i] for v, i in zip(values, place, strict=True)), strict=True))
        env = Environment(model, today, _nested(given, alike, today), _nobody, {})
        said[place] = (truth(first, env) is True, truth(second, env) is True)
    found = [
        [v[i] for v, i in zip(values, p, strict=True)]
        for p in said
        if said[p] == (True, True) and _turns(p, said)
    ]
    if not found:
        return None
    plainest = max(found, key=_roundness)
    given = dict(zip(facts, plainest, strict=True))
    return Shared(_in_words(given, facts), (True, False) not in said.values())


def _roundness(some: list[Any]) -> int:
    return some.count(_WHOLE_AMOUNT)


def _turns(place: _Place, said: Mapping[_Place, tuple[bool, bool]]) -> bool:
    """True when beside a place, by one fact, the first is false and the second is true too."""
    return any(
        said.get((*place[:i], place[i] + step, *place[i + 1 :])) == (False, True)
        for i in range(len(place))
        for step in (-1, 1)
    )


def _nobody(above: str | None, below: str | None) -> bool:
    return False


def _leaves(whole: Iterable[x.Expression], model: Model) -> Iterator[x.Expression]:
    """Every part of some expressions, with what their definitions are made of."""
    queue = list(whole)
    while queue:
        e = queue.pop(0)
        yield e
        queue.extend(x.children(e))
        if isinstance(e, x.DefinitionValue):
            queue.append(model.program.definitions[e.name].value)


def _facts(
    whole: Sequence[x.Expression], alike: Mapping[str, str], model: Model
) -> dict[Path, x.Fact]:
    found: dict[Path, x.Fact] = {}
    for e in _leaves(whole, model):
        if isinstance(e, x.Fact) and e.path != ("as_of",):
            found.setdefault(_known(e.path, alike), e)
    return found


def _known(path: Path, alike: Mapping[str, str]) -> Path:
    return (path[0], alike.get(path[1], path[1])) if len(path) == 2 and path[0] == "count" else path


def _constants(whole: Sequence[x.Expression], model: Model, today: date) -> Iterator[x.Constant]:
    env = Environment(model, today, {}, _nobody, {})
    for e in _leaves(whole, model):
        if isinstance(e, x.Constant):
            yield e
        elif isinstance(e, x.ParameterValue):
            value = evaluate(e, env)
            if isinstance(value, Fraction | date | str | bool):
                yield x.Constant(e.span, e.type, value)


def _values(type: Type, numbers: Sequence[x.Constant], model: Model, today: date) -> list[Any]:
    """Values of a type beside and between the constants; of a kind not known here there is none."""
    if type.kind == "boolean":
        return [True, False]
    if type.kind == "enum":
        return list(model.program.enums[type.name or ""].members)[:_MOST_OF_ONE]
    if type.kind == "text":
        texts = [c.value for c in numbers if c.type.kind == "text"]
        return list(dict.fromkeys([*texts, "another"]))
    if type.kind == "date":
        days = [c.value for c in numbers if isinstance(c.value, date)]
        near = {today, *(d + timedelta(n) for d in days for n in (-1, 0, 1))}
        return sorted(near)[:_MOST_OF_ONE]
    return _amounts(type, numbers) if type.numeric else []


def _amounts(type: Type, numbers: Sequence[x.Constant]) -> list[Fraction]:
    marks = {_WHOLE_AMOUNT}
    for c in numbers:
        if isinstance(c.value, Fraction):
            of_whole = c.type.kind == "percent" and type.kind not in ("percent", "number")
            marks.add(c.value * _WHOLE_AMOUNT if of_whole else c.value)
    line = sorted(marks)
    between = [(a + b) / 2 for a, b in pairwise(line)]
    found = {*line, *between, line[0] - 1, line[-1] + 1}
    if type.kind in _WHOLE:
        found = {Fraction(round(v)) for v in found}
    nearest = sorted(found, key=lambda v: (v < 0, v != _WHOLE_AMOUNT, v))
    return sorted(nearest[:_MOST_OF_ONE])


def _nested(given: Mapping[Path, Any], alike: Mapping[str, str], today: date) -> dict[str, Any]:
    """The facts as an environment holds them, with every count that is the same as another."""
    facts: dict[str, Any] = {"as_of": today}
    for path, value in given.items():
        at = facts
        for step in path[:-1]:
            at = at.setdefault(step, {})
        at[path[-1]] = value
    counts = facts.get("count", {})
    counts.update({id: counts[one] for id, one in alike.items() if one in counts})
    return facts


def _in_words(given: Mapping[Path, Any], facts: Mapping[Path, x.Fact]) -> str:
    parts = (
        f"{'the count' if path[0] == 'count' else '.'.join(path)} = "
        f"{value_text(value, facts[path].type)}"
        for path, value in given.items()
    )
    return ", ".join(parts)
