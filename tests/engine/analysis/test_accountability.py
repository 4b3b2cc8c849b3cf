"""Responsibility, power and obligation belong together."""

from __future__ import annotations

from engine.analysis.findings import HOUSE, ask
from remit_engine.analysis.accountability import accountability
from remit_engine.analysis.answer import Status

BOTH = HOUSE.replace("position manager {", 'position manager { answers for "the till"')
ALL_MAY = "authority pay { clerk may approve up to 5  manager may approve up to 50 }\n"


def test_a_house_that_never_uses_the_word_is_not_asked() -> None:
    assert ask(accountability, HOUSE + ALL_MAY).answers == []


def test_power_without_accountability() -> None:
    found = ask(accountability, BOTH + ALL_MAY)
    found.says("W0808 `clerk` may approve in action `pay`, and answers for nothing")
    found.underlines("clerk").points(
        "rule `pay.clerk.approve` gives it that right: clerk may approve up to 5"
    )
    found.helps('write what it answers for in position `clerk`: `answers for "…"`')
    assert [a.status for a in found.answers] == [Status.REFUTED, Status.PROVEN, Status.PROVEN]
    assert found.answers[0].about.positions == ("house.clerk",)


def test_accountability_without_power() -> None:
    found = ask(accountability, BOTH)
    found.says("W0809 `manager` answers for “the till”, and has no right in any action")
    found.underlines("manager").helps(
        "grant it what it needs for that, or let the position that may decide answer for it"
    )


def test_of_many_duties_some_are_quoted() -> None:
    many = BOTH.replace('"the till"', '"a", "b", "c", "d"')
    ask(accountability, many).says(
        "W0809 `manager` answers for “a” and “b” and 2 more, and has no right in any action"
    )


def test_the_verbs_that_decide() -> None:
    def of(verb: str, more: str = "") -> int:
        rule = f"authority pay {{ clerk may {verb} any  manager may approve any }}\n"
        return len(ask(accountability, BOTH + more + rule).open)

    assert [of(v) for v in ("approve", "sign", "adjudicate")] == [1, 1, 1]
    assert [of(v) for v in ("recommend", "review", "report", "handle")] == [0, 0, 0, 0]
    assert of("release", "right release\n") == 0
    assert of("release", "right release implies sign\n") == 1
    assert of("release", "right free implies sign\nright release implies free\n") == 1
    assert of("approve", "right approve implies recommend\n") == 1


def test_what_gives_no_power() -> None:
    """A limit never fixed, a right of everybody, a right that has ended."""
    kept = "manager may approve any"
    for rule in ("clerk may approve unset", "anyone may approve up to 1",
                 "clerk may approve any until 2026-03-01"):  # fmt: skip
        ask(accountability, BOTH + f"authority pay {{ {kept}  {rule} }}\n").silent()
    later = "clerk may approve any from 2027-01-01"
    assert len(ask(accountability, BOTH + f"authority pay {{ {kept}  {later} }}\n").open) == 1


def test_a_say_in_another_way_is_power_enough() -> None:
    answering = HOUSE.replace("position clerk {", 'position clerk { answers for "order"')
    others = "manager, director may recommend any"
    for text in (
        f"authority pay {{ {others}  clerk may report any }}",
        f"authority pay {{ {others}  recommend needs review by clerk and handle by manager }}",
        f"authority pay {{ {others} }} delegation of pay {{ needs approval by clerk }}",
        f"authority pay {{ {others} }} delegation of pay {{ to clerk }}",
    ):
        ask(accountability, answering + text + "\n").silent()
    ask(accountability, answering.replace("owner director", "owner clerk")).silent()
    assert len(ask(accountability, answering + f"authority pay {{ {others} }}\n").open) == 1


def test_authority_that_flows_up_is_power() -> None:
    text = "authority pay { superiors inherit  clerk may approve up to 5 }\n"
    ask(accountability, BOTH + text).says(
        "W0808 `clerk` may approve in action `pay`, and answers for nothing",
        "W0808 `director` may approve in action `pay`, and answers for nothing",
    )


def test_external_positions_answer_by_contract() -> None:
    outside = 'position dealer { external  answers for "stock" }\nposition agent { external }\n'
    text = "authority pay { agent may sign any  manager may approve any }\n"
    ask(accountability, BOTH + outside + text).silent()


def test_each_house_by_its_own_habit() -> None:
    other = (
        "policy shop { owner boss currency CNY }\nposition boss\n"
        "action buy { price money  limit on price }\nauthority buy { boss may approve any }\n"
    )
    found = ask(accountability, {"a.remit": BOTH + ALL_MAY, "b.remit": other})
    assert {a.about.positions[0].split(".")[0] for a in found.answers} == {"house"}
