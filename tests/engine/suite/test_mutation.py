"""Mutants of a policy: each is one change, said as it is, and noticed by the cases that can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from random import Random
from typing import Any

import pytest

from engine.asking import PEOPLE, House, loaded, peopled
from engine.generators import written
from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_dsl.program import Program
from remit_dsl.source import Span
from remit_engine.engine import Engine
from remit_engine.reading.yaml_tree import plain, read_yaml
from remit_engine.rules.lower import lower
from remit_engine.suite import read_suite_text, run_suite
from remit_engine.suite.mutation import Mutant, Unnoticed, benches, mutants, mutate, witness
from remit_engine.suite.mutation.case_text import case_line, flow
from remit_engine.suite.mutation.change import Texts, quoted

RICH = """
policy house { currency CNY  owner director  effective from 2026-01-01  effective until 2027-01-01 }
position clerk    "Clerk"    { reports to manager }
position manager  "Manager"  { reports to director }
position director "Director"
position auditor  "Auditor"
enum Kind { gift sold sample }
enum Region { north south }
record Line { kind: Kind  amount: money }
record Order {
  total: money  kind: Kind  region: Region  note: text optional  paid: boolean  on: date
  days: integer  lines: list of Line
}
parameter ceiling: percent { from 2026-01-01 -> 10%  from 2026-07-01 -> 12.5% }
parameter half: money = 20万
define steep: boolean = order.total > half and not order.paid
define scale: percent = bands of order.total {
  under 1_000 -> 1%  up to 5_000 -> 2%  otherwise -> 3%
}
table factor (region: Region, days: integer) gives percent unique {
  north, under 5 -> 1%
  north, at least 5 -> 2%
  south, any -> 3%
}
table extra (region: Region, days: integer) gives percent first {
  north, under 5 -> 1%
  not north, at least 5 -> 2%
  north or south, between 6 and 7 -> 3%
  any, any -> 4%
}
exchange USD to CNY { from 2026-01-01 -> 7.2 }
action discount "Discount" { rate percent  order Order  limit on rate }
authority discount {
  superiors inherit
  clerk may approve up to 3%
  clerk, auditor may recommend any
  manager may approve under ceiling when order.total <= 200_000 and order.kind in (gift, sold)
  director may approve
      up to min(scale + factor(order.region, order.days) + extra(order.region, 6), 9%)
      when (order.paid or order.kind not in (sample, gift)) and order.days between 2 and 9
  director may approve up to 5% unless order.note is absent
  manager may sign between 1% and 2% from 2026-02-01 until 2026-03-01
  nobody may approve over 40% because "too much"
  floor: clerk may not approve at least 2% when any(l in order.lines where l.amount > 10.50)
  nobody may sign when steep
  nobody may recommend when subject_region = north and sum(l.amount for l in order.lines) >= 1
  approve over 20% needs 2 of (director, auditor, manager)
  approve over 30% needs review by auditor then evidence photo "Photo"
  requester may not approve
  separate approve and sign
  escalate to the first superior able
}
action export { amount money USD  limit on amount as CNY }
authority export { manager may sign up to 1_000_000 }
action purchase { amount money  limit on amount }
authority purchase {
  manager may approve up to 500 each, 1_000 per month when requester reports to actor
  manager may handle up to 100 per month, 900 per year
}
""".replace("subject_region", "order.region")
"""One of everything that can be changed."""


def changed(text: str) -> list[Mutant]:
    return mutants(lower(loaded(text)))


def sentences(text: str) -> list[str]:
    return [m.sentence for m in changed(text)]


def shape(value: Any) -> Any:
    """A program without places, spellings and labels."""
    if isinstance(value, Span):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        skipped = ("span", "written", "label", "sources", "digest", "because", "source")
        named = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in skipped}
        if type(value).__name__ in ("AllOf", "AnyOf"):
            named["operands"] = tuple(flattened(value))
        if type(value).__name__ == "Not" and type(value.operand).__name__ == "Not":
            return shape(value.operand.operand)
        return (type(value).__name__, *((k, shape(v)) for k, v in named.items()))
    if isinstance(value, tuple | list):
        return tuple(shape(v) for v in value)
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items()}
    return value


def flattened(value: Any) -> Iterator[Any]:
    for operand in value.operands:
        if type(operand) is type(value):
            yield from flattened(operand)
        else:
            yield operand


# --- what is changed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "`up to 3%` becomes `under 3%`",
        "`up to 3%` becomes `up to 3.01%`",
        "`up to 3%` becomes `up to 2.99%`",
        "`up to 3%` becomes `up to 3.3%`",
        "`under ceiling` becomes `up to ceiling`",
        "`over 40%` becomes `at least 40%`",
        "`at least 2%` becomes `over 2%`",
        "`between 1% and 2%` becomes `between 1.01% and 2%`",
        "`order.total <= 200_000` becomes `order.total < 200_000`",
        "`order.total <= 200_000` becomes `order.total <= 200_001`",
        "`order.total <= 200_000` becomes `order.total <= 220_000`",
        "`order.kind in (gift, sold)` becomes `order.kind in (gift)`",
        "`order.kind in (gift, sold)` becomes `order.kind not in (gift, sold)`",
        "`order.kind not in (sample, gift)` becomes `order.kind in (sample, gift)`",
        "`order.note is absent` becomes `not (order.note is absent)`",
        "`when order.total <= 200_000 and order.kind in (gift, sold)` is removed",
        "`order.total <= 200_000 and order.kind in (gift, sold)` becomes `order.total <= 200_000`",
        "`order.total <= 200_000 and order.kind in (gift, sold)` becomes "
        "`order.total <= 200_000 or order.kind in (gift, sold)`",
        "`not order.paid` becomes `(order.paid)`",
        "`order.days between 2 and 9` has no lower end any more",
        "`min(scale + factor(order.region, order.days) + extra(order.region, 6), 9%)` becomes "
        "`max(scale + factor(order.region, order.days) + extra(order.region, 6), 9%)`",
        "`l.amount > 10.50` becomes `l.amount > 10.51`",
        "`20万` becomes `200_001`",
        "`12.5%` becomes `12.51%`",
        "`under 1_000` becomes `up to 1_000`",
        "`up to 5_000` becomes `under 5_000`",
        "`at least 5` becomes `over 5`",
        "`between 6 and 7` leaves out its lower end",
        "`between 6 and 7` leaves out its upper end",
        "`north or south` becomes `south`",
        "`not north` becomes `north`",
        "`7.2` becomes `7.3`",
        "`clerk, auditor may` becomes `clerk may`",
        "`clerk may` becomes `manager may`",
        "`manager may` becomes `clerk may`",
        "`2 of (director, auditor, manager)` becomes `3 of (director, auditor, manager)`",
        "`2 of (director, auditor, manager)` becomes `1 of (director, auditor, manager)`",
        "`2 of (director, auditor, manager)` becomes `2 of (director, manager)`",
        "`review by auditor then evidence photo` becomes `evidence photo`",
        "`review by auditor then evidence photo` becomes `review by auditor and evidence photo`",
        "`from 2026-02-01` becomes `from 2026-01-31`",
        "`until 2026-03-01` becomes `until 2026-03-02`",
        "`from 2026-07-01` becomes `from 2026-07-02`",
        "`effective until 2027-01-01` becomes `effective until 2026-12-31`",
        "`requester may not approve` is removed",
        "`separate approve and sign` is removed",
        "`superiors inherit` is removed",
        "escalation to `the first superior able` becomes `through every level`",
        "the total `1_000 per month` is removed",
        "`requester reports to actor` becomes `requester reports directly to actor`",
        "`any(l in order.lines where l.amount > 10.50)` becomes "
        "`all(l in order.lines where l.amount > 10.50)`",
    ],
)
def test_a_change_is_said_in_the_words_of_the_policy(sentence):
    assert sentence in sentences(RICH)


def test_no_two_mutants_say_the_same_of_one_place():
    keys = [m.key for m in changed(RICH)]
    assert len(keys) == len(set(keys))


def test_a_step_written_twice_is_changed_twice():
    text = (
        PEOPLE
        + """action a { x money } authority a { clerk may approve
        approve needs (review by auditor or manager) and (review by auditor or manager) }"""
    )
    twice = "`review by 1 of (auditor, manager)` becomes `review by manager`"
    assert [m.ordinal for m in changed(text) if m.sentence == twice] == [0, 1]


def test_a_long_piece_is_cut_around_the_change():
    words = " and ".join(f'order_number_{i} != "{i}"' for i in range(9))
    fields = " ".join(f"order_number_{i} text" for i in range(9))
    text = PEOPLE + f"action a {{ {fields} }} authority a {{ clerk may approve when {words} }}"
    (said,) = (s for s in sentences(text) if 'order_number_5 = "5"' in s)
    assert said == '`order_number_5 != "5"` becomes `order_number_5 = "5"`'
    assert all(len(s) < 260 for s in sentences(text))


def test_the_order_is_that_of_the_text():
    found = changed(RICH)
    assert [m.key for m in found] == [m.key for m in changed(RICH)]
    assert [m.span for m in found] == sorted(m.span for m in found)


@pytest.mark.parametrize(
    "nothing",
    ["any", "unset"],
)
def test_what_has_no_figure_is_not_moved(nothing):
    text = (
        PEOPLE + f"action a {{ x money  limit on x }} authority a {{ clerk may approve {nothing} }}"
    )
    kinds = {m.kind for m in changed(text)}
    assert kinds == {"removed", "position"}


def test_a_limit_is_not_moved_below_zero():
    text = PEOPLE + "action a { x money  limit on x } authority a { clerk may approve up to 0 }"
    assert "`up to 0` becomes `up to 1`" in sentences(text)
    assert not any("-1" in s for s in sentences(text))


def test_what_no_action_reads_is_not_changed():
    text = (
        PEOPLE + "parameter idle: money = 5 action a { x money } authority a { clerk may approve }"
    )
    assert not any("5" in s for s in sentences(text))


def test_days_before_any_rule_are_not_looked_at():
    start = "policy house { currency CNY  owner director  effective from 2026-01-01 }"
    text = (
        PEOPLE.replace("policy house { currency CNY  owner director }", start)
        + """
        parameter p: money { from 2026-01-01 -> 5 }
        action a { x money  limit on x } authority a { clerk may approve up to p }"""
    )
    assert "`from 2026-01-01` becomes `from 2026-01-02`" in sentences(text)
    assert "`from 2026-01-01` becomes `from 2025-12-31`" not in sentences(text)


def test_the_last_days_of_the_calendar():
    text = (
        PEOPLE
        + """action a { on date } authority a {
        clerk may approve when on < 9999-12-31 and on > 0001-01-01 }"""
    )
    assert "`on < 9999-12-31` becomes `on < 9999-12-30`" in sentences(text)


def test_a_mutant_keeps_the_ids_of_all_other_rules():
    text = (
        PEOPLE
        + """action a { x money  limit on x } authority a {
        clerk may approve up to 1  clerk may approve up to 2 }"""
    )
    gone = next(m for m in changed(text) if m.sentence == "`clerk may approve up to 1` is removed")
    assert [r.id for r in lower(gone.make()).rules] == ["a.clerk.approve.2"]


# --- the sentence is the change --------------------------------------------------------------


REFUSED = {"E0426", "E0428", "E0411", "E0422"}
"""A mutant may be what no checker lets through: bands that do not ascend, rows that overlap."""


@pytest.mark.parametrize("mutant", [m for m in changed(RICH) if m.edit], ids=lambda m: m.sentence)
def test_the_text_with_the_edit_means_the_mutant(mutant):
    before = loaded(RICH)
    edited = Texts(before.sources).changed(mutant.edit)
    assert edited is not None
    program, found = load_texts({"house.remit": edited.text})
    wrong = [d for d in errors(found) if d.code not in REFUSED]
    assert not wrong, (edited.text, wrong)
    if errors(found):
        return
    assert program is not None
    assert shape(parts(program, mutant)) == shape(parts(mutant.make(), mutant))


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_text_with_the_edit_means_the_mutant_in_random_policies(seed):
    program = loaded(written(Random(seed)).text())
    found = [m for m in mutants(lower(program)) if m.edit]
    for mutant in Random(seed).sample(found, min(12, len(found))):
        edited = Texts(program.sources).changed(mutant.edit)
        assert edited is not None
        again, faults = load_texts({edited.name: edited.text})
        assert not [d for d in faults if d.code.startswith("E00")], (mutant.sentence, faults)
        if again is not None and not errors(faults):
            assert shape(parts(again, mutant)) == shape(parts(mutant.make(), mutant))


def parts(program: Program, mutant: Mutant) -> Any:
    kept = [a for a in program.authorities if a.action in mutant.actions]
    named = (program.parameters, program.definitions, program.tables, program.exchanges)
    return kept, named, program.policies, program.actions


# --- who notices ---------------------------------------------------------------------------

LIMIT = (
    PEOPLE
    + """
