"""`remit decide --batch FILE --out FILE`: many requests, one answer a row."""

from __future__ import annotations

from pathlib import Path

from remit_api.batch.run import Summary, open_batch, run
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Language
from remit_api.cli.output import Screen
from remit_api.cli.phrases import phrase, verdict
from remit_api.cli.progress import rows_done
from remit_api.cli.session import NO_DIRECTORY, Asked, Session, open_session, with_only_action
from remit_api.failures import BadFacts, MissingFile, WrongUse
from remit_api.question_reader import unknown_evidence
from remit_engine.decision import Outcome
from remit_engine.reading.request_reader import evidence_steps
from remit_engine.request import Problem
from remit_engine.rules.names import names_of


def run_batch(asked: Asked, batch: Path | None, out: Path | None, view: Screen) -> ExitCode:
    """Answer a file of requests. Options and facts of the command line hold where a row is open."""
    if batch is None or out is None:
        raise WrongUse("a batch needs both files", "`--batch requests.csv --out results.csv`")
    if out.resolve() == batch.resolve():
        raise WrongUse("the answers would overwrite the requests", "name another file for `--out`")
    if not out.resolve().parent.is_dir():
        raise MissingFile(out, f"there is no folder `{out.parent}` to write to")
    rows = open_batch(batch)
    session = with_only_action(open_session(asked, view))
    _refuse_slips(session)
    with rows_done(view, rows.length, "answering") as advance:
        summary = run(rows, out, session.loaded.engine, session.question, session.today, advance)
    _show(summary, out, session, view)
    return ExitCode.FAILED if summary.errors else ExitCode.OK


def _refuse_slips(session: Session) -> None:
    """What was typed for all rows and means nothing ends the run before its first row."""
    model, members = session.loaded.engine.model, session.question.members
    names = names_of(model)
    problems = []
    for member, lookup in (("action", names.actions), ("verb", names.verbs)):
        if (word := members.get(member)) and (wrong := lookup.wrong(word, member)):
            problems.append(Problem(member, wrong))
    evidence = {e.name for action in model.actions for e in evidence_steps(model, action)}
    problems += unknown_evidence(members.get("evidence", ()), evidence)
    if problems:
        raise BadFacts(problems)


def _show(summary: Summary, out: Path, session: Session, view: Screen) -> None:
    if view.as_json:
        view.data(
            {
                "rows": summary.rows,
                "answered": summary.rows - summary.errors,
                "errors": summary.errors,
                "first_errors": [{"row": r, "error": e} for r, e in summary.first_errors],
                "outcomes": {str(o): summary.outcomes[o] for o in Outcome},
                "unused": summary.unused(),
                "out": str(out),
                "as_of": session.today.isoformat(),
                "policy": {"digest": session.loaded.program.digest},
            }
        )
        return
    language = Language(session.question.members.get("language", Language.EN))
    answered, rows = f"{summary.rows - summary.errors:,}", f"{summary.rows:,}"
    said = phrase("answered", language, answered=answered, rows=rows)
    view.line((said, "bold"), phrase("written", language, out=out))
    for outcome in Outcome:
        if count := summary.outcomes[outcome]:
            words, style = verdict(outcome, language)
            view.line(f"  {count:>9,}  ", (outcome.value, style), f"  {words}")
    if summary.first_errors:
        row, error = summary.first_errors[0]
        first = phrase("first error", language, row=row, error=error)
        errors = (phrase("errors", language), "bold red")
        view.line(f"  {summary.errors:>9,}  ", errors, f"  {first}")
    if summary.strangers and not session.loaded.engine.directory.people:
        view.line(("  help", "bold cyan"), f": {NO_DIRECTORY}")
    for path in summary.unused():
        name = path.removeprefix("facts.")
        view.line("  ", (phrase("unused", language, name=name), "bold yellow"))
