"""Which requests two texts answer differently: every witness replays, nothing is overlooked."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import pytest

from engine.analysis.complete import request as complete
from engine.asking import PEOPLE, loaded
from engine.generators import ACTION, NIGHTLY, POSITIONS, Written, documents, worth, written
from remit_engine.analysis.difference.comparison import Compared, Verdict
from remit_engine.analysis.difference.difference import Difference, difference
from remit_engine.analysis.difference.told import Told, told
from remit_engine.analysis.difference.witness import speaker
from remit_engine.deciding import decide
from remit_engine.explanation.trace import Tracer
from remit_engine.judging.interpreter import Interpreter
from remit_engine.people.directory import Directory
from remit_engine.reading.request_document import request_document
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

NOBODY = Directory.empty()
TODAY = date(2026, 3, 1)
REFERENCE = Interpreter()


def compared(old: str, new: str, tries: int = 12) -> Difference:
    return difference(lower(loaded(old)), lower(loaded(new)), today=TODAY, tries=tries)


def verdicts(found: Difference) -> dict[tuple[str, str], str]:
    return {
        (c.question.position.rsplit(".", 1)[-1], c.question.verb): str(c.verdict)
        for c in found.compared
    }


def of(found: Difference, position: str) -> Compared:
    (one,) = [c for c in found.compared if c.question.position == f"house.{position}"]
    return one


HOUSE = (
    PEOPLE
    + """
action pay { amount money  urgent boolean  risk integer  limit on amount }
parameter ceiling: money = 1_000
authority pay {
  clerk may approve up to 100
  manager may approve up to ceiling when risk <= 3
  director may approve any
  floor: nobody may approve when risk > 9
  second: approve over 500 needs review by auditor
}
"""
)


def edited(old: str, new: str) -> str:
    assert old in HOUSE
    return HOUSE.replace(old, new, 1)


# --- single edits ----------------------------------------------------------------------------


def test_a_cent_more_has_a_witness_at_the_cent():
    found = compared(HOUSE, edited("up to 100", "up to 100.01"))
    witness = of(found, "clerk").witness
    assert witness is not None
    assert (witness.old.outcome, witness.new.outcome) == ("escalate", "permit")
    assert worth(str(witness.request.facts["amount"])) is not None
    assert 100 < witness.request.facts["amount"] <= worth("100.01")


def test_a_witness_says_no_more_than_it_must():
    found = compared(HOUSE, edited("up to 100", "up to 200"))
    witness = of(found, "clerk").witness
    assert witness is not None
    # `floor` reads the risk, so the request must say it; urgency is read by nobody
    assert set(witness.request.facts) == {"amount", "risk"}
    assert witness.request.requester is None


def test_a_step_beyond_the_reach_of_a_position_is_proven_to_be_nothing_to_it():
    found = compared(
        HOUSE, edited("over 500 needs review by auditor", "over 600 needs review by auditor")
    )
    assert verdicts(found)["clerk", "approve"] == "same"
    assert verdicts(found)["manager", "approve"] == "differs"
    assert verdicts(found)["director", "approve"] == "differs"


def test_a_parameter_written_out_is_proven_to_be_the_same():
    found = compared(HOUSE, edited("up to ceiling", "up to 1_000"))
    assert [c.aspect for c in found.changes] == ["limit"]
    assert set(verdicts(found).values()) == {"same"}


def test_a_condition_said_in_another_way_is_proven_to_be_the_same():
    found = compared(HOUSE, edited("risk <= 3", "(risk < 2 or risk between 2 and 3)"))
    assert found.matters
    assert verdicts(found)["manager", "approve"] == "same"


def test_a_bar_inside_another_bar_is_nothing():
    new = edited("floor:", "more: manager may not approve when risk > 12\n  floor:")
    assert verdicts(compared(HOUSE, new))["manager", "approve"] == "same"


def test_a_bar_on_what_is_below_zero_is_not_called_nothing():
    text = HOUSE.replace("  floor:", "  back: nobody may approve when amount < 0\n  floor:")
    found = compared(text, HOUSE)
    witness = of(found, "director").witness
    assert witness is not None
    assert witness.request.facts["amount"] < 0


def test_a_bar_lifted_has_a_witness():
    found = compared(HOUSE, edited("  floor: nobody may approve when risk > 9\n", ""))
    assert set(verdicts(found).values()) == {"differs"}
    witness = of(found, "director").witness
    assert witness is not None
    assert witness.old.outcome == "deny"
    assert witness.request.facts["risk"] > 9
    everybody = [c for c in found.compared if c.question.everybody]
    assert [c.verdict for c in everybody] == [Verdict.DIFFERS]


def test_another_way_to_escalate_is_shown_by_the_chain():
    found = compared(HOUSE, HOUSE.replace("  second:", "  escalate to director\n  second:"))
    one = of(found, "clerk")
    assert one.witness is not None
    assert one.witness.apart == "chain"
    assert (one.witness.old.able, one.witness.new.able) == (("house.manager",), ("house.director",))


def test_a_bar_on_the_requester_is_shown_and_never_called_the_same():
    found = compared(HOUSE, HOUSE.replace("  second:", "  requester may not approve\n  second:"))
    assert Verdict.SAME not in {c.verdict for c in found.compared if c.question.direct}
    assert of(found, "director").verdict is Verdict.DIFFERS


def test_a_rule_for_anyone_that_holds_for_one_sends_others_elsewhere():
    """The clerk's own right is the same, but now there is somebody who may."""
    text = (
        PEOPLE
        + """
action pay { amount money  limit on amount }
authority pay {
  clerk may approve up to 10
  anyone may approve up to 20 when actor.position = treasurer
}
"""
    )
    found = compared(text, text.replace("up to 20", "up to 30"))
    witness = of(found, "clerk").witness
    assert witness is not None
    assert (witness.old.outcome, witness.new.outcome) == ("deny", "escalate")


