"""Names: duplicates, `use`, unknown names and what is offered instead."""

from __future__ import annotations

from dsl.expect import HEADER, check, check_all

ORGANISATION = (
    "policy org { owner board }\nposition clerk\nposition head\nenum Region { north south }\n"
)
ACTION = "action ship { weight number  region text  limit on weight }\n"


def test_duplicate_shows_the_first_place() -> None:
    report = check("position clerk\nposition clerk\n").only("E0201")
    report.says("`clerk` is declared twice").on_line(3)
    report.points("clerk", "first declared here")


def test_one_name_may_stand_in_two_spaces() -> None:
    check("position discount\naction discount { note text }\n").silent()


def test_duplicate_across_kinds_of_one_space() -> None:
    check("record A { x: text }\nenum A { y }\n").says("`A` is declared twice")


def test_duplicate_fields_members_and_labels() -> None:
    check("record A { x: text  x: number }\n").only("E0201").says("`x` is declared twice")
    report = check("enum A { x y { x } }\n").only("E0201")
    report.says("`x` is declared twice in `A`").underlines("x")
    report = check(
        "position a\n" + ACTION + "authority ship { r: a may approve any  r: a may sign any }\n"
    )
    report.only("E0201").says("`r` is declared twice as the label of a rule")
    block = "authority ship { r: a may approve any }\n"
    check("position a\n" + ACTION + block + block).only("E0201")
    check(
        "position a\n" + ACTION + block + "action go { note text }\n" + block.replace("ship", "go")
    ).silent()


def test_two_files_of_one_policy() -> None:
    one = "policy a { owner board }\nposition clerk\n"
    report = check_all({"1.remit": one, "2.remit": one}).only("E0107")
    report.says("policy `a` is declared twice")
    assert report.one.span.file == "2.remit"
    assert report.one.related[0].span.file == "1.remit"


def test_names_of_a_used_policy_are_seen() -> None:
    check(
        HEADER + "use org\n" + ACTION + "authority ship { clerk may approve any }\n",
        org=ORGANISATION,
    ).silent()


def test_a_name_elsewhere_asks_for_use() -> None:
    report = check(HEADER + ACTION + "authority ship { clerk may approve any }\n", org=ORGANISATION)
    report.only("E0206").says("unknown position `clerk`").underlines("clerk")
    report.says("unknown position `clerk`").helps(
        "`clerk` is declared in policy `org`: add `use org`"
    )


def test_use_is_not_transitive() -> None:
    middle = "policy mid { owner board }\nuse org\nposition mate { reports to clerk }\n"
    report = check(
        HEADER + "use mid\n" + ACTION + "authority ship { clerk may approve any }\n",
        mid=middle,
        org=ORGANISATION,
    )
    report.only("E0206").says("unknown position `clerk`").helps(
        "`clerk` is declared in policy `org`: add `use org`"
    )


def test_full_name_of_a_policy_that_is_not_used() -> None:
    report = check(
        HEADER + ACTION + "authority ship { org.clerk may approve any }\n", org=ORGANISATION
    )
    report.only("E0210").says("policy `org` is not used here").helps("add `use org`")
    report.underlines("org.clerk")


def test_full_names_always_work() -> None:
    check(
        HEADER + "use org\nposition clerk\n" + ACTION + "authority ship { org.clerk may approve any"
        "  p.clerk may sign any }\n",
        org=ORGANISATION,
    ).silent()


def test_own_names_go_first() -> None:
    report = check(
        HEADER
        + "use org\nposition clerk\n"
        + ACTION
        + "authority ship { clerk may approve any }\n",
        org=ORGANISATION,
    ).silent()
    assert report.program is not None
    assert report.program.authorities[0].grants[0].positions == ("p.clerk",)


def test_ambiguity_shows_both_places() -> None:
    report = check(
        HEADER + "use a, b\n" + ACTION + "authority ship { clerk may approve any }\n",
        a="policy a { owner board }\nposition clerk\n",
        b="policy b { owner board }\nposition clerk\n",
    ).only("E0209")
    report.says("`clerk` may mean `a.clerk` or `b.clerk`").helps("write the full name")
    assert [r.span.file for r in report.one.related] == ["a.remit", "b.remit"]


def test_misspelt_use_gives_one_error() -> None:
    report = check(
        HEADER + "use ogr\n" + ACTION + "authority ship { clerk may approve any }\n",
        org=ORGANISATION,
    )
    report.only("E0106").says("unknown policy `ogr`").helps("did you mean `org`?").underlines("ogr")


