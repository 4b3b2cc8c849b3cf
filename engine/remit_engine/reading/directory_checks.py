"""What must be true of positions held: nobody twice in one place, no more holders than seats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.program import Program
from remit_dsl.source import Span
from remit_engine.people.directory import DatedHolding


@dataclass(frozen=True, slots=True)
class PlacedHolding:
    """A position held by a person, and where the file says so."""

    person: str
    held: DatedHolding
    span: Span

    @property
    def start(self) -> date:
        """The first day, or the first of all."""
        return self.held.start or date.min

    @property
    def until(self) -> date:
        """The first day after, or the last of all."""
        return self.held.until or date.max


def check_overlaps(held: Iterable[PlacedHolding]) -> Iterator[Diagnostic]:
    """One person holds one position in one unit once at a time."""
    grouped: dict[tuple[str, str, str | None], list[PlacedHolding]] = defaultdict(list)
    for entry in held:
        grouped[entry.person, entry.held.position, entry.held.unit].append(entry)
    for entries in grouped.values():
        entries.sort(key=lambda e: (e.start, e.until))
        last = entries[0]
        for entry in entries[1:]:
            if entry.start < last.until:
                yield _overlap(entry, last)
            last = max(last, entry, key=lambda e: e.until)


def _overlap(entry: PlacedHolding, first: PlacedHolding) -> Diagnostic:
    position = entry.held.position.rsplit(".", 1)[-1]
    message = f"`{entry.person}` holds `{position}` twice from {entry.start}"
    related = (Related(first.span, "held here already"),)
    return Diagnostic(entry.span, "E0616", message, "end the one before the other begins", related)


def check_headcounts(held: Iterable[PlacedHolding], program: Program) -> Iterator[Diagnostic]:
    """No more holders than the position's headcount, on any day; acting holders do not count."""
    grouped: dict[str, list[PlacedHolding]] = defaultdict(list)
    for entry in held:
        if not entry.held.acting:
            grouped[entry.held.position].append(entry)
    for name, entries in grouped.items():
        seats = program.positions[name].headcount
        if seats is not None and (found := _too_many(entries, seats)):
            day, there, entry = found
            people = ", ".join(f"`{p}`" for p in sorted(there)[:6])
            short = name.rsplit(".", 1)[-1]
            message = f"`{short}` has {len(there)} holders on {day} and a headcount of {seats}"
            yield Diagnostic(entry.span, "W0651", message, f"they are {people}")


def _too_many(
    entries: list[PlacedHolding], seats: int
) -> tuple[date, set[str], PlacedHolding] | None:
    """The first day with too many holders, who they are, and the entry that makes it so."""
    there: list[PlacedHolding] = []
    for entry in sorted(entries, key=lambda e: (e.start, e.span)):
        there = [e for e in there if e.until > entry.start] + [entry]
        people = {e.person for e in there}
        if len(people) > seats:
            return entry.start, people, entry
    return None
