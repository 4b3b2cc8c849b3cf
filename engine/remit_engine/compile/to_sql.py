"""The SQL text that judges a table of requests, one and the same on every engine.

A row's texts, booleans, day and asker lead by an equi-join to a *combination*; a combination names
the axes its rules compare numbers on, and on each axis a range join finds the *stretch* the row's
number lies in. The stretches lead to an answer. What the text holds is comparisons, sums and
products proven to stay in 64 bits, CASE, COALESCE, joins, DISTINCT, MIN and MAX.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remit_engine.compile.sql_codes import Codes
from remit_engine.compile.sql_columns import Column
from remit_engine.compile.sql_forms import Axis
from remit_engine.warehouse.warehouse import BIGINT, TEXT

UNSTATED = "\x01"
"""What stands for a text that is not stated; a row whose own text is this one is irregular."""

OTHER = "\x01other"
"""What stands for a text that no rule writes."""

AXIS, VALUE, TEXTS = "axis", "value", "texts"

IRREGULAR, LOOKED_UP = -1, -2


@dataclass(frozen=True, slots=True)
class Key:
    """How a column enters the combinations: as a number on an axis (then only whether it is
    stated), by its value, or by those of its texts that some rule writes."""

    column: Column
    mode: str
    texts: frozenset[str] = frozenset()

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Expressions over the row, with their types."""
        name = f"r.{self.column.name}"
        stated = (f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END", BIGINT)
        if self.mode == AXIS:
            return (stated,)
        if self.mode == TEXTS:
            return ((self._limited(name), TEXT),)
        if self.column.form == "text":
            return ((f"COALESCE({name}, {literal(UNSTATED)})", TEXT),)
        if self.column.form == "boolean":
            return ((f"CASE WHEN {name} THEN 1 WHEN NOT {name} THEN 0 ELSE -1 END", BIGINT),)
        return (stated, (f"COALESCE({name}, CAST(0 AS BIGINT))", BIGINT))

    def _limited(self, name: str) -> str:
        asked = ", ".join(literal(t) for t in sorted(self.texts))
        known = f"WHEN {name} IN ({asked}) THEN {name} " if asked else ""
        return f"CASE WHEN {name} IS NULL THEN {literal(UNSTATED)} {known}ELSE {literal(OTHER)} END"


@dataclass(frozen=True, slots=True)
class Layout:
    """The requests on one verb of an action. prefix: of the names of the tables beside them.
    guarded: the texts among which `UNSTATED` itself occurs."""

    requests: str
    prefix: str
    action: str
    verb: str
    keys: tuple[Key, ...]
    guarded: tuple[str, ...] = ()

    def table(self, name: str) -> str:
        """The name of a table beside the requests."""
        return f"{self.prefix}_{name}"

    @property
    def parts(self) -> tuple[tuple[str, str, str], ...]:
        """Name, expression and type of each part of the combinations."""
        found = [part for key in self.keys for part in key.parts]
        return tuple((f"k{i}", sql, kind) for i, (sql, kind) in enumerate(found))

    @property
    def regular(self) -> str:
        """The condition under which a row is looked at."""
        guards = [f"({t} IS NULL OR {t} <> {literal(UNSTATED)})" for t in self.guarded]
        return " AND ".join(
            [
                "NOT irregular",
                f"action = {literal(self.action)}",
                f"verb = {literal(self.verb)}",
                "actor IS NOT NULL",
                "as_of IS NOT NULL",
                *guards,
            ]
        )

    @property
    def rows(self) -> str:
        """The rows looked at, with the columns that are read."""
        names = [key.column.name for key in self.keys]
        asked = f"COALESCE(requester, {literal(UNSTATED)}) AS requester"
        columns = ", ".join(["row_id", "actor", asked, "as_of", *names])
        return f"(SELECT {columns} FROM {self.requests} WHERE {self.regular})"

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns of texts that may not be `UNSTATED` itself."""
        named = [k.column.name for k in self.keys if k.column.form == "text"]
        return (*named, "requester")

    # --- what there is ---------------------------------------------------------------------

    @property
    def parties(self) -> str:
        """Who asks, for whom, in which stretch of the directory."""
        return (
            f"SELECT DISTINCT r.actor, r.requester, d.roster FROM {self.rows} r "
            f"JOIN {self.table('days')} d ON d.as_of = r.as_of"
        )

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of numbers, the day first."""
        return ("as_of", *(k.column.name for k in self.keys if k.column.numeric))

    @property
    def extents(self) -> str:
        """The least and the greatest of every number, and how many texts are `UNSTATED` itself."""
        mark = literal(UNSTATED)
        ends = [f"MIN({n}), MAX({n})" for n in self.numbers]
        marked = [f"COUNT(CASE WHEN {t} = {mark} THEN 1 END)" for t in self.texts]
        return (
            f"SELECT {', '.join([*ends, *marked])} FROM {self.requests} "
            f"WHERE NOT irregular AND action = {literal(self.action)} "
            f"AND verb = {literal(self.verb)}"
        )

    @property
    def combinations(self) -> str:
        """Which combinations occur."""
        return f"SELECT DISTINCT {self._combined} FROM {self._met}"

    @property
    def each(self) -> str:
        """Every row with its combination."""
        return f"SELECT r.row_id, {self._combined} FROM {self._met}"

    @property
    def _combined(self) -> str:
        parts = "".join(f", {sql} AS {name}" for name, sql, _ in self.parts)
        return f"p.party, d.era, d.staff{parts}"

    @property
    def _met(self) -> str:
        """The rows with their day and party."""
        return (
            f"{self.rows} r JOIN {self.table('days')} d ON d.as_of = r.as_of "
            f"JOIN {self.table('parties')} p ON p.actor = r.actor "
            "AND p.requester = r.requester AND p.roster = d.roster"
        )

    # --- where each row stands -------------------------------------------------------------

    def keyed(
        self, codes: Codes, own: Places, reach: Places, names: Mapping[int, str], guard: str
    ) -> str:
        """Each row with its combinations and its numbers on their axes."""
        looked_up = " ".join(part.join for part in codes.parts if part.table)
        numbers = zip(codes.names, codes.sql, strict=True)
        same = " AND ".join(f"c.{name} = {sql}" for name, sql in numbers)
        shown = [
            "r.row_id AS row_id",
            *(f"{_within(guard, f'c.{n}', str(IRREGULAR))} AS {n}" for n in ("own", "reach")),
            *own.numbers(names, guard),
            *reach.numbers(names, guard),
        ]
        return (
            f"SELECT {', '.join(shown)} FROM {self._met} {looked_up} "
            f"JOIN {self.table('combinations')} c ON {same}"
        )

    def placed(self, own: Places, reach: Places, keyed: str) -> str:
        """Each row with its stretches, and its answer where the stretch says it."""
        shown = ["k.row_id AS row_id", *own.shown, *reach.shown]
        joins = " ".join([*own.joins(self), *reach.joins(self)])
        return f"SELECT {', '.join(shown)} FROM ({keyed}) k {joins}"

    def samples(self, places: Places, placed: str, where: str) -> str:
        """The first row of each place that is to be looked up."""
        stretches = ", ".join(places.stretches)
        return (
            f"SELECT {stretches}, MIN(row_id) AS row_id FROM {placed} WHERE {where} "
            f"GROUP BY {stretches}"
        )

    def sampled(self, places: Places, samples: str) -> str:
        """These rows, with all that is known of them."""
        shown = "".join(f"s.{name}, " for name in places.stretches)
        names = "".join(f", r.{key.column.name}" for key in self.keys)
        return (
            f"SELECT {shown}r.row_id, r.actor, r.requester, r.as_of{names} "
            f"FROM ({samples}) s JOIN {self.rows} r ON r.row_id = s.row_id"
        )

    def looked_up(self, places: Places, placed: str, kept: Sequence[str]) -> str:
        """The placed rows with what was looked up for their place."""
        same = " AND ".join(f"l.{s} = p.{s}" for s in places.stretches)
        found = [f"COALESCE(l.{n}, p.{n}) AS {n}" for n in places.answers]
        shown = ", ".join(["p.row_id AS row_id", *found, *(f"p.{k} AS {k}" for k in kept)])
        return (
            f"SELECT {shown} FROM {placed} p "
            f"LEFT JOIN {self.table(f'{places.name}_found')} l ON {same}"
        )


@dataclass(frozen=True, slots=True)
class Places:
    """One kind of places: those of the asker's own rules, or those of everybody's.

    slots: how many axes one combination has at most. axes: what SQL may be asked to compute.
    """

    name: str
    slots: int
    axes: tuple[Axis, ...]
    answers: tuple[str, ...]

    @property
    def letter(self) -> str:
        """The first letter of its columns."""
        return self.name[0]

    @property
    def stretches(self) -> tuple[str, ...]:
        """The columns that say in which stretches a row lies."""
        return tuple(f"{self.letter}s{i}" for i in range(self.slots))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The columns of a combination that say which axis stands in each slot."""
        return tuple(f"{self.letter}a{i}" for i in range(self.slots))

    def numbers(self, names: Mapping[int, str], guard: str) -> list[str]:
        """The row's number in each slot."""
        zero = "CAST(0 AS BIGINT)"
        computed = [f"COALESCE({axis.sql(names)}, {zero})" for axis in self.axes]
        cases = "".join(f"WHEN {n} THEN {sql} " for n, sql in enumerate(computed))
        slots = [f"c.{self.letter}a{i}" for i in range(self.slots)]
        chosen = [f"CASE {slot} {cases}ELSE {zero} END" if cases else zero for slot in slots]
        return [f"{_within(guard, sql, zero)} AS {self.letter}v{i}" for i, sql in enumerate(chosen)]

    @property
    def shown(self) -> list[str]:
        """Stretches and answers of a placed row."""
        found = [f"{self.letter}{i}.stretch AS {self.letter}s{i}" for i in range(self.slots)]
        return found + [f"{self.letter}0.{name} AS {name}" for name in self.answers]

    def joins(self, layout: Layout) -> list[str]:
        """The range join of each slot."""
        return [
            f"JOIN {layout.table(f'{self.name}_{i}')} {self.letter}{i} "
            f"ON {self.letter}{i}.{self.name} = k.{self.name} "
            f"AND {self.letter}{i}.low <= k.{self.letter}v{i} "
            f"AND k.{self.letter}v{i} <= {self.letter}{i}.high"
            for i in range(self.slots)
        ]


def _within(guard: str, value: str, otherwise: str) -> str:
    """A value where the guard lets compute it; no guard is ''."""
    return f"CASE WHEN {guard} THEN {value} ELSE {otherwise} END" if guard else value


def asked(requests: str) -> str:
    """Which actions and verbs are asked about, on which days."""
    return (
        f"SELECT DISTINCT action, verb, as_of FROM {requests} WHERE NOT irregular "
        "AND action IS NOT NULL AND verb IS NOT NULL AND as_of IS NOT NULL"
    )


def settled(placed: str) -> str:
    """The answers of placed rows; NULL where somebody else has to say."""
    return (
        "SELECT row_id, CASE WHEN answer < 0 THEN NULL WHEN opened = 0 THEN answer "
        f"WHEN able < 0 THEN NULL ELSE answer + able END AS answer FROM {placed} j"
    )


def literal(text: str) -> str:
    """A text as SQL writes it.

    Raises ValueError for quotes and backslashes, which engines read each in their own way.
    """
    if not plainly_written(text):
        raise ValueError(f"not a literal on every engine: {text!r}")
    return f"'{text}'"


def plainly_written(text: str) -> bool:
    """True for a text that has one and the same literal on every engine."""
    return "'" not in text and "\\" not in text


__all__ = [
    "AXIS", "IRREGULAR", "LOOKED_UP", "OTHER", "TEXTS", "UNSTATED", "VALUE", "Key", "Layout",
    "Places", "asked", "literal", "plainly_written", "settled",
]  # fmt: skip
