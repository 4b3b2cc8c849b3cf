"""What two texts say differently: nothing for layout and order, something for all else."""

from __future__ import annotations

from random import Random

import pytest

from engine.asking import PEOPLE, loaded
from engine.generators import examples, written
from remit_dsl.printing.formatter import format
from remit_dsl.source import Source
from remit_engine.analysis.difference.change import Change, Weight, sentence
from remit_engine.analysis.difference.structure import changes
from remit_engine.rules.lower import lower

ACT = """
action pay "Pay" { amount money  urgent boolean  limit on amount }
"""
RULES = """
authority pay {
  small: clerk may approve up to 100 when amount > 1 and urgent
  manager may approve up to ceiling
  director may approve any
  stop: nobody may approve when amount < 0
  approve over 500 needs review by auditor and countersign by treasurer
  requester may not approve
  escalate to the first superior able
}
"""
PARAMETER = "parameter ceiling: money { from 2026-01-01 -> 1_000  from 2026-07-01 -> 2_000 }\n"
HOUSE = PEOPLE + ACT + PARAMETER + RULES


def found(old: str, new: str) -> tuple[Change, ...]:
    return changes(lower(loaded(old)), lower(loaded(new)))


def said(new: str, old: str = HOUSE) -> list[str]:
    """The differences as a reader sees them."""
    return [sentence(c) for c in found(old, new)]


def edited(*edits: tuple[str, str]) -> str:
    text = HOUSE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


# --- nothing ---------------------------------------------------------------------------------


def test_layout_and_order_are_no_difference_in_random_policies():
    for seed in range(examples(100, 5_000)):
        rnd = Random(seed)
        house = written(rnd)
        text = house.text()
        formatted = format(Source("house.remit", text))
        assert isinstance(formatted, str)
        declarations, statements = list(house.declarations), list(house.statements)
        rnd.shuffle(declarations)
        rnd.shuffle(statements)
        shuffled = "# a remark\n" + house.text(declarations, statements)
        before = lower(loaded(text))
        for other in (formatted, shuffled):
            assert changes(before, lower(loaded(other))) == (), (seed, other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("up to 100 when", "up to 100.00 CNY when"),
        ("2_000", "2000"),
        ("1_000 ", "0.1万 "),
        ("amount > 1 and urgent", "urgent and (1 < amount)"),
        ("amount < 0", "not amount >= 0"),
        ("review by auditor and countersign by treasurer",
         "countersign by treasurer and review by auditor"),
        ("director may approve any", "director may approve any # he may"),
        ("escalate to the first superior able\n", ""),
        ("director may approve any", "director may approve any\n  director may approve any"),
        ("review by auditor and countersign by treasurer",
         "(countersign by treasurer and (review by auditor and review by auditor))"),
    ],
)  # fmt: skip
def test_other_spellings_of_the_same_are_no_difference(old, new):
    assert said(edited((old, new))) == []


def test_one_sentence_for_two_positions_or_two_sentences():
    one = HOUSE.replace("director may approve any", "director, auditor may approve any")
    two = HOUSE.replace(
        "director may approve any", "auditor may approve any\n  director may approve any"
    )
    assert said(two, one) == []


def test_files_in_another_order():
    a, b = PEOPLE, "policy work { currency CNY }\nuse house\n" + ACT + PARAMETER + RULES
    old = lower(loaded({"a.remit": a, "b.remit": b}))
    new = lower(loaded({"z.remit": a, "b.remit": b}))
    assert changes(old, new) == ()


# --- something, in words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("up to 100 when", "up to 120 when",
         "clerk may approve pay: limit moved from up to 100 to up to 120, "
         "when amount > 1 and urgent"),
        ("up to 100 when", "under 100 when",
         "clerk may approve pay: limit moved from up to 100 to under 100, "
         "when amount > 1 and urgent"),
        ("amount > 1 and urgent", "amount > 1",
         "clerk may approve pay up to 100: condition was when amount > 1 and urgent, and is now "
         "when amount > 1"),
        ("when amount > 1 and urgent", "unless amount > 1",
         "clerk may approve pay up to 100: condition was when amount > 1 and urgent, and is now "
         "when not (amount > 1)"),
        ("up to 100 when amount > 1 and urgent", "up to 100",
         "clerk may approve pay up to 100: condition was when amount > 1 and urgent, and there "
         "is none now"),
        ("  stop: nobody may approve when amount < 0\n", "",
         "prohibition lifted: nobody may approve pay when amount < 0"),
        ("requester may not approve", "auditor may sign any",
         "bar lifted: requester may not approve pay"),
        ("director may approve any", "director may approve unset",
         "director may approve pay: limit moved from any to unset"),
        ("over 500 needs", "over 400 needs",
         "approve pay needs review by auditor and countersign by treasurer: "
            "bound moved from over 500 to over 400"),
        ("review by auditor", "review by director",
         "approve pay over 500: steps moved from review by auditor and countersign by treasurer to "
         "review by director and countersign by treasurer"),
        ("review by auditor and", "review by auditor then",
         "approve pay over 500: steps moved from review by auditor and countersign by treasurer to "
         "review by auditor then countersign by treasurer"),
        ("director may approve any", "director may approve any until 2027-01-01",
         "director may approve pay: period was always, and is now until 2027-01-01"),
        ("escalate to the first superior able", "escalate through every level",
         "pay: escalation moved from the first superior able to every level"),
        ("{ reports to director }", "", "position manager: superior was director, and is no "
         "longer said"),
        ("urgent boolean ", "urgent boolean optional ",
         "pay: fact urgent moved from boolean to boolean optional"),
        ("limit on amount", "limit on amount + 1",
         "pay: what limits measure moved from amount to amount + 1"),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_words(old, new, words):
    assert words in said(edited((old, new)))


