"""`remit fmt`."""

from __future__ import annotations

import stat
from pathlib import Path

UGLY = 'policy   a   { currency EUR }\nposition x "X"{}\n'


def test_formats_in_place(remit, file):
    file("a.remit", UGLY)
    Path("a.remit").chmod(0o600)
    ran = remit("fmt", "a.remit")
    assert ran.code == 0
    assert ran.first == "formatted: a.remit"
    text = Path("a.remit").read_text()
    assert text != UGLY
    assert stat.S_IMODE(Path("a.remit").stat().st_mode) == 0o600
    ran = remit("fmt", "a.remit")
    assert ran.first == "1 file: 1 well formatted already"
    assert Path("a.remit").read_text() == text


def test_check_writes_nothing(remit, file):
    file("a.remit", UGLY)
    ran = remit("fmt", "--check", ".")
    assert ran.code == 1
    assert ran.first == "would be formatted: a.remit"
    assert Path("a.remit").read_text() == UGLY
    remit("fmt", ".")
    assert remit("fmt", "--check", ".").code == 0


def test_diff_shows_the_lines(remit, file):
    file("a.remit", UGLY)
    ran = remit("fmt", "--diff", "a.remit")
    assert ran.code == 1
    assert "-policy   a   { currency EUR }" in ran.out
    assert Path("a.remit").read_text() == UGLY


def test_stdout(remit, file):
    file("a.remit", UGLY)
    ran = remit("fmt", "--stdout", "a.remit")
    assert ran.code == 0
    assert Path("a.remit").read_text() == UGLY
    remit("fmt", "a.remit")
    assert ran.out == Path("a.remit").read_text()


def test_a_broken_file_is_left_alone(remit, file):
    file("good.remit", UGLY)
    file("bad.remit", "policy a {\nposition\n")
    ran = remit("fmt", ".")
    assert ran.code == 3
    assert "bad.remit:" in ran.err
    assert Path("bad.remit").read_text() == "policy a {\nposition\n"
    assert Path("good.remit").read_text() != UGLY
    assert "1 left alone because of errors" in ran.out


def test_a_file_that_is_no_text(remit):
    Path("a.remit").write_bytes(b"policy \xff\xfe")
    ran = remit("fmt", "a.remit")
    assert ran.code == 3
    assert Path("a.remit").read_bytes() == b"policy \xff\xfe"


def test_nothing_to_format(remit):
    Path("empty").mkdir()
    ran = remit("fmt", "empty")
    assert ran.code == 2
    assert "no .remit file" in ran.err


def test_json(remit, file):
    file("a.remit", UGLY)
    document = remit("fmt", "--check", "--json", "a.remit").document
    assert document["files"] == [{"path": "a.remit", "changed": True, "diagnostics": []}]


def test_line_ends_and_byte_order_marks_are_layout(remit, file):
    file("a.remit", UGLY)
    remit("fmt", "a.remit")
    text = Path("a.remit").read_bytes()
    for other in (text.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + text):
        Path("a.remit").write_bytes(other)
        assert remit("fmt", "--check", "a.remit").code == 1
        assert remit("fmt", "a.remit").code == 0
        assert Path("a.remit").read_bytes() == text


def test_stdout_goes_alone(remit, file):
    file("a.remit", UGLY)
    assert remit("fmt", "--stdout", "--check", "a.remit").code == 2
