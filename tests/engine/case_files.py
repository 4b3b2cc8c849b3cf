"""Reading `tests/cases/*.case`: a policy, perhaps a directory, and requests with their answers.

Sections begin with `--- policy`, `--- directory`, `--- request TITLE`, `--- expect` and
`--- never BACK_END: reason` (of the request before it). Requests and expectations are YAML, read
exactly. What an expectation does not mention is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remit_engine.decision import Decision
from remit_engine.reading.yaml_tree import plain, read_yaml

FOLDER = Path(__file__).resolve().parents[1] / "cases"


@dataclass(slots=True)
class Case:
    """One request with its expected answer. never: back ends that cannot say it, and why."""

    file: str
    title: str
    policy: str
    directory: str | None
    request: dict[str, Any] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    never: dict[str, str] = field(default_factory=dict)


def read_cases(folder: Path = FOLDER) -> list[Case]:
    """The cases of every file of a folder."""
    return [case for path in sorted(folder.glob("*.case")) for case in _cases(path)]


def sections(path: Path) -> Iterator[tuple[str, str, str]]:
    """(kind, rest of the head line, text) of each section."""
    head: tuple[str, str] | None = None
    lines: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("--- "):
            if head is not None:
                yield *head, "\n".join(lines)
            kind, _, rest = line[4:].strip().partition(" ")
            head, lines = (kind, rest.strip()), []
        else:
            lines.append(line)
    if head is not None:
        yield *head, "\n".join(lines)


def _cases(path: Path) -> Iterator[Case]:
    policy, directory = "", None
    case: Case | None = None
    for kind, rest, text in sections(path):
        match kind:
            case "policy":
                policy, directory = text, None
            case "directory":
                directory = text
            case "request":
                if case is not None:
                    yield case
                case = Case(path.stem, rest, policy, directory, _yaml(path, text))
            case "expect" if case is not None:
                case.expect = _yaml(path, text)
            case "never" if case is not None:
                back_end, _, reason = rest.partition(":")
                case.never[back_end.strip()] = reason.strip()
            case _:
                raise ValueError(f"{path.name}: no such section here: {kind}")
    if case is not None:
        yield case


def _yaml(path: Path, text: str) -> dict[str, Any]:
    node, found = read_yaml(path.name, text)
    assert node is not None, f"{path.name}: {found}"
    assert not found, f"{path.name}: {found}"
    read = plain(node)
    assert isinstance(read, dict)
    return read


def shown(decision: Decision, members: dict[str, Any]) -> dict[str, Any]:
    """The members of an answer that an expectation mentions, as it would write them."""
    every = {
        "outcome": str(decision.outcome),
        "reason": decision.reason,
        "rules": [r.id for r in decision.rules if r.role != "not met"],
        "missing": [m.path for m in decision.missing],
        "needs": [n.text for n in decision.needs],
        "chain": [link.position.rsplit(".", 1)[-1] for link in decision.chain],
        "people": [p for link in decision.chain for p in link.people],
        "limit": decision.limit.text if decision.limit else None,
        "headroom": decision.headroom.text if decision.headroom else None,
        "maximum": decision.maximum.text if decision.maximum else None,
        "remaining": [t.remaining_after.text for t in decision.totals],
        "on_behalf_of": decision.on_behalf_of,
    }
    return {name: every[name] for name in members}
