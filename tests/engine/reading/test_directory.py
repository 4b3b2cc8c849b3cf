from __future__ import annotations

import pickle
import random
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from remit_dsl.catalogue import CATALOGUE
from remit_dsl.diagnostics import Diagnostic
from remit_engine.people.directory import Directory
from remit_engine.reading.directory_reader import read_directory, read_directory_text
from remit_engine.rules.lower import lower
from sample_house import DAY, DIRECTORY, MODEL, OTHER, POLICY, program

MANAGER = "sales.sales_manager"
REGIONAL = "sales.regional_manager"


def directory(text: str = DIRECTORY) -> Directory:
    read, found = read_directory_text("directory.yaml", text, MODEL)
    assert read is not None, found
    return read


def faults(text: str) -> list[Diagnostic]:
    _, found = read_directory_text("directory.yaml", text, MODEL)
    assert all(d.code in CATALOGUE for d in found)
    return found


def said(text: str) -> list[str]:
    return [f"{d.span.line} {d.code} {d.message}" for d in faults(text)]


def people(*entries: str) -> str:
    return "units: [{id: east}, {id: west}]\npeople:\n" + "".join(f"  - {e}\n" for e in entries)


# --- what it answers -----------------------------------------------------------------------


def test_a_party_has_what_it_holds_on_the_day() -> None:
    day_before = directory().party("li.wei", date(2026, 2, 28))
    on_the_day = directory().party("li.wei", DAY)
    assert day_before is not None
    assert on_the_day is not None
    assert day_before.positions == {MANAGER}
    assert on_the_day.positions == {MANAGER, REGIONAL}
    assert [h.acting for h in on_the_day.holdings] == [False, True]
    assert directory().party("nobody", DAY) is None


def test_until_is_the_first_day_no_longer_held() -> None:
    party = directory().party("li.wei", date(2026, 4, 1))
    assert party is not None
    assert party.positions == {MANAGER}


def test_attributes_are_exact_and_position_is_there_when_it_is_one() -> None:
    one = directory().party("li.wei", date(2026, 2, 1))
    two = directory().party("li.wei", DAY)
    assert one is not None
    assert two is not None
    assert one.attributes["territory"] == frozenset({"east"})
    assert one.attributes["quota"] == Fraction(2_000_001, 2)
    assert one.attributes["position"] == MANAGER
    assert "position" not in two.attributes
    assert two.attributes["unit"] == "east"


def test_an_attribute_may_be_a_person() -> None:
    party = directory().party("zhang.min", DAY)
    assert party is not None
    assert party.attributes["mentor"].person == "li.wei"


def test_mentors_in_a_circle_end() -> None:
    text = people("{id: a, attributes: {mentor: b}}", "{id: b, attributes: {mentor: a}}")
    party = directory(text).party("a", DAY)
    assert party is not None
    assert party.attributes["mentor"].attributes["mentor"].person == "a"


def test_holders_are_in_order_of_their_ids() -> None:
    assert [p.person for p in directory().holders(REGIONAL, DAY)] == ["li.wei", "zhang.min"]
    assert [p.person for p in directory().holders(REGIONAL, date(2026, 4, 1))] == ["zhang.min"]
    assert directory().holders("sales.nothing", DAY) == ()


def test_within_goes_up_the_tree_and_says_yes_where_nothing_is_stated() -> None:
    units = directory()
    assert units.within("east", "hq")
    assert units.within("east", "east")
    assert not units.within("hq", "east")
    assert not units.within("west", "east")
    assert units.within(None, "east")
    assert units.within("east", None)
    assert not units.within("elsewhere", "east")


def test_a_directory_can_be_pickled_and_nobody_is_in_the_empty_one() -> None:
    assert pickle.loads(pickle.dumps(directory())).people.keys() == directory().people.keys()
    assert Directory.empty().party("li.wei", DAY) is None
    assert Directory.empty().holders(MANAGER, DAY) == ()


def test_an_empty_file_is_an_empty_directory() -> None:
    assert directory("# nobody yet\n").people == {}


