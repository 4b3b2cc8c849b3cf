"""Two folders change places in one step, where the system can do that."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_HERE = -100
"""AT_FDCWD: paths are as they are."""
_EXCHANGE = 2
"""RENAME_EXCHANGE"""


def exchanged(one: Path, other: Path) -> bool:
    """Whether two paths that are there have changed places; False where the system or its file
    system cannot do that, and then nothing has happened."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # a C library without it
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0
