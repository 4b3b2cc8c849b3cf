"""From what AuthZEN asks to a request of the policy, by the declared mapping; or the reason why it
is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from remit_api.http.authzen.asked import Asked, Entity
from remit_api.http.authzen_mapping import (
    PERSON,
    POSITION,
    AuthzenMapping,
    ResourceType,
    Source,
)
from remit_api.http.desk import Desk
from remit_engine.reading.exact import shown
from remit_engine.reading.request_reader import read_request, set_fact
from remit_engine.request import InvalidRequest, Problem, Request
from remit_engine.rules.names import names_of

_NOTHING = object()


def person_of(subject: Entity, mapping: AuthzenMapping) -> str | None:
    """The person a subject is; None for a position, and for a type that is not known."""
    return subject.id if mapping.subjects.get(subject.type) == PERSON else None


def request_of(asked: Asked, mapping: AuthzenMapping, desk: Desk, day: date) -> Request:
    """The request to the policy; raises InvalidRequest for all that it cannot be made of."""
    kind = mapping.resource(asked.resource.type)
    if kind is None:
        raise _invalid("resource.type", f"there is no type of resource `{asked.resource.type}`")
    tree = _tree(asked, kind, _stored(asked.subject, mapping, desk, day))
    document = {
        "actor": _actor(asked.subject, mapping),
        "requester": _requester(tree, kind),
        "action": kind.action,
        "verb": verb_of(asked.action.name, kind),
        "facts": _plain_facts(asked, kind, desk)
        if kind.facts is None
        else _mapped_facts(tree, kind.facts),
    }
    return read_request(document, desk.model, desk.directory, default_as_of=day)


def verb_of(name: str, kind: ResourceType) -> str:
    """The verb of an action's name; raises InvalidRequest where the mapping has none."""
    verb = name if kind.verbs is None else kind.verbs.get(name)
    if not verb:
        raise _invalid("action.name", f"there is no action `{name}` on this type of resource")
    return verb


def _actor(subject: Entity, mapping: AuthzenMapping) -> dict[str, Any]:
    """The properties of a position are attributes of who holds it; those of a person are in the
    directory."""
    kind = mapping.subjects.get(subject.type)
    if kind is None:
        raise _invalid("subject.type", f"there is no type of subject `{subject.type}`")
    if not subject.id:
        raise _invalid("subject.id", "an empty id names nobody")
    if kind == POSITION:
        attributes = dict(subject.properties)
        unit = attributes.pop("unit", None)
        return {"position": subject.id, "unit": unit, "attributes": attributes}
    return {"person": subject.id}


def _stored(subject: Entity, mapping: AuthzenMapping, desk: Desk, day: date) -> Mapping[str, Any]:
    """What the directory says of a person."""
    person = person_of(subject, mapping)
    party = None if person is None else desk.directory.party(person, day)
    return {} if party is None else party.attributes


def _plain_facts(asked: Asked, kind: ResourceType, desk: Desk) -> dict[str, Any]:
    facts = dict(asked.action.properties)
    given = dict(asked.resource.properties)
    found = names_of(desk.model).actions.find(kind.action)
    if len(found) == 1 and "id" in desk.model.program.actions[found[0]].fields:
        _same("id", given.setdefault("id", asked.resource.id), asked.resource.id)
    for name, value in given.items():
        _same(name, facts.setdefault(name, value), value)
    return facts


def _same(name: str, one: Any, other: Any) -> None:
    """Two places that speak of one fact say the same: else it is not known which counts."""
    if type(one) is not type(other) or one != other:
        raise _invalid(f"resource.properties.{name}", f"`{name}` is stated twice, differently")


def _requester(tree: Any, kind: ResourceType) -> Any:
    """Who asked for it, None where that is not said; what names nobody is refused."""
    found = _NOTHING if kind.requester is None else _at(tree, kind.requester)
    if found is not _NOTHING and not isinstance(found, str):
        raise _invalid(".".join(kind.requester or ()), f"`{shown(found)}` names nobody")
    return None if found is _NOTHING else found


def _mapped_facts(tree: Any, sources: Mapping[str, Source]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for fact, source in sources.items():
        value = _at(tree, source)
        if value is not _NOTHING:
            set_fact(facts, fact, value)
    return facts


def _tree(asked: Asked, kind: ResourceType, stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is asked as sources see it: what is stated goes before what is kept."""
    known = kind.known.get(asked.resource.id, {})
    return {
        "subject": {"id": asked.subject.id, "properties": {**stored, **asked.subject.properties}},
        "action": {"name": asked.action.name, "properties": asked.action.properties},
        "resource": {"id": asked.resource.id, "properties": {**known, **asked.resource.properties}},
        "context": asked.context,
    }


def _at(tree: Any, source: Source) -> Any:
    for name in source:
        if not isinstance(tree, Mapping) or name not in tree:
            return _NOTHING
        tree = tree[name]
    return tree


def _invalid(path: str, message: str) -> InvalidRequest:
    return InvalidRequest([Problem(path, message)])
