"""The two texts of a replay, each with its people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from remit_api.files import policy_paths
from remit_api.past.replay import Side
from remit_api.revisions import Revision, people_of, read_revision
from remit_api.wiring import find_directory, load_directory, load_program
from remit_dsl.loader import Each
from remit_dsl.program import Program
from remit_engine.directory import Directory
from remit_engine.engine import Engine
from remit_engine.lower import lower

People = Callable[[Program], Directory]
"""Reads the people of a directory by the positions of a program."""


@dataclass(frozen=True, slots=True)
class Text:
    """A checked policy text, as it was named, with the people found beside it."""

    name: str
    program: Program
    people: People | None


def open_sides(
    new: Sequence[str],
    old: Sequence[str],
    directory: Path | None,
    no_directory: bool,
    each: Each | None = None,
) -> tuple[Side | None, Side]:
    """The old text, if one was named, and the new one; a text without people takes the other's."""
    given = _file(directory) if directory is not None else None
    newer = read_text(new, old, each)
    older = read_text(old, new, each) if old else None
    beside = newer.people or (older.people if older else None)

    def side(text: Text) -> Side:
        people = None if no_directory else given or text.people or beside
        return _side(text, people)

    return (side(older) if older else None), side(newer)


def read_text(specs: Sequence[str], other: Sequence[str], each: Each | None) -> Text:
    """Files and folders, or one revision in git; `other` names the other side."""
    if len(specs) == 1 and not Path(specs[0]).exists():
        like = other[0] if len(other) == 1 else None
        revision = read_revision(specs[0], like=like, each=each)
        return Text(revision.name, revision.program, _people(revision))
    paths = policy_paths(specs)
    program, _ = load_program(paths, each)
    people = find_directory(paths)
    name = " ".join(map(str, paths))
    return Text(name, program, _file(people) if people is not None else None)


def _file(path: Path) -> People:
    return lambda program: load_directory(path, program)[0]


def _people(revision: Revision) -> People | None:
    if revision.directory is None:
        return None
    return lambda program: people_of(revision, lower(program))


def _side(text: Text, people: People | None) -> Side:
    directory = Directory.empty() if people is None else people(text.program)
    return Side(text.name, Engine(text.program, directory), text.program)
