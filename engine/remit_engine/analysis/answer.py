"""What a question about a policy is answered with."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.decision import Outcome
from remit_engine.request import Request


class Status(enum.StrEnum):
    """unknown is never quietly proven: it comes with the reason why it could not be settled."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the answer that the reference interpreter gave to it."""

    request: Request
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is about, for waivers and for lists. Names are qualified; all may be empty.

    positions: of a comparison the one complained of first (the superior, then the report).
    """

    action: str | None = None
    verb: str | None = None
    positions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    name: str | None = None
    """A parameter, table, policy, … where it is about none of the above."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one question about one thing.

    finding: what to tell the author, with both places; None where proven. witness: requests that
    show it, replayed by the interpreter; () where none is needed (a date, a missing word) or
    none was found. why: for `unknown`, what stood in the way and what would help. waived: the
    written reason of the waiver that covers a refuted answer. firm: no waiver covers it.
    """

    question: str
    about: About
    status: Status
    finding: Diagnostic | None = None
    witness: tuple[Asked, ...] = ()
    why: str | None = None
    waived: str | None = None
    firm: bool = False

    @property
    def open(self) -> bool:
        """True when somebody must do something about it."""
        return self.status is not Status.PROVEN and self.waived is None


def proven(question: str, about: About) -> Answer:
    """Nothing speaks against it, over all requests."""
    return Answer(question, about, Status.PROVEN)


def refuted(
    question: str, about: About, finding: Diagnostic, witness: tuple[Asked, ...] = ()
) -> Answer:
    """It does not hold, and here is where."""
    return Answer(question, about, Status.REFUTED, finding, witness)


def unknown(question: str, about: About, finding: Diagnostic, why: str) -> Answer:
    """It could not be settled."""
    return Answer(question, about, Status.UNKNOWN, finding, (), why)


def unsettled(question: str, about: About, span: Span, what: str, why: str) -> Answer:
    """It could not be settled `whether …`, and why."""
    message = f"whether {what} could not be settled: {why}"
    help = "compare each fact with a fixed value where that says the same, or ask a solver"
    return unknown(question, about, Diagnostic(span, "W0815", message, help), why)


def waive(question: str, about: About) -> str:
    """The waiver that covers what is about this, without its reason: `waive shadowed at ID …`."""
    said = f"waive {question}"
    if about.rules:
        said += f" at {_as_named(about.rules[0])}"
    else:
        said += f" of {about.verb}" if about.verb else ""
        said += f" on {short(about.action)}" if about.action else ""
        said += f" for {', '.join(map(short, about.positions))}" if about.positions else ""
        said += f" at {_as_named(about.name)}" if about.name and not about.action else ""
    return f'give the reason: `{said} because "…"`'


def _as_named(rule: str) -> str:
    return rule if re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", rule) else f'"{rule}"'
