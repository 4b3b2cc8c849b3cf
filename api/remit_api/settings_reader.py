"""Reading a file of settings: its members, with all that is wrong in it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remit_engine.reading.exact import shown
from remit_engine.request import Problem


class SettingsReader:
    """Collects problems; what cannot be read is something empty in its place."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def members(self, value: Any, path: str, *known: str) -> Mapping[str, Any]:
        """An object with no other members than these."""
        given = self.object(value, path)
        for name in given:
            if name not in known:
                listed = ", ".join(f"`{one}`" for one in known)
                self.wrong(f"{path}.{name}".lstrip("."), f"there is no such member: {listed}")
        return given

    def object(self, value: Any, path: str) -> Mapping[str, Any]:
        """Names with their values."""
        if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
            return value
        self.wrong(path, f"`{shown(value)}` is not an object: write names with their values")
        return {}

    def choice(self, value: Any, path: str, known: Sequence[str]) -> str:
        """One of some words."""
        if value not in known:
            listed = ", ".join(f"`{one}`" for one in known)
            self.wrong(path, f"`{shown(value)}` is none of {listed}")
            return known[0]
        return str(value)

    def wrong(self, path: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(path or "document", message))
