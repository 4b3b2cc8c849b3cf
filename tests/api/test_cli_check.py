"""`remit check`."""

from __future__ import annotations


def test_no_faults(house):
    ran = house("check")
    assert ran.code == 0
    assert ran.first == "no faults in 1 policy, 5 positions, 1 action and 5 rules"


def test_a_fault_with_its_place(house, file):
    file("policies/b.remit", "policy b { currency EUR }\nposition x { reports to y }\n")
    ran = house("check")
    assert ran.code == 3
    assert "policies/b.remit:2:25" in ran.err
    assert "^" in ran.err
    assert ran.first.startswith("1 error; `remit explain E")


def test_the_directory_is_checked_as_well(house, file):
    file("policies/directory.yaml", "people: [{id: a, positions: [{position: sales_manger}]}]\n")
    ran = house("check")
    assert ran.code == 3
    assert "unknown position `sales_manger`" in ran.err
    assert "did you mean `sales_manager`?" in ran.err
    assert house("check", "--no-directory").code == 0


def test_json(house, file):
    assert house("check", "--json").document["ok"] is True
    file("policies/b.remit", "policy b { currency EUR }\nposition x { reports to y }\n")
    ran = house("check", "--json")
    assert ran.code == 3
    assert ran.err == ""
    (found,) = ran.document["diagnostics"]
    assert found["code"].startswith("E")


def test_nothing_there(remit):
    assert remit("check").code == 2
    ran = remit("check", "nowhere.remit")
    assert ran.code == 2
    assert "there is no file or folder `nowhere.remit`" in ran.err


def test_a_folder_without_policies(remit, file):
    file("empty/note.txt", "x")
    ran = remit("check", "empty")
    assert ran.code in (2, 3)
    assert ran.err
