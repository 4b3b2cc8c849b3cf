"""Watches and duties that do not do what they are written for."""

from __future__ import annotations

from random import Random

import pytest

from engine.analysis.findings import DAY, Found, ask
from engine.asking import loaded
from engine.generators import examples
from engine.watch.following import HEAD, held, people
from engine.watch.streams import START, house_and_stream
from remit_engine.analysis.answer import Status
from remit_engine.analysis.prove import prove
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.watching import NEVER, watching
from remit_engine.rules.lower import lower
from remit_engine.watch.watcher import Watcher


def on_customer(rule: str) -> str:
    return f"{HEAD}watch c on Customer {{\n  r: when {rule} notify board\n}}\n"


def said(text: str) -> Found:
    return ask(watching, text)


ODD = 'Return where (product = "a" and product = "b")'


@pytest.mark.parametrize(
    ("rule", "conditions"),
    [
        ("exposure over 5 and exposure under 3", ["exposure over 5", "exposure under 3"]),
        ("region = east and region = west", ["region = east", "region = west"]),
        (
            "not (exposure over 5 or exposure at most 5)",
            ["not (exposure over 5 or exposure at most 5)"],
        ),
        ("count of Return within 9 days under 0", ["count of Return within 9 days under 0"]),
        (f"3 {ODD}", [f"3 {ODD}"]),
        (
            f"Complaint followed by {ODD} within 5 days",
            [f"Complaint followed by {ODD} within 5 days"],
        ),
        (
            "2 Return within month and count of Return within month under 2",
            ["2 Return within month", "count of Return within month under 2"],
        ),
        (
            "an Invoice stays amount over 5 and amount under 5 3 days after due",
            ["amount over 5", "amount under 5"],
        ),
        (
            "an Invoice where (amount over 5) stays amount under 5 3 days after due",
            ["amount over 5", "amount under 5"],
        ),
        (
            "an Invoice stays count of Payment under 0 3 days after due",
            ["count of Payment under 0"],
        ),
    ],
)
def test_a_rule_that_can_never_begin(rule: str, conditions: list[str]) -> None:
    shown = " and ".join(f"`{c}`" for c in conditions)
    why = "is never true" if len(conditions) == 1 else "exclude each other"
    found = said(on_customer(rule)).says(f"W0819 `w.c.r` can never begin: {shown} {why}")
    found.helps(
        "mend its conditions, leave it out, or give the reason: "
        '`waive watching at w.c.r because "…"`'
    )


def test_three_conditions_that_leave_nothing() -> None:
    of_three = (
        "exposure over 5 and credit_line over 5 and (exposure under 2 or credit_line under 2)"
    )
    said(on_customer(of_three)).says("W0819 `w.c.r` can never begin: its conditions leave nothing")


def test_what_clears_a_rule_wherever_it_would_begin() -> None:
    text = on_customer("exposure over 5 until exposure over 3")
    said(text).says(
        "W0819 `w.c.r` can never begin: `until exposure over 3` is true wherever it would"
    )
    said(on_customer("exposure over 5 until exposure over 8")).silent()


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("0 Return within 3 days", "`0 Return within 3 days`"),
        ("exposure over 5 or exposure at most 5", "`exposure over 5 or exposure at most 5`"),
        ("count of Return at most 3 or count of Return over 2",
         "`count of Return at most 3 or count of Return over 2`"),
    ],
)  # fmt: skip
def test_a_rule_that_always_holds(rule: str, shown: str) -> None:
    said(on_customer(rule)).says(
        f"W0820 `w.c.r` holds for every subject whose facts are known: {shown} is always true"
    )


def test_rows_that_always_stay_so() -> None:
    text = on_customer("an Invoice stays count of Payment at least 0 3 days after due")
    said(text).says(
        "W0820 `w.c.r` holds for every row whose facts are known: "
        "`count of Payment at least 0` is always true"
    )


@pytest.mark.parametrize(
    "rule",
    [
        "true",
        "exposure over 80% of credit_line until exposure at most 75% of credit_line",
        "sum of Return.amount under 0",
        "count of Return within 3 days at most 3 or count of Return within 5 days over 3",
        'note is given and note = "x"',
        "an Invoice where (amount over 5) stays amount over 6 3 days after due and region = west",
        "as_of >= 2026-01-01 and region in (east, west)",
        "exposure / credit_line over 1",
    ],
)  # fmt: skip
def test_what_may_be_so_or_not(rule: str) -> None:
    said(on_customer(rule)).silent()


def test_a_figure_that_was_not_fixed_is_told_elsewhere() -> None:
    line = "parameter line: money = unset\n"
    said(on_customer("exposure over line") + line).silent()


def test_a_freeze_of_what_nobody_may() -> None:
    idle = "action gift { customer: Customer  amount: money  limit on amount }\n"
    watch = "watch c on Customer {\n  r: when exposure over 5 freeze gift\n}\n"
    found = said(HEAD + idle + watch)
    found.says("W0821 `w.c.r` freezes `gift`, where nobody may anything").underlines("freeze gift")
    found.helps(
        "grant `gift` to somebody, name another action, or give the reason: "
        '`waive watching at w.c.r because "…"`'
    )
    said(HEAD + idle + watch + "authority gift { board may approve any }\n").silent()
    step = watch.replace("freeze gift", "require review by board on gift")
    said(HEAD + idle + step).says(
        "W0821 `w.c.r` asks for review on `gift`, where nobody may anything"
    )


