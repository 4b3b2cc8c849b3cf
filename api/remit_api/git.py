"""What a git repository holds at a revision, read without touching the working files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit_api.failures import FileTrouble, WrongUse

_FILES = frozenset({"100644", "100755"})
_LINK = "120000"


@dataclass(frozen=True, slots=True)
class Tree:
    """A commit: its hash, the blobs of its files by path, and where in it this folder lies.
    links: the paths of symbolic links, which are not followed."""

    revision: str
    commit: str
    blobs: Mapping[str, str]
    here: str
    links: frozenset[str] = frozenset()

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The contents of files by path, with one run of git. Raises FileTrouble."""
        if not paths:
            return {}
        asked = "".join(f"{self.blobs[path]}\n" for path in paths)
        stream = _git("cat-file", "--batch", input=asked.encode())
        if stream is None:
            raise self._unreadable(paths[0])
        found: dict[str, bytes] = {}
        at = 0
        for path in paths:
            end = stream.find(b"\n", at)
            _, kind, *length = stream[at:end].split() or (b"", b"")
            if end < 0 or kind != b"blob":
                raise self._unreadable(path)
            size = int(length[0])
            found[path] = stream[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def _unreadable(self, path: str) -> FileTrouble:
        message = f"git cannot read `{path}` at revision `{self.revision}`"
        help = "`git fsck` tells whether it is damaged, `git fetch --refetch` gets what is missing"
        return FileTrouble(path, message, help)


def tree(revision: str) -> Tree:
    """The tree of a revision; `WrongUse` where there is no git, no repository or no such commit."""
    if _git("rev-parse", "--git-dir") is None:
        message = f"there is no file or folder `{revision}`, and no git repository here"
        raise WrongUse(message, "name files or folders, or go to the folder of the repository")
    wanted = f"{revision}^{{commit}}"
    usable = bool(revision) and not revision.startswith("-") and "\0" not in revision
    commit = _git("rev-parse", "--verify", "--quiet", wanted) if usable else None
    if commit is None:
        message = f"there is no file, folder or git revision `{revision}`"
        raise WrongUse(message, "`git log --oneline` lists revisions, `git branch` branches")
    name = commit.decode().strip()
    listed = _git("ls-tree", "-r", "-z", "--full-tree", name)
    if listed is None:
        message = f"git cannot list the files of revision `{revision}`"
        raise FileTrouble(revision, message, "`git fsck` tells whether it is damaged")
    here = (_git("rev-parse", "--show-prefix") or b"").decode().strip()
    entries = list(_entries(listed))
    blobs = {path: blob for path, mode, blob in entries if mode in _FILES}
    links = frozenset(path for path, mode, _ in entries if mode == _LINK)
    return Tree(revision, name, blobs, here, links)


def path_in_repository(path: str) -> str | None:
    """A path on disk as the repository calls it; None where it lies outside."""
    top = _git("rev-parse", "--show-toplevel")
    if top is None:
        return None
    root = os.path.realpath(os.fsdecode(top.rstrip(b"\n")))
    inside = os.path.relpath(os.path.realpath(path), root)
    return None if inside.startswith("..") else inside.replace(os.sep, "/")


def _entries(listed: bytes) -> Iterator[tuple[str, str, str]]:
    """Path, mode and blob of each entry that git lists."""
    for entry in listed.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        mode, *_, blob = head.decode().split() or ["", ""]
        yield os.fsdecode(path), mode, blob


def _git(*words: str, input: bytes = b"") -> bytes | None:
    """What git prints, None when it refuses."""
    settings = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        ran = subprocess.run(
            ["git", *words], input=input, capture_output=True, env=settings, check=False
        )
    except FileNotFoundError:
        message = "a revision can only be read with `git`, which is not installed"
        raise WrongUse(message, "name files or folders instead") from None
    return ran.stdout if ran.returncode == 0 else None
