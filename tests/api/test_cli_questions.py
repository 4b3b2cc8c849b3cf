"""`remit max`, `who`, `may`, `value` and `matrix`."""

from __future__ import annotations

import csv
import io

ORDER = ("order.total=50000", "order.margin=20%", "--requester", "sam")
DAY = ("--as-of", "2026-03-02")


def test_max(house):
    ran = house("max", "--actor", "mark", *ORDER, *DAY)
    assert ran.code == 0
    assert ran.line("now") == "up to 8%"
    assert ran.line("with steps done") == "up to 10%"


def test_max_on_another_day(house):
    ran = house("max", "--actor", "mark", *ORDER, "--as-of", "2027-01-01")
    assert ran.line("with steps done") == "up to 12%"


def test_max_as_json(house):
    document = house("max", "--actor", "rita", *ORDER, *DAY, "--json").document
    assert document["maximum"]["value"] == "0.03"
    assert document["as_of"] == "2026-03-02"


def test_max_says_on_what_it_depends(house):
    ran = house("max", "--actor", "mark", *DAY)
    assert ran.code == 0
    assert "order.total" in ran.line("depends on")


def test_who(house):
    ran = house("who", "rate=9%", *ORDER, *DAY)
    assert ran.code == 0
    assert "Mark Stone (mark)" in ran.out
    assert "Grace Hall (grace)" in ran.out
    assert "Rita" not in ran.out


def test_who_without_a_directory(house):
    words = ("who", "--no-directory", "--requester", "sales_assistant")
    ran = house(*words, "rate=2%", "order.margin=20%", *DAY)
    assert "Sales representative" in ran.out


def test_nobody(house):
    ran = house("who", "rate=2%", "order.margin=1%", *DAY)
    assert ran.code == 0
    assert ran.first.startswith("nobody may do this")


def test_who_as_json(house):
    document = house("who", "rate=9%", *ORDER, *DAY, "--json").document
    assert {h["person"] for h in document["who"]} == {"mark", "grace"}


def test_may(house):
    ran = house("may", "--actor", "mark", *DAY)
    assert ran.code == 0
    assert ran.first == "Mark Stone, as of 2026-03-02"
    assert "may approve up to 10% when order.total <= 200_000  policies/sales.remit:" in ran.out
    assert "may not approve when order.margin < 5%" in ran.out


BARRED = """policy p { currency CNY  owner boss }
position clerk  position boss
action discount "Give a discount" { rate percent  limit on rate }
action note "Take a note" { text: text }
authority discount {
  boss may approve any
  clerk may file any
  approve over 8% needs ((review by clerk or boss) and evidence memo) then file by clerk
  requester may not approve
  separate review and approve
}
authority note { boss may approve  clerk may approve }
"""


def test_may_tells_what_is_needed_and_what_bars(remit, file):
    policy = file("p.remit", BARRED)
    ran = remit("may", policy, "--actor", "boss", *DAY)
    told = [
        line.split("  p.remit")[0].strip() for line in ran.out.splitlines() if "p.remit" in line
    ]
    assert told == [
        "may approve without limit",
        "approve over 8% needs ((review by clerk or boss) and evidence: memo), then file by clerk",
        "may not approve what he requested himself",
        "may not approve and review the same matter",
        "may approve",
    ]
    assert "needs" not in remit("may", policy, "--actor", "clerk", *DAY).out
    document = remit("may", policy, "--actor", "boss", *DAY, "--json").document
    kinds = {p["kind"]: p for p in document["may"]}
    assert kinds["requirement"]["limit"] == "over 8%"
    assert kinds["requirement"]["steps"].endswith(", then file by clerk")
    assert kinds["separation"]["verbs"] == ["approve", "review"]
    assert kinds["self bar"]["verb"] == "approve"


def test_the_matrix_marks_a_right_with_steps_or_bars(remit, file):
    ran = remit("matrix", file("p.remit", BARRED), *DAY)
    assert ran.line("boss").split() == ["any", "*", "·"]  # the first table
    assert ran.line("clerk").split() == ["·", "any"]
    assert ran.out.count("*") == 2
    assert "* not always: a condition, a step to be done first or a bar" in ran.out


def test_may_as_json(house):
    document = house("may", "--actor", "sales_representative", *DAY, "--json").document
    assert document["may"][0]["limit"] == "up to 3%"


def test_may_takes_no_facts(house):
    ran = house("may", "--actor", "mark", "rate=2%")
    assert ran.code == 2
    assert "ask `remit decide`" in ran.err


def test_value_of_a_parameter(house):
    ran = house("value", "manager_discount", *DAY)
    assert ran.code == 0
    assert ran.first == "manager_discount = 10%"
    assert house("value", "manager_discount", "--as-of", "2027-05-01").first.endswith("12%")


