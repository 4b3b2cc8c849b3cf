"""The facts of a definition, a table or a parameter, read by their declared types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from remit_api.question import Question, merged
from remit_api.question_reader import party_document
from remit_dsl.program import Field
from remit_dsl.suggest import nearest
from remit_dsl.types import Type
from remit_engine.people.directory import Directory
from remit_engine.reading.facts_reader import FactsReader
from remit_engine.reading.party_reader import PartyReader
from remit_engine.reading.request_reader import read_fact, set_fact
from remit_engine.request import InvalidRequest, Problem
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person, names_of


def read_value_facts(
    question: Question, fields: Mapping[str, Field], model: Model, directory: Directory, day: date
) -> dict[str, Any]:
    """Exact facts by name, the actor among them where one is named."""
    facts, problems = _words(question.words.facts, fields, model)
    reader = FactsReader(names_of(model), model)
    parties = PartyReader(reader, directory, day)
    reader.person = parties.read
    read = reader.fields(merged(question.facts, facts), fields, ())
    if "actor" in question.members:
        document = party_document(question.members["actor"], model, directory)
        read["actor"] = parties.read(document, ("actor",))
    if found := [*problems, *reader.problems]:
        raise InvalidRequest(found)
    return read


def _words(
    words: Mapping[str, str], fields: Mapping[str, Field], model: Model
) -> tuple[dict[str, Any], list[Problem]]:
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    for path, text in words.items():
        try:
            set_fact(facts, path, read_fact(text, type_at(path, fields, model), model, path))
        except InvalidRequest as fault:
            problems.extend(fault.problems)
    return facts, problems


def type_at(path: str, fields: Mapping[str, Field], model: Model) -> Type:
    """The type of a dotted fact below some fields; `InvalidRequest` if there is none."""
    found: Type | None = None
    for step in path.split("."):
        if found is not None:
            fields = _below(found, model)
        if step not in fields:
            raise InvalidRequest([Problem(path, _unknown(path, step, fields))])
        found = fields[step].type
    if found is None:
        raise InvalidRequest([Problem(path, "a fact needs a name")])
    return found


def _below(type: Type, model: Model) -> Mapping[str, Field]:
    if is_person(type):
        return names_of(model).person
    record = model.program.records.get(type.name or "") if type.kind == "record" else None
    return record.fields if record else {}


def _unknown(path: str, step: str, fields: Mapping[str, Field]) -> str:
    near = nearest(step, fields)
    known = ", ".join(f"`{name}`" for name in fields) or "none"
    cure = f"did you mean `{near}`?" if near else f"it is computed from {known}"
    return f"the value does not depend on `{path}`, {cure}"
