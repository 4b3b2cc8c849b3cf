"""`/v1/commission/statements`: everybody his own, stage by stage, in the form that he takes."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

from api.http.pay.conftest import PATH, SALES, Paying
from remit_api.http.negotiation import form_of, language_of
from remit_api.http.pay_files import CSV, FORMS, HTML, XLSX

JANUARY = "plan=field&period=2026-01"
OWN = f"{PATH}/statements/wang.fang?{JANUARY}"


def test_everybody_sees_his_own_runs_and_statements(paying: Paying) -> None:
    paying.run()
    paying.sales(SALES.replace("wang.fang", "li.wei"))
    paying.run("2026-02", plan="field")
    seen = {
        who: [r["run"] for r in paying.client(who).get(f"{PATH}/runs").json()["items"]]
        for who in ("chen.jing", "auditor", "wang.fang", "lin.tao", "li.wei", "ma.lin")
    }
    assert seen == {
        "chen.jing": [2, 1], "auditor": [2, 1], "wang.fang": [2, 1], "lin.tao": [1],
        "li.wei": [2, 1], "ma.lin": [],
    }  # fmt: skip
    assert paying.client("shop").get(f"{PATH}/runs").status_code == 403
    assert "data" not in paying.client("wang.fang").get(f"{PATH}/runs/1").json()
    assert paying.client("lin.tao").get(f"{PATH}/runs/2").status_code == 404
    assert paying.client("lin.tao").get(f"{PATH}/runs/2/statements").status_code == 404
    own = paying.client("wang.fang").get(f"{PATH}/runs/1/statements").json()["items"]
    assert {s["person"] for s in own} == {"wang.fang"}
    other = paying.client("wang.fang").get(f"{PATH}/runs/1/statements?person=li.wei").json()
    assert other["items"] == []


def test_statements_come_in_pages(paying: Paying) -> None:
    paying.run("2026-02")
    client, path = paying.client("auditor"), f"{PATH}/runs/1/statements"
    page = client.get(f"{path}?limit=4").json()
    rest = client.get(f"{path}?limit=4&cursor={page['next']}").json()
    every = [*page["items"], *rest["items"]]
    assert (len(page["items"]), rest["next"]) == (4, None)
    assert sorted((s["plan"], s["person"], s["period"]) for s in every) == [
        (f"acme.{plan}", person, period)
        for plan, people in (("field", ("li.wei", "wang.fang")), ("override", ("lin.tao",)))
        for person in people
        for period in ("2026-01", "2026-02")
    ]
    assert all(s["currency"] == "CNY" and "lines" not in s for s in every)
    january = client.get(f"{path}?period=2026-01&plan=field").json()["items"]
    assert len(january) == 2
    assert client.get(f"{path}?period=soon").status_code == 400
    assert client.get(f"{path}?plan=none").status_code == 404
    for wrong in ("9", "x", "-1", "99999999999"):
        assert client.get(f"{PATH}/runs/{wrong}/statements").status_code == 404


def test_a_statement_is_explained_stage_by_stage_and_line_by_line(paying: Paying) -> None:
    paying.run()
    told = paying.client("wang.fang").get(OWN)
    assert told.status_code == 200, told.text
    assert told.json()["label"] == "Field commission"
    (statement,) = told.json()["statements"]
    stages = {s["name"]: s for s in statement["stages"]}
    assert stages["earned"]["value"] == "3500.015"
    assert "marginal rates on credit against quota" in stages["earned"]["rule"]
    assert stages["earned"]["place"].endswith("pay.remit:23:13")
    assert {i["name"] for i in stages["earned"]["inputs"]} >= {"quota"}
    assert "100,000" in statement["stands"] or "3%" in statement["stands"]
    assert [(x["event"], x["place"]) for x in statement["lines"]] == [
        ("S1", "sale.csv:2"), ("S2", "sale.csv:3"),
    ]  # fmt: skip
    one = paying.client("wang.fang").get(f"{OWN}&line=S2").json()["statements"][0]
    assert [x["event"] for x in (*one["lines"], *one["movements"])] == ["S2", "S2"]
    assert [p["tier"] for p in one["lines"][0]["parts"]] == [0, 1, 2]
    assert paying.client("wang.fang").get(f"{OWN}&line=S3").status_code == 404
    assert paying.client("chen.jing").get(OWN).json() == told.json()
    assert paying.client("li.wei").get(OWN).status_code == 404
    assert paying.client("li.wei").get(OWN.replace("2026-01", "x")).status_code == 404
    assert paying.client("auditor").get(OWN.replace("2026-01", "x")).status_code == 400
    assert paying.client("auditor").get(OWN.replace("2026-01", "2026-05")).status_code == 404


def test_it_is_told_as_it_was_closed(paying: Paying) -> None:
    paying.close(paying.run(plan="field"))
    paying.sales(SALES.replace("60000.50", "50000"))
    paying.run("2026-02", plan="field")
    told = paying.client("wang.fang").get(OWN).json()
    assert (told["run"], told["closed"]["number"]) == (1, 1)
    now = paying.client("wang.fang").get(f"{OWN}&run=2").json()
    assert (now["run"], told["statements"] == now["statements"]) == (2, False)


def test_it_is_a_table_a_workbook_or_a_page(paying: Paying) -> None:
    paying.run()
    client = paying.client("wang.fang")
    table = client.get(OWN, headers={"Accept": "text/csv"})
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''field-2026-01-wang.fang-statements.csv"
    )
    (row,) = csv.DictReader(io.StringIO(table.text))
    assert (row["person"], row["name"], row["due"]) == ("wang.fang", "王芳", "600.01")
    lines = client.get(f"{OWN}&table=lines", headers={"Accept": "text/csv"})
    assert [r["event"] for r in csv.DictReader(io.StringIO(lines.text))] == ["S1", "S2"]
    assert client.get(f"{OWN}&table=uncounted").status_code == 400
    book = client.get(OWN, headers={"Accept": XLSX})
    sheets = zipfile.ZipFile(io.BytesIO(book.content)).read("xl/workbook.xml").decode()
    assert 'name="lines"' in sheets
    page = client.get(OWN, headers={"Accept": "text/html", "Accept-Language": "zh-CN, en;q=0.5"})
    assert "一线提成" in page.text
    assert "薪酬单" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    refused = client.get(OWN, headers={"Accept": "application/pdf"})
    assert (refused.status_code, refused.json()["title"]) == (406, "Not in this form")


def test_rows_of_others_are_in_no_form_of_it(paying: Paying) -> None:
    """A row at fault may be anybody's; it is told to who may see everybody's pay."""
    paying.sales(SALES + "S9,2026-01-15,5000,secret.person,\n")
    paying.run()
    for form in FORMS:
        told = paying.client("wang.fang").get(OWN, headers={"Accept": form}).content
        if form == XLSX:
            book = zipfile.ZipFile(io.BytesIO(told))
            told = b"".join(book.read(name) for name in book.namelist())
        assert b"secret.person" not in told


def test_who_has_it_already_is_told_so(paying: Paying) -> None:
    paying.run()
    client = paying.client("wang.fang")
    first = {form: client.get(OWN, headers={"Accept": form}) for form in FORMS}
    tags = {form: answer.headers["ETag"] for form, answer in first.items()}
    assert len(set(tags.values())) == len(FORMS)
    assert first[CSV].headers["Vary"] == "Accept, Accept-Language"
    for form, tag in tags.items():
        headers = {"Accept": form, "If-None-Match": f'"x", W/{tag}'}
        again = client.get(OWN, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
    paying.clock.set(date(2026, 2, 11))
    paying.run()
    headers = {"If-None-Match": tags["application/json"]}
    assert client.get(OWN, headers=headers).status_code == 200


class Sent:
    """A request with headers."""

    def __init__(self, **headers: str) -> None:
        self.headers = headers


def test_the_form_that_is_liked_best_is_taken() -> None:
    liked = {
        "": "application/json", "*/*": "application/json", "text/*": CSV, "text/html": HTML,
        "text/csv;q=0.5, text/html;q=0.6": HTML, "text/html;q=0, */*": "application/json",
        "application/*;q=0.1, text/csv;q=x": "application/json", "TEXT/HTML": HTML,
    }  # fmt: skip
    for accept, form in liked.items():
        assert form_of(Sent(accept=accept), FORMS) == form, accept  # type: ignore[arg-type]
    for language, found in {
        "": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh", "de, zh;q=0.2": "zh", "en, zh": "en", "de": "en",
        "zh;q=0": "en",
    }.items():  # fmt: skip
        sent = Sent(**{"accept-language": language})
        assert language_of(sent) == found, language  # type: ignore[arg-type]
