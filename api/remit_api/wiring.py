"""How the parts are put together: policies and a directory become an engine. For every door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from remit_api.failures import InvalidPolicy, MissingFile
from remit_dsl.diagnostics import Diagnostic, errors
from remit_dsl.loader import Each, load
from remit_dsl.program import Program
from remit_dsl.source import Source
from remit_engine.engine import Engine
from remit_engine.people.directory import Directory
from remit_engine.reading.directory_reader import read_directory
from remit_engine.rules.lower import lower

DIRECTORY_FILE = "directory.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An engine with where it comes from. warnings: what the checker said and does not forbid."""

    engine: Engine
    program: Program
    paths: tuple[Path, ...]
    directory_file: Path | None
    warnings: tuple[Diagnostic, ...]


def open_engine(
    paths: Sequence[Path], directory_file: Path | None, each: Each | None = None
) -> Loaded:
    """The engine of policies and a directory; `InvalidPolicy` when either has errors."""
    program, warnings = load_program(paths, each)
    directory = Directory.empty()
    if directory_file is not None:
        directory, found = load_directory(directory_file, program)
        warnings = [*warnings, *found]
    engine = Engine(program, directory)
    return Loaded(engine, program, tuple(paths), directory_file, tuple(warnings))


def load_program(
    paths: Sequence[Path], each: Each | None = None
) -> tuple[Program, list[Diagnostic]]:
    """The checked program with its warnings; `InvalidPolicy` when it has errors."""
    program, found = load(paths, each)
    if program is None or errors(found):
        raise InvalidPolicy(found, sources_of(found))
    return program, found


def load_directory(path: Path, program: Program) -> tuple[Directory, list[Diagnostic]]:
    """The directory of a file with its warnings; `InvalidPolicy` when it has errors."""
    if not path.is_file():
        raise MissingFile(path, f"there is no directory file `{path}`")
    directory, found = read_directory(path, lower(program))
    if directory is None:
        raise InvalidPolicy(found, sources_of(found))
    return directory, found


def find_directory(paths: Sequence[Path]) -> Path | None:
    """The one `directory.yaml` in or beside the policies; none where there are several."""
    found: dict[Path, Path] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        inside = folder.rglob(DIRECTORY_FILE) if path.is_dir() else [folder / DIRECTORY_FILE]
        found.update({p.resolve(): p for p in sorted(inside) if p.is_file()})
    return next(iter(found.values())) if len(found) == 1 else None


def sources_of(found: Iterable[Diagnostic]) -> dict[str, Source]:
    """The texts that diagnostics point into, as far as they can be read."""
    names = {d.span.file for d in found} | {r.span.file for d in found for r in d.related}
    sources: dict[str, Source] = {}
    for name in sorted(names):
        path = Path(name)
        if path.is_file():
            sources[name] = Source(name, path.read_bytes().decode("utf-8-sig", "replace"))
    return sources
