"""A generated reader of facts: from decoded JSON to slots, for one action.

It reads the plain forms only (numbers, members of enums, true and false, texts, days, nested
records) and raises `Irregular` for everything else, which the full reader then takes or refuses
with a reason. So it never decides that a request is wrong, and never reads one differently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Field, Program
from remit_engine.compile.python_slots import MISSING
from remit_engine.compile.python_straight import straight
from remit_engine.compile.scaled import SCALE, Scaled

DEEPEST = 4
LONGEST_TEXT = 1_000
MOST_DIGITS = 100
NUMBERS = frozenset({"money", "number", "ratio", "literal"})
COUNTS = frozenset({"integer", "days", "months"})


class Irregular(Exception):
    """Not one of the plain forms."""


def number(value: Any) -> Any:
    """A decimal in millionths; raises Irregular for anything that is no plain number."""
    if type(value) is int:
        return value * SCALE
    if type(value) is not Decimal or not short(value):
        raise Irregular
    n, d = value.as_integer_ratio()
    whole, rest = divmod(n * SCALE, d)
    found: Scaled = Fraction(n * SCALE, d) if rest else whole
    return found


def short(value: Decimal) -> bool:
    """Whether a decimal has no more than so many digits on either side of the point."""
    places = value.as_tuple().exponent
    return type(places) is int and places > -MOST_DIGITS and value.adjusted() < MOST_DIGITS


def share(value: Any) -> Scaled:
    """A percent given as a ratio below 1; raises Irregular for all else."""
    found: Scaled = number(value)
    if not -SCALE < found < SCALE:
        raise Irregular
    return found


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    """A day written `2026-03-01`; raises Irregular for any other text."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        raise Irregular
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Irregular from None


Read = Callable[[Mapping[str, Any]], tuple[int, tuple[Any, ...]]]


def reader(
    fields: Mapping[str, Field], slots: tuple[x.Fact, ...], program: Program
) -> tuple[Read, str]:
    """`read(facts)` gives how many members it knows, and the slots; and its source. There are more
    where some are not known, which a full answer names: the caller counts (`JsonDoor`)."""
    if any(fact.type.kind in ("record", "list", "set") for fact in slots):
        raise Irregular  # what is no plain value has no plain form
    writer = _Writer(program, {fact.path: i for i, fact in enumerate(slots)})
    writer.members(fields, "facts", ())
    lines = ["def read(facts):", "    n = 0", *writer.lines]
    given = ", ".join(writer.names.get(i, "MISSING") for i in range(len(slots)))
    lines.append(f"    return n, ({given}{',' if len(slots) == 1 else ''})")
    source = "\n".join(lines)
    quick = straight(fields, writer.places, program, DEEPEST)
    scope: dict[str, Any] = {
        "MISSING": MISSING,
        "Irregular": Irregular,
        "number": number,
        "share": share,
        "day": day,
        **writer.scope,
    }
    if quick is not None:
        source = f"{source}\n{quick[0]}"
        scope |= {"Decimal": Decimal, **quick[1]}
    exec(compile(source, "<remit>", "exec"), scope)
    made: Read = scope.get("straight", scope["read"])
    return made, source


class _Writer:
    def __init__(self, program: Program, places: Mapping[tuple[str, ...], int]) -> None:
        self._program = program
        self.places = places
        self._count = 0
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self.scope: dict[str, Any] = {}

    def members(
        self, fields: Mapping[str, Field], holder: str, path: tuple[str, ...], pad: str = "    "
    ) -> None:
        """Lines that read the declared members of one object."""
        for name, field in fields.items():
            self._count += 1
            variable = f"v{self._count}"
            self._add(pad, f"{variable} = {holder}.get({name!r}, MISSING)")
            self._member(variable, field, (*path, name), pad)

    def _add(self, pad: str, line: str) -> None:
        self.lines.append(pad + line)

    def _member(self, v: str, field: Field, path: tuple[str, ...], pad: str) -> None:
        if path in self.places:
            self.names[self.places[path]] = v
        kind = field.type.kind
        if kind == "record" and field.type.name in self._program.records and len(path) < DEEPEST:
            self._record(v, field, path, pad)
            return
        # null on an optional fact says that it is absent, which is more than missing
        inner = pad + "    "
        if field.optional:
            self._add(pad, f"if {v} is not MISSING:")
        else:
            self._add(pad, f"if {v} is None:")
            self._add(inner, f"{v} = MISSING; n += 1")
            self._add(pad, f"elif {v} is not MISSING:")
        self._add(inner, "n += 1")
        if kind == "percent":
            self._add(inner, f"{v} = share({v})")
        elif kind in NUMBERS:
            self._add(inner, f"{v} = {v} * 1000000 if type({v}) is int else number({v})")
        elif kind in COUNTS:
            self._plain(v, inner, f"type({v}) is int", f"{v} * 1000000")
        elif kind == "enum":
            table = f"e{self._count}"
            self.scope[table] = frozenset(self._program.enums[field.type.name or ""].members)
            self._plain(v, inner, f"type({v}) is str and {v} in {table}", v)
        elif kind == "boolean":
            self._plain(v, inner, f"{v} is True or {v} is False", v)
        elif kind == "text":
            self._plain(
                v, inner, f"type({v}) is str and {v}.isascii() and len({v}) <= {LONGEST_TEXT}", v
            )
        elif kind == "date":
            self._plain(v, inner, f"type({v}) is str", f"day({v})")
        else:
            self._add(inner, "raise Irregular")

    def _plain(self, v: str, pad: str, test: str, value: str) -> None:
        self._add(pad, f"if {test}:")
        self._add(pad, f"    {v} = {value}")
        self._add(pad, "else:")
        self._add(pad, "    raise Irregular")

    def _record(self, v: str, field: Field, path: tuple[str, ...], pad: str) -> None:
        record = self._program.records[field.type.name or ""]
        before = {
            i for p, i in self.places.items() if p[: len(path)] == path and len(p) > len(path)
        }
        self._add(pad, f"if type({v}) is dict:")
        self._add(pad + "    ", "n += 1")
        self.members(record.fields, v, path, pad + "    ")
        read = sorted({self.names[i] for i in before if i in self.names})
        nothing = f"{v} is MISSING" if field.optional else f"{v} is MISSING or {v} is None"
        self._add(pad, f"elif {nothing}:")
        self._add(pad + "    ", f"n += {v} is None")
        if read:
            self._add(pad + "    ", f"{' = '.join([*read, 'MISSING'])}")
        self._add(pad, "else:")
        self._add(pad + "    ", "raise Irregular")
