"""The doors of the checker: paths or texts to a checked program and what was found."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from remit_dsl import syntax
from remit_dsl.check import check
from remit_dsl.diagnostics import Diagnostic, Related, errors, ordered
from remit_dsl.files import TextFiles, gather, read_source
from remit_dsl.lexing.lex_numbers import NO_DAY
from remit_dsl.parsing.parser import parse
from remit_dsl.program import Program
from remit_dsl.scope.findings import Findings, did_you_mean
from remit_dsl.scope.resolve import Names, collect
from remit_dsl.source import NOWHERE, Source
from remit_dsl.tables.csv_files import TableFile
from remit_dsl.uncollected import uncollected
from remit_dsl.unread import declared_names, lost_names, lost_policy

Result = tuple[Program | None, list[Diagnostic]]
Each = Callable[[int, int], None]
_DATES = frozenset({"E0020", "E0021"})


def load(paths: Iterable[Path], each: Each | None = None) -> Result:
    """Check policy files and folders (all `*.remit` below); the program is None iff errors.

    each: told how many files are read, and of how many, for whoever waits.
    """
    findings = Findings()
    for path in gather(paths, findings):
        source = read_source(path, findings)
        if source is not None:
            findings.sources[source.name] = source
    return _load(findings, _Tables(findings, None), each)


def load_texts(texts: Mapping[str, str]) -> Result:
    """The same for texts by name; names that end in `.csv` are tables."""
    sources = {name: Source(name, text) for name, text in texts.items()}
    policies = {n: s for n, s in sources.items() if not n.endswith(".csv")}
    findings = Findings(dict(policies))
    return _load(findings, _Tables(findings, TextFiles(sources)))


def check_text(text: str, name: str = "policy.remit") -> Result:
    """The same for one text."""
    return load_texts({name: text})


class _Tables:
    """Opens the CSV files of tables, beside the file that names them."""

    def __init__(self, findings: Findings, texts: TextFiles | None) -> None:
        self.findings = findings
        self.texts = texts
        self.opened: dict[str, Source] = {}

    def __call__(self, node: syntax.Table) -> TableFile | None:
        written = node.csv or ""
        name = posixpath.join(posixpath.dirname(node.span.file), written)
        source = self._read(name, written, node)
        if source is None:
            return None
        self.findings.sources[source.name] = source
        self.opened[source.name] = source
        return TableFile(source)

    def _read(self, name: str, written: str, node: syntax.Table) -> Source | None:
        if self.texts is not None:
            source, near = self.texts.find(name), self.texts.names()
        elif Path(name).is_file():
            return read_source(Path(name), self.findings)
        else:
            folder = Path(name).parent
            source, near = None, [p.name for p in folder.glob("*.csv")] if folder.is_dir() else []
        if source is None:
            help = did_you_mean(posixpath.basename(written), near)
            message = f"there is no file `{written}` beside this policy"
            self.findings.add(node.name.span, "E0424", message, help)
        return source


# --- stages ------------------------------------------------------------------------------


def _load(findings: Findings, tables: _Tables, each: Each | None = None) -> Result:
    with uncollected():
        return _loaded(findings, tables, each)


def _loaded(findings: Findings, tables: _Tables, each: Each | None) -> Result:
    loaded: dict[str, Names] = {}
    lost: set[str] = set()
    sources = list(findings.sources.values())
    for done, source in enumerate(sources, 1):
        _enter(source, loaded, lost, findings)
        if each is not None:
            each(done, len(sources))
    if not loaded:
        _nothing(findings)
        return None, ordered(findings.found)
    program = check(loaded, lost, findings, tables)
    findings.found[:] = _without_consequences(findings.found)
    if errors(findings.found):
        return None, ordered(findings.found)
    digest = _digest(program, loaded, tables.opened)
    return replace(program, digest=digest), ordered(findings.found)


def _without_consequences(found: list[Diagnostic]) -> list[Diagnostic]:
    """Leave out what is only said because of a date that could not be read."""
    unread = {d.span.file for d in found if d.code in _DATES}
    return [
        d for d in found if d.code in _DATES or d.span.file not in unread or NO_DAY not in _words(d)
    ]


def _words(d: Diagnostic) -> str:
    return " ".join((d.message, d.help or "", *(r.message for r in d.related)))


def _nothing(findings: Findings) -> None:
    if not findings.found:
        findings.add(NOWHERE, "E0105", "no policy was given", "name a file or a folder")


def _enter(source: Source, loaded: dict[str, Names], lost: set[str], findings: Findings) -> None:
    """Parse one text and enter its policy."""
    file, faults = parse(source)
    findings.found.extend(faults)
    header = file.policy
    start = source.span(0, 0)
    if header is None:
        if not file.declarations and not errors(faults) and not file.uses:
            message = f"`{source.name}` is empty"
            findings.add(start, "E0109", message, "begin with `policy a.name { … }`")
        elif not errors(faults):
            message = f"`{source.name}` does not begin with a `policy` header"
            findings.add(start, "E0104", message, "write `policy a.name { … }` first")
        lost.update(lost_policy(source))
        return
    name = header.name
    if name.text in loaded:
        place = Related(loaded[name.text].header.name.span, "first declared here")
        message = f"policy `{name.text}` is declared twice"
        findings.add(name.span, "E0107", message, "give each file a policy of its own", [place])
        loaded[name.text].lost |= declared_names(source)
        return
    if not file.declarations and not errors(faults):
        message = f"policy `{name.text}` declares nothing"
        findings.add(name.span, "E0110", message, "add an action, a position, or another thing")
    names = lost_names(source, file, faults) if errors(faults) else frozenset[str]()
    loaded[name.text] = collect(header, file, names, findings)


def _digest(program: Program, loaded: dict[str, Names], opened: dict[str, Source]) -> str:
    """SHA-256 over names and texts, each with its length, in the order of policy names."""
    hashed = hashlib.sha256()
    for policy in sorted(program.policies):
        names = loaded[policy]
        _mix(hashed, policy, program.sources[names.file.span.file].text)
        for node in names.file.declarations:
            if isinstance(node, syntax.Table) and node.csv is not None:
                where = posixpath.join(posixpath.dirname(node.span.file), node.csv)
                _mix(hashed, node.csv, opened[where].text)
    return hashed.hexdigest()


def _mix(hashed: hashlib._Hash, name: str, text: str) -> None:
    for part in (name, text):
        data = part.encode()
        hashed.update(f"{len(data)}:".encode())
        hashed.update(data)
