"""`remit prove`: what is printed of answers, and how the run ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from remit_api.cli import prove as command
from remit_api.cli.prove_words import HOLDS, statement
from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.loader import load
from remit_dsl.source import NOWHERE
from remit_engine.analysis import prove as analysis
from remit_engine.analysis.answer import About, Answer, Asked, Status, proven, refuted, unknown
from remit_engine.analysis.scope import Scope
from remit_engine.engine import Engine
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.suite import read_suite_text, run_suite

PLANTED = Path(__file__).parents[1] / "engine" / "analysis" / "planted"
TODAY = date(2026, 3, 1)
ABOUT = About("sales.discount", "approve", ("sales.sales_manager", "sales.sales_representative"))
OTHER = About("sales.discount", "approve", ("sales.general_manager", "sales.sales_manager"))

Make = Callable[[Model], Sequence[Answer]]


def witness(model: Model, actor: str, rate: str) -> Asked:
    """What the starter policy answers."""
    engine = Engine(model, reference=True)
    facts = {"rate": rate, "order": {"total": 1000, "margin": "20%"}}
    document = {"actor": actor, "action": "discount", "as_of": TODAY, "facts": facts}
    request = read_request(document, model, engine.directory)
    return Asked(request, engine.decide(request).outcome)


def finding(
    model: Model, code: str = "W0805", message: str = "a superior may do less"
) -> Diagnostic:
    rules = [r for r in model.rules if r.kind == "grant"]
    note = Related(rules[1].span, "this one may do more")
    return Diagnostic(rules[0].span, code, message, "raise his limit", (note,))


def wrong(model: Model) -> Answer:
    both = (witness(model, "sales_manager", "4%"), witness(model, "sales_representative", "4%"))
    return refuted("monotone", ABOUT, finding(model), both)


def open_question(model: Model) -> Answer:
    said = finding(model, "W0815", "it could not be settled")
    return unknown("dead_end", ABOUT, said, "the limit multiplies two facts")


@pytest.fixture
def answers(monkeypatch, house) -> Callable[[Make], Callable[..., object]]:
    """`remit prove` on the starter policy, with these answers."""

    def given(make: Make) -> Callable[..., object]:
        def answer(
            model: Model,
            scope: Scope,
            names: Sequence[str] = (),
            each: Callable[..., None] | None = None,
        ) -> list[Answer]:
            assert isinstance(scope.today, date)
            return [a for a in make(model) if a.question in names]

        monkeypatch.setattr(analysis, "prove", answer)
        return lambda *words: house("prove", *words)

    return given


def test_a_finding_with_both_places_and_its_case(answers) -> None:
    ran = answers(lambda m: [wrong(m), proven("monotone", OTHER)])()
    assert ran.code == 5
    assert ran.err == ""
    assert ran.first == "warning[W0805]: a superior may do less"
    assert ran.out.count("--> policies/sales.remit:") == 2
    assert "  help: raise his limit" in ran.out
    assert "  note: this one may do more" in ran.out
    assert "  # a superior may do less\n  - name: monotone approve discount" in ran.out
    assert "    facts: {rate: 4%, order: {total: 1000, margin: 20%}}\n" in ran.out
    row = ran.line("monotone").split()
    assert row[:5] == ["2", "1", "1", "0", "0"]
    assert " ".join(row[5:]) == "the superior may what his report may"
    assert ran.out.endswith("1 refuted (1 monotone); `remit explain W0805` says more\n")


def test_the_case_runs_as_it_is_printed(answers, house, file) -> None:
    ran = answers(lambda m: [wrong(m)])()
    lines = ran.out.split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("  # "))
    last = max(i for i, line in enumerate(lines) if line.startswith("    expect: "))
    text = "policies: [policies]\ncases:\n" + "\n".join(lines[first : last + 1]) + "\n"
    file("found.test.yaml", text)
    assert house("test", "found.test.yaml").out == "2 of 2 cases pass in 1 suite\n"


def test_nothing_found(answers) -> None:
    ran = answers(lambda m: [proven("monotone", OTHER)])()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("1 answer, no fault\n")
    assert "proven  the superior" not in ran.out


def test_all_names_what_is_proven_and_waived(answers) -> None:
    def make(model: Model) -> list[Answer]:
        found = wrong(model)
        said = Answer(
            found.question, ABOUT, Status.REFUTED, found.finding, found.witness,
            waived="finance reviews, it does not sell",
        )  # fmt: skip
        return [said, proven("monotone", OTHER)]

    ran = answers(make)("--all")
    assert ran.code == 0
    holds = "the superior may what his report may: approve discount"
    reason = '"finance reviews, it does not sell"'
    manager = f"{holds}, sales_manager above sales_representative: {reason}"
    assert ran.out.startswith(
        f"waived   {manager}\nproven   {holds}, general_manager above sales_manager\n\n"
    )
    assert ran.line("monotone").split()[:5] == ["2", "1", "0", "0", "1"]
    assert ran.out.endswith("2 answers, no fault, 1 of them waived\n")
    assert "W0805" not in ran.out


def test_all_answers_read_right_aloud(remit) -> None:
    shutil.copy(PLANTED / "not_monotone.remit", "p.remit")
    ran = remit("prove", "p.remit", "--as-of", "2026-03-01", "--all")
    said = ran.out[ran.out.index("\nproven  ") :].split("\n\n")[0].strip().split("\n")
    assert "proven   the rule can apply: discount.clerk.approve" in said
    assert "proven   no other grant makes this one idle: discount.clerk.approve" in said
    assert "proven   no prohibition takes the whole grant: discount.clerk.approve" in said
    (wrong,) = [line for line in said if line.startswith("refuted")]
    assert wrong.startswith("refuted  the superior may what his report may: approve discount, ")
    assert len(said) == len(set(said))


def test_every_question_has_its_sentence() -> None:
    assert [*HOLDS] == [*analysis.QUESTIONS]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("W0811", "no day is left out: discount.a"),
        ("W0812", "no end is near: discount.a"),
        ("W0824", "the text is in force: discount.a"),
        ("W0813", "each date is as it was meant: discount.a"),
        ("W0816", "the waiver of `dates` waives something"),
    ],
)
def test_the_sentence_is_that_of_the_finding(code: str, said: str) -> None:
    answer = refuted("dates", About(rules=("discount.a",)), Diagnostic(NOWHERE, code, "wrong"))
    assert statement(answer) == said


def test_brief_is_a_line_for_each_finding(answers) -> None:
    ran = answers(lambda m: [wrong(m), open_question(m), proven("monotone", OTHER)])("--brief")
    assert (ran.code, ran.err) == (5, "")
    first, second, empty, last = ran.out.splitlines()
    assert first.startswith("W0805  policies/sales.remit:")
    assert first.endswith("  a superior may do less")
    assert second.startswith("W0815  policies/sales.remit:")
    assert empty == ""
    assert last.startswith("1 refuted (1 monotone) and 1 unknown (1 dead_end); ")
    ran = answers(lambda m: [proven("monotone", OTHER)])("--brief")
    assert (ran.code, ran.out) == (0, "1 answer, no fault\n")
    assert answers(lambda m: [wrong(m)])("--brief", "--json").document["ok"] is False


def test_many_places_of_one_note_stand_on_one_line(answers) -> None:
    def make(model: Model) -> list[Answer]:
        spans = [r.span for r in model.rules if r.kind == "grant"][:3]
        notes = (Related(spans[0], "once"), *(Related(s, "as far as it goes") for s in spans))
        said = Diagnostic(spans[0], "W0804", "nobody may", None, notes)
        return [refuted("dead_end", ABOUT, said)]

    out = answers(make)().out
    assert out.count("as far as it goes") == 1
    line = next(line for line in out.splitlines() if "as far as it goes" in line)
    assert line.startswith("  note: as far as it goes: policies/sales.remit:")
    assert line.count("policies/sales.remit:") == 3
    assert out.count("--> ") == 2


def test_what_could_not_be_settled_says_why(answers) -> None:
    ran = answers(lambda m: [open_question(m)])()
    assert ran.code == 6
    assert "  why: the limit multiplies two facts\n" in ran.out
    assert ran.out.endswith("1 unknown (1 dead_end); `remit explain W0815` says more\n")


def test_refuted_goes_before_unknown(answers) -> None:
    ran = answers(lambda m: [open_question(m), wrong(m)])()
    assert ran.code == 5
    assert ran.out.index("W0805") < ran.out.index("W0815")
    assert ran.out.endswith(
        "1 refuted (1 monotone) and 1 unknown (1 dead_end); "
        "`remit explain CODE` says more: W0805, W0815\n"
    )


def test_one_question(answers) -> None:
    make: Make = lambda m: [wrong(m), open_question(m)]  # noqa: E731
    assert answers(make)("--question", "dead_end").code == 6
    ran = answers(make)("--question", "tables", "-q", "unset")
    assert ran.code == 0
    rows = [line.split()[0] for line in ran.out.splitlines() if line]
    assert rows == ["question", "tables", "unset", "0"]


def test_a_misspelt_question(house) -> None:
    ran = house("prove", "--question", "monoton")
    assert ran.code == 2
    assert "there is no question `monoton`" in ran.err
    assert "did you mean `monotone`?" in ran.err


def test_json(answers) -> None:
    ran = answers(lambda m: [wrong(m), open_question(m), proven("monotone", OTHER)])("--json")
    assert (ran.code, ran.err) == (5, "")
    said = ran.document
    assert said["ok"] is False
    assert said["questions"][5] == {
        "question": "monotone", "asked": 2, "proven": 1, "refuted": 1, "unknown": 0, "waived": 0,
    }  # fmt: skip
    refuted_, unknown_, proven_ = said["answers"]
    assert refuted_["status"] == "refuted"
    assert refuted_["about"]["positions"] == list(ABOUT.positions)
    assert refuted_["diagnostic"]["code"] == "W0805"
    assert refuted_["diagnostic"]["related"][0]["place"]["file"] == "policies/sales.remit"
    assert refuted_["yaml"].startswith("# a superior may do less\n- name: ")
    assert unknown_["why"] == "the limit multiplies two facts"
    assert (proven_["diagnostic"], proven_["yaml"], proven_["witness"]) == (None, None, [])


def test_a_witness_of_json_can_be_sent_to_decide(answers) -> None:
    asked: list[Request] = []

    def make(model: Model) -> list[Answer]:
        found = wrong(model)
        asked[:] = [a.request for a in found.witness]
        again = [read_request(w["request"], model, Engine(model).directory) for w in sent]
        assert again in ([], asked)
        return [found]

    sent: list[dict[str, object]] = []
    ran = answers(make)("--json")
    sent += [*read_json(ran.out)["answers"][0]["witness"]]
    assert len(sent) == 2
    assert answers(make)("--json").out == ran.out


def test_a_policy_with_errors(house, file) -> None:
    text = Path("policies/sales.remit").read_text(encoding="utf-8")
    file("policies/sales.remit", text.replace("sales_manager may", "sales_manger may"))
    ran = house("prove")
    assert ran.code == 3
    assert "error[E0206]: unknown position `sales_manger`" in ran.err
    assert ran.out.startswith("the policy has errors; `remit explain E0206` says more")
    ran = house("prove", "--json")
    assert ran.code == 3
    assert (ran.document["ok"], ran.document["answers"]) == (False, [])
    assert ran.document["diagnostics"][0]["code"] == "E0206"


def test_a_table_with_a_gap_is_refuted_and_an_error(remit) -> None:
    shutil.copy(PLANTED / "gap_in_a_table.remit", "p.remit")
    ran = remit("prove", "p.remit")
    assert ran.code == 3
    assert ran.first.startswith("error[E0422]: table `fee` has no row for")
    assert ran.err == ""
    said = "1 refuted (1 tables) and the policy has errors; `remit explain E0422` says more\n"
    assert ran.out.endswith(said)
    ran = remit("prove", "p.remit", "--question", "unset")
    assert "E0422" in ran.err


def test_the_directory_is_read_and_its_errors_told(house, file) -> None:
    file("policies/directory.yaml", "people: [{id: a, positions: [{position: sales_manger}]}]\n")
    ran = house("prove")
    assert ran.code == 3
    assert "unknown position `sales_manger`" in ran.err
    ran = house("prove", "--json")
    assert ran.document["error"]["kind"] == "invalid_policy"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--as-of", "1 March"), "--as-of"),
        (("--soon", "-1"), "--soon"),
        (("nowhere.remit",), "there is no file or folder `nowhere.remit`"),
        (("--directory", "nobody.yaml"), "there is no directory file `nobody.yaml`"),
    ],
)
def test_wrong_use(house, words, says) -> None:
    ran = house("prove", *words)
    assert ran.code == 2
    assert says in ran.err


def test_a_solver_that_is_not_there(house, monkeypatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    ran = house("prove", "--solver")
    assert ran.code == 2
    assert "there is no solver here" in ran.err
    assert "pip install 'remit[prove]'" in ran.err


@pytest.mark.parametrize(
    ("there", "words", "expected"),
    [
        (True, (), True),
        (True, ("--no-solver",), False),
        (True, ("--solver",), True),
        (False, (), False),
    ],
)
def test_the_scope_is_as_wished(house, monkeypatch, there, words, expected) -> None:
    scopes: list[Scope] = []

    def answer(model: Model, scope: Scope, names: object = (), each: object = None) -> list[Answer]:
        scopes.append(scope)
        return []

    monkeypatch.setattr(analysis, "prove", answer)
    monkeypatch.setattr(command, "find_spec", lambda name: there or None)
    assert house("prove", "--as-of", "2026-05-01", "--soon", "9", *words).code == 0
    (scope,) = scopes
    assert (scope.today, scope.soon, scope.solver) == (date(2026, 5, 1), 9, expected)
    assert scope.directory.people


# --- the questions themselves, end to end --------------------------------------------------


def test_the_starter_policy_holds(house) -> None:
    ran = house("prove", "--as-of", "2026-03-01")
    assert ran.code == 0, ran.out


def test_a_planted_fault_and_its_waiver(remit, file) -> None:
    text = (PLANTED / "not_monotone.remit").read_text(encoding="utf-8")
    file("p.remit", text)
    ran = remit("prove", "p.remit", "--question", "monotone", "--as-of", "2026-03-01")
    assert ran.code == 5
    assert "warning[W0805]" in ran.out
    file("p.remit", text + '\nwaive monotone on discount for manager because "an old promise"\n')
    ran = remit("prove", "p.remit", "--question", "monotone", "--as-of", "2026-03-01", "--all")
    assert ran.code == 0, ran.out
    assert '"an old promise"' in ran.out
    file("p.remit", text + '\nwaive monotone on discount for director because "no need"\n')
    ran = remit("prove", "p.remit", "--question", "monotone", "--as-of", "2026-03-01", "--json")
    assert ran.code == 5
    codes = [a["diagnostic"]["code"] for a in ran.document["answers"] if a["diagnostic"]]
    assert codes == ["W0805", "W0816"]


def test_the_cases_of_json_are_a_suite(remit) -> None:
    shutil.copy(PLANTED / "not_monotone.remit", "p.remit")
    ran = remit("prove", "p.remit", "--json", "--as-of", "2026-03-01")
    text = "".join(a["yaml"] or "" for a in json.loads(ran.out)["answers"])
    program, _ = load([Path("p.remit")])
    assert program is not None
    engine = Engine(program)
    suite, found = read_suite_text("x", f"cases:\n{text}", engine)
    assert suite is not None, found
    assert suite.cases
    assert run_suite(suite, engine).failed == ()


def test_people_no_directory_knows_are_for_a_suite_without_one(remit, file) -> None:
    shutil.copy(PLANTED / "not_monotone_but_for_himself.remit", "p.remit")
    file("directory.yaml", "people: [{id: ann, positions: [{position: clerk}]}]\n")
    ran = remit("prove", "p.remit", "--question", "monotone", "--as-of", "2026-03-01")
    assert ran.code == 5
    assert "(for a suite without `directory`: it knows nobody like that)" in ran.out
    at = ran.out.index("\n  # ") + 1
    text = "policies: [p.remit]\ncases:\n" + ran.out[at : ran.out.index("\nquestion ")]
    file("without.test.yaml", text)
    assert remit("test", "without.test.yaml").out == "2 of 2 cases pass in 1 suite\n"
    file("with.test.yaml", "directory: directory.yaml\n" + text)
    assert remit("test", "with.test.yaml").code == 1
    said = remit("prove", "p.remit", "--question", "monotone", "--as-of", "2026-03-01", "--json")
    witness = [w for a in said.document["answers"] for w in a["witness"]]
    assert [w["directory"] for w in witness] == [False, False]


def test_a_case_says_no_more_than_it_needs(remit, file) -> None:
    text = (PLANTED / "not_monotone.remit").read_text(encoding="utf-8")
    more = "  note    text\n  area    text optional\n  rate   percent"
    file("p.remit", text.replace("  rate   percent", more))
    ran = remit("prove", "p.remit", "--question", "monotone", "--as-of", "2026-03-01")
    assert ran.out.count("    facts: {rate: 10%}\n") == 2
