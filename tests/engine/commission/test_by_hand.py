"""The first statements: sales credited to a seller, a scale, a step. Plans built from nodes."""

from __future__ import annotations

from fractions import Fraction

from engine.commission.hands import (
    constant,
    dataset,
    fact,
    model,
    payable,
    plan,
    sale,
    scale,
    statements,
    stretch,
    times,
)
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reference import run

TIERS = (("up to", "1000", "0.01"), ("up to", "2000", "0.02"), ("over", None, "0.03"))


def test_a_rate_on_the_credit_of_a_month() -> None:
    p = plan(payable(times(fact("credit"), constant("0.05"))))
    data = dataset(
        [sale("1", "2026-01-05", "100.10"), sale("2", "2026-01-31", "200")], [stretch("ann")]
    )
    found = statements(p, data, "2026-02")
    assert found["ann", "2026-01"].amounts["credit"] == Fraction("300.10")
    assert found["ann", "2026-01"].due == Fraction("15.01")  # 15.005, half up
    assert found["ann", "2026-02"].due == 0


def test_a_marginal_scale_starts_anew_each_month() -> None:
    p = plan(scale("marginal", *TIERS), payable(fact("earned")))
    data = dataset(
        [
            sale("b", "2026-01-05", "1500"),
            sale("a", "2026-01-05", "900"),
            sale("c", "2026-02-01", "1000"),
        ],
        [stretch("ann")],
    )
    found = statements(p, data, "2026-02")
    january = found["ann", "2026-01"]
    # a first (same day, id in order): 900 at 1 %; b: 100 at 1 %, 1000 at 2 %, 400 at 3 %
    assert [(line.event, line.earned) for line in january.lines] == [("a", 9), ("b", 33)]
    assert january.due == 42
    assert found["ann", "2026-02"].due == 10


def test_a_quarter_to_date_goes_on_from_where_it_was() -> None:
    p = plan(scale("marginal", *TIERS, over="quarter to date"), payable(fact("earned")))
    rows = [sale(m, f"2026-0{m}-10", "900") for m in "1234"]
    found = statements(p, dataset(rows, [stretch("ann")]), "2026-04")
    # 0-900: 9; 900-1800: 1 + 16; 1800-2700: 4 + 21; April begins a quarter: 9
    assert [found["ann", f"2026-0{m}"].due for m in "1234"] == [9, 17, 25, 9]


def test_a_missing_fact_is_a_fault_of_its_row_alone() -> None:
    p = plan(payable(times(fact("credit"), constant("0.05"))))
    rows = [sale("1", "2026-01-05", "100"), sale("2", "2026-01-06", None)]
    found = run(model(p), dataset(rows, [stretch("ann")]), [p.name], Period("month", 2026 * 12))
    assert [s.due for s in found.statements.values()] == [5]
    (missing,) = found.uncounted
    assert missing.fault
    assert not found.sound
    assert missing.reason == "the credit needs `net`, which is not given"
