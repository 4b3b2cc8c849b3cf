"""From located YAML to cases about what is watched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from remit_dsl.program import Program
from remit_engine.reading.yaml_members import MembersReader
from remit_engine.reading.yaml_tree import Node, plain
from remit_engine.suite.watch_cases import ExpectedAlert, WatchCase

Names = Mapping[str, list[str]]
_CASE = ("of", "since", "until", "refused")
_ALERT = ("subject", "row", "began", "cleared", "open")


def read_watch_cases(
    members: MembersReader, given: Mapping[str, Node], program: Program
) -> tuple[WatchCase, ...]:
    """The cases under `watch`; names are unique, rules are known."""
    rules, followed = _rules(program), _followed(program)
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
        found.append(_case(members, case, name, rules, followed))
    return tuple(found)


def _case(
    members: MembersReader,
    case: Mapping[str, Node],
    name: str,
    rules: Names,
    followed: Names,
) -> WatchCase:
    alerts = (_alert(members, node, rules) for node in members.items(case, "alerts"))
    entries = members.items(case, "entries")
    return WatchCase(
        name=name,
        of=_of(members, case, followed) if "of" in case else None,
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


def _alert(members: MembersReader, node: Node, known: Names) -> ExpectedAlert | None:
    given = members.members(node, "an alert", ("rule",), _ALERT)
    word = members.text(given, "rule") if given else None
    if given is None or word is None:
        return None
    rule = _meant(members, given["rule"], "rule", word, known)
    if rule is None:
        return None
    return ExpectedAlert(
        rule=rule,
        subject=members.text(given, "subject"),
        row=members.text(given, "row"),
        began=members.day(given, "began"),
        cleared=members.day(given, "cleared"),
        open=members.flag(given, "open") if "open" in given else None,
        text=", ".join(f"{key} {node.raw}" for key, node in given.items()),
    )


def _of(members: MembersReader, case: Mapping[str, Node], known: Names) -> frozenset[str]:
    """The watches and duties that a case is about: one name, or a list."""
    node = case["of"]
    words = members.texts(case, "of") if isinstance(node.value, tuple) else [(node.raw, node)]
    meant = (_meant(members, at, "watch or duty", word, known) for word, at in words)
    return frozenset(name for name in meant if name is not None)


def _meant(members: MembersReader, at: Node, what: str, word: str, known: Names) -> str | None:
    """The one thing of a name; another name is a fault."""
    found = known.get(word, [])
    if len(found) == 1:
        return found[0]
    if found:
        message = f"`{word}` may be {' or '.join(f'`{name}`' for name in found)}"
        members.fault(at, "E0704", message, "write the whole name")
    else:
        members.unknown(at, "E0704", what, word, known)
    return None


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


def _rules(program: Program) -> Names:
    """What names of rules and duties mean."""
    rules = [(w.policy, r.id) for w in program.watches.values() for r in w.rules]
    return _names([*rules, *((d.policy, d.name) for d in program.duties)])


def _followed(program: Program) -> Names:
    """What names of watches and duties mean."""
    watches = [(w.policy, w.name) for w in program.watches.values()]
    return _names([*watches, *((d.policy, d.name) for d in program.duties)])


def _names(things: Iterable[tuple[str, str]]) -> Names:
    """Every name, whole and without its policy -> what it may mean."""
    found: dict[str, list[str]] = {}
    for policy, name in things:
        for word in {name, name.removeprefix(f"{policy}.")}:
            found.setdefault(word, []).append(name)
    return found
