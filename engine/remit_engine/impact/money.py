"""Which money is involved in a request: one fact for each action, named in the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from remit_dsl.expressions import Expression, Fact
from remit_dsl.program import Field
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person

DEEPEST = 4
"""So many records inside one another are looked into for money."""


MEASURE = "the measure"


@dataclass(frozen=True, slots=True)
class MoneyFact:
    """A fact of type money by its path, and its currency; or, with an empty path, the measure of
    the action where that is computed."""

    path: tuple[str, ...]
    currency: str | None
    measure: Expression | None = None

    def __str__(self) -> str:
        return ".".join(self.path) or MEASURE


def money_facts(action: str, model: Model) -> tuple[MoneyFact, ...]:
    """Every money fact of an action, its own fields before those of records, as declared."""
    return tuple(_money(model.program.actions[action].fields, model))


def money_fact(action: str, model: Model, wanted: str | None = None) -> MoneyFact | None:
    """The fact whose amounts are added up: the one wanted, else what the limits measure where that
    is money, else the first money fact of the action."""
    found = money_facts(action, model)
    if wanted is not None:
        return next((fact for fact in found if str(fact) == wanted), None)
    measure = model.program.actions[action].measure
    if measure is not None and measure.value.type.kind == "money":
        value = measure.value
        if isinstance(value, Fact):
            return MoneyFact(value.path, value.type.currency)
        return MoneyFact((), value.type.currency, value)
    return found[0] if found else None


def money_of(
    fact: MoneyFact | None, request: Request, model: Model, directory: Directory
) -> Fraction | None:
    """The amount in a request; None where it does not say."""
    if fact is None:
        return None
    if fact.measure is not None:
        facts = {**request.facts, "actor": request.actor, "as_of": request.as_of}
        if request.requester is not None:
            facts["requester"] = request.requester
        env = Environment(model, request.as_of, facts, directory.within, variables={})
        value = evaluate(fact.measure, env)
    else:
        value = request.facts
        for step in fact.path:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, Fraction) else None


def _money(fields: Mapping[str, Field], model: Model) -> Iterator[MoneyFact]:
    """Breadth first, so that what is nearest to the action comes first."""
    level: list[tuple[tuple[str, ...], Field]] = [((name,), f) for name, f in fields.items()]
    for _ in range(DEEPEST):
        yield from (MoneyFact(p, f.type.currency) for p, f in level if f.type.kind == "money")
        level = list(_below(level, model))


def _below(
    level: Iterable[tuple[tuple[str, ...], Field]], model: Model
) -> Iterator[tuple[tuple[str, ...], Field]]:
    for path, field in level:
        record = model.program.records.get(field.type.name or "")
        if field.type.kind == "record" and record is not None and not is_person(field.type):
            yield from (((*path, name), inner) for name, inner in record.fields.items())