def nobody(text: str, **staff: object) -> list[str]:
    directory = people(**staff)  # type: ignore[arg-type]
    answers = watching(lower(loaded(text)), Scope(DAY, directory))
    return [a.finding.message for a in answers if a.finding is not None]


def test_a_word_to_nobody() -> None:
    text = on_customer("exposure over 5").replace("notify board", "notify sales_manager, board")
    told = "is told to nobody: in the directory nobody holds `sales_manager` or `board`"
    assert nobody(text, ann=[held("sales_director")]) == [f"`w.c.r` {told}"]
    assert nobody(text, ann=[held("board", until="02-01")]) == [f"`w.c.r` {told}"]
    assert nobody(text, ann=[held("board", start="05-01")]) == []
    assert nobody(text) == []  # no directory: nothing is known
    duty = HEAD + "duty d: sales_manager reports to board daily with Report by author\n"
    told = "`w.d` is told to nobody: in the directory nobody holds `board`"
    assert nobody(duty, ann=[held("sales_manager")]) == [told]


@pytest.mark.parametrize(
    ("frequency", "unit", "until", "due"),
    [
        ("yearly by day 5", "year", "2026-12-31", False),
        ("yearly by day 5", "year", "2027-01-01", True),
        ("quarterly by day 5", "quarter", "2026-03-31", False),
        ("monthly by day 5", "month", "2026-01-31", False),
        ("monthly by day 5", "month", "2026-02-01", True),
        ("weekly by friday", "week", "2026-01-09", False),
        ("weekly by friday", "week", "2026-01-10", True),
        ("daily", "day", "2026-01-02", True),
    ],
)  # fmt: skip
def test_a_duty_without_a_period(frequency: str, unit: str, until: str, due: bool) -> None:
    head = HEAD.replace("currency CNY", f"currency CNY effective from 2026-01-01 until {until}")
    text = f"{head}duty d: sales_manager reports to board {frequency} with Report by author\n"
    found = said(text)
    if due:
        found.silent()
    else:
        found.says(
            f"W0823 `w.d` is never due: no {unit} lies within the days on which its policy is in "
            f"force (2026-01-01 until {until})"
        )


def test_a_report_that_cannot_count() -> None:
    where = "kind = daily_report and kind = monthly_report"
    shown = f"with Report by author where ({where})"
    said(f"{HEAD}duty d: sales_manager reports to board daily {shown}\n").says(
        f"W0823 no report can count for `w.d`: `{where}` is never true"
    )


def test_a_waiver_says_why_it_is_kept() -> None:
    text = on_customer("0 Return") + 'waive watching at w.c.r because "a roll of all customers"\n'
    (answer,) = prove(lower(loaded(text)), Scope(DAY), ["watching"])
    assert (answer.status, answer.waived) == (Status.REFUTED, "a roll of all customers")


def test_what_can_never_begin_never_begins() -> None:
    """Over random programs and streams."""
    never = 0
    for seed in range(examples(60, 3_000)):
        house, steps = house_and_stream(Random(seed))
        answers = watching(house.model, Scope(START))
        idle = {a.about.rules[0] for a in answers if a.finding and a.finding.code == NEVER}
        if idle:
            never += len(idle)
            watcher = Watcher(house.model.program, house.directory, since=START)
            for step in steps:
                watcher.tell([] if step.document is None else [step.document], step.today)
            assert idle.isdisjoint(a.rule for a in watcher.alerts)
    assert never > 0


# --- an `until` that keeps its rule from beginning -----------------------------------------


@pytest.mark.parametrize(
    ("rule", "until", "covers", "facts"),
    [
        ("exposure over 80", "exposure at most 90", "part of what", "exposure = 85.00 CNY"),
        (
            "exposure over 80% of credit_line",
            "exposure at most 90% of credit_line",
            "part of what",
            "exposure = 85.00 CNY, credit_line = 100.00 CNY",
        ),
        (
            "exposure / credit_line over 80%",
            "exposure / credit_line at most 90%",
            "part of what",
            "exposure = 85.00 CNY, credit_line = 100.00 CNY",
        ),
        (
            "count of Return within 9 days at least 3",
            "count of Return within 9 days at most 3",
            "part of what",
            "the count = 3",
        ),
    ],
)
def test_what_clears_a_rule_where_it_would_begin(
    rule: str, until: str, covers: str, facts: str
) -> None:
    (found,) = said(on_customer(f"{rule} until {until}")).open
    assert found.code == "W0825"
    message = f"`until {until}` covers {covers} begins it, and there `w.c.r` does not begin: "
    assert found.message == message + facts
    assert found.help == (
        "write an `until` that is false wherever the rule is true, or give the reason: "
        '`waive watching at w.c.r because "…"`'
    )


@pytest.mark.parametrize(
    "rule",
    [
        "exposure over 80 until exposure at most 80",
        "exposure over 80 until exposure at most 75",
        "exposure over 80 until exposure over 100 or exposure at most 75",
        "exposure over 80% of credit_line until exposure at most 75% of credit_line",
        "3 Return within 30 days until count of Return within 7 days = 0",
        "exposure over 80 and region = east until region = west or exposure at most 75",
    ],
)
def test_an_until_that_lets_its_rule_begin(rule: str) -> None:
    said(on_customer(rule)).silent()
