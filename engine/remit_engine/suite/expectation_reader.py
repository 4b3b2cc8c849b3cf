"""What a case expects, read against the policies: rules exist, limits are of the measure's type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from remit_dsl.suggest import nearest
from remit_dsl.types import NUMBER, Type
from remit_engine.decision import Outcome
from remit_engine.engine import Engine
from remit_engine.reading.facts_reader import FactsReader, read_fact
from remit_engine.reading.yaml_members import MembersReader
from remit_engine.reading.yaml_tree import Node
from remit_engine.request import InvalidRequest
from remit_engine.rules.names import names_of
from remit_engine.suite.cases import Expectation, ExpectedExtent

_BETWEEN = re.compile(r"between\s+(.+)\s+and\s+(.+)")
_SIDED = re.compile(r"(under|up to)\s+(.+)")


def read_expectation(
    members: MembersReader, given: Mapping[str, Node], document: Mapping[str, Any], engine: Engine
) -> Expectation:
    """The expectation of a case; faults are noted at their places."""
    reader = _Reader(members, given, document, engine)
    return Expectation(
        outcome=reader.outcome(),
        rules=reader.rules(),
        limit=reader.extent("limit"),
        maximum=reader.extent("maximum"),
        missing=None if (m := reader.words("missing")) is None else frozenset(m),
        needs=reader.words("needs"),
        approvers=reader.words("approvers"),
        chain=reader.words("chain"),
        error=members.text(given, "error"),
    )


class _Reader:
    def __init__(
        self,
        members: MembersReader,
        given: Mapping[str, Node],
        document: Mapping[str, Any],
        engine: Engine,
    ) -> None:
        self.members = members
        self.given = given
        self.document = document
        self.model = engine.model
        self.names = names_of(engine.model)

    def outcome(self) -> str | None:
        word = self.members.text(self.given, "outcome")
        known = [o.value for o in Outcome]
        if word is not None and word not in known:
            guess = nearest(word, known)
            help = f"did you mean `{guess}`?" if guess else f"write one of {', '.join(known)}"
            message = f"there is no outcome `{word}`"
            self.members.fault(self.given["outcome"], "E0703", message, help)
        return word

    def rules(self) -> tuple[str, ...] | None:
        if "rules" not in self.given:
            return None
        known = {rule.id for rule in self.model.rules}
        words = self.members.texts(self.given, "rules")
        for word, node in words:
            if word not in known:
                self.members.unknown(node, "E0704", "rule", word, known)
        return tuple(word for word, _ in words)

    def words(self, member: str) -> tuple[str, ...] | None:
        if member not in self.given:
            return None
        return tuple(word for word, _ in self.members.texts(self.given, member))

    def extent(self, member: str) -> ExpectedExtent | None:
        """A limit as the answer shows it."""
        node = self.given.get(member)
        if node is None:
            return None
        if node.raw in ("any", "unset", "none"):
            return ExpectedExtent(node.raw, node.raw)
        try:
            return self._bound(node)
        except InvalidRequest as error:
            said = error.problems[0].message
            self.members.fault(node, "E0706", f"`{member}` cannot be read: {said}")
            return None

    def _bound(self, node: Node) -> ExpectedExtent:
        if found := _BETWEEN.fullmatch(node.raw):
            low, high = self._number(found[1]), self._number(found[2])
            return ExpectedExtent("bound", node.raw, high, True, low)
        found = _SIDED.fullmatch(node.raw)
        side, value = (found[1], found[2]) if found else ("up to", node.raw)
        return ExpectedExtent("bound", node.raw, self._number(value), side == "up to")

    def _number(self, text: str) -> Fraction:
        kind = self._measure()
        read = read_fact(text, kind, self.model, "expected")
        if isinstance(read, Fraction):
            return read
        reader = FactsReader(self.names, self.model)
        reader.problem(("expected",), f"`{text}` is not a {kind}")
        raise InvalidRequest(reader.problems)

    def _measure(self) -> Type:
        """The type of what limits on the action measure."""
        found = self.names.actions.find(str(self.document.get("action")))
        measure = self.model.program.actions[found[0]].measure if found else None
        return measure.value.type if measure else NUMBER
