"""What findings say, rendered as a reader sees them; a change of wording is a change here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.analysis.probing import FILE, probe
from remit_dsl.render import human
from remit_dsl.source import Source

HOUSE = """policy house { owner director currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
position controller { reports to director }
enum Region { north { beijing hebei } east }
action pay { amount money  rate percent  b money  c money  region Region  urgent boolean
  note text optional  limit on amount }
authority pay {
"""


def rendered(question: str, text: str) -> str:
    """Each finding with its lines, one after another."""
    found = probe(question, f"{HOUSE}{text}\n")
    source = Source(FILE, found.texts[FILE])
    return "\n".join(human(d, source) for d in found.open)


def expected() -> dict[str, str]:
    """What is written in `words.txt`, by the name of the case."""
    text = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8")
    parts = [p.partition("\n") for p in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]]
    return {name: body.strip("\n") for name, _, body in parts}


CASES = {
    "conditions that exclude each other": (
        "unreachable",
        "  never: clerk may approve any when region in north and urgent and region = east\n}",
    ),
    "dates": (
        "unreachable",
        "  r: clerk may approve any from 2026-05-01 until 2026-06-01 when as_of >= 2026-07-01\n}",
    ),
    "behind one": (
        "shadowed",
        "  wide: clerk may approve up to 10\n  narrow: clerk may approve up to 5\n}",
    ),
    "behind two": (
        "shadowed",
        "  low: clerk may approve up to 5\n  high: clerk may approve between 5 and 9\n"
        "  middle: clerk may approve between 4 and 6\n}",
    ),
    "forbidden": (
        "emptied",
        "  give: clerk, manager may approve up to 5\n  low: nobody may approve up to 3\n"
        "  high: nobody may approve over 3\n}",
    ),
    "nobody": (
        "dead_end",
        "  clerk may approve up to 5\n  manager may approve up to 12_000.50 when not urgent\n}",
    ),
    "nobody in a region": (
        "dead_end",
        (
            "  clerk may approve any when region in north\n"
            "  manager may approve any when region = east and note is given\n"
            "}"
        ),
    ),
    "less than his report": (
        "monotone",
        "  clerk may approve up to 10\n  manager may approve up to 8\n"
        "  manager may not approve over 7\n  director may approve any\n}",
    ),
    "no right at all": ("monotone", "  clerk may approve up to 10\n}"),
    "both hands": (
        "separation",
        "  manager may approve any\n  manager may review any\n"
        "  second: approve over 5 needs review by manager\n}",
    ),
    "a delegation": (
        "separation",
        "  manager may approve any\n  controller may review any\n}\n"
        "delegation of pay { to controller }",
    ),
    "proposing": (
        "contradiction",
        "  manager may recommend up to 5\n  manager may approve up to 9\n}",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_finding_reads_so(name: str) -> None:
    question, text = CASES[name]
    assert rendered(question, text) == expected()[name]


def test_every_expectation_is_used() -> None:
    assert expected().keys() == CASES.keys()


def test_what_could_not_be_settled_reads_as_it_is_written() -> None:
    text = rendered(
        "unreachable",
        "  r: clerk may approve any when amount > b and b > c and c > amount\n}",
    )
    assert "it hangs on `amount - b`, `amount - c`, `b - c`" in text
    assert "  help: " in text
