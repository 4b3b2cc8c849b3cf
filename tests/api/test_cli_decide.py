"""`remit decide`."""

from __future__ import annotations

from pathlib import Path

import pytest

ORDER = ("order.total=50000", "order.margin=20%", "--requester", "sam")
DAY = ("--as-of", "2026-03-02")


def test_permit(house):
    ran = house("decide", "--actor", "rita", "rate=2%", *ORDER, *DAY)
    assert ran.code == 0
    assert ran.first.startswith("yes: Rita Lane (Sales representative) may approve")
    assert ran.line("answer") == "permit (yes)"
    assert ran.line("your limit") == "up to 3%"
    assert ran.line("room left") == "1%"
    assert ran.line("as of") == "2026-03-02"
    assert "policies/sales.remit:" in ran.out


def test_needs(house):
    ran = house("decide", "--actor", "mark", "rate=9%", *ORDER, *DAY)
    assert ran.code == 10
    assert "to be done first" in ran.out
    assert "review by finance_controller: Fay Penn (fay)" in ran.out


def test_an_approval_given_is_counted(house):
    words = ("decide", "--actor", "mark", "rate=9%", *ORDER, *DAY)
    assert house(*words, "--approval", "review=fay").code == 0
    assert house(*words, "--approval", "review=finance_controller").code == 0
    assert house(*words, "--approval", "review=rita").code == 10


def test_escalate(house):
    ran = house("decide", "--actor", "rita", "rate=5%", *ORDER, *DAY)
    assert ran.code == 11
    assert "Sales manager: Mark Stone (mark)" in ran.out


def test_deny(house):
    ran = house("decide", "--actor", "grace", "rate=2%", "order.total=5", "order.margin=4%", *DAY)
    assert ran.code == 12
    assert ran.first.startswith("no: the margin falls below 5%")


def test_the_requester_may_not_approve(house):
    ran = house("decide", "--actor", "mark", "--requester", "mark", "rate=2%", *DAY)
    assert ran.code == 12


def test_incomplete(house):
    ran = house("decide", "--actor", "mark", "rate=2%", *DAY)
    assert ran.code == 13
    assert "still to be said" in ran.out
    assert "order.total  Order total  (money" in ran.out


def test_undefined(house):
    ran = house("decide", "--actor", "mark", "--verb", "sign", "rate=2%", *ORDER, *DAY)
    assert ran.code == 14


def test_a_position_may_act(house):
    ran = house("decide", "--actor", "sales_manager", "rate=5%", *ORDER, *DAY)
    assert ran.code == 0


def test_trace(house):
    words = ("decide", "--actor", "mark", "rate=5%", *ORDER, *DAY)
    assert "what was compared" not in house(*words).out
    ran = house(*words, "--trace")
    assert "what was compared" in ran.out
    assert "order.total" in ran.out


def test_chinese(house):
    ran = house("decide", "--actor", "mark", "rate=5%", *ORDER, *DAY, "--language", "zh")
    assert ran.first.startswith("可以")
    assert "权限" in ran.out


def test_today_is_the_default_and_is_echoed(house):
    from datetime import date

    ran = house("decide", "--actor", "rita", "rate=2%", *ORDER)
    assert ran.line("as of") == date.today().isoformat()


def test_json_has_the_whole_answer(house):
    ran = house("decide", "--actor", "rita", "rate=2%", *ORDER, *DAY, "--json")
    assert ran.code == 0
    for member in (
        "outcome", "reason", "rules", "limit", "headroom", "maximum", "missing", "needs", "chain",
        "trace", "policy", "as_of",
    ):  # fmt: skip
        assert member in ran.document, member
    assert ran.document["outcome"] == "permit"
    assert ran.document["headroom"]["value"] == "0.01"
    assert ran.err == ""


def test_facts_from_a_file_and_from_words(house, file):
    file("facts.yaml", "rate: 9%\norder: {total: 50000, margin: 20%}\n")
    words = ("decide", "--actor", "rita", "--requester", "sam", *DAY, "--facts", "facts.yaml")
    assert house(*words).code == 11
    assert house(*words, "rate=1%").code == 0


def test_facts_from_standard_input(house):
    facts = '{"rate": "2%", "order": {"total": 50000, "margin": "20%"}}'
    assert (
        house(
            "decide", "--actor", "rita", "--requester", "sam", *DAY, "--facts", "-", input=facts
        ).code
        == 0
    )


def test_a_wrong_type_is_a_refusal(house):
    ran = house("decide", "--actor", "rita", "rate=plenty", *ORDER)
    assert ran.code == 4
    assert 'error: rate: `"plenty"` is not a percent' in ran.err
    assert ran.out == ""


def test_a_wrong_type_as_json(house):
    facts = '{"order": {"total": "50000"}}'
    ran = house("decide", "--actor", "rita", "rate=2%", "--facts", facts, "--json")
    assert ran.code == 4
    (problem,) = ran.document["error"]["problems"]
    assert ran.document["error"]["kind"] == "invalid_request"
    assert problem["path"] == "facts.order.total"