action a { x money  kind boolean optional  limit on x }
authority a {
  clerk may approve up to 100
  manager may approve up to 500 when kind
  director may approve any
  escalate to the first superior able
}
"""
)
CASES = """
as_of: 2026-03-01
defaults: {action: a, facts: {kind: true}}
cases:
"""


def survivors(policy: str, *cases: str, directory: str | None = None) -> list[Unnoticed]:
    model = lower(loaded(policy))
    engine = Engine(model, peopled(directory, model))
    text = CASES + "".join(f"  - {c}\n" for c in cases)
    suite, found = read_suite_text("a.test.yaml", text, engine)
    assert suite is not None, found
    result = run_suite(suite, engine)
    assert not result.failed, [r.failures for r in result.failed]
    return list(mutate(benches([engine], [result])).unnoticed)


AT = "{name: at, actor: clerk, facts: {x: 100}, expect: {outcome: permit}}"
BEYOND = "{name: beyond, actor: clerk, facts: {x: 101}, expect: {outcome: escalate}}"


def test_a_case_at_the_limit_notices_its_side_and_what_is_less():
    said = [u.mutant.sentence for u in survivors(LIMIT, AT)]
    assert "`up to 100` becomes `under 100`" not in said
    assert "`up to 100` becomes `up to 99`" not in said
    assert "`up to 100` becomes `up to 101`" in said


def test_cases_at_and_just_beyond_notice_every_change_of_a_limit():
    said = [u.mutant.sentence for u in survivors(LIMIT, AT, BEYOND)]
    assert not [s for s in said if "up to 100" in s]
    assert "`up to 500` becomes `under 500`" in said


def test_every_survivor_of_a_plain_policy_gets_a_case_that_notices_it():
    cases = [AT, BEYOND]
    for round in range(30):
        found = survivors(LIMIT, *cases)
        if not found:
            break
        told = witness(found[0])
        if told is None:
            pytest.fail(f"no case for: {found[0].mutant.sentence}")
        renamed = told.line.removeprefix("- ").replace("told apart", f"{round}", 1)
        cases.append(renamed)
    assert survivors(LIMIT, *cases) == []


def test_a_witness_shows_both_outcomes_and_where_it_goes():
    (found,) = (u for u in survivors(LIMIT, AT) if u.mutant.sentence.endswith("`up to 101`"))
    told = witness(found)
    assert told is not None
    assert (told.answer, told.changed, told.file) == ("escalate", "permit", "a.test.yaml")
    assert "x: 101" in told.line


STEPPED = (
    PEOPLE
    + """
