"""A report made up for tests, with everything that is hard to write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from engine.commission.runs import FEBRUARY, MARCH, statement
from remit_api.pay.report import PlanNote, Report
from remit_engine.commission.climb import Climb, Rung
from remit_engine.commission.closed.changes import Change
from remit_engine.commission.closed.closing import Difference, Version
from remit_engine.commission.statement import Movement, Uncounted
from remit_engine.storage.runs import RunHead

F = Fraction
DIGEST = "ab12cd34" * 8
ATTACK = "=cmd|' /C calc'!A0"
SCRIPT = "<script>alert(1)</script>"


def climb(kind: str = "marginal", position: int = 48_000, quota: int | None = 50_000) -> Climb:
    """Somebody on a scale with bounds at 80, 100 and 120 % of 50,000."""
    low, middle, high = F(40_000), F(50_000), F(60_000)
    rungs = (
        Rung("up to 80%", None, low, F(1, 100)),
        Rung("up to 100%", low, middle, F(15, 1000)),
        Rung("up to 120%", middle, high, F(22, 1000)),
        Rung("over", high, None, F(3, 100)),
    )
    at = sum(position > bound for bound in (low, middle, high))
    against = None if quota is None else ("quota", F(quota))
    return Climb("earned", kind, "period", "credit", F(position), against, "money", rungs, at)


def report(**changed: object) -> Report:
    """Two people, one with a name that attacks; a difference, a fault, something uncounted."""
    ann = statement("pay.field", "王小明", MARCH, "4812.35", {"S1": F("48123.50"), ATTACK: F(1, 3)})
    moved = Movement("S1", "held", MARCH, F("-12.30"), None)
    ann = replace(ann, movements=(moved,))
    bad = statement("pay.field", SCRIPT, MARCH, None, {"S2": 5}, fault="no quota & no hope")
    old, new = Version(1, DIGEST, date(2026, 4, 1)), Version(2, DIGEST, date(2026, 5, 2))
    change = Change("line", "S0", "credit", None, F(500))
    late = Difference("pay.field", "王小明", FEBRUARY, MARCH, F("-50"), old, new, None, (change,))
    made = Report(
        RunHead(2, MARCH, DIGEST, date(2026, 5, 2), "data", "python", {"pay.field": "CNY"}),
        {"pay.field": PlanNote("pay.field", "Field sales 一线销售", "CNY")},
        (ann, bad),
        (late,),
        (Uncounted("pay.field", "S9", "sale.csv:9", "+1 more", True),),
        {("pay.field", "王小明"): climb()},
    )
    return replace(made, **changed)  # type: ignore[arg-type]
