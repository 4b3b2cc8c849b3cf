"""The engine's face: one program, one directory, and the questions they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from remit_dsl.program import Field, Program
from remit_engine import questions, values
from remit_engine.compile.python_reader import Irregular
from remit_engine.compile.to_python import Compiled
from remit_engine.deciding import decide, farthest
from remit_engine.decision import Decision
from remit_engine.explanation.trace import Tracer
from remit_engine.explanation.transcript import Transcript, transcript
from remit_engine.fast import Check, Checked, Fast
from remit_engine.json_door import JsonDoor
from remit_engine.judging.interpreter import Interpreter
from remit_engine.judging.verdict import Judge
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.questions import Holder, MatrixCell, Maximum, Power
from remit_engine.reading.request_reader import read_json, read_request
from remit_engine.request import Request
from remit_engine.restraining import Beside, Holds, Reading
from remit_engine.rules.hold import Hold
from remit_engine.rules.ir import Model, Rule
from remit_engine.rules.lower import lower
from remit_engine.values import ValueAnswer


class Engine:
    """Answers from one program and one directory.

    `reference=True` answers through the naive interpreter instead of the generated Python: slower,
    with the same answers.
    """

    def __init__(
        self,
        program: Program | Model,
        directory: Directory | None = None,
        *,
        reference: bool = False,
    ) -> None:
        self.model = program if isinstance(program, Model) else lower(program)
        self.directory = directory or Directory.empty()
        self._tracer = Tracer(self.model)
        self._holds: Holds | None = None
        self.judge: Judge
        self._fast: Fast | None = None
        self._door: JsonDoor | None = None
        if reference:
            self.judge = Interpreter()
        else:
            self.judge = compiled = Compiled(self.model)
            self._fast = Fast(self.model, self.directory, compiled, self._tracer)
            self._door = JsonDoor(self.model, self.directory, compiled, self._fast)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """What watches hold, for every answer."""
        return () if self._holds is None else self._holds.all

    def under(self, holds: Iterable[Hold]) -> Engine:
        """The same engine with these holds instead of those it had: each is a rule of every
        request that it touches, and nothing to all others. Takes a moment; what is compiled is
        shared."""
        found = copy(self)
        standing = Holds(holds, self.model, self._judging)
        found._holds = standing if standing.all else None
        found._door = None if self._door is None else self._door.under(standing)
        return found

    def decide(self, request: Request) -> Decision:
        """The full explained answer."""
        held = self._reading(request)
        if held is not None:
            return decide(request, held.model, self.directory, held.judge, held.tracer)
        if self._fast is not None:
            return self._fast.decide(request)
        return decide(request, self.model, self.directory, self.judge, self._tracer)

    def transcript(self, request: Request) -> Transcript:
        """The same answer as records keep it."""
        if self._fast is None or self._reading(request) is not None:
            return transcript(self.decide(request))
        return self._fast.transcript(request)

    def _judging(self, rules: tuple[Rule, ...]) -> Judge:
        """Who judges a few rules more: what was compiled knows them not, the reference reads them
        in the model."""
        return self.judge if self._fast is None else Beside(self.judge, rules)

    def _reading(self, request: Request) -> Reading | None:
        """What a request that a hold touches is answered from."""
        return None if self._holds is None else self._holds.reading(request)

    def checker(self, action: str, verb: str = "approve") -> Check:
        """The bare outcome and deciding rule ids, as fast as they come; see `Fast.checker`.

        Raises TypeError on a reference engine.
        """
        if self._fast is None:
            raise TypeError("the reference engine has no checker")
        free = self._fast.checker(action, verb)
        if self._holds is None or not self._holds.of(action):
            return free
        return self._held_checker(action, verb, free, self._fast)

    def _held_checker(self, action: str, verb: str, free: Check, fast: Fast) -> Check:
        """A fact that is no slot is not known to the checker, and so neither whether it is held."""

        def check(actor: str, as_of: date, slots: Sequence[Any]) -> Checked:
            request = fast.request(action, verb, actor, as_of, slots)
            if self._reading(request) is None:
                return free(actor, as_of, slots)
            return _bare(self.decide(request))

        return check

    def read_json_plain(self, data: bytes) -> tuple[Check, str, date, tuple[Any, ...]]:
        """A plain request in JSON as `(check, actor, as_of, slots)`; see `JsonDoor.read`.

        Raises Irregular for every other request, TypeError on a reference engine.
        """
        if self._door is None:
            raise TypeError("the reference engine has no checker")
        return self._door.read(data)

    def answer_plain(self, document: dict[str, Any], colons: int) -> bytes:
        """The JSON of the explained answer to a plain request; see `JsonDoor.answer`.

        Raises Irregular for every other request, TypeError on a reference engine.
        """
        if self._door is None:
            raise TypeError("the reference engine has no checker")
        return self._door.answer(document, colons)

    def request_plain(self, document: dict[str, Any], colons: int) -> Request:
        """A plain request, as `read_request` reads it; as `answer_plain`."""
        if self._door is None:
            raise TypeError("the reference engine has no checker")
        return self._door.request(document, colons)

    def check_plain(self, document: dict[str, Any], colons: int) -> Checked:
        """The bare outcome of a plain request; as `answer_plain`."""
        if self._door is None:
            raise TypeError("the reference engine has no checker")
        return self._door.check(document, colons)

    def check_plain_many(
        self, documents: Iterable[Any], actor: str | None, today: str, may: Callable[[str], bool]
    ) -> tuple[list[Checked], int]:
        """The bare outcomes of many plain requests; see `JsonDoor.checks`."""
        if self._door is None:
            raise TypeError("the reference engine has no checker")
        return self._door.checks(documents, actor, today, may)

    def check_json(self, data: bytes) -> Checked:
        """The bare outcome and deciding rule ids of a request in JSON.

        Raises InvalidRequest, naming everything that is wrong, TypeError on a reference engine.
        """
        try:
            check, actor, as_of, slots = self.read_json_plain(data)
            return check(actor, as_of, slots)
        except Irregular:
            request = read_request(read_json(data), self.model, self.directory)
            return _bare(self.decide(request))

    def maximum(self, request: Request) -> Maximum:
        """The supremum of the measures that `decide` would permit, other facts as given."""
        held = self._reading(request)
        model, judge = (self.model, self.judge) if held is None else (held.model, held.judge)
        reach = farthest(request, model, self.directory, judge)
        return questions.maximum(reach, request, model)

    def who(self, request: Request) -> list[Holder]:
        """All holders for whom `decide` says permit or needs, or incomplete where it depends."""
        held = self._reading(request)
        model, judge = (self.model, self.judge) if held is None else (held.model, held.judge)
        return questions.who(request, model, self.directory, judge)

    def may(self, actor: Party, as_of: date) -> list[Power]:
        """Everything an actor may do on a day, and what he is barred from."""
        model = self.model if self._holds is None else self._holds.everywhere
        return questions.may(actor, as_of, model, self.directory)

    def matrix(self, as_of: date, actions: Sequence[str] = ()) -> list[MatrixCell]:
        """Every right of every position on a day, of some actions or of all."""
        return questions.matrix(as_of, actions, self.model, self.directory)

    def value_facts(self, name: str) -> Mapping[str, Field]:
        """The facts a definition, table or parameter is computed from, by root name.

        Raises KeyError for an unknown name, ValueError for one that several policies declare.
        """
        return values.facts_of(name, self.model)

    def value(self, name: str, facts: Mapping[str, Any], as_of: date) -> ValueAnswer:
        """A definition, table or parameter computed from facts, with its trace."""
        return values.value(name, facts, as_of, self.model, self.directory)


def _bare(decision: Decision) -> Checked:
    shown = tuple(r.id for r in decision.rules if r.role != "not met")
    return decision.outcome, shown
