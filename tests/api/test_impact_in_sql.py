"""A Parquet file replayed in SQL comes to the same as row by row, however odd its cells are."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from remit_api.past import run, seen_rows, together

OLD = """
policy house "House" { effective from 2026-01-01  owner director  currency CNY }
position clerk "Clerk" zh "职员" { reports to manager }
position manager "Manager" zh "经理" { reports to director  also called "boss" }
position director "Director"
position auditor "Auditor" { reports to director }
enum Region "Region" { north "North" zh "北" east "East" { shanghai "Shanghai" jiangsu } }
record Person { level: integer optional  home: Region optional }
record Customer { id: text  region: Region optional  since: date optional  line: money optional }
record Line { price: money }
parameter top "Top": percent { from 2026-01-01 -> 10%  from 2026-03-01 -> 12% }
action discount "Give a discount" {
  rate percent
  total money
  customer Customer
  count integer optional
  ratio number optional
  term duration optional
  key boolean optional
  note text optional
  filled_by position optional
  lines list of Line optional
  limit on rate
}
action pay "Pay" { amount money  key boolean  limit on amount }
authority discount {
  clerk may approve up to 3% when key and count <= 5
  clerk may approve up to 2% when note = "gift"
  clerk may recommend any
  manager may approve up to top when customer.region in east
  manager may approve up to 5% when customer.since < 2025-01-01 or term >= 30 days
  director may approve any
  floor: nobody may approve when total > customer.line
  sums: nobody may approve when sum(lines.price) > 100
  ratio_floor: clerk may not approve when ratio < 0.25
  look: approve over 8% needs review by auditor
  requester may not approve
}
authority pay {
  clerk may approve up to 100 each, 500 per month
  manager may approve up to 1_000 when key
}
"""
NEW = (
    OLD.replace("up to 3% when", "up to 4% when")
    .replace("count <= 5", "count <= 4")
    .replace("12%", "9%")
    .replace("2025-01-01", "2024-06-30")
    .replace("look: approve over 8%", "look: approve over 6%")
    .replace("ratio < 0.25", "ratio < 0.3")
    .replace("up to 100 each, 500", "up to 50 each, 400")
)
PEOPLE = """
directory: house
people:
  - {id: ann, name: Ann, positions: [{position: clerk, from: 2026-01-01, until: 2026-02-15},
      {position: manager, from: 2026-02-15}]}
  - {id: bob, name: Bob, positions: [{position: manager, from: 2026-01-01},
      {position: auditor, from: 2026-02-01}]}
  - {id: dora, name: Dora, positions: [{position: director, from: 2026-01-01}]}
  - {id: gone, name: Gone, positions: [{position: clerk, from: 2025-01-01, until: 2026-01-10}]}