def test_a_parameter_is_told_with_the_limits_it_moves():
    assert said(edited(("-> 2_000", "-> 2_500"))) == [
        "ceiling: value moved from 2,000.00 CNY to 2,500.00 CNY, from 2026-07-01 "
        "(read by: manager may approve pay)",
        "manager may approve pay: limit moved from up to 2,000.00 CNY to up to 2,500.00 CNY, "
        "by ceiling, from 2026-07-01",
    ]


def test_a_day_that_moves_is_told_as_the_time_between():
    assert said(edited(("2026-07-01", "2026-08-01")))[0].startswith(
        "ceiling: value moved from 2,000.00 CNY to 1,000.00 CNY, from 2026-07-01 until 2026-08-01"
    )


def test_a_moved_label_is_matched_by_what_it_says():
    new = edited(("stop: nobody", "floor: nobody"))
    (change,) = found(HOUSE, new)
    assert change.weight is Weight.WORDING
    assert sentence(change) == "nobody may approve pay: name moved from stop to floor"


def test_labels_and_reasons_are_wording():
    new = edited(("action pay", "# pay\naction pay"), ("< 0", '< 0 because "not so"'))
    new = new.replace("ceiling: money", 'ceiling "Ceiling": money')
    assert {c.weight for c in found(HOUSE, new)} == {Weight.WORDING}
    assert len(found(HOUSE, new)) == 2


def test_rules_that_change_places_and_limits_are_matched_by_label():
    rules = (
        "authority pay {{\n a: clerk may approve up to {}\n b: clerk may approve up to {} {}\n}}"
    )
    old = PEOPLE + ACT + rules.format(10, 20, "when urgent")
    new = PEOPLE + ACT + rules.format(11, 20, "when urgent")
    assert said(new, old) == ["clerk may approve pay: limit moved from up to 10 to up to 11"]


def test_a_policy_header_tells_its_own_days():
    new = HOUSE.replace("{ currency CNY", "{ effective from 2026-02-01 currency CNY", 1)
    assert said(new) == ["policy house: in force from is now 2026-02-01, and was not said"]


def test_superiors_inherit_is_told_by_the_rights_it_gives():
    told = said(edited(("escalate to", "superiors inherit\n  escalate to")))
    words = "director and manager may approve pay up to 100 when amount > 1 and urgent"
    assert f"new right: {words}" in told


def test_tables_tell_their_rows():
    table = """
enum Kind {{ gift sold }}
table part (kind: Kind, amount: money) gives percent {} {{
  {}
}}
"""
    old = PEOPLE + table.format(
        "first", "gift, any -> 1%\n  any, up to 5_000 -> 2%\n  any, any -> 3%"
    )
    same = PEOPLE + table.format(
        "first", "gift, any -> 1%\n  any, up to 5000 -> 2%\n  any, any -> 3%"
    )
    row = same.replace("-> 2%", "-> 2.5%")
    order = PEOPLE + table.format(
        "first", "any, up to 5_000 -> 2%\n  gift, any -> 1%\n  any, any -> 3%"
    )
    assert said(same, old) == []
    assert said(row, old) == ["table part: row any, up to 5000 moved from 2% to 2.5%"]
    assert said(order, old) == [
        "table part: order of rows moved from gift, any; any, up to 5_000; any, any to "
        "any, up to 5_000; gift, any; any, any"
    ]


def test_the_order_of_rows_is_nothing_where_each_input_has_one():
    table = """
enum Kind {{ gift sold }}
table part (kind: Kind) gives percent {{ {} }}
"""
    old, new = (PEOPLE + table.format(rows) for rows in
                ("gift -> 1%  sold -> 2%", "sold -> 2%  gift -> 1%"))  # fmt: skip
    assert said(new, old) == []


