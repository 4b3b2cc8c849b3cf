"""Files on disk: finding policies, and writing so that no half file is ever left."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from remit_api.failures import MissingFile, WrongUse

DEFAULT_FOLDER = "policies"


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
            raise MissingFile(path, f"there is no file or folder `{path}`")
    return paths


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

    The mode of a file that is there is kept; a symbolic link stays one.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
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
