"""The quarter's commission as one would write it by hand: int64 cents, and nothing more general.

Plan `sales`: marginal tiers quarter to date against the quota, times the region's factor rounded to
the cent, held until collected (or not), returns within 90 days taken back at the rate paid. Plans
`over_1` to `over_5`: half a percent of what direct reports are credited, less what was returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.commission.month import (
    FACTORS,
    FIRST,
    GRADES,
    LAST,
    LEVELS,
    QUOTAS,
    REGIONS,
    SPAN,
    Quarter,
)
from remit_engine.warehouse.duckdb import DuckDB

_MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
_LATER = 99
"""The number of any month after the quarter."""


def by_hand(engine: DuckDB, quarter: Quarter, lines: Path, *, ids: bool = False) -> None:
    """Leaves the lines in a Parquet file, the statements in the table `hand`. ids: a line says of
    which sale it is by the id that people know, as ours do; else by a number alone."""
    for table, query in _sellers(quarter):
        engine.create(table, query)
    engine.write_parquet(_lines(quarter, ", id" if ids else ""), lines)
    engine.read_parquet("hand_lines", lines)
    engine.create("hand_moves", _moves())
    engine.create("hand_0", _paid())
    for level in range(1, LEVELS + 1):
        engine.create(f"hand_{level}", _override(quarter, level))
    engine.create("hand", " UNION ALL ".join(f"SELECT * FROM hand_{i}" for i in range(LEVELS + 1)))


def _sellers(quarter: Quarter) -> Iterator[tuple[str, str]]:
    factors = " ".join(f"WHEN p * 7 % {len(REGIONS)} = {i} THEN {f}" for i, f in enumerate(FACTORS))
    quotas = " ".join(f"WHEN p % {len(GRADES)} = {i} THEN {q}" for i, q in enumerate(QUOTAS))
    yield (
        "hand_sums",
        f"SELECT seller AS payee, {_month('day')} AS period, CAST(SUM(net) AS BIGINT) AS credit, "
        f"COUNT(*) AS lines FROM sale WHERE net > 0 AND {_counted()} GROUP BY ALL",
    )
    yield (
        "hand_positions",
        "SELECT p AS payee, m AS period, COALESCE(credit, 0) AS credit, CAST(q AS "
        "BIGINT) AS quota, "
        "CAST(f AS BIGINT) AS factor, "
        "CAST(SUM(COALESCE(credit, 0)) OVER (PARTITION BY p ORDER BY m) AS BIGINT) AS after "
        f"FROM (SELECT p, CASE {factors} END AS f, CASE {quotas} END AS q "
        f"FROM range({quarter.sellers}) people(p)) CROSS JOIN range(3) months(m) "
        "LEFT JOIN hand_sums ON payee = p AND period = m",
    )
    earned = f"{_earned('after')} - {_earned('after - credit')}"
    yield (
        "hand_statements",
        f"SELECT *, {_earned('after - credit')} AS base, {earned} AS earned, "
        f"({earned}) * factor AS n FROM hand_positions",
    )
    yield (
        "hand_entitled",
        "SELECT payee, period, credit, quota, base, earned, (2 * n + 100000) // 200000 AS entitled "
        "FROM hand_statements",
    )


def _lines(quarter: Quarter, more: str) -> str:
    """Each line with what it earned and its share. Thousandths of cents are earned."""
    collected = f"GREATEST(period, {_month('collected')})" if quarter.hold else "period"
    inside = (
        f"SELECT n, seller, {_month('day')} AS month, net, collected{more}, "
        "CASE WHEN returned <= day + 90 THEN returned END AS returned, "
        "CAST(SUM(net) OVER (PARTITION BY seller ORDER BY day, n ROWS UNBOUNDED "
        "PRECEDING) AS BIGINT) "
        f"AS after FROM sale WHERE net > 0 AND {_counted()}"
    )
    earned = f"SELECT *, {_earned('after - net')} AS e0, {_earned('after')} AS e1"
    shown = f"{earned} FROM ({inside}) JOIN hand_entitled s ON payee = seller AND period = month"
    part = "(2 * entitled * ({} - base) + earned) // (2 * earned)"
    return (
        f"SELECT n{more}, payee, period, net AS credit, after - net AS before, e1 - e0 AS earned, "
        f"{part.format('e1')} - {part.format('e0')} AS share, {collected} AS released, "
        f"GREATEST({collected}, {_month('returned')}) AS reversed, "
        f"GREATEST(period, {_month('returned')}) AS returned FROM ({shown})"
    )


def _moves() -> str:
    """What happens to lines, by payee and month."""
    late = "SELECT payee, {0} AS period, {1} FROM hand_lines WHERE {2} GROUP BY ALL"
    sums = (
        "CAST(SUM({}) AS BIGINT) AS held, CAST(SUM({}) AS BIGINT) AS reversed, "
        "CAST(SUM({}) AS BIGINT) AS credit"
    )
    parts = (
        late.format("period", sums.format("-share", "0", "0"), "released > period"),
        late.format("released", sums.format("share", "0", "0"), "released > period"),
        late.format("reversed", sums.format("0", "-share", "0"), "reversed <= 2"),
        late.format("returned", sums.format("0", "0", "credit"), "returned <= 2"),
    )
    return (
        "SELECT payee, period, CAST(SUM(held) AS BIGINT) AS held, "
        "CAST(SUM(reversed) AS BIGINT) AS reversed, CAST(SUM(credit) AS BIGINT) AS returned "
        f"FROM ({' UNION ALL '.join(parts)}) WHERE period <= 2 GROUP BY ALL"
    )


def _paid() -> str:
    held, reversed_ = "COALESCE(m.held, 0)", "COALESCE(m.reversed, 0)"
    return (
        "SELECT 0 AS level, payee, period, credit, 3 * quota AS quota, entitled, "
        f"{held} AS held, {reversed_} AS reversed, entitled + {held} + {reversed_} AS due, "
        "credit - COALESCE(m.returned, 0) AS passed "
        "FROM hand_entitled LEFT JOIN hand_moves m USING (payee, period)"
    )


def _override(quarter: Quarter, level: int) -> str:
    below, start = quarter.starts[level - 1], quarter.starts[level]
    return (
        f"SELECT {level} AS level, payee, period, credit, NULL AS quota, entitled, 0 AS held, "
        "0 AS reversed, entitled AS due, credit AS passed FROM (SELECT *, "
        "CASE WHEN credit < 0 THEN -((-credit + 100) // 200) ELSE (credit + 100) // 200 END "
        f"AS entitled FROM (SELECT {start} + (payee - {below}) // {SPAN} AS payee, period, "
        f"CAST(SUM(passed) AS BIGINT) AS credit FROM hand_{level - 1} GROUP BY ALL))"
    )


def _earned(p: str) -> str:
    """Thousandths of cents on a position: 1 %, from 80 % of the quarter's quota 1.5 %, …"""
    q = "3 * quota"
    return (
        f"CASE WHEN 5 * ({p}) <= 4 * {q} THEN 10 * ({p}) "
        f"WHEN ({p}) <= {q} THEN 15 * ({p}) - 4 * {q} "
        f"WHEN 5 * ({p}) <= 6 * {q} THEN 22 * ({p}) - 11 * {q} "
        f"ELSE 30 * ({p}) - (103 * {q}) // 5 END"
    )


def _month(day: str) -> str:
    ends = " ".join(f"WHEN {day} < {d.toordinal()} THEN {i}" for i, d in enumerate(_MONTHS[1:]))
    return f"CASE {ends} ELSE {_LATER} END"


def _counted() -> str:
    return f"day BETWEEN {FIRST.toordinal()} AND {LAST.toordinal()}"
