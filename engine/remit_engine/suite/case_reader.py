"""From located YAML to cases: defaults under each case, each case under its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from remit_engine.engine import Engine
from remit_engine.reading.exact import written
from remit_engine.reading.request_reader import MEMBERS as REQUEST_MEMBERS
from remit_engine.reading.yaml_members import MembersReader
from remit_engine.reading.yaml_tree import Node, plain
from remit_engine.suite.cases import SuiteCase
from remit_engine.suite.expectation_reader import read_expectation

MERGED = ("facts", "totals")
"""Members that are put together deeply; any other of a case replaces the one below it."""


def read_cases(
    members: MembersReader, given: Mapping[str, Node], engine: Engine
) -> tuple[SuiteCase, ...]:
    """The cases of a suite, with a case for each row; names are unique."""
    defaults = _document(members, given.get("defaults"), "the defaults")
    found: list[SuiteCase] = []
    names: dict[str, Node] = {}
    for node in members.items(given, "cases"):
        case = members.members(node, "a case", ("name",), (*REQUEST_MEMBERS, "rows", "expect"))
        name = members.text(case, "name") if case else None
        if case is None or name is None:
            continue
        if name in names:
            first = f"the first one is on line {names[name].span.line}"
            members.fault(case["name"], "E0705", f"two cases are called `{name}`", first)
        names.setdefault(name, case["name"])
        found += _rows(members, node, name, defaults, engine)
    return _renamed(found)


def _rows(
    members: MembersReader, node: Node, name: str, defaults: Mapping[str, Any], engine: Engine
) -> list[SuiteCase]:
    """The case itself, or one for each of its rows."""
    own = _request_part(node)
    rows = members.items(node.value, "rows")
    if not rows:
        return [_case(members, (node,), node.value["name"], name, own, defaults, engine)]
    found = []
    for row in rows:
        if members.members(row, "a row", (), (*REQUEST_MEMBERS, "expect")) is not None:
            both = merged(own, _request_part(row))
            found.append(_case(members, (node, row), row, name, both, defaults, engine))
    return found


def _case(
    members: MembersReader,
    nodes: tuple[Node, ...],
    place: Node,
    name: str,
    own: Mapping[str, Any],
    defaults: Mapping[str, Any],
    engine: Engine,
) -> SuiteCase:
    document = merged(defaults, own)
    expected: dict[str, Node] = {}
    for node in nodes:
        stated = node.value.get("expect")
        if stated is not None and isinstance(stated.value, dict):
            read_members = members.members(stated, "an expectation", (), EXPECTED)
            expected |= read_members or {}
        elif stated is not None:
            members.fault(stated, "E0706", "an expectation is not a list of members")
    if not expected:
        members.fault(place, "E0702", f"the case `{name}` expects nothing")
    expect = read_expectation(members, expected, document, engine)
    return SuiteCase(filled(name, document), document, own, expect, place.span)


EXPECTED = (
    "outcome", "rules", "limit", "maximum", "missing", "needs", "approvers", "chain", "error",
)  # fmt: skip


def _document(members: MembersReader, node: Node | None, what: str) -> Mapping[str, Any]:
    if node is None or members.members(node, what, (), REQUEST_MEMBERS) is None:
        return {}
    return _request_part(node)


def _request_part(node: Node) -> dict[str, Any]:
    """The members of a request, nulls included: a null takes a default away."""
    return {k: plain(v) for k, v in node.value.items() if k in REQUEST_MEMBERS}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A request over another one."""
    both = {**below, **above}
    for member in MERGED:
        if isinstance(below.get(member), Mapping) and isinstance(above.get(member), Mapping):
            both[member] = _deep(below[member], above[member])
    return both


def _deep(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        old = both.get(key)
        both[key] = value
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            both[key] = _deep(old, value)
    return both


def filled(name: str, document: Mapping[str, Any]) -> str:
    """A name with `{rate}`, `{order.total}`, `{actor}` filled from the request."""
    return re.sub(r"\{([^{}]+)\}", lambda found: _shown(found, document), name)


def _shown(found: re.Match[str], document: Mapping[str, Any]) -> str:
    for root in (document.get("facts"), document):
        at: Any = root
        for step in found[1].split("."):
            at = at.get(step) if isinstance(at, Mapping) else None
        if at is not None:
            return at if isinstance(at, str) else written(at)
    return found[0]


def _renamed(cases: list[SuiteCase]) -> tuple[SuiteCase, ...]:
    """Rows that still share a name are numbered."""
    shared = {name for name, count in Counter(c.name for c in cases).items() if count > 1}
    seen: Counter[str] = Counter()
    found = []
    for case in cases:
        seen[case.name] += 1
        name = f"{case.name} (row {seen[case.name]})" if case.name in shared else case.name
        found.append(SuiteCase(name, case.document, case.own, case.expect, case.span))
    return tuple(found)
