"""Dates in which month and day are probably swapped: 2026-01-07 written for the 1st of July.

Few false alarms are worth more than every hit. A date is doubted only when swapping it, and it
alone, puts something right that is wrong or odd as it stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.program import Policy
from remit_dsl.source import Span
from remit_engine.analysis.answer import Answer, refuted
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.written_dates import (
    Entry,
    header,
    rule_lines,
    statements,
    value_lines,
    versions,
)
from remit_engine.rules.ir import Model

NAME = "dates"
FEWEST_BESIDE = 2
FEWEST_IN_FILE = 3


_Doubt = tuple[Entry, date, str, Span | None]
"""(where, the doubted date, what is odd about it, the place that shows it)"""


def swapped(day: date) -> date | None:
    """The date with month and day changed for one another, when that is another date."""
    return None if day.day > 12 or day.day == day.month else date(day.year, day.day, day.month)


def swaps(model: Model, scope: Scope) -> Iterator[Answer]:
    """Every doubted date of the program, each once."""
    told: set[tuple[Span, date]] = set()
    for entry, day, why, shown in _doubts(model, scope):
        meant = swapped(day)
        if meant is None or entry.ended or (entry.span, day) in told:
            continue
        told.add((entry.span, day))
        finding = Diagnostic(
            entry.span,
            "W0813",
            f"month and day of {day} may be swapped: {why}",
            f"if {meant.day} {_MONTHS[meant.month - 1]} is meant, write `{meant}`",
            (Related(shown, "compare the dates here"),) if shown else (),
        )
        yield refuted(NAME, entry.about, finding)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _doubts(model: Model, scope: Scope) -> Iterator[_Doubt]:
    program = model.program
    values, rules = value_lines(program, scope), rule_lines(model, scope)
    for policy in program.policies.values():
        yield from _order_of_approval(policy, scope)
    for entry, policy in statements(model, scope):
        yield from _outside(entry, policy)
    for line in (*versions(program, scope), *rules, *values):
        yield from _missed_meetings(line)
    for line in rules:
        yield from _out_of_turn(line)
    yield from _odd_ones(values + rules)


# --- what is odd ---------------------------------------------------------------------------


def _order_of_approval(policy: Policy, scope: Scope) -> Iterator[_Doubt]:
    """First approved, then published, then in force: one date that breaks it and need not."""
    written = [
        ("approved", policy.approved_on),
        ("published", policy.published_on),
        ("in force", policy.effective_from),
    ]
    days = [(word, day) for word, day in written if day is not None]
    if _ascending([day for _, day in days]):
        return
    for i, (word, day) in reversed(list(enumerate(days))):
        meant = swapped(day)
        if meant and _ascending([d for _, d in (*days[:i], (word, meant), *days[i + 1 :])]):
            order = ", ".join(f"{w} {d}" for w, d in days)
            why = f"the policy is {order}, which is out of order as it stands"
            yield header(policy, scope), day, why, None
            return


def _ascending(days: list[date]) -> bool:
    return all(a <= b for a, b in pairwise(days))


def _outside(entry: Entry, policy: Policy) -> Iterator[_Doubt]:
    """A rule that begins before its policy or ends after it, and would not if swapped."""
    low, high = policy.start or date.min, policy.effective_until or date.max
    start, until = entry.start, entry.until
    meant = swapped(start) if start else None
    if start and meant and not low <= start < high and low <= meant < (until or high) <= high:
        yield entry, start, f"its policy holds {_period(policy)}", policy.span
    meant = swapped(until) if until else None
    if until and meant and not low < until <= high and max(low, start or low) < meant <= high:
        yield entry, until, f"its policy holds {_period(policy)}", policy.span


def _period(policy: Policy) -> str:
    since = f"from {policy.start}" if policy.start else ""
    to = f"until {policy.effective_until}" if policy.effective_until else ""
    return " ".join(filter(None, (since, to)))


def _missed_meetings(line: list[Entry]) -> Iterator[_Doubt]:
    """One ends on a day, another begins on that day with month and day swapped."""
    starts = {e.start: e for e in reversed(line) if e.start is not None}
    ends = {e.until for e in line}
    for a in line:
        meant = swapped(a.until) if a.until else None
        b = starts.get(meant) if meant else None
        if a.until is None or b is None or a is b or a.until in starts or b.start in ends:
            continue
        if b.start and b.start.day == 1 and a.until.day != 1:
            yield a, a.until, f"another begins on {b.start}", b.span
        elif b.start:
            yield b, b.start, f"another ends on {a.until}", a.span


def _out_of_turn(line: list[Entry]) -> Iterator[_Doubt]:
    """Three rules or more that begin one after the other, if one date is swapped. Most rules
    begin on the first of a month: such a date is not the one to doubt."""
    begun = [e for e in line if e.start is not None]
    days = [e.start for e in begun if e.start is not None]
    if len(days) <= FEWEST_BESIDE or _rising(days):
        return
    right = [
        i
        for i, day in enumerate(days)
        if day.day != 1 and (meant := swapped(day)) and _rising([*days[:i], meant, *days[i + 1 :]])
    ]
    if len(right) == 1:
        i = right[0]
        beside = begun[i - 1] if i else begun[i + 1]
        yield begun[i], days[i], f"the rule beside it begins on {beside.start}", beside.span


def _rising(days: list[date]) -> bool:
    return all(a < b for a, b in pairwise(days))


def _odd_ones(lines: list[list[Entry]]) -> Iterator[_Doubt]:
    """All dates beside one fall on the same day of the month, and it would too if swapped."""
    in_file: dict[str, Counter[int]] = defaultdict(Counter)
    for entry in (e for line in lines for e in line):
        in_file[entry.span.file].update(day.day for day in entry.days)
    for line in lines:
        beside = Counter(day.day for e in line for day in e.days)
        for entry in line:
            for day in entry.days:
                usual = _usual(day, beside, FEWEST_BESIDE) or _usual(
                    day, in_file[entry.span.file], FEWEST_IN_FILE
                )
                meant = swapped(day)
                if usual and meant and meant.day == usual and _fits(entry, day, meant, line):
                    why = f"all dates beside it are on day {usual} of a month"
                    yield entry, day, why, next((e.span for e in line if e is not entry), None)


def _usual(day: date, pool: Counter[int], fewest: int) -> int | None:
    """The one day of the month of all other dates of the pool."""
    others = pool - Counter({day.day: 1})
    if len(others) != 1 or others.total() < fewest:
        return None
    (usual,) = others
    return usual


def _fits(entry: Entry, day: date, meant: date, line: list[Entry]) -> bool:
    """Swapped, the date stands in the same place among the others, and its period is sound."""
    start = meant if day == entry.start else entry.start
    until = meant if day == entry.until else entry.until
    if start and until and until <= start:
        return False
    others = {d for e in line if e is not entry for d in e.days}
    return meant not in others and all((d < day) == (d < meant) for d in others)
