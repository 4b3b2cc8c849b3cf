"""`remit init`: a first policy with its people and its tests, ready to be changed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import screen
from remit_api.failures import WrongUse
from remit_api.files import DEFAULT_FOLDER, write_text

STARTER = ("sales.remit", "directory.yaml", "sales.test.yaml")
NEXT = (
    "remit check",
    "remit test",
    "remit decide --actor mark --requester sam rate=5% order.total=50000 order.margin=20%",
    "remit max --actor mark --requester sam order.total=50000 order.margin=20%",
    "remit matrix",
)
Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Where to start; made if it is not there.")
]


def init(folder: Folder = Path("."), as_json: Json = False) -> ExitCode:
    """Start a policy: sales.remit, directory.yaml and sales.test.yaml in DIR/policies."""
    view = screen(as_json=as_json)
    target = folder / DEFAULT_FOLDER
    there = [target / name for name in STARTER if (target / name).exists()]
    if there:
        names = ", ".join(f"`{path}`" for path in there)
        raise WrongUse(f"{names} would be overwritten", "start in another folder")
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"`{folder}` is a file", "name a folder")
    target.mkdir(parents=True, exist_ok=True)
    for name in STARTER:
        write_text(target / name, _starter(name))
    written = [str(target / name) for name in STARTER]
    if as_json:
        view.data({"written": written})
        return ExitCode.OK
    view.line(("a first policy is in ", "bold"), (str(target), "bold"))
    for path in written:
        view.line(f"  {path}")
    view.line()
    view.line("try next" if folder == Path(".") else f"try next, in {folder}")
    for command in NEXT:
        view.line(("  " + command, "cyan"))
    return ExitCode.OK


def _starter(name: str) -> str:
    return files("remit_api.cli").joinpath("starter", name).read_text("utf-8")
