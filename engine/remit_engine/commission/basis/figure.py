"""Exact figures of pay: what an expression gives on a day, or one sentence why it gives nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.source import Span
from remit_engine.commission.basis.dataset import Dataset, Stretch
from remit_engine.explanation.reason import fault_text
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.people.party import Holding, Party
from remit_engine.rules.ir import Model


class PayFault(Exception):
    """Something that is needed is not there or makes no sense. One sentence, its place, a cure."""

    def __init__(self, message: str, span: Span | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.help = help


def figure(
    e: x.Expression,
    model: Model,
    day: date,
    payee: Party | None = None,
    variables: Mapping[str, tuple[Any, str]] | None = None,
) -> Fraction:
    """The number an expression gives on a day, for a person; PayFault when it gives none.

    variables: value and the name shown, by name.
    """
    facts: dict[str, Any] = {"as_of": day}
    if payee is not None:
        facts["payee"] = payee
    env = Environment(model, day, facts, same_unit, variables or {})
    found = evaluate(e, env)
    if isinstance(found, Unknown):
        raise PayFault(_why(found, payee, day), e.span)
    if not isinstance(found, Fraction):
        raise PayFault(f"`{found}` is not a number", e.span)
    return found


def same_unit(below: str | None, above: str | None) -> bool:
    """Units in pay data have no tree: the same, or not stated."""
    return below is None or above is None or below == above


def _why(found: Unknown, payee: Party | None, day: date) -> str:
    of = f" of `{payee.person}`" if payee is not None else ""
    if found.missing:
        names = ", ".join(f"`{path}`" for path in sorted(found.missing))
        return f"{names}{of} is not given on {day}"
    return "; ".join(fault_text(f, "en") for f in sorted(found.faults)) + f", on {day}"


def payee_on(
    data: Dataset, person: str, day: date, positions: Collection[str]
) -> tuple[Party, ...]:
    """The person on a day as `payee`, once for each stretch in which he holds one of the positions
    (qualified names), in the order of the data; empty when he holds none."""
    held = [s for s in data.people.get(person, ()) if s.covers(day)]
    holdings = tuple(Holding(s.position, s.unit, start=s.start, until=s.until) for s in held)
    return tuple(
        Party(person, holdings, _attributes(s), name=_name(s))
        for s in held
        if s.position in positions
    )


def _attributes(stretch: Stretch) -> dict[str, Any]:
    own: dict[str, Any] = {"id": stretch.person, "position": stretch.position}
    if stretch.unit is not None:
        own["unit"] = stretch.unit
    return {**own, **stretch.attributes}


def _name(stretch: Stretch) -> str | None:
    name = stretch.attributes.get("name")
    return name if isinstance(name, str) else None
