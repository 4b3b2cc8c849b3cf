"""Requests that grants give, to show what a finding says."""

from __future__ import annotations

from remit_engine.analysis.answer import Asked
from remit_engine.analysis.concrete import Maker
from remit_engine.analysis.cover import cover, sure
from remit_engine.analysis.replay import asked
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.space import Space
from remit_engine.rules.ir import Rule

MOST = 50


class Examples:
    """Requests that grants give, with their answers; of the first `MOST` alone, since nobody
    reads more and each is replayed by the slow reference."""

    def __init__(self, space: Space, scope: Scope) -> None:
        self.space = space
        self._scope = scope
        self._left = MOST

    def of(
        self, rule: Rule, position: str | None = None, verb: str | None = None
    ) -> tuple[Asked, ...]:
        """One request, put by a holder of the position (or of the first that the rule names), to
        exercise the verb (or the rule's own)."""
        if not self._left:
            return ()
        self._left -= 1
        who = position or sorted(rule.positions or self.space.model.program.positions)[0]
        cell = cover(self.space, [sure([rule])], who).left(rule, 0, self._scope.steps)
        if cell is None:
            return ()
        maker = Maker(self.space, self._scope.today)
        found = next(maker.requests(cell, verb or rule.verb, who), None)
        return () if found is None else (asked(found, self.space.model),)
