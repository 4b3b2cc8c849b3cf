"""Requests on which a policy and its mutant may answer differently, the likeliest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import ApprovalStep, DatedValue, Step
from remit_dsl.types import Type
from remit_engine.engine import Engine
from remit_engine.judging.breakpoints import Scan, samples
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import SEPARATION, Rule
from remit_engine.rules.names import is_person, names_of
from remit_engine.suite.boundaries import environment
from remit_engine.suite.mutation.bench import Asked, Bench
from remit_engine.suite.mutation.case_text import stated
from remit_engine.suite.mutation.mutants import Mutant
from remit_engine.suite.mutation.reading import rules_reading

Path = tuple[str, ...]
Setting = tuple[Path, Any]
"""A member of a request document with another value."""

BASES = 8
FEW = 2
"""Cases of which words are combined."""
COMBINATIONS = 24
MEMBERS = 16
"""How many members of an enum, or people, are tried."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A case that is there already, asked with some members changed."""

    base: Asked
    settings: tuple[Setting, ...]

    def applied(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with the members changed."""
        changed = dict(document)
        for path, value in self.settings:
            changed = _set(changed, path, value)
        return changed


def _set(document: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    first, rest = path[0], path[1:]
    below = document.get(first)
    inner = below if isinstance(below, Mapping) else {}
    return {**document, first: _set(inner, rest, value) if rest else value}


class Search:
    """The attempts to tell one mutant from the policy."""

    def __init__(self, mutant: Mutant, bench: Bench, changed: Engine) -> None:
        self.mutant = mutant
        self.bench = bench
        self.engines = (bench.engine, changed)
        self.rules = tuple(_affected(mutant, e) for e in self.engines)

    def attempts(self) -> Iterator[Attempt]:
        """Each case as it is, then with one member changed, then with several."""
        bases = self.bases()
        single = {id(b): self.settings(b) for b in bases}
        for base in bases:
            yield Attempt(base, self.verb(base))
            for setting in single[id(base)]:
                yield Attempt(base, (*self.verb(base), setting))
        for base in bases[:FEW]:
            yield from self.combined(base)
        for base in bases:
            pairs = itertools.combinations(single[id(base)], 2)
            for one, other in sorted(pairs, key=lambda p: p[0][0] != ("actor",)):
                if one[0] != other[0]:
                    yield Attempt(base, (*self.verb(base), one, other))

    def combined(self, base: Asked) -> Iterator[Attempt]:
        """Words of enums and the like together, then the turning points of numbers among them."""
        facts = self.facts(base)
        words = [f for f in facts if not _counted(f.type)]
        choices = [[(("facts", *f.path), v) for v in self.values(base.request, f)] for f in words]
        for chosen in itertools.islice(itertools.product(*choices), COMBINATIONS):
            attempt = Attempt(base, (*self.verb(base), *chosen))
            request = self.request(attempt)
            if request is None:
                continue
            yield attempt
            for fact in facts:
                for value in self.values(request, fact) if _counted(fact.type) else ():
                    setting = (("facts", *fact.path), value)
                    yield Attempt(base, (*attempt.settings, setting))

    def request(self, attempt: Attempt) -> Request | None:
        """The request of an attempt, or None where it cannot be read."""
        engine, day = self.bench.engine, attempt.base.suite.as_of
        document = attempt.applied(attempt.base.case.document)
        try:
            return read_request(document, engine.model, engine.directory, default_as_of=day)
        except InvalidRequest:
            return None

    def bases(self) -> list[Asked]:
        """A few cases answered differently: of the verb first, then those that met the rule."""
        verbs = self.verbs()
        found: dict[tuple[object, ...], Asked] = {}
        relevant = self.bench.relevant(self.mutant)
        for asked in sorted(relevant, key=lambda a: bool(verbs) and a.request.verb not in verbs):
            request = asked.request
            asks = (request.action, request.verb, request.actor.shown)
            found.setdefault((*asks, asked.outcome, asked.roles), asked)
        return list(found.values())[:BASES]

    def verbs(self) -> list[str]:
        """The verbs that the changed rules speak about; none where no rule is known."""
        return sorted({verb for rules in self.rules for rule in rules for verb in rule.verbs})

    def verb(self, base: Asked) -> tuple[Setting, ...]:
        """A verb of the changed rules, where the case asks for another one."""
        verbs = self.verbs()
        other = bool(verbs) and base.request.verb not in verbs
        return ((("verb",), verbs[0]),) if other else ()

    def settings(self, base: Asked) -> list[Setting]:
        """One member of the request changed, in every way that may matter."""
        found: dict[tuple[Path, str], Setting] = {}
        facts = [
            (("facts", *fact.path), value)
            for fact in self.facts(base)
            for value in self.values(base.request, fact)
        ]
        days, actors, steps = self.days(), self.actors(base), self.steps(base)
        dated = self.mutant.kind == "date"
        parts = (days, facts, actors, steps) if dated else (facts, actors, steps, days)
        for path, value in itertools.chain(*parts):
            found.setdefault((path, repr(value)), (path, value))
        return list(found.values())

    # --- facts ---------------------------------------------------------------------------

    def facts(self, base: Asked) -> list[x.Fact]:
        """Every single fact that the changed rules or the measure read."""
        facts: dict[Path, x.Fact] = {}
        for engine, rules in zip(self.engines, self.rules, strict=True):
            for e in self.read(base.request, engine, rules):
                for fact in facts_in(e, engine.model.program):
                    if fact.path[0] not in ("actor", "requester", "as_of"):
                        facts.setdefault(fact.path, fact)
        return list(facts.values())

    def read(self, request: Request, engine: Engine, rules: Sequence[Rule]) -> list[x.Expression]:
        """What some rules and the measure of their action read."""
        measure = engine.model.actions[request.action].action.measure
        found = [e for rule in rules if rule.action == request.action for e in read_by(rule)]
        return [*found, measure.value] if measure is not None else found

    def values(self, request: Request, fact: x.Fact) -> Iterator[Any]:
        """Values of a fact between which an answer may turn."""
        kind = fact.type
        if kind.kind == "boolean":
            yield from (True, False)
        elif kind.kind == "enum":
            enum = self.bench.engine.model.program.enums[kind.name or ""]
            yield from itertools.islice(enum.members, MEMBERS)
        elif is_person(kind):
            yield from self.people()
        elif kind.kind == "text" or _counted(kind):
            yield from self.turning(request, fact)
        if fact.optional:
            yield None

    def people(self) -> list[str]:
        """Some people of the directory, else some positions."""
        known = sorted(self.bench.engine.directory.people)
        positions = self.bench.engine.model.program.positions
        words = known or [_word(p, self.bench.engine) for p in positions]
        return words[:MEMBERS]

    def turning(self, request: Request, fact: x.Fact) -> Iterator[Any]:
        """The points of both programs themselves, then what lies between and beyond them."""
        points, texts = set[Fraction](), set[str]()
        for engine, rules in zip(self.engines, self.rules, strict=True):
            scan = Scan(fact.path, environment(request, engine))
            self.scanned(scan, request, engine, rules)
            points |= scan.points
            texts |= scan.texts.union(*scan.lists)
        if fact.type.kind == "text":
            yield from (*sorted(texts), "something else")
            return
        whole = fact.type.kind in ("date", "days", "months", "integer")
        between = samples(points, whole) if points else []
        for point in dict.fromkeys((*sorted(points), *between)):
            value = _stated(point, fact.type)
            if value is not None:
                yield value

    def scanned(self, scan: Scan, request: Request, engine: Engine, rules: Sequence[Rule]) -> None:
        """The turning points of a fact in some rules."""
        on = engine.model.actions[request.action]
        ends = [d.cap for d in on.delegations if d.cap is not None]
        for rule in rules:
            if rule.action != request.action:
                continue
            for condition in rule.condition:
                scan.condition(condition)
            ends += rule.bound.ends if rule.bound is not None else ()
            ends += (t.amount for t in rule.limit.totals) if rule.limit is not None else ()
        if on.action.measure is not None:
            for end in ends:
                scan.comparison(on.action.measure.value, end)

    # --- who, when, what was done --------------------------------------------------------

    def days(self) -> Iterator[Setting]:
        """The days around which the changed rules or values begin or end."""
        days: set[date] = set()
        for engine, rules in zip(self.engines, self.rules, strict=True):
            periods = [(rule.start, rule.until) for rule in rules]
            periods += [(v.start, v.until) for v in _dated(self.mutant, engine)]
            days |= {d for period in periods for d in period if d is not None}
        near = {d + timedelta(days=n) for d in days if date.min < d < date.max for n in (-1, 0)}
        for day in sorted(near):
            yield ("as_of",), day

    def actors(self, base: Asked) -> Iterator[Setting]:
        """The positions that the changed rules speak about, and a person in each."""
        model = self.bench.engine.model
        named = {p for rules in self.rules for r in rules for p in r.positions or ()}
        given = model.actions[base.request.action].granted(base.request.verb, base.request.as_of)
        for position in sorted(named or {p for p in given if p is not None}):
            yield ("actor",), _word(position, self.bench.engine)
            people = self.bench.engine.directory.holders(position, base.request.as_of)
            yield from ((("actor",), p.person) for p in people[:1] if p.person is not None)

    def steps(self, base: Asked) -> Iterator[Setting]:
        """Nothing done yet; the steps done in part; the actor's own request."""
        yield ("approvals",), []
        yield ("evidence",), []
        actor = base.request.actor
        if actor.person is not None:
            yield ("requester",), actor.person
        if any(_asks_requester(rule) for rules in self.rules for rule in rules):
            yield from ((("requester",), person) for person in self.people())
        done = {"by": actor.person} if actor.person is not None else None
        for rule in (r for rules in self.rules for r in rules):
            if rule.kind == SEPARATION and done is not None:
                yield from ((("approvals",), [{"verb": v, **done}]) for v in sorted(rule.verbs))
            for step in _approvals(rule.steps) if rule.steps is not None else ():
                verb = step.verb or rule.verb
                names = [_word(p, self.bench.engine) for p in step.positions]
                acts = [{"verb": verb, "position": name} for name in names]
                yield from ((("approvals",), acts[:n]) for n in range(1, len(acts) + 1))
                yield from ((("approvals",), [act]) for act in acts[1:])


def _affected(mutant: Mutant, engine: Engine) -> tuple[Rule, ...]:
    """The rules of a program in which a mutant's change may be felt."""
    model = engine.model
    ours = [rule for rule in model.rules if rule.action in mutant.actions]
    if mutant.rule is not None:
        ours = [rule for rule in ours if rule.id == mutant.rule]
    if mutant.name is None or mutant.name[0] in ("policy", "measure"):
        return tuple(ours)
    reading = {rule.index for rule in rules_reading(mutant.name, model)}
    return tuple(rule for rule in ours if rule.index in reading) or tuple(ours)


def _dated(mutant: Mutant, engine: Engine) -> tuple[DatedValue, ...]:
    """The dated values under the name that was changed."""
    kind, key = mutant.name or ("", "")
    program = engine.model.program
    if kind == "parameter":
        return program.parameters[key].values
    rates = program.exchanges.items() if kind == "exchange" else ()
    return next((e.values for pair, e in rates if " to ".join(pair) == key), ())


def _approvals(step: Step) -> Iterator[ApprovalStep]:
    if isinstance(step, ApprovalStep):
        yield step
    for below in getattr(step, "steps", ()):
        yield from _approvals(below)


def _asks_requester(rule: Rule) -> bool:
    facts = (e for root in read_by(rule) for e in x.walk(root) if isinstance(e, x.Fact))
    return any(fact.path[0] == "requester" for fact in facts)


def _counted(kind: Type) -> bool:
    """True for what has turning points on a line."""
    return kind.numeric or kind.kind == "date"


def _stated(point: Fraction, kind: Type) -> Any:
    """A turning point as a document states it; None for what no document holds."""
    if kind.kind != "date":
        return stated(point, kind)
    inside = point.denominator == 1 and 1 <= point <= date.max.toordinal()
    return date.fromordinal(int(point)) if inside else None


def _word(position: str, engine: Engine) -> str:
    """The shortest name by which a request can mean a position."""
    short = position.rsplit(".", 1)[-1]
    one = names_of(engine.model).positions.find(short) == (position,)
    return short if one and short not in engine.directory.people else position
