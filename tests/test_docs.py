"""The documents are true: examples check, transcripts run, nothing lacks its heading."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from fences import Fence, fences, headings, run_page
from remit_api.cli.exit_codes import MEANINGS
from remit_api.cli.main import app
from remit_dsl.catalogue import CATALOGUE
from remit_dsl.diagnostics import Diagnostic, errors
from remit_dsl.loader import load

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LANGUAGE = DOCS / "language.md"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
KNOWN = {"remit", "console", "sh", "yaml", "json", "csv", "text", "python", "mermaid"}
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


@cache
def context(page: Path) -> str:
    """The block that fragments of a page stand in: its own, or that of the language page."""
    own = (f.text for f in fences(page) if "context" in f.words)
    return next(own, None) or context(LANGUAGE)


def whole(fence: Fence) -> str:
    """A block as a file of its own."""
    if "statements" in fence.words:
        action = next((w[3:] for w in fence.words if w.startswith("on=")), "discount")
        return f"{context(fence.page)}\nauthority {action} {{\n{fence.text}}}\n"
    if "fragment" in fence.words:
        return f"{context(fence.page)}\n{fence.text}"
    return fence.text


def blocks() -> list[Fence]:
    return [f for page in PAGES for f in fences(page) if f.words[:1] == ("remit",)]


def said(found: list[Diagnostic]) -> str:
    return "\n".join(f"{d.span}: {d.code}: {d.message}" for d in found)


@pytest.mark.parametrize("fence", blocks(), ids=lambda f: f.place)
def test_a_policy_on_a_page_is_what_the_page_says(fence: Fence, tmp_path: Path) -> None:
    for other in fences(fence.page):
        if other.file is not None and other.file.endswith(".csv"):
            target = tmp_path / other.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(other.text, encoding="utf-8")
    policy = tmp_path / "page.remit"
    policy.write_text(whole(fence), encoding="utf-8")
    program, found = load([policy])
    expected = {w for w in fence.words if re.fullmatch(r"[EW]\d{4}", w)}
    if "error" in fence.words:
        assert {d.code for d in errors(found)} == expected, said(found)
    else:
        assert program is not None, said(found)
        assert not errors(found), said(found)
        assert expected <= {d.code for d in found}, said(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_transcripts_of_a_page_come_true(page: Path, tmp_path: Path) -> None:
    if page.parent == ROOT:
        for folder in ("policies", "examples"):
            shutil.copytree(ROOT / folder, tmp_path / folder)
    differing = list(run_page(page, tmp_path))
    assert not differing, "\n\n".join(differing)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_block_of_a_page_is_run_or_read(page: Path) -> None:
    for fence in fences(page):
        assert fence.words, f"{fence.place}: say what the block is"
        assert fence.words[0] in KNOWN, f"{fence.place}: nothing reads `{fence.words[0]}`"
        if fence.words[0] == "sh":
            for line in fence.text.splitlines():
                command = line.partition("#")[0].split()
                assert command[:1] == ["make"], f"{fence.place}: make it a console block"
                tried = subprocess.run(
                    ["make", "-n", *command[1:]], cwd=ROOT, capture_output=True, check=False
                )
                assert tried.returncode == 0, f"{fence.place}: {tried.stderr.decode()}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, _ in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@cache
def commands() -> dict[str, Any]:
    """Every command of the command line by name."""
    return dict(_commands(typer.main.get_command(app), ""))


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The commands of a group, and those of the groups in it."""
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield f"{path}{name}", command
        if hasattr(command, "list_commands"):
            yield from _commands(command, f"{path}{name} ")


def test_every_command_has_its_heading() -> None:
    assert {f"remit {name}" for name in commands()} <= headings(DOCS / "commands.md")


def test_every_option_of_a_command_is_explained() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    for name, command in commands().items():
        options = {o for p in command.params for o in p.opts if o.startswith("--")}
        for option in options - {"--help"}:
            assert re.search(f"[` ]{option}\\b", text), f"remit {name} {option}"


def test_every_exit_code_is_in_the_readme() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    rows = {line for line in lines if line.startswith("|")}
    for code, meaning in MEANINGS:
        assert any(r.startswith(f"| {int(code)} ") and meaning in r for r in rows), (code, meaning)


def test_every_code_has_its_heading() -> None:
    there = headings(DOCS / "errors.md")
    for code, entry in CATALOGUE.items():
        assert f"{code} {entry.title}".replace("`", "") in there


def test_the_page_of_codes_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "write_errors.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_dependency_says_why_it_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for name in (re.split(r"[<>=~!\[ ]", w)[0] for w in wanted):
        assert re.search(rf"^\| {re.escape(name)} \|", readme, re.MULTILINE), name
