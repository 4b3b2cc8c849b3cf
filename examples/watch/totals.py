"""How many alerts a quarter must give, counted without Remit: `python totals.py`."""

from __future__ import annotations

from collections.abc import Iterable

from generate import DAYS, entries, invoices, returns


def crossings(levels: Iterable[bool | None]) -> int:
    """How often it begins. None: between the two lines, as it was."""
    count, inside = 0, False
    for level in levels:
        count += level is True and not inside
        inside = inside if level is None else level
    return count


def exposures() -> dict[str, list[tuple[int, int]]]:
    """Customer -> what he used and might use, in order."""
    seen: dict[str, list[tuple[int, int]]] = {}
    for _, _, entry in sorted(entries(), key=lambda e: e[:2]):
        facts = entry.get("facts")
        if isinstance(facts, dict):
            both = (facts["exposure"], facts["credit_line"])
            seen.setdefault(str(entry["id"]), []).append(both)
    return seen


def near(used: int, most: int) -> bool | None:
    """Over 80 % it begins, at 70 % it ends."""
    if used * 10 > most * 8:
        return True
    return False if used * 10 <= most * 7 else None


def returned(customer: int) -> int:
    """How often three returns lie within thirty days: at the start of each day, when the oldest
    fall out, and after each that comes in."""
    days = [on for _, owner, on, _ in returns() if owner == customer]
    counts: list[int] = []
    for n in range(DAYS):
        before = sum(n - 30 < d < n for d in days)
        counts += range(before, before + days.count(n) + 1)
    return crossings(count >= 3 for count in counts)


def overdue() -> int:
    """Invoices that were unpaid at the start of the day after the thirtieth past the due date."""
    late = 14 + 30
    return sum(after > late and sent + late + 1 < DAYS for _, _, sent, _, after in invoices())


def summaries() -> int:
    """Two managers, due on 5 February and 5 March: one comes a day late, one not at all."""
    return 2


if __name__ == "__main__":
    seen = exposures().values()
    print("near    ", sum(crossings(near(*both) for both in told) for told in seen))
    print("full    ", sum(crossings(used > most for used, most in told) for told in seen))
    print("returns ", sum(returned(customer) for customer in range(60)))
    print("overdue ", overdue())
    print("summary ", summaries())
