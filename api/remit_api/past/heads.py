"""The rows of a file by their heads: all that they say but their numbers.

Most rows share their texts and days with many others. Each column of texts becomes a small
dictionary, the codes of a row one number, and what the rows say is read once for each head; of the
rows themselves the numbers are left. Days between which nothing changes are one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import accumulate

from remit_api.past.cells import BINARY, EXACT, Cell, cell, unreadable
from remit_api.past.labels import EPOCH
from remit_api.past.leaves import Leaf, quoted
from remit_api.past.said import Said
from remit_api.past.staging import AMOUNT, ROW, Staging
from remit_api.past.turns import Turns
from remit_engine.compile.sql_columns import Column, schema
from remit_engine.warehouse.duckdb import DuckDB
from remit_engine.warehouse.warehouse import WarehouseTrouble

CODED, HEADS = "coded_rows", "past_heads"
MOST_CODE = 2**62
MOST_TEXTS = 20_000
"""So many different texts of one column are put into a dictionary."""
SAMPLE = 200_000
FEW_HEADS = 200_000
ROWS_FOR_A_HEAD = 4
PARTS = ("VARCHAR", "BOOLEAN", "DATE")


class NotTogether(Exception):
    """The rows have no heads, or too many: each text judges all rows by itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """A column of the file as a part of the heads. weight: of its code in that of the head."""

    name: str
    type: str
    table: str
    size: int
    weight: int = 1

    @property
    def is_number(self) -> bool:
        """Of a number only whether it is there."""
        return not self.table


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is left of each row. values: by the name of the judge's column. moneys: by the name of
    a column of money, as expressions. fault: a number that has no exact form."""

    values: Mapping[str, str]
    moneys: Mapping[str, str]
    fault: str


@dataclass(slots=True)
class Heads:
    """Makes the tables: of the heads, as a file with row numbers, and of the rows, `row_id, head,
    said_day, fault`, the numbers and the amounts."""

    old: Staging
    new: Staging
    table: str
    parts: list[Part] = field(default_factory=list)

    @property
    def _warehouse(self) -> DuckDB:
        return self.new.said.warehouse

    def staged(self) -> tuple[Staging, Staging]:
        """The staging of both texts over the heads. Raises NotTogether."""
        text = self._text()
        self.parts = _weighed(list(self._parts(text)))
        self._write(self.numbers())
        said = self.new.said
        over = Said(said.warehouse, HEADS, dict(said._known))
        return replace(self.old, said=over), replace(self.new, said=over)

    def _text(self) -> str:
        """What reads the rows; the same for both texts."""
        old, new = self.old.read_as(self.table), self.new.read_as(self.table)
        if old != new or not new.parts:
            raise NotTogether
        return " ".join(new.parts)

    def _parts(self, text: str) -> Iterator[Part]:
        """The columns of the file that are read."""
        said = self.new.said
        relation = said.warehouse.connection.sql(f"SELECT * FROM {said.table} LIMIT 0")
        for n, (name, kind) in enumerate(zip(relation.columns, relation.types, strict=True)):
            if name == ROW or f"p.{quoted(name)}" not in text:
                continue
            if EXACT.fullmatch(str(kind)) or str(kind) in BINARY:
                yield Part(name, str(kind), "", 2)
            elif str(kind) in PARTS:
                yield self._dictionary(n, name, str(kind))
            else:
                raise NotTogether

    def _dictionary(self, n: int, name: str, kind: str) -> Part:
        said, table, column = self.new.said, f"dictionary_{n}", f"p.{quoted(name)}"
        sample = f"(SELECT {column} AS v FROM {said.table} p LIMIT {SAMPLE})"
        if self._count(f"(SELECT DISTINCT v FROM {sample})") > MOST_TEXTS:
            raise NotTogether
        every = f"(SELECT DISTINCT {column} AS v FROM {said.table} p)"
        self._warehouse.create(
            table,
            "SELECT code, code AS class, v, CAST(NULL AS BIGINT) AS day "
            f"FROM (SELECT row_number() OVER (ORDER BY v) - 1 AS code, v FROM {every})",
        )
        size = self._count(table)
        if size > MOST_TEXTS:
            raise NotTogether
        part = Part(name, kind, table, max(1, size))
        if self._is_day(name):
            self._class_days(part)
        return part

    # --- days -------------------------------------------------------------------------------------

    def _is_day(self, name: str) -> bool:
        leaf = self.new.leaves.members.get("as_of")
        return leaf is not None and leaf.path == name

    def _class_days(self, part: Part) -> None:
        """Each day with its number, and the first day on which all is as on it."""
        read = self.new.day_cell()
        query = (
            f"SELECT code, {read.value}, {read.fault} FROM "
            f"(SELECT code, v AS {quoted(part.name)} FROM {part.table}) p ORDER BY code"
        )
        turns = [
            Turns.of(s.side.engine.model, s.side.engine.directory) for s in (self.old, self.new)
        ]
        classes: dict[Hashable, int] = {}
        rows = []
        for code, number, fault in self._warehouse.rows(query):
            key = bool(fault), _class_of(number, turns)
            rows.append((code, classes.setdefault(key, code), number))
        columns = (("code", "BIGINT"), ("class", "BIGINT"), ("day", "BIGINT"))
        self._warehouse.load("day_classes", columns, rows)
        self._warehouse.create(
            f"{part.table}_classed",
            f"SELECT d.code, c.class, d.v, c.day FROM {part.table} d "
            "JOIN day_classes c ON c.code = d.code",
        )
        self._warehouse.create(part.table, f"SELECT * FROM {part.table}_classed")

    # --- numbers ----------------------------------------------------------------------------------

    def numbers(self) -> Numbers:
        """How the numbers of rows are read. Raises NotTogether where that hangs on the action."""
        numeric = {p.name for p in self.parts if p.is_number}
        leaves = {leaf.value: leaf for leaf in self.new.leaves.every}
        own = [leaves[f"p.{quoted(name)}"] for name in sorted(numeric)]
        faults = {fault for leaf in own if (fault := unreadable(leaf)) is not None}
        values: dict[str, str] = {}
        moneys: dict[str, str] = {}
        for action in self.actions():
            for column, read in self._cells(action, own):
                faults.add(read.fault)
                if column is not None and values.setdefault(column.name, read.value) != read.value:
                    raise NotTogether
            leaf = self.money_leaf(action)
            if leaf is not None and leaf in own:
                priced = cell("money", leaf)
                faults.add(priced.fault)
                moneys[f"{AMOUNT}_{own.index(leaf)}"] = priced.value
        told = " OR ".join(f"coalesce({fault}, false)" for fault in sorted(faults)) or "false"
        return Numbers(values, moneys, told)

    def actions(self) -> list[str]:
        """The actions that rows name."""
        return [action for action, _ in self.new.actions()]

    def money_leaf(self, action: str) -> Leaf | None:
        """What an action's money stands in; None where no column holds it."""
        fact = self.new.money(action)
        if fact is None:
            return None
        if fact.measure is not None:
            raise NotTogether
        return self.new.leaves.facts.get(str(fact))

    def amount(self, head: str, row: str) -> str:
        """The amount of a row that is joined to its head."""
        numeric = sorted(p.name for p in self.parts if p.is_number)
        cases = ""
        for action in self.actions():
            leaf = self.money_leaf(action)
            names = [n for n in numeric if leaf is not None and leaf.value == f"p.{quoted(n)}"]
            if names:
                told = f"{row}.{AMOUNT}_{numeric.index(names[0])}"
                cases += f"WHEN '{action}' THEN {told} "
        return (
            f"CASE {head}.action {cases}ELSE {head}.{AMOUNT} END" if cases else f"{head}.{AMOUNT}"
        )

    def _cells(self, action: str, own: Sequence[Leaf]) -> Iterator[tuple[Column | None, Cell]]:
        by_path = {c.path: c for c in schema(action, self.new.side.engine.model).columns}
        for path, leaf, kind in self.new.typed(action):
            if leaf in own:
                yield by_path.get(path), self.new.cell_of(kind, leaf)

    # --- tables -----------------------------------------------------------------------------------

    def _write(self, numbers: Numbers) -> None:
        said = self.new.said
        texts = [p for p in self.parts if not p.is_number]
        codes = [
            f"{p.table}.class * {p.weight}"
            if not p.is_number
            else f"CASE WHEN p.{quoted(p.name)} IS NULL THEN {p.weight} ELSE 0 END"
            for p in self.parts
        ]
        days = [f"{p.table}.day" for p in texts if self._is_day(p.name)]
        shown = {"said_day": days[0] if days else "CAST(NULL AS BIGINT)", "fault": numbers.fault}
        shown |= {**numbers.values, **numbers.moneys}
        listed = "".join(f", {sql} AS {name}" for name, sql in shown.items())
        joins = " ".join(
            f"JOIN {p.table} ON {p.table}.v IS NOT DISTINCT FROM p.{quoted(p.name)}" for p in texts
        )
        code = " + ".join(f"CAST({c} AS BIGINT)" for c in codes) or "CAST(0 AS BIGINT)"
        self._warehouse.create(
            CODED, f"SELECT p.{ROW} AS row_id, {code} AS head{listed} FROM {said.table} p {joins}"
        )
        rows = self._count(CODED)
        if rows != self._count(said.table):
            raise WarehouseTrouble("duckdb: rows were lost on the way to their heads")
        self._write_heads(texts)
        if self._count(HEADS) > max(FEW_HEADS, rows // ROWS_FOR_A_HEAD):
            raise NotTogether

    def _write_heads(self, texts: Sequence[Part]) -> None:
        """The heads as a file of requests: a zero for each number that is there."""
        shown = [
            f"{p.table}.v AS {quoted(p.name)}"
            if not p.is_number
            else f"CASE WHEN {_digit(p)} = 0 THEN CAST(0 AS {p.type}) END AS {quoted(p.name)}"
            for p in self.parts
        ]
        joins = " ".join(f"JOIN {p.table} ON {p.table}.code = {_digit(p)}" for p in texts)
        self._warehouse.create(
            HEADS,
            f"SELECT {', '.join([f'h.head AS {ROW}', *shown])} "
            f"FROM (SELECT DISTINCT head FROM {CODED}) h {joins}",
        )

    def _count(self, table: str) -> int:
        ((count,),) = self._warehouse.rows(f"SELECT count(*) FROM {table}")
        return int(count)


def _class_of(number: int | None, turns: Sequence[Turns]) -> Hashable:
    if number is None:
        return None
    try:
        day = EPOCH + timedelta(days=number)
    except OverflowError:
        return number
    return tuple(one.key(day) for one in turns)


def _digit(part: Part) -> str:
    return f"(h.head // {part.weight}) % {part.size}"


def _weighed(parts: Sequence[Part]) -> list[Part]:
    *weights, whole = accumulate((p.size for p in parts), lambda a, b: a * b, initial=1)
    if whole > MOST_CODE:
        raise NotTogether
    return [replace(p, weight=w) for p, w in zip(parts, weights, strict=True)]