def test_an_empty_block_against_a_full_one():
    bare = PEOPLE + ACT + PARAMETER
    told = said(bare)
    assert "right withdrawn: director may approve pay any" in told
    assert len(told) == len(said(HOUSE, bare)) == 6


def test_delegations_rates_rights_and_waivers():
    more = (
        HOUSE.replace("currency CNY", "currency CNY", 1)
        + """
exchange USD to CNY { from 2026-01-01 -> 7.1 }
right release implies review
delegation of pay { to one level below  at most 90 days  never onward }
waive monotone on pay because "finance pays, it does not sell"
"""
    )
    edits = {
        "-> 7.1": ("-> 7.2", "USD to CNY: value moved from 7.1 to 7.2, from 2026-01-01"),
        "implies review": ("implies sign", "verb release: implies sign is new"),
        "at most 90 days": (
            "at most 60 days",
            "pay: delegation to one level below, at most 60 days, never onward is new",
        ),
        "waive monotone on pay": ("waive monotone of approve on pay",
                                  "new waiver: monotone of approve on pay"),
        "finance pays, it": (
            "treasury pays, it",
            "waiver monotone on pay: reason moved from "
            '"finance pays, it does not sell" to "treasury pays, it does not sell"',
        ),
    }  # fmt: skip
    for old, (new, words) in edits.items():
        assert words in said(more.replace(old, new, 1), more)
    assert found(more, more.replace("finance pays", "we pay"))[0].weight is Weight.WORDING


def test_a_text_in_chinese():
    old = (
        PEOPLE
        + """
position 销售经理 "经理"
action 折扣 { 比例 percent  limit on 比例 }
authority 折扣 { 销售经理 may approve up to 10% }
"""
    )
    assert said(old.replace("10%", "12%"), old) == [
        "销售经理 may approve 折扣: limit moved from up to 10% to up to 12%"
    ]


def test_a_remark_inside_a_rule_is_not_quoted():
    new = edited(("amount > 1 and urgent", "amount > 1 and # now\n not urgent"))
    told = said(new)
    assert told == [
        "clerk may approve pay up to 100: condition was when amount > 1 and urgent, and is now "
        "when amount > 1 and not urgent"
    ]


def needing(steps: str) -> str:
    return (
        f"{PEOPLE}{ACT}authority pay {{ director may approve any  approve over 5 needs {steps} }}"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("review by clerk and countersign by manager and evidence x",
         "(evidence x and countersign by manager) and review by clerk"),
        ("review by clerk then countersign by manager then evidence x",
         "review by clerk then (countersign by manager then evidence x)"),
        ("2 of (clerk, manager)", "2 of (manager, clerk)"),
    ],
)  # fmt: skip
def test_steps_grouped_otherwise_are_no_difference(old, new):
    assert said(needing(new), needing(old)) == []


def test_the_order_of_a_sequence_is_a_difference():
    one = "review by clerk then (countersign by manager and evidence x)"
    other = "(review by clerk then countersign by manager) and evidence x"
    assert len(said(needing(other), needing(one))) == 1


def test_the_label_of_an_evidence_is_wording():
    one, other = (needing(f'evidence paper "{name}"') for name in ("Paper", "Other paper"))
    (change,) = found(one, other)
    assert change.weight is Weight.WORDING
    assert sentence(change) == (
        'approve pay: label of evidence paper moved from "Paper" to "Other paper"'
    )


LISTS = """
record Line {{ v: integer  w: integer }}
action order {{ amount money  l list of Line  limit on amount }}
authority order {{ director may approve any when {} }}
"""


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("any(i in l where any(i in l where all(j in l where i.v > j.w)))",
         "any(i in l where any(i in l where all(j in l where j.v > i.w)))", False),
        ("any(i in l where any(j in l where i.v > j.w))",
         "any(a in l where any(b in l where a.v > b.w))", True),
        ("any(i in l where any(j in l where i.v > j.w))",
         "any(i in l where any(i in l where i.v > i.w))", False),
        ("any(i in l where any(i in l where all(j in l where i.v > j.w)))",
         "any(a in l where any(b in l where all(c in l where b.v > c.w)))", True),
    ],
)  # fmt: skip
def test_names_bound_twice_are_what_the_inner_one_says(old, new, same):
    texts = (PEOPLE + LISTS.format(condition) for condition in (old, new))
    one, other = texts
    assert (said(other, one) == []) is same


def test_five_hundred_rules_are_compared_in_a_moment():
    rules = [f"r{i}: clerk may approve up to {i} when amount != {i}" for i in range(500)]
    start, end = PEOPLE + ACT + "authority pay {\n", "\n}"
    old = start + "\n".join(rules) + end
    new = start + "\n".join(["extra: clerk may sign any", *reversed(rules)]) + end
    assert said(new, old) == ["new right: clerk may sign pay any"]
