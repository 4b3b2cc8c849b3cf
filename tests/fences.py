"""Fenced blocks of Markdown pages: read, run as transcripts, and written back when updated.

A transcript is a `console` block: lines after `$ ` are given to bash, the rest is what must be
printed, standard error included. In what is expected, `…` stands for any text within a line, and a
line of `…` alone for any lines. With REMIT_UPDATE=1 a block that differs is written anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UPDATE = os.environ.get("REMIT_UPDATE") == "1"
SECONDS = 300
_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_DIGEST = re.compile(r"(?<=\()[0-9a-f]{12}(?=\))|(?<=\"digest\": \")[0-9a-f]{64}(?=\")")
_BROKEN = re.compile("remit itself failed|Traceback|command not found")
_MARK = "-- end of command --"


@dataclass(frozen=True)
class Fence:
    """A block: the words after the backticks, its text, and the page and line it stands on."""

    words: tuple[str, ...]
    text: str
    page: Path
    line: int

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def file(self) -> str | None:
        """The name of the file the block is, where it says `file=NAME`."""
        return next((w.removeprefix("file=") for w in self.words if w.startswith("file=")), None)


@dataclass(frozen=True)
class Step:
    """A command with what it must print."""

    command: str
    expected: str


def fences(page: Path) -> list[Fence]:
    """All blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Fence(tuple(m[1].split()), m[2], page, text.count("\n", 0, m.start()) + 1)
        for m in _FENCE.finditer(text)
    ]


def headings(page: Path) -> set[str]:
    """The headings of a page, without marks and backticks."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return {line.lstrip("#").strip().replace("`", "") for line in lines if line.startswith("#")}


def steps(fence: Fence) -> list[Step]:
    """The commands of a transcript; a command goes on after a backslash at the end of its line."""
    found: list[Step] = []
    command: list[str] = []
    expected: list[str] = []
    for line in fence.text.splitlines():
        if line.startswith("$ "):
            if command:
                found.append(Step("\n".join(command), "\n".join(expected)))
            command, expected = [line[2:]], []
        elif command and command[-1].endswith("\\") and not expected:
            command.append(line)
        else:
            expected.append(line)
    assert command, f"{fence.place}: a transcript begins with a command"
    return [*found, Step("\n".join(command), "\n".join(expected))]


def outputs(commands: list[str], folder: Path) -> list[str]:
    """What each command prints, run one after the other in one shell."""
    after = f"code=$?; printf '%s\\n' '{_MARK}'; (exit $code)"
    script = "\n".join(f"{command}\n{after}" for command in commands)
    tools = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("REMIT_")},
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUTF8": "1",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    printed = _DIGEST.sub("…", done.stdout.decode("utf-8", "replace"))
    return [part.strip("\n") for part in printed.split(_MARK + "\n")][: len(commands)]


def fits(printed: str, expected: str) -> bool:
    """Whether a text is what is expected, `…` filled with anything."""
    pattern = "".join(_pattern(line) for line in expected.strip("\n").split("\n"))
    return re.fullmatch(pattern, _bare(printed) + "\n") is not None


def _pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:[^\n]*\n)*?"
    parts = (re.escape(part) for part in line.rstrip().split("…"))
    return "[^\n]*".join(parts) + "\n"


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def run_page(page: Path, folder: Path) -> Iterator[str]:
    """Run the transcripts of a page in a folder, in order; yields how each differing one differs.

    Blocks with `file=NAME` are written into the folder first.
    """
    every = fences(page)
    for fence in every:
        if fence.file is not None:
            target = folder / fence.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fence.text, encoding="utf-8")
    for fence in every:
        if fence.words[:1] == ("console",):
            yield from _run(fence, folder)


def _run(fence: Fence, folder: Path) -> Iterator[str]:
    asked = steps(fence)
    printed = outputs([step.command for step in asked], folder)
    differing = [s for s, p in zip(asked, printed, strict=True) if not fits(p, s.expected)]
    if differing and UPDATE and not _BROKEN.search("\n".join(printed)):
        _write(fence, asked, printed)
        return
    for step, text in zip(asked, printed, strict=True):
        if step in differing:
            yield f"{fence.place}: $ {step.command}\n--- expected\n{step.expected}\n--- was\n{text}"


def _write(fence: Fence, asked: list[Step], printed: list[str]) -> None:
    lines: list[str] = []
    for step, text in zip(asked, printed, strict=True):
        shown = step.expected if fits(text, step.expected) else _kept(_bare(text), step.expected)
        lines += [f"$ {step.command}", *([shown.rstrip("\n")] if shown.strip("\n") else [])]
    page = fence.page.read_text(encoding="utf-8")
    head = f"```{' '.join(fence.words)}\n"
    new = page.replace(f"{head}{fence.text}```", head + "\n".join(lines) + "\n```", 1)
    fence.page.write_text(new, encoding="utf-8")


def _kept(printed: str, expected: str) -> str:
    """What was printed; lines that a line with `…` stood for keep it."""
    loose = [line for line in expected.split("\n") if "…" in line and line.strip() != "…"]
    return "\n".join(
        next((wide for wide in loose if fits(line, wide)), line) for line in printed.split("\n")
    )
