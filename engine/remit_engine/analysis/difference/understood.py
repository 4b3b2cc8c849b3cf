"""Whether a request made for one text can be read by the other as well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.program import Field
from remit_dsl.types import Type
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person, names_of


def understood(request: Request, model: Model) -> bool:
    """True when every fact that the text declares has a value of the declared type."""
    action = model.program.actions[request.action]
    people = [request.actor, *([] if request.requester is None else [request.requester])]
    return _members(request.facts, action.fields, model) and all(_party(p, model) for p in people)


def _members(values: Mapping[str, Any], fields: Mapping[str, Field], model: Model) -> bool:
    return all(_fits(v, fields[n].type, model) for n, v in values.items() if n in fields)


def _party(party: Party, model: Model) -> bool:
    held = all(h.position in model.program.positions for h in party.everything)
    return held and _members(party.attributes, names_of(model).person, model)


def _fits(value: Any, kind: Type, model: Model) -> bool:
    if value is None:
        return True
    if kind.numeric:
        return isinstance(value, Fraction)
    inner = kind.element or kind
    match kind.kind:
        case "boolean":
            return isinstance(value, bool)
        case "date":
            return isinstance(value, date)
        case "text":
            return isinstance(value, str)
        case "position":
            return value in model.program.positions
        case "enum":
            return value in model.program.enums[kind.name or ""].members
        case "set":
            return isinstance(value, frozenset) and all(_fits(v, inner, model) for v in value)
        case "list":
            return isinstance(value, tuple) and all(_fits(v, inner, model) for v in value)
    if is_person(kind):
        return isinstance(value, Party) and _party(value, model)
    record = model.program.records.get(kind.name or "")
    return isinstance(value, Mapping) and (record is None or _members(value, record.fields, model))
