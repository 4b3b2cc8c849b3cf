"""What holds from when to when: everything with dates, as lines of stretches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from remit_dsl.program import DatedValue, Policy, Program
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.analysis.answer import About
from remit_engine.analysis.dependents import dated, rate_name
from remit_engine.analysis.written_dates import only
from remit_engine.rules.ir import GRANT, Model, Period, Rule

VALUE = "value"
DOCUMENT = "document"
RIGHT = "right"
BAR = "bar"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days on which one thing holds. policy: whose period has cut it, if any; id: of a rule."""

    period: Period
    span: Span
    policy: str
    id: str | None = None

    @property
    def start(self) -> date:
        """The first day; the first day of all where none is stated."""
        return self.period[0] or date.min

    @property
    def until(self) -> date | None:
        """The first day on which it holds no more."""
        return self.period[1]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What takes turns in time, by beginning. nothing: what is so on a day without any of them."""

    kind: str
    about: About
    nothing: str
    stretches: tuple[Stretch, ...]

    @property
    def last(self) -> Stretch:
        """The one that holds longest."""
        return max(self.stretches, key=lambda s: s.until or date.max)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days between two stretches."""

    before: Stretch
    after: Stretch
    start: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.start).days


def timelines(model: Model) -> Iterator[Timeline]:
    """Documents first, then values, then rights by action, verb and position, then bars."""
    yield from _documents(model.program)
    yield from _values(model.program)
    yield from _rights(model)
    yield from _bars(model)


def gaps(line: Timeline) -> Iterator[Gap]:
    """The days between the first and the last on which none holds."""
    reach = line.stretches[0]
    for stretch in line.stretches[1:]:
        if reach.until is None:
            return
        if reach.until < stretch.start:
            yield Gap(reach, stretch, reach.until, stretch.start)
        if stretch.until is None or stretch.until > reach.until:
            reach = stretch


def slips(line: Timeline) -> Iterator[Gap]:
    """Pairs that miss each other by one day, when nothing takes over on that day itself.

    `until` read as the last day: so near a miss is hardly meant, whatever else holds that day.
    """
    begins = {s.start for s in line.stretches}
    after = {s.start: s for s in reversed(line.stretches)}
    for stretch in line.stretches:
        until = stretch.until
        if until is not None and until not in begins and until < date.max and until + DAY in after:
            yield Gap(stretch, after[until + DAY], until, until + DAY)


# --- documents and values ------------------------------------------------------------------


def _documents(program: Program) -> Iterator[Timeline]:
    """The versions of one written document; a policy that names none stands for itself."""
    found: dict[tuple[str, str], list[Policy]] = defaultdict(list)
    for policy in program.policies.values():
        key = ("", policy.name) if policy.document is None else (policy.document, "")
        found[key].append(policy)
    for (document, name), policies in found.items():
        words = f"no version of document `{document}` is" if document else f"policy `{name}` is not"
        stretches = _ordered(
            Stretch((p.start, p.effective_until), p.span, p.name) for p in policies
        )
        about = About(name=stretches[0].policy)
        yield Timeline(DOCUMENT, about, f"{words} in force", stretches)


def _values(program: Program) -> Iterator[Timeline]:
    for p in program.parameters.values():
        yield _dated(p.name, f"`{short(p.name)}` has no value", p.values, p.policy)
    for (base, quote), exchange in program.exchanges.items():
        words = f"there is no rate from {base} to {quote}"
        yield _dated(rate_name(base, quote), words, exchange.values, "")


def _dated(name: str, nothing: str, values: tuple[DatedValue, ...], policy: str) -> Timeline:
    stretches = tuple(Stretch(period, value.span, policy) for value, period in dated(values))
    return Timeline(VALUE, About(name=name), nothing, stretches)


# --- rules ---------------------------------------------------------------------------------


def _rights(model: Model) -> Iterator[Timeline]:
    """For each verb that some grant names: who is given it, by that verb or by another."""
    for name, rules in model.actions.items():
        grants = [r for r in rules.rules if r.kind == GRANT]
        for verb in dict.fromkeys(r.verb for r in grants):
            given: dict[str | None, list[Rule]] = defaultdict(list)
            for rule in grants:
                for who in _named(rule) if verb in rule.verbs else ():
                    given[who].append(rule)
            named = {who: None for r in grants if r.verb == verb for who in _named(r)}
            for who in named:
                concerned = given[who] + (given[None] if who else [])
                words = f"`{short(who)}`" if who else "anyone"
                yield Timeline(
                    RIGHT,
                    About(name, verb, (who,) if who else ()),
                    f"nothing lets {words} {verb} in action `{rules.action.short}`",
                    _ordered(_stretch(r) for r in concerned),
                )


def _named(rule: Rule) -> list[str | None]:
    return [*sorted(rule.positions)] if rule.positions else [None]


def _bars(model: Model) -> Iterator[Timeline]:
    """Prohibitions, steps and separations of one kind on the same verb and positions."""
    found: dict[tuple[object, ...], list[Rule]] = defaultdict(list)
    for rule in model.rules:
        if rule.kind != GRANT:
            found[rule.kind, rule.action, rule.verbs, rule.positions].append(rule)
    for rules in found.values():
        first = rules[0]
        yield Timeline(
            BAR,
            About(first.action, first.verb, only(first.positions)),
            "",
            _ordered(_stretch(r) for r in rules),
        )


def _stretch(rule: Rule) -> Stretch:
    return Stretch((rule.start, rule.until), rule.span, rule.policy, rule.id)


def _ordered(stretches: Iterator[Stretch]) -> tuple[Stretch, ...]:
    return tuple(sorted(stretches, key=lambda s: (s.start, s.span)))
