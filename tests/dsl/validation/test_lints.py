"""Rules of authority, dates, and warnings."""

from __future__ import annotations

import pytest

from dsl.expect import HEADER, Report, check
from remit_dsl.program import AllSteps, ApprovalStep, EvidenceStep, SequenceSteps
from remit_dsl.validation.lints import LINTS

HEAD = (
    HEADER + "position clerk { reports to head }\nposition head { reports to chief }\n"
    "position chief\nposition auditor\nrecord Customer { id: text }\nrecord Place { town: text }\n"
    "action order { total money  rate percent  customer Customer  place Place  note text\n"
    "  limit on total }\naction ship { note text }\n"
)


def rules(text: str, action: str = "order") -> Report:
    return check(f"{HEAD}authority {action} {{\n{text}\n}}\n")


# --- limits ------------------------------------------------------------------------------


def test_a_grant_states_its_limit() -> None:
    report = rules("clerk may approve").only("E0401").underlines("clerk may approve")
    report.says("`order` is limited, and this grant does not say up to how much")
    report.helps("write `may approve up to …`, or `may approve any`")
    report.points("total", "`total` is money in CNY, and limits measure it")
    rules("anyone may report").only("E0401")
    rules("clerk may approve", "ship").silent()
    rules("anyone may report any", "ship").silent()


def test_a_limit_needs_a_measure() -> None:
    report = rules("clerk may approve up to 5", "ship").only("E0402").underlines("up to 5")
    report.says("action `ship` measures nothing, so there is no limit on it")
    report.helps("write `limit on …` in action `ship`").points("ship", "declared here")
    rules("clerk may not approve over 5", "ship").only("E0402")
    rules("approve over 5 needs review by head", "ship").only("E0402")
    rules("clerk may approve unset", "ship").silent()


def test_what_can_be_measured() -> None:
    check("action a { note text  limit on note }\n").only("E0410").says(
        "`note` is a text, which no limit can measure"
    )
    check("action a { d duration  limit on d }\n").silent()


def test_limits_as_they_come_out() -> None:
    report = rules(
        "clerk may approve up to 10_000 each, 50_000 per month\n"
        "head may approve up to 30_000 per customer per quarter\n"
        "chief may approve any\nauditor may approve unset\nhead may sign between 2 and 20\n"
    ).silent()
    assert report.program is not None
    one, two, three, four, five = report.program.authorities[0].grants
    assert one.limit.bound is not None
    assert [t.name for t in one.limit.totals] == ["month"]
    assert two.limit.bound is None
    assert [t.name for t in two.limit.totals] == ["customer per quarter"]
    assert (three.limit.kind, four.limit.kind) == ("any", "unset")
    assert five.limit.bound is not None
    assert five.limit.bound.high is not None


def test_totals_are_kept_by_something() -> None:
    report = rules("clerk may approve up to 5 per place per month").only("E0416")
    report.says("totals cannot be kept by `place`, which is a `Place`")
    report.helps("give `Place` a field `id`, or name one of its fields")
    rules("clerk may approve up to 5 per place.town per month").silent()


def test_splitting_windows_are_in_days() -> None:
    text = "action a { total money  vendor text  limit on total summed by vendor over "
    report = check(text + "60 days }\n").silent()
    assert report.program is not None
    measure = report.program.actions["p.a"].measure
    assert measure is not None
    assert measure.window == 60
    check(text + "3 months }\n").only("E0417").says("`3 months` is not a whole number of days")


# --- steps -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("3 of (head, chief)", "this step asks for 3 of 2 positions"),
        ("4 of (head, chief, auditor)", "this step asks for 4 of 3 positions"),
    ],
)
def test_empty_steps(steps: str, message: str) -> None:
    rules(f"clerk may approve any\napprove needs {steps}").only("E0404").says(message)


def test_a_position_counts_once() -> None:
    report = rules("clerk may approve any\napprove needs 2 of (head, head)").only("E0415")
    report.says("`head` is listed twice in one step").points("head", "first listed here")


