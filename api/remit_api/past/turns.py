"""Days on which a text and its people are the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from remit_engine.batch.days import roster, rosters
from remit_engine.batch.layouts import AS_OF
from remit_engine.judging.evaluate import value_in_force
from remit_engine.people.directory import Directory
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import Model


@dataclass(frozen=True, slots=True)
class Turns:
    """Days on which rules begin or end, and on which somebody's positions change. exact: the text
    reads the day itself, so no two days are the same."""

    model: Model
    rules: tuple[date, ...]
    people: tuple[date, ...]
    exact: bool

    @classmethod
    def of(cls, model: Model, directory: Directory) -> Turns:
        """The turns of a text with its people."""
        days = {d for r in model.rules for d in (r.start, r.until) if d is not None}
        return cls(model, tuple(sorted(days)), rosters(directory), reads_the_day(model))

    def key(self, day: date) -> Hashable:
        """Equal for days on which the same rules are in force, the same values, and everybody
        holds the same positions."""
        if self.exact:
            return day
        program = self.model.program
        dated = [p.values for p in program.parameters.values()]
        dated += [e.values for e in program.exchanges.values()]
        values = tuple(id(value_in_force(of, day)) for of in dated)
        return bisect_right(self.rules, day), values, roster(self.people, day)


def reads_the_day(model: Model) -> bool:
    """Whether some rule or measure asks for the day itself."""
    measures = [a.action.measure for a in model.actions.values()]
    asked = [m.value for m in measures if m is not None]
    asked += [e for rule in model.rules for e in read_by(rule)]
    return any(f.path[:1] == AS_OF for e in asked for f in facts_in(e, model.program))
