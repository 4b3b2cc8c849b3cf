"""Writes a month of 20,000 sales: `python generate.py DIR`. No chance in it: always the same."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

SALES, PEOPLE, TEAMS = 20_000, 80, 8


def sale(i: int) -> tuple[int, int, int, bool]:
    """Cents, the seller's number, the day of March, whether the director owns the customer."""
    return 20_000 + i * 7_919 % 400_009, i * 31 % PEOPLE, i * 17 % 31 + 1, i % 50 == 0


def person(n: int) -> tuple[str, str, int]:
    """Team, region and quota in cents of a representative."""
    return f"team{n % TEAMS + 1}", "inland" if n % 3 == 0 else "coast", 30_000_000 + n * 500_000


def money(cents: int) -> str:
    """Cents as a decimal."""
    return f"{cents // 100}.{cents % 100:02}"


def write(path: Path, rows: list[tuple[object, ...]]) -> None:
    """One file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def main(folder: Path) -> None:
    """All files."""
    folder.mkdir(parents=True, exist_ok=True)
    people: list[tuple[object, ...]] = [
        ("id", "position", "unit", "manager", "from", "until", "region", "quota"),
        ("director", "sales_director", "head", "", "2026-01-01", "", "", ""),
    ]
    for t in range(1, TEAMS + 1):
        people.append(
            (f"manager{t}", "sales_manager", f"team{t}", "director", "2026-01-01", "", "", "")
        )
    for n in range(PEOPLE):
        team, region, quota = person(n)
        boss = team.replace("team", "manager")
        people.append(
            (f"rep{n:02}", "representative", team, boss, "2026-01-01", "", region, money(quota))
        )
    write(folder / "people.csv", people)
    sales: list[tuple[object, ...]] = [("id", "date", "net", "seller", "owner", "team")]
    for i in range(SALES):
        cents, seller, day, director = sale(i)
        owner = "sales_director" if director else "representative"
        sales.append(
            (
                f"S{i:05}", f"2026-03-{day:02}", money(cents), f"rep{seller:02}", owner,
                person(seller)[0],
            )
        )  # fmt: skip
    write(folder / "sale.csv", sales)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
