"""Files on disk: finding policies, and writing so that no half file is ever left."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from remit_api.failures import FileTrouble, MissingFile, WrongUse

DEFAULT_FOLDER = "policies"
SUITE = ".test.yaml"
NO_POLICIES = (".yaml", ".yml", ".json", ".jsonl", ".csv", ".parquet")


def policy_paths(given: Iterable[str]) -> list[Path]:
    """The policy paths of the command line, or `policies/` here when none is given."""
    paths = [Path(p) for p in given]
    if not paths:
        if not Path(DEFAULT_FOLDER).is_dir():
            raise WrongUse(
                "no policy was given, and there is no folder `policies` here",
                "name a policy file or folder, or run `remit init` to start one",
            )
        return [Path(DEFAULT_FOLDER)]
    for path in paths:
        if not path.exists():
            raise MissingFile(path, f"there is no file or folder `{path}`", _fact(path))
        if path.suffix in NO_POLICIES and path.is_file():
            raise WrongUse(f"`{path}` is not a policy file", _meant(path))
    return paths


def _fact(path: Path) -> str | None:
    """The cure for a fact without its value, which reads as the name of a file."""
    bare = path.parent == Path(".") and not path.suffix
    return f"a fact is written with its value and no blanks: `{path}=…`" if bare else None


def _meant(path: Path) -> str:
    """What a file that is no policy is good for."""
    if path.name.endswith(SUITE):
        return f"a test suite is run with `remit test {path}`"
    if path.suffix in (".yaml", ".yml"):
        return f"people are read with `--directory {path}`, facts with `--facts {path}`"
    if path.suffix == ".json":
        return f"facts are read with `--facts {path}`"
    return f"requests are answered with `remit decide --batch {path} --out FILE`"


def suite_paths(given: Iterable[str]) -> list[Path]:
    """The paths of test suites on the command line, or `policies/` here when none is given."""
    suites = [Path(p) for p in given if p.endswith(SUITE) and Path(p).is_file()]
    others = [p for p in given if Path(p) not in suites]
    found = policy_paths(others) if others or not suites else []
    for path in found:
        if path.is_file():
            raise WrongUse(f"`{path}` is not a test suite", f"a suite is a file ending in {SUITE}")
    return [*suites, *found]


def files_under(paths: Iterable[Path], *endings: str) -> list[Path]:
    """The files with one of these endings, in order; a file named itself counts as it is."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.name.endswith(endings) and p.is_file())
            found.update(dict.fromkeys(sorted(p for p in inside if not _hidden(p, path))))
        else:
            found[path] = None
    return list(found)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` that takes its name when all went well, and else vanishes.

    The mode of a file that is there is kept; a symbolic link stays one. Raises FileTrouble where
    something else than a file has the name: a folder, or a device, which would be replaced.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        what = "it is a folder" if target.is_dir() else "it is no plain file"
        raise FileTrouble(path, f"`{path}` cannot be written: {what}", "name another file")
    handle, name = _temporary(path, target)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(_mode(target))
        _synced(temporary)
        temporary.replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _temporary(path: Path, target: Path) -> tuple[int, str]:
    """A new file beside the target; trouble is told of the file that was meant."""
    try:
        return tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    except OSError as fault:
        if not target.parent.is_dir():
            message = f"there is no folder `{path.parent}` to write to"
            raise MissingFile(path, message) from None
        reason = (fault.strerror or str(fault)).lower()
        raise FileTrouble(path, f"`{path}` cannot be written: {reason}") from None


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step."""
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode())


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _mode(target: Path) -> int:
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _synced(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
