"""What is found about a text before it counts: faults, its tests, what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.engine import Connection

from remit_api import diff_document
from remit_api.failures import InvalidPolicy
from remit_api.files import SUITE, files_under
from remit_api.http.desk import Desk
from remit_api.http.published import DIRECTORY, policy_texts
from remit_api.http.refusals import Conflict
from remit_api.http.settings import Settings
from remit_api.past.document import document as impact_document
from remit_api.past.of_ledger import LedgerReplay, replay_ledger
from remit_api.past.replay import Side
from remit_api.revisions import Revision
from remit_api.suite_document import suites_document
from remit_api.wiring import find_directory
from remit_dsl.diagnostics import Diagnostic, errors, ordered
from remit_dsl.loader import load_texts
from remit_dsl.program import Program
from remit_dsl.render import as_dict
from remit_engine.analysis.difference.difference import difference
from remit_engine.engine import Engine
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.storage import history, versions
from remit_engine.storage.entries import DECISION, Entry
from remit_engine.storage.history import Wanted
from remit_engine.suite import SuiteResult, read_suite_text, run_suite

ENDINGS = (".remit", ".csv", SUITE)
"""The files a version holds."""
PAGE = 500
MOST = 10_000
"""So many recorded decisions are asked again where nobody says how many."""
LEDGER = "the ledger"
NOW = "what counts now"


@dataclass(frozen=True, slots=True)
class Examined:
    """A set of files with a directory, as far as it can be read. engine: None where either has
    errors. found: all faults and warnings."""

    files: Mapping[str, str]
    program: Program | None
    engine: Engine | None
    found: tuple[Diagnostic, ...]

    def document(self) -> dict[str, Any]:
        """As `remit check --no-proofs --json` says it."""
        return {
            "ok": self.engine is not None,
            "diagnostics": [as_dict(d) for d in self.found],
            "policies": sorted(self.program.policies) if self.program else [],
            "policy": {"digest": self.program.digest} if self.program else None,
        }

    def sound(self) -> tuple[Program, Engine]:
        """What answers; raises InvalidPolicy where there are errors."""
        if self.program is None or self.engine is None:
            raise InvalidPolicy(self.found, {})
        return self.program, self.engine

    def desk(self, like: Desk) -> Desk:
        """The desk it would be, with the delegations of the one that stands."""
        program, engine = self.sound()
        return Desk(engine, program.digest).lending(like.lent, like.revision)


def examined(files: Mapping[str, str], people: str) -> Examined:
    """Files of a policy version with the text of a directory."""
    program, found = load_texts(policy_texts(files))
    if program is None or errors(found):
        return Examined(files, program, None, tuple(ordered(found)))
    engine = Engine(program)
    directory, more = read_directory_text(DIRECTORY, people, engine.model)
    whole = None if directory is None else Engine(engine.model, directory)
    return Examined(files, program, whole, tuple(ordered([*found, *more])))


def people_text(connection: Connection, settings: Settings) -> str:
    """The directory that counts, or the file that answers while nothing was published."""
    stands = versions.current(connection)
    if stands is not None:
        return versions.directory(connection, stands.directory).file
    path = settings.directory or find_directory(settings.policies)
    return "" if path is None else path.read_text("utf-8-sig")


def policy_files(settings: Settings) -> dict[str, str]:
    """The files that answer while nothing was published, by their names under their folders;
    raises Conflict where two have one name."""
    found: dict[str, str] = {}
    for root in settings.policies:
        for path in files_under([root], *ENDINGS):
            name = path.relative_to(root.parent).as_posix()
            if name in found:
                raise Conflict(f"two files are called `{name}`", "name their folders differently")
            found[name] = path.read_text("utf-8-sig")
    return found


def tests_of(made: Examined) -> dict[str, Any]:
    """What came of the suites among the files, asked of the whole text with its directory: as
    `remit test --json` says it. Raises InvalidPolicy."""
    _, engine = made.sound()
    results: list[SuiteResult] = []
    broken: list[tuple[str, list[Diagnostic]]] = []
    for name, text in sorted(made.files.items()):
        if name.endswith(SUITE):
            suite, found = read_suite_text(name, text, engine)
            if suite is None:
                broken.append((name, found))
            else:
                results.append(run_suite(suite, engine))
    return suites_document(results, broken)


def difference_of(name: str, made: Examined, desk: Desk, today: date, *, answers: bool) -> str:
    """What it says otherwise than what counts now, as `remit diff --json`. answers: look for
    requests that show it, which takes longer. Raises InvalidPolicy."""
    program, engine = made.sound()
    models = (desk.model, engine.model)
    found = difference(*models, today=today, answers=answers)
    before = Revision(desk.version or NOW, None, desk.model.program, (), None)
    after = Revision(name, None, program, (), None)
    return diff_document.document(found, (before, after), models)


@dataclass(frozen=True, slots=True)
class Past:
    """Which recorded decisions are asked again: the latest `most` since a day."""

    since: date | None = None
    most: int = MOST
    shown: int = 10

    @property
    def wanted(self) -> Wanted:
        """As the ledger is asked."""
        return Wanted(kind=DECISION, since=self.since)


def impact_of(
    name: str, made: Examined, desk: Desk, connection: Connection, past: Past
) -> dict[str, Any]:
    """The recorded decisions under what counts now and under the new text, as `remit impact
    --json`; `left_out` is how many older ones were not asked. What watches hold is no part of a
    text, and is left aside. Raises InvalidPolicy."""
    after = made.desk(desk)
    new = Side(name, after.engine, after.model.program)
    old = Side(desk.version or NOW, desk.engine.under(()), desk.model.program)
    replay = LedgerReplay(old, new)
    summary = replay_ledger(_entries(connection, past), replay, past.shown)
    there = history.counted(connection, past.wanted)
    document = impact_document(summary, replay, LEDGER, ("id",))
    return {**document, "left_out": there - summary.rows}


def _entries(connection: Connection, past: Past) -> Iterator[Entry]:
    """The latest decisions first."""
    before, left = None, past.most
    while left > 0:
        rows = history.page(connection, past.wanted, before=before, limit=min(PAGE, left))
        yield from rows
        if len(rows) < min(PAGE, left):
            return
        left -= len(rows)
        before = rows[-1].seq
