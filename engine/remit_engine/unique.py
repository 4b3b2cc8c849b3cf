"""Names that nobody can guess and nobody else has: 96 bits of chance each."""

from __future__ import annotations

import os

_LENGTH = 12
_DRAWN = 512
_left: list[str] = []


def unique() -> str:
    """24 hexadecimal digits. Chance is drawn for many at once: one by one it costs a call to the
    system each. Safe in threads."""
    while True:
        try:
            return _left.pop()
        except IndexError:
            drawn = os.urandom(_LENGTH * _DRAWN).hex()
            _left.extend(drawn[n : n + 2 * _LENGTH] for n in range(0, len(drawn), 2 * _LENGTH))


if hasattr(os, "register_at_fork"):  # else parent and child would give out the same
    os.register_at_fork(after_in_child=_left.clear)
