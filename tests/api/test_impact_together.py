"""Both texts at once over the heads of rows come to the same as row by row.

Pairs of programs are drawn: the same rules with other limits, conditions, days or ids, or other
rules altogether. A row that is counted `same` and is not would be the worst of faults.
"""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from typing import Any

import pytest

from api.test_impact_in_sql import both, parquet
from engine.generators import examples
from remit_api.batch.parquet_rows import row_of
from remit_api.past import heads, in_sql, run, seen_rows, together

HEADER = """
policy house "House" { effective from 2026-01-01  owner director  currency CNY }
position clerk "Clerk" { reports to manager }
position manager "Manager" { reports to director  also called "boss" }
position director "Director"
enum Region "Region" { north "North" east "East" { shanghai jiangsu } }
record Person { level: integer optional }
record Order { total: money  region: Region optional  due: date optional }
parameter top "Top": money { from 2026-01-01 -> 40  from 2026-02-10 -> 60 }
action pay "Pay" { amount money  order Order optional  note text optional  key boolean optional
  limit on amount }
action rate "Rate" { share percent  order Order optional  note text optional  limit on share }
"""
PEOPLE = """
directory: house
people:
  - {id: ann, positions: [{position: clerk, from: 2026-01-01, until: 2026-02-15},
      {position: manager, from: 2026-02-15}]}
  - {id: bob, positions: [{position: manager, from: 2026-01-01},
      {position: director, from: 2026-02-01, until: 2026-03-01}]}
  - {id: gone, positions: [{position: clerk, from: 2025-01-01, until: 2026-01-10}]}
"""
CONDITIONS = (
    "order.region in east", "order.region = north", "order.region = shanghai", 'note = "gift"',
    'note in ("gift", "loan")', "key", "not key", "order.due < 2026-02-01", "note is given",
)  # fmt: skip
ON_AN_AXIS = {"pay": ("amount > 15", "amount <= 55", "amount = 30"), "rate": ("share >= 4%",)}
RARE = ("order.total > 35", "as_of >= 2026-02-05", "actor.level >= 3")
WHO = ("clerk", "manager", "director")
PERIODS = ("", "", "", " from 2026-02-01", " until 2026-02-20", " from 2026-01-20 until 2026-02-28")


def rule(chance: random.Random, action: str, rare: float) -> str:
    """A grant or a prohibition."""
    top = "top" if action == "pay" and chance.random() < 0.3 else None
    limit = top or f"{chance.randrange(1, 9)}{'0' if action == 'pay' else '%'}"
    who = chance.choice(WHO)
    kind = chance.random()
    if kind < 0.7:
        shape = chance.choice(
            (f"up to {limit}", f"up to {limit}", f"under {limit}", "any", "unset")
        )
        said = f"{who} may approve {shape}"
    elif kind < 0.85:
        said = f"{who} may not approve over {limit}"
    else:
        said = f"nobody may approve over {limit}"
    conditions = [c for c in CONDITIONS if action == "pay" or "key" not in c]
    asked = chance.sample(conditions, chance.choice((0, 0, 1, 2)))
    asked += chance.sample(ON_AN_AXIS[action], chance.choice((0, 0, 0, 1)))
    asked += chance.sample(RARE, chance.random() < rare)
    when = f" when {' and '.join(asked)}" if asked else ""
    return said + when + chance.choice(PERIODS)


def with_other_limits(chance: random.Random, text: str) -> str:
    """Some of its limits are others."""

    def other(found: re.Match[str]) -> str:
        same = chance.random() < 0.5
        return found[0] if same else f"{found[1]} {chance.randrange(1, 9)}{found[2]}"

    return re.sub(r"(up to|under|approve over) [1-9](0|%)", other, text)


def texts(chance: random.Random, rare: float) -> tuple[str, str]:
    """A text and what an admin may make of it."""
    before: dict[str, list[str]] = {
        a: [rule(chance, a, rare) for _ in range(chance.randrange(2, 8))] for a in ("pay", "rate")
    }
    after = {a: [edited(chance, a, r, rare) for r in rules] for a, rules in before.items()}
    for rules in after.values():
        if chance.random() < 0.3:
            rules.append(rule(chance, "pay" if rules is after["pay"] else "rate", rare))
        if chance.random() < 0.2 and len(rules) > 1:
            rules.pop(chance.randrange(len(rules)))
        if chance.random() < 0.2:
            rules.reverse()
    new = HEADER.replace("-> 60", "-> 50") if chance.random() < 0.3 else HEADER
    return HEADER + written(before), new + written(after)


def edited(chance: random.Random, action: str, text: str, rare: float) -> str:
    return rule(chance, action, rare) if chance.random() < 0.2 else text


def written(rules: dict[str, list[str]]) -> str:
    """Labelled by what they say, so that a rule keeps its id where it is the same."""
    blocks = []
    for action, every in rules.items():
        lines = (f"  r{n}: {text}" for n, text in enumerate(every))
        blocks.append("\n".join([f"authority {action} {{", *lines, "}"]))
    return "\n".join(blocks)


