"""XACML's combining of permit, deny, not applicable and unknown, as Remit policies."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from engine.asking import House

CASES = json.loads((Path(__file__).parent / "data" / "xacml.json").read_text("utf-8"))["cases"]
Rules = list[tuple[str, str]]
_SENTENCES = {"permit": "anyone may approve when", "deny": "nobody may approve when"}
_UNKNOWN = {"missing fact": "f{i}", "fault": "1 / (n - n) > 1"}


def of(*algorithms: str) -> list[Any]:
    return [pytest.param(c, id=c["id"]) for c in CASES if c["combining"] in algorithms]


def house(rules: Rules, unknown: str = "f{i}") -> House:
    """One sentence for each rule; what is unknown is a fact not given, or a fault."""
    lines = [
        f"{_SENTENCES[effect]} {(unknown if applies == 'unknown' else 'f{i}').format(i=i)}"
        for i, (effect, applies) in enumerate(rules)
    ]
    fields = "  ".join(f"f{i} boolean" for i in range(len(rules)))
    return House(
        f"policy p {{ currency CNY }} position clerk action act {{ {fields}  n integer }} "
        f"authority act {{ {'  '.join(lines)} }}"
    )


def known(rules: Rules) -> dict[str, Any]:
    given = {
        f"f{i}": applies == "yes" for i, (_, applies) in enumerate(rules) if applies != "unknown"
    }
    return {**given, "n": 1}


def answer(rules: Rules, unknown: str = "f{i}") -> str:
    return house(rules, unknown).outcome("clerk", **known(rules))


@pytest.mark.parametrize("kind", _UNKNOWN)
@pytest.mark.parametrize("case", of("deny-overrides", "ordered-deny-overrides"))
def test_deny_overrides(case: dict[str, Any], kind: str) -> None:
    rules: Rules = [tuple(r) for r in case["rules"]]
    found = answer(rules, _UNKNOWN[kind])
    match case["answer"]:
        case "Permit":
            assert found == "permit"
        case "Deny":
            assert found == "deny"
        case _:
            assert found in ("deny", "incomplete", "undefined")


@pytest.mark.parametrize("kind", _UNKNOWN)
@pytest.mark.parametrize(
    "others", [[], [("permit", "unknown")], [("deny", "no")], [("permit", "yes")]]
)
def test_an_unknown_prohibition_beside_a_grant_never_permits(others: Rules, kind: str) -> None:
    rules: Rules = [("permit", "yes"), ("deny", "unknown"), *others]
    for ordered in itertools.permutations(rules):
        expected = "incomplete" if kind == "missing fact" else "undefined"
        assert answer(list(ordered), _UNKNOWN[kind]) == expected


@pytest.mark.parametrize("case", of("deny-overrides"))
def test_the_order_of_rules_does_not_matter(case: dict[str, Any]) -> None:
    rules: Rules = [tuple(r) for r in case["rules"]]
    assert len({answer(list(o)) for o in itertools.permutations(rules)}) == 1


@pytest.mark.parametrize("case", of("first-applicable"))
def test_first_applicable(case: dict[str, Any]) -> None:
    """As a table: an unknown row stops the search, it is not skipped."""
    rules: Rules = [tuple(r) for r in case["rules"]]
    columns = ", ".join(f"f{i}: boolean" for i in range(len(rules)))
    rows = []
    for i, (effect, _) in enumerate(rules):
        cells = ", ".join("true" if i == j else "any" for j in range(len(rules)))
        rows.append(f"{cells} -> {1 if effect == 'permit' else 2}")
    rest = ", ".join("any" for _ in rules)
    arguments = ", ".join(f"f{i}" for i in range(len(rules)))
    asked = House(
        "policy p { currency CNY } position clerk "
        f"action act {{ {columns.replace(',', ' ')} }} "
        f"table verdict ({columns}) gives integer first {{ {'  '.join(rows)}  {rest} -> 0 }}"
        f"authority act {{ anyone may approve when verdict({arguments}) = 1 }}"
    )
    facts = {k: v for k, v in known(rules).items() if k != "n"}
    found = asked.compiled.value("verdict", facts, asked.as_of)
    expected = {"Permit": 1, "Deny": 2, "NotApplicable": 0, "Indeterminate": None}[case["answer"]]
    assert found.value == expected
    assert bool(found.missing) == (expected is None)
    assert (asked.outcome("clerk", **facts) == "permit") == (case["answer"] == "Permit")


def test_a_later_row_is_not_reached_past_an_unknown_one() -> None:
    asked = House(
        "policy p { currency CNY } position clerk action act { a boolean  b boolean } "
        "table verdict (a: boolean, b: boolean) gives integer first "
        "{ true, any -> 2  any, true -> 1  any, any -> 0 } "
        "authority act { anyone may approve when verdict(a, b) = 1 }"
    )
    assert asked.outcome("clerk", b=True) == "incomplete"
    assert asked.outcome("clerk", a=False, b=True) == "permit"


@pytest.mark.parametrize("case", of("deny-unless-permit"))
def test_only_permit_reads_as_yes(case: dict[str, Any]) -> None:
    """Each rule as a policy of its own, their answers joined as a two-valued caller would."""
    yes = [answer([tuple(rule)]) == "permit" for rule in case["rules"]]
    assert any(yes) == (case["answer"] == "Permit")


@pytest.mark.parametrize(
    "case", of("permit-overrides", "ordered-permit-overrides", "permit-unless-deny")
)
def test_a_permit_never_overrides_here(case: dict[str, Any]) -> None:
    rules: Rules = [tuple(r) for r in case["rules"]]
    if any(effect == "deny" and applies != "no" for effect, applies in rules):
        assert answer(rules) != "permit"
