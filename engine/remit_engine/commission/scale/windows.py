"""The scale on credit, line by line, over a window (docs/pay.md section 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from remit_dsl.pay import Scale
from remit_engine.commission.basis.faults import stands_on
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.lines.crediting import Credited, follow
from remit_engine.commission.scale.ladder import Ladder
from remit_engine.commission.statement import Line, TierPart

NOTHING = Fraction(0)
TO_DATE = {"quarter to date": "quarter", "year to date": "year"}


@dataclass(frozen=True, slots=True)
class Lowering:
    """A return that moves the position down (up, where it is restored), after the day's lines."""

    day: date
    line: Credited
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Rates:
    """Where ladders come from: as of a line's day for its payee, and as of the statement's."""

    of_line: Callable[[Credited], Ladder]
    of_statement: Callable[[], Ladder]


@dataclass(slots=True)
class Window:
    """Lines taken together up to now. at: the position. returned: what of a line no longer counts.
    rates: of a line in its own period. topped: what true-ups have given."""

    at: Fraction = NOTHING
    topped: Fraction = NOTHING
    lines: list[Credited] = field(default_factory=list)
    lowerings: list[Lowering] = field(default_factory=list)
    returned: defaultdict[int, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    rates: dict[int, Fraction] = field(default_factory=dict)

    def lower(self, move: Lowering) -> None:
        """A return takes its part out."""
        self.at -= move.amount
        self.returned[id(move.line)] += move.amount

    def true_up(self, part: Callable[[Credited], TierPart]) -> Fraction:
        """What the lines of earlier periods, as far as they are kept, are worth more by now."""
        worth = sum(
            (self._kept(x) * (part(x).rate - self.rates[id(x)]) for x in self.lines), NOTHING
        )
        more, self.topped = worth - self.topped, worth
        return more

    def _kept(self, line: Credited) -> Fraction:
        return line.credit - self.returned[id(line)]


@dataclass(frozen=True, slots=True)
class Scaled:
    """The lines of one period with what they earned, and its sum. position: at the end (of the
    last window)."""

    lines: tuple[Line, ...]
    before: Fraction
    position: Fraction
    earned: Fraction


class CreditScale:
    """The scale on credit of one person, period after period.

    A statement at fault breaks the window it lies in: what stands on it is at fault as well.
    """

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._kind = TO_DATE.get(scale.over)
        self._window = Window()
        self._key: Period | None = None
        self._broken: Period | None = None

    def broken(self, period: Period) -> None:
        """The statement of a period is at fault."""
        if self._kind is not None:
            self._broken = period

    def period(self, period: Period, lines: Sequence[Credited], rates: Rates) -> Scaled:
        """The lines of a period, which follows those given before."""
        if self._kind is not None:
            return self._to_date(period, lines, rates)
        tracks = [self._track(of, period, rates) for of in self._apart(lines)]
        found = [line for track in tracks for line in track.lines]
        found.sort(key=_written_order)
        earned = sum((track.earned for track in tracks), NOTHING)
        return Scaled(tuple(found), NOTHING, tracks[-1].position if tracks else NOTHING, earned)

    def _track(self, lines: Sequence[Credited], period: Period, rates: Rates) -> Scaled:
        window = Window()
        if self._scale.over != "line":
            window.lowerings.extend(_lowerings(lines, period))
        return self._walk(window, period, lines, rates)

    def _apart(self, lines: Sequence[Credited]) -> Iterable[Sequence[Credited]]:
        match self._scale.over:
            case "period":
                return [lines]
            case "line":
                return [[line] for line in lines]
        apart: dict[object, list[Credited]] = defaultdict(list)
        path = self._scale.over.split(".")
        for line in lines:
            apart[follow(line.facts, path)].append(line)
        return apart.values()

    def _to_date(self, period: Period, lines: Sequence[Credited], rates: Rates) -> Scaled:
        key = period.within(self._kind or "")
        if key != self._key:
            self._window, self._key = Window(), key
        if self._broken is not None and self._broken.within(key.kind) == key:
            raise stands_on(self._broken)
        self._window.lowerings.extend(_lowerings(lines, key))
        return self._walk(self._window, period, lines, rates)

    def _walk(
        self, window: Window, period: Period, lines: Sequence[Credited], rates: Rates
    ) -> Scaled:
        before = window.at
        moves: list[Credited | Lowering] = list(lines)
        moves.extend(x for x in window.lowerings if x.day <= period.last)
        window.lowerings = [x for x in window.lowerings if x.day > period.last]
        moves.sort(key=_move_order)
        marginal = self._scale.kind == "marginal"
        found = list(_marginal(window, moves, rates) if marginal else _moved(window, moves))
        if not marginal and (lines or window.lines):
            found = self._decided(window, found, lines, period, rates)
        window.lines.extend(lines)
        earned = sum((line.earned for line in found if line.earned), NOTHING)
        return Scaled(tuple(found), before, window.at, earned)

    def _decided(
        self,
        window: Window,
        found: list[Line],
        lines: Sequence[Credited],
        period: Period,
        rates: Rates,
    ) -> list[Line]:
        """A whole or interpolated scale, where the position at the end decides for all lines."""
        part = self._one_rate(window.at, rates)
        own = {id(line): part(line) for line in lines}
        by_event = iter([own[id(line)] for line in lines])
        now = [_earning(x, next(by_event)) if x.kind == "sale" else x for x in found]
        if window.lines:
            more = window.true_up(part)
            now.append(Line("", "true-up", period.last, NOTHING, more, (), None, ""))
        window.rates.update({line: own[line].rate for line in own})
        return now

    def _one_rate(self, position: Fraction, rates: Rates) -> Callable[[Credited], TierPart]:
        if self._scale.over == "line":
            return lambda line: self._alone(line, rates.of_line(line))
        if self._scale.kind == "interpolated":
            tier, rate = rates.of_statement().interpolated(position)
            return lambda line: TierPart(tier, line.credit, rate)
        decided = rates.of_statement().tier(position)
        return lambda line: TierPart(decided, line.credit, rates.of_line(line).rates[decided])

    def _alone(self, line: Credited, ladder: Ladder) -> TierPart:
        """A line that is a window of its own: its credit is the position."""
        if self._scale.kind == "interpolated":
            tier, rate = ladder.interpolated(line.credit)
        else:
            tier = ladder.tier(line.credit)
            rate = ladder.rates[tier]
        return TierPart(tier, line.credit, rate)


def _marginal(window: Window, moves: Iterable[Credited | Lowering], rates: Rates) -> Iterator[Line]:
    for move in moves:
        if isinstance(move, Lowering):
            yield _lower(window, move)
            continue
        parts = rates.of_line(move).marginal(window.at, window.at + move.credit)
        window.at += move.credit
        yield plain_line(move, sum((p.amount * p.rate for p in parts), NOTHING), parts)


def _moved(window: Window, moves: Iterable[Credited | Lowering]) -> Iterator[Line]:
    for move in moves:
        if isinstance(move, Lowering):
            yield _lower(window, move)
        else:
            window.at += move.credit
            yield plain_line(move, NOTHING, ())


def _lower(window: Window, move: Lowering) -> Line:
    window.lower(move)
    line = move.line
    return Line(line.event, "lowered", move.day, -move.amount, NOTHING, (), None, line.place)


def plain_line(line: Credited, earned: Fraction | None, parts: tuple[TierPart, ...]) -> Line:
    """A counted line as statements show it."""
    return Line(line.event, "sale", line.day, line.credit, earned, parts, None, line.place)


def _earning(line: Line, part: TierPart) -> Line:
    return Line(
        line.event,
        line.kind,
        line.day,
        line.credit,
        part.amount * part.rate,
        (part,),
        None,
        line.place,
    )


def _lowerings(lines: Iterable[Credited], within: Period) -> Iterator[Lowering]:
    """The returns of lines whose date lies in a period (the window of the lines)."""
    for line in lines:
        reached = NOTHING
        for day, fraction in line.fate.lowered if line.fate is not None else ():
            amount = line.credit * (fraction - reached)
            reached = fraction
            moved = max(day, line.day)
            if amount and moved <= within.last:
                yield Lowering(moved, line, amount)


def _move_order(move: Credited | Lowering) -> tuple[date, int, str]:
    if isinstance(move, Lowering):
        return move.day, 1, move.line.event
    return move.day, 0, move.event


def _written_order(line: Line) -> tuple[date, int, str]:
    return line.day, line.kind != "sale", line.event
