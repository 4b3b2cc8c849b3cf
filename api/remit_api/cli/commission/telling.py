"""A statement told stage by stage, so that it can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from remit_api.cli.output import Screen, plural
from remit_api.pay.amounts import money, percent, result, signed, with_code
from remit_api.pay.chart import sentence
from remit_api.pay.report import Report
from remit_api.pay.stages import telling as telling_stages
from remit_engine.commission.climb import Climb
from remit_engine.commission.statement import Line, Movement, Stage, Statement

MOVED = {
    "held": "is held back",
    "released": "is released",
    "reversed": "is reversed",
    "restored": "is restored",
}
SALES = {"sale": "", "lowered": "lowers the position", "true-up": "true-up of earlier periods"}
MOST_LINES = 40


def tell(
    statement: Statement, report: Report, view: Screen, line: str | None, every: bool = False
) -> None:
    """One statement: what is due, how it came about, and its lines (only `line`, if named). every:
    the stages too that say nothing new."""
    currency = report.currency(statement.plan)
    tell_head(statement.person, statement.plan, statement, report, view)
    if line is None:
        stages = statement.stages if every else telling_stages(statement)
        _stages(stages, currency, view)
        climb = report.climbs.get((statement.plan, statement.person))
        _stand(climb, currency, view)
    _lines([x for x in statement.lines if line in (None, x.event)], currency, view)
    _moves([m for m in statement.movements if line in (None, m.event)], currency, view)


def tell_head(
    person: str, plan: str, statement: Statement | None, report: Report, view: Screen
) -> None:
    """What a plan pays somebody in all, or what he owes: his statement with the differences to
    closed periods that are paid with it. statement: None where he has differences alone."""
    note = report.plans[plan]
    head = f"{report.called(person)}, {note.label}, {report.head.period}: "
    if statement is not None and statement.fault:
        view.line((head, "bold"), ("cannot be computed", "bold red"))
        view.line(f"  {statement.fault}")
        return
    due = (statement.due if statement is not None else None) or Fraction(0)
    more = [d.amount for d in report.differences if (d.plan, d.person) == (plan, person)]
    view.line((head + owed(due + sum(more), note.currency), "bold"))
    if more:
        told = with_code(due, note.currency) if statement is not None else "nothing"
        many = plural(len(more), "difference")
        posted = with_code(sum(more, Fraction(0)), note.currency)
        view.line(f"  {told} for {report.head.period}, and {posted} by {many} to closed periods")


def owed(amount: Fraction, currency: str | None) -> str:
    """`due 950.00 CNY`, or `owes 400.00 CNY` where it is below zero."""
    if amount < 0:
        return "owes " + with_code(-amount, currency)
    return "due " + with_code(amount, currency)


def _stages(stages: Iterable[Stage], currency: str | None, view: Screen) -> None:
    for stage in stages:
        place = f"  {stage.span}" if stage.span else ""
        view.line(f"  {stage.name} is ", (result(stage, currency), "bold"), (place, "dim"))
        view.line((f"    by: {stage.rule}", "dim" if not stage.span else ""))
        if stage.inputs:
            view.line(f"    from: {', '.join(_input(*read, currency) for read in stage.inputs)}")
        if stage.note:
            view.line(f"    note: {stage.note}")


def _input(name: str, value: str, currency: str | None) -> str:
    """What a stage read; the currency of the plan is said once, above."""
    return f"{name} {value.removesuffix(f' {currency}')}"


def _stand(climb: Climb | None, currency: str | None, view: Screen) -> None:
    if climb is not None:
        view.line()
        view.line(f"  {sentence(climb, currency)}")


def _lines(lines: list[Line], currency: str | None, view: Screen) -> None:
    if not lines:
        return
    view.line()
    view.line((f"  {plural(len(lines), 'line')}", "bold"))
    for line in lines[:MOST_LINES]:
        view.line(f"  {_line(line, currency)}", (f"  {line.place}", "dim"))
        for part in line.parts:
            earned = money(part.amount * part.rate, currency)
            rate = percent(part.rate)
            view.line(
                f"      tier {part.tier + 1}: {money(part.amount, currency)} at {rate} is {earned}"
            )
    if len(lines) > MOST_LINES:
        view.line(
            (f"  and {plural(len(lines) - MOST_LINES, 'line')} more; `--line ID` shows one", "dim")
        )


def _line(line: Line, currency: str | None) -> str:
    told = [f"{line.day} {line.event}".rstrip(), SALES.get(line.kind, line.kind)]
    told.append(f"credit {money(line.credit, currency)}" if line.kind != "true-up" else "")
    if line.earned is not None and line.kind != "lowered":
        told.append(f"earned {money(line.earned, currency)}")
    if line.share is not None:
        told.append(f"its share of what is paid {money(line.share, currency)}")
    return ", ".join(part for part in told if part)


def _moves(movements: list[Movement], currency: str | None, view: Screen) -> None:
    if not movements:
        return
    view.line()
    view.line(("  Held, released and reversed", "bold"))
    for m in movements:
        day = f" on {m.day}" if m.day else ""
        what = MOVED.get(m.kind, m.kind)
        view.line(f"  {m.event} (counted in {m.counted}) {what}{day}: {signed(m.amount, currency)}")
