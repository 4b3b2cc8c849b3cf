"""What the store refuses, each with one sentence and the cure."""

from __future__ import annotations


class StoreFault(Exception):
    """The store does not do what was asked. `help`: the cure."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class NotKept(StoreFault):
    """What was asked for is not in the store."""


class Corrupt(StoreFault, ValueError):
    """What stands in the store cannot have been written by it."""


class Unstorable(StoreFault, ValueError):
    """A text that no database keeps."""


class Behind(StoreFault):
    """The tables of the store are of another version of remit."""


class Conflict(StoreFault):
    """What was asked for does not go with the state that the thing is in."""


class Unavailable(StoreFault):
    """What it takes is not there."""


class SecondPerson(StoreFault):
    """Who wrote it cannot be the one who makes it count."""


class Superseded(StoreFault):
    """Something else was published meanwhile. `revision`: which stands now."""

    def __init__(self, revision: int) -> None:
        super().__init__("another policy was published meanwhile", "ask again")
        self.revision = revision


class Unmeasured(StoreFault, ValueError):
    """It would be permitted, but nobody could say how much of the running totals it uses up."""


class KeyReused(StoreFault):
    """An idempotency key came again, with another body."""


class AlreadyClosed(StoreFault):
    """The period is closed, and stays as it is."""


class OutOfOrder(StoreFault):
    """An earlier period is still open."""


class Stale(StoreFault):
    """Something was closed since the run was made, so its differences no longer hold."""


class AtFault(StoreFault):
    """The run has faults, and what is wrong is not closed. `obstacles`: all of them."""

    def __init__(self, message: str, help: str | None, obstacles: tuple[str, ...]) -> None:
        super().__init__(message, help)
        self.obstacles = obstacles
