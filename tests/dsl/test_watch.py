"""Watches and duties in the text: every form of docs/watch.md becomes nodes of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.expect import check
from remit_dsl.expressions import AllOf, AnyOf, Compare, Constant, Fact, walk
from remit_dsl.loader import check_text
from remit_dsl.parsing.parser import parse
from remit_dsl.program import Program
from remit_dsl.source import Source
from remit_dsl.syntax import Watch as Written
from remit_dsl.watch import Count, Duty, Watch, WatchRule, Window

EVERY_FORM = (Path(__file__).with_name("watch") / "every_form.remit").read_text(encoding="utf-8")
HEAD = EVERY_FORM[: EVERY_FORM.index("watch credit_usage")]


@pytest.fixture(scope="module")
def program() -> Program:
    found, faults = check_text(EVERY_FORM)
    assert faults == []
    assert found is not None
    return found


def watch(program: Program, short: str) -> Watch:
    return program.watches[f"watch.sample.{short}"]


def rule(program: Program, which: int | str) -> WatchRule:
    rules = watch(program, "credit_usage").rules
    return next(r for r in rules if r.id == f"watch.sample.credit_usage.{which}")


def count(rules: Watch | WatchRule, condition) -> Count:
    (path,) = {e.path for e in walk(condition) if isinstance(e, Fact) and e.path[0] == "count"}
    return next(c for c in rules.counts if c.id == path[1])


def test_the_three_kinds_of_subjects(program: Program) -> None:
    kinds = {w.short: (w.kind, w.on, w.by) for w in program.watches.values()}
    assert kinds == {
        "credit_usage": ("record", "watch.sample.Customer", None),
        "cross_area": ("event", "watch.sample.Sale", None),
        "by_product": ("key", "watch.sample.Return", ("product",)),
    }


def test_words_of_comparison(program: Program) -> None:
    near = rule(program, "near")
    assert isinstance(near.condition, Compare)
    assert isinstance(near.until, Compare)
    assert (near.condition.operator, near.until.operator) == (">", "<=")
    text = EVERY_FORM.replace("exposure over 80%", "exposure at least 80%", 1)
    text = text.replace("exposure at most 75%", "exposure under 75%", 1)
    found, faults = check_text(text)
    assert found is not None
    assert faults == []
    other = rule(found, "near")
    assert (other.condition.operator, other.until.operator) == (">=", "<")


def test_how_many_and_how_much(program: Program) -> None:
    usage = watch(program, "credit_usage")
    many, much = rule(program, 3), rule(program, 4)
    assert isinstance(many.condition, Compare)
    assert (many.condition.operator, many.condition.right.value) == (">=", 3)
    returns = count(usage, many.condition)
    assert (returns.field, returns.key, returns.window) == (
        None, ("customer", "id"), Window("days", 30),
    )  # fmt: skip
    amount = count(usage, much.condition)
    assert (amount.field, amount.window, str(amount.type)) == (
        ("amount",), Window("month"), "money in CNY",
    )  # fmt: skip


def test_rows_that_stay_as_they_are(program: Program) -> None:
    unpaid = rule(program, 5)
    assert unpaid.rows is not None
    rows = unpaid.rows
    assert (rows.event, rows.key, rows.length, rows.unit, rows.of) == (
        "watch.sample.Invoice", ("customer", "id"), 60, "days", "due",
    )  # fmt: skip
    (paid,) = rows.counts
    assert (paid.event, paid.key, paid.window) == (
        "watch.sample.Payment", ("invoice",), Window("ever"),
    )  # fmt: skip
    assert isinstance(unpaid.condition, Compare)  # the other side of the `and`
    assert {e.path for e in walk(unpaid.condition) if isinstance(e, Fact)} == {("region",)}


def test_what_follows_what(program: Program) -> None:
    either = rule(program, 6)
    assert isinstance(either.condition, AnyOf)
    (sequence,) = watch(program, "credit_usage").sequences
    assert (sequence.first, sequence.second, sequence.window) == (
        "watch.sample.Complaint", "watch.sample.Return", Window("days", 14),
    )  # fmt: skip


def test_what_is_named_stands_in_place_of_its_name(program: Program) -> None:
    facts = {e.path for e in walk(rule(program, 7).condition) if isinstance(e, Fact)}
    assert facts == {("exposure",), ("credit_line",)}


def test_what_a_rule_does(program: Program) -> None:
    full = rule(program, "full")
    assert (full.severity, full.owner) == ("critical", "watch.sample.finance_controller")
    assert full.because is not None
    assert full.because.localized("zh") == "信用额度已用完"
    (freeze,) = full.restraints
    assert (freeze.kind, freeze.action, freeze.fact, freeze.value) == (
        "freeze", "watch.sample.credit_release", ("customer", "id"), None,
    )  # fmt: skip
    (require,) = watch(program, "cross_area").rules[0].restraints
    assert (require.verb, require.position, require.value) == (
        "review", "watch.sample.sales_director", ("account", "id"),
    )  # fmt: skip


def test_duties(program: Program) -> None:
    monthly, weekly = program.duties
    assert (monthly.name, monthly.frequency, monthly.day, monthly.event) == (
        "watch.sample.sales_manager.monthly", "monthly", 5, None,
    )  # fmt: skip
    assert isinstance(weekly, Duty)
    assert (weekly.day, weekly.event, weekly.by, weekly.notify) == (
        4, "watch.sample.Report", ("author",), ("watch.sample.general_manager",),
    )  # fmt: skip


def test_stays_alone_asks_nothing_else() -> None:
    text = HEAD + (
        "watch late on Invoice {\n  when an Invoice stays (amount > 5) 2 months after due\n"
        "    notify sales_manager\n}\n"
    )
    (only,) = check(text).fine().program.watches.values()
    (late,) = only.rules
    assert isinstance(late.condition, Constant)
    assert late.condition.value is True
    assert (late.rows.key, late.rows.unit) == (None, "months")


@pytest.mark.parametrize(
    ("items", "code", "message", "help"),
    [
        ("when 3 Retrun notify board", "E0901", "unknown event `Retrun`",
         "did you mean `Return`?"),
        ("when sum of Return.amont > 5 notify board", "E0909",
         "event `Return` has no field `amont`", "did you mean `amount`?"),
        ("when 3 Report within 9 days notify board", "E1003",
         "no field of `Report` says which it is of a `Customer`",
         "name the field: `by FIELD`"),
        ("a = b + 1\n  b = a + 1\n  when a > 5 notify board", "E1006",
         "`a` through `b` is made of itself", "break the circle"),
        ("when exposure over credit_line raise urgent to board", "E1007",
         "there is no severity `urgent`", "it is `info`, `warning` or `critical`"),
        ("when exposure over region notify board", "E0302", None, None),
        ("when count of Return where (count of Return > 1) > 2 notify board", "E1005",
         "what is counted here belongs to no subject",
         "give it a name in the watch, and compare that"),
        ("when count of Sale by seller.unit > 2 notify board", "E1013",
         "`seller.unit` is a fact about a person, which a row does not hold",
         "name the person: `seller`"),
        ("when Complaint followed by Return notify board", "E1004",
         "what follows what is asked of the last days or months",
         "end it with `within 14 days`"),
    ],
)  # fmt: skip
def test_one_fault_with_its_cure(items: str, code: str, message: str | None, help) -> None:
    report = check(HEAD + f"watch w on Customer {{\n  {items}\n}}\n").but("W0904", "W0503")
    found = [d for d in report.found if d.code != "E0302" or code == "E0302"]
    if message is None:
        assert [d.code for d in found][:1] != []
        return
    assert [(d.code, d.message, d.help) for d in found][:1] == [(code, message, help)]


def test_the_words_of_a_watch_are_names_elsewhere() -> None:
    text = (
        "policy p { owner o currency CNY }\nposition o\n"
        "action act { over number  a number  an number  count number  by number  limit on over }\n"
        "authority act { o may approve up to 5 when a > 1 and an < 2 and count > by }\n"
    )
    check(text).silent()


def test_a_fault_in_one_rule_leaves_the_others() -> None:
    text = "watch w on Customer {\n  when exposure ovr 5 notify a\n  when x over 5 notify b\n}\n"
    tree, faults = parse(Source("x", text))
    assert [f.span.line for f in faults] == [2]
    (written,) = tree.declarations
    assert isinstance(written, Written)
    assert len(written.items) >= 1


def test_and_beside_rows_is_kept_whole() -> None:
    text = HEAD + (
        "watch w on Customer {\n  when region = east and exposure > 5 and\n"
        "    an Invoice stays (amount > 5) 3 days after due notify board\n}\n"
    )
    (only,) = check(text).fine().program.watches.values()
    condition = only.rules[0].condition
    assert isinstance(condition, AllOf)
    assert len(condition.operands) == 2


def test_a_record_that_is_the_key_is_found_in_other_events() -> None:
    text = HEAD + (
        "event Lead { id: text  date: date  owner: Person }\n"
        "event Won { id: text  date: date  closer: Person }\n"
        "watch w on Lead by owner {\n"
        "  when count of Lead within quarter > 9 and count of Won by closer < 1 notify board\n}\n"
    )
    (only,) = check(text).fine().program.watches.values()
    assert (only.kind, only.by) == ("key", ("owner", "id"))
    assert [c.key for c in only.counts] == [("owner", "id"), ("closer", "id")]


def test_a_duty_without_a_name_beside_a_slip_of_syntax_is_told() -> None:
    text = HEAD + "duty sales_manager reports to board daily\nwatch w on Customer { when }\n"
    report = check(text)
    assert report.codes
    assert report.one.span.line == text.count("\n")