WORDS: dict[str, list[Any]] = {
    "actor": ["clerk", "manager", "ann", "bob", "boss", "gone", " clerk ", "nobody", None],
    "requester": [None, "bob", "ann", "clerk", "nix"],
    "action": ["pay", "rate", "Pay", "house.pay", "nothing", None],
    "verb": [None, "approve", "recommend"],
    "order.region": ["east", "North", "shanghai", "jiangsu", None, "west"],
    "order.due": ["2026-01-31", "2026-02-01", None],
    "note": ["gift", " gift", "loan", "other", "", None],
    "key": ["true", "false", None],
    "actor.level": [None, "3", "2"],
    "outcome": ["permit", "deny", None],
    "useless": ["x", None],
}
AMOUNTS = ["10", "15", "15.01", "30", "40", "40.0001", "50", "55", "60", "60.01", "80", "99", None,
           "7.00001"]  # fmt: skip


def rows(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Most cells are plain."""
    names = [n for n in WORDS if n in ("actor", "action") or chance.random() < 0.7]
    found = []
    for _ in range(count):
        row = {n: chance.choice(WORDS[n][: 3 if chance.random() < 0.8 else None]) for n in names}
        day = date(2026, 1, 5) + timedelta(days=chance.randrange(70))
        row["as_of"] = None if chance.random() < 0.02 else day.isoformat()
        row["amount"] = chance.choice(AMOUNTS[: None if chance.random() < 0.1 else 12])
        row["order.total"] = chance.choice(AMOUNTS[:5])
        row["share"] = chance.choice(["0.01", "0.03", "0.04", "0.05", "0.0501", "0.08", None])
        found.append(row)
    return found


CASTS = {
    "amount": '"amount"::DECIMAL(18, 5)',
    "share": '"share"::DECIMAL(9, 6)',
    "order.total": '"order.total"::DOUBLE',
    "as_of": '"as_of"::DATE',
}


@pytest.fixture
def at_once(monkeypatch):
    """Whether the pairs of answers were found at once, of each run in SQL."""
    found: list[bool] = []
    original = in_sql.together

    def spied(*given: Any) -> Any:
        done = original(*given)
        found.append(done is not None)
        return done

    monkeypatch.setattr(in_sql, "together", spied)
    monkeypatch.setattr(run, "MANY", 0)
    return found


@pytest.mark.parametrize("seed", range(examples(5, 600)))
def test_random_pairs_of_programs(remit, file, at_once, monkeypatch, seed):
    chance = random.Random(seed)
    monkeypatch.setattr(together, "MANY", chance.choice((0, 10_000)))
    old, new = texts(chance, 0.1 if seed % 3 == 0 else 0.0)
    limits_alone = seed % 3 == 1
    if limits_alone:
        new = with_other_limits(chance, old)
    for side, text in (("old", old), ("new", new)):
        file(f"{side}/house.remit", text)
        file(f"{side}/directory.yaml", PEOPLE)
    source = parquet(rows(chance, 300), {n: c for n, c in CASTS.items() if chance.random() < 0.8})
    ours, theirs = both(remit, source, "--old", "old")
    assert ours == theirs
    assert ours["rows"] == 300
    assert len(at_once) == 1
    assert at_once[0] or not limits_alone


@pytest.mark.parametrize(
    "most", [{"MOST_TEXTS": 3}, {"FEW_HEADS": 0}, {"MOST_CODE": 10}, {"FEW_ROWS": 0}]
)
def test_rows_without_few_heads_are_judged_apart(remit, file, at_once, monkeypatch, most):
    for name, value in most.items():
        monkeypatch.setattr(together if name == "FEW_ROWS" else heads, name, value)
    chance = random.Random(1)
    old, _ = texts(chance, 0.0)
    for side, text in (("old", old), ("new", with_other_limits(chance, old))):
        file(f"{side}/house.remit", text)
        file(f"{side}/directory.yaml", PEOPLE)
    ours, theirs = both(remit, parquet(rows(chance, 100), CASTS), "--old", "old")
    assert ours == theirs
    assert at_once == [False]


def test_where_sql_and_the_engine_disagree_the_run_ends(remit, file, at_once, monkeypatch):
    for side, limit in (("old", "50"), ("new", "40")):
        rules = f"authority pay {{ clerk may approve up to {limit} }}\n"
        file(f"{side}/house.remit", f"{HEADER}authority rate {{ clerk may approve any }}\n{rules}")
        file(f"{side}/directory.yaml", PEOPLE)
    row = {"actor": "clerk", "action": "pay", "as_of": "2026-02-01", "amount": "45"}
    words = ("impact", "new", "--old", "old", "--against", parquet([row] * 3, CASTS))
    assert remit(*words).code == 0
    monkeypatch.setattr(seen_rows, "row_of", cheaper)
    ran = remit(*words)
    assert at_once == [True, True]
    assert ran.code == 70
    assert "SQL and the engine answer row 1 otherwise" in ran.err


def cheaper(number: int, cells: dict[str, Any], ids: tuple[str, ...]) -> Any:
    return row_of(number, {**cells, "amount": "35"}, ids)
