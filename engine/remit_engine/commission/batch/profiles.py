"""What is known of people before any line: when they are in a plan, as whom, and all values that
hang on that alone. People who are alike in all of it share a profile."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.pay import Scale
from remit_engine.commission.basis.dataset import Stretch
from remit_engine.commission.basis.faults import AtFault
from remit_engine.commission.basis.membership import ONE_DAY, Days
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standing, Standings
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.scale.against import Against
from remit_engine.commission.scale.ladder import Ladder, ladder
from remit_engine.commission.scale.windows import TO_DATE
from remit_engine.commission.targets.quotas import Quotas
from remit_engine.compile.unsupported import Unsupported
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.rules.dependence import facts_in

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is evaluated before. lines, statements: expressions by place; on_lines: scales whose
    ladder is of the line's day; on_statements: of the statement's."""

    lines: tuple[x.Expression, ...]
    statements: tuple[x.Expression, ...]
    on_lines: tuple[Scale, ...]
    on_statements: tuple[Scale, ...]

    @property
    def every(self) -> Iterator[x.Expression]:
        """All expressions in it."""
        yield from self.lines
        yield from self.statements
        for scale in (*self.on_lines, *self.on_statements):
            yield from (e for t in scale.tiers for e in (t.bound, t.rate) if e is not None)
            if scale.against is not None:
                yield scale.against


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement's calendar: values of `statements` and ladders of `on_statements`, None where
    they are at fault. quota None: none, or at fault (then sound is False)."""

    period: int
    active: int
    month: int
    sound: bool
    quota: Fraction | None
    values: tuple[Any, ...]
    ladders: tuple[Ladder | None, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Days [start, until) in one piece of the calendar on which lines are read alike."""

    piece: int
    start: int
    until: int
    period: int
    values: tuple[Any, ...]
    ladders: tuple[Ladder | None, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """Of one person, or of all who are like him."""

    sheets: tuple[Sheet, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The periods of a run, and the pieces in which no dated value changes. edges: the first day
    of each piece, and the day after the last."""

    periods: tuple[Period, ...]
    edges: tuple[date, ...]
    within: tuple[int, ...]
    """of each piece, its period"""

    @classmethod
    def of(cls, first: Period, through: Period, turns: Iterable[date]) -> Calendar:
        """From one period to another."""
        periods = [Period(first.kind, i) for i in range(first.index, through.index + 1)]
        end = through.last + ONE_DAY
        days = {p.start for p in periods} | {d for d in turns if first.start < d < end}
        ordered = sorted(days)
        within = tuple(Period.of(first.kind, d).index - first.index for d in ordered)
        return cls(tuple(periods), (*ordered, end), within)

    def piece(self, day: date) -> int:
        """The number of the piece a day lies in."""
        return bisect_right(self.edges, day) - 1

    def piece_sql(self, day: str) -> str:
        """The same in SQL, for days up to the last."""
        return _stepped(day, [d.toordinal() for d in self.edges[1:-1]])

    def period_sql(self, day: str) -> str:
        """The number of the period of a day in SQL: -1 before the first, a later number after."""
        edges = [p.start.toordinal() for p in self.periods]
        return _stepped(day, [*edges, (self.periods[-1].last + ONE_DAY).toordinal()], -1)


def _stepped(day: str, edges: Sequence[int], first: int = 0) -> str:
    """How many edges a day has reached."""
    if not edges:
        return f"CAST({first} AS BIGINT)"
    whens = " ".join(f"WHEN {day} < {edge} THEN {i}" for i, edge in enumerate(edges, first))
    return f"CAST(CASE {whens} ELSE {first + len(edges)} END AS BIGINT)"


@dataclass(slots=True)
class Profiler:
    """Makes profiles, each once."""

    terms: Terms
    calendar: Calendar
    wanted: Wanted
    standings: Standings
    quotas: Quotas | None
    personal: Callable[[str], Hashable]
    """What is told of a person beside the table of people: targets, scores."""
    whole: bool = False
    """Lines are of whole periods: there is a span for each, as of its last day."""
    _sums: Against = field(init=False)
    _paths: tuple[tuple[str, ...], ...] = ()
    _held: bool = False
    _scored: bool = False
    _known: dict[Hashable, Profile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sums = Against(self.terms, self.quotas, self.standings)
        program = self.terms.model.program
        every = list(self.wanted.every)
        quota = self.terms.plan.quota
        if quota is not None and quota.value is not None:
            every.append(quota.value)
        facts = [f for e in every for f in facts_in(e, program)]
        paths = sorted({f.path[1:] for f in facts if f.path[0] == "payee"})
        asked = (x.HoldsPosition, x.ReportsTo)
        self._held = () in paths or any(
            isinstance(part, asked) for e in every for part in _everything(e, self.terms)
        )
        self._paths = tuple(paths)
        self._scored = any(f.path[0] == "scorecard" for f in facts)

    def of(self, person: str) -> Profile:
        """The profile of a person."""
        held = self.terms.data.people[person]
        shape = tuple([(s.start, s.until, s.position, self._read(s)) for s in held])
        key = (shape, person if self._scored else self.personal(person))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._made(person)
        return found

    def _made(self, person: str) -> Profile:
        spans = self._whole(person) if self.whole else self._spans(person)
        return Profile(tuple(self._sheets(person)), tuple(spans))

    def _read(self, held: Stretch) -> Hashable:
        """What expressions read of him beside position and days."""
        if self._held:
            return held.person
        return tuple([_leaf(held, path) for path in self._paths])

    # --- statements ------------------------------------------------------------------------

    def _sheets(self, person: str) -> Iterator[Sheet]:
        for number, period in enumerate(self.calendar.periods):
            there = self.standings.of(person, period)
            if there is not None:
                yield self._sheet(person, number, period, there)

    def _facts(
        self, person: str, period: Period, there: Standing
    ) -> tuple[bool, Fraction | None, dict[str, Any]]:
        facts, sound, quota = dict(there.facts), True, None
        if self.quotas is not None:
            try:
                quota = self.quotas.of_statement(person, period)
                facts["quota"] = quota
            except AtFault:
                sound = False
        return sound, quota, facts

    def _sheet(self, person: str, number: int, period: Period, there: Standing) -> Sheet:
        sound, quota, facts = self._facts(person, period, there)
        env = self.terms.environment(there.payee, there.day, facts)
        values = tuple(_value(e, env) for e in self.wanted.statements)
        ladders = tuple(
            self._ladder(s, env, person, period, facts) for s in self.wanted.on_statements
        )
        scales = (*self.wanted.on_lines, *self.wanted.on_statements)
        sound = sound and all(self._stands(s, person, period, facts) for s in scales)
        month = self.terms.months(person, period)
        return Sheet(
            number, int(there.active and _days(there)), month, sound, quota, values, ladders
        )

    def _ladder(
        self, scale: Scale, env: Any, person: str, period: Period, facts: Mapping[str, Any]
    ) -> Ladder | None:
        try:
            against = None
            if scale.against is not None:
                against = self._against(scale, scale.against, person, period, facts)
            return ladder(scale, env, against)
        except AtFault:
            return None

    def _stands(self, scale: Scale, person: str, period: Period, facts: Mapping[str, Any]) -> bool:
        """True unless what a scale is against is at fault."""
        if scale.against is None:
            return True
        try:
            self._against(scale, scale.against, person, period, facts)
        except AtFault:
            return False
        return True

    def _against(
        self, scale: Scale, e: x.Expression, person: str, period: Period, facts: Mapping[str, Any]
    ) -> Fraction:
        kind = TO_DATE.get(scale.over)
        if kind is None:
            there = self.standings.of(person, period)
            if there is None:
                raise AtFault("he is not in the plan")
            value = evaluate(e, self.terms.environment(there.payee, there.day, facts))
        else:
            value = self._sums.whole(e, person, period.within(kind))
        if isinstance(value, Unknown) or value <= 0:
            raise AtFault("what the scale is against is not above 0")
        return Fraction(value)

    # --- lines -----------------------------------------------------------------------------

    def _spans(self, person: str) -> Iterator[Span]:
        sheets: dict[int, dict[str, Any]] = {}
        timeline = self.terms.members.timeline(person)
        for days, start, until in _counting(timeline, self.terms.plan.leavers or 0):
            first, end = self.calendar.edges[0], self.calendar.edges[-1]
            at, stop = max(start, first), min(until, end)
            while at < stop:
                piece = self.calendar.piece(at)
                edge = min(stop, self.calendar.edges[piece + 1])
                yield self._span(person, piece, at, edge, days, sheets)
                at = edge

    def _whole(self, person: str) -> Iterator[Span]:
        for number, period in enumerate(self.calendar.periods):
            there = self.standings.of(person, period)
            if there is None:
                continue
            facts = self._facts(person, period, there)[2]
            env = self.terms.environment(there.payee, period.last, facts)
            ladders = tuple(
                self._ladder(s, env, person, period, facts) for s in self.wanted.on_lines
            )
            until = period.last + ONE_DAY
            yield Span(number, period.start.toordinal(), until.toordinal(), number, (), ladders)

    def _span(
        self,
        person: str,
        piece: int,
        start: date,
        until: date,
        days: Days,
        known: dict[int, dict[str, Any]],
    ) -> Span:
        number = self.calendar.within[piece]
        period = self.calendar.periods[number]
        if number not in known:
            there = self.standings.of(person, period)
            known[number] = {} if there is None else self._facts(person, period, there)[2]
        env = self.terms.environment(days.payee, start, known[number])
        ladders = tuple(
            self._ladder(s, env, person, period, known[number]) for s in self.wanted.on_lines
        )
        line = self.terms.environment(days.payee, start, {})
        values = tuple(_value(e, line) for e in self.wanted.lines)
        return Span(piece, start.toordinal(), until.toordinal(), number, values, ladders)


def of_nobody(terms: Terms, calendar: Calendar, lines: Sequence[x.Expression]) -> Profile:
    """The profile of lines that need no payee: every piece of the calendar counts."""
    spans = []
    for piece, number in enumerate(calendar.within):
        start, until = calendar.edges[piece], calendar.edges[piece + 1]
        env = terms.environment(None, start, {})
        values = tuple(_value(e, env) for e in lines)
        spans.append(Span(piece, start.toordinal(), until.toordinal(), number, values, ()))
    return Profile((), tuple(spans))


def _counting(timeline: Sequence[Days], keep: int) -> Iterator[tuple[Days, date, date]]:
    """The days on which lines count, and as whom: those in the plan, and some after the last."""
    active = [d for d in timeline if d.active]
    for i, days in enumerate(active):
        yield days, days.start, days.until
        following = active[i + 1].start if i + 1 < len(active) else date.max
        if keep and days.until < following:
            kept = date.max.toordinal() if days.until == date.max else days.until.toordinal() + keep
            until = date.fromordinal(min(kept, date.max.toordinal()))
            yield days, days.until, min(following, until)


def _days(there: Standing) -> Fraction:
    found: Fraction = there.facts["days_active"]
    return found


def _value(e: x.Expression, env: Environment) -> Any:
    """None where it is unknown or at fault."""
    try:
        value = evaluate(e, env)
    except AtFault:  # a score that has no value
        return None
    return None if isinstance(value, Unknown) else value


def _leaf(held: Stretch, path: tuple[str, ...]) -> Hashable:
    """An attribute as a payee has it."""
    value: Any = held.attributes
    if path in _OWN and path[0] not in value:
        return held.person if path == ("id",) else held.unit
    for step in path:
        if value is None:
            return None
        value = value.get(step, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    return value if isinstance(value, Hashable) else repr(value)


_ABSENT = ("absent",)
_OWN = (("id",), ("unit",))
"""what a payee has beside the attributes of his row"""


def turns(terms: Terms, expressions: Iterable[x.Expression]) -> Iterator[date]:
    """The days on which dated values that expressions read change. Raises Unsupported for an
    expression that reads the day itself."""
    program = terms.model.program
    for e in expressions:
        for part in _everything(e, terms):
            if isinstance(part, x.Fact) and part.path == ("as_of",):
                raise Unsupported(e, TARGET)
            dated = None
            if isinstance(part, x.ParameterValue):
                dated = program.parameters[part.name].values
            elif isinstance(part, x.Exchanged) and (part.base, part.quote) in program.exchanges:
                dated = program.exchanges[part.base, part.quote].values
            for value in dated or ():
                yield from (d for d in (value.start, value.until) if d is not None)


def _everything(e: x.Expression, terms: Terms) -> Iterator[x.Expression]:
    """All that an expression stands on, through definitions, parameters and tables."""
    program, seen, todo = terms.model.program, set(), [e]
    while todo:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        todo.extend(x.children(at))
        if isinstance(at, x.DefinitionValue):
            todo.append(program.definitions[at.name].value)
        elif isinstance(at, x.ParameterValue):
            todo.extend(v.value for v in program.parameters[at.name].values if v.value is not None)
        elif isinstance(at, x.Exchanged) and (at.base, at.quote) in program.exchanges:
            values = program.exchanges[at.base, at.quote].values
            todo.extend(v.value for v in values if v.value is not None)
        elif isinstance(at, x.TableLookup):
            for row in program.tables[at.name].rows:
                todo.extend((row.value, *row.conditions))
