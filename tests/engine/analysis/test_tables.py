"""Tables and bands: what the checker proved, and what depends on the day."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.findings import HOUSE, ask
from remit_dsl.loader import check_text
from remit_engine.analysis.answer import Status
from remit_engine.analysis.tables import table_faults, tables

TOP = "parameter top: money {{ from 2026-01-01 -> {}  from 2026-07-01 -> {} }}\n"
FEE = "table fee (amount: money) gives money {} {{\n  up to top -> 1\n  over 100 -> 2\n}}\n"


def fee(early: str, late: str, hit: str = "unique") -> str:
    return HOUSE + TOP.format(early, late) + FEE.format(hit)


def test_what_the_checker_has_proved() -> None:
    text = (
        "table a (x: boolean) gives money { true -> 1  false -> 2 }\n"
        "table b (x: boolean) gives money first { true -> 1  any -> 2 }\n"
        "table c (x: boolean) gives money collect sum { true -> 1 }\n"
    )
    found = ask(tables, HOUSE + text).silent()
    assert [a.about.name for a in found.answers] == ["house.a", "house.b"]


def test_cells_with_a_parameter_are_proved_day_by_day() -> None:
    ask(tables, fee("100", "100")).silent()


def test_rows_that_meet_from_some_day_on() -> None:
    found = ask(tables, fee("100", "200"))
    found.says(
        "W0817 from 2026-07-01 on this row and the row on line 8 both hold for `amount` = `200`"
    )
    found.underlines("over 100 -> 2").points("the other row: up to top -> 1")
    ask(tables, fee("100", "200"), "2026-07-01").says(
        "W0817 this row and the row on line 8 both hold for `amount` = `200`"
    )
    ask(tables, fee("200", "100"), "2026-07-01").silent()
    ask(tables, fee("100", "200", "first")).silent()


def test_an_input_without_a_row_from_some_day_on() -> None:
    for hit in ("unique", "first"):
        found = ask(tables, fee("100", "50", hit)).underlines("fee")
        found.says("W0817 from 2026-07-01 on table `fee` has no row for `amount` = `100`")
        found.helps("add a row for it")


def test_a_value_that_is_not_set_leaves_nothing_to_prove() -> None:
    ask(tables, fee("100", "unset")).silent()
    found = ask(tables, fee("unset", "unset"))
    found.says(
        "W0815 for table `fee` it could not be settled that no two rows overlap and none is missing"
    )
    assert found.answers[0].why == "a value its cells depend on is not set"


def test_through_definitions_and_other_values() -> None:
    text = (
        TOP.format("100", "unset").replace("unset", "100")
        + "parameter twice: money = 2 * top\ndefine cap: money = twice / 2\n"
        + FEE.format("").replace("up to top", "up to cap")
    )
    ask(tables, HOUSE + text).silent()
    ask(tables, HOUSE + text.replace("twice / 2", "twice")).says(
        "W0817 this row and the row on line 10 both hold for `amount` = `200`"
    )


def test_too_many_days() -> None:
    found = ask(tables, fee("100", "100"), steps=3)
    assert found.answers[0].status is Status.UNKNOWN
    assert found.answers[0].why == "its values change on 1 days, and it has 2 rows"


def test_rows_too_entangled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit_dsl.tables.proof.MOST_STEPS", 1)
    text = HOUSE + (
        "table fee (a: money, b: money) gives money first {\n"
        "  up to 5, up to 5 -> 1\n  over 5, any -> 2\n  any, over 5 -> 3\n}\n"
    )
    found = ask(tables, text)
    found.says("W0815 for table `fee` it could not be settled that none is missing")
    assert found.answers[0].why == "its rows overlap in too many ways to look at all of them"
    (told,) = table_faults(check_text(text)[1])
    assert (told.status, told.finding and told.finding.code) == (Status.UNKNOWN, "W0511")


def test_an_interval_that_a_value_turns_round_holds_for_nothing() -> None:
    text = TOP.format("9", "4") + (
        "table fee (n: money) gives money {\n"
        "  under 5 -> 1\n  between 5 and top -> 2\n  over top -> 3\n}\n"
    )
    ask(tables, HOUSE + text).says(
        "W0817 from 2026-07-01 on this row and the row on line 8 both hold for `n` = `4.1`"
    )


def test_bands_whose_ends_depend_on_the_day() -> None:
    text = (
        "define due: money = bands of amount { under top -> 1  up to 60 -> 2  otherwise -> 3 }\n"
        "authority pay { clerk may approve up to due }\n"
    )
    assert ask(tables, HOUSE + TOP.format("50", "60") + text).silent().answers
    found = ask(tables, HOUSE + TOP.format("50", "61") + text)
    found.says("W0817 from 2026-07-01 on this band is never reached")
    found.underlines("60").points("this one ends no lower: top")
    assert found.answers[0].about.name == "house.due"


def test_bands_with_an_end_between_two_that_do_not_ascend() -> None:
    text = (
        "define due: money = bands of amount {\n"
        "  under 60 -> 1  under top -> 2  under 25 -> 3  otherwise -> 4\n}\n"
        "authority pay { clerk may approve up to due }\n"
    )
    ask(tables, HOUSE + TOP.format("unset", "unset") + text).says(
        "W0817 this band is never reached"
    )


def test_bands_of_facts_are_left_alone() -> None:
    text = (
        "action order { total money  low money  limit on total }\n"
        "define due: money = bands of total { under low -> 1  otherwise -> 3 }\n"
        "authority order { clerk may approve up to due }\n"
    )
    ask(tables, HOUSE + text).silent()


# --- faults --------------------------------------------------------------------------------


def test_faults_of_a_policy_that_does_not_load() -> None:
    text = HOUSE + (
        "table a (x: money) gives money { up to 5 -> 1  at least 5 -> 2 }\n"
        "table b (x: money) gives money { under 5 -> 1  over 5 -> 2 }\n"
        + TOP.format("1", "2")
        + FEE.format("")
        + "define d: money = nobody_knows\n"
    )
    program, diagnostics = check_text(text)
    assert program is None
    found = table_faults(diagnostics)
    assert [(a.status.value, a.finding.code) for a in found if a.finding] == [
        ("refuted", "E0421"),
        ("refuted", "E0422"),
        ("unknown", "W0508"),
    ]
    assert table_faults([]) == []


# --- against the checker -------------------------------------------------------------------

CELLS = st.one_of(
    st.builds("{} {{}}".format, st.sampled_from(["up to", "under", "over", "at least"])),
    st.just("{}"),
    st.just("not {}"),
)
ROWS = st.lists(st.tuples(CELLS, st.integers(1, 4)), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sampled_from(["unique", "first"]), st.sampled_from(["money", "integer"]))
def test_the_same_verdict_as_for_constants(
    rows: list[tuple[str, int]], hit: str, type_: str
) -> None:
    """A table over parameters stands and falls with the same table over their values."""

    def written(name: str) -> str:
        lines = "\n".join(f"{cell.format(name.format(n))} -> 1" for cell, n in rows)
        return f"table fee (x: {type_}) gives money {hit} {{\n{lines}\n}}\n"

    constants = check_text(HOUSE + written("{}"), "house.remit")[1]
    wrong = [d.code for d in constants if d.code in ("E0421", "E0422")]
    values = "".join(f"parameter p{n}: {type_} = {n}\n" for n in range(1, 5))
    found = ask(tables, HOUSE + values + written("p{}"))
    (answer,) = found.answers
    assert (answer.status is Status.REFUTED) == bool(wrong)
    if answer.finding is not None:
        assert ("both hold" in answer.finding.message) == ("E0421" in wrong)


@pytest.mark.parametrize("cell", ["north", "harbin", "not north", "any", "not harbin"])
def test_columns_of_names_beside_one_with_values(cell: str) -> None:
    text = (
        "enum Region { north { harbin } south }\n"
        + TOP.format("5", "5")
        + f"table fee (r: Region, n: money) gives money first {{\n  {cell}, up to top -> 1\n"
        "  any, over top -> 2\n  any, any -> 3\n}\n"
    )
    ask(tables, HOUSE + text).silent()