def test_missing_policy_does_not_make_its_names_unknown() -> None:
    report = check(HEADER + "use elsewhere\n" + ACTION + "authority ship { x may approve any }\n")
    report.only("E0106").helps("load the file that declares it too")


def test_did_you_mean() -> None:
    report = check("position clerk\n" + ACTION + "authority ship { clrek may approve any }\n")
    report.says("unknown position `clrek`").helps("did you mean `clerk`?").underlines("clrek")
    report = check("position a\n" + ACTION + "authority shpi { a may approve any }\n")
    report.only("E0207").says("unknown action `shpi`").helps("did you mean `ship`?")
    report = check("action ship { weight nubmer }\n")
    report.only("E0203").says("unknown type `nubmer`").helps("did you mean `number`?")
    report = check("action ship { weight number  limit on wieght }\n")
    report.only("E0202").says("unknown name `wieght`").helps("did you mean `weight`?")


def test_a_misspelt_declaration_gives_one_error_with_all_its_uses() -> None:
    report = check(
        "position clrek\n"
        + ACTION
        + "authority ship { clerk may approve any  clerk may sign any }\n"
    ).only("E0206")
    report.helps("did you mean `clrek`?").points("clerk", "also here")


def test_nothing_near_offers_nothing() -> None:
    check("action ship { weight number  limit on zebra }\n").only("E0202").helps(None)


def test_unknown_verb() -> None:
    report = check("position a\n" + ACTION + "authority ship { a may aprove any }\n")
    report.only("E0208").says("unknown verb `aprove`").helps("did you mean `approve`?")
    report = check("position a\n" + ACTION + "authority ship { a may teleport any }\n")
    report.only("E0208").helps("declare it: `right teleport`")


def test_declared_rights() -> None:
    text = "position a\n" + ACTION + "authority ship { a may release any }\n"
    report = check(
        "right release implies recommend\nright approve implies recommend\n" + text
    ).silent()
    assert report.program is not None
    assert report.program.rights["release"].implies == ("recommend",)
    report = check(HEADER + text, rights="policy rights { owner board }\nright release\n")
    report.only("E0208").helps("`release` is declared in policy `rights`: add `use rights`")


def test_unknown_field_and_member() -> None:
    text = (
        "record Order { total: number }\nposition a\naction ship { order Order  region Region }\n"
    )
    text += "enum Region { north south }\n"
    report = check(text + "authority ship { a may approve when order.totl > 5 }\n")
    report.only("E0204").says("record `Order` has no field `totl`").helps("did you mean `total`?")
    report.underlines("order.totl").points("Order", "declared here")
    report = check(text + "authority ship { a may approve when region in (nroth, south) }\n")
    report.only("E0205").says("`Region` has no member `nroth`").helps("did you mean `north`?")
    report = check(text + "authority ship { a may approve when region = Region.nowhere }\n")
    report.only("E0205").helps("its members are `north`, `south`")


def test_members_read_from_either_side() -> None:
    report = check(
        "enum Region { north south }\nposition a\naction ship { region Region }\n"
        "authority ship {\n"
        "  one: a may approve when north = region\n"
        "  two: a may approve when region = Region.south\n"
        "  three: a may approve when region in (north, south)\n"
        "  four: a may approve when (if region = north then south else north) = region\n}\n"
    )
    report.silent()


def test_ten_mistakes_give_ten_errors() -> None:
    report = check(
        "position a { reports to b }\nenum Region { north }\nrecord Order { total: mony }\n"
        "action ship { order Ordre  weight number  region Region  limit on weight }\n"
        "parameter top: percent = 3\n"
        "authority ship {\n"
        "  r1: a may approve up to 5%\n"
        "  r2: aa may approve any\n"
        "  r3: a may aprove any\n"
        "  r4: a may approve any when region = nroth\n"
        "  r5: a may approve any when wieght > 5\n"
        "  r6: a may approve\n"
        "}\n"
    )
    assert len(report.found) == 10, report.shown()


def test_syntax_fault_does_not_make_names_unknown() -> None:
    report = check(
        "position clerk {{ reports to }\n" + ACTION + "authority ship { clerk may approve any }\n"
    )
    assert all(code < "E0100" for code in report.codes), report.shown()


def test_a_broken_header_does_not_make_its_policy_unknown() -> None:
    user = HEADER + "use org\n" + ACTION + "authority ship { clerk may approve any }\n"
    report = check(user, org="policy org { owner { board }\nposition clerk\n")
    assert all(code < "E0100" for code in report.codes), report.shown()


