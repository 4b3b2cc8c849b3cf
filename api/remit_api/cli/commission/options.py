"""The options that several commands of pay share, each described once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli.output import Screen
from remit_api.cli.session import read_day
from remit_api.failures import WrongUse
from remit_api.files import policy_paths
from remit_api.pay.running import Texts, open_texts, parse_period
from remit_engine.commission.basis.periods import Period

LARGEST = 2**63 - 1
"""The largest number a store gives."""
PlanArgument = Annotated[
    str, typer.Argument(metavar="PLAN|all", help="A plan, or all that are paid by such periods.")
]
OnePlan = Annotated[
    str, typer.Argument(metavar="PLAN", help="A plan, as it is called in the text.")
]
AnyPlan = Annotated[
    str,
    typer.Argument(
        metavar="[PLAN|all]", help="A plan, or all that a run gives for the period.",
        show_default=False,
    ),
]  # fmt: skip
PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="The id of a person.")]
PolicyArguments = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="POLICY", help="Policy files or folders (without one: policies/).",
        show_default=False,
    ),
]  # fmt: skip
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period", metavar="PERIOD", help="2026-03, 2026-Q1 or 2026.", show_default=False
    ),
]
DataOption = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="DIR|URL",
        help="A folder of CSV and Parquet, or a database such as sqlite:///sales.db.",
        show_default=False,
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE|URL",
        envvar="REMIT_STORE",
        help="Where runs are kept: an SQLite file, or the address of a database.",
        show_default=False,
    ),
]
PlanOption = Annotated[
    str | None, typer.Option("--plan", metavar="PLAN", help="Only this plan.", show_default=False)
]
PersonOption = Annotated[
    str | None, typer.Option("--person", metavar="PERSON", help="Only this person.")
]
RunOption = Annotated[
    int | None,
    typer.Option("--run", metavar="NUMBER", min=1, max=LARGEST, help="A kept run. [the latest]"),
]
ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="PERSON", help="Who does it. [the user of this machine]"),
]
OnOption = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="The day it is done, YYYY-MM-DD. [today]"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write files into a folder.", show_default=False),
]
Formats = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="LIST",
        help="table (here), and csv, xlsx, parquet, html (files in --out). [table, or all files]",
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", min=0, help="So many people are shown here.")
]

EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="python (person by person, with every stage), duckdb, postgres or spark (in SQL, for "
        "millions of lines), or auto: duckdb where there is much data.",
    ),
]
WarehouseOption = Annotated[
    str | None,
    typer.Option(
        "--warehouse", metavar="URL", help="The PostgreSQL server of `--engine postgres`.",
        show_default=False,
    ),
]  # fmt: skip

FILES = ("csv", "xlsx", "parquet", "html")


def texts_of(policies: list[str] | None, language: str, view: Screen) -> Texts:
    """The policies named, or those in `policies/`."""
    paths = policy_paths(policies or [])
    with view.patience("reading policies") as each:
        texts = open_texts(paths, language, each)
    view.remark(f"policies: {', '.join(str(p) for p in paths)}")
    return texts


def period_of(given: str | None) -> Period:
    """The period, which has to be said."""
    if given is None:
        raise WrongUse("no period was named", "say which, such as `--period 2026-03`")
    return parse_period(given)


def data_of(given: str | None) -> str:
    """The place of the data, which has to be said."""
    if given is None:
        raise WrongUse("no data were named", "say where they are with `--data DIR`")
    return given


def store_of(given: str | None) -> str:
    """The store, where one is needed."""
    if given is None:
        help = "say where it is with `--store pay.db`, or set REMIT_STORE"
        raise WrongUse("no store was named", help)
    return given


def day_of(given: str | None) -> date:
    """The day of `--on`, or today."""
    return read_day(given, "--on")


def formats_of(given: str | None, out: Path | None) -> tuple[bool, tuple[str, ...]]:
    """Whether to show a table here, and the kinds of files to write."""
    if given is None:
        return True, FILES if out is not None else ()
    wanted = [word.strip() for word in given.split(",") if word.strip()]
    for word in wanted:
        if word not in ("table", *FILES):
            known = ", ".join(f"`{f}`" for f in ("table", *FILES))
            raise WrongUse(f"there is no format `{word}`", f"the formats are {known}")
    if not wanted:
        raise WrongUse("no format was named", "such as `--format table` or `--format csv,html`")
    files = tuple(f for f in FILES if f in wanted)
    if files and out is None:
        raise WrongUse(f"`--format {files[0]}` writes files", "name a folder with `--out DIR`")
    return "table" in wanted, files
