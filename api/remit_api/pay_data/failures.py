"""Data that cannot be used."""

from __future__ import annotations

from remit_api.failures import Failure
from remit_engine.commission.reading.findings import Finding, Findings

SHOWN = 20


class BadData(Failure):
    """Rows that cannot be read, or contradict one another. faults: the first of them; count: all
    of them."""

    kind = "invalid_data"

    def __init__(self, place: str, findings: Findings) -> None:
        self.place = place
        self.faults: tuple[Finding, ...] = tuple(findings.faults)
        self.count = findings.fault_count
        lines = "\n".join(f"  {fault}" for fault in self.faults[:SHOWN])
        left = self.count - min(self.count, SHOWN)
        more = f"\n  and {left:_} more" if left else ""
        things = "one thing is" if self.count == 1 else f"{self.count:_} things are"
        super().__init__(f"{things} wrong with the data of `{place}`:\n{lines}{more}")