# --- faults of people and units ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people: [{id: a, positions: [{position: sales_manger}]}]",
         "1 E0611 unknown position `sales_manger`"),
        ("people: [{id: a, positions: [{position: sales_manager, unit: moon}]}]",
         "1 E0612 unknown unit `moon`"),
        ("units: [{id: a, parent: b}]", "1 E0612 unknown unit `b`"),
        ("units:\n- {id: a, parent: b}\n- {id: b, parent: a}",
         "3 E0613 units stand above themselves: a under b under a"),
        ("units: [{id: a, parent: a}]", "1 E0613 units stand above themselves: a under a"),
        ("people:\n- {id: a}\n- {id: a}", "3 E0614 person `a` is here twice"),
        ("units: [{id: a}, {id: a}]", "1 E0614 unit `a` is here twice"),
        ("people: [{id: a, positions: "
         "[{position: sales_manager, from: 2026-03-01, until: 2026-03-01}]}]",
         "1 E0615 held from 2026-03-01 until 2026-03-01 is no day at all"),
        ("people: [{id: a, attributes: {teritory: [east]}}]",
         "1 E0617 unknown attribute `teritory`"),
        ("people: [{id: a, attributes: {trained: 1}}]",
         "1 E0618 `1` is not true or false: write true or false without quotes"),
        ("people: [{id: a, attributes: {quota: 1e400}}]",
         '1 E0618 `"1e400"` is not an amount of money: write 900, or with its currency "900 CNY"'),
        ("people: [{id: a, attributes: {quota: .nan}}]",
         '1 E0618 `".nan"` is not an amount of money: write 900, or with its currency "900 CNY"'),
        ("people: [{id: a, attributes: {territory: [eest]}}]",
         "1 E0618 there is no Region `eest`, did you mean `east`?"),
        ("people: [{id: a, attributes: {mentor: b}}]", "1 E0620 unknown person `b`"),
        ("people: [{id: 1001}]", "1 E0608 `1001` is not text: write it in quotes"),
        ("people: [{name: A}]", "1 E0607 a person lacks `id`"),
        ("people: {id: a}", "1 E0608 `people` is not a list"),
        ("people: [a]", '1 E0608 `"a"` is not a person'),
        ("peple: []", "1 E0606 unknown member of a directory `peple`"),
        ("[1, 2]", "1 E0608 `a list` is not a directory"),
        ("people: [{id: a, positions: [{position: sales_manager, acting: yes}]}]",
         "1 E0608 `yes` is not true or false"),
        ("people: [{id: a, positions: [{position: sales_manager, from: 2026-02-30}]}]",
         "1 E0608 there is no day 2026-02-30"),
    ],
)  # fmt: skip
def test_a_fault_is_found_where_it_is(text: str, expected: str) -> None:
    assert said(text) == [expected]


def test_a_misspelt_name_is_guessed() -> None:
    found = faults("people:\n  - {id: a, positions: [{position: sales_manger}]}")
    assert found[0].help == "did you mean `sales_manager`?"
    assert (found[0].span.line, found[0].span.column) == (2, 36)


def test_ten_faults_are_ten() -> None:
    text = people(*(f"{{id: p{i}, positions: [{{position: none{i}}}]}}" for i in range(10)))
    assert len(faults(text)) == 10


def test_one_position_twice_at_a_time_is_a_fault_in_one_unit_only() -> None:
    twice = "{{id: a, positions: [{{position: sales_manager, unit: east, until: 2026-02-01}}, {}]}}"
    overlap = "{position: sales_manager, unit: east, from: 2026-01-31}"
    after = "{position: sales_manager, unit: east, from: 2026-02-01}"
    elsewhere = "{position: sales_manager, unit: west, from: 2026-01-31}"
    assert [d.code for d in faults(people(twice.format(overlap)))] == ["E0616"]
    assert faults(people(twice.format(after))) == []
    assert faults(people(twice.format(elsewhere))) == []