def test_steps_as_they_come_out() -> None:
    report = rules(
        "clerk may approve any\n"
        "approve over 5 needs review by head and evidence paper then all of (chief, auditor)"
    ).silent()
    assert report.program is not None
    steps = report.program.authorities[0].requirements[0].steps
    assert isinstance(steps, SequenceSteps)
    first, second = steps.steps
    assert isinstance(first, AllSteps)
    assert isinstance(first.steps[1], EvidenceStep)
    assert second == ApprovalStep(None, 2, ("p.chief", "p.auditor"))


def test_unknown_names_in_steps() -> None:
    rules("clerk may approve any\napprove needs reviw by head").only("E0208")
    rules("clerk may approve any\napprove needs review by haed").only("E0206")


# --- escalation, delegation, separation --------------------------------------------------


def test_escalation_to_somebody_who_may_nothing() -> None:
    report = rules("clerk may approve up to 5\nescalate to auditor").only("E0405")
    report.says("`auditor` may not `approve` in action `order`, so escalating to it leads nowhere")
    report.helps("grant it: `auditor may approve any`").underlines("auditor")
    rules("clerk may approve up to 5\nauditor may recommend any\nescalate to auditor").only("E0405")
    rules("clerk may approve up to 5\nauditor may approve any\nescalate to auditor").silent()
    rules("anyone may approve up to 5\nescalate to auditor").silent()
    rules("clerk may approve up to 5\nsuperiors inherit\nescalate to chief").silent()


def test_escalation_to_superiors_without_more() -> None:
    report = rules("clerk may approve up to 5\nescalate to the first superior able").only("W0510")
    report.says("no superior of `clerk` may approve more than it, so this leads nowhere")
    rules("clerk may approve up to 5\nchief may approve any\nescalate through every level").silent()
    rules(
        "clerk may approve up to 5\nchief may approve up to 5\nescalate through every level"
    ).only("W0510")


def test_delegation_of_nothing() -> None:
    text = "delegation of order { to one level below  at most 90 days }\n"
    report = check(HEAD + text).only("E0406")
    report.says("nobody may decide `order`, so there is nothing to delegate")
    rule = "authority order { chief may approve any }\n"
    report = check(HEAD + text + rule).silent()
    assert report.program is not None
    assert report.program.delegations[0].longest == 90
    check(HEAD + rule + "delegation of order { to head  at most 5% }\n").only("E0301")
    check(HEAD + rule + "delegation of order { to haed }\n").only("E0206")


def test_separation() -> None:
    rules("chief may approve any\nseparate approve and approve").only("E0407").says(
        "`approve` cannot be separated from itself"
    )
    rules("chief may approve any\nseparate review and approve").silent()


def test_said_twice() -> None:
    report = rules("chief may approve any\nescalate to chief\nescalate to chief").only("E0412")
    report.says("`escalate` is written twice in one block")
    rules("chief may approve any\nsuperiors inherit\nsuperiors inherit").only("E0412")


# --- dates -------------------------------------------------------------------------------


def test_periods() -> None:
    report = check("policy a { owner b  effective from 2026-01-01 until 2026-01-01 }\nposition x\n")
    report.only("E0108")
    report = rules("chief may approve any from 2026-05-01 until 2026-04-01").only("E0409")
    report.says("this ends on 2026-04-01, not after its beginning on 2026-05-01")


def dated(values: str) -> Report:
    text = f"parameter p1: money {{ {values} }}\ndefine d: money = p1\n"
    rule = "authority order { chief may approve up to d }\n"
    return check(HEAD + text + rule)


