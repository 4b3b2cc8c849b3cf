"""Types: what goes together, and what both origins look like when it does not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dsl.expect import HEADER, Report, check
from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_dsl.types import INTEGER, MONTHS, NUMBER, PERCENT, money

HEAD = (
    HEADER + "enum Region { north { harbin } south }\n"
    "enum Kind { gift sale }\n"
    "record Line { amount: money  kind: Kind  pieces: integer  day: date\n"
    "  share: percent optional }\n"
    "record Order { total: money  list_total: money  region: Region  lines: list of Line\n"
    "  margin: percent optional  names: list of text  regions: set of Region }\n"
    "record Customer { id: text  line: money optional }\n"
    "position clerk\nposition head\n"
    "exchange EUR to CNY { from 2026-01-01 -> 7.8 }\n"
    "action deal { rate percent  order Order  customer Customer optional  fee money USD\n"
    "  euros money EUR  due date  term months  grace duration  count integer  score number\n"
    "  note text  urgent boolean  nominee Person  limit on rate }\n"
)


def when(condition: str) -> Report:
    return check(f"{HEAD}authority deal {{ clerk may approve any when {condition} }}\n")


def value(type_: str, text: str) -> Report:
    report = check(
        f"{HEAD}define v: {type_} = {text}\nauthority deal {{ clerk may approve any }}\n"
    )
    return report.but("W0503")


def defined(program: Program | None) -> x.Expression:
    assert program is not None
    return program.definitions["p.v"].value


# --- what is fine ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("percent", "1 - order.total / order.list_total"),
        ("percent", "rate - 5% * 2"),
        ("percent", "order.total / order.list_total + rate"),
        ("number", "order.total / order.list_total"),
        ("number", "score * 2 + count"),
        ("integer", "count * 2 - 1"),
        ("percent", "count / count(order.lines)"),
        ("percent", "score * 3%"),
        ("number", "score * 30%"),
        ("money", "10% of order.total"),
        ("money", "order.total * rate + 5_000"),
        ("money", "min(50_000, 10% of order.total)"),
        ("money", "if urgent then 100 else order.total"),
        ("money", "bands of rate { under 5% -> 0  up to 10% -> 20  otherwise -> order.total }"),
        ("number", "bands of order.total / order.list_total { under 0.5 -> 1  otherwise -> 2 }"),
        ("number", "bands of order.total / order.list_total { under 50% -> 1  otherwise -> 2 }"),
        ("money", "euros as CNY + order.total"),
        ("money USD", "fee * 2 + 5 USD"),
        ("money", "sum(order.lines.amount)"),
        ("money", "sum(line.amount * 3 for line in order.lines where line.kind = gift)"),
        ("money", "max(order.lines.amount)"),
        ("number", "average(order.lines.pieces)"),
        ("percent", "average(l.share otherwise 0% for l in order.lines)"),
        ("integer", "count(order.lines)"),
        ("integer", "count(l in order.lines where l.amount > 5)"),
        ("boolean", "any(l in order.lines where l.kind = gift)"),
        ("date", "max(order.lines.day)"),
        ("date", "due + 3 months clipped"),
        ("date", "due - 1 year rolled"),
        ("date", "due + grace - 90 days"),
        ("date", "end of quarter of (due + 2 weeks)"),
        ("duration", "days from due to as_of"),
        ("months", "whole months from due to as_of"),
        ("duration", "grace * 2 + 90 days"),
        ("months", "term + 3 months"),
        ("percent", "order.margin otherwise 0%"),
        ("money", "order.total rounded half up to 0.01"),
        ("percent", "(order.total / order.list_total) rounded down to 0.1%"),
        ("number", "abs(-score) / 3"),
        ("text", 'if urgent then "a" else note'),
        ("Region", "if urgent then harbin else order.region"),
        ("position", "if urgent then clerk else head"),
        ("number", "if urgent then 1 else order.total / order.list_total"),
        ("boolean", "customer.line is given"),
        ("number", "20万 / 3"),
        ("number", "max(1, 2, score)"),
        ("percent", "max(order.total / order.list_total, 5%)"),
    ],
)
def test_sound_values(type_: str, text: str) -> None:
    value(type_, text).silent()


@pytest.mark.parametrize(
    "condition",
    [
        "order.total <= 200_000",
        "order.total between 1 and 2万",
        "order.total / order.list_total < 90%",
        "order.total / order.list_total < 0.9",
        "order.region in (north, south)",
        "order.region in north",
        "order.region not in order.regions",
        "south in order.regions",
        "count in (1, 2, 3)",
        'note in ("a", "b") and note != "c"',
        "urgent and not (count > 3 or score < 1)",
        "urgent = false",
        "order.margin is absent or order.margin > 5%",
        "due >= 2026-01-01 and due < as_of",
        "customer is given and customer.line > 5",
        "nominee reports directly to actor and clerk reports to head",
        "nominee holds head",
        'actor.position in (clerk, head) and "x" in order.names',
        "all(l in order.lines where l.amount > 5 and any(m in order.lines where m.kind = l.kind))",
        "count(r in order.regions where r in north) > 1",
        "term >= 3 months and grace < 2 weeks",
        "fee > 5 USD",
    ],
)
def test_sound_conditions(condition: str) -> None:
    when(condition).silent()


# --- what is not, with both origins ------------------------------------------------------


def test_money_times_money() -> None:
    report = when("order.total * order.list_total > 5").only("E0303")
    report.says("money cannot be multiplied by money").underlines("order.total * order.list_total")
    report.points("total", "`order.total` is money in CNY, declared here")
    report.points("list_total", "`order.list_total` is money in CNY, declared here")


def test_money_against_percent() -> None:
    report = when("order.total > rate").only("E0302")
    report.says("money in CNY cannot be compared with a percent").underlines("order.total > rate")
    report.points("total", "`order.total` is money in CNY, declared here")
    report.points("rate", "`rate` is a percent, declared here")
    value("money", "order.total + rate").says("money in CNY cannot be added to a percent")
    report = when("5% > 10 CNY").only("E0302")
    report.points("5%", "`5%` is a percent").points("10 CNY", "`10 CNY` is money in CNY")


def test_two_currencies() -> None:
    report = when("order.total > fee").only("E0304")
    report.says("money in CNY cannot be compared with money in USD")
    report.helps("convert it by a dated `exchange`: `… as USD`")
    report.points("fee", "`fee` is money in USD, declared here")
    value("money", "order.total + fee").only("E0304")
    value("money", "fee").only("E0304")
    report = value("money", "fee as CNY").only("E0314")
    report.says("no exchange from USD to CNY is declared")
    report.helps("declare `exchange USD to CNY { from … -> … }`")


def test_days_and_months() -> None:
    when("term > grace").only("E0305").says(
        "a duration in months cannot be compared with a duration in days"
    )
    value("months", "90 days").only("E0305")


def test_order_on_texts_and_members() -> None:
    report = when("order.region > north").only("E0306")
    report.says("a `Region` has no order, so `>` says nothing about it")
    report.helps("compare with `=`, `!=` or `in`")
    when('note < "b"').only("E0306")


def test_percent_and_bare_numbers() -> None:
    report = when("rate > 3").only("E0307")
    report.says("a percent cannot be compared with a bare number").helps("write `3%`")
    when("rate > 0").only("E0307").helps("write `0%`")
    value("percent", "rate + 2").only("E0307").helps("write `2%`")
    value("percent", "1 - rate").silent()
    value("percent", "rate + score").only("E0315")
    report = (
        value("percent", "3").only("E0307").says("`3` is a bare number where a percent is needed")
    )
    report.points("v", "`v` is a percent, declared here")
    when("term > 3").only("E0307").helps("write `3 months`")
    when("grace > 3").only("E0307").helps("write `3 days`")


def test_limits_have_the_type_of_the_measure() -> None:
    report = check(HEAD + "authority deal { clerk may approve up to 3 }\n").only("E0307")
    report.says("`3` is a bare number where a percent is needed").helps("write `3%`").underlines(
        "3"
    )
    report.points("rate", "`rate` is a percent, and limits measure it")
    report = check(HEAD + "authority deal { clerk may approve up to 3 CNY }\n").only("E0301")
    report.says("`3 CNY` is money in CNY where a percent is needed")
    report = check(HEAD + "authority deal { clerk may not approve over order.total }\n")
    report.only("E0301").points("total", "`order.total` is money in CNY, declared here")


def test_conditions() -> None:
    report = when("order.total and urgent").only("E0308")
    report.says("`order.total` is money in CNY where a condition is needed")
    report.underlines("order.total")
    when("not count").only("E0308")
    value("money", "if rate then 1 else 2").only("E0308")


def test_dates() -> None:
    report = when("due + 3 months > as_of").only("E0309")
    report.says("a date plus `3 months` may fall past the end of a month")
    report.helps(
        "write `3 months clipped` to stay in the month, `3 months rolled` to go on to the next"
    )
    when("due + term > as_of").only("E0309")
    report = when("as_of - due > 30 days").only("E0302")
    report.says("a date cannot be subtracted from a date").helps("write `days from due to as_of`")
    when("due + 3 > as_of").only("E0307").helps("write `3 days`")
    when("days from due to note > 3 days").only("E0301")


def test_optional_facts() -> None:
    report = when("rate is given").only("E0310")
    report.says("`rate` is never absent, so `is given` says nothing")
    report.points("rate", "`rate` is a percent, declared here")
    value("percent", "rate otherwise 0%").only("E0310")
    value("percent", "(order.margin + rate) otherwise 0%").only("E0310").helps(
        "put the fact with its `otherwise` in parentheses"
    )
    value("percent", "order.margin otherwise 0").only("E0307").helps("write `0%`")


def test_lists() -> None:
    report = when("sum(order.total) > 5").only("E0311")
    report.says("`order.total` is money in CNY, not a list")
    when("sum(order.names) > 5").only("E0312")
    when("order.lines.amount > 5").only("E0319").helps(
        "write `sum(order.lines.amount)`, or another function of a list"
    )
    when("order.lines = order.lines").only("E0316")
    when("any(l in order.lines where l.amout > 5)").only("E0204").helps("did you mean `amount`?")
    when("count(order.total) > 5").only("E0311")
    when("min(order.total, order.lines) > 5").only("E0312")


def test_membership() -> None:
    report = (
        when("count in score")
        .only("E0318")
        .says("`score` is a number, not a set or a list to look in")
    )
    report.helps("write `count = score`, or list the values in parentheses")
    when('order.region in ("north", south)').only("E0301")
    when("note in order.regions").only("E0301")
    report = when('order.region = "north"').only("E0302")
    report.helps("write the member without quotes: `north`")
    report = when("note = north_side").only("E0202")
    report.helps('write a text in quotes: `"north_side"`')
    when("order.regions = north").only("E0302").helps("write `north in order.regions`")
    when("actor = clerk").only("E0302").helps("write `actor holds clerk`")
    when("actor = requester").only("E0316").helps("compare `actor.id` with `requester.id`")


def test_division_and_rounding() -> None:
    when("order.total / 0 > 5").only("E0313").says("`order.total` is divided by zero")
    when("5 / order.total > 5").only("E0302")
    value("money", "order.total rounded up to 0").only("E0321")
    value("percent", "rate rounded up to 0.01").only("E0307").helps("write `0.01%`")


def test_tables_show_both_origins() -> None:
    table = "table f (amount: money, region: Region) gives number { any, any -> 1 }\n"
    rule = "authority deal { clerk may approve any when f(rate, order.region) > 1 }\n"
    report = check(HEAD + table + rule).only("E0301")
    report.says("`rate` is a percent where money in CNY is needed").underlines("rate")
    report.points("rate", "`rate` is a percent, declared here")
    report.points("amount", "`amount` is money in CNY, declared here")
    report = check(HEAD + table + rule.replace("f(rate, order.region)", "f(5)")).only("E0220")
    report.says("`f` takes 2 inputs, and 1 are given").points("f", "declared here")
    report = check(HEAD + table + rule.replace("f(rate, order.region)", "f"))
    report.only("E0218").helps("write `f(amount, region)`")
    check(HEAD + table + rule.replace("f(rate, order.region)", "f(5, north)")).silent()


def test_bands() -> None:
    value("money", "bands of note { otherwise -> 5 }").only("E0306")
    report = value("money", "bands of rate { up to 5% -> 1  under 5% -> 2  otherwise -> 3 }")
    report.only("E0426").says("these bands do not ascend")
    value("money", "bands of rate { under 5% -> 1  up to 5% -> 2  otherwise -> 3 }").silent()
    value("money", "bands of rate { under 5% -> 1  otherwise -> 2  under 6% -> 3 }").only("E0428")
    value("money", "bands of rate { under 5% -> 1 }").only("E0427")
    value("money", "bands of rate { under 5 -> 1  otherwise -> 2 }").only("E0307")
    value("money", "bands of rate { under 5% -> 1  otherwise -> 2% }").only("E0302")


def test_between_reversed() -> None:
    report = when("order.total between 20 and 10").only("E0411")
    report.says("`20` is more than `10`, so nothing is between them")


def test_one_mistake_gives_one_error() -> None:
    check(
        HEAD + "define a: money = order.totl * 2\ndefine b: money = a + 5\n"
        "parameter c: mony = 5\ndefine d: money = c + b\n"
        "authority deal { clerk may approve any when d > b and min(a, d) > c * 2 }\n"
    ).only("E0204", "E0203")


# --- what it becomes ---------------------------------------------------------------------


def test_numbers_take_their_type() -> None:
    e = defined(value("money", "order.total + 5").program)
    assert isinstance(e, x.Arithmetic)
    assert e.right.type == money("CNY")
    e = defined(value("number", "1 - order.total / order.list_total").program)
    kinds = {part.type.kind for part in x.walk(e)}
    assert kinds == {"number", "money"}
    e = defined(value("percent", "1 - order.total / order.list_total").program)
    assert e.type == PERCENT
    assert not {"ratio", "literal"} & {part.type.kind for part in x.walk(e)}


def test_no_undecided_type_is_left() -> None:
    for condition in (
        "order.total / order.list_total > 0.5",
        "(if urgent then 1 else 2) < 3",
        "abs(order.total / order.list_total) * 2 > count",
        "sum(2 for l in order.lines) > 3",
        "1 + 2 < 3 * 4",
        "order.total * (order.total / order.list_total) > 5",
    ):
        program = when(condition).silent().program
        assert program is not None
        rule = program.authorities[0].grants[0].condition
        assert rule is not None
        kinds = {part.type.kind for part in x.walk(rule)}
        assert not {"ratio", "literal"} & kinds, (condition, kinds)


def test_sum_of_a_path_becomes_an_aggregate() -> None:
    e = defined(value("money", "sum(order.lines.amount)").program)
    assert isinstance(e, x.Aggregate)
    assert isinstance(e.over, x.Fact)
    assert e.over.path == ("order", "lines")
    assert isinstance(e.body, x.Variable)
    assert (e.body.name, e.body.path) == (e.variable, ("amount",))


def test_min_of_a_list_and_of_values() -> None:
    assert isinstance(defined(value("money", "min(order.lines.amount)").program), x.Aggregate)
    e = defined(value("money", "min(5, order.total, 7)").program)
    assert isinstance(e, x.Extremum)
    assert len(e.operands) == 3


def test_members_in_a_tree_become_a_set() -> None:
    program = when("order.region in north").program
    assert program is not None
    e = program.authorities[0].grants[0].condition
    assert isinstance(e, x.Contains)
    assert isinstance(e.collection, x.Constant)
    assert e.collection.value == frozenset({"north"})


def test_unless_becomes_and_not() -> None:
    report = check(
        HEAD + "authority deal { clerk may approve any when urgent unless count > 3 }\n"
    ).silent()
    assert report.program is not None
    e = report.program.authorities[0].grants[0].condition
    assert isinstance(e, x.AllOf)
    assert isinstance(e.operands[1], x.Not)


def test_dates_keep_their_rule() -> None:
    e = defined(value("date", "due - 3 months rolled").program)
    assert isinstance(e, x.AddToDate)
    assert (e.sign, e.month_rule, e.duration.type) == (-1, "rolled", MONTHS)


def test_negative_constants_are_constants() -> None:
    e = defined(value("number", "-5").program)
    assert isinstance(e, x.Constant)
    assert (e.value, e.type, e.written) == (Fraction(-5), NUMBER, "-5")


def test_count_is_whole() -> None:
    assert defined(value("integer", "count(order.lines)").program).type == INTEGER


def test_optional_step_makes_a_path_optional() -> None:
    e = defined(value("boolean", 'customer.id = "a"').program)
    assert isinstance(e, x.Compare)
    assert isinstance(e.left, x.Fact)
    assert e.left.optional


# --- size --------------------------------------------------------------------------------


def test_long_chains() -> None:
    many = " and ".join(["order.total > 5"] * 5_000)
    when(many).fine()


def test_a_long_sum_is_a_shallow_tree() -> None:
    e = defined(value("money", " - ".join(["order.total"] * 90)).program)

    def depth(at: x.Expression) -> int:
        return 1 + max((depth(c) for c in x.children(at)), default=0)

    def total(at: x.Expression) -> int:
        if isinstance(at, x.Arithmetic):
            sign = 1 if at.operator == "+" else -1
            return total(at.left) + sign * total(at.right)
        return 1

    assert depth(e) <= 9
    assert total(e) == 1 - 89


def test_deep_nesting() -> None:
    when("abs(" * 90 + "order.total" + ")" * 90 + " > 5").silent()
