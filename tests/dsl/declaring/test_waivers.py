"""`waive`: what a policy knows of itself and keeps, and where it may say so."""

from __future__ import annotations

import pytest

from dsl.expect import Report, check
from remit_dsl import syntax
from remit_dsl.expressions import AllOf, Compare, Constant, Expression, Fact, children, walk
from remit_dsl.lexing.vocabulary import QUESTIONS
from remit_dsl.parsing.parser import parse
from remit_dsl.printing import formatter
from remit_dsl.program import Label, Waiver
from remit_dsl.source import Source

HOUSE = """\
position clerk { reports to head }
position head
parameter top: money = 5
table fee (amount: money) gives money { up to 5 -> 1  over 5 -> 2 }
action order { total money  limit on total }
action ship { weight number  limit on weight }
authority order {
  small: clerk may approve up to min(top, fee(total))
  head may approve any
}
authority ship { heavy: head may sign any }
"""
ALL = ", ".join(f"`{question}`" for question in QUESTIONS[:-1]) + f" and `{QUESTIONS[-1]}`"


def waived(text: str) -> Report:
    return check(HOUSE + text + "\n").but("W0510")


def quoted(text: str) -> str:
    return f'"{text}"'


def waiver(text: str) -> Waiver:
    program = waived(text).silent().program
    assert program is not None
    (found,) = program.waivers
    return found


# --- what is said ------------------------------------------------------------------------


def test_everything_at_once() -> None:
    found = waiver(
        "waive monotone of approve, sign on order, ship for clerk, p.head "
        'at small, heavy, order.head.approve because "known" zh "已知"'
    )
    assert found.question == "monotone"
    assert found.verbs == ("approve", "sign")
    assert found.actions == ("p.order", "p.ship")
    assert found.positions == ("p.clerk", "p.head")
    assert found.rules == ("small", "heavy", "order.head.approve")
    assert found.because == Label("known", (("zh", "已知"),))
    assert found.policy == "p"
    assert (found.span.line, found.span.column) == (13, 7)


def test_parts_stand_in_any_order() -> None:
    a = waiver('waive shadowed of sign on ship because "x"')
    b = waiver('waive shadowed because "x" on ship of sign')
    assert (a.verbs, a.actions, a.because) == (b.verbs, b.actions, b.because)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_can_be_waived_on_an_action(question: str) -> None:
    assert waiver(f'waive {question} on order because "x"').question == question


def test_a_program_without_waivers_has_none() -> None:
    program = check(HOUSE).but("W0510").silent().program
    assert program is not None
    assert program.waivers == ()


# --- where it holds ----------------------------------------------------------------------


@pytest.mark.parametrize("question", ["accountability", "dates", "unset"])
def test_what_can_be_waived_as_a_whole(question: str) -> None:
    found = waiver(f'waive {question} because "x"')
    assert (found.verbs, found.actions, found.positions, found.rules) == ((), (), (), ())


@pytest.mark.parametrize("question", sorted(set(QUESTIONS) - {"accountability", "dates", "unset"}))
@pytest.mark.parametrize("part", ["", " of approve"])
def test_what_cannot(question: str, part: str) -> None:
    (
        waived(f'waive {question}{part} because "x"')
        .only("E0433")
        .says(f"a waiver of `{question}` for everything would hide what nobody has seen yet")
        .helps("say where it holds: `on` an action, `for` a position or `at` a rule")
        .underlines(question)
    )


@pytest.mark.parametrize("part", ["on order", "for clerk", "at small"])
def test_one_place_is_enough(part: str) -> None:
    waiver(f'waive dead_end {part} because "x"')


# --- faults ------------------------------------------------------------------------------


def test_an_unknown_question() -> None:
    waived('waive monoton on order because "x"').only("E0431").says(
        "there is no question `monoton`"
    ).helps("did you mean `monotone`?").underlines("monoton")
    waived('waive everything because "x"').only("E0431").helps(f"the questions are {ALL}")


@pytest.mark.parametrize(
    "reason",
    [
        "",
        'because ""',
        'because " "',
        'because "" zh "有"',
        'because "\u200b"',
        'because "\u3164\u2800\u00a0"',
        'because "…"',
        'because "?!"',
    ],
)
def test_a_missing_reason(reason: str) -> None:
    waived(f"waive monotone on order {reason}").only("E0432").says(
        "a waiver needs its reason"
    ).helps('write `because "…"`')


