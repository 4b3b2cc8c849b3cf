"""What roles may do is a policy: the sample's answers, and the start that a bad one refuses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from remit_api.failures import InvalidPolicy, Refused
from remit_api.http.roles import Roles, open_roles

DAY = date(2026, 2, 10)


@pytest.fixture(scope="module")
def roles() -> Roles:
    return open_roles()


def of(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_an_answer_has_the_reason_of_the_policy(roles: Roles) -> None:
    ruling = roles.ask(of("administrator"), "versions", "put_in_force", True, DAY)
    assert not ruling.allowed
    assert "who prepared a text does not put it in force" in ruling.reason


def test_roles_add_up(roles: Roles) -> None:
    assert not roles.ask(of("representative"), "keys", "make", False, DAY).allowed
    assert roles.ask(of("representative", "administrator"), "keys", "make", False, DAY).allowed


def test_a_prohibition_holds_whatever_else_somebody_is(roles: Roles) -> None:
    both = of("finance", "administrator")
    assert not roles.ask(both, "versions", "put_in_force", True, DAY).allowed


@pytest.mark.parametrize("who", [of(), of("root"), of("position"), of("service.finance")])
def test_a_role_that_is_none_gives_nothing(roles: Roles, who: frozenset[str]) -> None:
    assert not roles.ask(who, "authorities", "read", True, DAY).allowed


def test_before_its_first_day_the_policy_gives_nothing(roles: Roles) -> None:
    assert not roles.ask(of("finance"), "decisions", "read", True, date(2025, 12, 31)).allowed
    assert roles.ask(of("finance"), "decisions", "read", True, date(2026, 1, 1)).allowed


PLAIN = """\
policy own { owner chief }
position chief
right read
action decisions { own boolean }
authority decisions { chief may read }
"""


def policy(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "own.remit"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_deployment_has_its_own(tmp_path: Path) -> None:
    roles = open_roles(policy(tmp_path, PLAIN))
    roles.require([("decisions", "read")], DAY)
    assert roles.names == {"chief"}
    assert roles.ask(of("chief"), "decisions", "read", False, DAY).allowed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("decisions {", "decision {", "no action `decisions`"),
        ("own boolean", "mine boolean", "no fact `own boolean`"),
        ("own boolean", "own text", "no fact `own boolean`"),
        ("may read }", "may read when other }", "answered with `incomplete`"),
        ("may read }", "may read\n  read needs review by chief }", "answered with `needs`"),
    ],
)
def test_a_policy_that_does_not_fit_refuses_the_start(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = (
        PLAIN.replace("own boolean }", "own boolean other boolean }") if "other" in new else PLAIN
    )
    roles = open_roles(policy(tmp_path, text.replace(old, new)))
    with pytest.raises(Refused, match=said):
        roles.require([("decisions", "read")], DAY)


def test_a_policy_with_errors_refuses_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy):
        open_roles(policy(tmp_path, PLAIN.replace("right read", "right write")))


def test_an_operation_nobody_declared_refuses_the_start(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no right `erase`"):
        open_roles(policy(tmp_path, PLAIN)).require([("decisions", "erase")], DAY)


def test_a_policy_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy):
        open_roles(tmp_path / "none.remit")
