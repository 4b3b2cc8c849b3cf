"""A report written into a folder: all of it, or nothing."""

from __future__ import annotations

import glob
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from remit_api.failures import FileTrouble, MissingFile
from remit_api.pay.csv_files import write_csv
from remit_api.pay.exchange import exchanged
from remit_api.pay.page import index, page
from remit_api.pay.parquet_files import write_parquet
from remit_api.pay.report import Report, Slip
from remit_api.pay.sheets import sheets
from remit_api.pay.workbook import write_workbook
from remit_engine.commission.closed.document import digest

MARK = "run.json"
"""What tells a folder of ours from any other."""
PAGES = "statements"
OLD = ".old"
LONGEST = 160
"""Bytes of a file name; systems take 255."""


class Folder:
    """A folder that is not seen before it is whole: written aside, then put in its place."""

    def __init__(self, target: Path) -> None:
        self._target = target.resolve()
        made = tempfile.mkdtemp(
            dir=self._target.parent, prefix=f".{self._target.name}.", suffix=".tmp"
        )
        self._made = Path(made)
        self._made.chmod(0o755)

    @property
    def place(self) -> Path:
        """Where its files are until it is published."""
        return self._made

    def write(
        self, report: Report, formats: Iterable[str], summary: Mapping[str, Any]
    ) -> list[str]:
        """Write a report in each of `formats` (csv, xlsx, parquet, html). Returns the names."""
        for name in formats:
            WRITERS[name](report, self._made)
        text = json.dumps(summary, ensure_ascii=False, indent=2)
        (self._made / MARK).write_text(text + "\n", encoding="utf-8")
        return sorted(p.name for p in self._made.iterdir())

    def publish(self) -> None:
        """Put it in its place; what an earlier run wrote there goes. Where the system can exchange
        two folders, the one or the other is there at every moment. Elsewhere there is none for the
        time of a renaming: a run that is killed just then leaves the earlier folder beside it, as
        `.NAME.….tmp.old`, and the next run puts that back."""
        if not self._target.exists():
            self._made.rename(self._target)
        elif not exchanged(self._made, self._target):
            self._replace()

    def _replace(self) -> None:
        old = self._made.with_name(f"{self._made.name}{OLD}")
        self._target.rename(old)
        try:
            self._made.rename(self._target)
        except OSError:
            old.rename(self._target)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def discard(self) -> None:
        """Leave nothing of what was not published."""
        shutil.rmtree(self._made, ignore_errors=True)


@contextmanager
def prepared(target: Path) -> Iterator[Folder]:
    """A folder to write into; unless it is published, nothing is left of it. Raises FileTrouble
    for a target with other things in it."""
    _restore(target.resolve())
    _refuse(target)
    folder = Folder(target)
    try:
        yield folder
    finally:
        folder.discard()


def write_folder(
    report: Report, target: Path, formats: Iterable[str], summary: Mapping[str, Any]
) -> list[str]:
    """Write a report into a folder that is not there, is empty, or was written so before (it is
    replaced). Returns the names below it."""
    with prepared(target) as folder:
        names = folder.write(report, formats, summary)
        folder.publish()
    return names


def _restore(target: Path) -> None:
    """Put back what a run had put aside that was killed before its own was in place."""
    if target.exists() or not target.parent.is_dir():
        return
    aside = sorted(target.parent.glob(f".{glob.escape(target.name)}.*.tmp{OLD}"))
    if len(aside) == 1 and (aside[0] / MARK).is_file():
        aside[0].rename(target)


def _refuse(folder: Path) -> None:
    """A folder with something else in it is left alone."""
    if not folder.resolve().parent.is_dir():
        raise MissingFile(folder, f"there is no folder `{folder.parent}` to write to")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FileTrouble(folder, f"`{folder}` is a file", "name a folder for `--out`")
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        message = f"`{folder}` is not empty, and was not written by a run"
        raise FileTrouble(folder, message, "name another folder for `--out`")


def _csv(report: Report, folder: Path) -> None:
    for sheet in sheets(report):
        write_csv(sheet, folder / f"{sheet.name}.csv")


def _xlsx(report: Report, folder: Path) -> None:
    write_workbook(report, folder / "statements.xlsx")


def _parquet(report: Report, folder: Path) -> None:
    for sheet in sheets(report):
        write_parquet(sheet, folder / f"{sheet.name}.parquet")


def _html(report: Report, folder: Path) -> None:
    pages = folder / PAGES
    pages.mkdir()
    files: list[tuple[Slip, str]] = []
    taken: set[str] = set()
    for slip in report.slips():
        name = _own(file_name(slip.person), taken)
        (pages / name).write_text(page(slip), encoding="utf-8")
        files.append((slip, f"{PAGES}/{quote(name)}"))
    (folder / "index.html").write_text(index(report, files), encoding="utf-8")


def file_name(person: str) -> str:
    """A file name that no id can lead astray: letters and digits stay, the rest is `%XX`; what is
    too long is cut, and told apart by its digest."""
    safe = "".join(c if c.isalnum() or c in "-_." else _encoded(c) for c in person)
    if safe.startswith("."):
        safe = f"%2E{safe[1:]}"
    if len(safe.encode()) > LONGEST:
        safe = f"{safe[: LONGEST // 4]}~{digest(person)[:16]}"
    return f"{safe}.html"


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _own(name: str, taken: set[str]) -> str:
    """The name, or one beside it where a file system that is blind to case has it already."""
    stem, number, found = name.removesuffix(".html"), 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{stem}~{number}.html"
    taken.add(found.casefold())
    return found


WRITERS: dict[str, Callable[[Report, Path], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "html": _html,
}
