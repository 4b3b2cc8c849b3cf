"""What the tables of pay are called."""

from __future__ import annotations

import re

PEOPLE = "people"
BESIDE = ("credits", "owners", "targets", "measures")


def file_name(event: str) -> str:
    """The table of an event: `BigOrder` is in `big_order`."""
    short = event.rsplit(".", 1)[-1]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", short).lower()
