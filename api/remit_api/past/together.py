"""Both texts at once: each row is led to its head, and by its number to the pair of answers.

What became of all rows is counted in one pass, without a table of answers. Where the rules ask for
more than this (steps, several axes), a few rows are read one by one; of many nothing is done here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from remit_api.past.heads import CODED, Heads, NotTogether
from remit_api.past.labels import EPOCH, load_labels
from remit_api.past.staging import AMOUNT, PARTIES, RECORDED, Staging
from remit_api.past.work import BOTH, NEW, OLD, Answered, Work
from remit_dsl.uncollected import uncollected
from remit_engine.batch.cores import shared
from remit_engine.batch.layouts import Reading
from remit_engine.batch.pairing import Asked, NotAlong, Pair, Paired, halved, paired
from remit_engine.batch.part import Part
from remit_engine.compile.to_sql import VALUE
from remit_engine.impact import steps_by_rule
from remit_engine.warehouse.duckdb import DuckDB

STOOD, BANDS, GROUPS, LABELS = "heads_stood", "pair_bands", "head_groups", "head_labels"
MANY = 10_000
"""From so many heads on two processes share them."""
MOST = 2**63 - 1

FEW_ROWS, ROWS_FOR_ONE = 1_000, 1_000
"""So many rows without an answer, or one of so many, are left to be read one by one."""

Counted = tuple[Any, ...]
"""`action, verb, label, before, answer, recorded`, and how many rows, amounts, their sum."""


@dataclass(slots=True)
class Together:
    """numbers: the columns that each row has of its own. pairs, places, axes: of all actions, by
    their numbers."""

    work: Work
    heads: Heads
    staging: Staging
    own: frozenset[str]
    pairs: list[Pair] = field(default_factory=list)
    sampled: bool = False
    _sums: list[tuple[Any, ...]] = field(default_factory=list)
    _numbers: dict[Pair, int] = field(default_factory=dict)
    _axes: dict[str, int] = field(default_factory=dict)
    _bands: list[tuple[int, int, int, int]] = field(default_factory=list)
    _stood: list[tuple[int, int, int]] = field(default_factory=list)
    _places: int = 0

    @property
    def _warehouse(self) -> DuckDB:
        return self.work.warehouse

    def add(self, found: Paired) -> None:
        """The rows on one verb of an action."""
        self._guard(found)
        self.sampled |= found.sampled
        pairs = [self._pair(pair) for pair in found.pairs]
        axes = []
        for number, (axis, bands) in enumerate(found.places, self._places):
            axes.append(-1 if axis is None else self._axes.setdefault(axis, len(self._axes)))
            self._bands += [(number, low, high, pairs[p]) for low, high, p in bands if p >= 0]
        self._stood += [(row, self._places + place, axes[place]) for row, place in found.rows]
        self._places += len(found.places)

    def _pair(self, pair: Pair) -> int:
        number = self._numbers.get(pair)
        if number is None:
            number = self._numbers[pair] = len(self.pairs)
            self.pairs.append(pair)
        return number

    def _guard(self, found: Paired) -> None:
        """Raises NotTogether where a number might leave 64 bits on the way to its axis."""
        bounds = {v: self._largest(name.removeprefix("r.")) for v, name in found.names.items()}
        if any(axis.largest(bounds) > MOST for axis in found.axes.values()):
            raise NotTogether

    def _largest(self, name: str) -> int:
        table = CODED if name in self.own else NEW
        ((low, high),) = self._warehouse.rows(f"SELECT min({name}), max({name}) FROM {table}")
        return max(1, abs(int(low or 0)), abs(int(high or 0)))

    # --- tables -----------------------------------------------------------------------------------

    def write(self) -> None:
        """The tables that lead from a row to its pair."""
        placed = (("head", "BIGINT"), ("place", "BIGINT"), ("axis", "BIGINT"))
        self._warehouse.load("heads_placed", placed, self._stood)
        bands = (("place", "BIGINT"), ("low", "BIGINT"), ("high", "BIGINT"), ("pair", "BIGINT"))
        self._warehouse.load(BANDS, bands, self._bands)
        load_labels(
            self._warehouse, LABELS, f"{NEW}{PARTIES}", self.work.replay.new.engine.directory
        )
        labelled = (
            f"SELECT n.row_id, n.action, n.verb, l.label, n.{RECORDED} FROM {NEW} n LEFT JOIN "
            f"{LABELS} l ON l.party = n.actor AND n.as_of >= l.start AND n.as_of < l.until"
        )
        self._warehouse.create("heads_labelled", labelled)
        every = f"SELECT DISTINCT action, verb, label, {RECORDED} FROM heads_labelled"
        self._warehouse.create(GROUPS, f"SELECT row_number() OVER () AS number, * FROM ({every})")
        same = " AND ".join(
            f"g.{n} IS NOT DISTINCT FROM n.{n}" for n in ("action", "verb", "label", RECORDED)
        )
        self._warehouse.create(
            STOOD,
            f"SELECT h.head, h.place, h.axis, g.number FROM heads_placed h "
            f"JOIN heads_labelled n ON n.row_id = h.head JOIN {GROUPS} g ON {same}",
        )

    def _rows(self, columns: Sequence[str], pairs: str = "", heads: str = "") -> str:
        """The rows that both texts answer. pairs, heads: conditions on these."""
        shown = ", ".join(columns)
        return (
            f"SELECT {shown} FROM ({self._placed(heads)}) r JOIN {BANDS} b ON b.place = r.place "
            f"AND b.low <= r.v AND r.v <= b.high {pairs}"
        )

    def _placed(self, heads: str) -> str:
        """The rows with the places of their heads and their numbers on the axes."""
        cases = " ".join(
            f"WHEN {n} THEN COALESCE({sql}, CAST(0 AS BIGINT))" for sql, n in self._axes.items()
        )
        number = f"CASE r.axis {cases} ELSE CAST(0 AS BIGINT) END" if cases else "CAST(0 AS BIGINT)"
        said = self._of_heads()
        amount = self.heads.amount("n", "s")
        return (
            f"SELECT r.*, {number} AS v FROM (SELECT s.*, t.place, t.axis, t.number, "
            f"{amount} AS {AMOUNT}{said} FROM {CODED} s JOIN {STOOD} t ON t.head = s.head "
            f"{heads} {self._joined(amount, said)} WHERE NOT s.fault) r"
        )

    def _of_heads(self) -> str:
        """The numbers that all rows of a head share, where an axis asks for one."""
        names = {column.name for column in self.staging.judge.columns if column.numeric}
        shared = sorted({*names, "as_of"} - self.own)
        return "".join(f", n.{n}" for n in shared if any(f"r.{n}" in sql for sql in self._axes))

    def _joined(self, amount: str, said: str) -> str:
        needed = said or "n." in amount
        return f"JOIN {NEW} n ON n.row_id = s.head" if needed else ""

    # --- what became of the rows ------------------------------------------------------------------

    def add_up(self) -> None:
        """Count the rows by group and pair. Raises NotTogether where too many have no answer."""
        columns = (
            "r.number", "b.pair", "count(*)", f"count(r.{AMOUNT})", f"sum(r.{AMOUNT})",
            "min(r.said_day)",
        )  # fmt: skip
        self._sums = list(self._warehouse.rows(f"{self._rows(columns)} GROUP BY ALL"))
        ((rows,),) = self._warehouse.rows(f"SELECT count(*) FROM {CODED}")
        left = rows - sum(found[2] for found in self._sums)
        if self.sampled and left > max(FEW_ROWS, rows // ROWS_FOR_ONE):
            raise NotTogether

    def counted(self) -> Iterator[Counted]:
        """See `counting`; the first day of all rows is noted."""
        groups = {number: told for number, *told in self._warehouse.rows(f"SELECT * FROM {GROUPS}")}
        for number, pair, *sums, day in self._sums:
            if day is not None:
                self.work.summary.seen_on(EPOCH + timedelta(days=day))
            action, verb, label, recorded = groups[number]
            yield action, verb, label, pair, pair, recorded, *sums

    def view(self) -> None:
        """All rows that both texts answer, by name, for whoever asks."""
        columns = ("r.row_id", "g.action", "b.pair AS before", "b.pair AS answer")
        self._warehouse.view(BOTH, self._rows(columns, f"JOIN {GROUPS} g ON g.number = r.number"))

    def write_changed(self, pairs: Sequence[int]) -> str:
        """A table of the rows that have one of these pairs."""
        self._warehouse.load("pairs_changed", (("pair", "BIGINT"),), [(p,) for p in pairs])
        touched = f"SELECT DISTINCT b.place FROM {BANDS} b JOIN pairs_changed c ON c.pair = b.pair"
        self._warehouse.create("places_changed", touched)
        columns = ("r.row_id", "b.pair AS before", "b.pair AS answer")
        table = "rows_changed"
        self._warehouse.create(
            table,
            self._rows(
                columns,
                "JOIN pairs_changed c ON c.pair = b.pair",
                "JOIN places_changed q ON q.place = t.place",
            ),
        )
        for name in (OLD, NEW):
            self._warehouse.view(f"{name}_answers", f"SELECT row_id, answer FROM {table}")
        return table

    def answered(self) -> tuple[Answered, Answered]:
        """What the numbers of pairs mean under the new text and under the old one."""
        old, new = ([pair[side] for pair in self.pairs] for side in (0, 1))
        return (
            Answered(NEW, True, tuple(new), _steps(self.work, new=True)),
            Answered(OLD, True, tuple(old), _steps(self.work, new=False)),
        )


def together(work: Work, old: Staging, new: Staging) -> Together | None:
    """Both texts over all rows; None where each has to judge them by itself."""
    with uncollected():
        try:
            return _together(work, old, new)
        except (NotTogether, NotAlong):
            return None


def _together(work: Work, old: Staging, new: Staging) -> Together:
    heads = Heads(old, new, NEW)
    before, after = heads.staged()
    staged = after.stage(NEW)
    if not staged.any:
        raise NotTogether
    before.stage(OLD, staged)
    found = Together(work, heads, after, frozenset(heads.numbers().values))
    work.progress("both texts", 0, 1)
    for one in _paired(work, _asked(before, after, found.own)):
        found.add(one)
    found.write()
    found.add_up()
    return found


def _paired(work: Work, asked: list[tuple[Asked, Asked]]) -> list[Paired]:
    """On two cores where there are many heads."""
    same_steps = _steps(work, new=True) == _steps(work, new=False)

    def one(pair: tuple[Asked, Asked]) -> Paired:
        return paired(*pair, same_steps=same_steps)

    if sum(len(new.rows) for _, new in asked) < MANY:
        return [one(pair) for pair in asked]
    return shared(one, [piece for pair in asked for piece in halved(*pair)])


def _asked(old: Staging, new: Staging, own: frozenset[str]) -> list[tuple[Asked, Asked]]:
    """The rows of each verb of an action that both texts know, under both."""
    known: dict[tuple[str, str], Part] = {}
    for part in old.judge.parts(OLD, "before"):
        known[_verb(part.how)] = part
    found = []
    for part in new.judge.parts(NEW, "after"):
        other = known.get(_verb(part.how))
        if other is not None:
            _refuse_values(part.how, own)
            _refuse_values(other.how, own)
            found.append((_met(other, old), _met(part, new)))
    return found


def _met(part: Part, staging: Staging) -> Asked:
    return Asked(part, staging.side.engine.model, part.met())


def _verb(how: Reading) -> tuple[str, str]:
    return how.layout.action, how.layout.verb


def _refuse_values(how: Reading, own: frozenset[str]) -> None:
    """A number that enters by its value is of the head, or there are no heads."""
    if any(key.mode == VALUE and key.column.name in own for key in how.keys):
        raise NotTogether


def _steps(work: Work, *, new: bool) -> dict[str, str]:
    side = work.replay.new if new else work.replay.old
    return {} if side is None else steps_by_rule(side.engine.model)