def test_more_holders_than_seats_is_a_warning_and_acting_ones_do_not_count() -> None:
    held = "{{id: {}, positions: [{{position: sales_director, from: {}{}}}]}}"
    first, second = held.format("a", "2026-01-01", ""), held.format("b", "2026-05-01", "")
    acting = held.format("b", "2026-05-01", ", acting: true")
    assert said(people(first, second)) == [
        "4 W0651 `sales_director` has 2 holders on 2026-05-01 and a headcount of 1"
    ]
    assert read_directory_text("d", people(first, second), MODEL)[0] is not None
    assert faults(people(first, acting)) == []


def test_a_name_of_two_organisations_must_be_written_in_full() -> None:
    model = lower(program(POLICY, OTHER))
    text = "people: [{{id: a, positions: [{{position: {}}}]}}]"
    _, found = read_directory_text("d", text.format("sales_manager"), model)
    assert "may mean `sales.sales_manager` or `service.sales_manager`" in found[0].message
    assert read_directory_text("d", text.format("service.sales_manager"), model)[1] == []


# --- delegations ---------------------------------------------------------------------------

GIVEN = (
    "{from: zhang.min, to: li.wei, action: discount, starts: 2026-02-01, ends: 2026-03-01, "
    'reason: "on leave", approved_by: chen.jing}'
)


def delegated(*entries: str) -> str:
    return DIRECTORY + "delegations:\n" + "".join(f"  - {e}\n" for e in entries)


def codes(entry: str) -> list[str]:
    return [d.code for d in faults(delegated(entry))]


def test_a_delegation_holds_from_its_start_up_to_its_end() -> None:
    read = directory(delegated(GIVEN.replace("starts", "limit: 5%, verbs: [approve], starts")))
    (entry,) = read.delegations
    assert (entry.giver, entry.taker, entry.action) == ("zhang.min", "li.wei", "sales.discount")
    assert entry.limit == Fraction(1, 20)
    asked = ("li.wei", "sales.discount", "approve")
    assert read.delegations_to(*asked, date(2026, 2, 28)) == (entry,)
    assert read.delegations_to(*asked, date(2026, 3, 1)) == ()
    assert read.delegations_to("li.wei", "sales.discount", "review", date(2026, 2, 1)) == ()
    assert read.delegations_to("li.wei", "sales.purchase", "approve", date(2026, 2, 1)) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("to: li.wei", "to: li.wi", "E0620"),
        ("from: zhang.min", "from: zhang", "E0620"),
        ("action: discount", "action: discuont", "E0621"),
        ("starts", "verbs: [aprove], starts", "E0622"),
        ("to: li.wei", "to: zhang.min", "E0623"),
        ("ends: 2026-03-01, ", "", "E0624"),
        ('reason: "on leave", ', "", "E0624"),
        ('reason: "on leave"', 'reason: " "', "E0624"),
        ("ends: 2026-03-01", "ends: 2026-02-01", "E0615"),
        ("ends: 2026-03-01", "ends: 2026-05-03", "E0626"),
        ("to: li.wei", "to: wang.fang", "E0627"),
        ("to: li.wei", "to: gone", "E0627"),
        (", approved_by: chen.jing", "", "E0628"),
        ("approved_by: chen.jing", "approved_by: zhang.min", "E0628"),
        ("approved_by: chen.jing", "approved_by: wang.fang", "E0628"),
        ("action: discount", "action: purchase", "E0629"),
        ("starts", 'limit: "5", starts', "E0632"),
        ("starts", "limit: 10.1%, starts", "E0632"),
    ],
)
def test_a_delegation_the_policy_does_not_allow(old: str, new: str, code: str) -> None:
    assert old in GIVEN
    assert codes(GIVEN.replace(old, new)) == [code]


def test_exactly_the_longest_delegation_is_allowed() -> None:
    assert codes(GIVEN.replace("2026-03-01", "2026-05-02")) == []


def test_what_is_held_by_delegation_cannot_be_given_on() -> None:
    onward = GIVEN.replace("from: zhang.min, to: li.wei", "from: new, to: wang.fang")
    text = delegated(GIVEN.replace("li.wei", "new"), onward).replace(
        "  - {id: chen.jing",
        "  - {id: new, positions: [{position: sales_supervisor, unit: east}]}\n  - {id: chen.jing",
    )
    assert "E0630" in [d.code for d in faults(text)]


