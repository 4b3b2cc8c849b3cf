"""What is counted about rows with many entries is kept, and never stale."""

from __future__ import annotations

import random
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.watch.following import day, on_customer, row, tell
from engine.watch.random_logs import FEWER, entries, on, shuffled
from engine.watch.streams import house_and_stream
from engine.watch.test_equality import Naively, compare
from engine.watch.test_late import fresh
from remit_engine.watch import accumulators, row_counters
from remit_engine.watch.plain import Plain
from remit_engine.watch.rulesets import rulesets

UNPAID = "when an Invoice stays sum of Payment.amount < amount 2 days after due notify board"


def payments(number: int) -> list[dict[str, Any]]:
    return [row("Payment", "03-05", f"y{n}", invoice="i1", amount=1) for n in range(number)]


def test_a_row_with_many_entries_is_not_counted_anew_at_each(monkeypatch) -> None:
    weighed: list[object] = []
    take = accumulators.Counter._take

    def counting(self, weight, sign):
        weighed.append(weight)
        return take(self, weight, sign)

    monkeypatch.setattr(accumulators.Counter, "_take", counting)
    w = on_customer(UNPAID)
    tell(w, "03-04", row("Invoice", "03-01", "i1", due="2026-03-01", amount=900))
    assert tell(w, "03-05", *payments(899)) == []
    assert len(weighed) < 3_000
    told = tell(w, "03-05", row("Payment", "03-05", invoice="i1", amount=1))
    assert told == ["03-05 cleared c.1 c-1/i1"]


@FEWER
@given(seed=st.integers(0, 2**32))
def test_whether_it_is_kept_or_not_is_the_same(seed: int) -> None:
    rng = random.Random(seed)
    log = entries(rng, 20, rng.randint(3, 60))
    log = shuffled(rng, log) if rng.random() < 0.5 else sorted(log, key=on)
    anew, kept = fresh(), fresh()
    said = anew.tell(log, day("03-28"))
    few, row_counters.FEW = row_counters.FEW, 0
    try:
        assert kept.tell(log, day("03-28")) == said
    finally:
        row_counters.FEW = few


def test_it_is_what_the_naive_reading_says(monkeypatch) -> None:
    monkeypatch.setattr(row_counters, "FEW", 0)
    for seed in range(8_000, 8_006):
        house, steps = house_and_stream(Random(seed))
        compare(Naively(house), steps, Plain(rulesets(house.model.program)), True)
