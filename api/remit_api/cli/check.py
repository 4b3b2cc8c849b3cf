"""`remit check`: is the text a policy, and what about it deserves a second look?

Beside the faults of the text it tells what the fast questions of `remit prove` refute. Of ends
that are near it says nothing: a text that nobody touched passes tomorrow as it does today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import DirectoryFile, Json, NoDirectory, Paths, Policies, Verbose
from remit_api.cli.output import Screen, plural, screen
from remit_api.cli.report import diagnostics, explained
from remit_api.failures import InvalidPolicy
from remit_api.files import policy_paths
from remit_api.wiring import find_directory, load_directory, sources_of
from remit_dsl.diagnostics import Diagnostic, errors, ordered
from remit_dsl.loader import load
from remit_dsl.pay import Scale
from remit_dsl.program import Program
from remit_dsl.render import as_dict
from remit_dsl.source import Span
from remit_engine.analysis.answer import Answer, Status
from remit_engine.analysis.prove import prove
from remit_engine.analysis.scope import Scope
from remit_engine.people.directory import Directory
from remit_engine.rules.lower import lower

STEPS = 20_000
"""How hard a single search tries here; `remit prove` tries harder."""
TOLD = {"W0811": "W0506", "W0814": "W0502"}
"""What a question refutes -> the warning of the checker that says it of the same line already."""

Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]
NoProofs = Annotated[
    bool, typer.Option("--no-proofs", help="Leave out the questions of `remit prove`.")
]


def check(
    paths: Paths = None,
    policy: Policies = None,
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    strict: Strict = False,
    no_proofs: NoProofs = False,
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
    people: Directory | None = Directory.empty()
    if program is not None and directory is not None:
        view.remark(f"directory: {directory}")
        people, more = _of_directory(directory, program)
        found = [*found, *more]
    if program is not None and people is not None and not no_proofs:
        found = [*found, *_refuted(program, people, found, view)]
    found = ordered(found)
    broken = bool(errors(found)) or program is None or (strict and bool(found))
    if as_json:
        view.data(_document(program, found, broken))
    else:
        diagnostics(found, sources_of(found), view)
        _summary(program, found, view)
    return ExitCode.INVALID_POLICY if broken else ExitCode.OK


def _of_directory(path: Path, program: Program) -> tuple[Directory | None, list[Diagnostic]]:
    try:
        return load_directory(path, program)
    except InvalidPolicy as fault:
        return None, fault.diagnostics


def _refuted(
    program: Program, people: Directory, found: Sequence[Diagnostic], view: Screen
) -> Iterator[Diagnostic]:
    """What does not hold over all requests and is told neither by a waiver nor already."""
    with view.patience("looking for faults of meaning"):
        answers = prove(lower(program), Scope(date.today(), people, soon=0, steps=STEPS, parts=1))
    open_ones = [a for a in answers if a.open]
    unsettled = sum(a.status is Status.UNKNOWN for a in open_ones)
    if unsettled:
        view.remark(f"{plural(unsettled, 'question')} left open: `remit prove` tries harder")
    told = {(d.code, d.span.file, d.span.line) for d in found}
    falling = _falling(program, told)
    for a in open_ones:
        if a.finding is not None and _is_news(a, told) and a.finding.span not in falling:
            yield a.finding


def _falling(program: Program, told: set[tuple[str, str, int]]) -> set[Span]:
    """The plans that pay less for more by a scale of which the checker has said so."""
    return {
        plan.span
        for plan in program.plans.values()
        for scale in (step.value for step in plan.steps)
        if isinstance(scale, Scale)
        and any(("W0901", tier.span.file, tier.span.line) in told for tier in scale.tiers)
    }


def _is_news(answer: Answer, told: set[tuple[str, str, int]]) -> bool:
    """True for what is refuted, unless the checker has said so of one of its lines."""
    if answer.status is not Status.REFUTED or answer.finding is None:
        return False
    code = TOLD.get(answer.finding.code, "")
    spans = [answer.finding.span, *(r.span for r in answer.finding.related)]
    return not any((code, s.file, s.line) in told for s in spans)


def _summary(program: Program | None, found: Sequence[Diagnostic], view: Screen) -> None:
    count = Counter(d.severity.value for d in found)
    if not found and program is not None:
        view.line(("no faults", "bold green"), f" in {_contents(program)}")
        return
    said = " and ".join(plural(count[s], s) for s in ("error", "warning") if count[s])
    if not count["error"]:
        said = f"no errors, {said}"
    view.line((said, "bold"), explained(found))


def _contents(program: Program) -> str:
    statements = sum(
        len(a.grants) + len(a.prohibitions) + len(a.requirements) for a in program.authorities
    )
    pay = (
        (program.events, "event"),
        (program.plans, "plan"),
        (program.scorecards, "scorecard"),
        (program.allocations, "allocation"),
    )
    counted = (
        plural(len(program.policies), "policy"),
        plural(len(program.positions), "position"),
        plural(len(program.actions), "action"),
        plural(statements, "rule"),
        *(plural(len(declared), word) for declared, word in pay if declared),
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
