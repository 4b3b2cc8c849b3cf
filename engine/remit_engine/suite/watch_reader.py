"""From located YAML to cases about what is watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from remit_dsl.program import Program
from remit_engine.suite.watch_cases import ExpectedAlert, WatchCase
from remit_engine.yaml_members import MembersReader
from remit_engine.yaml_tree import Node, plain

_CASE = ("since", "until", "refused")
_ALERT = ("subject", "row", "began", "cleared", "open")


def read_watch_cases(
    members: MembersReader, given: Mapping[str, Node], program: Program
) -> tuple[WatchCase, ...]:
    """The cases under `watch`; names are unique, rules are known."""
    known = _rules(program)
    found: list[WatchCase] = []
    names: dict[str, Node] = {}
    for node in members.items(given, "watch"):
        case = members.members(node, "a case of a watch", ("name", "entries", "alerts"), _CASE)
        name = members.text(case, "name") if case else None
        if case is None or name is None:
            continue
        if name in names:
            first = f"the first one is on line {names[name].span.line}"
            members.fault(case["name"], "E0705", f"two cases are called `{name}`", first)
        names.setdefault(name, case["name"])
        found.append(_case(members, case, name, known))
    return tuple(found)


def _case(
    members: MembersReader, case: Mapping[str, Node], name: str, known: Mapping[str, list[str]]
) -> WatchCase:
    alerts = (_alert(members, node, known) for node in members.items(case, "alerts"))
    entries = members.items(case, "entries")
    return WatchCase(
        name=name,
        entries=tuple(e for node in entries if (e := _entry(members, node)) is not None),
        since=members.day(case, "since"),
        until=members.day(case, "until"),
        alerts=tuple(alert for alert in alerts if alert is not None),
        refused=_refused(members, case, len(entries)),
        span=case["name"].span,
    )


def _entry(members: MembersReader, node: Node) -> Mapping[str, Any] | None:
    """An entry as it would be told in JSON, in which a day is a text."""
    if not isinstance(node.value, dict):
        members.fault(node, "E0608", "an entry has members such as `kind: …`, `id: …`")
        return None
    told: Mapping[str, Any] = _told(plain(node))
    return told


def _told(value: Any) -> Any:
    match value:
        case dict():
            return {key: _told(part) for key, part in value.items()}
        case list():
            return [_told(part) for part in value]
        case date():
            return value.isoformat()
    return value


def _alert(
    members: MembersReader, node: Node, known: Mapping[str, list[str]]
) -> ExpectedAlert | None:
    given = members.members(node, "an alert", ("rule",), _ALERT)
    word = members.text(given, "rule") if given else None
    if given is None or word is None:
        return None
    found = known.get(word, [])
    if len(found) != 1:
        if found:
            message = f"`{word}` may be {' or '.join(f'`{name}`' for name in found)}"
            members.fault(given["rule"], "E0704", message, "write the whole name")
        else:
            members.unknown(given["rule"], "E0704", "rule", word, known)
        return None
    return ExpectedAlert(
        rule=found[0],
        subject=members.text(given, "subject"),
        row=members.text(given, "row"),
        began=members.day(given, "began"),
        cleared=members.day(given, "cleared"),
        open=members.flag(given, "open") if "open" in given else None,
        text=", ".join(f"{key} {node.raw}" for key, node in given.items()),
    )


def _refused(members: MembersReader, case: Mapping[str, Node], entries: int) -> frozenset[int]:
    found = set()
    for node in members.items(case, "refused"):
        number = node.value
        if type(number) is int and 1 <= number <= entries:
            found.add(number)
        else:
            help = f"write a number from 1 to {entries}"
            members.fault(node, "E0608", f"`{node.raw}` is not the number of an entry", help)
    return frozenset(found)


def _rules(program: Program) -> dict[str, list[str]]:
    """Every name of a rule or a duty, whole and without its policy -> the rules it may mean."""
    found: dict[str, list[str]] = {}
    rules = [(w.policy, r.id) for w in program.watches.values() for r in w.rules]
    for policy, name in (*rules, *((d.policy, d.name) for d in program.duties)):
        words: Collection[str] = {name, name.removeprefix(f"{policy}.")}
        for word in words:
            found.setdefault(word, []).append(name)
    return found
