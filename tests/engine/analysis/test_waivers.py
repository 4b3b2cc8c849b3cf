"""A waiver covers what it names and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from engine.analysis.findings import DAY, HOUSE
from engine.asking import loaded
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.program import Label, Program, Waiver
from remit_dsl.source import NOWHERE
from remit_engine.analysis.answer import About, Answer, Status, proven, refuted, unknown
from remit_engine.analysis.prove import prove
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.unset import unset
from remit_engine.analysis.waivers import apply, covers
from remit_engine.rules.lower import lower

FINDING = Diagnostic(NOWHERE, "W0805", "something is odd", "mend it")
ABOUT = About("p.pay", "approve", ("p.boss", "p.clerk"), ("pay.top", "pay.clerk.approve"))


def waiver(
    question: str = "monotone",
    *,
    verbs: tuple[str, ...] = (),
    actions: tuple[str, ...] = (),
    positions: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
) -> Waiver:
    return Waiver(question, verbs, actions, positions, rules, Label("so"), "p", NOWHERE)


def odd(about: About = ABOUT, question: str = "monotone") -> Answer:
    return refuted(question, about, FINDING)


def waived(answer: Answer, *given: Waiver) -> list[str | None]:
    return [a.waived for a in apply([answer], Program(waivers=given))]


def test_the_reason_is_told() -> None:
    assert waived(odd(), waiver()) == ["so"]
    assert waived(unknown("monotone", ABOUT, FINDING, "too large"), waiver()) == ["so"]
    (answer,) = apply([odd()], Program(waivers=(waiver(),)))
    assert answer.status is Status.REFUTED
    assert answer.finding == FINDING
    assert not answer.open


@pytest.mark.parametrize(
    "given",
    [
        waiver(verbs=("approve",)),
        waiver(verbs=("sign", "approve")),
        waiver(actions=("p.pay",)),
        waiver(positions=("p.boss",)),
        waiver(rules=("top",)),
        waiver(rules=("pay.top",)),
        waiver(verbs=("approve",), actions=("p.pay",), positions=("p.boss",), rules=("top",)),
    ],
)
def test_what_it_names_is_covered(given: Waiver) -> None:
    assert covers(given, odd())


@pytest.mark.parametrize(
    "given",
    [
        waiver(verbs=("sign",)),
        waiver(actions=("p.buy",)),
        waiver(actions=("pay",)),
        waiver(positions=("p.clerk",)),
        waiver(positions=("q.boss",)),
        waiver(rules=("clerk.approve",)),
        waiver(rules=("approve",)),
        waiver(rules=("op",)),
        waiver(rules=("pay",)),
        waiver(rules=("",)),
        waiver(actions=("p.pay",), positions=("p.clerk",)),
    ],
)
def test_what_it_does_not_name_is_not(given: Waiver) -> None:
    """The report of a comparison, a part of a name, a name that only looks like it."""
    assert not covers(given, odd())


def test_a_restriction_the_answer_says_nothing_of_is_not_met() -> None:
    given = (waiver(verbs=("v",)), waiver(actions=("a",)), waiver(positions=("p",)))
    assert not any(covers(w, odd(About())) for w in (*given, waiver(rules=("r",))))
    assert covers(waiver(), odd(About()))


def test_another_question_is_not_covered() -> None:
    assert not covers(waiver("dates"), odd())


def test_rules_by_id_label_and_rest_of_id() -> None:
    def named(rule: str, name: str, action: str = "p.pay") -> bool:
        return covers(waiver(rules=(name,)), odd(About(action, rules=(rule,))))

    assert named("pay.cap", "cap")
    assert named("p.pay.cap", "cap")
    assert not named("s.pay.cap", "cap", "s.pay")  # of another policy the whole id must be said
    assert named("s.pay.cap", "s.pay.cap", "s.pay")
    assert named("pay.clerk.approve.2", "clerk.approve.2")
    assert named("pay.clerk.approve", "pay.clerk.approve")
    assert not named("pay.clerk.approve", "approve")
    assert not named("pay.clerk.approve.2", "clerk.approve")
    assert not named("t.pay.cap", "cap")
    assert not named("prepay.cap", "pay.cap")


def test_values_and_policies_by_name() -> None:
    assert covers(waiver("unset", rules=("p.top",)), odd(About(name="p.top"), "unset"))
    assert not covers(waiver("unset", rules=("top",)), odd(About(name="p.top"), "unset"))


def test_what_is_proven_needs_no_waiver() -> None:
    fine, idle = apply([proven("monotone", ABOUT)], Program(waivers=(waiver(),)))
    assert fine.waived is None
    assert idle.finding is not None
    assert idle.finding.code == "W0816"


def test_an_idle_waiver() -> None:
    given = (waiver(positions=("p.clerk",)), waiver("dates"))
    found = apply([odd()], Program(waivers=given))
    assert [a.open for a in found] == [True, True]
    idle = found[-1]
    assert (idle.question, idle.status) == ("monotone", Status.REFUTED)
    assert idle.finding is not None
    assert idle.finding.message == "this waiver of `monotone` waives nothing"
    assert idle.finding.help == "leave it out, or correct what it names"
    assert len(apply([odd()], Program(waivers=given), ("monotone", "dates"))) == 3
    assert apply([], Program(waivers=given)) == []


def test_two_that_cover_the_same_are_both_of_use() -> None:
    first, second = waiver(), replace(waiver(actions=("p.pay",)), because=Label("or so"))
    assert waived(odd(), first, second) == ["so"]
    assert waived(odd(), second, first) == ["or so"]


def test_an_idle_waiver_is_not_waived() -> None:
    found = apply([proven("monotone", ABOUT)], Program(waivers=(waiver(), waiver(rules=("x",)))))
    assert [a.open for a in found] == [False, True, True]


def test_every_combination_covers_exactly_what_it_contains() -> None:
    abouts = [
        About(action, verb, positions, rules)
        for action, verb, positions, rules in product(
            (None, "p.pay", "p.buy"),
            (None, "approve", "sign"),
            ((), ("p.a",), ("p.b", "p.a")),
            ((), ("pay.x",), ("pay.y", "pay.x")),
        )
    ]
    for actions, verbs, positions, rules in product(
        ((), ("p.pay",)), ((), ("approve",)), ((), ("p.a",)), ((), ("pay.x",))
    ):
        given = waiver(actions=actions, verbs=verbs, positions=positions, rules=rules)
        for about in abouts:
            assert covers(given, odd(about)) == (
                (not actions or about.action == "p.pay")
                and (not verbs or about.verb == "approve")
                and (not positions or about.positions[:1] == ("p.a",))
                and (not rules or about.rules[:1] == ("pay.x",))
            )


# --- from the text -------------------------------------------------------------------------


def test_from_the_text_of_a_policy() -> None:
    text = HOUSE + (
        "parameter top: money = unset\n"
        "authority pay { limitless: clerk may approve unset  manager may approve up to top }\n"
    )

    def still(written: str) -> list[str]:
        program = loaded(text + written)
        answers = apply(unset(lower(program), Scope(DAY)), program)
        return [a.finding.message.split(",")[0] for a in answers if a.open and a.finding]

    both = ["`top` is unset", "`clerk` may approve in action `pay`"]
    assert still("") == both
    assert still('waive unset at top because "soon"\n') == both[1:]
    assert still('waive unset at limitless because "soon"\n') == both[:1]
    assert still('waive unset for clerk because "soon"\n') == both[:1]
    assert still('waive unset because "soon"\n') == []
    idle = "this waiver of `unset` waives nothing"
    assert still('waive unset for manager because "soon"\n') == [*both, idle]


# --- what findings propose -------------------------------------------------------------------

PROPOSED = {
    "unreachable": "authority pay { never: clerk may approve any when amount > 5 and amount < 3 }",
    "shadowed": "authority pay { clerk may approve up to 9  low: clerk may approve up to 5 }",
    "shadowed without a label": "authority pay { clerk may approve any  "
    "clerk may approve up to 5 }",
    "separation": "authority pay { clerk may approve any  clerk may review any }",
    "dates of a right": "authority pay { a: clerk may approve any until 2026-06-30 "
    "b: clerk may approve any from 2026-07-01 }",
    "dates of a parameter": "parameter top: money { from 2026-01-01 until 2026-06-30 -> 1 "
    "from 2026-07-01 -> 2 }",
    "dead_end": "authority pay { clerk may approve up to 5 }",
    "monotone": "authority pay { clerk may approve any  director may approve any }",
}


@pytest.mark.parametrize("case", PROPOSED)
def test_the_waiver_that_a_finding_proposes_covers_it(case: str) -> None:
    question, text = case.partition(" ")[0], HOUSE + PROPOSED[case] + "\n"
    findings = [a.finding for a in proved(question, text) if a.finding is not None]
    assert findings
    help = findings[0].help or ""
    proposed = re.findall(r'`(waive [^`]* because "…")`', help)
    assert len(proposed) == 1, help
    after = proved(question, f"{text}{proposed[0].replace('…', 'so')}\n")
    assert [a.waived for a in after if a.finding == findings[0]] == ["so"]
    assert not [a for a in after if a.finding is not None and a.finding.code == "W0816"]


def proved(question: str, text: str) -> list[Answer]:
    return prove(lower(loaded(text)), Scope(DAY), (question,))
