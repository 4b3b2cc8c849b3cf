"""How diagnostics look."""

from __future__ import annotations

import json

import pytest

from remit_dsl import render
from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.source import Source


def shown(line: str, word: str, **more: object) -> list[str]:
    source = Source("p.remit", line)
    start = line.index(word)
    fault = Diagnostic(source.span(start, start + len(word)), "E0030", "no", **more)  # type: ignore[arg-type]
    return render.human(fault, source).split("\n")


def test_a_whole_diagnostic() -> None:
    source = Source("p.remit", "position a\nposition a\n")
    related = Related(source.span(9, 10), "first here")
    fault = Diagnostic(source.span(20, 21), "E0201", "`a` is there twice", "rename it", (related,))
    assert render.human(fault, source) == (
        "error[E0201]: `a` is there twice\n"
        " --> p.remit:2:10\n"
        "  |\n"
        "2 | position a\n"
        "  |          ^\n"
        "  help: rename it\n"
        "  note: first here\n"
        " --> p.remit:1:10\n"
        "  |\n"
        "1 | position a\n"
        "  |          ^"
    )


@pytest.mark.parametrize(
    ("line", "word", "caret"),
    [
        ("abc xyz", "xyz", "    ^^^"),
        ("\txyz", "xyz", "    ^^^"),
        ("销售 经理 x", "经理", "     ^^^^"),
        ("e\u0301 x", "x", "  ^"),
        ("ｆ，x", "，", "  ^^"),
        ("a\u202eb x", "x", "    ^"),
    ],
)
def test_the_caret_stands_under_its_place(line: str, word: str, caret: str) -> None:
    assert shown(line, word)[-1] == f"  | {caret}"


def test_a_direction_mark_is_not_printed() -> None:
    assert "\u202e" not in "\n".join(shown("a\u202eb", "b"))


def test_a_place_at_the_end_and_over_several_lines() -> None:
    source = Source("p", "abc\ndef")
    end = Diagnostic(source.span(7, 7), "E0030", "no")
    assert render.human(end, source).endswith("2 | def\n  |    ^")
    wide = Diagnostic(source.span(1, 6), "E0030", "no")
    assert render.human(wide, source).endswith("1 | abc\n  |  ^^")


def test_a_long_line_is_cut_around_its_place() -> None:
    lines = shown("a" * 5000 + " here " + "b" * 5000, "here")
    assert max(len(line) for line in lines) < 200
    at = lines[-1].index("^")
    assert lines[-2][at : at + 4] == "here"


def test_without_the_source_the_place_is_named() -> None:
    fault = Diagnostic(Source("p.remit", "abc").span(1, 2), "W0500", "no")
    assert render.human(fault) == "warning[W0500]: no\n  --> p.remit:1:2"


def test_data() -> None:
    fault = Diagnostic(Source("p.remit", "abc").span(1, 2), "E0030", "no", "so")
    data = json.loads(json.dumps(render.as_dict(fault)))
    assert data["place"] == {"file": "p.remit", "line": 1, "column": 2, "start": 1, "end": 2}
    assert (data["code"], data["severity"], data["help"]) == ("E0030", "error", "so")


def test_summary() -> None:
    span = Source("p", "a").span(0, 1)
    faults = [Diagnostic(span, code, "no") for code in ("E0001", "E0002", "W0500")]
    assert render.summary(faults) == "2 errors, 1 warning"
    assert render.summary([]) == "no faults"


def test_many_places_with_one_message_are_named_and_not_shown() -> None:
    source = Source("a.remit", "abcdefghijkl")
    notes = [Related(source.span(i, i + 1), "here") for i in range(3)]
    fault = Diagnostic(source.span(0, 1), "W0804", "m", None, (*notes, Related(notes[0].span, "b")))
    shown = render.human(fault, source)
    assert "  note: here: a.remit:1:1, a.remit:1:2, a.remit:1:3\n  note: b\n" in shown
    assert shown.count("abcdefghijkl") == 2
    many = tuple(Related(source.span(i, i + 1), "here") for i in range(12))
    shown = render.human(Diagnostic(source.span(0, 1), "W0804", "m", None, many), source)
    assert shown.endswith(", a.remit:1:8 and 4 more")
    two = render.human(Diagnostic(source.span(0, 1), "W0804", "m", None, many[:2]), source)
    assert two.count("  note: here\n") == 2
