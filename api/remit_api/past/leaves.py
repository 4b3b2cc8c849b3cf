"""The columns of a Parquet file by what they speak about, as SQL reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from remit_api.batch.recorded import REQUEST
from remit_api.batch.row import LISTS, OBJECTS, TEXTS
from remit_engine.warehouse.duckdb import DuckDB

TEXT = "VARCHAR"
BLANKS = r"' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"
"""What a cell is freed of at both ends, as in CSV."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar of a row: its dotted path, the expression that reads it, and its SQL type. The
    texts are freed of blanks, and an empty one says nothing."""

    path: str
    value: str
    type: str


@dataclass(slots=True)
class Leaves:
    """members: actor, action and the like. facts, totals, attributes (of the actor): by path.
    lists: what holds a list; such rows are not for SQL where the action knows it."""

    members: dict[str, Leaf] = field(default_factory=dict)
    facts: dict[str, Leaf] = field(default_factory=dict)
    totals: dict[str, Leaf] = field(default_factory=dict)
    attributes: dict[str, Leaf] = field(default_factory=dict)
    lists: dict[str, Leaf] = field(default_factory=dict)

    @property
    def every(self) -> tuple[Leaf, ...]:
        """All of them."""
        parts = (self.members, self.facts, self.totals, self.attributes, self.lists)
        return tuple(leaf for part in parts for leaf in part.values())


class NotFlat(Exception):
    """The file is to be read row by row; the reason is told."""


def leaves(warehouse: DuckDB, table: str) -> Leaves:
    """The leaves of a table; NotFlat where two of them speak about the same, or one holds what
    only the reader of rows understands."""
    found = Leaves()
    relation = warehouse.connection.sql(f"SELECT * FROM {table} LIMIT 0")
    for name, kind in zip(relation.columns, relation.types, strict=True):
        if name in TEXTS and is_record(kind):
            raise NotFlat(f"the column `{name}` is no text")
        for leaf in _scalars(name, f"p.{quoted(name)}", kind):
            _place(leaf, found)
    _refuse_overlap((*found.facts, *found.lists))
    return found


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def is_record(kind: object) -> bool:
    """True for a column that holds named values."""
    return getattr(kind, "id", "") == "struct"


def _scalars(path: str, value: str, kind: object) -> Iterator[Leaf]:
    if is_record(kind):
        for name, inner in kind.children:  # type: ignore[attr-defined]
            yield from _scalars(f"{path}.{name}", f"{value}.{quoted(name)}", inner)
        return
    written = str(kind)
    if written == TEXT:
        value = f"nullif(trim({value}, {BLANKS}), '')"
    yield Leaf(path, value, written)


def _place(leaf: Leaf, found: Leaves) -> None:
    first, _, rest = leaf.path.partition(".")
    scalar = "[" not in leaf.type and not leaf.type.startswith("MAP")
    if leaf.path in (REQUEST, *OBJECTS) or first in LISTS:
        if first not in LISTS:
            raise NotFlat(f"the column `{leaf.path}` holds documents")
        found.lists[leaf.path] = leaf
    elif first in TEXTS and not rest:
        found.members[first] = leaf
    elif first == "actor":
        _once(found.attributes, rest, leaf)
    elif first in TEXTS:
        raise NotFlat(f"the column `{leaf.path}` is no text")
    elif first == "totals":
        _once(found.totals, rest, leaf)
    elif not scalar:
        found.lists[leaf.path.removeprefix("facts.")] = leaf
    else:
        _once(found.facts, leaf.path.removeprefix("facts."), leaf)


def _once(found: dict[str, Leaf], path: str, leaf: Leaf) -> None:
    if path in found:
        raise NotFlat(f"`{path}` is there twice")
    found[path] = leaf


def _refuse_overlap(paths: Iterable[str]) -> None:
    known = set(paths)
    for path in known:
        steps = path.split(".")
        if any(".".join(steps[:n]) in known for n in range(1, len(steps))):
            raise NotFlat(f"`{path}` and what holds it are both there")
