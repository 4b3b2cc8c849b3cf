"""Dates as terms of the solver: days are counted from the first of year 1.

The year, the month and the day of a date are constants of their own, tied to it by what makes
them unique; solvers find that far easier than the divisions that would compute them. A year is
counted from March, so that its odd day comes last.
"""

from __future__ import annotations

from dataclasses import dataclass

from remit_dsl import expressions as x
from remit_engine.compile.smt_facts import in_calendar
from remit_engine.compile.smt_followers import Followers
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_scope import Read, Scope, scalar
from remit_engine.compile.smt_values import Scalar, every

_TO_MARCH = 305
"""1 March of year 0 is day -305."""
_ERA = 146_097
_BEGINS = (0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337)
"""The days of a year before each of its months, from March."""
_SHORT = (1, 3, 6, 8)
"""The months of 30 days."""
_MONTHS = {"quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Calendar:
    """A date taken apart: months since January of year 0, the day of the month, and the last day
    of the month."""

    months: z3.ArithRef
    day: z3.ArithRef
    last: z3.ArithRef


def apart(day: z3.ArithRef, followers: Followers) -> Calendar:
    """A date as month and day of the month."""
    parts = followers.define("apart", day, ("year", "month", "day"), taken_apart)
    year, month, of_month = parts
    begins = z3.IntVal(_BEGINS[-1])
    for i in reversed(range(len(_BEGINS) - 1)):
        begins = z3.If(month == i, _BEGINS[i], begins)
    last = _last(year, month)
    followers.tie(
        parts,
        z3.And(month >= 0, month < 12, of_month >= 1, of_month <= last),
        day == 365 * year + year / 4 - year / 100 + year / 400 + begins + of_month - 1 - _TO_MARCH,
    )
    return Calendar(year * 12 + month + 2, of_month, last)


def _last(year: z3.ArithRef, month: z3.ArithRef) -> z3.ArithRef:
    """The last day of a month; February is of the next year."""
    civil = year + 1
    leap = z3.And(civil % 4 == 0, z3.Or(civil % 100 != 0, civil % 400 == 0))
    short = z3.Or(*(month == i for i in _SHORT))
    return z3.If(month == 11, z3.If(leap, 29, 28), z3.If(short, 30, 31))


def taken_apart(day: int) -> tuple[int, ...]:
    """Year from March, month from March, day of the month."""
    era, of_era = divmod(day + _TO_MARCH, _ERA)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    return era * 400 + year, month, of_year - (153 * month + 2) // 5 + 1


def first_of(months: z3.ArithRef, followers: Followers) -> z3.ArithRef:
    """The first day of a month, given as months since January of year 0."""
    parts = followers.define("first", months, ("first",), _first)
    (day,) = parts
    at = apart(day, followers)
    followers.tie(parts, at.months == months, at.day == 1)
    return day


def _first(months: int) -> tuple[int, ...]:
    year, month = divmod(months - 2, 12)
    return (365 * year + year // 4 - year // 100 + year // 400 + _BEGINS[month] - _TO_MARCH,)


def difference(e: x.DateDifference, scope: Scope, read: Read) -> Scalar:
    """Days, or whole months, from one date to another."""
    a, b = scalar(e.start, scope, read), scalar(e.end, scope, read)
    known = every(a.known, b.known)
    if e.unit == "days":
        return Scalar(known, z3.ToReal(b.term - a.term))
    first, last = apart(a.term, scope.facts.followers), apart(b.term, scope.facts.followers)
    months = z3.If(b.term < a.term, -_whole(last, first), _whole(first, last))
    return Scalar(known, z3.ToReal(months))


def _whole(start: Calendar, end: Calendar) -> z3.ArithRef:
    """Complete months to a later day; a month is complete at its end where it has no such day."""
    complete = z3.Or(start.day <= end.day, end.day == end.last)
    return end.months - start.months - z3.If(complete, 0, 1)


def edge(e: x.PeriodEdge, scope: Scope, read: Read) -> Scalar:
    """The first or the last day of the week, month, quarter or year."""
    day = scalar(e.operand, scope, read)
    if e.unit == "week":
        term = day.term - (day.term + 6) % 7 + (0 if e.edge == "start" else 6)
        return Scalar(every(day.known, in_calendar(term)), term)
    at = apart(day.term, scope.facts.followers)
    if e.unit == "month":
        return Scalar(day.known, day.term - at.day + (1 if e.edge == "start" else at.last))
    begin = at.months - at.months % _MONTHS[e.unit]
    if e.edge == "start":
        return Scalar(day.known, first_of(begin, scope.facts.followers))
    return Scalar(day.known, first_of(begin + _MONTHS[e.unit], scope.facts.followers) - 1)


def added(e: x.AddToDate, scope: Scope, read: Read) -> Scalar:
    """A date and a duration, whose fraction is dropped; past the calendar it is unknown."""
    day, amount = scalar(e.date, scope, read), scalar(e.duration, scope, read)
    count = z3.If(amount.term < 0, -z3.ToInt(-amount.term), z3.ToInt(amount.term)) * e.sign
    known = every(day.known, amount.known)
    if e.month_rule is None:
        term = day.term + count
        return Scalar(every(known, in_calendar(term)), term)
    at = apart(day.term, scope.facts.followers)
    begin = first_of(at.months + count, scope.facts.followers)
    last = apart(begin, scope.facts.followers).last
    past = begin + last - (1 if e.month_rule == "clipped" else 0)
    term = z3.If(at.day <= last, begin + at.day - 1, past)
    return Scalar(every(known, in_calendar(begin), in_calendar(term)), term)
