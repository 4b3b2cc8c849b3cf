"""Policy versions and directories: drafts, publications by a second person, roll back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import changes, tables
from remit_engine.storage.canonical import canonical, fingerprint
from remit_engine.storage.faults import Conflict, NotKept, SecondPerson
from remit_engine.storage.revisions import raised

DRAFT, PUBLISHED, SUPERSEDED = "draft", "published", "superseded"
PUBLISH, ROLL_BACK, SEED = "publish", "roll back", "seed"
SHOWN = 12


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A set of policy files. files: path -> text. authors: everybody who wrote of it since it was
    last published. edition: raised by every change of the row."""

    id: str
    digest: str
    files: Mapping[str, str]
    state: str
    authors: tuple[str, ...]
    note: str | None
    based_on: str | None
    made: str
    edition: int


@dataclass(frozen=True, slots=True)
class DirectoryVersion:
    """A directory file, with its authors."""

    id: str
    digest: str
    file: str
    authors: tuple[str, ...]
    note: str | None
    based_on: str | None
    made: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found before a publication, as JSON: diagnostics, results of tests, impact on the
    ledger."""

    checked: Any
    tests: Any
    impact: Any


@dataclass(frozen=True, slots=True)
class Publication:
    """Which version, with which directory, was made to count by whom. revision: from which on."""

    revision: int
    kind: str
    version: str
    directory: str
    by: str
    made: str
    note: str | None
    findings: Findings


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 of a set of files: over the canonical JSON of path -> text."""
    return fingerprint(canonical(dict(files)))


def draft(
    connection: Connection,
    files: Mapping[str, str],
    author: str,
    *,
    based_on: str | None = None,
    note: str | None = None,
) -> PolicyVersion:
    """Keep a set of files as a draft. Who wrote of the draft it is based on is an author too; the
    same files again add their author. Raises NotKept for an unknown `based_on`."""
    digest = digest_of(files)
    id = f"pol_{digest[:SHOWN]}"
    authors = _authors(None if based_on is None else version(connection, based_on), author)
    known = _version_row(connection, id)
    if known is not None:
        return _written_again(connection, _version(known), digest, authors)
    row = {
        "id": id,
        "digest": digest,
        "files": canonical(dict(files)),
        "state": DRAFT,
        "authors": canonical(authors),
        "note": note,
        "based_on": based_on,
        "made": _moment(),
        "edition": 1,
    }
    connection.execute(tables.policy_version.insert(), row)
    changes.noted(connection, tables.policy_version, tables.policy_version.c.id == id)
    return version(connection, id)


def version(connection: Connection, id: str) -> PolicyVersion:
    """A policy version; raises NotKept."""
    row = _version_row(connection, id)
    if row is None:
        raise NotKept(f"there is no policy version `{id}`")
    return _version(row)


def versions(
    connection: Connection, *, state: str | None = None, before: str | None = None, limit: int
) -> list[PolicyVersion]:
    """The latest versions first. before: only those made before the one of this id."""
    t = tables.policy_version
    asked = sql.select(t).order_by(t.c.made.desc(), t.c.id.desc()).limit(limit)
    if state is not None:
        asked = asked.where(t.c.state == state)
    if before is not None:
        last = version(connection, before)
        asked = asked.where(sql.tuple_(t.c.made, t.c.id) < sql.tuple_(last.made, last.id))
    return [_version(row) for row in connection.execute(asked).mappings()]


def keep_directory(
    connection: Connection,
    file: str,
    author: str,
    *,
    based_on: str | None = None,
    note: str | None = None,
) -> DirectoryVersion:
    """Keep a directory file, as `draft` keeps policy files; raises Unstorable too."""
    digest = fingerprint(tables.storable(file))
    id = f"dir_{digest[:SHOWN]}"
    before = None if based_on is None else directory(connection, based_on)
    authors = {author}
    if before is not None and not _published_directory(connection, before.id):
        authors |= set(before.authors)
    t = tables.directory_version
    known = connection.execute(sql.select(t).where(t.c.id == id)).mappings().one_or_none()
    if known is not None:
        found = _directory(known)
        _refuse_collision(found.id, found.digest, digest)
        authors |= set(found.authors)
        said = canonical(sorted(authors))
        connection.execute(t.update().where(t.c.id == id).values(authors=said))
        changes.noted(connection, t, t.c.id == id)
        return directory(connection, id)
    row = {"id": id, "digest": digest, "file": file, "authors": canonical(sorted(authors))}
    more = {"note": note, "based_on": based_on, "made": _moment()}
    connection.execute(t.insert(), {**row, **more})
    changes.noted(connection, t, t.c.id == id)
    return directory(connection, id)