def test_names_are_looked_up_as_everywhere() -> None:
    report = waived('waive monotone of aprove on ordr for clrek at smal because "x"')
    report.only("E0208", "E0207", "E0206", "E0434")
    report.says("unknown verb `aprove`").helps("did you mean `approve`?")
    report.says("unknown action `ordr`").helps("did you mean `order`?")
    report.says("unknown position `clrek`").helps("did you mean `clerk`?")
    report.says("no rule here has the label `smal`").helps("did you mean `small`?")


def test_names_of_a_policy_that_is_not_used() -> None:
    other = "policy q { owner board }\nposition boss\naction pay { sum number }\n"
    check('waive monotone for q.boss because "x"\n', q=other).only("E0210")
    check('waive monotone on pay because "x"\n', q=other).only("E0207").helps(
        "`pay` is declared in policy `q`: add `use q`"
    )
    check('use q\nwaive monotone on pay for boss because "x"\n', q=other).silent()


def test_all_faults_of_one_waiver_are_told() -> None:
    waived("waive monotne of aprove").only("E0431", "E0432", "E0208")
    waived("waive monotone").only("E0432", "E0433")


@pytest.mark.parametrize(
    "text",
    [
        '"x"',
        'of approve, because "x"',
        "at 5",
        "on order up to 5",
        'because "a" because "b"',
        "{ }",
    ],
)
def test_what_cannot_be_read_is_one_fault(text: str) -> None:
    tree, found = parse(Source("x", f"waive monotone {text}\nposition a\n"))
    assert len(found) == 1, found
    assert isinstance(tree.declarations[-1], syntax.Position)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("waive", "wiave"),
        ("waive", "waives"),
        ("because", "becuase"),
        ("on", "onn"),
        ("for", "fro"),
    ],
)
def test_a_misspelt_word_is_one_fault_and_takes_no_other_with_it(good: str, bad: str) -> None:
    text = 'waive monotone on order for clerk because "x"\n'
    text = text.replace(f"{good} ", f"{bad} ", 1)
    tree, found = parse(Source("x", text + 'waive unset because "y"\nposition a\n'))
    assert [d.code for d in found] == ["E0031"]
    assert found[0].help == f"did you mean `{good}`?"
    assert [type(d) for d in tree.declarations] == [syntax.Waiver, syntax.Waiver, syntax.Position]


# --- at ----------------------------------------------------------------------------------


def test_values_and_policies_stand_after_at() -> None:
    assert waiver('waive unset at top because "x"').rules == ("p.top",)
    assert waiver('waive tables at fee because "x"').rules == ("p.fee",)
    assert waiver('waive tables at p.fee because "x"').rules == ("p.fee",)
    assert waiver('waive dates at p because "x"').rules == ("p",)


def test_an_id_that_no_bare_name_can_say_stands_in_quotes() -> None:
    ids = ("order.clerk.approve.2", "order.clerk+head.approve", "small", "a.rule")
    text = f'waive shadowed at {", ".join(map(quoted, ids[:3]))}, a.rule because "x"'
    assert waiver(text).rules == ids
    assert formatted(text) == text + "\n"


@pytest.mark.parametrize("name", ["", " ", "smal", "a rule", "+", '\\"'])
def test_quotes_make_no_label_of_a_word(name: str) -> None:
    waived(f'waive shadowed at "{name}" because "x"').only("E0434")


@pytest.mark.parametrize("where", ["on", "for"])
def test_only_rules_stand_in_quotes(where: str) -> None:
    waived(f'waive shadowed {where} "order" because "x"').only("E0030")


def test_a_number_at_the_end_of_an_id_without_quotes() -> None:
    (
        waived('waive shadowed at order.clerk.approve.2 because "x"')
        .only("E0019")
        .says("`.2` cannot be the end of a name")
        .helps('a rule whose id ends in a number is named in quotes: `"order.clerk.approve.2"`')
    )


@pytest.mark.parametrize("name", ["order.clerk+head.approve", "order.a+b+c.approve", "a+b"])
def test_a_plus_in_an_id_without_quotes(name: str) -> None:
    (
        waived(f'waive shadowed at small, {name} because "x"')
        .only("E0030")
        .says("a `+` cannot stand in a name")
        .helps(f'write the id in quotes: `at "{name}"`')
    )


