"""What the test suites notice of changed policies, for people and for programs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from remit_api.cli.output import Screen, plural
from remit_dsl.render import excerpt
from remit_dsl.source import Source, Span
from remit_engine.engine import Engine
from remit_engine.suite import SuiteResult
from remit_engine.suite.mutation import Mutant, Mutation, Witness, benches, mutate, witness

Each = Callable[[int, int], None]

KINDS = {
    "amount": "amounts",
    "side": "sides of bounds",
    "comparison": "comparisons",
    "part": "parts of conditions",
    "condition": "conditions turned round",
    "and or": "`and` for `or`",
    "member": "members of lists",
    "function": "words of expressions",
    "value": "values of tables and bands",
    "date": "dates",
    "position": "positions",
    "persons": "numbers of persons",
    "steps": "orders of steps",
    "removed": "sentences left out",
    "inherit": "`superiors inherit`",
    "escalation": "ways of escalating",
}
"""The kinds of changes in words, in the order in which they are counted."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no case notices; `witness` is a case that would, None where none was found."""

    mutant: Mutant
    witness: Witness | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class Mutated:
    """What came of all changes."""

    mutation: Mutation
    survivors: tuple[Survivor, ...]

    def within(self, allowed: int) -> bool:
        """True when no more changes went unnoticed than are allowed."""
        return len(self.survivors) <= allowed


def mutated(engines: Sequence[Engine], results: Sequence[SuiteResult], each: Each) -> Mutated:
    """Every change tried on the cases, and a case looked for where it went unnoticed."""
    mutation = mutate(benches(engines, results), each)
    survivors = []
    for done, unnoticed in enumerate(mutation.unnoticed):
        each(mutation.tried + done, mutation.tried + len(mutation.unnoticed))
        mutant, program = unnoticed.mutant, unnoticed.bench.engine.model.program
        source = program.sources.get(mutant.span.file)
        survivors.append(Survivor(mutant, witness(unnoticed), source))
    return Mutated(mutation, tuple(survivors))


def show_mutated(found: Mutated, view: Screen) -> None:
    """The changes that went unnoticed by place, and the count."""
    for _, group in groupby(found.survivors, key=lambda s: s.mutant.span):
        _show_place(list(group), view)
    tried, noticed = found.mutation.tried, found.mutation.noticed
    style = "bold green" if not found.survivors else "bold red"
    view.line((f"{noticed:,} of {plural(tried, 'change')} noticed", style), _kinds(found))
    unasked = Counter(action for m in found.mutation.unasked for action in m.actions)
    if unasked:
        count, actions = len(found.mutation.unasked), plural(len(unasked), "action")
        view.line(f"{plural(count, 'change')} to {actions} that no case asks about, not tried")
        for action in sorted(unasked) if view.verbose else ():
            view.line(f"  `{action}`")


def _kinds(found: Mutated) -> str:
    counts = Counter(s.mutant.kind for s in found.survivors)
    said = ", ".join(f"{words} {counts[kind]}" for kind, words in KINDS.items() if counts[kind])
    return f"; not noticed: {said}" if said else ""


def _show_place(survivors: Sequence[Survivor], view: Screen) -> None:
    """One place of a policy, and every change there that no case notices."""
    first = survivors[0]
    source = first.source
    for line in excerpt(_from_here(first.mutant.span), lambda name: source):
        view.line((line, "dim"))
    for survivor in survivors:
        view.line(("  not noticed", "bold red"), f"  {survivor.mutant.sentence}")
        found = survivor.witness
        if found is None:
            view.line("    no difference found: it may mean the same")
            continue
        view.line(f"    {_answers(found)}; this case for {_path(found.file)} tells:")
        view.line(f"    {found.line}")
    view.line()


def _answers(found: Witness) -> str:
    if found.answer == found.changed:
        return f"{found.answer} either way, but not the same answer"
    return f"{found.answer}, and with the change {found.changed}"


def _from_here(span: Span) -> Span:
    return replace(span, file=_path(span.file))


def _path(file: str) -> str:
    """A path as from here, where it is below."""
    return file.removeprefix(f"{Path.cwd()}{os.sep}")


def mutated_document(found: Mutated) -> dict[str, Any]:
    """The same as a JSON document."""
    return {
        "tried": found.mutation.tried,
        "noticed": found.mutation.noticed,
        "not_asked": len(found.mutation.unasked),
        "unnoticed": [_survivor_document(survivor) for survivor in found.survivors],
    }


def _survivor_document(survivor: Survivor) -> dict[str, Any]:
    mutant, case = survivor.mutant, survivor.witness
    span = mutant.span
    return {
        "kind": mutant.kind,
        "change": mutant.sentence,
        "file": _path(span.file),
        "line": span.line,
        "column": span.column,
        "case": None
        if case is None
        else {
            "yaml": case.line,
            "suite": _path(case.file),
            "outcome": case.answer,
            "outcome_with_change": case.changed,
        },
    }
