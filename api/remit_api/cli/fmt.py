"""`remit fmt`: policies in the one layout, written in one step or not at all."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Paths
from remit_api.cli.output import Screen, screen
from remit_api.cli.report import diagnostics
from remit_api.failures import WrongUse
from remit_api.files import files_under, policy_paths, write_text
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.files import read_source
from remit_dsl.printing.formatter import format as formatted
from remit_dsl.render import as_dict
from remit_dsl.scope.findings import Findings
from remit_dsl.source import Source

Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit 1 when a file would change.")
]
Diff = Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")]
Stdout = Annotated[
    bool, typer.Option("--stdout", help="Write the formatted text to standard output.")
]
ENDING = ".remit"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file as it is and as it should be; `after` is None when it cannot be read."""

    path: Path
    before: Source | None
    after: str | None
    found: tuple[Diagnostic, ...] = ()
    changed: bool = False


def fmt(
    paths: Paths = None,
    check: Check = False,
    diff: Diff = False,
    stdout: Stdout = False,
    as_json: Json = False,
) -> ExitCode:
    """Format policy files in place. A file with errors is left as it is, with what is wrong."""
    if stdout and (check or diff or as_json):
        raise WrongUse("`--stdout` goes alone", "leave out `--check`, `--diff` and `--json`")
    view = screen(as_json=as_json)
    read = [format_file(path) for path in files_under(policy_paths(paths or ()), ENDING)]
    if not read:
        raise WrongUse("there is no .remit file there", "name a policy file or a folder of them")
    if not (check or diff or stdout):
        for one in read:
            if one.changed and one.after is not None:
                write_text(one.path, one.after)
    if as_json:
        view.data(_document(read))
    else:
        _show(read, view, check=check, diff=diff, stdout=stdout)
    if any(one.after is None for one in read):
        return ExitCode.INVALID_POLICY
    unformatted = (check or diff) and any(one.changed for one in read)
    return ExitCode.FAILED if unformatted else ExitCode.OK


def format_file(path: Path) -> Formatted:
    """A file formatted in memory. Line ends and a byte order mark count as layout."""
    findings = Findings()
    source = read_source(path, findings)
    if source is None:
        return Formatted(path, None, None, tuple(findings.found))
    text = formatted(source)
    if not isinstance(text, str):
        return Formatted(path, source, None, tuple(text))
    return Formatted(path, source, text, (), text.encode() != path.read_bytes())


def _show(
    read: Sequence[Formatted], view: Screen, *, check: bool, diff: bool, stdout: bool
) -> None:
    for one in read:
        sources = {one.before.name: one.before} if one.before else {}
        if one.after is None:
            diagnostics(one.found, sources, view)
        elif stdout:
            view.block(one.after)
        elif diff and one.changed and one.before:
            _difference(one.path, one.before.text, one.after, view)
        elif one.changed:
            view.line("would be formatted: " if check else "formatted: ", str(one.path))
    if not stdout:
        _summary(read, view, dry=check or diff)


def _difference(path: Path, before: str, after: str, view: Screen) -> None:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), str(path), f"{path} (formatted)", lineterm=""
    )
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines:
        view.line((line, styles.get(line[:1], "")))


def _summary(read: Sequence[Formatted], view: Screen, *, dry: bool) -> None:
    changed = sum(one.changed for one in read)
    broken = sum(one.after is None for one in read)
    well = len(read) - changed - broken
    parts = [
        f"{changed} {'would change' if dry else 'changed'}" if changed else "",
        f"{well} well formatted already" if well else "",
        f"{broken} left alone because of errors" if broken else "",
    ]
    noun = "file" if len(read) == 1 else "files"
    view.line((f"{len(read)} {noun}: ", "bold"), ", ".join(filter(None, parts)))


def _document(read: Sequence[Formatted]) -> dict[str, object]:
    return {
        "files": [
            {
                "path": str(one.path),
                "changed": one.changed,
                "diagnostics": [as_dict(d) for d in one.found],
            }
            for one in read
        ]
    }
