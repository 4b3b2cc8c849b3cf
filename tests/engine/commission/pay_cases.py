"""Reading `tests/cases/pay/*.case`: a policy, its data as small tables, and what must be paid.

Sections before the first `--- case` of a file hold for all its cases; a policy is then continued,
a table is replaced. `tests/cases/pay/README.md` says what the sections are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from engine.case_files import FOLDER, sections

PAY = FOLDER / "pay"
HEADER = ("origin", "printed", "ours", "own")
KINDS = ("statements", "lines", "uncounted", "scores", "targets")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class PayCase:
    """header: `origin`, `printed`, `ours`, or `own`. tables: the text of each table of data.
    expected: rows by kind; an empty cell is not looked at."""

    file: str
    title: str
    header: Mapping[str, str] = field(default_factory=dict)
    policy: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def rows(self, kind: str) -> tuple[Row, ...]:
        """What is expected of a kind."""
        return self.expected.get(kind, ())


def read_pay_cases(folder: Path = PAY) -> list[PayCase]:
    """The cases of every file of the folder."""
    return [case for path in sorted(folder.glob("*.case")) for case in _cases(path)]


def number(written: str) -> Fraction:
    """`12.5`, `96.5%` or `1/3`, exactly."""
    if written.endswith("%"):
        return Fraction(written[:-1]) / 100
    return Fraction(written)


def _cases(path: Path) -> Iterator[PayCase]:
    common, case = PayCase(path.stem, ""), None
    for kind, rest, text in sections(path):
        if kind == "case":
            if case is not None:
                yield case
            case = replace(common, title=rest, header=_header(path, text))
        elif case is None:
            common = _with(path, common, kind, rest, text)
        else:
            case = _with(path, case, kind, rest, text)
    if case is not None:
        yield case


def _header(path: Path, text: str) -> dict[str, str]:
    found = dict(line.split(": ", 1) for line in text.splitlines() if line.strip())
    wrong = set(found) - set(HEADER)
    assert not wrong, f"{path.name}: no such line in the head of a case: {wrong}"
    return found


def _with(path: Path, case: PayCase, kind: str, rest: str, text: str) -> PayCase:
    match kind, rest or KINDS[0]:
        case "policy", _:
            return replace(case, policy=f"{case.policy}{text}\n")
        case "data", name:
            return replace(case, tables={**case.tables, name: text})
        case "expect", name if name in KINDS:
            rows = tuple(csv.DictReader(text.splitlines()))
            return replace(case, expected={**case.expected, name: rows})
    raise ValueError(f"{path.name}: no such section here: {kind} {rest}")
