"""`remit init`."""

from __future__ import annotations

from pathlib import Path


def test_writes_a_policy_with_people_and_tests(remit):
    ran = remit("init")
    assert ran.code == 0
    assert ran.first == "a first policy is in policies"
    assert "remit check" in ran.out
    for name in ("sales.remit", "directory.yaml", "sales.test.yaml"):
        assert Path("policies", name).is_file()


def test_the_starter_checks_without_a_word(house):
    ran = house("check", "--strict")
    assert ran.code == 0, ran.err
    assert ran.first.startswith("no faults in 1 policy")


def test_the_starter_is_well_formatted(house):
    assert house("fmt", "--check").code == 0


def test_the_starters_tests_pass(house):
    assert house("test").code == 0


def test_another_folder_is_made(remit):
    assert remit("init", "shop/rules").code == 0
    assert Path("shop/rules/policies/sales.remit").is_file()


def test_nothing_is_overwritten(house):
    Path("policies/sales.remit").write_text("mine")
    Path("policies/directory.yaml").unlink()
    ran = house("init")
    assert ran.code == 2
    assert "`policies/sales.remit`" in ran.err
    assert "would be overwritten" in ran.err
    assert Path("policies/sales.remit").read_text() == "mine"
    assert not Path("policies/directory.yaml").exists()


def test_a_file_is_not_a_folder(remit, file):
    file("note.txt", "x")
    ran = remit("init", "note.txt")
    assert ran.code == 2
    assert "`note.txt` is a file" in ran.err


def test_every_suggested_command_works(house):
    from remit_api.cli.init import NEXT

    for command in NEXT:
        ran = house(*command.split()[1:])
        assert ran.code == 0, (command, ran.err)


def test_json(remit):
    ran = remit("init", "--json")
    assert ran.document["written"][0].endswith("sales.remit")
