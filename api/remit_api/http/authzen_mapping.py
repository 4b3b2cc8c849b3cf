"""How AuthZEN's subjects, actions and resources are put to a policy: declared, never guessed.

A mapping is a YAML file beside the policies, or `PLAIN` where there is none; see docs/authzen.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remit_api.facts import yaml_file
from remit_api.failures import BadFacts
from remit_api.settings_reader import SettingsReader
from remit_engine.reading.exact import shown

PERSON, POSITION = "person", "position"
ROOTS = ("subject", "action", "resource")
SINGLE = frozenset({("subject", "id"), ("resource", "id"), ("action", "name")})
Source = tuple[str, ...]
"""Where in a request a fact is: `("resource", "id")`, `("subject", "properties", "role")`."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One type of resource: which action of the policy it is.

    facts: by path of the fact; None: the properties of resource and action are the facts. known:
    properties by id of resource, which count where a request states none. verbs: by name of the
    action; None: the name is the verb. requester: where it stands who asked for it.
    """

    action: str
    facts: Mapping[str, Source] | None = None
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    verbs: Mapping[str, str] | None = None
    requester: Source | None = ("context", "requester")


@dataclass(frozen=True, slots=True)
class AuthzenMapping:
    """subjects: `person` or `position` by type. resources: by type; None: every action of the
    policy is a type, by its name."""

    subjects: Mapping[str, str]
    resources: Mapping[str, ResourceType] | None = None

    def resource(self, type: str) -> ResourceType | None:
        """What a type of resource is; None where the mapping does not know it."""
        return ResourceType(type) if self.resources is None else self.resources.get(type)


PLAIN = AuthzenMapping({"person": PERSON, "user": PERSON, "position": POSITION})
"""Without a file: names are those of the policy."""


def read_mapping(path: Path | None) -> AuthzenMapping:
    """The mapping of a file, `PLAIN` without one; raises MissingFile, or BadFacts with all that
    is wrong in it."""
    return PLAIN if path is None else mapping_of(yaml_file(path))


def mapping_of(document: Any) -> AuthzenMapping:
    """The mapping of a document; raises BadFacts."""
    reader = _Reader()
    found = reader.mapping(document)
    if reader.problems:
        raise BadFacts(reader.problems)
    return found


class _Reader(SettingsReader):
    def mapping(self, document: Any) -> AuthzenMapping:
        given = self.members(document, "", "subjects", "resources")
        subjects = {
            type: self.subject(value, f"subjects.{type}")
            for type, value in self.object(given.get("subjects"), "subjects").items()
        }
        resources = {
            type: self.resource(value, f"resources.{type}")
            for type, value in self.object(given.get("resources"), "resources").items()
        }
        return AuthzenMapping(subjects, resources)

    def resource(self, value: Any, path: str) -> ResourceType:
        given = self.members(value, path, "action", "facts", "known", "verbs", "requester")
        facts = self.object(given.get("facts", {}), f"{path}.facts")
        known = self.object(given.get("known", {}), f"{path}.known")
        verbs, requester = given.get("verbs"), given.get("requester")
        return ResourceType(
            self.text(given.get("action"), f"{path}.action"),
            self.sources(facts, f"{path}.facts"),
            {id: self.object(of, f"{path}.known.{id}") for id, of in known.items()},
            None if verbs is None else self.verbs(verbs, f"{path}.verbs"),
            None if requester is None else self.source(requester, f"{path}.requester"),
        )

    def verbs(self, value: Any, path: str) -> Mapping[str, str]:
        return {
            name: self.text(verb, f"{path}.{name}")
            for name, verb in self.object(value, path).items()
        }

    def sources(self, facts: Mapping[str, Any], path: str) -> Mapping[str, Source]:
        for name in facts:
            above = next((other for other in facts if name.startswith(f"{other}.")), None)
            if above is not None or not all(name.split(".")):
                message = f"`{above}` is given whole" if above else f"`{name}` is no name of a fact"
                self.wrong(f"{path}.{name}", message)
        return {name: self.source(where, f"{path}.{name}") for name, where in facts.items()}

    def source(self, value: Any, path: str) -> Source:
        parts = tuple(self.text(value, path).split("."))
        properties = len(parts) > 2 and parts[0] in ROOTS and parts[1] == "properties"
        context = len(parts) > 1 and parts[0] == "context"
        if not all(parts) or not (parts in SINGLE or properties or context):
            self.wrong(
                path,
                f"`{shown(value)}` is no place in a request: write `resource.id`, "
                "`subject.properties.NAME` or `context.NAME`",
            )
        return parts

    def subject(self, value: Any, path: str) -> str:
        if value not in (PERSON, POSITION):
            self.wrong(path, f"`{shown(value)}` is neither `{PERSON}` nor `{POSITION}`")
        return str(value)

    def text(self, value: Any, path: str) -> str:
        if not isinstance(value, str) or not value:
            self.wrong(path, f"`{shown(value)}` is not a name")
        return str(value)
