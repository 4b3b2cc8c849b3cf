"""What is wrong with data, each with its place, so many that a person can read them."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST = 100
"""So many faults, and so many notices, are kept; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """place: `sale.csv:17`, or `sale.csv` for the whole of it. column: None for the row."""

    place: str
    column: str | None
    message: str

    @property
    def where(self) -> str:
        """`sale.csv:17, column net`."""
        return self.place if self.column is None else f"{self.place}, column {self.column}"

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(slots=True)
class Findings:
    """faults: the data cannot be used. notices: what was passed over, or is odd. The numbers count
    all of them; the lists hold the first."""

    faults: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)
    fault_count: int = 0
    notice_count: int = 0

    @property
    def full(self) -> bool:
        """Whether no more are kept, so that a message need not be made with care."""
        return len(self.faults) >= MOST or len(self.notices) >= MOST

    def fault(self, place: str, column: str | None, message: str) -> None:
        """Note something that is wrong."""
        self.fault_count += 1
        if len(self.faults) < MOST:
            self.faults.append(Finding(place, column, message))

    def notice(self, place: str, column: str | None, message: str) -> None:
        """Note something that does no harm by itself."""
        self.notice_count += 1
        if len(self.notices) < MOST:
            self.notices.append(Finding(place, column, message))
