"""The sample pack and its table of sources say the same, in both directions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from remit_dsl.loader import load
from remit_dsl.program import Program
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

PACK = Path(__file__).parents[2] / "policies"
ROWS = [*(str(n) for n in range(1, 151) if n != 32), "32a", "32b"]
LINE = re.compile(r"^\| (\d+[ab]?) \| ([^|]+) \| ([^|]+) \| (.+) \|$")
CITED = re.compile(r"\b(S00\d) row (\d+[ab]?)\b")
LATER = re.compile(r"^later: lifecycle$")
OUTSIDE = re.compile(r"^out of scope: \S.+$")
WITHOUT_CLAUSE = {
    "policy",
    "enum",
    "record",
    "event",
    "delegation of",
    "exchange",
    "table",
    "parameter",
    "waive",
}


@dataclass(frozen=True)
class Row:
    number: str
    documents: frozenset[str]
    names: tuple[str, ...]


@cache
def pack() -> tuple[Program, Model]:
    program, found = load([PACK])
    assert program is not None, "\n".join(f"{d.span}: {d.message}" for d in found)
    return program, lower(program)


@cache
def table() -> tuple[Row, ...]:
    lines = (PACK / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    found = [m for m in map(LINE.match, lines) if m]
    return tuple(
        Row(m[1], frozenset(m[2].split(", ")), tuple(re.findall(r"`([^`]+)`", m[4]))) for m in found
    )


def row(number: str) -> Row:
    return next(r for r in table() if r.number == number)


def declared() -> Iterator[tuple[str, str, str | None]]:
    """Everything that can be named: its name in the table, its file, its source clause."""
    program, model = pack()
    for rule in model.rules:
        yield rule.id, rule.span.file, rule.source
    for policy in program.policies.values():
        yield f"policy {policy.name}", policy.span.file, None
    for kind, members in (
        ("enum", program.enums),
        ("record", program.records),
        ("position", program.positions),
        ("action", program.actions),
        ("define", program.definitions),
        ("scorecard", program.scorecards),
        ("allocation", program.allocations),
        ("event", program.events),
        ("commission", program.plans),
    ):
        for name, item in members.items():
            source = getattr(item, "source", None)
            yield f"{kind} {name.rsplit('.', 1)[-1]}", item.span.file, source
    for kind, tables in (("parameter", program.parameters), ("table", program.tables)):
        for name, held in tables.items():
            parts = held.values if kind == "parameter" else held.rows
            source = "; ".join(p.source for p in parts if p.source)
            yield f"{kind} {name.rsplit('.', 1)[-1]}", held.span.file, source
    for watch in program.watches.values():
        for rule in watch.rules:
            yield f"watch {watch.short}", watch.span.file, rule.source
    for duty in program.duties:
        yield f"duty {duty.name.rsplit('.', 1)[-1]}", duty.span.file, duty.source
    for delegation in program.delegations:
        short = delegation.action.rsplit(".", 1)[-1]
        yield f"delegation of {short}", delegation.span.file, None
    for waiver in program.waivers:
        yield f"waive {waiver.question}", waiver.span.file, None
    for exchange in program.exchanges.values():
        yield f"exchange {exchange.base} to {exchange.quote}", exchange.span.file, None


def citations(source: str | None) -> set[tuple[str, str]]:
    return set(CITED.findall(source or ""))


def references(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(file, name) of the declarations a line names; a file speaks until the next file."""
    file = ""
    for name in names:
        if name.endswith(".remit"):
            file = name
        elif not (LATER.match(name) or OUTSIDE.match(name)):
            yield file, name


def test_every_row_is_listed_once_and_in_order() -> None:
    listed = [r.number for r in table()]
    assert sorted(listed) == sorted(ROWS)
    assert listed == sorted(ROWS, key=lambda n: (int(n.rstrip("ab")), n))


@pytest.mark.parametrize("number", ROWS)
def test_a_row_is_encoded_or_says_why_not(number: str) -> None:
    names = row(number).names
    assert list(references(names)) or any(LATER.match(n) or OUTSIDE.match(n) for n in names)


@pytest.mark.parametrize("number", ROWS)
def test_what_a_row_names_exists_and_cites_the_row(number: str) -> None:
    known: dict[tuple[str, str], list[str | None]] = {}
    for name, file, source in declared():
        place = Path(file).resolve().relative_to(PACK).as_posix()
        known.setdefault((place, name), []).append(source)
    for file, name in references(row(number).names):
        assert (file, name) in known, f"{name} is not in {file}"
        if any(name.startswith(f"{kind} ") for kind in WITHOUT_CLAUSE):
            continue
        cited = {n for source in known[file, name] for _, n in citations(source)}
        assert number in cited, f"{name} does not cite row {number}"


def test_every_citation_is_listed() -> None:
    listed = {(r.number, name) for r in table() for _, name in references(r.names)}
    for name, file, source in declared():
        for document, number in citations(source):
            assert number in ROWS, f"{file}: {name} cites a row that is not there: {number}"
            assert document in row(number).documents, f"{name}: row {number} is not of {document}"
            assert (number, name) in listed, f"row {number} does not list {name} of {file}"


def test_prohibitions_are_explained_in_two_languages() -> None:
    _, model = pack()
    for rule in model.rules:
        if rule.kind == "prohibition":
            assert rule.because, rule.id
            assert rule.because.localized("zh") != rule.because.text, rule.id


def test_positions_and_actions_are_labelled_in_two_languages() -> None:
    program, _ = pack()
    for item in [*program.positions.values(), *program.actions.values()]:
        assert item.label, item.name
        assert dict(item.label.translations).get("zh"), item.name


def test_a_company_figure_stands_in_the_parameters_and_says_that_it_is_a_sample() -> None:
    program, _ = pack()
    for parameter in program.parameters.values():
        assert parameter.label, parameter.name
        assert re.search(r"sample value|not fixed", parameter.label.text), parameter.name