action a { x money  total money  limit on x }
authority a {
  clerk may approve up to 1_000 when total < 50_000
  approve over 500 needs review by auditor
  auditor may review any
}
"""
)


def test_a_case_of_the_same_rules_with_another_outcome_is_a_base_too():
    """`not met` and `grants` name the same rule: the permit is the one to start from."""
    denied = "{name: no, actor: clerk, facts: {x: 0, total: 50_000}, expect: {outcome: deny}}"
    permitted = "{name: yes, actor: clerk, facts: {x: 100, total: 0}, expect: {outcome: permit}}"
    cases = [c.replace("50_000", "50000") for c in (denied, permitted)]
    line = next(n for n, said in enumerate(STEPPED.split("\n"), 1) if "over 500" in said)
    found = [u for u in survivors(STEPPED, *cases) if u.mutant.span.line == line]
    assert len(found) >= 3
    for one in found:
        told = witness(one)
        assert told is not None, one.mutant.sentence


def test_what_means_the_same_has_no_witness():
    policy = (
        PEOPLE
        + """
        parameter p: money = unset
        action a { x money  kind boolean optional  limit on x }
        authority a { director may approve up to p }"""
    )
    case = "{name: one, actor: director, facts: {x: 5}, expect: {outcome: undefined}}"
    (found,) = (u for u in survivors(policy, case) if u.mutant.sentence.endswith("`under p`"))
    assert witness(found) is None


def test_the_search_is_bounded():
    (found,) = (u for u in survivors(LIMIT, AT) if u.mutant.sentence.endswith("`up to 101`"))
    assert witness(found, tries=0) is None


def test_a_case_that_fails_or_is_refused_is_no_evidence():
    model = lower(loaded(LIMIT))
    engine = Engine(model)
    text = CASES + "  - {name: wrong, actor: clerk, facts: {x: 100}, expect: {outcome: deny}}\n"
    text += "  - {name: no, actor: nobody_here, facts: {x: 1}, expect: {error: actor}}\n"
    suite, _ = read_suite_text("a.test.yaml", text, engine)
    assert suite is not None
    (bench,) = benches([engine], [run_suite(suite, engine)])
    assert bench.asked == {}
    came = mutate([bench])
    assert (came.tried, came.unnoticed) == (0, ())
    assert len(came.unasked) == len(mutants(model))


def test_one_bench_that_notices_is_enough():
    model = lower(loaded(LIMIT))
    engines = [Engine(model), Engine(lower(loaded(LIMIT)))]
    results = []
    for engine, case in zip(engines, (AT, BEYOND), strict=True):
        suite, _ = read_suite_text("a.test.yaml", f"{CASES}  - {case}\n", engine)
        assert suite is not None
        results.append(run_suite(suite, engine))
    came = mutate(benches(engines, results))
    assert not [u for u in came.unnoticed if "up to 100" in u.mutant.sentence]
    assert came.tried == len(mutants(model))


def test_progress_is_told_for_each_mutant():
    model = lower(loaded(LIMIT))
    engine = Engine(model)
    suite, _ = read_suite_text("a.test.yaml", f"{CASES}  - {AT}\n", engine)
    assert suite is not None
    heard: list[tuple[int, int]] = []
    found = benches([engine], [run_suite(suite, engine)])
    mutate(found, lambda done, of: heard.append((done, of)))
    of = len(mutants(model))
    assert heard == [(done, of) for done in range(of)]


def test_no_suite_no_mutants():
    assert mutate([]).tried == 0


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, "b": [True, False, None], "c": {"d": date(2026, 1, 2)}},
        {"rate": "12.5%", "name": "yes", "no": "no", "n": "12", "d": "2026-01-01"},
        {"odd": "a: b, {c} [d] # e", "quote": 'say "x"', "empty": "", "blank": " a "},
        {"zh": "销售经理", "minus": "-x", "star": "*x", "null": "null", "t": "true", "x": "a\nb"},
        {},
    ],
)
def test_flow_text_reads_back_as_itself(value):
    tree, found = read_yaml("x", flow(value))
    assert not found
    assert tree is not None
    assert plain(tree) == value


def test_braces_in_a_name_are_not_filled():
    assert "{" not in case_line("bands { x }", {}, {})[len("- {") :].split(", expect")[0]


def test_a_long_sentence_is_cut_in_the_middle():
    assert quoted("a " * 200).count("…") == 1
    assert len(quoted("a " * 200)) < 100


def test_the_answers_of_a_mutant_are_those_of_the_reference():
    house = House(LIMIT)
    gone = next(m for m in mutants(house.model) if m.sentence == "`when kind` is removed")
    engine = Engine(lower(gone.make()), reference=True)
    request = house.request("manager", x=400, kind=False)
    assert (house.answer(request).outcome, engine.decide(request).outcome) == ("escalate", "permit")
