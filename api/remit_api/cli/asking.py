"""Asking a person for the facts an answer still misses, one at a time."""

from __future__ import annotations

import sys
from dataclasses import replace

from remit_api.cli.options import Language
from remit_api.cli.phrases import kind, listed, phrase
from remit_api.cli.report import error
from remit_api.cli.session import Session
from remit_api.failures import BadFacts, shown
from remit_api.question import Question
from remit_engine.decision import Decision, MissingFact

EXAMPLES = {
    "percent": "12%",
    "date": "2026-03-01",
    "duration": "30 days",
    "months": "3 months",
}
"""How an answer is written, for types whose answers are easily mistaken."""


def decide_asking(session: Session) -> Decision:
    """The answer after every question the person was willing to answer."""
    decision = session.loaded.engine.decide(session.request())
    skipped: set[str] = set()
    if decision.missing:
        session.view.note((phrase("ask", _language(session)), "dim"))
    while open_facts := [m for m in decision.missing if _askable(m.path, skipped)]:
        fact = open_facts[0]
        completed = _ask(session, fact)
        if completed is None:
            return decision
        if completed is session:
            skipped.add(fact.path)
            continue
        session = completed
        decision = session.loaded.engine.decide(session.request())
    return decision


def _askable(path: str, skipped: set[str]) -> bool:
    """False for what was left open, and for elements of a list, which come in a document."""
    return path not in skipped and "[" not in path


def _ask(session: Session, fact: MissingFact) -> Session | None:
    """The session with the fact; the same one when it stays open; None when the person stops."""
    view = session.view
    view.note(
        (fact.label or fact.path, "bold"),
        (f"  {fact.path}, {_kind(fact, _language(session))}", "dim"),
    )
    while True:
        view.err.print("  > ", end="")
        try:
            text = _line()
        except KeyboardInterrupt:
            view.note()
            raise
        if text is None:
            view.note()
            return None
        if not text:
            return session
        completed = session.asking(answered(session.question, fact.path, text))
        try:
            completed.request()
        except BadFacts as fault:
            for problem in fault.problems:
                error(view, shown(problem))
        else:
            return completed


def answered(question: Question, path: str, text: str) -> Question:
    """The question with one more thing said, wherever its path belongs."""
    words = question.words
    if path == "requester":
        return replace(question, members={**question.members, "requester": text})
    first, _, rest = path.partition(".")
    if first == "actor" and rest:
        words = replace(words, actor={**words.actor, rest: text})
    elif first == "totals" and rest:
        words = replace(words, totals={**words.totals, rest: text})
    else:
        words = replace(words, facts={**words.facts, path: text})
    return replace(question, words=words)


def _kind(fact: MissingFact, language: Language) -> str:
    """The type, with the values there are or how one is written: a margin of 20 % is not `20`."""
    if fact.allowed:
        return f"{kind(fact.type, language)}: {listed(fact.allowed, language)}"
    example = EXAMPLES.get(fact.type)
    such = f", {phrase('such as', language, example=example)}" if example else ""
    return kind(fact.type, language) + such


def _language(session: Session) -> Language:
    return Language(session.question.members.get("language", Language.EN))


def _line() -> str | None:
    """One line from standard input, None at its end."""
    line = sys.stdin.readline()
    return line.strip() if line else None