"""
WORDS: dict[str, list[Any]] = {
    "actor": ["ann", "bob", "dora", "gone", "clerk", "Manager", "boss", "职员", "house.director",
              " ann ", "nobody", "ann@manager", None, "auditor"],
    "requester": ["ann", "bob", "clerk", None, None, None, "nix", ""],
    "action": ["discount"] * 6 + ["pay", "pay", "Give a discount", "house.pay", "payy", None],
    "verb": [None] * 6 + ["approve", "recommend", "review", "aprove"],
    "as_of": ["2026-01-05", "2026-02-15", "2026-03-01", "2026-04-01", "2026-01-10", "2026-13-01",
              "1 May", None],
    "rate": ["2%", "3%", "3.0001%", "4%", "0.05", "12%", "9%", "5", "a lot", "2.00001%", None,
             "2.000001%", "-1%", "0.1234567", "20‰", " 3% ", "0", "1", "8%", "null"],
    "total": ["1000", "1_000", "0.1", "99999999999", "20万", "100 CNY", "5 EUR", "0.00001", None,
              "300.000", "12.345", "-3", "1e3", "9999999999999999"],
    "amount": ["50", "100", "100.01", "50.0001", "1000", None, "999999999999999999999"],
    "customer.id": ["c1", "名", "", None, "x y"],
    "customer.region": ["north", "East", "shanghai", "北", "jiangsu", "west", None, "Shanghai"],
    "customer.since": ["2024-01-01", "2024-12-31", "2025-01-01", None, "2025-02-30", "2025-1-1"],
    "customer.line": ["1000", "1000.0001", None, "5 CNY"],
    "count": ["4", "5", "5.0", "5.5", None, "6", "true"],
    "ratio": ["0.25", "0.26", "0.3", "0.300001", "1/3", None, "0.2999999"],
    "term": ["30 days", "29 days", "1 day", "30", "2 weeks", "1 month", None],
    "key": ["true", "false", "true", "yes", None, "TRUE"],
    "note": ["gift", "gift ", "\u3000gift", "it's", "null", None, 'q"'],
    "filled_by": ["clerk", "Manager", "house.clerk", "x", None],
    "totals.month": ["0", "300", "450", None, "lots"],
    "actor.level": ["3", None, None, None, "x"],
    "approvals": [None] * 9 + ["review=bob"],
    "language": [None, None, None, "en", "zh", "fr"],
    "outcome": ["permit", "deny", None, "escalate", "yes"],
    "order_id": ["A1", "B2"],
    "useless": ["x", "y"],
}  # fmt: skip
SELDOM = ("totals.month", "actor.level", "approvals", "language", "useless", "outcome")


@pytest.fixture
def house(remit, file, monkeypatch):
    file("old/house.remit", OLD)
    file("new/house.remit", NEW)
    for side in ("old", "new"):
        file(f"{side}/directory.yaml", PEOPLE)
    monkeypatch.setattr(run, "MANY", 0)
    return remit


def both(house, source: str, *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The result in SQL and row by row, each with its list."""
    found = []
    for option in ((), ("--row-by-row",)):
        ran = house("impact", "new", "--against", source, "--json", "--limit", "50",
                    "--list", "list.jsonl", *option, *words)  # fmt: skip
        assert ran.code in (0, 1), (ran.out, ran.err)
        listed = [json.loads(line) for line in Path("list.jsonl").read_text().splitlines()]
        for key in ("rules", "same_outcome"):
            ran.document[key].sort(key=json.dumps)
        found.append({**ran.document, "listed": listed})
    for document in found:
        for key in ("rules", "same_outcome", "actions", "positions"):
            document[key] = sorted(document[key], key=json.dumps)
        document["first_errors"].sort(key=json.dumps)
    return found[0], found[1]


