"""What AuthZEN asks: subject, action, resource and context, read strictly where they must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from remit_api.http.bodies import document_of, json_body
from remit_api.http.refusals import NotJson, NotUnderstood
from remit_engine.reading.exact import shown
from remit_engine.request import Problem

SUBJECT, ACTION, RESOURCE = "subject", "action", "resource"
Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entity:
    """A subject or a resource. id: empty where it is what a search looks for."""

    type: str
    id: str = ""
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """An action."""

    name: str = ""
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. Members that AuthZEN does not know are not kept."""

    subject: Entity
    action: Act
    resource: Entity
    context: Properties = field(default_factory=dict)


def asked_of(document: Mapping[str, Any], target: str | None = None) -> Asked:
    """The question of a document; raises NotUnderstood, naming every member that is missing or of
    another type. target: what a search looks for, which has no id (an action: is not there)."""
    reader = _Reader()
    read = Asked(
        reader.entity(document, SUBJECT, target),
        Act() if target == ACTION else reader.action(document),
        reader.entity(document, RESOURCE, target),
        reader.properties(document, "context", "context"),
    )
    if reader.problems:
        raise NotUnderstood("the request cannot be understood", problems=reader.problems)
    return read


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def entity(self, document: Mapping[str, Any], name: str, target: str | None) -> Entity:
        given = self.object(document, name)
        if given is None:
            return Entity("")
        type = self.text(given, "type", name)
        id = "" if name == target else self.text(given, "id", name)
        return Entity(type, id, self.properties(given, "properties", f"{name}.properties"))

    def action(self, document: Mapping[str, Any]) -> Act:
        given = self.object(document, ACTION)
        if given is None:
            return Act()
        properties = self.properties(given, "properties", f"{ACTION}.properties")
        return Act(self.text(given, "name", ACTION), properties)

    def object(self, document: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
        if name not in document:
            self.wrong(name, f"`{name}` is missing")
            return None
        value = document[name]
        if isinstance(value, Mapping):
            return value
        self.wrong(name, f"`{shown(value)}` is not an object")
        return None

    def text(self, given: Mapping[str, Any], member: str, of: str) -> str:
        path = f"{of}.{member}"
        if member not in given:
            self.wrong(path, f"`{path}` is missing")
            return ""
        value = given[member]
        if isinstance(value, str):
            return value
        self.wrong(path, f"`{shown(value)}` is not a text")
        return ""

    def properties(self, given: Mapping[str, Any], member: str, path: str) -> Properties:
        value = given.get(member, {})
        if isinstance(value, Mapping):
            return value
        self.wrong(path, f"`{shown(value)}` is not an object")
        return {}

    def wrong(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))


async def _document(request: Request) -> dict[str, Any]:
    try:
        raw = await json_body(request)
    except NotJson as fault:  # AuthZEN has 400 for it
        raise NotUnderstood(fault.message) from None
    return document_of(raw)


DocumentOf = Annotated[dict[str, Any], Depends(_document)]
"""The object of a body, as a parameter of a route."""
