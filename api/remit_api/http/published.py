"""The desk of what is published in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_api.failures import InvalidPolicy
from remit_api.files import SUITE
from remit_api.http.desk import Desk
from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_dsl.program import Program
from remit_engine.directory_reader import read_directory_text
from remit_engine.engine import Engine
from remit_engine.storage import delegations
from remit_engine.storage.revisions import revision
from remit_engine.storage.tables import directory_version, policy_version, publication

DIRECTORY = "directory.yaml"
"""How the people of a version are called in diagnostics."""


def desk_of_store(connection: Connection, at: int | None = None) -> Desk | None:
    """The desk of what stands, or stood at a revision; None while nothing was published. Raises
    InvalidPolicy for a text that this remit does not take any more."""
    stands = revision(connection) if at is None else at
    c = publication.c
    asked = (
        sql.select(c.version, c.directory, policy_version.c.files, directory_version.c.file)
        .join(policy_version, policy_version.c.id == c.version)
        .join(directory_version, directory_version.c.id == c.directory)
        .where(c.revision <= stands)
        .order_by(c.revision.desc())
        .limit(1)
    )
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    program = _program(json.loads(row.files))
    engine = Engine(program)
    directory, found = read_directory_text(DIRECTORY, row.file, engine.model)
    if directory is None:
        raise InvalidPolicy(found, {})
    desk = Desk(Engine(engine.model, directory), program.digest, stands, row.version, row.directory)
    return desk.lending(delegations.in_force(connection, stands), stands)


def standing_desk(connection: Connection, of_files: Desk) -> Desk:
    """The desk of what stands. of_files: what answers while nothing was published, with the
    delegations of the store."""
    found = desk_of_store(connection)
    if found is not None:
        return found
    stands = revision(connection)
    return of_files.lending(delegations.in_force(connection, stands), stands)


def policy_texts(files: Mapping[str, str]) -> dict[str, str]:
    """The files of a version that say what is decided: its test suites stand beside them."""
    return {name: text for name, text in files.items() if not name.endswith(SUITE)}


def _program(files: Mapping[str, str]) -> Program:
    program, found = load_texts(policy_texts(files))
    if program is None or errors(found):
        raise InvalidPolicy(found, {})
    return program
