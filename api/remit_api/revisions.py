"""Two sides of a comparison: policies in files and folders, or as they stood in git."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from remit_api.failures import InvalidPolicy, MissingFile, WrongUse
from remit_api.files import DEFAULT_FOLDER, policy_paths
from remit_api.git import Tree, path_in_repository, tree
from remit_api.wiring import DIRECTORY_FILE, find_directory, load_program, sources_of
from remit_dsl.diagnostics import Diagnostic, Related, errors
from remit_dsl.files import SUFFIX
from remit_dsl.loader import Each, load_texts
from remit_dsl.parsing.parser import decode
from remit_dsl.program import Program
from remit_dsl.source import Source, Span
from remit_engine.people.directory import Directory
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.rules.ir import Model

_CSV = re.compile(r'\bfrom\s+"([^"\n]+\.csv)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Revision:
    """A checked policy text. name: as typed. commit: None for files on disk.

    directory: name and text of the one `directory.yaml` in or beside it; None where there is
    none or there are several.
    """

    name: str
    commit: str | None
    program: Program
    warnings: tuple[Diagnostic, ...]
    directory: tuple[str, str] | None


def read_revisions(old: str, new: str, each: Each | None = None) -> tuple[Revision, Revision]:
    """Both sides; a bare revision takes the path of the other side."""
    return read_revision(old, like=new, each=each), read_revision(new, like=old, each=each)


def read_revision(spec: str, *, like: str | None = None, each: Each | None = None) -> Revision:
    """A file, a folder, `REV:path` or `REV`. like: the other side, whose path a bare `REV` has."""
    if spec and Path(spec).exists():
        return _on_disk(spec, each)
    revision, colon, path = spec.partition(":")
    if not colon and spec.endswith((SUFFIX, "/")):
        raise MissingFile(spec, f"there is no file or folder `{spec}`")
    found = tree(revision)
    place = _written(path, found) if colon else _like(like, found)
    return _in_git(spec, found, place)


def people_of(revision: Revision, model: Model) -> Directory:
    """The directory of a revision; nobody where it has none."""
    if revision.directory is None:
        return Directory.empty()
    name, text = revision.directory
    directory, found = read_directory_text(name, text, model)
    if directory is None:
        raise InvalidPolicy(found, {name: Source(name, text)})
    return directory


# --- on disk -----------------------------------------------------------------------------------


def _on_disk(spec: str, each: Each | None) -> Revision:
    paths = policy_paths([spec])
    program, found = load_program(paths, each)
    people = find_directory(paths)
    directory = None
    if people is not None:
        directory = _text(str(people), people.read_bytes(), str(people))
    return Revision(spec, None, program, tuple(found), directory)


# --- in git ------------------------------------------------------------------------------------


def _written(path: str, found: Tree) -> str:
    """A path of `REV:path` from the top of the repository, as git reads it."""
    from_here = path.startswith(("./", "../")) or path in (".", "..")
    place = posixpath.normpath(posixpath.join(found.here, path) if from_here else path or ".")
    if place.startswith(("..", "/")):
        raise WrongUse(f"`{path}` lies outside of the repository", "name a path inside of it")
    return place


def _like(like: str | None, found: Tree) -> str:
    """Where a bare revision is read: where the other side is, else `policies/` here, else here."""
    if like is not None and Path(like).exists():
        inside = path_in_repository(like)
        if inside is not None:
            return inside
    if like is not None and ":" in like and not Path(like).exists():
        return _written(like.partition(":")[2], found)
    folder = posixpath.normpath(posixpath.join(found.here, DEFAULT_FOLDER))
    here = posixpath.normpath(found.here or ".")
    return folder if _below(found.blobs, folder) else here


def _in_git(spec: str, found: Tree, place: str) -> Revision:
    _refuse_links(found, place)
    policies = [p for p in _below(found.blobs, place) if p.endswith(SUFFIX)]
    if place in found.blobs and not policies:
        raise WrongUse(f"`{spec}` is not a policy file", f"a policy is a file ending in {SUFFIX}")
    if not policies:
        message = (
            f"there is no policy file (`*{SUFFIX}`) in `{place}` at revision `{found.revision}`"
        )
        raise MissingFile(place, message, f"`git ls-tree -r {found.revision}` lists its files")
    prefix = f"{found.revision}:"
    texts = {
        path: _text(path, data, prefix + path)[1] for path, data in found.read(policies).items()
    }
    named = {t for path, text in texts.items() for t in _tables(path, text)}
    for linked in sorted(named & found.links):
        raise _linked(linked, found)
    tables = sorted(named & found.blobs.keys())
    texts |= {path: _text(path, d, prefix + path)[1] for path, d in found.read(tables).items()}
    program, diagnostics = load_texts(texts)
    if program is None or errors(diagnostics):
        sources = {prefix + n: Source(prefix + n, text) for n, text in texts.items()}
        raise InvalidPolicy([_placed(d, prefix) for d in diagnostics], sources)
    return Revision(
        spec, found.commit, program, tuple(diagnostics), _directory(found, place, prefix)
    )


def _refuse_links(found: Tree, place: str) -> None:
    """On disk a link is followed; in git it would be a file that is not there."""
    for path in sorted(found.links):
        leads = place == path or place.startswith(f"{path}/")
        told = path.endswith(SUFFIX) or posixpath.basename(path) == DIRECTORY_FILE
        if leads or (told and _below([path], place)):
            raise _linked(path, found)


def _linked(path: str, found: Tree) -> WrongUse:
    message = f"`{path}` is a symbolic link at revision `{found.revision}`"
    return WrongUse(message, "name the file or folder it leads to, or check the revision out")


def _below(paths: Iterable[str], place: str) -> list[str]:
    """The files at or below a path."""
    return sorted(p for p in paths if place in (".", p) or p.startswith(f"{place}/"))


def _tables(path: str, text: str) -> set[str]:
    """The CSV files a policy text may name."""
    folder = posixpath.dirname(path)
    return {posixpath.normpath(posixpath.join(folder, name)) for name in _CSV.findall(text)}


def _directory(found: Tree, place: str, prefix: str) -> tuple[str, str] | None:
    inside = [p for p in _below(found.blobs, place) if posixpath.basename(p) == DIRECTORY_FILE]
    if place in found.blobs:
        beside = posixpath.join(posixpath.dirname(place), DIRECTORY_FILE)
        if beside in found.links:
            raise _linked(beside, found)
        inside = [beside] if beside in found.blobs else []
    if len(inside) != 1:
        return None
    return _text(prefix + inside[0], found.read(inside)[inside[0]], prefix + inside[0])


def _text(name: str, data: bytes, shown: str) -> tuple[str, str]:
    source, faults = decode(shown, data)
    if source is None:
        raise InvalidPolicy(faults, sources_of(faults))
    return name, source.text


def _placed(d: Diagnostic, prefix: str) -> Diagnostic:
    """A diagnostic whose places name the revision."""

    def at(span: Span) -> Span:
        return replace(span, file=prefix + span.file)

    related = tuple(Related(at(r.span), r.message) for r in d.related)
    return replace(d, span=at(d.span), related=related)
