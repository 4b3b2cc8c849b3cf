"""A policy, a directory and the questions put to them, to both back ends at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_dsl.program import Program
from remit_engine import json_door
from remit_engine.compile.python_reader import Irregular
from remit_engine.decision import Decision
from remit_engine.engine import Engine
from remit_engine.explanation.wire import decision_to_json, to_json
from remit_engine.people.directory import Directory
from remit_engine.questions import Holder, Maximum
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

DAY = date(2026, 3, 1)
MEMBERS = frozenset(
    ("verb", "as_of", "requester", "approvals", "evidence", "totals", "language", "facts")
)

PEOPLE = """
policy house { currency CNY  owner director }
position clerk    "Clerk"    zh "职员" { reports to manager }
position manager  "Manager"  zh "经理" { reports to director }
position director "Director" zh "总监"
position auditor  "Auditor"  zh "审计员"
position treasurer
"""
"""A small house: clerk, manager, director in one line; auditor and treasurer beside it."""


def loaded(policy: str | Mapping[str, str]) -> Program:
    """The program of one text or of several by file name; its errors are a failure."""
    texts = {"house.remit": policy} if isinstance(policy, str) else dict(policy)
    program, found = load_texts(texts)
    wrong = [f"{d.span} {d.code} {d.message} ({d.help})" for d in errors(found)]
    assert not wrong, "\n".join([*wrong, *texts.values()])
    assert program is not None
    return program


def peopled(text: str | None, model: Model) -> Directory:
    """The directory of a text; its errors are a failure."""
    if text is None:
        return Directory.empty()
    directory, found = read_directory_text("people.yaml", text, model)
    wrong = [f"{d.span} {d.code} {d.message} ({d.help})" for d in errors(found)]
    assert not wrong, "\n".join([*wrong, text])
    assert directory is not None
    return directory


class House:
    """Answers from a policy text, and holds both back ends to the same answer."""

    def __init__(
        self,
        policy: str | Mapping[str, str],
        directory: str | None = None,
        *,
        as_of: date | str = DAY,
    ) -> None:
        self.model = lower(loaded(policy))
        self.directory = peopled(directory, self.model)
        self.compiled = Engine(self.model, self.directory)
        self.reference = Engine(self.model, self.directory, reference=True)
        self.as_of = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of

    def request(self, actor: Any, action: str | None = None, **members: Any) -> Request:
        """A request by its document; what is no member of a request is a fact."""
        document = self.document(actor, action, **members)
        return read_request(document, self.model, self.directory, default_as_of=self.as_of)

    def document(self, actor: Any, action: str | None = None, **members: Any) -> dict[str, Any]:
        """The document of a request, without its day where none is given."""
        document: dict[str, Any] = {k: v for k, v in members.items() if k in MEMBERS}
        facts = {k: v for k, v in members.items() if k not in MEMBERS}
        document["facts"] = {**document.get("facts", {}), **facts}
        document["actor"] = actor
        document["action"] = action or self.only_action
        return document

    @property
    def only_action(self) -> str:
        """The action of a policy that has one."""
        (action,) = self.model.program.actions
        return action

    def decide(self, actor: Any, action: str | None = None, **members: Any) -> Decision:
        """The answer of both back ends."""
        found = self.answer(self.request(actor, action, **members))
        document = {"as_of": self.as_of, **self.document(actor, action, **members)}
        written = quick_json(self.compiled, document)
        assert written in (None, msgspec.json.encode(decision_to_json(found)))
        return found

    def answer(self, request: Request) -> Decision:
        """The answer of both back ends to a request that was read already."""
        naive, fast = self.reference.decide(request), self.compiled.decide(request)
        assert decision_to_json(naive) == decision_to_json(fast)
        return naive

    def outcome(self, actor: Any, action: str | None = None, **members: Any) -> str:
        """Only the outcome."""
        return str(self.decide(actor, action, **members).outcome)

    def maximum(self, actor: Any, action: str | None = None, **members: Any) -> Maximum:
        """The maximum by both back ends."""
        request = self.request(actor, action, **members)
        naive, fast = self.reference.maximum(request), self.compiled.maximum(request)
        assert to_json(naive) == to_json(fast)
        return naive

    def who(self, actor: Any, action: str | None = None, **members: Any) -> list[Holder]:
        """Everybody who may, by both back ends."""
        request = self.request(actor, action, **members)
        naive, fast = self.reference.who(request), self.compiled.who(request)
        assert to_json(naive) == to_json(fast)
        return naive


def quick_json(engine: Engine, document: dict[str, Any]) -> bytes | None:
    """The JSON of an answer by the quick way; None where the request does not take it."""
    try:
        data = msgspec.json.Encoder(decimal_format="number").encode(document)
        return engine.answer_plain(json_door.decode(data), data.count(b":"))
    except (Irregular, TypeError):  # a member of a test that is no JSON
        return None


def missing(decision: Decision) -> list[str]:
    """The paths of the facts asked for."""
    return [m.path for m in decision.missing]


def labels(decision: Decision, *roles: str) -> list[str]:
    """The ids of the rules of an answer without the action, all or those in some roles."""
    return [r.id.partition(".")[2] for r in decision.rules if not roles or r.role in roles]


def chain(decision: Decision) -> list[str]:
    """The positions of the chain, without their policy."""
    return [link.position.rsplit(".", 1)[-1] for link in decision.chain]


def needs(decision: Decision) -> list[str]:
    """The steps that remain, in words."""
    return [n.text for n in decision.needs]


def people(found: Sequence[Holder]) -> list[str]:
    """Who may, as people, or as positions nobody holds."""
    return [h.person or h.position.rsplit(".", 1)[-1] for h in found]
