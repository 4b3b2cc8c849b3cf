"""A request of a file, and how columns and members become a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from remit_api.failures import BadFacts
from remit_api.question import Question, Words, nested, states
from remit_engine.request import Problem

TEXTS = ("actor", "action", "verb", "as_of", "requester", "language")
LISTS = ("approvals", "evidence")
OBJECTS = ("facts", "totals")
LONGEST = 1 << 24
"""The longest line or cell that is read: 16 MB."""
TOO_LONG = "the line cannot be read: it is longer than 16 MB"


@dataclass(frozen=True, slots=True)
class Row:
    """One request of a file, or why it could not be read. `position`: bytes or rows so far."""

    number: int
    question: Question | None = None
    error: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    position: int = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """The requests of a file, its id columns, and its whole length in the measure of `position`."""

    ids: tuple[str, ...]
    length: int
    rows: Iterator[Row]


def id_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns that name a row to its owner and are handed on: `id`, `order_id` …"""
    return tuple(name for name in names if name == "id" or name.endswith("_id"))


def from_cells(cells: Mapping[str, str]) -> Question:
    """A question from texts by column; facts are read later, by their declared types."""
    members: dict[str, Any] = {}
    facts: dict[str, str] = {}
    actor: dict[str, str] = {}
    totals: dict[str, str] = {}
    approvals: tuple[str, ...] = ()
    for name, cell in cells.items():
        if name in TEXTS:
            members[name] = cell
        elif name == "evidence":
            members[name] = _parts(cell)
        elif name == "approvals":
            approvals = tuple(_parts(cell))
        elif name.startswith("actor."):
            actor[name.removeprefix("actor.")] = cell
        elif name.startswith("totals."):
            totals[name.removeprefix("totals.")] = cell
        else:
            path = name.removeprefix("facts.")
            for other in facts:
                if f"{other}.".startswith(f"{path}.") or f"{path}.".startswith(f"{other}."):
                    raise BadFacts([Problem(path, f"`{path}` is given twice: give it once")])
            facts[path] = cell
    return Question(members, {}, Words(facts, actor, totals, approvals))


def from_document(document: Mapping[str, Any]) -> Question:
    """A question from a typed row: `facts` nested, and every further member a fact by its path."""
    members: dict[str, Any] = {}
    totals: dict[str, Any] = {}
    actor: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for name, value in document.items():
        if value is None and name in (*TEXTS, *LISTS, "totals", "facts"):
            continue
        if name in (*TEXTS, *LISTS):
            members[name] = value
        elif name == "totals":
            totals = joined(totals, _object(value, "totals"), "totals.")
        elif name.startswith("totals."):
            totals = joined(totals, {name.removeprefix("totals."): value}, "totals.")
        elif name.startswith("actor."):
            actor[name.removeprefix("actor.")] = value
        elif name == "facts":
            facts = joined(facts, _object(value, "facts"))
        else:
            facts = joined(facts, nested(name, value))
    if totals:
        members["totals"] = totals
    if actor and isinstance(members.get("actor"), Mapping):
        raise BadFacts([Problem("actor", "`actor` is given twice: give it once")])
    return Question(members, facts, Words(actor=actor))


def from_typed_cells(cells: Mapping[str, Any]) -> Question:
    """A question from cells with types; its texts are read as those of CSV, by declared type."""
    texts: dict[str, str] = {}
    typed: dict[str, Any] = {}
    for name, value in cells.items():
        whole = name in OBJECTS and isinstance(value, str)
        rest = value if whole else _without_texts(name, value, texts)
        if rest is not None:
            typed[name] = rest
    said, stated = from_cells(texts), from_document(typed)
    for path in said.words.facts:
        if states(stated.facts, path.split(".")):
            raise BadFacts([Problem(path, f"`{path}` is given twice: give it once")])
    both = sorted(said.words.totals.keys() & stated.members.get("totals", {}).keys())
    both += sorted(said.words.actor.keys() & stated.words.actor.keys())
    if both:
        raise BadFacts([Problem(both[0], f"`{both[0]}` is given twice: give it once")])
    words = replace(said.words, actor={**stated.words.actor, **said.words.actor})
    return Question({**stated.members, **said.members}, stated.facts, words)


def _without_texts(path: str, value: Any, texts: dict[str, str]) -> Any:
    """What is no text of a cell, None if nothing; its texts go to `texts`, empty ones nowhere."""
    if isinstance(value, str):
        if text := value.strip():
            texts[path] = text
        return None
    if not isinstance(value, Mapping) or path in (*TEXTS, *LISTS):
        return value
    inner = {k: _without_texts(f"{path}.{k}", v, texts) for k, v in value.items()}
    return {k: v for k, v in inner.items() if v is not None}


def joined(one: Mapping[str, Any], other: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Two documents as one; BadFacts where both speak of the same fact."""
    result = dict(one)
    for name, value in other.items():
        here = f"{path}{name}"
        old = result.get(name)
        if name not in result:
            result[name] = value
        elif isinstance(old, Mapping) and isinstance(value, Mapping):
            result[name] = joined(old, value, f"{here}.")
        else:
            raise BadFacts([Problem(here, f"`{here}` is given twice: give it once")])
    return result


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        message = f'{name} are an object, such as {{"rate": "12%"}}'
        raise BadFacts([Problem(name, message)])
    return value


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def skipped(stream: BinaryIO, piece: bytes) -> int:
    """Read past what is left of a line that is too long, of which this is the beginning; the
    number of its bytes, 0 for a line that is whole."""
    if len(piece) < LONGEST or piece.endswith(b"\n"):
        return 0
    past = 0
    while rest := stream.readline(LONGEST):
        past += len(rest)
        if rest.endswith(b"\n"):
            break
    return past
