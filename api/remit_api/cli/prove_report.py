"""What `remit prove` found, for people."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.output import Screen, plural
from remit_api.cli.prove_words import HOLDS, about_text, by_question, statement
from remit_api.cli.report import diagnostics, explained
from remit_api.wiring import sources_of
from remit_dsl.diagnostics import Diagnostic
from remit_engine.analysis.answer import Answer, Status
from remit_engine.people.directory import Directory
from remit_engine.reading.request_document import statable
from remit_engine.rules.ir import Model
from remit_engine.suite.case_writer import case_text

STYLES = {"proven": "green", "refuted": "red", "unknown": "cyan", "waived": "yellow"}
COUNTS = ("asked", "proven", "refuted", "unknown", "waived")


@dataclass(frozen=True, slots=True)
class Proof:
    """All answers about one policy text. model: None where the text has errors, told in `found`."""

    answers: tuple[Answer, ...]
    questions: tuple[str, ...]
    model: Model | None
    directory: Directory
    found: tuple[Diagnostic, ...] = ()

    def open(self, status: Status) -> tuple[Answer, ...]:
        """The answers of a status that no waiver covers."""
        return tuple(a for a in self.answers if a.status is status and a.open)

    @property
    def code(self) -> ExitCode:
        """How the run ends."""
        if self.model is None:
            return ExitCode.INVALID_POLICY
        if self.open(Status.REFUTED):
            return ExitCode.REFUTED
        return ExitCode.UNSETTLED if self.open(Status.UNKNOWN) else ExitCode.OK

    def counts(self, question: str) -> dict[str, int]:
        """How many answers of each kind a question got; a waived one is only counted as that."""
        kinds = [
            "waived" if a.waived is not None else a.status.value
            for a in self.answers
            if a.question == question
        ]
        counted = Counter(kinds)
        return {"asked": len(kinds), **{kind: counted[kind] for kind in COUNTS[1:]}}

    def yaml(self, answer: Answer) -> str | None:
        """The cases that show a finding, None where there is no witness."""
        if self.model is None or not answer.witness:
            return None
        people = self.people(answer)
        remark = answer.finding.message if answer.finding else ""
        if people is not self.directory:
            remark += " (for a suite without `directory`: it knows nobody like that)"
        return case_text(self._name(answer), answer.witness, self.model, people, remark)

    def people(self, answer: Answer) -> Directory:
        """The directory, or nobody where it does not know the people of the witness."""
        model = self.model
        if model is None or all(statable(a.request, model, self.directory) for a in answer.witness):
            return self.directory
        return Directory.empty()

    def _name(self, answer: Answer) -> str:
        """The name of its cases, numbered where another answer would have the same."""
        same = [a for a in self.answers if a.witness and _title(a) == _title(answer)]
        number = f" {same.index(answer) + 1}" if len(same) > 1 else ""
        return _title(answer) + number


def _title(answer: Answer) -> str:
    about = about_text(answer.about).replace(", ", " and ")
    return f"{answer.question} {about}".strip()


def show(proof: Proof, view: Screen, *, everything: bool = False, brief: bool = False) -> None:
    """Each finding with its place and its case, then how many answers there were.

    brief: each on one line, and only the sums of what is wrong.
    """
    found = (*proof.open(Status.REFUTED), *proof.open(Status.UNKNOWN))
    if brief:
        _lines(found, view)
    else:
        for answer in found:
            _finding(answer, proof, view)
    if everything:
        _all(proof.answers, view)
    if proof.model is None:
        diagnostics(proof.found, sources_of(proof.found), view)
    elif not brief:
        _table(proof, view)
    _summary(proof, view)


def _lines(found: Sequence[Answer], view: Screen) -> None:
    told = [a.finding for a in found if a.finding]
    widest = max((len(str(finding.span)) for finding in told), default=0)
    for finding in told:
        place = f"  {finding.span!s:<{widest}}  "
        view.line((finding.code, "bold yellow"), place, finding.message)
    if told:
        view.line()


def _finding(answer: Answer, proof: Proof, view: Screen) -> None:
    """As a compiler says it, on standard output: it is what was asked for."""
    if answer.finding is not None:
        sources = sources_of([answer.finding])
        diagnostics([answer.finding], sources, replace(view, err=view.out))
    if answer.why:
        view.line("  ", ("why", "bold cyan"), f": {answer.why}")
        view.line()
    if (yaml := proof.yaml(answer)) is not None:
        view.block(textwrap.indent(yaml, "  "))
        view.line()


def _all(answers: Sequence[Answer], view: Screen) -> None:
    """Every answer as a sentence, a waived one with its reason."""
    for answer in answers:
        word = "waived" if answer.waived is not None else answer.status.value
        reason = f': "{answer.waived}"' if answer.waived is not None else ""
        view.line((f"{word:<7}", STYLES[word]), f"  {statement(answer)}{reason}")
    if answers:
        view.line()


def _table(proof: Proof, view: Screen) -> None:
    rows = [
        (question, *(str(n) for n in proof.counts(question).values()), HOLDS[question])
        for question in proof.questions
    ]
    view.table(("question", *COUNTS, "proven means"), rows)
    view.line()


def _summary(proof: Proof, view: Screen) -> None:
    refuted, unknown = proof.open(Status.REFUTED), proof.open(Status.UNKNOWN)
    if proof.code is ExitCode.OK:
        waived = sum(a.waived is not None for a in proof.answers)
        said = f", {waived:,} of them waived" if waived else ""
        view.line((f"{plural(len(proof.answers), 'answer')}, no fault", "bold green"), said)
        return
    kinds = ((refuted, "refuted"), (unknown, "unknown"))
    said = " and ".join(
        f"{len(those):,} {word} ({by_question(those)})" for those, word in kinds if those
    )
    found = [a.finding for a in (*refuted, *unknown) if a.finding] or [*proof.found]
    if proof.model is None:
        said = " and ".join(w for w in (said, "the policy has errors") if w)
    style = "bold red" if proof.code is not ExitCode.UNSETTLED else "bold"
    view.line((said, style), explained(found))
