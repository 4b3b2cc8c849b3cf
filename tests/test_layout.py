"""The house keeps its shape: layers, sizes, and what no committed file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("dsl/remit_dsl", "engine/remit_engine", "api/remit_api")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
LONGEST_FILE = 450  # near 150 is meant, 400 is a lot
LONGEST_FUNCTION = 45  # near 8 is meant, 40 is a lot
LONG_BY_NATURE = {
    "dsl/remit_dsl/catalogue/": "texts",
    "engine/remit_engine/explanation/words.py": "texts",
}
TEXTS = {".py", ".toml", ".txt", ".md", ".yaml", ".yml", ".remit", ".lark", ".sh", ""}
NAMED_ONLY = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+")
HOST = re.compile(r"\b(?:pypi|pythonhosted|registry\.\w+)\.(?:org|com|io|cn)\b")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def committed() -> list[Path]:
    """The files of the tree that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [p for p in (ROOT / line for line in listed.stdout.splitlines()) if p.is_file()]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def test_the_layers_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(tool), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_small(path: Path) -> None:
    if any(name(path).startswith(known) for known in LONG_BY_NATURE):
        return
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for function in functions(ast.parse(text)):
        lines = (function.end_lineno or 0) - function.body[0].lineno + 1
        assert lines <= LONGEST_FUNCTION, f"{function.name} is {lines} lines long"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_commands_are_imported_late(path: Path) -> None:
    """import-linter sees imports inside functions, but not those by name."""
    text = path.read_text(encoding="utf-8")
    if name(path) != "api/remit_api/cli/commands.py":
        assert "import_module" not in text
        assert "__import__" not in text
    if not name(path).startswith("api/remit_api/cli/"):
        for function in functions(ast.parse(text)):
            late = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not late, f"{function.name} imports on line {late[0].lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_packages_are_typed() -> None:
    for package in PACKAGES:
        assert (ROOT / package / "py.typed").is_file()


def test_constraints_name_exact_versions_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        assert NAMED_ONLY.fullmatch(line), line


def test_every_dependency_is_constrained() -> None:
    table = project()["project"]
    assert isinstance(table, dict)
    wanted = [*table["dependencies"], *table["optional-dependencies"]["dev"]]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    exact = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    for one in wanted:
        assert re.split(r"[<>=~!\[ ]", one)[0].lower().replace("_", "-") in exact


def test_no_registry_is_named_in_a_committed_file() -> None:
    for path in committed():
        if path.suffix in TEXTS and path != Path(__file__):
            found = HOST.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{name(path)}: {found and found[0]}"


def test_nothing_that_can_be_made_again_is_committed() -> None:
    made = {"__pycache__", ".venv", ".mypy_cache", ".ruff_cache", "dist", "htmlcov"}
    for path in committed():
        assert made.isdisjoint(path.relative_to(ROOT).parts), name(path)
