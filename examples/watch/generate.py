"""Writes a quarter of events: `python generate.py FILE`. No chance in it: always the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

FIRST, DAYS, CUSTOMERS, INVOICES = date(2026, 1, 1), 90, 60, 1_800
Entry = dict[str, object]


def day(n: int) -> str:
    """The n-th day of the quarter."""
    return (FIRST + timedelta(days=n)).isoformat()


def invoices() -> Iterator[tuple[int, int, int, int, int]]:
    """Number, customer, day, amount in whole CNY, and days until it is paid."""
    for i in range(INVOICES):
        yield i, i * 37 % CUSTOMERS, i * DAYS // INVOICES, 1_000 + i * 7_919 % 9_001, i * 13 % 83


def line(customer: int) -> int:
    """The credit line of a customer."""
    return 100_000 + customer % 7 * 20_000


def returns() -> Iterator[tuple[int, int, int, int]]:
    """Number, customer, day, amount."""
    for i in range(150):
        yield i, i * i % CUSTOMERS, i * 29 % DAYS, 200 + i * 31 % 900


def reports() -> Iterator[tuple[str, str]]:
    """Who handed in a summary, and when: Guo Yan is a day late in February, and forgets March."""
    yield "li.wei", "2026-02-03"
    yield "guo.yan", "2026-02-06"
    yield "li.wei", "2026-03-05"


def entries() -> Iterator[tuple[str, int, Entry]]:
    """Day, place within the day, and the entry."""
    changes: list[tuple[int, int, int, int]] = []
    for i, customer, sent, amount, after in invoices():
        id, owner = f"I{i:04}", f"C{customer:02}"
        yield day(sent), 1, {
            "kind": "Invoice", "id": id, "date": day(sent), "due": day(sent + 14),
            "customer": {"id": owner}, "amount": amount,
        }  # fmt: skip
        changes.append((sent, 0, customer, amount))
        if sent + after < DAYS:
            paid = day(sent + after)
            yield paid, 2, {
                "kind": "Payment", "id": f"P{i:04}", "date": paid, "invoice": id, "amount": amount,
            }  # fmt: skip
            changes.append((sent + after, 1, customer, -amount))
    for i, customer, back, amount in returns():
        yield day(back), 4, {
            "kind": "GoodsReturned", "id": f"R{i:03}", "date": day(back),
            "customer": {"id": f"C{customer:02}"}, "amount": amount,
        }  # fmt: skip
    for n, (author, on) in enumerate(reports()):
        yield on, 5, {"kind": "Report", "id": f"S{n}", "date": on, "author": author}
    used = dict.fromkeys(range(CUSTOMERS), 0)
    for n, (on, _, customer, amount) in enumerate(sorted(changes)):
        used[customer] += amount
        yield day(on), 3, {
            "kind": "Customer", "id": f"C{customer:02}", "entry": f"O{n:04}", "on": day(on),
            "facts": {"exposure": used[customer], "credit_line": line(customer)},
        }  # fmt: skip


def main(file: Path) -> None:
    """One entry a line, in the order in which they came."""
    told = sorted(entries(), key=lambda e: e[:2])
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        for _, _, entry in told:
            stream.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
