"""Faults in what a user wrote: values in a list, never exceptions."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from remit_dsl.source import Span


class Severity(enum.StrEnum):
    """Errors keep a program from being used; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a diagnostic: `first defined here`."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: where, which (a stable code of the catalogue), in one sentence, and the cure.

    `message` is one plain sentence in lower case without a full stop, names in backticks, no
    Python type names; `help` likewise.
    """

    span: Span
    code: str
    message: str
    help: str | None = None
    related: tuple[Related, ...] = ()

    @property
    def severity(self) -> Severity:
        """By the first letter of the code."""
        return Severity.WARNING if self.code.startswith("W") else Severity.ERROR


def errors(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Those of severity error."""
    return [d for d in diagnostics if d.severity is Severity.ERROR]


def ordered(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """In reading order, each once."""
    return sorted(dict.fromkeys(diagnostics), key=lambda d: (d.span, d.code, d.message))