def test_dated_values() -> None:
    dated("from 2026-01-01 -> 5  from 2026-07-01 -> 6").silent()
    dated("until 2026-07-01 -> 5  from 2026-07-01 -> 6").silent()
    dated("from 2026-07-01 -> 5  from 2026-01-01 -> 6").only("E0408")
    dated("from 2026-07-01 -> 5  from 2026-07-01 -> 6").only("E0408")
    report = dated("from 2026-01-01 until 2026-08-01 -> 5  from 2026-07-01 -> 6").only("E0408")
    report.says("this value begins on 2026-07-01, while the one before it still holds")
    report.helps("end that one with `until 2026-07-01`, or leave its `until` out")
    report = dated("from 2026-01-01 until 2026-06-01 -> 5  from 2026-07-01 -> 6").only("W0506")
    report.says("`p1` has no value from 2026-06-01 to 2026-06-30 (30 days)")
    report.helps(
        "`until` is the first day on which it holds no more: write `until 2026-07-01` if it held "
        "so long, or `from 2026-06-01 until 2026-07-01 -> unset` if there is none"
    )
    report = dated("from 2026-01-01 until 2026-12-31 -> 5  from 2027-01-01 -> 6").only("W0506")
    report.says("`p1` has no value on 2026-12-31")
    report.helps(
        "`until` is the first day on which it holds no more: write `until 2027-01-01`, or "
        "`from 2026-12-31 until 2027-01-01 -> unset` if there is none"
    )
    dated("from 2026-01-01 -> 5%").only("E0301")


def test_rules_outside_their_policy() -> None:
    head = HEAD.replace("{ owner board", "{ effective from 2026-01-01 until 2027-01-01 owner board")
    for clause, message in (
        ("from 2025-06-01", "this rule begins on 2025-06-01, before its policy on 2026-01-01"),
        ("until 2027-06-01", "this rule ends on 2027-06-01, after its policy on 2027-01-01"),
    ):
        report = check(head + f"authority order {{ chief may approve any {clause} }}\n")
        report.only("W0507").says(message)
    check(head + "authority order { chief may approve any from 2026-02-01 }\n").silent()


# --- warnings ----------------------------------------------------------------------------


def test_owner() -> None:
    check("policy a { }\nposition b\n").only("W0501").says("policy `a` has no owner")


def test_unused() -> None:
    report = check("parameter a: number = 5\ndefine b: number = 6\n").only("W0503", "W0503")
    report.says("parameter `a` is not used").underlines("a")
    report.says("definition `b` is not used")


def test_unset() -> None:
    report = dated("from 2026-01-01 -> 5  from 2026-07-01 -> unset").only("W0502")
    report.says("`p1` is unset from 2026-07-01, and `d` depends on it")
    report.underlines("from 2026-07-01 -> unset")


def test_rules_that_cannot_be_told_apart() -> None:
    report = rules("clerk may approve up to 5\nclerk may approve up to 9 when rate < 5%")
    report.only("W0504").helps("give it a label: `a_name: …`")
    report.points("clerk may approve up to 5", "the other rule")
    rules("clerk may approve up to 5\nclerk, head may approve up to 9").silent()
    rules("clerk may approve up to 5\nmore: clerk may approve up to 9 when rate < 5%").silent()
    rules("clerk may approve up to 5\nclerk may not approve over 3\nclerk may sign any").silent()


def test_money_needs_a_currency() -> None:
    report = check("policy a { owner b }\naction order { total money }\n").only("W0509")
    report.says("policy `a` speaks of money and does not say in which currency")
    check("policy a { owner b }\naction order { total money USD }\n").silent()


def test_lints_are_plain_functions_with_a_reason() -> None:
    assert isinstance(LINTS, tuple)
    assert all(lint.__doc__ for lint in LINTS)


# --- words that stand for everybody ------------------------------------------------------


def test_words_that_stand_in_the_place_of_a_position() -> None:
    report = rules("clerk may approve any\nrequestor may not approve").only("E0206")
    report.helps("did you mean `requester`?").underlines("requestor")
    report = rules("clerk may approve any\nNobody may approve when total > 5").only("E0206")
    report.helps("did you mean `nobody`?").underlines("Nobody")
    rules("clrk may approve").only("E0206", "E0401")


def test_the_sign_of_a_currency_after_a_number() -> None:
    report = rules("clerk may approve up to 200_000 €").only("E0010").underlines("€")
    report.helps("write the currency code after the number: `200 EUR`")
