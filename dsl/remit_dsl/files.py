"""Files on disk: which a path stands for, and their texts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from remit_dsl.parsing.parser import decode
from remit_dsl.scope.findings import Findings
from remit_dsl.source import Source, Span

SUFFIX = ".remit"


def gather(paths: Iterable[Path], findings: Findings) -> Iterator[Path]:
    """The policy files that paths stand for, each once; what is missing is reported."""
    seen: set[Path] = set()
    for path in paths:
        for file in _below(Path(path), findings):
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                yield file


def _below(path: Path, findings: Findings) -> list[Path]:
    if path.is_dir():
        files = sorted(p for p in path.rglob(f"*{SUFFIX}") if p.is_file())
        if not files:
            message = f"there is no policy file (`*{SUFFIX}`) in folder `{path}`"
            findings.add(at_start(path), "E0103", message)
        return files
    if path.exists():
        return [path]
    findings.add(at_start(path), "E0101", f"there is no file or folder `{path}`", _near(path))
    return []


def _near(path: Path) -> str | None:
    named = path.with_name(path.name + SUFFIX)
    return f"did you mean `{named}`?" if named.is_file() else None


def at_start(path: Path) -> Span:
    """The first place of a file, whether it exists or not."""
    return Span(str(path), 1, 1, 0, 0)


def read_source(path: Path, findings: Findings) -> Source | None:
    """The text of a file, or a report that it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as fault:
        reason = (fault.strerror or "unknown reason").lower()
        findings.add(at_start(path), "E0102", f"`{path}` cannot be read: {reason}")
        return None
    source, faults = decode(str(path), data)
    findings.found.extend(faults)
    return source


class TextFiles:
    """Texts by name, as if they were files."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = {posixpath.normpath(n): s for n, s in sources.items()}

    def find(self, name: str) -> Source | None:
        """The text of that name."""
        return self._sources.get(posixpath.normpath(name))

    def names(self) -> list[str]:
        """The bare names of all CSV texts."""
        return [posixpath.basename(n) for n in self._sources if n.endswith(".csv")]