def test_a_misspelt_fact(house):
    ran = house("decide", "--actor", "rita", "rate=2%", "order.totl=5")
    assert ran.code == 4
    assert "there is no fact `order.totl`, did you mean `order.total`?" in ran.err


def test_a_misspelt_actor(house):
    ran = house("decide", "--actor", "sales_manger", "rate=2%")
    assert ran.code == 4
    assert "did you mean `sales_manager`?" in ran.err


def test_a_misspelt_action(house):
    ran = house("decide", "--actor", "rita", "--action", "discont", "rate=2%")
    assert ran.code == 4
    assert "did you mean `discount`?" in ran.err


def test_nobody_acts(house):
    ran = house("decide", "rate=2%")
    assert ran.code == 2
    assert "--actor sales_manager" in ran.err


def test_a_day_that_is_none(house):
    ran = house("decide", "--actor", "rita", "rate=2%", "--as-of", "2026-02-30")
    assert ran.code == 2
    assert "--as-of: there is no day 2026-02-30" in ran.err


def test_no_policy_here(remit):
    ran = remit("decide", "--actor", "rita", "rate=2%")
    assert ran.code == 2
    assert "there is no folder `policies` here" in ran.err
    assert "remit init" in ran.err


def test_a_missing_policy(remit):
    ran = remit("decide", "nowhere", "--actor", "rita")
    assert ran.code == 2
    assert "there is no file or folder `nowhere`" in ran.err
    assert "a fact is written with its value and no blanks: `nowhere=…`" in ran.err


def test_an_invalid_policy(house, file):
    file("policies/sales.remit", "policy sales {\n  currency EUR\n}\nposition a { reports to b }\n")
    ran = house("decide", "--actor", "a")
    assert ran.code == 3
    assert "policies/sales.remit:4" in ran.err
    assert "`b`" in ran.err
    ran = house("decide", "--actor", "a", "--json")
    assert ran.code == 3
    assert ran.document["error"]["kind"] == "invalid_policy"
    assert ran.document["error"]["diagnostics"]


def test_without_a_directory_people_are_unknown(house):
    words = ("decide", "--no-directory", "--requester", "sales_assistant")
    facts = ("rate=2%", "order.margin=20%")
    ran = house(*words, "--actor", "rita", *facts)
    assert ran.code == 4
    assert "there is no person or position `rita`" in ran.err
    assert "help: no directory of people was read" in ran.err
    assert house(*words, "--actor", "rita@sales_representative", *facts).code == 0


def test_without_a_directory_the_chain_names_positions(house):
    words = ("decide", "--no-directory", "--requester", "sales_assistant")
    ran = house(*words, "--actor", "sales_representative", "rate=5%", "order.margin=20%")
    assert ran.code == 11
    assert "Sales manager: whoever holds it (no directory)" in ran.out


def test_the_directory_that_is_used_is_said_in_verbose_mode(house):
    words = ("decide", "--actor", "rita", "rate=2%", *ORDER)
    assert house(*words).err == ""
    assert "directory: policies/directory.yaml" in house(*words, "--verbose").err


def test_the_policy_may_be_named_in_three_ways(house):
    rest = ("--actor", "rita", "rate=2%", *ORDER)
    assert house("decide", "policies", *rest).code == 0
    assert house("decide", "policies/sales.remit", *rest).code == 0
    assert house("decide", "-p", "policies", *rest).code == 0


def test_asking_for_what_is_missing(house):
    words = ("decide", "--actor", "mark", "rate=2%", *DAY, "--ask")
    ran = house(*words, input="plenty\n20%\nmuch\n50000\nsm\nsam\n")
    assert ran.code == 0, ran.err
    assert "Order total" in ran.err
    assert "order.margin, percent, such as 12%" in ran.err
    assert "is not a percent" in ran.err
    assert "did you mean `sam`?" in ran.err
    assert "is not an amount of money" in ran.err
    assert ran.line("answer") == "permit (yes)"


def test_an_empty_answer_leaves_it_missing(house):
    ran = house("decide", "--actor", "mark", "rate=2%", *DAY, "--ask", input="\n\n\n\n")
    assert ran.code == 13
    assert ran.err.count("Order total") == 1


def test_nothing_more_is_asked_when_input_ends(house):
    assert house("decide", "--actor", "mark", "rate=2%", *DAY, "--ask", input="").code == 13


def test_it_does_not_ask_a_pipe(house):
    ran = house("decide", "--actor", "mark", "rate=2%", *DAY, input="50000\n")
    assert ran.code == 13
    assert ran.err == ""


def test_actor_attributes_need_to_exist(house):
    ran = house(
        "decide", "--actor", "sales_manager", "--actor-attribute", "territory=east", "rate=2%"
    )
    assert ran.code == 4
    assert "there is no attribute of an actor `territory`" in ran.err