def directory(connection: Connection, id: str) -> DirectoryVersion:
    """A directory version; raises NotKept."""
    t = tables.directory_version
    row = connection.execute(sql.select(t).where(t.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotKept(f"there is no directory version `{id}`")
    return _directory(row)


def directories(
    connection: Connection, *, before: str | None = None, limit: int
) -> list[DirectoryVersion]:
    """The latest first. before: only those made before the one of this id."""
    t = tables.directory_version
    asked = sql.select(t).order_by(t.c.made.desc(), t.c.id.desc()).limit(limit)
    if before is not None:
        last = directory(connection, before)
        asked = asked.where(sql.tuple_(t.c.made, t.c.id) < sql.tuple_(last.made, last.id))
    return [_directory(row) for row in connection.execute(asked).mappings()]


def publish(
    connection: Connection,
    version_id: str,
    directory_id: str,
    by: str,
    findings: Findings,
    *,
    note: str | None = None,
) -> Publication:
    """Make a version count, with a directory, in a writing transaction: it is the one that is
    published, and the one before is superseded. Raises NotKept; SecondPerson for who wrote of
    the version or of the directory; Conflict where both are what counts already. What counted
    before is rolled back to in the same way. What counts already was published by a second person:
    beside it, only the other of the two is looked at."""
    chosen, people = version(connection, version_id), directory(connection, directory_id)
    last = current(connection)
    if last is not None and (last.version, last.directory) == (chosen.id, people.id):
        raise Conflict(f"`{chosen.id}` with `{people.id}` is what counts already")
    stands = last is not None and last.version == chosen.id
    if not stands and by in chosen.authors:
        raise SecondPerson(f"`{by}` wrote of `{chosen.id}`", _ANOTHER)
    same_people = last is not None and last.directory == people.id
    if not same_people and by in people.authors:
        raise SecondPerson(f"`{by}` wrote of `{people.id}`", _ANOTHER)
    kind = ROLL_BACK if chosen.state == SUPERSEDED else PUBLISH
    return _published(connection, kind, chosen, people, by, findings, note)


def seed(
    connection: Connection, files: Mapping[str, str], file: str, by: str, findings: Findings
) -> Publication:
    """The first publication of an empty store, which needs no second person; raises Conflict where
    something was published."""
    if current(connection) is not None:
        raise Conflict("something was published already", "publish a draft, by a second person")
    chosen = draft(connection, files, by)
    people = keep_directory(connection, file, by)
    return _published(connection, SEED, chosen, people, by, findings, None)


def current(connection: Connection) -> Publication | None:
    """What counts now; None while nothing was published."""
    return at(connection, None)


def at(connection: Connection, revision: int | None) -> Publication | None:
    """What counted at a revision; delegations raise it too, so that it may be older."""
    t = tables.publication
    asked = sql.select(t).order_by(t.c.revision.desc()).limit(1)
    if revision is not None:
        asked = asked.where(t.c.revision <= revision)
    row = connection.execute(asked).mappings().one_or_none()
    return None if row is None else _publication(row)


def publications(
    connection: Connection, *, before: int | None = None, limit: int
) -> list[Publication]:
    """The latest first. before: only those of a smaller revision."""
    t = tables.publication
    asked = sql.select(t).order_by(t.c.revision.desc()).limit(limit)
    if before is not None:
        asked = asked.where(t.c.revision < before)
    return [_publication(row) for row in connection.execute(asked).mappings()]


_ANOTHER = "somebody else publishes it"


def _published(
    connection: Connection,
    kind: str,
    chosen: PolicyVersion,
    people: DirectoryVersion,
    by: str,
    findings: Findings,
    note: str | None,
) -> Publication:
    moment = _moment()
    t = tables.policy_version
    edition = t.c.edition + 1
    before = connection.scalars(sql.select(t.c.id).where(t.c.state == PUBLISHED)).all()
    others = t.update().where(t.c.id.in_(before), t.c.id != chosen.id)
    connection.execute(others.values(state=SUPERSEDED, edition=edition))
    mine = t.update().where(t.c.id == chosen.id)
    connection.execute(mine.values(state=PUBLISHED, edition=edition))
    changes.noted(connection, t, t.c.id.in_([*before, chosen.id]))
    row = {
        "revision": raised(connection, moment),
        "kind": kind,
        "version": chosen.id,
        "directory": people.id,
        "by": by,
        "made": moment,
        "note": note,
        "checked": canonical(findings.checked),
        "tests": canonical(findings.tests),
        "impact": canonical(findings.impact),
    }
    connection.execute(tables.publication.insert(), row)
    changes.noted(connection, tables.publication, tables.publication.c.revision == row["revision"])
    return _publication(row)


def _authors(before: PolicyVersion | None, author: str) -> list[str]:
    of_draft = before.authors if before is not None and before.state == DRAFT else ()
    return sorted({author, *of_draft})


def _written_again(
    connection: Connection, known: PolicyVersion, digest: str, authors: list[str]
) -> PolicyVersion:
    _refuse_collision(known.id, known.digest, digest)
    everybody = sorted({*known.authors, *authors})
    if known.state != DRAFT or everybody == list(known.authors):
        return known
    t = tables.policy_version
    changed = t.update().where(t.c.id == known.id)
    connection.execute(changed.values(authors=canonical(everybody), edition=t.c.edition + 1))
    changes.noted(connection, t, t.c.id == known.id)
    return version(connection, known.id)


def _refuse_collision(id: str, known: str, digest: str) -> None:
    if known != digest:
        raise Conflict(f"other files have the id `{id}`", "change a comment in one of the files")


def _version_row(connection: Connection, id: str) -> tables.Row | None:
    t = tables.policy_version
    return connection.execute(sql.select(t).where(t.c.id == id)).mappings().one_or_none()


def _version(row: tables.Row) -> PolicyVersion:
    values = {name: row[name] for name in PolicyVersion.__dataclass_fields__}
    files, authors = json.loads(row["files"]), tuple(json.loads(row["authors"]))
    return PolicyVersion(**{**values, "files": files, "authors": authors})


def _directory(row: tables.Row) -> DirectoryVersion:
    values = {name: row[name] for name in DirectoryVersion.__dataclass_fields__}
    return DirectoryVersion(**{**values, "authors": tuple(json.loads(row["authors"]))})


def _published_directory(connection: Connection, id: str) -> bool:
    t = tables.publication
    asked = sql.select(t.c.revision).where(t.c.directory == id).limit(1)
    return connection.scalar(asked) is not None


def _publication(row: Mapping[str, Any] | tables.Row) -> Publication:
    found = Findings(*(json.loads(row[name]) for name in ("checked", "tests", "impact")))
    plain = ("revision", "kind", "version", "directory", "by", "made", "note")
    return Publication(**{name: row[name] for name in plain}, findings=found)


def _moment() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