def test_wording_asks_no_question():
    found = compared(HOUSE, HOUSE.replace("risk > 9", 'risk > 9 because "too risky"'))
    assert found.changes
    assert not found.matters
    assert found.compared == ()


def test_the_same_text_asks_no_question():
    found = compared(HOUSE, HOUSE)
    assert found.empty
    assert found.compared == ()


KINDS = (
    PEOPLE
    + """
enum Kind { gift sold { retail } }
action pay { amount money  kind Kind  limit on amount }
authority pay {
  clerk may approve up to 100 when kind in sold
  manager may approve any
}
"""
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("gift sold", "gift loan sold"),
        ("sold { retail }", "sold retail"),
        ("amount money  kind", "amount percent  kind"),
        ("kind Kind", "kind text"),
        ("limit on amount", "urgent boolean  limit on amount"),
    ],
)
def test_facts_that_one_text_reads_otherwise(old, new):
    """Facts of another type, members of an enum that come and go: told, and no fault of ours."""
    text = KINDS.replace(old, new, 1).replace("kind in sold", "kind = sold", "text" in new)
    text = text.replace("kind = sold", 'kind = "sold"', "text" in new)
    text = text.replace("up to 100", "up to 100%", "percent" in new)
    found = compared(KINDS, text)
    assert found.matters
    for one in found.compared:
        assert one.verdict is not Verdict.DIFFERS or one.witness is not None
    back = compared(text, KINDS)
    assert back.matters


def test_a_member_that_moves_up_is_answered_differently():
    found = compared(KINDS, KINDS.replace("sold { retail }", "sold retail"))
    witness = of(found, "clerk").witness
    assert witness is not None
    assert witness.request.facts["kind"] == "retail"


def test_a_text_without_rules_against_one_with():
    bare = HOUSE.partition("authority")[0]
    found = compared(bare, HOUSE)
    assert {str(c.verdict) for c in found.compared if c.question.direct} == {"differs"}
    assert compared(HOUSE, bare).matters


def test_huge_numbers_and_far_days():
    new = edited("up to 100", "up to 1" + "0" * 300).replace(
        "manager may approve up to ceiling", "manager may approve up to ceiling from 9999-12-31"
    )
    found = compared(HOUSE, new)
    assert of(found, "clerk").verdict is Verdict.DIFFERS


# --- what stands for whom ----------------------------------------------------------------------

LINE = """policy house { currency EUR }
position audit
position boss
position mgr { reports to boss }
position clerk { reports to mgr }
action pay { amount money  limit on amount }
authority pay {
  boss may approve any
  mgr may approve up to 1_000
}
"""


def beside(statements: str, more: str = "") -> str:
    """The text with other statements."""
    return LINE.partition("authority")[0] + more + "authority pay {\n" + statements + "\n}\n"


def test_a_bar_that_asks_who_acts_is_asked_of_each():
    found = compared(
        LINE, LINE.replace("1_000", "1_000\n  nobody may approve when actor holds clerk")
    )
    witness = of(found, "clerk").witness
    assert witness is not None
    assert (witness.old.outcome, witness.new.outcome) == ("escalate", "deny")
    assert of(found, "boss").verdict is Verdict.SAME
    assert not any(c.question.everybody for c in found.compared)


def test_a_bar_on_a_verb_that_nobody_was_given():
    found = compared(LINE, LINE.replace("1_000", "1_000\n  nobody may sign"))
    (one,) = (c for c in found.compared if c.question.verb == "sign")
    assert one.question.everybody
    assert one.witness is not None
    assert (one.witness.old.outcome, one.witness.new.outcome) == ("undefined", "deny")


