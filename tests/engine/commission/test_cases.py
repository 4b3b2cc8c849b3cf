"""Known answers of pay, every back end (`tests/cases/pay/README.md`)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

import pytest

from engine.asking import loaded
from engine.commission.pay_cases import PAY, PayCase, Row, number, read_pay_cases
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.scorecard import Score, score
from remit_engine.commission.reading.assembly import read_dataset
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.table import Chunk, Table
from remit_engine.commission.reference import run
from remit_engine.commission.statement import AMOUNTS, Line, Run, Statement
from remit_engine.commission.targets.allocation import allocate
from remit_engine.commission.targets.allocation_result import Allocated
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

CASES = read_pay_cases()
PUBLIC = [case for case in CASES if "origin" in case.header]
BACK_ENDS: dict[str, Callable[[Model, Dataset, Sequence[str], Period], Run]] = {"reference": run}
KEYS = ("plan", "person", "period")


def with_rows(*kinds: str) -> pytest.MarkDecorator:
    """The cases that expect something of these kinds."""
    chosen = [case for case in CASES if any(case.rows(kind) for kind in kinds)]
    return pytest.mark.parametrize("case", chosen, ids=lambda c: f"{c.file}: {c.title}")


def read(case: PayCase) -> tuple[Model, Dataset]:
    """The checked policy of a case, and its data; what is wrong with either is a failure."""
    model = lower(loaded(case.policy))
    if not case.tables:
        return model, Dataset({}, {})
    findings = Findings()
    tables = {name: _table(name, text) for name, text in case.tables.items()}
    data = read_dataset(tables, None, model, case.title, findings)
    assert not findings.faults, "\n".join(map(str, findings.faults))
    return model, data


def _table(name: str, text: str) -> Table:
    columns, *rows = csv.reader(text.splitlines())
    return Table(f"{name}.csv", tuple(columns), iter([Chunk(range(2, len(rows) + 2), rows)]))


# --- what is paid ----------------------------------------------------------------------------


@pytest.mark.parametrize("back_end", BACK_ENDS)
@with_rows("statements", "lines", "uncounted")
def test_what_is_paid(case: PayCase, back_end: str) -> None:
    model, data = read(case)
    made = _runs(case, model, data, back_end)
    wrong = [
        *(w for row in case.rows("statements") for w in _statement(row, _made(row, model, made))),
        *(w for row in case.rows("lines") for w in _line(row, _made(row, model, made))),
        *(w for row in case.rows("uncounted") for w in _uncounted(row, made)),
    ]
    assert not wrong, "\n".join(wrong)


def _runs(case: PayCase, model: Model, data: Dataset, back_end: str) -> list[Run]:
    """One run for each kind of period, through the last period that the case speaks of."""
    spoken = [Period.parse(r["period"]) for k in ("statements", "lines") for r in case.rows(k)]
    through: dict[str, Period] = {}
    for period in spoken:
        assert period is not None
        through[period.kind] = max(period, through.get(period.kind, period))
    plans = model.program.plans.values()
    return [
        BACK_ENDS[back_end](model, data, [p.name for p in plans if p.period == kind], last)
        for kind, last in through.items()
    ]


def _made(row: Row, model: Model, runs: Sequence[Run]) -> Statement | None:
    """The statement that a row speaks of; the plan need not be named where there is one."""
    plans = {p.short: name for name, p in model.program.plans.items()}
    plan = plans[row["plan"]] if "plan" in row else next(iter(plans.values()))
    assert "plan" in row or len(plans) == 1, "name the plan"
    period = Period.parse(row["period"])
    assert period is not None
    found = [r.statements.get((plan, row["person"], period)) for r in runs]
    return next((statement for statement in found if statement is not None), None)


def _statement(row: Row, made: Statement | None) -> Iterator[str]:
    if made is None:
        yield f"{_place(row)}: there is no statement"
        return
    if made.fault != (row.get("fault") or None):
        yield f"{_place(row)}: fault {made.fault}"
    for name, written in _told(row, (*KEYS, "fault")):
        found = made.amounts[name] if name in AMOUNTS else made.steps[name]
        yield from _differs(f"{_place(row)} {name}", written, found)


def _line(row: Row, made: Statement | None) -> Iterator[str]:
    where = f"{_place(row)} {row['event']}"
    lines = [] if made is None else [line for line in made.lines if line.event == row["event"]]
    if len(lines) != 1:
        yield f"{where}: {len(lines)} lines"
        return
    for name, written in _told(row, (*KEYS, "event")):
        yield from _differs(f"{where} {name}", written, _of_line(lines[0], name))


def _of_line(line: Line, name: str) -> Fraction | None:
    return {"credit": line.credit, "earned": line.earned, "share": line.share}[name]


def _uncounted(row: Row, runs: Sequence[Run]) -> Iterator[str]:
    reasons = [
        u.reason
        for run in runs
        for u in run.uncounted
        if u.event == row["event"] and row.get("plan", "") in u.plan
    ]
    if not any(row["reason"] in reason for reason in reasons):
        yield f"{row['event']} is not uncounted for `{row['reason']}`: {reasons}"


# --- scores and targets ------------------------------------------------------------------------


@with_rows("scores")
def test_what_is_scored(case: PayCase) -> None:
    model, data = read(case)
    wrong = [w for row in case.rows("scores") for w in _score(row, model, data)]
    assert not wrong, "\n".join(wrong)


def _score(row: Row, model: Model, data: Dataset) -> Iterator[str]:
    cards = {_short(card.name): card for card in model.program.scorecards.values()}
    period = Period.parse(row["period"])
    assert period is not None
    made = score(model, cards[row["scorecard"]], data, row["person"], period)
    if made.fault:
        yield f"{_place(row)}: fault {made.fault}"
    for name, written in _told(row, ("scorecard", "person", "period")):
        yield from _differs(f"{_place(row)} {name}", written, _of_score(made, name))


def _of_score(made: Score, name: str) -> Fraction | None:
    """The score, or what an item counts."""
    return {"score": made.value, **{i.name: i.counted for i in made.items}}[name]


@with_rows("targets")
def test_what_is_allocated(case: PayCase) -> None:
    model, data = read(case)
    made = {_short(a.name): allocate(model, a, data) for a in model.program.allocations.values()}
    wrong = [w for row in case.rows("targets") for w in _target(row, made[row["allocation"]])]
    assert not wrong, "\n".join(wrong)


def _target(row: Row, made: Allocated) -> Iterator[str]:
    """A total over everything that the row leaves open."""
    asked = [row.get(axis.name) for axis in made.axes]
    found = [
        amount
        for (period, places), amount in made.cells.items()
        if (not row.get("period") or str(period) == row["period"])
        and all(not a or a == _short(p) for a, p in zip(asked, places, strict=True))
    ]
    place = " ".join(filter(None, [row["allocation"], row.get("period"), *map(str, asked)]))
    yield from _differs(place, row["amount"], sum(found) if found else None)


# --- telling -----------------------------------------------------------------------------------


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _place(row: Row) -> str:
    return " ".join(row[key] for key in KEYS if row.get(key))


def _told(row: Mapping[str, str], keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a row expects, by name; an empty cell expects nothing."""
    return ((name, cell) for name, cell in row.items() if name not in keys and cell)


def _differs(where: str, written: str, found: Fraction | int | None) -> Iterator[str]:
    if found != number(written):
        shown = "nothing" if found is None else f"{float(found):.6f} ({found})"
        yield f"{where}: expected {written}, found {shown}"


# --- the cases themselves ------------------------------------------------------------------------


def test_there_are_enough_cases_and_each_has_its_origin() -> None:
    assert len(PUBLIC) >= 45
    assert len(CASES) - len(PUBLIC) >= 10
    assert len({(case.file, case.title) for case in CASES}) == len(CASES)
    assert not [c.title for c in CASES if ("origin" in c.header) == ("own" in c.header)]
    assert not [c.title for c in PUBLIC if "printed" not in c.header]
    assert not [c.title for c in CASES if not any(c.expected.values())]


def test_the_table_of_origins_names_every_public_case() -> None:
    listed = (PAY / "README.md").read_text("utf-8")
    missing = [c.title for c in PUBLIC if f"| {c.file} | {c.title} |" not in listed]
    assert not missing, missing
