"""From a question in words to a typed request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from remit_api.question import Question, merged
from remit_dsl.suggest import nearest
from remit_dsl.types import Type
from remit_engine.people.directory import Directory
from remit_engine.reading.request_reader import (
    evidence_steps,
    fact_type,
    read_fact,
    read_request,
    set_fact,
)
from remit_engine.request import InvalidRequest, Problem, Request
from remit_engine.rules.ir import Model
from remit_engine.rules.names import names_of
from remit_engine.rules.totals import totals_of

NO_PERSON = "no person"
"""What the message has in it where somebody is named whom no directory knows."""


def read_question(
    question: Question, model: Model, directory: Directory, today: date, *, lenient: bool = False
) -> Request:
    """The typed request of a question; `InvalidRequest` names every member that is wrong.

    lenient: a word about nothing declared is listed as not used (a column of a file that is there
    for others) and not refused (a slip of the one who typed it).
    """
    return _Reader(question, model, directory, lenient).read(today)


def party_document(word: str, model: Model, directory: Directory) -> Any:
    """Who a word names: a person, a position, or `PERSON@POSITION` where no directory helps."""
    person, at, position = word.rpartition("@")
    if not at or word in directory.people or not names_of(model).positions.find(position):
        return word
    return {"person": person, "position": position}


def action_named(name: Any, model: Model) -> str | None:
    """The qualified name of an action, where the name means exactly one."""
    found = names_of(model).actions.find(name) if isinstance(name, str) else ()
    return found[0] if len(found) == 1 else None


def unknown_evidence(names: Iterable[Any], known: Collection[str]) -> list[Problem]:
    """A problem for each name of evidence that no rule asks for."""
    wrong = (name for name in names if isinstance(name, str) and name not in known)
    return [Problem("evidence", _nothing(name, known, "evidence")) for name in wrong]


class _Reader:
    def __init__(
        self, question: Question, model: Model, directory: Directory, lenient: bool
    ) -> None:
        self.question = question
        self.model = model
        self.directory = directory
        self.lenient = lenient
        self.action = action_named(question.members.get("action"), model)
        self.problems: list[Problem] = []

    def read(self, today: date) -> Request:
        """The request, or every problem in one exception."""
        document = self.document()
        try:
            request = read_request(document, self.model, self.directory, default_as_of=today)
        except InvalidRequest as fault:
            self.problems.extend(fault.problems)
        if self.problems:
            raise InvalidRequest(self.problems)
        return request

    def document(self) -> dict[str, Any]:
        """The question as one request document."""
        question, members = self.question, dict(self.question.members)
        for name in ("actor", "requester"):
            if isinstance(members.get(name), str):
                members[name] = party_document(members[name], self.model, self.directory)
        if question.words.actor:
            members["actor"] = self.described(members.get("actor"))
        if question.words.totals:
            members["totals"] = merged(members.get("totals", {}), self.totals())
        if question.words.approvals:
            said = [self.approval(text) for text in question.words.approvals]
            members["approvals"] = [*members.get("approvals", ()), *filter(None, said)]
        self.evidence(members.get("evidence", ()))
        members["facts"] = merged(question.facts, self.facts())
        return members

    def facts(self) -> dict[str, Any]:
        """The fact words as a document."""
        facts: dict[str, Any] = {}
        for path, text in self.question.words.facts.items() if self.action else ():
            try:
                _no_value_above(path, self.question.facts)
                set_fact(facts, path, self.fact(path, text, self.action or ""))
            except InvalidRequest as fault:
                self.problems.extend(fault.problems)
        return facts

    def fact(self, path: str, text: str, action: str) -> Any:
        """One fact by its declared type; in a lenient reading an unknown one as it is."""
        try:
            type = fact_type(self.model, action, path)
        except InvalidRequest:
            if self.lenient:
                return text
            raise
        return read_fact(text, type, self.model, path)

    def evidence(self, names: Any) -> None:
        """A problem for each name that no rule on the action asks for."""
        if self.lenient or not self.action or not isinstance(names, list | tuple):
            return
        known = dict.fromkeys(step.name for step in evidence_steps(self.model, self.action))
        self.problems.extend(unknown_evidence(names, known))

    def described(self, actor: Any) -> Any:
        """The actor with the attributes given in words."""
        fields = names_of(self.model).person
        types = {name: field.type for name, field in fields.items()}
        read = self.typed(self.question.words.actor, types, "actor", "attribute of an actor")
        if isinstance(actor, str):
            positions = names_of(self.model).positions
            kind = "position" if positions.find(actor) else "person"
            actor = {kind: actor}
        return {**actor, "attributes": read} if isinstance(actor, Mapping) else actor

    def totals(self) -> dict[str, Any]:
        """The totals given in words."""
        types = totals_of(self.model, self.action) if self.action else {}
        if not self.action:
            return {}
        return self.typed(self.question.words.totals, types, "totals", "running total")

    def typed(
        self, words: Mapping[str, Any], types: Mapping[str, Type], where: str, what: str
    ) -> dict[str, Any]:
        """Texts by the types of what they name; a problem for each that names nothing."""
        read: dict[str, Any] = {}
        for name, text in words.items():
            path = f"{where}.{name}"
            try:
                if not isinstance(text, str):
                    read[name] = text
                elif name in types:
                    read[name] = read_fact(text, types[name], self.model, path)
                elif self.lenient:
                    read[name] = text
                else:
                    self.problems.append(Problem(path, _nothing(name, types, what)))
            except InvalidRequest as fault:
                self.problems.extend(fault.problems)
        return read

    def approval(self, text: str) -> dict[str, Any] | None:
        """`review=ann`, `review=finance_controller` or `review=ann@finance_controller`."""
        verb, equals, who = (part.strip() for part in text.partition("="))
        if not equals or not verb or not who:
            message = f"`{text}` is not an approval: write it as `review=ann`"
            self.problems.append(Problem("approvals", message))
            return None
        party = party_document(who, self.model, self.directory)
        if isinstance(party, Mapping):
            return {"verb": verb, "by": party["person"], "position": party["position"]}
        known = who in self.directory.people or not names_of(self.model).positions.find(who)
        return {"verb": verb, "by" if known else "position": who}


def _no_value_above(path: str, facts: Any) -> None:
    """`order.total` cannot be set where a document says that `order` is a single value."""
    *above, _ = path.split(".")
    for at, step in enumerate(above):
        facts = facts.get(step)
        if facts is None:
            return
        if not isinstance(facts, Mapping):
            taken = ".".join(above[: at + 1])
            raise InvalidRequest([Problem(path, f"`{taken}` is given already as a single value")])


def _nothing(name: str, types: Collection[str], what: str) -> str:
    near = nearest(name, types)
    known = ", ".join(f"`{t}`" for t in types) or "none"
    cure = f", did you mean `{near}`?" if near else f": the ones there are: {known}"
    return f"there is no {what} `{name}`{cure}"
