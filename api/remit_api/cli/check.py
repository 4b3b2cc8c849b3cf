"""`remit check`: is the text a policy, and what about it deserves a second look?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import DirectoryFile, Json, NoDirectory, Paths, Policies, Verbose
from remit_api.cli.output import Screen, plural, screen
from remit_api.cli.report import diagnostics
from remit_api.failures import InvalidPolicy
from remit_api.files import policy_paths
from remit_api.wiring import find_directory, load_directory, sources_of
from remit_dsl.diagnostics import Diagnostic, errors, ordered
from remit_dsl.loader import load
from remit_dsl.program import Program
from remit_dsl.render import as_dict

Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]


def check(
    paths: Paths = None,
    policy: Policies = None,
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    strict: Strict = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Check policies, and the directory beside them; say every fault with its place."""
    view = screen(as_json=as_json, verbose=verbose)
    read = policy_paths([*(policy or ()), *(paths or ())])
    with view.patience("checking policies") as each:
        program, found = load(read, each)
    if directory is None and not no_directory:
        directory = find_directory(read)
    if program is not None and directory is not None:
        view.remark(f"directory: {directory}")
        found = [*found, *_of_directory(directory, program)]
    found = ordered(found)
    broken = bool(errors(found)) or program is None or (strict and bool(found))
    if as_json:
        view.data(_document(program, found, broken))
    else:
        diagnostics(found, sources_of(found), view)
        _summary(program, found, view)
    return ExitCode.INVALID_POLICY if broken else ExitCode.OK


def _of_directory(path: Path, program: Program) -> list[Diagnostic]:
    try:
        return load_directory(path, program)[1]
    except InvalidPolicy as fault:
        return fault.diagnostics


def _summary(program: Program | None, found: Sequence[Diagnostic], view: Screen) -> None:
    count = Counter(d.severity.value for d in found)
    if not found and program is not None:
        view.line(("no faults", "bold green"), f" in {_contents(program)}")
        return
    said = " and ".join(plural(count[s], s) for s in ("error", "warning") if count[s])
    if not count["error"]:
        said = f"no errors, {said}"
    codes = sorted({d.code for d in found})
    view.line((said, "bold"), f"; `remit explain {codes[0]}` says more")


def _contents(program: Program) -> str:
    statements = sum(
        len(a.grants) + len(a.prohibitions) + len(a.requirements) for a in program.authorities
    )
    counted = (
        plural(len(program.policies), "policy"),
        plural(len(program.positions), "position"),
        plural(len(program.actions), "action"),
        plural(statements, "rule"),
    )
    return f"{', '.join(counted[:-1])} and {counted[-1]}"


def _document(
    program: Program | None, found: Sequence[Diagnostic], broken: bool
) -> dict[str, object]:
    return {
        "ok": not broken,
        "diagnostics": [as_dict(d) for d in found],
        "policies": sorted(program.policies) if program else [],
        "policy": {"digest": program.digest} if program else None,
    }
