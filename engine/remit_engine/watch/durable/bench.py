"""The library at work, as its limits allow: see `to_durable`. Only in the child process."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from remit_engine.compile.to_durable import definition, message
from remit_engine.watch.durable.frames import Question, WireRule

MISSING: str | None = None
"""Why the library is not there, None where it is."""
try:
    from durable import engine
except ImportError as fault:
    MISSING = f"durable-rules cannot be imported ({fault})"


class Astray(Exception):
    """The library did what it must not do: the process is to end."""


class Bench:
    """One ruleset for each rule, so that an event fires one rule and that is the whole answer."""

    def __init__(self, rules: Sequence[WireRule]) -> None:
        """Raises `Unsafe` before the library sees any of them."""
        made = [definition(r.attributes, _tuples(r.idle), _tuples(r.open)) for r in rules]
        self.rules = rules
        self.never = frozenset(n for n, ruleset in enumerate(made) if not ruleset)
        self.fired: list[str] = []
        self.numbers = count(1)
        self.host = _quiet_host()
        for n, ruleset in enumerate(made):
            if n not in self.never:
                named = {k: {**rule, "run": self._act(k)} for k, rule in ruleset.items()}
                self.host.set_rulesets({f"k{n}": named})

    def _act(self, name: str) -> Any:
        def act(_: Any) -> None:
            self.fired.append(name)

        return act

    def wrong(self, questions: Sequence[Question]) -> str | None:
        """Why these cannot be asked; None where they can."""
        for q in questions:
            if q.rule >= len(self.rules):
                return f"there is no rule {q.rule}"
            if len(q.values) != self.rules[q.rule].attributes:
                wanted = self.rules[q.rule].attributes
                return f"rule {q.rule} has {wanted} attributes, and {len(q.values)} are given"
        return None

    def holds(self, q: Question) -> bool:
        """Whether a rule matches. Raises `Astray`, and what the library raises."""
        if q.rule in self.never:
            return False
        self.fired.clear()
        try:
            self.host.post(f"k{q.rule}", message(next(self.numbers), q.side, q.values))
        except engine.MessageNotHandledException:
            if self.fired:
                raise Astray("a rule fired for an event that was not handled") from None
            return False
        if len(self.fired) != 1 or not self.fired[0].startswith(f"r{q.side}_"):
            raise Astray(f"one event fired {self.fired}")
        return True


def _tuples(cases: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[tuple[int, int], ...]]:
    return [tuple(case) for case in cases]


def _quiet_host() -> Any:
    """A host without the threads that the library would start for its timers."""
    return type("QuietHost", (engine.Host,), {"_run": lambda self: None})()
