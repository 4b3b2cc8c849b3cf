"""Types of the language."""

from __future__ import annotations

from dataclasses import dataclass

NUMERIC = frozenset({"money", "percent", "number", "integer", "ratio", "literal", "days", "months"})


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `kind` is one of

    money (with `currency`), percent, number, integer, text, boolean, date, days, months,
    enum, record (with qualified `name`; people are the record `Person`), position,
    set, list (with `element`); and, only while checking, `ratio` (money / money: assignable to
    percent and number) and `literal` (a bare number: assignable to money, number, integer).
    """

    kind: str
    name: str | None = None
    currency: str | None = None
    element: Type | None = None

    @property
    def numeric(self) -> bool:
        """True when values are exact numbers (durations count their days or months)."""
        return self.kind in NUMERIC

    def __str__(self) -> str:
        if self.kind == "money":
            return f"money in {self.currency}" if self.currency else "money"
        if self.kind in ("enum", "record"):
            return (self.name or "?").rsplit(".", 1)[-1]
        if self.kind in ("set", "list"):
            return f"{self.kind} of {self.element}"
        return {"days": "duration", "literal": "number", "ratio": "ratio"}.get(self.kind, self.kind)


PERCENT = Type("percent")
NUMBER = Type("number")
INTEGER = Type("integer")
TEXT = Type("text")
BOOLEAN = Type("boolean")
DATE = Type("date")
DAYS = Type("days")
MONTHS = Type("months")
POSITION = Type("position")
PERSON = Type("record", name="Person")
RATIO = Type("ratio")
LITERAL = Type("literal")


def money(currency: str | None) -> Type:
    """Money in a currency."""
    return Type("money", currency=currency)