@pytest.mark.parametrize("rest", ["", " + b because", "+", '+ "x"', "+5"])
def test_a_plus_out_of_place(rest: str) -> None:
    waived(f"waive shadowed at a +{rest}").says("a `+` cannot stand in a name")


def test_a_label_of_another_action_is_unknown_on_this_one() -> None:
    assert waiver('waive emptied on ship at heavy because "x"').rules == ("heavy",)
    waived('waive emptied on order at heavy because "x"').only("E0434")


def test_a_label_and_a_value_of_one_name() -> None:
    both = "authority order { top: head may sign any }\n"
    assert waiver(both + 'waive unset at top because "x"').rules == ("p.top",)
    assert waiver(both + 'waive shadowed at top because "x"').rules == ("top",)


def test_a_rule_that_could_not_be_read_is_not_unknown() -> None:
    bad = HOUSE.replace("small: clerk may approve up to", "small: clerk may approve upto")
    check(bad + 'waive shadowed at small because "x"\n').only("E0031")
    typo = HOUSE.replace("small: clerk may", "small: clrek may")
    assert "E0434" not in check(typo + 'waive shadowed at smaller because "x"\n').codes


# --- conditions --------------------------------------------------------------------------


def condition(text: str) -> Expression:
    found = waiver(f'waive monotone on order {text} because "x"').condition
    assert found is not None
    return found


def test_a_condition_is_read_as_in_a_rule_of_the_action() -> None:
    rules = "authority order {\n  extra: clerk may sign any %s\n}\n"
    for text in ("when total > top", "unless total > top", 'when total > 5 unless actor.id = "u"'):
        program = waived(rules % text).silent().program
        assert program is not None
        (grant,) = program.authorities[-1].grants
        assert grant.condition is not None
        assert shape(condition(text)) == shape(grant.condition)


def shape(e: Expression) -> object:
    return type(e).__name__, e.type, [shape(part) for part in children(e)]


def test_a_condition_speaks_of_the_request_its_people_and_its_day() -> None:
    text = "when actor.position = clerk and requester.id = actor.id and as_of > 2026-01-01"
    kinds = {type(part) for part in walk(condition(text))}
    assert {AllOf, Compare, Fact, Constant} <= kinds
    assert waiver('waive monotone on order because "x"').condition is None


@pytest.mark.parametrize("question", ["dead_end", "monotone", "separation"])
def test_questions_that_look_for_requests(question: str) -> None:
    assert waiver(f'waive {question} on order when total > 5 because "x"').condition is not None


@pytest.mark.parametrize(
    "question", sorted(set(QUESTIONS) - {"dead_end", "monotone", "separation"})
)
@pytest.mark.parametrize("word", ["when", "unless"])
def test_questions_that_do_not(question: str, word: str) -> None:
    (
        waived(f'waive {question} on order {word} totl > 5 because "x"')
        .only("E0435")
        .says(f"a waiver of `{question}` takes no condition")
        .helps("only `dead_end`, `monotone` and `separation` look for requests")
        .underlines("totl > 5")
    )


@pytest.mark.parametrize("part", ["", "for clerk", "at small"])
def test_a_condition_without_an_action(part: str) -> None:
    (
        waived(f'waive monotone {part} when total > 5 because "x"')
        .only("E0435")
        .says("the condition of a waiver needs one action")
        .helps("write `on ACTION`")
        .underlines("total > 5")
    )


def test_a_condition_of_two_actions() -> None:
    text = 'waive monotone on order, ship unless total > 5 because "x"'
    waived(text).only("E0435").helps("write a waiver for each action")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("totl > 5", "E0202"),
        ("weight > 5", "E0202"),
        ("total", "E0308"),
        ("total > 5%", "E0302"),
        ("total > 5 USD", "E0304"),
        ("fee(total, 5) > 1", "E0220"),
        ("5 of approve > 1", "E0202"),
    ],
)
def test_a_fault_in_a_condition_is_told_once_and_keeps_the_waiver_out(text: str, code: str) -> None:
    for word in ("when", "unless"):
        report = waived(f'waive monotone on order {word} {text} because "x"').only(code)
        assert report.program is None or report.program.waivers == ()
    waived('waive monotone on order when totl > 5 because "x"').helps("did you mean `total`?")


