"""A file of past requests as the table that the batch judge of one text reads.

What the judge is given is exactly what the reader of rows would find; a row for which that cannot
be said in SQL is marked irregular.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_api.past.asking import ERROR, OUTCOME
from remit_api.past.cells import Cell, cell, meaning, unreadable
from remit_api.past.labels import EPOCH
from remit_api.past.leaves import TEXT, Leaf, Leaves
from remit_api.past.replay import Side
from remit_api.past.said import Said
from remit_api.question import Question
from remit_dsl.program import Field
from remit_dsl.types import Type
from remit_engine.batch.judge import BatchJudge
from remit_engine.compile.sql_columns import TOTALS, Column, schema
from remit_engine.decision import Outcome
from remit_engine.impact import MoneyFact
from remit_engine.reading.facts_reader import read_fact
from remit_engine.request import InvalidRequest
from remit_engine.rules.names import Lookup, is_person, names_of
from remit_engine.rules.totals import totals_of
from remit_engine.warehouse.duckdb import DuckDB, literal

ROW, AMOUNT, RECORDED = "remit_row", "amount", "recorded"
MOST_WORDS = 2_000
"""So many different texts of an enum or a position are looked up."""
LANGUAGES = "('en', 'zh')"
OUTCOMES = f"({', '.join(map(literal, Outcome))})"
PARTIES = "_parties"
PARTY_COLUMNS = (("word", "TEXT"), ("meant", "TEXT"), ("person", "BOOLEAN"))


@dataclass(frozen=True, slots=True)
class Staged:
    """What a table was made of: the people and positions that are meant, and the query of each
    part. Of two texts that read rows alike these are equal."""

    table: str
    parties: list[tuple[str, str, bool]]
    parts: list[str]

    @property
    def any(self) -> bool:
        """False where no row names an action of the text."""
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class Staging:
    """said: of the file, which has row numbers. money: of each action (qualified). day: on which
    all rows are asked, whatever they say."""

    said: Said
    leaves: Leaves
    defaults: Question
    side: Side
    judge: BatchJudge
    money: Callable[[str], MoneyFact | None]
    day: date | None = None

    def stage(self, table: str, like: Staged | None = None) -> Staged:
        """Write the table. like: a table of another text, which is looked at where it is the
        same."""
        parties = self._parties()
        if like is not None and like == self.read_as(like.table):
            for end in ("", PARTIES) if like.any else (PARTIES,):
                self._warehouse.view(f"{table}{end}", f"SELECT * FROM {like.table}{end}")
            return Staged(table, parties, like.parts)
        found = Staged(table, parties, self._parts(table))
        self._warehouse.load(f"{table}{PARTIES}", PARTY_COLUMNS, parties)
        if found.any:
            self._warehouse.create(table, " UNION ALL ".join(found.parts))
        return found

    def read_as(self, table: str) -> Staged:
        """What the table would be made of."""
        return Staged(table, self._parties(), self._parts(table))

    @property
    def _warehouse(self) -> DuckDB:
        return self.said.warehouse

    def _parts(self, table: str) -> list[str]:
        """One query for all actions that are read alike."""
        alike: dict[str, dict[str, str]] = {}
        for action, words in self.actions():
            read = self._read(action, f"{table}{PARTIES}")
            alike.setdefault(read, {}).update(dict.fromkeys(words, action))
        word = self._member("action")
        return [
            f"SELECT {meaning(word, words)} AS action, {read} "
            f"WHERE {word} IN ({', '.join(map(literal, words))})"
            for read, words in alike.items()
        ]

    # --- members ----------------------------------------------------------------------------------

    def actions(self) -> Iterator[tuple[str, list[str]]]:
        """Each action that is named, with the words that name it."""
        found: dict[str, list[str]] = {}
        for word, action in self._meanings("action", names_of(self.side.engine.model).actions):
            found.setdefault(action, []).append(word)
        yield from found.items()

    def _meanings(self, member: str, lookup: Lookup) -> Iterator[tuple[str, str]]:
        for word in self._words(self._member(member)):
            meant = lookup.find(word)
            if len(meant) == 1:
                yield word, meant[0]

    def _member(self, name: str) -> str:
        """The text of a member, or what the command line says where the row does not."""
        leaf, default = self.leaves.members.get(name), self.defaults.members.get(name)
        given = leaf.value if leaf is not None and leaf.type == TEXT else "NULL"
        return f"coalesce({given}, {_text(default)})" if default is not None else given

    def _words(self, value: str) -> list[str]:
        return self.said.words(value)

    def _parties(self) -> list[tuple[str, str, bool]]:
        """The people and positions that texts mean."""
        directory = self.side.engine.directory
        positions = names_of(self.side.engine.model).positions
        words = dict.fromkeys((*self._words(self._member("actor")), *self._requesters()))
        found = []
        for word in words:
            meant = positions.find(word)
            if word in directory.people and word not in positions.exact:
                found.append((word, word, True))
            elif word not in directory.people and len(meant) == 1:
                found.append((word, meant[0], False))
        return found

    def _recorded(self) -> str:
        """The outcome that a row records."""
        leaf = self.leaves.facts.get(OUTCOME)
        return leaf.value if leaf is not None and leaf.type == TEXT else "NULL"

    def _requesters(self) -> list[str]:
        return self._words(self._member("requester"))

    # --- one action -------------------------------------------------------------------------------

    def _read(self, action: str, parties: str) -> str:
        """What a query takes from the rows on one action, and from which tables."""
        facts, faults = self._facts(action)
        faults += [*self._member_faults(), *self._attribute_faults()]
        outcome = self._recorded()
        faults += [f"({outcome} IS NOT NULL AND {outcome} NOT IN {OUTCOMES})"]
        asks = dict(self._meanings("verb", names_of(self.side.engine.model).verbs))
        verb, day = f"coalesce({self._member('verb')}, 'approve')", self.day_cell()
        amount, unpriced = self._amount(action)
        meant = meaning(verb, {"approve": "approve", **asks})
        shown = ", ".join(
            f"{facts.get(c, 'NULL')}::{c.type} AS {c.name}" for c in self.judge.columns
        )
        irregular = " OR ".join([f"coalesce({f}, false)" for f in (*faults, day.fault, unpriced)])
        return (
            f"p.{ROW} AS row_id, a.meant AS actor, r.meant AS requester, {meant} AS verb, "
            f"{self._asked_on(day.value)} AS as_of, {day.value} AS said_day, "
            f"({amount})::BIGINT AS {AMOUNT}, ({outcome})::TEXT AS {RECORDED}, "
            f"(a.meant IS NULL OR {day.value} IS NULL OR {meant} IS NULL OR {irregular}) "
            f"AS irregular{', ' if shown else ''}{shown} FROM {self.said.table} p "
            f"LEFT JOIN {parties} a ON a.word = {self._member('actor')} "
            f"LEFT JOIN {parties} r ON r.word = {self._member('requester')}"
        )

    def _asked_on(self, said: str) -> str:
        return said if self.day is None else f"{(self.day - EPOCH).days}::BIGINT"

    def day_cell(self) -> Cell:
        """The day of a row, as the row says it."""
        leaf = self.leaves.members.get("as_of")
        default = self.defaults.members.get("as_of")
        given = cell("date", leaf) if leaf is not None else Cell("NULL", "false")
        if default is None:
            return given
        constant = cell("date", Leaf("as_of", f"DATE {_text(default)}", "DATE")).value
        return Cell(f"coalesce({given.value}, {constant})", given.fault)

    def _member_faults(self) -> list[str]:
        """Members that have no column, or a text that means nobody."""
        members = self.leaves.members
        wrong = [
            f"{leaf.value} IS NOT NULL"
            for name, leaf in members.items()
            if leaf.type != TEXT and name != "as_of"
        ]
        lists = self.leaves.lists
        wrong += [f"{e.value} IS NOT NULL" for name, e in lists.items() if _is_member(name)]
        wrong += [fault for leaf in self.leaves.every if (fault := unreadable(leaf)) is not None]
        if (error := self.leaves.facts.get(ERROR)) is not None:
            wrong.append(f"{error.value} IS NOT NULL")
        if (outcome := self.leaves.facts.get(OUTCOME)) is not None and outcome.type != TEXT:
            wrong.append(f"{outcome.value} IS NOT NULL")
        wrong.append(f"({self._member('requester')} IS NOT NULL AND r.meant IS NULL)")
        if (language := members.get("language")) is not None and language.type == TEXT:
            wrong.append(f"{language.value} NOT IN {LANGUAGES}")
        return wrong

    def _attribute_faults(self) -> list[str]:
        """What is said of a person, who is in the directory and has what that says."""
        return [
            f"(a.person AND {leaf.value} IS NOT NULL)" for leaf in self.leaves.attributes.values()
        ]

    # --- facts ------------------------------------------------------------------------------------

    def _facts(self, action: str) -> tuple[dict[Column, str], list[str]]:
        """The value of each column, and the faults of all cells."""
        by_path = {c.path: c for c in schema(action, self.side.engine.model).columns}
        others, values, faults = self.judge.others(action), {}, []
        for path, leaf, kind in self.typed(action):
            read = self.cell_of(kind, leaf)
            faults.append(read.fault)
            if path in by_path:
                values[by_path[path]] = read.value
            elif ".".join(path) in others:
                faults.append(f"{leaf.value} IS NOT NULL")
        fields = self.side.program.actions[action].fields
        for name, leaf in self.leaves.lists.items():
            if name.partition(".")[0] in fields:
                faults.append(f"{leaf.value} IS NOT NULL")
        return values, faults

    def typed(self, action: str) -> Iterator[tuple[tuple[str, ...], Leaf, Type | None]]:
        """The leaves that the action knows; without a type what no scalar can be."""
        model = self.side.engine.model
        fields = self.side.program.actions[action].fields
        for name, leaf in self.leaves.facts.items():
            path = tuple(name.split("."))
            if path[0] in fields:
                known, kind = self._type(path, fields)
                if known:
                    yield path, leaf, kind
        totals = totals_of(model, action)
        for name, leaf in self.leaves.totals.items():
            if name in totals:
                yield (TOTALS, name), leaf, totals[name]
        person = names_of(model).person
        for name, leaf in self.leaves.attributes.items():
            if name in person:
                yield ("actor", name), leaf, person[name].type

    def _type(self, path: tuple[str, ...], fields: Mapping[str, Field]) -> tuple[bool, Type | None]:
        """Whether a path means something, and its type if that is a scalar."""
        records = self.side.program.records
        for at, step in enumerate(path):
            if step not in fields:
                return False, None
            kind = fields[step].type
            record = None if is_person(kind) else records.get(kind.name or "")
            last = at == len(path) - 1
            if last or kind.kind != "record" or record is None:
                scalar = last and kind.kind not in ("record", "set", "list")
                return True, kind if scalar else None
            fields = record.fields
        return False, None

    def cell_of(self, kind: Type | None, leaf: Leaf) -> Cell:
        """A cell as a value of a type; None: of none."""
        if kind is None:
            return Cell("NULL", f"({leaf.value} IS NOT NULL)")
        return cell(kind.kind, leaf, self._meant(kind, leaf))

    def _meant(self, kind: Type, leaf: Leaf) -> dict[str, str]:
        """What the texts of an enum or a position mean, of those that are there."""
        if kind.kind not in ("enum", "position") or leaf.type != TEXT:
            return {}
        found: dict[str, str] = {}
        for word in self._words(leaf.value)[:MOST_WORDS]:
            value = _read(word, kind, self.side)
            if isinstance(value, str):
                found[word] = value
        return found

    def _amount(self, action: str) -> tuple[str, str]:
        """The money of a row in the scale of money, and when it cannot be said."""
        fact = self.money(action)
        if fact is None:
            return "NULL", "false"
        if fact.measure is not None:
            return "NULL", "true"
        leaf = self.leaves.facts.get(str(fact))
        if leaf is None:
            return "NULL", "false"
        read = cell("money", leaf)
        return read.value, read.fault


def _read(word: str, kind: Type, side: Side) -> Any:
    try:
        return read_fact(word, kind, side.engine.model)
    except InvalidRequest:
        return None


def _is_member(name: str) -> bool:
    return name.partition(".")[0] in ("approvals", "evidence")


def _text(value: Any) -> str:
    return literal(str(value))
