"""The same rules for the peers, each in its fastest documented use.

A peer is `prepare(rows)`, which gives a function from an ask in the peer's own form (made
beforehand by `form(ask)`, never timed) to the id of the first rule that permits, or None.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.synthetic import ACTIONS, POSITIONS, VALUES, Ask, Row

Answer = Callable[..., Any]
Scope = tuple[Answer, Callable[[Ask], tuple[Any, ...]]]


# --- hand-written Python -----------------------------------------------------------------


def hand_written(rows: Sequence[Row]) -> Scope:
    """A dictionary on (position, action), then comparisons; the first rule that permits."""
    rules = _dispatch(rows)
    none: tuple[Any, ...] = ()

    def check(
        position: str,
        action: str,
        day: int,
        region: str,
        line: str,
        tier: str,
        channel: str,
        amount: int,
    ) -> str | None:
        for id, regions, lines, limit, start, until, tiers, channels in rules.get(
            (position, action), none
        ):
            if (
                region in regions
                and line in lines
                and amount <= limit
                and start <= day < until
                and tier in tiers
                and channel in channels
            ):
                return id  # type: ignore[no-any-return]
        return None

    return check, plain


def hand_written_all(rows: Sequence[Row]) -> Scope:
    """The same, naming every rule that permits, as Remit does."""
    rules = _dispatch(rows)
    none: tuple[Any, ...] = ()

    def check(
        position: str,
        action: str,
        day: int,
        region: str,
        line: str,
        tier: str,
        channel: str,
        amount: int,
    ) -> list[str]:
        return [
            id
            for id, regions, lines, limit, start, until, tiers, channels in rules.get(
                (position, action), none
            )
            if region in regions
            and line in lines
            and amount <= limit
            and start <= day < until
            and tier in tiers
            and channel in channels
        ]

    return check, plain


def _dispatch(rows: Sequence[Row]) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    rules: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for r in rows:
        days = (r.start.toordinal(), r.until.toordinal())
        rule = (r.id, r.region, r.line, r.limit, *days, r.tier, r.channel)
        rules.setdefault((r.position, r.action), []).append(rule)
    return rules


def plain(ask: Ask) -> tuple[Any, ...]:
    """An ask as the arguments of a plain function, its day as a number."""
    return (
        ask.position,
        ask.action,
        ask.as_of.toordinal(),
        ask.region,
        ask.line,
        ask.tier,
        ask.channel,
        ask.amount,
    )


# --- zen-engine --------------------------------------------------------------------------

_COLUMNS = (*VALUES, "day", "amount")


def zen_engine(rows: Sequence[Row]) -> Scope:
    """One decision table (first hit) for each position and action, kept by the engine.

    The static loader is eight times faster here than decisions made by `create_decision`, and one
    table with position and action as columns is slower still.
    """
    import zen

    content = {place: _graph(some) for place, some in _places(rows).items()}
    evaluate = zen.ZenEngine({"loader": {"type": "static", "content": content}}).evaluate

    def check(place: str, context: bytes) -> str | None:
        result = evaluate(place, context)["result"]
        return result["rule"] if result else None

    return check, _context


def zen_expression(rows: Sequence[Row]) -> Scope:
    """One compiled expression for each position and action: no table, and so no trace."""
    import zen

    evaluate = {
        place: zen.compile_expression(
            "".join(f"({_condition(r)}) ? '{r.id}' : (" for r in some) + "null" + ")" * len(some)
        ).evaluate
        for place, some in _places(rows).items()
    }

    def check(place: str, context: bytes) -> str | None:
        return evaluate[place](context)  # type: ignore[no-any-return]

    return check, _context


def _places(rows: Sequence[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {f"{p}.{a}": [] for p in POSITIONS for a in ACTIONS}
    for row in rows:
        grouped[f"{row.position}.{row.action}"].append(row)
    return grouped


def _context(ask: Ask) -> tuple[str, bytes]:
    values = {name: getattr(ask, name) for name in VALUES}
    context = {**values, "day": ask.as_of.toordinal(), "amount": ask.amount}
    return f"{ask.position}.{ask.action}", json.dumps(context).encode()


def _condition(row: Row) -> str:
    found = [
        f"{name} in [{', '.join(repr(v) for v in sorted(getattr(row, name)))}]"
        for name, values in VALUES.items()
        if len(getattr(row, name)) < len(values)
    ]
    found.append(f"amount <= {row.limit}")
    found.append(f"day >= {row.start.toordinal()} and day < {row.until.toordinal()}")
    return " and ".join(found)


def _graph(rows: Sequence[Row]) -> dict[str, Any]:
    """One decision table between an input and an output."""
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": f"i{n}", "name": n, "field": n} for n in _COLUMNS],
        "outputs": [{"id": "o", "name": "rule", "field": "rule"}],
        "rules": [_cells(row) for row in rows],
        "passThrough": False,
        "executionMode": "single",
    }
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "e2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def _cells(row: Row) -> dict[str, str]:
    cells = {"_id": row.id, "o": f'"{row.id}"'}
    for name, values in VALUES.items():
        chosen = sorted(getattr(row, name))
        cells[f"i{name}"] = (
            "" if len(chosen) == len(values) else ", ".join(f'"{c}"' for c in chosen)
        )
    cells["iday"] = f"[{row.start.toordinal()}..{row.until.toordinal()})"
    cells["iamount"] = f"<= {row.limit}"
    return cells


# --- SQLite ------------------------------------------------------------------------------

_QUERY = """
    select id from rule where place = ? and region & ? and line & ? and tier & ? and channel & ?
    and first <= ? and until > ? and most >= ? limit 1
"""


def sqlite(rows: Sequence[Row]) -> Scope:
    """A prepared query over a table in memory, clustered by position and action."""
    places: dict[tuple[str, str], int] = {}
    data = []
    for n, r in enumerate(rows):
        place = places.setdefault((r.position, r.action), len(places))
        sets = [sum(_bit(name, v) for v in getattr(r, name)) for name in VALUES]
        days = (r.start.toordinal(), r.until.toordinal())
        data.append((place, n, *sets, *days, r.limit, r.id))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(
        "create table rule (place integer, n integer, region integer, line integer, tier integer, "
        "channel integer, first integer, until integer, most integer, id text, "
        "primary key (place, n)) without rowid"
    )
    connection.executemany("insert into rule values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", data)
    connection.execute("analyze")
    execute = connection.cursor().execute  # the same text again is the same prepared statement

    def check(*arguments: int) -> str | None:
        found = execute(_QUERY, arguments).fetchone()
        return found[0] if found else None

    def form(ask: Ask) -> tuple[Any, ...]:
        place = places.get((ask.position, ask.action), -1)
        day = ask.as_of.toordinal()
        bits = [_bit(name, getattr(ask, name)) for name in VALUES]
        return (place, *bits, day, day, ask.amount)

    return check, form


def _bit(name: str, value: str) -> int:
    return 1 << VALUES[name].index(value)


PEERS: dict[str, Callable[[Sequence[Row]], Scope]] = {
    "hand-written, first rule": hand_written,
    "hand-written, all rules": hand_written_all,
    "zen-engine, decision tables": zen_engine,
    "zen-engine, expressions": zen_expression,
    "SQLite": sqlite,
}
