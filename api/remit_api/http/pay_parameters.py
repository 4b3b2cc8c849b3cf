"""What callers say of pay in addresses and bodies: plans, periods, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Query

from remit_api.failures import WrongUse
from remit_api.http.bodies import wrong
from remit_api.http.desk import Desk
from remit_api.http.refusals import NotFound, NotUnderstood
from remit_api.pay.running import Texts
from remit_engine.commission.basis.periods import Period
from remit_engine.reading.exact import shown
from remit_engine.request import Problem

MOST_RUN = 2**31
LONGEST_NAME = 200
PlanGiven = Annotated[
    str, Query(max_length=LONGEST_NAME, description="Its name, short or qualified.")
]
Plan = Annotated[
    str | None, Query(max_length=LONGEST_NAME, description="Its name, short or qualified.")
]
PeriodGiven = Annotated[str, Query(max_length=10, description="`2026-03`, `2026-Q1` or `2026`.")]
InPeriod = Annotated[
    str | None, Query(max_length=10, description="`2026-03`, `2026-Q1` or `2026`.")
]
Whose = Annotated[str | None, Query(max_length=LONGEST_NAME, description="A person's id.")]
OfRun = Annotated[int | None, Query(ge=1, lt=MOST_RUN, description="Of this run.")]


def period_of(written: str, path: str = "period") -> Period:
    """A period; raises NotUnderstood."""
    found = Period.parse(written)
    if found is None:
        message = f"`{written[:40]}` is no period: write `2026-03`, `2026-Q1` or `2026`"
        raise wrong(path, message)
    return found


def number_of(text: str, what: str) -> int:
    """A number of a path; raises NotFound for what is none."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise NotFound(f"there is no {what} `{text}`")
    return int(text)


def required_text(document: Mapping[str, Any], name: str, longest: int = LONGEST_NAME) -> str:
    """A member that has to be a text; raises NotUnderstood."""
    value = document.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= longest:
        raise wrong(name, f"write a text of up to {longest:,} characters")
    return value


def whole_number(document: Mapping[str, Any], name: str) -> int | None:
    """A member that is a whole number from 1 on, or is not there; raises NotUnderstood."""
    value = document.get(name)
    if value is None or (type(value) is int and 0 < value < MOST_RUN):
        return value
    raise wrong(name, f"`{shown(value)}` is no number from 1 on")


@contextmanager
def about(path: str) -> Iterator[None]:
    """What is wrong with a member is told with its path."""
    try:
        yield
    except WrongUse as fault:
        problem = Problem(path, fault.message)
        raise NotUnderstood("the request cannot be understood", fault.help, [problem]) from fault


def texts_of(desk: Desk, language: str = "en") -> Texts:
    """The policies that pay is computed by, with the people of the desk."""
    return Texts(desk.model, language, desk.directory)
