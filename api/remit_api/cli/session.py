"""What every asking command does first: read the policies, the directory and the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from remit_api.cli.output import Screen
from remit_api.facts import pairs, read_facts, sort_words
from remit_api.failures import BadFacts, WrongUse
from remit_api.files import policy_paths
from remit_api.question import Question, Words
from remit_api.question_reader import NO_PERSON, read_question
from remit_api.wiring import Loaded, find_directory, open_engine
from remit_dsl.suggest import nearest
from remit_engine.reading.exact import Unreadable, day_of
from remit_engine.request import InvalidRequest, Request

MOST_NAMES = 12
NO_DIRECTORY = "no directory of people was read; name one with `--directory FILE`"


@dataclass(frozen=True, slots=True)
class Asked:
    """The words and options of an asking command, as typed."""

    words: Sequence[str] = ()
    policies: Sequence[str] = ()
    directory: Path | None = None
    no_directory: bool = False
    actor: str | None = None
    attributes: Sequence[str] = ()
    action: str | None = None
    verb: str | None = None
    as_of: str | None = None
    requester: str | None = None
    approvals: Sequence[str] = ()
    evidence: Sequence[str] = ()
    totals: Sequence[str] = ()
    facts: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Session:
    """An engine with a question put to it. today: the day asked about."""

    view: Screen
    loaded: Loaded
    question: Question
    today: date

    def request(self) -> Request:
        """The question as a typed request."""
        engine = self.loaded.engine
        try:
            return read_question(self.question, engine.model, engine.directory, self.today)
        except InvalidRequest as fault:
            nobody = any(NO_PERSON in p.message for p in fault.problems)
            help = None if engine.directory.people or not nobody else NO_DIRECTORY
            raise BadFacts(fault.problems, help) from None

    def context(self) -> dict[str, Any]:
        """What every JSON answer says about where it comes from."""
        named = {
            k: self.question.members[k] for k in ("action", "verb") if k in self.question.members
        }
        return {
            **named,
            "as_of": self.today.isoformat(),
            "policy": {"digest": self.loaded.program.digest},
        }

    def knows_actor(self) -> bool:
        """True when the directory says all there is to say about who acts."""
        return self.question.members.get("actor") in self.loaded.engine.directory.people

    def asking(self, question: Question) -> Session:
        """The same session with another question."""
        return replace(self, question=question)


def open_session(asked: Asked, view: Screen) -> Session:
    """Read everything that was named; the first thing that is wrong ends it."""
    sorted_words = sort_words(asked.words)
    day = read_day(asked.as_of)
    members: dict[str, Any] = {"as_of": day, "language": str(asked.language)}
    for name in ("actor", "action", "verb", "requester"):
        if getattr(asked, name) is not None:
            members[name] = getattr(asked, name)
    if asked.evidence:
        members["evidence"] = list(asked.evidence)
    words = Words(
        facts=sorted_words.facts,
        actor=pairs(asked.attributes, "an attribute", "territory=east"),
        totals=pairs(asked.totals, "a running total", "month=42000"),
        approvals=tuple(asked.approvals),
    )
    question = Question(members, read_facts(asked.facts), words)
    loaded = open_loaded([*asked.policies, *sorted_words.paths], asked, view)
    return Session(view, loaded, question, day)


def open_loaded(given: Sequence[str], asked: Asked, view: Screen) -> Loaded:
    """The engine of the policies named, with the directory named or found beside them."""
    paths = policy_paths(given)
    directory = asked.directory
    if directory is None and not asked.no_directory:
        directory = find_directory(paths)
    with view.patience("reading policies") as each:
        loaded = open_engine(paths, directory, each)
    view.remark(f"policies: {', '.join(str(p) for p in paths)}")
    view.remark(f"directory: {directory or 'none'}")
    for warning in loaded.warnings:
        view.remark(f"{warning.span}: {warning.code}: {warning.message}")
    return loaded


def read_day(given: str | None, option: str = "--as-of") -> date:
    """The day of an option, or today."""
    if given is None:
        return date.today()
    try:
        return day_of(given.strip())
    except Unreadable as fault:
        raise WrongUse(f"{option}: {fault}") from None


def with_actor(session: Session) -> Session:
    """The session, if it says who acts."""
    if "actor" in session.question.members:
        return session
    raise WrongUse("nobody was named to act", "say who, such as `--actor sales_manager`")


def with_action(session: Session) -> Session:
    """The session with its action: the one named, or the only one there is."""
    found = with_only_action(session)
    if "action" in found.question.members:
        return found
    names = [action.short for action in session.loaded.program.actions.values()]
    raise WrongUse("no action was named", f"say which with `--action`: {some(names)}")


def with_only_action(session: Session) -> Session:
    """The session, on the only action there is where none is named."""
    question, actions = session.question, session.loaded.program.actions
    if "action" in question.members or len(actions) != 1:
        return session
    members = {**question.members, "action": next(iter(actions))}
    return session.asking(replace(question, members=members))


def stray(name: str, known: Sequence[str], what: str) -> WrongUse:
    """The failure for a name that means nothing."""
    near = nearest(name, known)
    help = f"did you mean `{near}`?" if near else f"the policies have {some(known)}"
    return WrongUse(f"there is no {what} `{name}`", help)


def some(names: Sequence[str]) -> str:
    """Names for a person to choose from; of many only the first."""
    shown = ", ".join(f"`{name}`" for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown or "none"