def test_those_without_a_superior_are_not_told_by_those_with_one():
    old = beside("  mgr may approve any\n  boss may approve up to 1_000")
    found = compared(old, old.replace("1_000", "2_000"))
    assert of(found, "clerk").verdict is Verdict.SAME
    witness = of(found, "audit").witness
    assert witness is not None
    assert (witness.old.able, witness.new.able) == (("house.mgr",), ("house.boss", "house.mgr"))


@pytest.mark.parametrize("turned_round", [False, True])
def test_a_grant_behind_a_bar_tells_whether_anybody_may(turned_round):
    """Nobody was ever given it: undefined, which a grant that gives nothing makes a deny."""
    old = beside("  mgr may approve any until 2026-06-01\n  mgr may not approve")
    new = old.replace("06-01", "09-01")
    found = compared(new, old) if turned_round else compared(old, new)
    assert of(found, "mgr").verdict is Verdict.SAME
    for name in ("clerk", "boss", "audit"):
        witness = of(found, name).witness
        assert witness is not None, name
        assert {witness.old.outcome, witness.new.outcome} == {"undefined", "deny"}
        assert date(2026, 6, 1) <= witness.request.as_of < date(2026, 9, 1)


def test_a_grant_behind_a_bar_beside_one_that_holds_is_nothing():
    old = beside("  mgr may approve any until 2026-06-01\n  mgr may not approve\n"
                 "  audit may approve any")  # fmt: skip
    found = compared(old, old.replace("06-01", "09-01"))
    assert set(verdicts(found).values()) == {"same"}


def test_a_grant_that_is_barred_wherever_it_is_met_matters_to_its_holder():
    rest = "mgr may not approve when amount > 5"
    old = beside(f"  mgr may approve any until 2026-06-01 when amount > 5\n  {rest}")
    found = compared(old, old.replace("06-01", "09-01"))
    witness = of(found, "mgr").witness
    assert witness is not None
    assert (witness.old.outcome, witness.new.outcome) == ("undefined", "deny")
    assert witness.request.facts.get("amount", 0) <= 5


def test_a_position_with_a_bar_of_its_own_does_not_stand_for_others():
    old = beside("  boss may approve any\n  audit may not approve")
    found = compared(old, old + "authority pay { nobody may approve when amount > 7 }\n")
    assert of(found, "audit").verdict is Verdict.SAME
    assert of(found, "clerk").verdict is Verdict.DIFFERS


def test_steps_in_another_order_are_no_other_answer():
    steps = "  approve over {} needs {}"
    old = beside("  boss may approve any\n" + steps.format(5, "review by clerk and sign by mgr"))
    new = beside("  boss may approve any\n" + steps.format(6, "sign by mgr and review by clerk"))
    witness = of(compared(old, new), "boss").witness
    assert witness is not None
    assert (witness.old.outcome, witness.new.outcome) == ("needs", "permit")
    assert 5 < witness.request.facts["amount"] <= 6


def test_steps_that_now_wait_for_one_another_are_another_answer():
    old = beside("  boss may approve any\n  approve over 5 needs review by clerk and sign by mgr")
    witness = of(compared(old, old.replace("clerk and", "clerk then")), "boss").witness
    assert witness is not None
    assert witness.apart == "steps"
    assert witness.old.steps == ("review by clerk", "sign by mgr")
    assert witness.new.steps == ("review by clerk", "sign by mgr after review by clerk")


WHERE = "enum Region { east { shanghai } west }\n"


@pytest.mark.parametrize(
    "reads",
    [
        "parameter home: Region = shanghai|home in east",
        "define local: boolean = home in east\nparameter home: Region = shanghai|local",
        "parameter home: Region = shanghai\n"
        "table near (r: Region) gives boolean first { east -> true  any -> false }|near(home)",
    ],
)
def test_an_enum_that_no_fact_has_is_read_all_the_same(reads):
    more, condition = reads.split("|")
    old = beside(f"  mgr may approve any when {condition}", WHERE + more + "\n")
    found = compared(old, old.replace(WHERE, "enum Region { east  west { shanghai } }\n"))
    witness = of(found, "mgr").witness
    assert witness is not None
    assert (witness.old.outcome, witness.new.outcome) == ("permit", "deny")


def test_an_enum_that_only_the_measure_reads():
    more = WHERE + "parameter home: Region = shanghai\n"
    table = "table part (r: Region) gives percent first { east -> 1%  any -> 100% }\n"
    old = beside("  mgr may approve up to 100", more + table)
    old = old.replace("limit on amount", "limit on amount * part(home)")
    found = compared(old, old.replace(WHERE, "enum Region { east  west { shanghai } }\n"))
    witness = of(found, "mgr").witness
    assert witness is not None
    assert (witness.old.outcome, witness.new.outcome) == ("permit", "deny")