def test_who_has_nothing_gives_nothing() -> None:
    text = GIVEN.replace("discount", "release_order").replace("to: li.wei", "to: wang.fang")
    assert codes(text) == ["W0652"]


def test_a_circle_of_delegations_is_found_when_their_days_meet() -> None:
    free = "{{from: {}, to: {}, action: release_order, starts: {}, ends: {}, reason: x}}"
    forth = free.format("zhang.min", "li.wei", "2026-02-01", "2026-03-01")
    back = free.format("li.wei", "zhang.min", "2026-02-28", "2026-04-01")
    later = free.format("li.wei", "zhang.min", "2026-03-01", "2026-04-01")
    assert "E0631" in [d.code for d in faults(delegated(forth, back))]
    assert "E0631" not in [d.code for d in faults(delegated(forth, later))]


# --- robustness ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("units: [{id: hq}", "E0602"),
        ("a: b: c", "E0602"),
        ("\tx: 1", "E0602"),
        ("units: \x00", "E0602"),
        ("directory: a\ndirectory: b", "E0603"),
        ("people: " + "[" * 5000, "E0604"),
        ("people: " + "[" * 101 + "]" * 101, "E0604"),
        ("directory: !!python/object/apply:os.system [x]", "E0605"),
        ("directory: &a [*a]", "E0605"),
        ("directory: *a", "E0605"),
        ("? [a]\n: b", "E0605"),
        ("a: 1\n---\nb: 2", "E0605"),
        ("<<: {directory: x}", "E0605"),
        ("\ud800: 1", "E0601"),
    ],
)
def test_odd_yaml_is_refused_with_its_place(text: str, code: str) -> None:
    read, found = read_directory_text("d.yaml", text, MODEL)
    assert read is None
    assert code in [d.code for d in found]
    assert all(d.span.file == "d.yaml" and d.span.line >= 1 for d in found)


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    lines = ["x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    lines += [f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 10)}]" for i in range(1, 30)]
    assert "E0604" in [d.code for d in faults("\n".join(lines))]


def test_words_of_old_yaml_are_text() -> None:
    (fault,) = faults("people: [{id: no, positions: [{position: yes}]}]")
    assert fault.message == "unknown position `yes`"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    assert [d.code for d in read_directory(path, MODEL)[1]] == ["E0601"]
    assert [d.code for d in read_directory(tmp_path, MODEL)[1]] == ["E0601"]
    path.write_bytes("people: [{id: 李}]".encode("gb18030"))
    assert [d.code for d in read_directory(path, MODEL)[1]] == ["E0601"]
    path.write_bytes("people: []".encode("utf-16"))
    assert [d.code for d in read_directory(path, MODEL)[1]] == ["E0601"]
    path.write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    assert [d.code for d in read_directory(path, MODEL)[1]] == ["E0604"]


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + DIRECTORY.replace("\n", "\r\n").encode())
    read, found = read_directory(path, MODEL)
    assert found == []
    assert read is not None
    assert read.name == "sales"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\n\r\npeople: [{id: 7}]")
    assert [str(d.span) for d in read_directory(path, MODEL)[1]][1].endswith("d.yaml:3:15")


def test_a_fault_of_one_person_does_not_hide_those_of_delegations() -> None:
    text = delegated(GIVEN.replace("2026-03-01", "2027-03-01")).replace(
        "mentor: li.wei", "mentor: x"
    )
    assert [d.code for d in faults(text)] == ["E0620", "E0626"]


def test_random_damage_is_always_answered_with_places() -> None:
    chance = random.Random(7)
    pieces = [
        "[",
        "]",
        "{",
        "}",
        ":",
        "- ",
        "null",
        "1e9",
        "~",
        "\n",
        "  ",
        "&a",
        "*a",
        "!!x",
        "'",
        "#",
    ]
    for _ in range(300):
        text = delegated(GIVEN)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(pieces) + text[at + chance.randint(0, 6) :]
        read, found = read_directory_text("d", text, MODEL)
        assert read is not None or found
        assert all(0 <= d.span.start <= d.span.end <= len(text) for d in found)
