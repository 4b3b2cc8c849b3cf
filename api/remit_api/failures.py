"""Faults of the caller and of the user's files, one class each; every door maps them its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.source import Source, Span
from remit_engine.request import Problem


class Failure(Exception):
    """A fault with one sentence for a person. `kind` is its stable name for programs."""

    kind = "failure"

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class WrongUse(Failure):
    """The caller asked in a way that makes no sense."""

    kind = "usage"


class FileTrouble(Failure):
    """A file cannot be read or written: no permission, no space, a broken disk."""

    kind = "file"

    def __init__(self, path: Path | str, message: str, help: str | None = None) -> None:
        super().__init__(message, help)
        self.path = str(path)


class MissingFile(FileTrouble):
    """A file or folder that was named is not there."""

    kind = "missing_file"


class Refused(Failure):
    """What was asked is understood, and is not done: a closed period, a fault that is not mended.
    reasons: all of them, where there are several."""

    kind = "refused"

    def __init__(self, message: str, help: str | None = None, reasons: Iterable[str] = ()) -> None:
        super().__init__(message, help)
        self.reasons = tuple(reasons)


class InvalidPolicy(Failure):
    """A policy, directory or test text has errors; the diagnostics say which."""

    kind = "invalid_policy"

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> None:
        super().__init__("the policy has errors")
        self.diagnostics = list(diagnostics)
        self.sources = dict(sources)


class NotComputed(Failure):
    """Pay, a score or a target that the policy and the data do not give; `span` is where."""

    kind = "not_computed"

    def __init__(self, message: str, span: Span | None, help: str | None = None) -> None:
        super().__init__(f"{span}: {message}" if span else message, help)
        self.span = span


class BadFacts(Failure):
    """Facts or a whole request cannot be understood; one problem for each member."""

    kind = "invalid_request"

    def __init__(self, problems: Iterable[Problem], help: str | None = None) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(shown(p) for p in self.problems), help)


def shown(problem: Problem) -> str:
    """A problem as one line."""
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
