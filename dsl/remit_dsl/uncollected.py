"""Work that makes much and leaves no circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 100_000


@contextmanager
def uncollected() -> Iterator[None]:
    """Without searching for reference circles: where objects are made by the hundred thousand and
    none is garbage, looking through them again and again takes a tenth to a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY:
            gc.freeze()
            gc.unfreeze()  # all that is left counts as old, and is not looked through at once
        if was_on:
            gc.enable()
