"""A report written into a folder: all of it, or nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from remit_api.failures import FileTrouble, MissingFile
from remit_api.pay.csv_files import write_csv
from remit_api.pay.page import index, page
from remit_api.pay.parquet_files import write_parquet
from remit_api.pay.report import Report, Slip
from remit_api.pay.sheets import sheets
from remit_api.pay.workbook import write_workbook
from remit_engine.commission.document import digest

MARK = "run.json"
"""What tells a folder of ours from any other."""
PAGES = "statements"
LONGEST = 160
"""Bytes of a file name; systems take 255."""


def write_folder(
    report: Report, folder: Path, formats: Iterable[str], summary: Mapping[str, Any]
) -> list[str]:
    """Write a report in each of `formats` (csv, xlsx, parquet, html) into a folder that is not
    there, is empty, or was written so before (it is replaced). Returns the names below it. Raises
    FileTrouble."""
    _refuse(folder)
    target = folder.resolve()
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp"))
    try:
        made.chmod(0o755)
        for name in formats:
            WRITERS[name](report, made)
        text = json.dumps(summary, ensure_ascii=False, indent=2)
        (made / MARK).write_text(text + "\n", encoding="utf-8")
        names = sorted(str(p.relative_to(made)) for p in made.iterdir())
        _replace(made, target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return names


def _replace(made: Path, target: Path) -> None:
    if not target.exists():
        made.rename(target)
        return
    old = made.with_name(made.name + ".old")
    target.rename(old)
    made.rename(target)
    shutil.rmtree(old)


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
