"""The requests on one verb of an action, from the table of requests to the table of answers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from remit_engine.batch.combinations import Variants
from remit_engine.batch.days import Eras, roster, rosters
from remit_engine.batch.layouts import Reading
from remit_engine.batch.parties import Parties
from remit_engine.batch.places import Answers, Places, own_places, reach_places
from remit_engine.batch.samples import Samples
from remit_engine.batch.sorting import Sorter
from remit_engine.batch.values import Irregular, day
from remit_engine.compile.sql_codes import Codes, direct, listed
from remit_engine.compile.to_python import Compiled
from remit_engine.compile.to_sql import IRREGULAR, LOOKED_UP, UNSTATED, Layout, settled
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.warehouse.warehouse import BIGINT, TEXT, Row, Warehouse

MOST_BITS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class World:
    """Where tables are, and under what they are judged."""

    warehouse: Warehouse
    model: Model
    directory: Directory
    judge: Compiled


@dataclass(slots=True)
class Part:
    """The rows on one verb of an action."""

    world: World
    how: Reading
    answers: Answers
    asked: Sequence[int]
    """the days that are asked about"""
    own: Places = field(default_factory=own_places)
    reach: Places = field(default_factory=reach_places)
    _parties: Parties = field(init=False)
    _days: dict[tuple[int, int], date] = field(default_factory=dict)
    _rosters: dict[int, date] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        world = self.world
        self._parties = Parties(self._layout.action, world.model, world.directory)

    @property
    def _layout(self) -> Layout:
        return self.how.layout

    @property
    def table(self) -> str:
        """The table of the answers."""
        return self._layout.table("answers")

    @property
    def regular(self) -> str:
        """The condition that chooses the rows that are answered; known once it is prepared."""
        return self._layout.regular

    def prepared(self) -> str:
        """The query of the answers, once all that it joins is there."""
        bounds = self._measured()
        layout = self._layout
        self._load("days", ("as_of", "era", "roster", "staff"), list(self._dated()))
        self._load_parties()
        codes = self._load_combinations()
        own, reach = self.own.text(), self.reach.text()
        keyed = layout.keyed(codes, own, reach, self.how.names, self._guard(bounds))
        placed = f"({layout.placed(own, reach, keyed)})"
        placed = self._looked_up(self.own, placed, ("able", *reach.stretches))
        placed = self._looked_up(self.reach, placed, ("answer", "opened"))
        return settled(placed)

    def answer(self, query: str) -> None:
        """Write the answers, and clear away what was made for them."""
        self.world.warehouse.create(self.table, query)
        self._clear()

    def _load(
        self, name: str, columns: tuple[str, ...], rows: Iterable[Row], first: str = BIGINT
    ) -> None:
        """A table beside the requests: of whole numbers, but perhaps for its first column."""
        table = self._layout.table(name)
        kinds = (first, *[BIGINT] * (len(columns) - 1))
        self.world.warehouse.load(table, tuple(zip(columns, kinds, strict=True)), rows)
        self._made.append(table)

    def met(self) -> list[Row]:
        """Every row that is looked at, with its combination: `row_id, party, era, staff` and the
        parts of its keys."""
        self._measured()
        self._load("days", ("as_of", "era", "roster", "staff"), list(self._dated()))
        self._load_parties()
        found = list(self.world.warehouse.rows(self._layout.each))
        self._clear()
        return found

    def sorter(self) -> Sorter:
        """What sorts combinations into places, once days and parties are known."""
        variants = Variants(self.how, self.world.model, self.world.directory.within)
        return Sorter(
            self.how, self.world.model, self._parties, variants, self._days, self.answers,
            self.own, self.reach,
        )  # fmt: skip

    def _clear(self) -> None:
        for made in reversed(self._made):
            self.world.warehouse.drop(made)
        self._made.clear()

    # --- days, parties, combinations -----------------------------------------------------------

    def _dated(self) -> Iterator[Row]:
        """Each day asked about, with its era, its stretch of the directory, and its staff."""
        directory = self.world.directory
        eras = Eras(self.how.rules, self.world.model, self.how.exact_days)
        turns = rosters(directory)
        staffs: dict[Hashable, int] = {}
        staff_of: dict[int, int] = {}
        for number in self.asked:
            try:
                asked = day(number)
            except Irregular:
                yield number, IRREGULAR, IRREGULAR, IRREGULAR
                continue
            held, era = roster(turns, asked), eras.of(asked)
            self._rosters.setdefault(held, asked)
            if held not in staff_of:
                staff = self._parties.staff(asked)
                staff_of[held] = staffs.setdefault(staff, len(staffs))
            self._days.setdefault((era, staff_of[held]), asked)
            yield number, era, held, staff_of[held]

    def _load_parties(self) -> None:
        table = self._layout.table("parties")
        columns = (("actor", TEXT), ("requester", TEXT), ("roster", BIGINT), ("party", BIGINT))
        found = sorted(self.world.warehouse.rows(self._layout.parties))
        rows = ((a, r, held, self._party(a, r, held)) for a, r, held in found)
        self.world.warehouse.load(table, columns, rows)
        self._made.append(table)

    def _party(self, actor: str, requester: str, held: int) -> int:
        if held == IRREGULAR:
            return IRREGULAR
        asked = None if requester == UNSTATED else requester
        found = self._parties.of(actor, asked, self._rosters[held])
        return IRREGULAR if found is None else found

    def _load_combinations(self) -> Codes:
        warehouse, layout = self.world.warehouse, self._layout
        sorter = self.sorter()
        rows = sorted(warehouse.rows(layout.combinations))
        found = [sorter.place(row) for row in rows]
        codes = self._coded(rows)
        own, reach = self.own.text(), self.reach.text()
        self._load(
            "combinations",
            (*codes.names, "own", "reach", *own.chosen, *reach.chosen),
            (
                (*code, o, r, *self.own.chosen(o), *self.reach.chosen(r))
                for code, (o, r) in zip(codes.of(rows), found, strict=True)
            ),
        )
        for places, text in ((self.own, own), (self.reach, reach)):
            for slot in range(text.slots):
                answers = text.answers if slot == 0 else ()
                shown = (text.name, "low", "high", "stretch", *answers)
                self._load(f"{text.name}_{slot}", shown, places.bands(slot))
        return codes

    def _coded(self, rows: list[Row]) -> Codes:
        """The codes of the parts of combinations, with their tables where SQL has to look."""
        columns = [set(column) for column in zip(*rows, strict=True)] or [set()] * 3
        parts = [
            direct(sql, values)
            for sql, values in zip(("p.party", "d.era", "d.staff"), columns[:3], strict=True)
        ]
        named = zip(self._layout.parts, columns[3:], strict=False)
        for (name, sql, kind), values in named:
            if kind == BIGINT and values <= {-1, 0, 1}:
                parts.append(direct(sql, values))
                continue
            part = listed(sql, values, self._layout.table(name), f"x{name}")
            self._load(name, ("part", "code"), part.codes.items(), kind)
            parts.append(part)
        return Codes(tuple(parts))

    # --- numbers -------------------------------------------------------------------------------

    def _guard(self, bounds: dict[int, int]) -> str:
        """The condition under which no number leaves 64 bits; '' where none does."""
        axes = [*self.own.axes, *self.reach.axes]
        most = max(bounds.values(), default=1)
        while any(
            a.largest({v: min(b, most) for v, b in bounds.items()}) > MOST_BITS for a in axes
        ):
            most //= 10
        used = {v for axis in axes for v in axis.variables}
        names = self.how.names
        tests = [
            f"({names[v]} IS NULL OR ({names[v]} >= -{most} AND {names[v]} <= {most}))"
            for v in sorted(used)
            if bounds[v] > most
        ]
        return " AND ".join(tests)

    def _measured(self) -> dict[int, int]:
        """The largest number that occurs in each variable, at least one; and the texts that need
        a guard are noted."""
        layout = self._layout
        (found,) = self.world.warehouse.rows(layout.extents)
        names = layout.numbers
        largest = {
            f"r.{name}": max(1, abs(found[2 * i] or 0), abs(found[2 * i + 1] or 0))
            for i, name in enumerate(names)
        }
        counted = zip(layout.texts, found[2 * len(names) :], strict=True)
        guarded = tuple(name for name, count in counted if count)
        self.how = replace(self.how, layout=replace(layout, guarded=guarded))
        return {v: largest[name] for v, name in self.how.names.items()}

    # --- what has to be looked up --------------------------------------------------------------

    def _looked_up(self, places: Places, placed: str, kept: tuple[str, ...]) -> str:
        """Placed rows with the answers of their places, one row of each being answered."""
        if not places.sampled:
            return placed
        warehouse, layout, text = self.world.warehouse, self._layout, places.text()
        table = layout.table(f"{text.name}_placed")
        warehouse.create(table, f"SELECT * FROM {placed} p")
        self._made.append(table)
        where = f"{text.answers[0]} = {LOOKED_UP}"
        if places is self.reach:
            where += " AND opened = 1 AND answer >= 0"
        found = layout.sampled(text, layout.samples(text, table, where))
        self._load(
            f"{text.name}_found",
            (*text.stretches, *text.answers),
            self._sampled(
                places, text.slots, sorted(warehouse.rows(found), key=lambda r: r[: text.slots])
            ),
        )
        return f"({layout.looked_up(text, table, kept)})"

    def _sampled(self, places: Places, slots: int, rows: list[Row]) -> Iterator[Row]:
        world = self.world
        samples = Samples(self.how, world.model, world.directory, world.judge, self.answers)
        for row in rows:
            stretches, sample = row[:slots], row[slots:]
            found = samples.own(sample) if places is self.own else samples.able(sample)
            yield (*stretches, *found)
