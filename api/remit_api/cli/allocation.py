"""`remit allocation ALLOCATION`: a year's amount by period, member and person, adding up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli.allocation_document import cells_sheet, document, sheets
from remit_api.cli.allocation_report import show
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import DirectoryFile, Json, Policies, Verbose
from remit_api.cli.output import screen
from remit_api.cli.pay_session import DataPlace, PaySession, PolicyWords, declared, open_pay
from remit_api.failures import NotComputed, WrongUse
from remit_api.files import replacing
from remit_api.pay.csv_files import write_csv
from remit_api.pay.workbook import write_sheets
from remit_dsl.pay import Allocation
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.figure import PayFault
from remit_engine.commission.targets.allocation import allocate
from remit_engine.commission.targets.allocation_result import Allocated

Name = Annotated[
    str, typer.Argument(metavar="ALLOCATION", help="Which allocation.", show_default=False)
]
CsvFile = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write the cells to a CSV file.")
]
XlsxFile = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Write cells and amendments to a workbook."),
]


def allocation(
    name: Name,
    paths: PolicyWords = None,
    data: DataPlace = None,
    csv: CsvFile = None,
    xlsx: XlsxFile = None,
    policy: Policies = None,
    directory: DirectoryFile = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Split a year's amount to periods, members and people, in whole steps and so that every sum is
    exact; amendments with what was before them."""
    view = screen(as_json=as_json, verbose=verbose)
    session = open_pay([*(paths or ()), *(policy or ())], directory, view)
    asked = declared(name, session.program.allocations, "allocation")
    found = _allocated(asked, data, session)
    if csv is not None:
        with replacing(csv) as temporary:
            write_csv(cells_sheet(found), temporary)
    if xlsx is not None:
        with replacing(xlsx) as temporary:
            title, day = found.name.rsplit(".", 1)[-1], found.versions[-1].start
            write_sheets(sheets(found), temporary, title, day)
    if as_json:
        view.data({**document(found), **session.context()})
    else:
        show(found, asked, view)
    return ExitCode.OK


def _allocated(asked: Allocation, place: str | None, session: PaySession) -> Allocated:
    data = Dataset(events={}, people={})
    if any(d.kind == "person" for d in asked.dimensions):
        if place is None:
            raise WrongUse("the allocation is to people", "say where they are: `--data DIR`")
        data = session.data(place, asked)
    try:
        return allocate(session.model, asked, data)
    except PayFault as fault:
        raise NotComputed(fault.message, fault.span, fault.help) from None
