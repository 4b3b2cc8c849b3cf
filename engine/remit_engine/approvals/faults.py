"""Why something is not done with a request for approval: one sentence and its cure."""

from __future__ import annotations


class ApprovalFault(Exception):
    """Something that is not done. message: one sentence; help: the cure."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class NotOpened(ApprovalFault):
    """There is nothing to approve, or nobody who could be asked."""


class NotInState(ApprovalFault):
    """The request, or the step, is in another state than this needs."""


class NotForHim(ApprovalFault):
    """Who asks may not do this here."""


class DoesNotCount(ApprovalFault):
    """The engine would not count it, or says something else than yes."""