def test_value_of_a_parameter_before_its_first_day(house):
    ran = house("value", "manager_discount", "--as-of", "2020-01-01")
    assert ran.code == 14
    assert "has no value" in ran.first


def test_value_of_a_definition(house, file):
    file(
        "d.remit",
        "policy d { currency EUR }\n"
        "record Order { total: money  list_total: money }\n"
        "action discount { rate percent  order Order  limit on rate }\n"
        "define effective: percent = 1 - order.total / order.list_total\n"
        "table fee (size: money) gives money { under 100 -> 5  at least 100 -> 3 }\n",
    )
    ran = house("value", "d.remit", "effective", "order.total=90", "order.list_total=100")
    assert ran.code == 0, ran.err
    assert ran.first == "effective = 10%"
    ran = house("value", "d.remit", "effective", "order.total=90")
    assert ran.code == 13
    assert "cannot be computed without order.list_total" in ran.first
    assert house("value", "d.remit", "fee", "size=99").first.startswith("fee = 5.00 EUR")
    ran = house("value", "d.remit", "fee", "seize=99")
    assert ran.code == 4
    assert "did you mean `size`?" in ran.err


def test_value_that_is_none(house):
    ran = house("value", "manager_discont")
    assert ran.code == 2
    assert "there is no definition, table or parameter `manager_discont`" in ran.err
    assert "did you mean `manager_discount`?" in ran.err
    assert house("value").code == 2


def test_value_as_json(house):
    document = house("value", "manager_discount", *DAY, "--json").document
    assert document["value"] == "0.1"
    assert document["as_of"] == "2026-03-02"


def test_matrix(house):
    ran = house("matrix", *DAY)
    assert ran.code == 0
    assert ran.first == "who may do what, as of 2026-03-02"
    assert "discount  Give a sales discount" in ran.out
    assert ran.line("position") == "approve"
    assert ran.line("Sales manager") == "up to 10% *"
    assert ran.line("General manager") == "any *"  # the margin may forbid it


def test_matrix_as_csv(house):
    ran = house("matrix", *DAY, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {r["position"]: r["discount approve"] for r in rows}[
        "Sales representative"
    ] == "up to 3% *"


def test_matrix_as_markdown(house):
    ran = house("matrix", *DAY, "--format", "markdown")
    assert ran.first == "| position | discount approve |"
    assert "| --- | --- |" in ran.out


def test_matrix_as_json(house):
    assert house("matrix", "--json").document == house("matrix", "--format", "json").document


def test_matrix_of_one_action(house):
    assert house("matrix", "--action", "discount").code == 0
    ran = house("matrix", "--action", "discunt")
    assert ran.code == 2
    assert "did you mean `discount`?" in ran.err


def test_answers_in_chinese(house):
    words = ("order.total=50000", "order.margin=20%", "--requester", "sam", "--language", "zh")
    most = house("max", "--actor", "mark", *words, *DAY)
    assert most.first == "目前不超过8%，完成步骤后不超过10%"
    assert most.line("完成步骤后") == "不超过10%"
    assert house("who", "rate=2%", *words, *DAY).first.split() == [
        "岗位", "任职者", "结论", "取决于",
    ]  # fmt: skip
    assert house("matrix", "--language", "zh", *DAY).first == "权限一览，日期 2026-03-02"


def test_the_verbs_of_a_matrix_stand_in_the_same_order_always(house, file):
    verbs = ("sign", "approve", "review", "handle", "inspect", "report", "file", "assess")
    grants = "\n".join(f"  boss may {verb}" for verb in verbs)
    file(
        "p.remit",
        "policy p { owner boss }\nposition boss\naction ship { weight number }\n"
        f"authority ship {{\n{grants}\n}}\n",
    )
    ran = house("matrix", "p.remit", *DAY, "--format", "csv")
    assert ran.first == "position," + ",".join(f"ship {verb}" for verb in sorted(verbs))


def test_a_matrix_of_a_day_without_rules(house):
    ran = house("matrix", "--as-of", "2020-01-01")
    assert ran.out == "nobody has a right as of 2020-01-01\n"


def test_of_many_names_only_the_first_are_listed(house, file):
    values = "\n".join(f"parameter p{n}: number = {n}" for n in range(1, 15))
    file("p.remit", f"policy p {{ owner boss }}\nposition boss\n{values}\n")
    ran = house("value", "p.remit", "something_else", *DAY)
    assert "the policies have `p1`, `p2`" in ran.err
    assert "`p12` and 2 more" in ran.err


def test_the_name_of_a_person_is_answered_with_his_id(house):
    ran = house("may", "--actor", "Mark Stone", *DAY)
    assert ran.err.startswith(
        "error: actor: there is no person or position `Mark Stone`, did you mean `mark`?"
    )
    ran = house("decide", "--actor", "mark stone@sales_manager", "rate=2%", *ORDER, *DAY)
    assert "did you mean `mark`?" in ran.err