# --- random edits ------------------------------------------------------------------------------


WORDS = (("up to", "under"), ("over", "at least"), ("<=", "<"), (">", ">="), ("and", "or"))


EXTRA = (
    "extra: approve over 20万 needs review by auditor",
    "extra: clerk, manager may not approve over 20万",
    "extra: head may approve up to 100 when urgent",
)


def mutated(rnd: Random, house: Written) -> str:
    """The text with one statement dropped or added, one literal moved, or one word changed."""
    while True:
        statements = list(house.statements)
        at = rnd.randrange(len(statements))
        match rnd.randrange(5):
            case 0 if len(statements) > 1:
                del statements[at]
            case 1:
                number = r"\b(\d[\d_]*(?:\.\d+)?)(?=[ %)]|$)"
                statements[at] = re.sub(number, r"\g<1>1", statements[at], count=1)
            case 2:
                old, new = rnd.sample(POSITIONS, 2)
                statements[at] = re.sub(rf"\b{old}\b", new, statements[at], count=1)
            case 3 if house.kind == "money":
                statements.append(rnd.choice(EXTRA))
            case _:
                old, new = rnd.choice(WORDS)
                statements[at] = statements[at].replace(f" {old} ", f" {new} ", 1)
        text = house.text(statements=statements)
        if text != house.text():
            return text


def pairs(count: int, start: int = 0) -> list[tuple[int, Written, Model, Model]]:
    found = []
    for seed in range(start, start + count):
        rnd = Random(seed)
        house = written(rnd)
        try:
            old, new = lower(loaded(house.text())), lower(loaded(mutated(rnd, house)))
        except AssertionError:  # the edit is not a policy
            continue
        found.append((seed, house, old, new))
    return found


def asked(document: dict[str, object], model: Model) -> Request | None:
    try:
        return read_request(document, model, NOBODY)
    except InvalidRequest:
        return None


@pytest.mark.parametrize("start", range(0, 400 if NIGHTLY else 20, 20))
def test_nothing_that_answers_differently_is_overlooked(start):
    for seed, house, old, new in pairs(20, start):
        found = difference(old, new, today=TODAY, tries=3)
        for document in documents(Random(seed), house, 40):
            document["actor"] = Random(repr(document)).choice(POSITIONS)
            before, after = asked(document, old), asked(document, new)
            if before is None or after is None:
                continue
            answers = told(before, old, NOBODY, REFERENCE), told(after, new, NOBODY, REFERENCE)
            if answers[0].apart(answers[1]) not in ("", "chain"):
                assert found.matters, (seed, document)
                assert any(_speaks_of(c, before) for c in found.compared), (seed, document)


def test_what_is_called_the_same_is_the_same_for_complete_requests():
    seen = 0
    for seed, house, old, new in pairs(400 if NIGHTLY else 40, 2_000):
        found = difference(old, new, today=TODAY, tries=1)
        rnd = Random(seed)
        for one in found.compared:
            if one.verdict is Verdict.SAME:
                for _ in range(20):
                    seen += 1
                    _same(rnd, house, old, new, one)
    assert seen >= 100


def _same(rnd: Random, house: Written, old: Model, new: Model, one: Compared) -> None:
    position = one.question.position.rsplit(".", 1)[-1]
    request = complete(rnd, house, new, position, one.question.verb, requested=True)
    answers = [told(request, m, NOBODY, REFERENCE) for m in (old, new)]
    assert answers[0] == answers[1], (request, answers)


def _speaks_of(one: Compared, request: Request) -> bool:
    q = one.question
    same = (q.action, q.verb) == (request.action, request.verb)
    return same and (q.everybody or frozenset({q.position}) == request.actor.positions)


def test_every_witness_replays_from_its_document():
    count = 0
    for seed, _, old, new in pairs(400 if NIGHTLY else 20, 1_000):
        for one in difference(old, new, today=TODAY, tries=3).compared:
            if one.witness is None:
                continue
            count += 1
            document = request_document(
                one.witness.request, speaker(one.witness.request, (old, new))
            )
            for model, answer in ((old, one.witness.old), (new, one.witness.new)):
                _replays(document, model, answer, seed)
    assert count > 20


def _replays(document: dict[str, object], model: Model, answer: Told, seed: int) -> None:
    request = read_request(document, model, NOBODY)
    assert told(request, model, NOBODY, REFERENCE) == answer, (seed, document)
    decision = decide(request, model, NOBODY, REFERENCE, Tracer(model))
    assert decision.outcome == answer.outcome
    assert (decision.limit.text if decision.limit else "") == answer.limit
    assert request.action.endswith(ACTION)