def test_running_totals_need_to_exist(house):
    ran = house("decide", "--actor", "rita", "--total", "month=5", "rate=2%")
    assert ran.code == 4
    assert "there is no running total `month`" in ran.err


def test_ignored_members_are_listed(house):
    facts = '{"rate": "2%", "colour": "red", "order": {"margin": 0.2}}'
    ran = house("decide", "--actor", "rita", "--requester", "sam", "--facts", facts)
    assert ran.code == 0
    assert "not used" in ran.out
    assert "facts.colour" in ran.out


def test_facts_file_that_is_no_json(house):
    Path("facts.json").write_text("{")
    ran = house("decide", "--actor", "rita", "--facts", "facts.json")
    assert ran.code == 4
    assert "facts.json: not JSON at line 1" in ran.err


def test_a_word_does_not_hide_a_wrong_document(house):
    ran = house("decide", "--actor", "rita", "--facts", '{"order": 5}', "order.total=3")
    assert ran.code == 4
    assert "order.total: `order` is given already as a single value" in ran.err


def test_facts_file_that_is_no_yaml(house, file):
    file("facts.yaml", "rate: [1")
    ran = house("decide", "--actor", "rita", "--facts", "facts.yaml")
    assert ran.code == 4
    assert "facts.yaml:1" in ran.err
    assert "this is not YAML" in ran.err


def test_files_that_are_no_policies_say_what_they_are_for(house, file):
    ran = house("decide", "policies/directory.yaml", "--actor", "rita")
    assert ran.code == 2
    assert "`policies/directory.yaml` is not a policy file" in ran.err
    assert "`--directory policies/directory.yaml`" in ran.err
    assert "remit test" in house("check", "policies/sales.test.yaml").err
    file("in.csv", "actor\n")
    assert "--batch in.csv" in house("decide", "in.csv", "--actor", "rita").err


def test_roles_and_types_in_chinese(house):
    ran = house("decide", "--actor", "mark", "rate=2%", *DAY, "--language", "zh")
    assert "(百分比)" in ran.out
    assert "(金额 EUR)" in ran.out
    assert "discount.margin_floor  未知  " in ran.out


def test_missing_facts_say_how_to_give_them(house):
    ran = house("decide", "--actor", "mark", "rate=2%", *DAY)
    assert "say it with: order.margin=… order.total=… --requester …" in ran.out
    ran = house("max", "--actor", "mark", *DAY)
    assert ran.line("say it with") == "order.margin=… order.total=… --requester …"
    assert "say it with" not in house("decide", "--actor", "mark", "rate=2%", *ORDER, *DAY).out


def test_breaking_off_a_question_is_an_interrupt(house, monkeypatch):
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("remit_api.cli.asking._line", interrupted)
    ran = house("decide", "--actor", "mark", "rate=2%", *DAY, "--ask")
    assert ran.code == 130
    assert ran.out == ""
    assert ran.err.endswith("> \ninterrupted\n")


def test_a_trace_says_on_which_side_of_a_limit(house):
    words = ("decide", *ORDER, *DAY, "--trace")
    assert "inside  up to manager_discount" in house(*words, "--actor", "mark", "rate=5%").out
    assert "outside  up to " in house(*words, "--actor", "rita", "rate=5%").out


DOUBT = "`300.000` may be 300 or 300,000: write 300 or 300000"


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("order.total=300.000",), "order.total"),
        (("order.total=5", "--total", "month=300.000"), "totals.month"),
        (("order.total=5", "--actor-attribute", "quota=300.000"), "actor.quota"),
    ],
)
def test_an_amount_that_may_be_thousands_is_refused(remit, file, words, place):
    policy = file(
        "p.remit",
        """policy p { currency CNY  owner boss }
position boss
record Person { quota: money optional }
record Order { total: money }
action order "Order" { order Order  limit on order.total }
authority order { boss may approve up to 1_000 each, 5_000 per month when actor.quota > 0 }
""",
    )
    ran = remit("decide", policy, "--actor", "boss", *words)
    assert ran.code == 4
    assert f"error: {place}: {DOUBT}" in ran.err
    file("facts.json", '{"order": {"total": 300.000}}')
    ran = remit("decide", policy, "--actor", "boss", "--facts", "facts.json")
    assert DOUBT not in ran.err
    file("rows.csv", "id,actor,order.total\na,boss,300.000\n")
    remit("decide", policy, "--batch", "rows.csv", "--out", "out.csv")
    assert DOUBT in Path("out.csv").read_text(encoding="utf-8")


def test_a_word_for_true_or_false_has_no_quotes_to_leave_out(remit, file):
    policy = file(
        "p.remit",
        "policy p { owner boss }\nposition boss\naction a { urgent boolean }\n"
        "authority a { boss may approve when urgent }\n",
    )
    ran = remit("decide", policy, "--actor", "boss", "urgent=no")
    assert ran.err == "error: urgent: `no` is not true or false: write true or false\n"
