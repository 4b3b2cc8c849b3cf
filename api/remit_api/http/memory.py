"""How a process of the service looks for garbage."""

from __future__ import annotations

import atexit
import gc

YOUNG = 10_000
"""So many new objects before they are looked through for circles nobody holds. Python's 700 are
there many times while one group of decisions is written, and all of them are still needed."""


def settle() -> None:
    """Take what is loaded as here to stay: it is not looked through again and again. To be called
    once, before the first request; what a publish brings later is looked through as ever."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # DuckDB complains of what it finds alive at the end
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