def test_a_condition_of_an_unknown_action_is_not_told() -> None:
    waived('waive monotone on ordr when weight > 5 because "x"').only("E0207")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("when total > 5 when total > 6", "E0050"),
        ("when", "E0030"),
        ("unless", "E0030"),
        ('when total > 5 because "y" of approve', "E0030"),
        ("when total > 5 and total < 9 or total = 7", "E0040"),
        ("wehn total > 5", "E0031"),
        ("if total > 5", "E0031"),
    ],
)
def test_a_condition_that_cannot_be_read_is_one_fault(text: str, code: str) -> None:
    reason = "" if "because" in text else ' because "x"'
    tree, found = parse(Source("x", f"waive monotone on order {text}{reason}\nposition a\n"))
    assert [d.code for d in found] == [code]
    assert isinstance(tree.declarations[-1], syntax.Position)


def test_what_only_a_condition_uses_is_used() -> None:
    more = (
        "parameter big: money = 9\nparameter huge: money = unset\n"
        "define much: boolean = total > huge\n"
    )
    assert waived(more).codes.count("W0503") == 2
    (
        waived(more + 'waive monotone on order when total > big and much because "x"')
        .only("W0502")
        .says("`huge` is unset, and `much` depends on it")
    )
    direct = more + 'waive monotone on order when total > big or total > huge because "x"'
    waived(direct.replace("define much: boolean = total > huge\n", "")).only("W0502").says(
        "`huge` is unset, and a waiver of `monotone` depends on it"
    )


def test_a_bare_amount_is_in_the_currency_of_the_policy_of_the_waiver() -> None:
    other = "policy q { owner board currency USD }\n" + HOUSE
    text = 'use q\nwaive monotone on order when total > 5 because "x"\n'
    assert check(text, q=other).codes.count("E0304") == 1


# --- text --------------------------------------------------------------------------------


def test_waive_is_still_a_name() -> None:
    check(
        "position waive\nrecord R { waive: number }\naction order { waive money  limit on waive }\n"
        "authority order { waive: waive may approve any when waive > 5 }\n"
        'waive shadowed on order for waive at waive because "waive"\n'
    ).silent()


def formatted(text: str) -> str:
    done = formatter.format(Source("x", text))
    assert isinstance(done, str), done
    return done


def test_the_parts_are_written_in_one_order() -> None:
    text = (
        'waive   monotone because "x"  at r for a,b on o of approve # why\nwaive unset because "y"'
    )
    assert formatted(text) == (
        'waive monotone of approve on o for a, b at r because "x"  # why\nwaive unset because "y"\n'
    )


def test_a_condition_stands_before_the_reason() -> None:
    text = 'waive monotone because "x" unless b when (a >5) at r on o'
    assert formatted(text) == 'waive monotone on o at r when a > 5 unless b because "x"\n'


def test_a_long_condition_is_broken_at_its_words() -> None:
    long = " and ".join(f"{letter * 40} > 5" for letter in "abc")
    text = f'waive monotone on o when {long} unless d because "x"'
    assert formatted(text).splitlines() == [
        "waive monotone",
        "  on o",
        f"  when {'a' * 40} > 5",
        f"    and {'b' * 40} > 5",
        f"    and {'c' * 40} > 5",
        "  unless d",
        '  because "x"',
    ]
    assert formatted(formatted(text)) == formatted(text)


def test_a_long_waiver_is_broken_before_its_reason_and_then_before_its_parts() -> None:
    reason = 'because "' + "r" * 60 + '"'
    one = f"waive monotone on {'o' * 30} for {'p' * 30} {reason}"
    assert formatted(one).splitlines()[1:] == [f"  {reason}"]
    two = f"waive monotone on {'o' * 60} for {'p' * 60} {reason}"
    assert formatted(two).splitlines() == [
        "waive monotone", f"  on {'o' * 60}", f"  for {'p' * 60}", f"  {reason}"
    ]  # fmt: skip
    for text in (one, two):
        assert formatted(formatted(text)) == formatted(text)


def test_thousands_of_names() -> None:
    names = ", ".join(f"p{i}" for i in range(5_000))
    tree, found = parse(Source("x", f'waive monotone for {names} because "x"'))
    assert found == []
    (node,) = tree.declarations
    assert isinstance(node, syntax.Waiver)
    assert len(node.positions) == 5_000
