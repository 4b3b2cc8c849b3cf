"""From a document to a typed request, or to every reason why it cannot be understood.

Paths of problems and of ignored members are those of the document: `facts.order.total`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.program import EvidenceStep, Step
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.reading.approval_reader import ApprovalReader
from remit_engine.reading.exact import Unreadable, day_of, shown, text_of
from remit_engine.reading.facts_reader import (
    NOT_READ,
    FactsReader,
    Path,
    fact_type,
    read_fact,
    set_fact,
)
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.party_reader import PartyReader
from remit_engine.request import Approval, InvalidRequest, Problem, Request
from remit_engine.rules.ir import Model
from remit_engine.rules.names import Lookup, names_of
from remit_engine.rules.totals import totals_of

__all__ = ["fact_type", "read_fact", "read_json", "read_request", "set_fact"]

MEMBERS = (
    "actor", "verb", "action", "facts", "as_of", "requester", "approvals", "evidence", "totals",
    "language",
)  # fmt: skip
LANGUAGES = ("en", "zh")
LONGEST_LIST = 1_000


def read_request(
    document: Mapping[str, Any],
    model: Model,
    directory: Directory,
    *,
    default_as_of: date | None = None,
) -> Request:
    """The request of a document; `InvalidRequest` names all that is wrong with it."""
    if not isinstance(document, Mapping):
        message = f"`{shown(document)}` is not a request: write an object"
        raise InvalidRequest([Problem("document", message)])
    return _Reader(document, model, directory, default_as_of).read()


class _Reader:
    def __init__(
        self,
        document: Mapping[str, Any],
        model: Model,
        directory: Directory,
        default_as_of: date | None,
    ) -> None:
        self.document = document
        self.model = model
        self.names = names_of(model)
        self.facts = FactsReader(self.names, model)
        self.as_of = self.day(document.get("as_of"), ("as_of",)) or default_as_of
        self.parties = PartyReader(self.facts, directory, self.as_of)
        self.facts.person = self.parties.read

    def read(self) -> Request:
        """The request, or `InvalidRequest` with all problems."""
        given = self.document
        if self.as_of is None and given.get("as_of") is None:
            self.facts.problem(("as_of",), 'say the day of the question, such as "2026-03-01"')
        actor = self.actor()
        verb = self.named("verb", self.names.verbs, "verb", "approve")
        action = self.named("action", self.names.actions, "action", None)
        facts, totals = self.of_action(action)
        requester = self.party("requester")
        approvals = self.approvals(action, verb, facts)
        evidence = self.evidence(action)
        language = self.language()
        for member in given:
            if member not in MEMBERS:
                self.facts.ignore((str(member),))
        if self.facts.placed or actor is None or self.as_of is None:
            raise InvalidRequest(self.facts.problems)
        return Request(
            action=action,
            actor=actor,
            as_of=self.as_of,
            verb=verb,
            facts=facts,
            requester=requester,
            approvals=approvals,
            totals=totals,
            evidence=evidence,
            language=language,
            ignored=self.facts.ignored,
        )

    def day(self, value: Any, path: Path) -> date | None:
        if value is None:
            return None
        try:
            return day_of(value)
        except Unreadable as error:
            self.facts.problem(path, str(error))
            return None

    def text(self, value: Any, path: Path) -> str | None:
        if value is None:
            return None
        try:
            return text_of(value)
        except Unreadable as error:
            self.facts.problem(path, str(error))
            return None

    def party(self, member: str) -> Party | None:
        value = self.document.get(member)
        return None if value is None else self.parties.read(value, (member,))

    def actor(self) -> Party | None:
        """Who acts: without a directory a person needs a position too."""
        if self.document.get("actor") is None:
            self.facts.problem(("actor",), "say who acts: a person or a position")
            return None
        actor = self.party("actor")
        known = actor is not None and actor.person in self.parties.directory.people
        if actor is not None and not actor.holdings and not known:
            self.facts.problem(("actor",), "say the position too: no directory knows it")
        return actor

    def named(self, member: str, lookup: Lookup, what: str, default: str | None) -> str:
        """The one thing a member names; an empty text when it does not (noted)."""
        return self.name(self.document.get(member), (member,), lookup, what, default)

    def name(self, value: Any, path: Path, lookup: Lookup, what: str, default: str | None) -> str:
        if value is None and default is not None:
            return default
        if value is None:
            self.facts.problem(path, f"say which {what}")
            return ""
        word = self.text(value, path)
        if word is None:
            return ""
        if wrong := lookup.wrong(word, what):
            self.facts.problem(path, wrong)
            return ""
        return lookup.find(word)[0]

    def of_action(self, action: str) -> tuple[dict[str, Any], dict[str, Fraction]]:
        """Facts and totals, typed by the action; nothing while the action is not known."""
        facts = self.members("facts")
        totals = self.members("totals")
        if not action:
            return {}, {}
        fields = self.model.program.actions[action].fields
        return self.facts.fields(facts, fields, ("facts",)), self.totals(totals, action)

    def totals(self, given: Mapping[str, Any], action: str) -> dict[str, Fraction]:
        types = totals_of(self.model, action) if given else {}
        read: dict[str, Fraction] = {}
        for name, value in given.items():
            path = ("totals", str(name))
            if name not in types:
                self.facts.ignore(path)
            elif value is not None:
                exact = self.facts.value(value, types[name], path)
                if exact is not NOT_READ:
                    read[name] = exact
        return read

    def members(self, member: str) -> Mapping[str, Any]:
        value = self.document.get(member)
        if value is not None and not isinstance(value, Mapping):
            message = f"`{shown(value)}` is not an object: write names with their values"
            self.facts.problem((member,), message)
        return value if isinstance(value, Mapping) else {}

    def listed(self, member: str) -> tuple[Any, ...]:
        value = self.document.get(member)
        if value is None:
            return ()
        if not isinstance(value, list | tuple | set | frozenset):
            self.facts.problem((member,), f"`{shown(value)}` is not a list: write it in brackets")
            return ()
        if len(value) > LONGEST_LIST:
            self.facts.problem((member,), f"the list has more than {LONGEST_LIST:_} elements")
            return ()
        return tuple(value)

    def approvals(self, action: str, verb: str, facts: Mapping[str, Any]) -> tuple[Approval, ...]:
        """The steps done already."""
        reader = ApprovalReader(self.parties, self.model, action, verb, facts)
        read = [reader.read(a, ("approvals", i)) for i, a in enumerate(self.listed("approvals"))]
        return tuple(a for a in read if a is not None)

    def evidence(self, action: str) -> frozenset[str]:
        """Names of what was handed in; those no rule asks for are ignored."""
        handed_in = self.listed("evidence")
        if not handed_in:
            return frozenset()
        asked = {e.name for e in evidence_steps(self.model, action)} if action else set()
        found: set[str] = set()
        for i, value in enumerate(handed_in):
            name = self.text(value, ("evidence", i))
            if name in asked:
                found.add(name)
            elif name is not None:
                self.facts.ignore(("evidence", name))
        return frozenset(found)

    def language(self) -> str:
        value = self.document.get("language")
        if value is None:
            return LANGUAGES[0]
        if value not in LANGUAGES:
            known = " or ".join(f'"{x}"' for x in LANGUAGES)
            self.facts.problem(("language",), f"`{shown(value)}` is not spoken: write {known}")
        return str(value)


def evidence_steps(model: Model, action: str) -> tuple[EvidenceStep, ...]:
    """The evidence that rules on an action (qualified name) ask for."""
    steps = (r.steps for r in model.actions[action].rules)
    return tuple(e for step in steps if step is not None for e in _evidence_in(step))


def _evidence_in(step: Step) -> list[EvidenceStep]:
    if isinstance(step, EvidenceStep):
        return [step]
    return [e for below in getattr(step, "steps", ()) for e in _evidence_in(below)]
