"""Equal values kept once: of a million entries, most hold the same few."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.watch.entry import Layout

MOST = 50_000
_POOLED = (str, Fraction, date)


class Pool:
    """Gives the first of equal values; forgets all of them when there are too many."""

    def __init__(self) -> None:
        self._values: dict[Any, Any] = {}
        self._layouts: dict[tuple[str, ...], Layout] = {}

    def values(self, kind: str, facts: Mapping[str, Any]) -> tuple[Layout, tuple[Any, ...]]:
        """The layout and values of an entry."""
        key = (kind, *facts)
        layout = self._layouts.get(key)
        if layout is None:
            layout = Layout(kind, {name: n for n, name in enumerate(facts)})
            self._layouts[key] = layout
        return layout, tuple(
            value if name == "id" else self._first(value) for name, value in facts.items()
        )

    def _first(self, value: Any) -> Any:
        kind = type(value)
        if kind in _POOLED:
            key = (kind, value)
        elif kind is dict and len(value) == 1 and type(value.get("id")) is str:
            key = (kind, value["id"])
        else:
            return value
        if len(self._values) >= MOST:
            self._values.clear()
        return self._values.setdefault(key, value)
