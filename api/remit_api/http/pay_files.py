"""A statement in the forms that people keep: a table, a workbook, a page to print."""

from __future__ import annotations

from io import BytesIO, StringIO
from urllib.parse import quote

from fastapi import Response

from remit_api.pay.csv_files import write_rows
from remit_api.pay.folder import file_name
from remit_api.pay.page import POLICY, page
from remit_api.pay.report import Report
from remit_api.pay.sheets import sheets
from remit_api.pay.workbook import write_workbook

JSON, CSV, HTML = "application/json", "text/csv", "text/html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = (JSON, CSV, XLSX, HTML)
TABLES = ("statements", "stages", "lines", "movements", "differences")
"""The tables of a statement, as they are called in CSV."""


def statement_file(report: Report, person: str, form: str, table: str) -> Response:
    """A report of one person in a form other than JSON. table: which one is written as CSV."""
    plan = next(iter(report.plans.values())).short
    stem = f"{plan}-{report.head.period}-{file_name(person).removesuffix('.html')}"
    if form == HTML:
        (slip,) = report.slips()
        headers = {"Content-Security-Policy": POLICY}
        return Response(page(slip), headers=headers, media_type=HTML)
    if form == CSV:
        found = next(sheet for sheet in sheets(report) if sheet.name == table)
        text = StringIO(newline="")
        write_rows(found, text)
        return Response(text.getvalue(), headers=_named(f"{stem}-{table}.csv"), media_type=CSV)
    book = BytesIO()
    write_workbook(report, book)
    return Response(book.getvalue(), headers=_named(f"{stem}.xlsx"), media_type=XLSX)


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
