"""Who is at the keyboard."""

from __future__ import annotations

import getpass

from remit_api.failures import WrongUse


def doer(given: str | None) -> str:
    """The person of `--by`, or the user of this machine."""
    if given is not None and given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise WrongUse("nobody was named", "say who does it with `--by PERSON`") from None
