"""The desk of what is published in the store."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.engine import Connection

from remit_api.failures import InvalidPolicy
from remit_api.files import SUITE
from remit_api.http.desk import Desk
from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_dsl.program import Program
from remit_engine.engine import Engine
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.storage import delegations, holds, versions
from remit_engine.storage.revisions import revision
from remit_engine.storage.versions import Publication

DIRECTORY = "directory.yaml"
"""How the people of a version are called in diagnostics."""


def desk_of_store(connection: Connection, at: int | None = None) -> Desk | None:
    """The desk of what stands, or stood at a revision, under no holds; None while nothing was
    published. Raises InvalidPolicy for a text that this remit does not take any more."""
    stands = revision(connection) if at is None else at
    published = versions.at(connection, stands)
    return None if published is None else _desk(connection, published, stands)


def standing_desk(connection: Connection, before: Desk) -> Desk:
    """The desk of what stands, under what is held. before: what answered so far; it is what answers
    on, with the delegations that stand, while nothing was published, or nothing but delegations."""
    stands = revision(connection)
    published = versions.at(connection, stands)
    if published is not None and not _same(published, before):
        desk = _desk(connection, published, stands)
    else:
        desk = before.lending(delegations.in_force(connection, stands), stands)
    return desk.holding(holds.standing(connection))


def _same(published: Publication, desk: Desk) -> bool:
    return (published.version, published.directory) == (desk.version, desk.people)


def _desk(connection: Connection, published: Publication, stands: int) -> Desk:
    program = _program(versions.version(connection, published.version).files)
    file = versions.directory(connection, published.directory).file
    engine = Engine(program)
    directory, found = read_directory_text(DIRECTORY, file, engine.model)
    if directory is None:
        raise InvalidPolicy(found, {})
    engine = Engine(engine.model, directory)
    desk = Desk(engine, program.digest, stands, published.version, published.directory)
    return desk.lending(delegations.in_force(connection, stands), stands)


def policy_texts(files: Mapping[str, str]) -> dict[str, str]:
    """The files of a version that say what is decided: its test suites stand beside them."""
    return {name: text for name, text in files.items() if not name.endswith(SUITE)}


def _program(files: Mapping[str, str]) -> Program:
    program, found = load_texts(policy_texts(files))
    if program is None or errors(found):
        raise InvalidPolicy(found, {})
    return program
