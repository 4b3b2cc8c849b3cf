"""Where data of pay are: callers say a name, and whoever runs the service says what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from remit_api.failures import WrongUse
from remit_api.past import database
from remit_api.past.source import is_url

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
EXAMPLE = "write it as `erp=/srv/pay` or `erp=postgresql+psycopg://host/base`"


def pay_places(written: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The places of `NAME=PLACE`; WrongUse for what is none, and for a name that is there twice."""
    found: dict[str, str] = {}
    for text in written:
        name, equals, place = text.partition("=")
        if not equals or not place or _NAME.fullmatch(name) is None:
            raise WrongUse(f"`{text}` is no name with its place", EXAMPLE)
        if name in found:
            raise WrongUse(f"the data `{name}` are there twice", "keep the one meant")
        found[name] = _checked(place)
    return tuple(found.items())


def _checked(place: str) -> str:
    if is_url(place):
        database.opened(place).dispose()
    elif not Path(place).is_dir():
        raise WrongUse(f"there is no folder `{place}`", EXAMPLE)
    return place
