"""From `*.test.yaml` to suites with the engines that answer them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remit_dsl.diagnostics import Diagnostic, errors, ordered
from remit_dsl.loader import load
from remit_dsl.source import Span
from remit_engine.engine import Engine
from remit_engine.people.directory import Directory
from remit_engine.reading.directory_reader import read_directory
from remit_engine.reading.yaml_members import MembersReader
from remit_engine.reading.yaml_tree import Node, read_yaml, read_yaml_file
from remit_engine.rules.lower import lower
from remit_engine.suite.case_reader import read_cases
from remit_engine.suite.cases import Suite
from remit_engine.suite.watch_reader import read_watch_cases

SUFFIX = ".test.yaml"
MEMBERS = ("policies", "directory", "as_of", "defaults", "suite", "cases", "watch")


@dataclass(frozen=True, slots=True)
class LoadedSuite:
    """A suite and the engine of the policies and the directory it names."""

    suite: Suite
    engine: Engine


def suite_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every `*.test.yaml` below the folders named, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        below = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
        found.update(dict.fromkeys(below))
    return list(found)


def read_suites(
    paths: Iterable[Path],
) -> Iterator[tuple[Path, LoadedSuite | None, list[Diagnostic]]]:
    """Each suite of some files and folders; engines are shared between those with one policy."""
    reader = _SuiteReader()
    for path in suite_files(paths):
        loaded, found = reader.read(path)
        yield path, loaded, found


def read_suite(path: Path) -> tuple[LoadedSuite | None, list[Diagnostic]]:
    """The suite of one file; none when there is an error in it or in what it names."""
    return _SuiteReader().read(path)


def read_suite_text(name: str, text: str, engine: Engine) -> tuple[Suite | None, list[Diagnostic]]:
    """The suite of a text for an engine that is there already; `policies` is not followed."""
    root, found = read_yaml(name, text)
    if root is None:
        return None, found or [_empty(name)]
    members = MembersReader()
    suite = _suite(name, root, engine, members)
    found = ordered([*found, *members.found])
    return (None if errors(found) else suite), found


def _suite(name: str, root: Node, engine: Engine, members: MembersReader) -> Suite | None:
    given = members.members(root, "a suite", (), MEMBERS)
    if given is None:
        return None
    if "cases" not in given and "watch" not in given:
        members.fault(root, "E0607", "a suite lacks `cases`", "or `watch`, for what is watched")
    as_of: date | None = members.day(given, "as_of")
    cases = read_cases(members, given, engine)
    title = members.text(given, "suite") or Path(name).name.removesuffix(SUFFIX)
    watching = read_watch_cases(members, given, engine.model.program)
    return Suite(title, name, as_of, cases, watching)


def _empty(name: str) -> Diagnostic:
    return Diagnostic(Span(name, 1, 1, 0, 0), "E0607", "a suite lacks `cases`")


class _SuiteReader:
    """Reads suites one after the other and keeps the engines it made."""

    def __init__(self) -> None:
        self.engines: dict[tuple[tuple[Path, ...], Path | None], Engine | None] = {}

    def read(self, path: Path) -> tuple[LoadedSuite | None, list[Diagnostic]]:
        """One suite with everything that is wrong with it."""
        root, found = read_yaml_file(path)
        if root is None:
            return None, found or [_empty(str(path))]
        members = MembersReader()
        engine = self.engine(path.parent, root, members)
        suite = _suite(str(path), root, engine, members) if engine else None
        found = ordered([*found, *members.found])
        if errors(found) or suite is None or engine is None:
            return None, found
        return LoadedSuite(suite, engine), found

    def engine(self, folder: Path, root: Node, members: MembersReader) -> Engine | None:
        """The engine of the policies and directory named, made once."""
        at = root.value if isinstance(root.value, dict) else {}
        policies = [(folder / w).resolve() for w, _ in members.texts(at, "policies")] or [folder]
        name = members.text(at, "directory")
        people = None if name is None else (folder / name).resolve()
        key = (tuple(policies), people)
        if key not in self.engines:
            made, found = _engine(policies, people)
            self.engines[key] = made
            members.found += found
        if self.engines[key] is None:
            place = at.get("policies", root)
            members.fault(place, "E0701", "the policies or the directory cannot be used")
        return self.engines[key]


def _engine(policies: list[Path], people: Path | None) -> tuple[Engine | None, list[Diagnostic]]:
    """The engine, or the errors of what it is made of."""
    program, found = load(policies)
    if program is None or errors(found):
        return None, errors(found)
    model = lower(program)
    directory: Directory | None = Directory.empty()
    if people is not None:
        directory, found = read_directory(people, model)
        if directory is None:
            return None, errors(found)
    return Engine(model, directory), []
