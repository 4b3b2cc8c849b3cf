"""The source of a reader for facts that are just the slots of an action, as most are: no test of
what else there may be. All others are left to the reader that looks at everything."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from remit_dsl.program import Field, Program

Places = Mapping[tuple[str, ...], int]

_TESTS = {
    "money": ("type({v}) is int", "{v} * 1000000"),
    "number": ("type({v}) is int", "{v} * 1000000"),
    "integer": ("type({v}) is int", "{v} * 1000000"),
    "days": ("type({v}) is int", "{v} * 1000000"),
    "months": ("type({v}) is int", "{v} * 1000000"),
    "percent": ("type({v}) is Decimal", "share({v})"),
    "boolean": ("({v} is True or {v} is False)", "{v}"),
}
"""By kind: what has to be so, and the slot. An enum's members are in a set of their own."""


def straight(
    fields: Mapping[str, Field], places: Places, program: Program, depth: int
) -> tuple[str, dict[str, Any]] | None:
    """The source of `straight(facts)`, which gives what `read(facts)` gives, and what it needs;
    None where a slot is of another kind. depth: so deep do records go."""
    writer = _Writer(places, program, depth)
    writer.members(fields, "facts", ())
    if not places or len(writer.slots) != len(places):
        return None
    given = ", ".join(writer.slots[n] for n in range(len(places)))
    tests = " and ".join(writer.tests)
    lines = [
        "def straight(facts):",
        "    try:",
        *(f"        {line}" for line in writer.lines),
        f"        if {tests}:",
        f"            return {writer.count}, ({given},)",
        "    except (KeyError, TypeError):",
        "        pass",
        "    return read(facts)",
    ]
    return "\n".join(lines), writer.scope


class _Writer:
    def __init__(self, places: Places, program: Program, depth: int) -> None:
        self._places = places
        self._program = program
        self._depth = depth
        self.lines: list[str] = []
        self.tests: list[str] = []
        self.slots: dict[int, str] = {}
        self.scope: dict[str, Any] = {}
        self.count = 0
        self._numbers = count()

    def members(self, fields: Mapping[str, Field], holder: str, path: tuple[str, ...]) -> None:
        """Lines that take the slots out of one object, which has no other members."""
        members = 0
        for name, field in fields.items():
            here = (*path, name)
            below = any(p[: len(here)] == here for p in self._places)
            if not below:
                continue
            members += 1
            v = f"s{next(self._numbers)}"
            self.lines.append(f"{v} = {holder}[{name!r}]")
            record = self._program.records.get(field.type.name or "")
            if field.type.kind == "record" and record is not None and len(here) < self._depth:
                self.members(record.fields, v, here)
            else:
                self._slot(v, field, here)
        self.count += members
        self.tests.insert(0, f"len({holder}) == {members}")

    def _slot(self, v: str, field: Field, path: tuple[str, ...]) -> None:
        place = self._places.get(path)
        if place is None:
            return
        if field.type.kind == "enum":
            table = f"m{place}"
            self.scope[table] = frozenset(self._program.enums[field.type.name or ""].members)
            self.tests.append(f"{v} in {table}")
            self.slots[place] = v
        elif field.type.kind in _TESTS:
            test, slot = _TESTS[field.type.kind]
            self.tests.append(test.format(v=v))
            self.slots[place] = slot.format(v=v)
