"""Exit codes: a script can tell yes from no, and no from broken."""

from __future__ import annotations

import enum

from remit_engine.decision import Outcome


class ExitCode(enum.IntEnum):
    """What the process says to its caller. `OK` and `PERMIT` are both 0, all others differ."""

    OK = 0
    PERMIT = 0
    FAILED = 1
    USAGE = 2
    INVALID_POLICY = 3
    INVALID_REQUEST = 4
    REFUTED = 5
    UNSETTLED = 6
    DIFFERS = 7
    ALTERED = 8
    NEEDS = 10
    ESCALATE = 11
    DENY = 12
    INCOMPLETE = 13
    UNDEFINED = 14
    INTERNAL = 70
    IO = 74
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANINGS: tuple[tuple[ExitCode, str], ...] = (
    (ExitCode.OK, "permit, or the command did its work"),
    (
        ExitCode.FAILED,
        "a test failed, a file is not formatted, rows had errors, or pay is at fault",
    ),
    (ExitCode.USAGE, "the command line is wrong, or a file is not there"),
    (ExitCode.INVALID_POLICY, "the policy, directory or test text has errors"),
    (ExitCode.INVALID_REQUEST, "the request cannot be understood"),
    (ExitCode.REFUTED, "`prove` found a fault, and no waiver covers it"),
    (ExitCode.UNSETTLED, "`prove` found no fault, and could not settle every question"),
    (
        ExitCode.DIFFERS,
        "`diff` found a difference in meaning, or a store is not what its log says",
    ),
    (ExitCode.ALTERED, "`commission verify` found that a closed period was altered"),
    (ExitCode.NEEDS, "needs: yours to decide, once these steps are done"),
    (ExitCode.ESCALATE, "escalate: not yours, somebody else may"),
    (ExitCode.DENY, "deny: a rule forbids it, or nobody may"),
    (ExitCode.INCOMPLETE, "incomplete: facts are missing"),
    (ExitCode.UNDEFINED, "undefined: the policy does not say"),
    (ExitCode.INTERNAL, "a fault in remit itself"),
    (ExitCode.IO, "a file cannot be read or written"),
    (ExitCode.INTERRUPTED, "interrupted from the keyboard"),
    (ExitCode.BROKEN_PIPE, "the reader of the output went away"),
)


def of_outcome(outcome: Outcome) -> ExitCode:
    """The exit code of an answer."""
    return ExitCode[outcome.name]


def epilog() -> str:
    """The exit codes as the last paragraph of `--help`."""
    return "Exit codes:\n" + "\n".join(f"{int(code):>4}  {text}" for code, text in MEANINGS)
