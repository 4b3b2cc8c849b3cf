"""A person's statement as a page to print: no scripts, nothing loaded, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape

from remit_api.pay.amounts import money, result, signed, with_code
from remit_api.pay.chart import chart, sentence
from remit_api.pay.headings import heading
from remit_api.pay.report import Report, Slip
from remit_api.pay.sheets import change_text, part_text
from remit_api.pay.stages import telling
from remit_api.pay.style import STYLE
from remit_engine.commission.closed.closing import Difference
from remit_engine.commission.statement import Stage, Statement
from remit_engine.rounding import rounded
from remit_engine.text import exact, number_text

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
MOST_CHANGES = 12
SUMMARY = (
    ("credit", "Credit"),
    ("quota", "Quota"),
    ("entitled", "Entitled"),
    ("held", "Held back, or released"),
    ("reversed", "Reversed, or restored"),
    ("guarantee", "Guarantee"),
    ("advance", "Advance (draw)"),
    ("recovered", "Recovered from the draw"),
)
ALWAYS = ("credit", "entitled")
MOVED = {
    "held": "held back",
    "released": "released",
    "reversed": "reversed",
    "restored": "restored",
}


def page(slip: Slip) -> str:
    """The whole page of a person."""
    report = slip.report
    kind = heading("Pay statement", report.language)
    title = f"{kind} {report.head.period}: {report.called(slip.person)}"
    body = [
        *_head(slip),
        *(part for s in slip.statements for part in _statement(s, report)),
        *_differences(slip),
        _foot(report),
    ]
    return document(title, body, report.language)


def document(title: str, body: Iterable[str], language: str = "en") -> str:
    """A page of HTML with our style."""
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(language)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            f"<title>{escape(title)}</title>",
            f"<style>\n{STYLE}\n</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def _head(slip: Slip) -> Iterator[str]:
    report = slip.report
    totals = slip.totals() or {None: Fraction(0)}
    yield '<header class="head"><div>'
    kind = heading("Pay statement", report.language)
    yield f'<p class="kicker">{escape(kind)} {escape(str(report.head.period))}</p>'
    name = report.names.get(slip.person)
    yield f"<h1>{escape(name or slip.person)}</h1>"
    if name is not None:
        yield f'<p class="small">{escape(slip.person)}</p>'
    yield '</div><div class="total">'
    broken = heading("Not complete, see below", report.language)
    yield f'<p class="kicker">{escape(broken)}</p>' if slip.fault else ""
    for currency, total in totals.items():
        owed = heading("To be paid" if total >= 0 else "Owed by you", report.language)
        yield f'<p class="kicker">{owed}</p>'
        yield f"<strong>{escape(with_code(total, currency))}</strong>"
    yield "</div></header>"


def _statement(statement: Statement, report: Report) -> Iterator[str]:
    note = report.plans[statement.plan]
    yield "<section>"
    yield f"<h2>{escape(note.label)}</h2>"
    if statement.fault:
        broken = heading("This cannot be computed.", report.language)
        told = f"<strong>{escape(broken)}</strong> {escape(statement.fault)}"
        yield f'<p class="fault">{told}</p>'
    yield from _summary(statement, note.currency, report.language)
    climb = report.climbs.get((statement.plan, statement.person))
    if climb is not None:
        yield f"<h3>{escape(heading('Where you stand', report.language))}</h3>"
        yield chart(climb, note.currency)
        yield f"<p>{escape(sentence(climb, note.currency))}</p>"
    yield from _lines(statement, note.currency, report.language)
    yield from _movements(statement, note.currency, report.language)
    yield from _stages(statement, note.currency, report.language)
    yield "</section>"


def _summary(statement: Statement, currency: str | None, language: str) -> Iterator[str]:
    rows = []
    for name, label in SUMMARY:
        value = statement.amounts.get(name)
        if value or name in ALWAYS:
            shown = None if value is None else -value if name == "recovered" else value
            rows.append(_row(heading(label, language), shown, currency))
    rows.append(_row(heading("Due", language), statement.due, currency, "sum"))
    balance = statement.amounts.get("balance")
    if balance:
        rows.append(_row(heading("Still owed of advances", language), balance, currency))
    caption = heading("Summary", language)
    yield from _table(f"{caption} ({currency})" if currency else caption, (), rows)


def _row(label: str, value: Fraction | None, currency: str | None, name: str = "") -> str:
    opening = f'<tr class="{name}">' if name else "<tr>"
    return f'{opening}<th scope="row">{escape(label)}</th>{_amount(value, currency)}</tr>'


def _amount(value: Fraction | None, currency: str | None) -> str:
    minus = " minus" if value is not None and value < 0 else ""
    return f'<td class="n{minus}">{escape(money(value, currency))}</td>'


def _lines(statement: Statement, currency: str | None, language: str) -> Iterator[str]:
    if not statement.lines:
        return
    earning = any(line.earned is not None for line in statement.lines)
    sharing = any(line.share is not None for line in statement.lines)
    heads = ["Line", "Day", "Credit>"]
    heads += ["Earned>", "Tiers"] if earning else []
    heads += ["Share of what is paid>"] if sharing else []
    rows = []
    for line in statement.lines:
        kind = "" if line.kind == "sale" else f' <span class="small">{escape(line.kind)}</span>'
        cells = [f"<td>{escape(line.event)}{kind}</td>", f"<td>{line.day.isoformat()}</td>"]
        cells.append(_amount(line.credit, currency))
        if earning:
            parts = "<br>".join(escape(part_text(part, currency)) for part in line.parts)
            cells += [_amount(line.earned, currency), f'<td class="small">{parts}</td>']
        cells += [_amount(line.share, currency)] if sharing else []
        rows.append(f"<tr>{''.join(cells)}</tr>")
    yield from _table("Lines", heads, rows, language=language)


def _movements(statement: Statement, currency: str | None, language: str) -> Iterator[str]:
    rows = [
        f"<tr><td>{escape(m.event)}</td>"
        f"<td>{escape(heading(MOVED.get(m.kind, m.kind), language))}</td>"
        f"<td>{escape(str(m.counted))}</td><td>{m.day.isoformat() if m.day else ''}</td>"
        f"{_amount(m.amount, currency)}</tr>"
        for m in statement.movements
    ]
    if rows:
        heads = ("Line", "What happened", "Counted in", "Day", "Amount>")
        yield from _table("Held, released and reversed", heads, rows, language=language)


def _stages(statement: Statement, currency: str | None, language: str) -> Iterator[str]:
    rows = []
    for stage in telling(statement):
        place = f'<br><span class="small">{escape(str(stage.span))}</span>' if stage.span else ""
        read = "<br>".join(f"{escape(n)} = {escape(v)}" for n, v in stage.inputs)
        note = f'<br><span class="small">{escape(stage.note)}</span>' if stage.note else ""
        rows.append(
            f'<tr><th scope="row">{escape(stage.name)}</th>'
            f"<td><code>{escape(stage.rule)}</code>{place}</td>"
            f'<td class="small">{read}</td>'
            f'<td class="n">{_result(stage, currency)}{note}</td></tr>'
        )
    if rows:
        heads = ("Stage", "Rule", "What it read", "Result>")
        yield from _table("How it was computed", heads, rows, "stages", language)


def _result(stage: Stage, currency: str | None) -> str:
    """What a stage gave; a percentage of many places is rounded to two, with the exact one to be
    read where one points at it."""
    told = result(stage, currency)
    if stage.value is None or stage.kind not in ("percent", "ratio"):
        return escape(told)
    short = number_text(rounded(stage.value, "half up", Fraction(1, 10_000)), stage.kind)
    if len(told) <= len(short):
        return escape(told)
    return f'<span title="{escape(f"{exact(stage.value * 100)}%")}">{escape(short)}</span>'


def _differences(slip: Slip) -> Iterator[str]:
    if not slip.differences:
        return
    language = slip.report.language
    yield f"<section><h2>{escape(heading('Corrections of closed periods', language))}</h2>"
    rows = [_difference(d, slip.report.currency(d.plan), slip.report) for d in slip.differences]
    heads = ("Plan", "Period", "Why", "Difference>")
    caption = "What was closed stays; the difference is paid now"
    yield from _table(caption, heads, rows, language=language)
    yield "</section>"


def _difference(difference: Difference, currency: str | None, report: Report) -> str:
    told = [escape(change_text(c, currency)) for c in difference.changes[:MOST_CHANGES]]
    more = len(difference.changes) - MOST_CHANGES
    told += [f"and {more} more values"] if more > 0 else []
    old, new = difference.old, difference.new
    versions = (
        f"run {old.run} of {old.day} (policy {old.policy[:12]}), now run {new.run or 'this'} "
    )
    versions += f"of {new.day} (policy {new.policy[:12]})"
    minus = " minus" if difference.amount < 0 else ""
    return (
        f"<tr><td>{escape(report.plans[difference.plan].label)}</td>"
        f'<td class="when">{escape(str(difference.period))}</td><td>'
        f"{'<br>'.join(told)}"
        f'<br><span class="small">{escape(versions)}</span></td>'
        f'<td class="n{minus}">{escape(signed(difference.amount, currency))}</td></tr>'
    )


def _table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[str],
    name: str = "plain",
    language: str = "en",
) -> Iterator[str]:
    """A table, with its headings in a language; a head that ends in `>` stands over numbers."""
    caption, heads = heading(caption, language), [heading(h, language) for h in heads]
    yield f'<table class="{name}">'
    yield f"<caption>{escape(caption)}</caption>"
    if heads:
        cells = (
            f'<th scope="col" class="n">{escape(h[:-1])}</th>'
            if h.endswith(">")
            else f'<th scope="col">{escape(h)}</th>'
            for h in heads
        )
        yield f"<thead><tr>{''.join(cells)}</tr></thead>"
    yield "<tbody>"
    yield from rows
    yield "</tbody></table>"


def _foot(report: Report) -> str:
    head = report.head
    run = f"run {head.number}" if head.number else "a run that is not kept"
    closed = [
        f"{note.short}: closed as number {note.closed[0]}, {note.closed[1][:16]}"
        for note in report.plans.values()
        if note.closed
    ]
    told = [
        f"Computed on {head.day} by {run} ({head.engine}), policy {head.policy[:12]}.",
        *(f"{text}." for text in closed),
    ]
    return f'<footer class="small">{escape(" ".join(told))}</footer>'


def index(report: Report, files: Sequence[tuple[Slip, str]]) -> str:
    """The page that leads to everybody's."""
    language = report.language
    title = f"{heading('Pay', language)} {report.head.period}"
    rows = []
    for slip, file in files:
        totals = "<br>".join(escape(with_code(v, c)) for c, v in slip.totals().items())
        fault = ' <span class="small">at fault</span>' if slip.fault else ""
        rows.append(
            f'<tr><td><a href="{escape(file)}">{escape(report.called(slip.person))}</a>{fault}</td>'
            f'<td class="n">{totals}</td></tr>'
        )
    for currency, total in report.totals().items():
        rows.append(
            f'<tr class="sum"><th scope="row">{escape(heading("All", language))}</th>'
            f'<td class="n">{escape(with_code(total, currency))}</td></tr>'
        )
    body = [
        f'<header class="head"><div><h1>{escape(title)}</h1></div></header>',
        *_table("Everybody", ("Person", "To be paid>"), rows, language=language),
        _foot(report),
    ]
    return document(title, body, language)