def parquet(rows: list[dict[str, Any]], casts: dict[str, str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = (json.dumps({n: row.get(n) for n in names}, ensure_ascii=False) for row in rows)
    Path("rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    shown = ", ".join(
        f'{casts[name]} AS "{name}"' if name in casts else f'"{name}"' for name in names
    )
    duckdb.sql(f"""COPY (SELECT {shown} FROM read_json('rows.jsonl', format = 'newline_delimited',
                   columns = {{{columns}}})) TO 'rows.parquet' (FORMAT parquet)""")
    return "rows.parquet"


@pytest.fixture
def seen(monkeypatch):
    """How many rows came back to be read one by one, and that SQL was at work at all."""
    counts = []
    original = seen_rows._length

    def length(work: Any) -> int:
        counts.append(original(work))
        return counts[-1]

    monkeypatch.setattr(seen_rows, "_length", length)
    return counts


@pytest.mark.parametrize("seed", range(6))
def test_texts_of_every_kind(house, seen, seed):
    chance = random.Random(seed)
    names = [n for n in WORDS if n not in SELDOM or chance.random() < 0.4]
    rows = [{name: chance.choice(WORDS[name]) for name in names} for _ in range(250)]
    for row in rows:  # most cells of most rows are plain
        for name in names:
            if chance.random() < 0.75:
                row[name] = WORDS[name][0]
    source = parquet(rows, {})
    old = ("--old", "old") if chance.random() < 0.7 or "outcome" not in names else ()
    if chance.random() < 0.3:
        old = (*old, "--new-as-of", "2026-03-20")
    ours, theirs = both(house, source, *old)
    assert ours == theirs
    assert len(seen) == 1
    assert ours["rows"] == 250


CASTS = [
    {"rate": 'TRY_CAST(rtrim("rate", \'%\') AS DECIMAL(9, 4)) / 100'},
    {"rate": 'TRY_CAST(rtrim("rate", \'%\') AS DOUBLE)', "total": 'TRY_CAST("total" AS DOUBLE)'},
    {"total": 'TRY_CAST("total" AS DECIMAL(38, 6))', "amount": 'TRY_CAST("amount" AS HUGEINT)'},
    {"total": 'TRY_CAST("total" AS BIGINT)', "count": 'TRY_CAST("count" AS TINYINT)'},
    {"count": 'TRY_CAST("count" AS DOUBLE)', "key": 'TRY_CAST("key" AS BOOLEAN)'},
    {"as_of": 'TRY_CAST("as_of" AS DATE)', "customer.since": 'TRY_CAST("customer.since" AS DATE)'},
    {"as_of": 'TRY_CAST("as_of" AS TIMESTAMP)', "term": 'TRY_CAST("term" AS INTEGER)'},
    {"ratio": 'TRY_CAST("ratio" AS DECIMAL(18, 9))', "note": 'TRY_CAST("count" AS INTEGER)'},
    {"customer.since": 'TRY_CAST("as_of" AS TIMESTAMP) + INTERVAL 1 HOUR'},
    {"filled_by": 'TRY_CAST("count" AS INTEGER)', "key": 'TRY_CAST("count" AS INTEGER)'},
    {"actor": 'TRY_CAST("count" AS INTEGER)'},
    {"rate": 'TRY_CAST("count" AS DATE)', "total": "[1.5, 2]"},
]  # fmt: skip


@pytest.mark.parametrize("casts", CASTS, ids=", ".join)
def test_columns_of_every_type(house, seen, casts):
    chance = random.Random(7)
    names = [n for n in WORDS if n not in SELDOM]
    rows = [{name: chance.choice(WORDS[name]) for name in names} for _ in range(120)]
    for row in rows:
        for name in names:
            if chance.random() < 0.6:
                row[name] = WORDS[name][0]
    ours, theirs = both(house, parquet(rows, casts), "--old", "old")
    assert ours == theirs
    assert len(seen) == 1


def test_nested_columns(house, seen):
    duckdb.sql("""COPY (SELECT 'clerk' AS actor, 'discount' AS action, DATE '2026-02-01' AS as_of,
        {'rate': (r / 1000)::DECIMAL(9, 4), 'total': r::BIGINT,
         'customer': {'id': 'c', 'region': 'north', 'nonsense': r}} AS facts,
        true AS key, (r % 7)::SMALLINT AS count, 0.5::DECIMAL(3, 2) AS ratio,
        CASE WHEN r % 9 = 0 THEN [{'price': 3::BIGINT}] END AS lines,
        {'month': r::BIGINT} AS totals, 1000 AS "customer.line", {'a': 'x'} AS strange
        FROM range(60) t(r)) TO 'rows.parquet' (FORMAT parquet)""")
    ours, theirs = both(house, "rows.parquet", "--old", "old")
    assert ours == theirs
    assert ours["errors"] == 0
    assert ours["unused"] == ["strange.a"]
    assert len(seen) == 1


@pytest.mark.parametrize(
    "select",
    [
        "'{}' AS request, 'permit' AS outcome",
        "{'person': 'ann'} AS actor",
        "5 AS \"customer.id\", {'id': 'x'} AS customer",
        "5 AS total, {'total': 'x'} AS facts",
        "5 AS remit_row",
        "5 AS file_row_number",
        "'{}' AS facts",
    ],
)
def test_what_only_the_reader_of_rows_understands(house, seen, select):
    duckdb.sql(f"""COPY (SELECT 'discount' AS action, DATE '2026-02-01' AS as_of, '3%' AS rate,
        {select}) TO 'rows.parquet' (FORMAT parquet)""")
    ours, theirs = both(house, "rows.parquet", "--old", "old", "--action", "discount")
    assert ours == theirs
    assert seen == []


def test_facts_of_the_command_line_are_read_row_by_row(house, seen):
    source = parquet([{"actor": "clerk", "rate": "3%", "as_of": "2026-02-01"}] * 3, {})
    words = ("--old", "old", "--action", "discount", "count=4", "key=true")
    ours, theirs = both(house, source, *words)
    assert ours == theirs
    assert seen == []


def test_what_the_command_line_says_for_all_rows(house, seen):
    rows = [{"actor": a, "rate": r, "key": "true", "count": "5", "note": "", "ratio": "0.5"}
            for a in ("clerk", "Manager", "dora") for r in ("2%", "3%", "4%")]  # fmt: skip
    words = ("--old", "old", "--action", "discount", "--as-of", "2026-03-05", "--requester", "bob")
    ours, theirs = both(house, parquet(rows, {}), *words)
    assert ours == theirs
    assert ours["errors"] == 0
    assert len(seen) == 1


def test_plain_rows_stay_in_sql(house, seen, monkeypatch):
    monkeypatch.setattr(together, "FEW_ROWS", 0)
    plain = {
        "action": "discount", "key": "true", "count": "4", "customer.region": "East", "note": "",
        "customer.line": "900", "ratio": "0.5", "customer.since": "2020-01-01", "term": "3 days",
    }  # fmt: skip
    rows = [
        {**plain, "actor": a, "rate": f"{n % 15}%", "total": f"{n}.5",
         "as_of": f"2026-03-{n % 28 + 1:02}"}
        for n in range(200)
        for a in ("clerk", "boss", "dora")
    ]  # fmt: skip
    source = parquet(rows, {})
    found = house("impact", "new", "--old", "old", "--against", source, "--json", "--limit", "0")
    assert found.document["changed"]["rows"] > 50
    kinds = len(found.document["changes"])
    assert seen[0] <= kinds, "rows that are neither odd nor shown came back"


def test_where_sql_and_the_engine_disagree_the_run_ends(house, monkeypatch):
    monkeypatch.setattr(together, "FEW_ROWS", 0)
    rows = [{"actor": "clerk", "rate": "3.5%", "action": "discount", "as_of": "2026-02-01",
             "key": "true", "count": "4", "ratio": "0.5", "total": "1", "customer.line": "2",
             "note": ""}] * 3  # fmt: skip
    source = parquet(rows, {})
    words = ("impact", "new", "--old", "old", "--against", source)
    assert house(*words).code == 0
    monkeypatch.setattr(seen_rows, "row_of", another_row)
    ran = house(*words)
    assert ran.code == 70
    assert "SQL and the engine answer row 1 otherwise" in ran.err


def another_row(number: int, cells: dict[str, Any], ids: tuple[str, ...]) -> Any:
    from remit_api.batch.parquet_rows import row_of

    return row_of(number, {**cells, "rate": "99%"}, ids)


def test_a_file_that_breaks_on_the_way(house):
    source = parquet([{"actor": "clerk", "rate": "3%", "as_of": "2026-02-01"}] * 3, {})
    data = Path(source).read_bytes()
    Path("broken.parquet").write_bytes(data[:20] + b"\xff" * 40 + data[60:])
    ran = house(
        "impact", "new", "--old", "old", "--against", "broken.parquet", "--action", "discount"
    )
    assert ran.code in (4, 74)
    assert "remit itself failed" not in ran.err


def test_an_empty_file(house):
    duckdb.sql("""COPY (SELECT 'clerk' AS actor, 'discount' AS action WHERE false)
                  TO 'rows.parquet' (FORMAT parquet)""")
    ours, theirs = both(house, "rows.parquet", "--old", "old")
    assert ours == theirs
    assert ours["rows"] == 0


@pytest.mark.parametrize("gone", ["old", "new"])
def test_an_action_that_only_one_text_has(house, file, seen, gone):
    text = (OLD if gone == "old" else NEW).replace("discount", "rebate")
    file(f"{gone}/house.remit", text)
    rows = [{"actor": "clerk", "rate": "2%", "action": a, "as_of": "2026-02-01", "note": "gift"}
            for a in ("discount", "pay", "rebate", "nothing")]  # fmt: skip
    ours, theirs = both(house, parquet(rows, {}), "--old", "old")
    assert ours == theirs
    assert ours["errors"] == 3
    assert len(seen) == 1


def test_no_action_of_the_rows_is_known(house):
    rows = [{"actor": "clerk", "action": "nothing", "as_of": "2026-02-01"}] * 3
    ours, theirs = both(house, parquet(rows, {}), "--old", "old")
    assert ours == theirs
    assert ours["errors"] == 3


def test_recorded_outcomes_alone(house, seen):
    plain = {"actor": "clerk", "rate": "2%", "action": "discount", "as_of": "2026-02-01"}
    recorded = ("permit", "deny", None, "perhaps")
    rows = [{**plain, "note": "gift", "outcome": outcome} for outcome in recorded]
    ours, theirs = both(house, parquet(rows, {}))
    assert ours == theirs
    assert ours["errors"] == 2
    assert len(seen) == 1


def test_a_fact_of_computed_money_is_read_row_by_row(house, file, seen):
    for side in ("old", "new"):
        text = (OLD if side == "old" else NEW).replace("limit on amount", "limit on amount * 2")
        file(f"{side}/house.remit", text)
    rows = [{"actor": "clerk", "action": "pay", "amount": str(n), "as_of": "2026-02-01"}
            for n in (10, 30, 60)]  # fmt: skip
    ours, theirs = both(house, parquet(rows, {}), "--old", "old")
    assert ours == theirs
    assert ours["money"] == [{"action": "pay", "fact": "the measure"}]
    assert sum(int(t["money"][0]["value"]) for t in (ours["same"], ours["changed"])
               if t["money"]) == 200  # fmt: skip


def test_money_of_quintillions_is_added_exactly(house):
    rows = [{"actor": "dora", "rate": "1%", "action": "discount", "as_of": "2026-02-01",
             "total": "899999999999.9999"}] * 400  # fmt: skip
    ours, theirs = both(house, parquet(rows, {}), "--old", "old")
    assert ours == theirs
    assert "359999999999999.96" in json.dumps(ours)


def test_the_file_says_what_its_columns_say(house, seen):
    """A name with `*` or `[` is one file; `actor=dora` over it is no column."""
    plain = {"rate": "2%", "action": "discount", "note": "gift", "as_of": "2026-02-01"}
    Path("actor=dora/rate=1%").mkdir(parents=True)
    for path, actor in (("r[1].parquet", "clerk"), ("r1.parquet", "dora"), ("r*.parquet", "clerk"),
                        ("actor=dora/rate=1%/r?.parquet", "clerk")):  # fmt: skip
        Path(parquet([{"actor": actor, **plain}], {})).rename(path)
        ours, theirs = both(house, path, "--old", "old")
        assert ours == theirs
        assert ours["rows"] == 1
        assert [p["position"] for p in ours["positions"]] == [actor.replace("dora", "director")]
    assert len(seen) == 4


def test_a_moment_in_a_time_zone_is_one_bad_row(house, seen):
    plain = {"actor": "clerk", "rate": "2%", "action": "discount", "note": "gift"}
    days = ("1772409600000000", None)
    rows = [{**plain, "as_of": "2026-02-01", "useless": day} for day in days]
    source = parquet(rows, {"useless": 'make_timestamptz("useless"::BIGINT)'})
    ours, theirs = both(house, source, "--old", "old")
    assert ours == theirs
    assert (ours["rows"], ours["errors"]) == (2, 1)
    assert "a moment in a time zone" in json.dumps(ours["first_errors"])
    assert seen


def test_why_the_rows_are_read_one_by_one(house):
    rows = [{"actor": "clerk", "rate": "2%", "action": "discount", "as_of": "2026-02-01"}]
    words = ("impact", "new", "--old", "old", "--against", parquet(rows, {}), "note=gift")
    reason = "the rows are read one by one: facts of the command line"
    assert reason in house(*words, "--verbose").err
    assert reason not in house(*words).err


def test_an_interrupted_statement_is_an_interrupted_run(house, monkeypatch):
    def interrupted(*given: Any) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(run, "run_in_sql", interrupted)
    rows = [{"actor": "clerk", "rate": "2%", "action": "discount", "as_of": "2026-02-01"}]
    ran = house("impact", "new", "--old", "old", "--against", parquet(rows, {}))
    assert ran.code == 130
    assert "bug" not in ran.err
