"""What stands for something that hangs on a list longer than is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from remit_dsl.types import Type
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_values import Bit, Condition, Items, Record, Scalar, Value, crisp


@dataclass(slots=True)
class Strangers:
    """Constants that may be anything. The values they were made for are kept, as their identity
    is good only for so long."""

    made: dict[tuple[object, ...], tuple[Value, Sequence[Value]]] = field(default_factory=dict)

    def of(self, word: str, parts: Sequence[Value], type: Type) -> Value:
        """What a word says of a long list: anything, but the same wherever it says the same of
        each element. So what is proven with it holds, and what is found may not."""
        key = (word, *(part for value in parts for part in identity(value)))
        if key not in self.made:
            name = f"long {len(self.made)}"
            known = z3.Bool(f"{name} known")
            if type.kind == "boolean":
                made: Value = crisp(z3.Bool(name), known)
            else:
                made = Scalar(known, z3.Real(name) if type.numeric else z3.Int(name))
            self.made[key] = (made, parts)
        return self.made[key][0]


def identity(value: Value) -> Iterator[object]:
    """What two values share only when they are one; good while the terms are kept."""
    match value:
        case Condition(true, false):
            yield from (_identity(true), _identity(false))
        case Scalar(known, term):
            yield from (_identity(known), term.get_id())
        case Record(known, place):
            yield from (_identity(known), place.path)
        case Items(known, items, long):
            yield from (_identity(known), _identity(long))
            for item in items:
                yield _identity(item.present)
                yield from identity(item.value)


def _identity(bit: Bit) -> object:
    return bit if isinstance(bit, bool) else ("term", bit.get_id())
