"""Values as terms of the solver, each with what is known of it, in three-valued logic.

A `Bit` is a Python bool where it is settled already, so that what a rule cannot depend on never
reaches the solver.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from remit_dsl.expressions import Expression
from remit_dsl.types import Type
from remit_engine.compile.smt_library import z3
from remit_engine.compile.unsupported import Unsupported

Bit: TypeAlias = "bool | z3.BoolRef"


def no(bit: Bit) -> Bit:
    """Not."""
    return not bit if isinstance(bit, bool) else z3.Not(bit)


def every(*bits: Bit) -> Bit:
    """And."""
    if any(b is False for b in bits):
        return False
    open_bits = [b for b in bits if b is not True]
    if len(open_bits) < 2:
        return open_bits[0] if open_bits else True
    return z3.And(*open_bits)


def some(*bits: Bit) -> Bit:
    """Or."""
    if any(b is True for b in bits):
        return True
    open_bits = [b for b in bits if b is not False]
    if len(open_bits) < 2:
        return open_bits[0] if open_bits else False
    return z3.Or(*open_bits)


def pick(bit: Bit, a: Bit, b: Bit) -> Bit:
    """`a` where the bit holds, else `b`."""
    if isinstance(bit, bool):
        return a if bit else b
    if isinstance(a, bool) or isinstance(b, bool):
        return some(every(bit, a), every(no(bit), b))
    return z3.If(bit, a, b)


def settled(bit: z3.BoolRef, *terms: z3.ExprRef) -> Bit:
    """The bit, as a Python bool where the terms that it compares are all numerals."""
    if all(z3.is_int_value(t) or z3.is_rational_value(t) for t in terms):
        return bool(z3.is_true(z3.simplify(bit)))
    return bit


def number(value: Fraction | int) -> z3.ArithRef:
    """An exact number as a numeral."""
    return z3.RealVal(str(value))


def code(value: int) -> z3.ArithRef:
    """A whole number that stands for a date, a member, a position or a text."""
    return z3.IntVal(value)


# --- values ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """True, false, or neither: unknown."""

    true: Bit
    false: Bit

    @property
    def known(self) -> Bit:
        """Whether it is true or false."""
        return some(self.true, self.false)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number (a real) or a code (an integer); the term means something only where known."""

    known: Bit
    term: z3.ArithRef


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands: its path, its type, and whether all optional steps to it are given."""

    path: Path
    type: Type
    given: Bit


@dataclass(frozen=True, slots=True)
class Record:
    """A record or a person; position: the code of the one position the person holds."""

    known: Bit
    place: Place
    position: z3.ArithRef | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What may be in a list or a set, and whether it is."""

    present: Bit
    value: Value


@dataclass(frozen=True, slots=True)
class Items:
    """A list or a set; long: it holds more than these."""

    known: Bit
    items: tuple[Item, ...]
    long: Bit = False


Path = tuple[str | int, ...]
"""To a fact; a number is the place in a list."""
Value = Condition | Scalar | Record | Items

NEVER = Condition(False, True)
UNKNOWN = Condition(False, False)


def crisp(bit: Bit, known: Bit = True) -> Condition:
    """A condition that is true or false wherever it is known."""
    return Condition(every(known, bit), every(known, no(bit)))


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Kleene and."""
    parts = tuple(conditions)
    return Condition(every(*(p.true for p in parts)), some(*(p.false for p in parts)))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Kleene or."""
    parts = tuple(conditions)
    return Condition(some(*(p.true for p in parts)), every(*(p.false for p in parts)))


def nothing(type: Type) -> Value:
    """The unknown value of a type."""
    if type.kind == "boolean":
        return UNKNOWN
    if type.kind in ("set", "list"):
        return Items(False, ())
    return Scalar(False, number(0) if type.numeric else code(0))


def given_only(value: Value, known: Bit) -> Value:
    """The value where the bit holds, and unknown elsewhere."""
    if isinstance(value, Condition):
        return Condition(every(known, value.true), every(known, value.false))
    return replace(value, known=every(known, value.known))


def select(bit: Bit, a: Value, b: Value, e: Expression) -> Value:
    """`a` where the bit holds, else `b`."""
    if isinstance(bit, bool):
        return a if bit else b
    match a, b:
        case Condition(), Condition():
            return Condition(pick(bit, a.true, b.true), pick(bit, a.false, b.false))
        case Scalar(), Scalar():
            return Scalar(pick(bit, a.known, b.known), term_of(bit, a.term, b.term))
        case Items(), Items():
            chosen = tuple(Item(every(bit, i.present), i.value) for i in a.items)
            other = tuple(Item(every(no(bit), i.present), i.value) for i in b.items)
            known, long = pick(bit, a.known, b.known), pick(bit, a.long, b.long)
            return Items(known, chosen + other, long)
    raise Unsupported(e, "z3")


def term_of(bit: Bit, a: z3.ArithRef, b: z3.ArithRef) -> z3.ArithRef:
    """The one term or the other."""
    if isinstance(bit, bool):
        return a if bit else b
    return a if a.eq(b) else z3.If(bit, a, b)


def same(a: Value, b: Value, e: Expression) -> Bit:
    """Whether two known values are equal."""
    match a, b:
        case Scalar(), Scalar():
            return settled(a.term == b.term, a.term, b.term)
        case Condition(), Condition():
            return some(every(a.true, b.true), every(a.false, b.false))
    raise Unsupported(e, "z3")
