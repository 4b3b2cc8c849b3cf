"""Failures as a person or a program reads them, and their exit codes. The only such place."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.output import Part, Screen
from remit_api.failures import (
    BadFacts,
    Failure,
    FileTrouble,
    InvalidPolicy,
    MissingFile,
    NotComputed,
    Refused,
    WrongUse,
    shown,
)
from remit_api.pay_data.failures import BadData
from remit_dsl.diagnostics import Diagnostic, Severity
from remit_dsl.render import as_dict, human
from remit_dsl.source import Source
from remit_engine.request import InvalidRequest

CODES: dict[type[Exception], ExitCode] = {
    WrongUse: ExitCode.USAGE,
    MissingFile: ExitCode.USAGE,
    FileTrouble: ExitCode.IO,
    InvalidPolicy: ExitCode.INVALID_POLICY,
    BadFacts: ExitCode.INVALID_REQUEST,
    NotComputed: ExitCode.FAILED,
    BadData: ExitCode.INVALID_REQUEST,
    Refused: ExitCode.FAILED,
}
MOST_REASONS = 20


def failure(fault: Failure, screen: Screen) -> ExitCode:
    """Says what went wrong; returns the exit code of that kind."""
    if screen.as_json:
        screen.data({"error": _document(fault)})
    elif isinstance(fault, InvalidPolicy):
        diagnostics(fault.diagnostics, fault.sources, screen)
    elif isinstance(fault, BadFacts):
        for problem in fault.problems:
            error(screen, shown(problem))
        _help(screen, fault.help)
    else:
        error(screen, fault.message)
        if isinstance(fault, Refused):
            _reasons(fault, screen)
        _help(screen, fault.help)
    return CODES[type(fault)]


def _reasons(fault: Refused, screen: Screen) -> None:
    for reason in fault.reasons[:MOST_REASONS]:
        screen.note(f"  {reason}")
    more = len(fault.reasons) - MOST_REASONS
    if more > 0:
        screen.note(f"  and {more:,} more")


def error(screen: Screen, message: str, help: str | None = None) -> None:
    """One error, and the cure, on standard error."""
    screen.note(("error", "bold red"), ": ", message)
    _help(screen, help)


def diagnostics(found: Sequence[Diagnostic], sources: Mapping[str, Source], screen: Screen) -> None:
    """Diagnostics with their lines and carets, on standard error."""
    for diagnostic in found:
        for line in human(diagnostic, sources.get).split("\n"):
            screen.note(*_styled(line, diagnostic))
        screen.note()


def explained(found: Sequence[Diagnostic]) -> str:
    """The end of a summary: where the codes are explained."""
    codes = sorted({d.code for d in found})
    if len(codes) == 1:
        return f"; `remit explain {codes[0]}` says more"
    return f"; `remit explain CODE` says more: {', '.join(codes)}" if codes else ""


def _styled(line: str, diagnostic: Diagnostic) -> tuple[Part, ...]:
    """A line of a rendered diagnostic with its colours."""
    colour = "red" if diagnostic.severity is Severity.ERROR else "yellow"
    title, colon, message = line.partition(": ")
    if title == f"{diagnostic.severity.value}[{diagnostic.code}]":
        return ((title, f"bold {colour}"), (colon + message, "bold"))
    if title.strip() in ("help", "note"):
        return ((title, "bold cyan"), colon + message)
    bar, separator, rest = line.partition(" | ")
    if separator and set(rest.strip()) == {"^"}:
        return ((bar + separator, "dim"), (rest, f"bold {colour}"))
    return (line,)


def usage(fault: typer.TyperException, command: str, screen: Screen) -> ExitCode:
    """A command line that Typer could not read. `command`: as typed so far."""
    message, help = fault.format_message(), None
    if options := getattr(fault, "possibilities", None):
        message = getattr(fault, "message", message)
        help = "did you mean " + " or ".join(f"`{o}`" for o in sorted(options)) + "?"
    plain = _plain(message)
    if screen.as_json:
        screen.data({"error": _error("usage", plain, help)})
    else:
        error(screen, plain, help or f"`{command} --help` shows what it takes")
    return ExitCode.USAGE


def internal(fault: Exception, screen: Screen) -> ExitCode:
    """A fault of ours: one sentence, how to report it, and the traceback only when asked for."""
    message = f"remit itself failed: {type(fault).__name__}: {fault}"
    help = "this is a bug; run again with REMIT_DEBUG=1 and send the output with the command line"
    if screen.as_json:
        screen.data({"error": _error("internal", message, help)})
    else:
        error(screen, message, help)
    if os.environ.get("REMIT_DEBUG") == "1":
        traceback.print_exception(fault, file=sys.stderr)
    return ExitCode.INTERNAL


def interrupted(screen: Screen) -> ExitCode:
    """The person at the keyboard had enough."""
    if screen.as_json:
        screen.data({"error": _error("interrupted", "interrupted from the keyboard", None)})
    else:
        screen.note("interrupted")
    return ExitCode.INTERRUPTED


def as_failure(fault: Exception) -> Failure | None:
    """The failure an exception of the engine or the system amounts to, if it is the caller's."""
    if isinstance(fault, Failure):
        return fault
    if isinstance(fault, InvalidRequest):
        return BadFacts(fault.problems)
    if isinstance(fault, OSError):
        return _file_trouble(fault)
    return None


def output_trouble(fault: OSError) -> FileTrouble:
    """Standard output that cannot be written: full, or closed by the caller."""
    closed = fault.errno == errno.EBADF
    reason = "it is closed" if closed else (fault.strerror or str(fault)).lower()
    return FileTrouble("", f"standard output cannot be written: {reason}")


def _file_trouble(fault: OSError) -> Failure:
    reason = (fault.strerror or str(fault)).lower()
    if fault.filename is None and fault.errno == errno.EBADF:
        return output_trouble(fault)
    if fault.filename is None:
        return FileTrouble("", f"a file cannot be written: {reason}")
    if isinstance(fault, FileNotFoundError):
        return MissingFile(fault.filename, f"there is no file `{fault.filename}`")
    return FileTrouble(fault.filename, f"`{fault.filename}`: {reason}")


def _help(screen: Screen, help: str | None) -> None:
    if help:
        screen.note(("help", "bold cyan"), ": ", help)


def _error(kind: str, message: str, help: str | None) -> dict[str, Any]:
    """What every failure says to a program, whatever it is."""
    return {"kind": kind, "message": message, "help": help, "problems": []}


def _document(fault: Failure) -> dict[str, Any]:
    found = _error(fault.kind, fault.message, fault.help)
    if isinstance(fault, BadFacts):
        found["problems"] = [{"path": p.path, "message": p.message} for p in fault.problems]
    if isinstance(fault, FileTrouble):
        found["problems"] = [{"path": fault.path, "message": fault.message}]
    if isinstance(fault, BadData):
        found["problems"] = [{"path": f.place, "message": f.message} for f in fault.faults]
    if isinstance(fault, Refused):
        found["problems"] = [{"path": "", "message": reason} for reason in fault.reasons]
    if isinstance(fault, InvalidPolicy):
        found["diagnostics"] = [as_dict(d) for d in fault.diagnostics]
        found["problems"] = [{"path": str(d.span), "message": d.message} for d in fault.diagnostics]
    return found


def _plain(message: str) -> str:
    """Typer's sentence in our manner: lower case, no full stop, names in backticks."""
    sentence = message.strip().rstrip(".").replace("'", "`").replace("Value error, ", "")
    return sentence[:1].lower() + sentence[1:]
