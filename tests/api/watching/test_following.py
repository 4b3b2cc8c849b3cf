"""A watcher fed from lines, as days go by."""

from __future__ import annotations

from datetime import date

from engine.watch.following import on_customer, seen
from remit_api.watching.following import Following
from remit_api.watching.lines import Line


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    following = Following(on_customer("full: when exposure over credit_line notify board"))
    following.take([], date(2026, 3, 2))
    line = Line(1, 0, seen("2026-03-01", exposure=2, credit_line=1))
    (happening,) = following.take([line], date(2026, 3, 1))
    assert (happening.alert.rule, happening.alert.late) == ("w.c.full", True)
    assert following.watcher.today == date(2026, 3, 2)
