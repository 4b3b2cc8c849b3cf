"""The JSON of answers that are alike, written once, with blanks where their numbers stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from remit_engine.compile.scaled import Scaled, unscaled
from remit_engine.decision import Decision
from remit_engine.explanation.wire import decision_to_json
from remit_engine.text import exact, number_text

Kind = tuple[str, str | None]
"""The kind of a number, and its currency."""
Encode = Callable[[Any], bytes]
"""How JSON is written: its members in the order of the wire, or sorted."""

LEFT, LEFT_TEXT = -1, -2
"""The blanks for the headroom: for machines, and for people. Others are numbers of slots."""
_BLANK = re.compile(rb"\\u0000(-?[0-9]+)\\u0000")
_NUL = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Form:
    """parts: the text, with nothing where a blank is. places: each blank with where it is among
    the parts. high: the end of the room left, from which the headroom is counted, and measure the
    slot that is taken off."""

    parts: tuple[bytes, ...]
    places: tuple[tuple[int, tuple[int, ...]], ...]
    kinds: tuple[Kind, ...]
    measure: int | None
    high: Scaled | None

    def filled(self, slots: Sequence[Any]) -> bytes:
        """The JSON of the answer with these slots."""
        parts = [*self.parts]
        for blank, places in self.places:
            text = (
                shown(slots[blank], self.kinds[blank]) if blank >= 0 else self._left(blank, slots)
            )
            for place in places:
                parts[place] = text
        return b"".join(parts)

    def _left(self, blank: int, slots: Sequence[Any]) -> bytes:
        assert self.high is not None
        assert self.measure is not None
        left = self.high - slots[self.measure]
        return machine(left) if blank == LEFT else shown(left, self.kinds[self.measure])


def blank(number: int) -> str:
    """The mark that stands for a blank in a text."""
    return f"\0{number}\0"


def form_of(
    decision: Decision,
    reason: str,
    moving: Sequence[tuple[int, Sequence[tuple[int, int]]]],
    kinds: tuple[Kind, ...],
    measure: int | None,
    high: Scaled | None,
    encode: Encode = msgspec.json.encode,
) -> Form | None:
    """The form of a decision. reason: with its marks. moving: the trace lines in which numbers of
    the request stand, with (index of the value, slot). None where a text has what a mark has."""
    document = decision_to_json(decision)
    if _NUL in encode(document):
        return None
    document["reason"] = reason
    if high is not None and measure is not None:
        document["headroom"] |= {"value": blank(LEFT), "text": blank(LEFT_TEXT)}
    for line, places in moving:
        for index, slot in places:
            document["trace"][line]["values"][index][1] = blank(slot)
    parts = _BLANK.split(encode(document))
    there: dict[int, list[int]] = {}
    for place in range(1, len(parts), 2):  # text and blanks in turn, text first and last
        there.setdefault(int(parts[place]), []).append(place)
        parts[place] = b""
    found = tuple((blank, tuple(at)) for blank, at in there.items())
    return Form(tuple(parts), found, kinds, measure, high)


def shown(value: Any, kind: Kind) -> bytes:
    """A number or a day as people read it, as it stands inside a JSON text."""
    return value.isoformat().encode() if isinstance(value, date) else _shown(value, *kind)


@lru_cache(maxsize=50_000)
def _shown(value: Scaled, kind: str, currency: str | None) -> bytes:
    return msgspec.json.encode(number_text(unscaled(value), kind, currency))[1:-1]


@lru_cache(maxsize=50_000)
def machine(value: Scaled) -> bytes:
    """A number as machines read it, as it stands inside a JSON text."""
    return exact(unscaled(value)).encode()
