"""The command line in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from remit_api.cli.main import app


@dataclass(frozen=True)
class Ran:
    """What a person or a program sees of a run."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def first(self) -> str:
        """The first line of standard output."""
        return self.out.split("\n", 1)[0]

    def line(self, start: str) -> str:
        """The line that begins so, without the beginning."""
        lines = [x.strip() for x in self.out.split("\n")]
        found = [x.removeprefix(start).strip() for x in lines if x.startswith(start)]
        assert found, f"no line starts with {start!r}:\n{self.out}"
        return found[0]


Remit = Callable[..., Ran]


@pytest.fixture
def remit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remit:
    """Runs `remit` with some words, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("REMIT_DEBUG", "REMIT_LANGUAGE", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, input: str | None = None) -> Ran:
        result: Result = CliRunner().invoke(app, list(words), input=input)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def house(remit: Remit) -> Remit:
    """`remit` in a folder with the starter policy."""
    assert remit("init").code == 0
    return remit


def write(path: str, text: str) -> str:
    """A file in the folder of the test."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def file() -> Callable[[str, str], str]:
    """Writes a file below the folder of the test; gives its path."""
    return write
