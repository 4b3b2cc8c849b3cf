"""The two texts of a replay, each with its people."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from remit_api.files import policy_paths
from remit_api.past.replay import Side
from remit_api.revisions import Revision, people_of, read_revision
from remit_api.wiring import find_directory, load_directory, load_program
from remit_dsl.files import gather
from remit_dsl.loader import Each
from remit_dsl.program import Program
from remit_dsl.scope.findings import Findings
from remit_engine.batch.cores import shared
from remit_engine.engine import Engine
from remit_engine.people.directory import Directory
from remit_engine.rules.lower import lower

LARGE = 200_000
"""From so many bytes on, a text is worth a process of its own."""

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
    newer, older = _texts(new, old, each)
    beside = newer.people or (older.people if older else None)

    def side(text: Text) -> Side:
        people = None if no_directory else given or text.people or beside
        return _side(text, people)

    return (side(older) if older else None), side(newer)


def _texts(new: Sequence[str], old: Sequence[str], each: Each | None) -> tuple[Text, Text | None]:
    """Both texts; large files are read by two processes."""
    if not old:
        return read_text(new, old, each), None
    if _bytes(new) < LARGE or _bytes(old) < LARGE:
        return read_text(new, old, each), read_text(old, new, each)
    here = os.getpid()

    def read(paths: Sequence[Path]) -> Program:
        return load_program(paths, each if os.getpid() == here else None)[0]

    both = policy_paths(new), policy_paths(old)
    newer, older = map(_of_files, both, shared(read, both))
    return newer, older


def _bytes(specs: Sequence[str]) -> int:
    """How much there is to read; 0 for what is no file or folder."""
    paths = [Path(spec) for spec in specs]
    if not all(path.exists() for path in paths):
        return 0
    return sum(file.stat().st_size for file in gather(paths, Findings()))


def read_text(specs: Sequence[str], other: Sequence[str], each: Each | None) -> Text:
    """Files and folders, or one revision in git; `other` names the other side."""
    if len(specs) == 1 and not Path(specs[0]).exists():
        like = other[0] if len(other) == 1 else None
        revision = read_revision(specs[0], like=like, each=each)
        return Text(revision.name, revision.program, _people(revision))
    paths = policy_paths(specs)
    return _of_files(paths, load_program(paths, each)[0])


def _of_files(paths: Sequence[Path], program: Program) -> Text:
    people = find_directory(paths)
    return Text(" ".join(map(str, paths)), program, _file(people) if people is not None else None)


def _file(path: Path) -> People:
    return lambda program: load_directory(path, program)[0]


def _people(revision: Revision) -> People | None:
    if revision.directory is None:
        return None
    return lambda program: people_of(revision, lower(program))


def _side(text: Text, people: People | None) -> Side:
    directory = Directory.empty() if people is None else people(text.program)
    return Side(text.name, Engine(text.program, directory), text.program)
