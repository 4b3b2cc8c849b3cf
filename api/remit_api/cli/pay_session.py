"""What the commands on scorecards and allocations do first: read the policies and their data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

import typer
from rich.cells import cell_len

from remit_api.cli.output import Screen
from remit_api.cli.session import stray
from remit_api.failures import WrongUse
from remit_api.files import policy_paths
from remit_api.pay_data.opening import open_data
from remit_api.wiring import find_directory, load_directory, load_program
from remit_dsl.pay import Allocation, Scorecard
from remit_dsl.program import Program
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reading.needs import needs
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

PolicyWords = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="POLICY",
        help="Policy files or folders (without one: policies/).",
        show_default=False,
    ),
]
DataPlace = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="DIR|URL",
        help="A folder of CSV or Parquet files, or a database: people, measures.",
    ),
]


class Declared(Protocol):
    """What has a qualified name."""

    @property
    def name(self) -> str:
        """Qualified."""


T = TypeVar("T", bound=Declared)


@dataclass(frozen=True, slots=True)
class PaySession:
    """Policies read, with the directory of people beside them."""

    view: Screen
    model: Model
    paths: tuple[Path, ...]
    directory_file: Path | None

    @property
    def program(self) -> Program:
        """The checked program."""
        return self.model.program

    def context(self) -> dict[str, object]:
        """What every JSON answer says about where it comes from."""
        return {"policy": {"digest": self.program.digest}}

    def data(self, place: str, asked: Scorecard | Allocation) -> Dataset:
        """What a place holds of what a scorecard or an allocation reads; people also from the
        directory of the session."""
        directory = None
        if self.directory_file is not None:
            directory, _ = load_directory(self.directory_file, self.program)
        with self.view.patience("reading data"):
            return open_data(
                place,
                self.model,
                notice=lambda found: self.view.remark(str(found)),
                directory=directory,
                wanted=needs(self._only(asked)),
            )

    def _only(self, asked: Scorecard | Allocation) -> Program:
        """The program without other pay."""
        cards = {asked.name: asked} if isinstance(asked, Scorecard) else {}
        allocations = {asked.name: asked} if isinstance(asked, Allocation) else {}
        return replace(self.program, events={}, plans={}, scorecards=cards, allocations=allocations)


def open_pay(given: Sequence[str], directory: Path | None, view: Screen) -> PaySession:
    """The policies named, checked, with the directory named or found beside them."""
    paths = policy_paths(given)
    with view.patience("reading policies") as each:
        program, warnings = load_program(paths, each)
    file = directory or find_directory(paths)
    view.remark(f"policies: {', '.join(str(p) for p in paths)}")
    view.remark(f"directory: {file or 'none'}")
    for warning in warnings:
        view.remark(f"{warning.span}: {warning.code}: {warning.message}")
    return PaySession(view, lower(program), tuple(paths), file)


def declared(name: str, among: Mapping[str, T], what: str) -> T:
    """What a short or a full name means; WrongUse when that is nothing, or several."""
    if name in among:
        return among[name]
    found = [item for item in among.values() if item.name.rsplit(".", 1)[-1] == name]
    if not found:
        raise stray(name, [n.rsplit(".", 1)[-1] for n in among], what)
    if len(found) > 1:
        names = " or ".join(f"`{item.name}`" for item in found)
        raise WrongUse(f"`{name}` may be {names}", "write its full name")
    return found[0]


def read_period(written: str, kind: str) -> Period:
    """A period of a kind as a person writes it; WrongUse when it is something else."""
    found = Period.parse(written.strip())
    such = {"month": "2026-03", "quarter": "2026-Q1", "year": "2026"}[kind]
    if found is None or found.kind != kind:
        raise WrongUse(f"`{written}` is not a {kind}", f"write it as `{such}`")
    return found


def figures(rows: Sequence[Sequence[str]], texts: int = 1) -> list[tuple[str, ...]]:
    """Rows of a table, header first, with all columns but the first `texts` to the right."""
    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        tuple(c if i < texts else " " * (widths[i] - cell_len(c)) + c for i, c in enumerate(row))
        for row in rows
    ]
