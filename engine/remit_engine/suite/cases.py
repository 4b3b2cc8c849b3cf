"""What a test suite is: questions to the engine with the answers a policy owner expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.source import Span
from remit_engine.suite.watch_cases import WatchCase


@dataclass(frozen=True, slots=True)
class ExpectedExtent:
    """kind as in `Extent`: bound, any, unset, none. `text` is as written."""

    kind: str
    text: str
    value: Fraction | None = None
    inclusive: bool = False
    lower: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the answer must show; None: not looked at.

    rules: ids that took part. missing, needs, approvers: all of them, in any order. chain: all
    stops, in order. error: the path of a problem for which the request is refused.
    """

    outcome: str | None = None
    rules: tuple[str, ...] | None = None
    limit: ExpectedExtent | None = None
    maximum: ExpectedExtent | None = None
    missing: frozenset[str] | None = None
    needs: tuple[str, ...] | None = None
    approvers: tuple[str, ...] | None = None
    chain: tuple[str, ...] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SuiteCase:
    """One question. document: the whole request; own: the part that is not of the defaults."""

    name: str
    document: Mapping[str, Any]
    own: Mapping[str, Any]
    expect: Expectation
    span: Span


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one file, and the day they are asked on where they do not say. watching: those
    about what is watched."""

    name: str
    file: str
    as_of: date | None
    cases: tuple[SuiteCase, ...]
    watching: tuple[WatchCase, ...] = ()
