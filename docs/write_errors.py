"""Writes `errors.md` from the catalogue of diagnostics; `--check` says whether it is current."""

from __future__ import annotations

import sys
from pathlib import Path

from remit_dsl.catalogue import CATALOGUE, Entry

PAGE = Path(__file__).with_name("errors.md")
HEAD = """# Diagnostics

Every fault that `remit` finds in a text has a stable code: `E…` is an error, `W…` a warning.
`remit explain E0107` prints one of these entries. This page is made from the catalogue
(`make docs`); do not edit it.
"""
GROUPS = {
    "E00": "Characters, words and grammar",
    "E01": "Files and headers",
    "E02": "Names and declarations",
    "E03": "Types and expressions",
    "E04": "Authority, actions, dates and tables",
    "W05": "Sound, and probably not meant",
    "E06": "Directories and data files",
    "W06": "Directories: sound, and probably not meant",
    "E07": "Test suites",
    "E09": "Events, plans, scorecards and allocations",
    "W09": "Pay: sound, and probably not meant",
    "W08": "Sound, and refuted by `remit prove`",
    "E10": "Watches and duties",
}


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    group = ""
    for code, entry in sorted(CATALOGUE.items(), key=lambda item: (item[0][1:], item[0])):
        if code[:3] != group:
            group = code[:3]
            parts.append(f"\n## {GROUPS.get(group, group)}\n")
        parts.append(_entry(code, entry))
    return "".join(parts)


def _entry(code: str, entry: Entry) -> str:
    said = f"{_sentence(entry.cause)} **Repair:** {_sentence(entry.repair)}"
    text = f"\n### {code} {entry.title}\n\n{said}\n"
    if entry.example:
        text += f"\n```text\n{entry.example.strip(chr(10))}\n```\n"
    return text


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


def main() -> int:
    """Write the page, or with `--check` compare it."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write("docs/errors.md is not what the catalogue says: run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
