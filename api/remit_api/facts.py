"""Facts as people write them: words `order.total=180000`, a JSON text, a JSON or YAML file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remit_api.failures import BadFacts, MissingFile, WrongUse
from remit_dsl.diagnostics import Diagnostic
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.yaml_tree import Node, plain, read_yaml, read_yaml_file
from remit_engine.request import InvalidRequest, Problem

YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Words:
    """The positional words of a command line: paths of policies, facts, and what is neither."""

    paths: tuple[str, ...]
    facts: Mapping[str, str]


def sort_words(words: Iterable[str]) -> Words:
    """Words with `=` before any path separator, where no such file exists, are facts."""
    paths: list[str] = []
    facts: list[str] = []
    for word in words:
        (facts if is_fact(word) else paths).append(word)
    return Words(tuple(paths), pairs(facts, "a fact", "rate=12%"))


def pairs(texts: Iterable[str], what: str, example: str) -> dict[str, str]:
    """`name=value` texts by name; the same name twice is a mistake, not an answer."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise WrongUse(f"`{text}` is not {what}", f"write it as `{example}`")
        if name in found:
            raise WrongUse(f"`{name}` is given twice", "give it once")
        found[name] = value
    refuse_overlap(found)
    return found


def refuse_overlap(paths: Iterable[str]) -> None:
    """A fact and a part of it cannot both be given: one of the two would be lost."""
    given = set(paths)
    for path in sorted(given):
        steps = path.split(".")
        for above in (".".join(steps[:i]) for i in range(1, len(steps))):
            if above in given:
                message = f"`{above}` and its part `{path}` are both given"
                raise WrongUse(message, "give the whole, or each of its parts")


def read_facts(given: str | None) -> dict[str, Any]:
    """The facts of `--facts`: JSON, a .json or .yaml file, or `-` for JSON on standard input."""
    if given is None:
        return {}
    document = _document(given)
    if not isinstance(document, Mapping):
        raise BadFacts([Problem("facts", 'facts are an object, such as {"rate": "12%"}')])
    return dict(document)


def _json(content: str | bytes, name: str) -> Any:
    try:
        return read_json(content)
    except InvalidRequest as fault:
        raise BadFacts([Problem(name, p.message) for p in fault.problems]) from None


def _document(given: str) -> Any:
    if given == "-":
        return json_or_yaml(sys.stdin.read(), "standard input")
    if given.lstrip().startswith("{"):
        return _json(given, "--facts")
    path = Path(given)
    if path.suffix in YAML:
        return yaml_file(path)
    try:
        return _json(path.read_bytes(), given)
    except FileNotFoundError:
        help = 'give JSON such as \'{"rate": "12%"}\', a .json or .yaml file, or - for input'
        raise MissingFile(path, f"there is no file `{given}`", help) from None


def json_or_yaml(content: str, name: str) -> Any:
    """A document of either kind: JSON starts with a brace or a bracket."""
    if content.lstrip().startswith(("{", "[")):
        return _json(content, name)
    return _plain(*read_yaml(name, content))


def yaml_file(path: Path) -> Any:
    """A YAML document from a file, with exact numbers."""
    if not path.exists():
        raise MissingFile(path, f"there is no file `{path}`")
    return _plain(*read_yaml_file(path))


def _plain(node: Node | None, found: list[Diagnostic]) -> Any:
    if found:
        raise BadFacts([Problem(str(d.span), d.message) for d in found])
    return plain(node) if node else {}


def is_fact(word: str) -> bool:
    """True for `name=value` with the `=` before any path separator, where no such file exists."""
    name, equals, _ = word.partition("=")
    separated = os.sep in name or (os.altsep is not None and os.altsep in name)
    return bool(equals) and not separated and not Path(word).exists()