def test_a_second_file_of_a_policy_does_not_make_its_names_unknown() -> None:
    one = "policy org { owner board }\nposition head\n"
    user = HEADER + "use org\n" + ACTION + "authority ship { clerk may approve any }\n"
    check(user, org=one, more=one.replace("head", "clerk")).only("E0107")


def test_a_faulty_rule_does_not_make_others_unreachable() -> None:
    report = check(
        "position a\nposition b\n" + ACTION + "authority ship { a may approve up to 5%\n"
        "  b may aprove any  escalate to b }\ndelegation of ship { to one level below }\n"
    )
    report.only("E0301", "E0208")
    report = check(
        "position a\n" + ACTION.replace("limit on weight", "limit on wieght") + "authority ship "
        "{ a may approve up to 5 }\ndelegation of ship { to one level below }\n"
    )
    report.only("E0202")


def test_circles() -> None:
    report = check(
        "position a { reports to b }\nposition b { reports to c }\nposition c { reports to a }\n"
    )
    report.only("E0214").says("position `a` reports to itself through `b` and `c`")
    check("position a { reports to a }\n").says("position `a` reports to itself")
    check("position a { dotted line to b }\nposition b { reports to a }\n").only("E0214")
    report = check("define a: number = b + 1\ndefine b: number = c + 1\ndefine c: number = a\n")
    report.only("E0213").says("definition `a` depends on itself through `b` and `c`")
    check("parameter a: number = a\n").says("parameter `a` depends on itself")
    report = check("right x implies y\nright y implies x\n")
    report.only("E0215").says("right `x` implies itself through `y`")


def test_one_person_record() -> None:
    one = "record Person { trained: boolean }\n"
    report = check(HEADER + one, two="policy two { owner board }\n" + one)
    report.only("E0201").says("`Person` is declared twice, and people are declared once")
    check("record Person { id: number }\n").only("E0217").says("every person has `id` already")


def test_people_have_attributes() -> None:
    report = check(
        "enum Region { north { harbin } south }\nposition a\n"
        "record Person { territory: set of Region  trained: boolean optional }\n"
        "action ship { region Region  nominee Person }\n"
        "authority ship {\n"
        "  one: a may approve when region in actor.territory and actor.trained is given\n"
        "  two: a may approve when requester.id != actor.id and nominee holds a\n"
        "  three: a may approve when nominee reports directly to actor\n"
        "  four: a may approve when actor.position = a and nominee.trained\n}\n"
    )
    report.silent()
    report = check("action ship { note text  limit on actor.age }\n")
    report.only("E0204").says("a person has no field `age`")
    report.helps("declare it in `record Person { … }`")


def test_shadowing_warns_and_prefers_the_fact() -> None:
    report = check(
        "position a\nparameter weight: number = 5\n" + ACTION + "define w: number = p.weight\n"
        "authority ship { a may approve up to w when weight < 3 }\n"
    )
    report.only("W0505").says("`weight` means the fact here").points(
        "weight", "`weight` is also declared here"
    )


def test_reserved_names() -> None:
    check("action ship { as_of date }\n").only("E0217")
    check("table min (a: boolean) gives number { any -> 1 }\n").errors().only("E0217")


def test_definitions_are_typed_by_the_actions_that_can_see_them() -> None:
    shared = "policy shared { owner board }\ndefine double: number = weight * 2\n"
    user = HEADER + "use shared\nposition a\n" + ACTION
    rule = "authority ship { a may approve up to double }\n"
    check(user + rule, shared=shared).silent()
    report = check(
        user + "action fly { weight text }\n" + rule,
        shared=shared,
    ).only("E0211")
    report.says(
        "`double` uses the fact `weight`, which is a number in action `ship` and a text in action "
        "`fly`"
    )


def test_definition_without_its_facts() -> None:
    report = check(
        "position a\n" + ACTION + "action fly { height number  limit on height }\n"
        "define double: number = weight * 2\ndefine more: number = double + 1\n"
        "authority fly { a may approve up to more }\nauthority ship { a may approve up to more }\n"
    ).only("E0212")
    report.says("`more` needs the fact `weight`, which action `fly` does not have")
    report.helps("add a field `weight` to action `fly`").underlines("more")


def test_unicode_names() -> None:
    check(
        "position 销售经理\naction 折让 { 率 percent  limit on 率 }\n"
        "authority 折让 { 销售经理 may approve up to 3% }\n"
    ).silent()
