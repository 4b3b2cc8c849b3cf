"""Waivers: written reasons for leaving a finding as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.program import Program, Waiver
from remit_engine.analysis.answer import About, Answer, refuted


def apply(answers: Iterable[Answer], program: Program, asked: Collection[str] = ()) -> list[Answer]:
    """The answers with the reason of the waiver that covers them, and what waives nothing.

    A waiver covers an answer of its question when each restriction it states contains what the
    answer is about. An answer that does not say what a waiver restricts to is not covered by it.
    Of several waivers the first counts, and the others are not idle. What is proven needs none.
    A waiver is idle only where its question was asked: by `asked`, or by an answer to it.
    """
    given = list(answers)
    questions = {*asked, *(a.question for a in given)}
    used: set[int] = set()
    found = [_waived(answer, program.waivers, used) for answer in given]
    found += (
        _idle(waiver)
        for i, waiver in enumerate(program.waivers)
        if i not in used and waiver.question in questions
    )
    return found


def _waived(answer: Answer, waivers: tuple[Waiver, ...], used: set[int]) -> Answer:
    if not answer.open:
        used.update(
            i
            for i, waiver in enumerate(waivers)
            if waiver.condition is not None
            and answer.waived == waiver.because.text
            and _names(waiver, answer)
        )
        return answer
    covering = [i for i, waiver in enumerate(waivers) if covers(waiver, answer)]
    used.update(covering)
    if not covering:
        return answer
    return replace(answer, waived=waivers[covering[0]].because.text)


def covers(waiver: Waiver, answer: Answer) -> bool:
    """True when every restriction of the waiver contains what the answer is about. What lies in
    the condition of a waiver its question finds out by itself (see `parts`)."""
    return waiver.condition is None and not answer.firm and _names(waiver, answer)


def _names(waiver: Waiver, answer: Answer) -> bool:
    about = answer.about
    return (
        waiver.question == answer.question
        and _near(waiver, answer)
        and _one_of(about.verb, waiver.verbs)
        and _one_of(about.action, waiver.actions)
        and _named(answer, waiver.positions)
        and _place(about, waiver)
    )


def _near(waiver: Waiver, answer: Answer) -> bool:
    """What a waiver does not restrict reaches no further than its own file."""
    if waiver.actions or waiver.positions or waiver.rules or answer.finding is None:
        return True
    return answer.finding.span.file == waiver.span.file


def _one_of(what: str | None, allowed: tuple[str, ...]) -> bool:
    return not allowed or what in allowed


def _named(answer: Answer, allowed: tuple[str, ...]) -> bool:
    """Everybody complained of is named. Of a comparison that is the first alone: naming the report
    does not waive what is said of his superior."""
    if not allowed:
        return True
    positions = answer.about.positions
    complained = positions[:1] if answer.question == "monotone" else positions
    return bool(complained) and set(complained) <= set(allowed)


def _place(about: About, waiver: Waiver) -> bool:
    """The rule complained of (the first) is named by its id, or, of the waiver's own policy, by
    what follows its action in it, which for a rule with a label is the label; a parameter, table or
    policy by its name."""
    allowed = waiver.rules
    if not allowed or about.name in allowed:
        return True
    first = next(iter(about.rules), None)
    if first is None:
        return False
    action = about.action or ""
    policy, _, bare = action.rpartition(".")
    before = ("", f"{action}.", f"{bare}.") if policy == waiver.policy else ("",)
    return any(first == f"{start}{name}" for start in before for name in allowed)


# --- idle ----------------------------------------------------------------------------------


def _idle(waiver: Waiver) -> Answer:
    about = About(
        action=next(iter(waiver.actions), None),
        verb=next(iter(waiver.verbs), None),
        positions=waiver.positions,
        rules=waiver.rules,
        name=waiver.question,
    )
    finding = Diagnostic(
        waiver.span,
        "W0816",
        f"this waiver of `{waiver.question}` waives nothing",
        "leave it out, or correct what it names",
    )
    return refuted(waiver.question, about, finding)
