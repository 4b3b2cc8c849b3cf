"""The ledger on SQLite in memory, in a file, and on PostgreSQL: judging, counting, recording."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sql
from sqlalchemy.exc import OperationalError

from engine.storage.ledgers import (
    DAY,
    HOUSE,
    LATER,
    court,
    ledger,
    month_of,
    on,
    outcomes,
    pending,
)
from engine.storage.stores import store
from remit_engine.decision import Outcome
from remit_engine.explanation.wire import decision_to_json
from remit_engine.storage import audit, history, tables
from remit_engine.storage import ledger as ledgers
from remit_engine.storage.canonical import canonical
from remit_engine.storage.entries import GENESIS
from remit_engine.storage.faults import Conflict, KeyReused, NotKept, Superseded, Unmeasured
from remit_engine.storage.history import Wanted
from remit_engine.storage.ledger import Ledger, Recorded, Refused
from remit_engine.storage.opening import reading, writing


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kept(request, tmp_path):
    with store(request.param, tmp_path) as opened:
        yield opened


def verified(kept):
    with reading(kept) as connection:
        return audit.verified(connection)


def used(kept, **where):
    c = tables.consumption.c
    with reading(kept) as connection:
        asked = sql.select(c.amount).where(*(c[k] == v for k, v in where.items()))
        return sum(connection.scalars(asked), Fraction(0))


def test_each_request_sees_the_totals_of_those_before_it(kept):
    book = ledger(kept)
    found = book.record([pending("mo", 6_000), pending("mo", 3_000), pending("mo", 2_000)], court())
    assert outcomes(found) == ["permit", "permit", "escalate"]
    assert [month_of(f) for f in found] == [0, 6_000, 9_000]
    assert outcomes(book.record([pending("mo", 1_000), pending("mo", 1)], court())) == [
        "permit",
        "escalate",
    ]
    again = Ledger(kept)  # another process, which remembers nothing
    assert outcomes(again.record([pending("mo", 1), pending("max", 1)], court())) == [
        "escalate",
        "permit",
    ]
    assert not verified(kept).broken


def test_an_amount_below_zero_refills_no_limit(kept):
    book = ledger(kept)
    asked = [pending("mo", n) for n in (9_000, -40_000, 2_000, 1_000, 1)]
    found = book.record(asked, court())
    assert outcomes(found) == ["permit", "permit", "escalate", "permit", "escalate"]
    assert [month_of(f) for f in found] == [0, 9_000, 9_000, 9_000, 10_000]
    below = found[1]
    assert isinstance(below, Recorded)
    answer = json.loads(below.entry.answer)
    left = [(t["remaining_before"]["text"], t["remaining_after"]["text"]) for t in answer["totals"]]
    assert left == [("1,000.00 CNY", "1,000.00 CNY")]
    assert below.entry.consumed == 0
    with writing(kept) as connection:
        book.reverse(connection, below.entry.id, caller="dee", reason="a slip", day=DAY)
    assert outcomes(book.record([pending("mo", 1)], court())) == ["escalate"]
    assert not verified(kept).broken


def test_a_row_says_everything(kept):
    asked = pending("mo", Decimal("12.5"))
    (found,) = ledger(kept).record([asked], court())
    assert isinstance(found, Recorded)
    with reading(kept) as connection:
        entry = history.entry(connection, found.entry.id)
    assert entry == found.entry
    assert (entry.seq, entry.previous, entry.day, entry.revision) == (1, GENESIS, DAY, 0)
    assert (entry.caller, entry.actor, entry.action, entry.verb) == (
        "mo",
        "mo",
        "house.pay",
        "approve",
    )
    assert (entry.consumed, entry.unit) == (Fraction("12.5"), "money CNY")
    assert (entry.authority, entry.counted) == ("person mo", DAY)
    assert json.loads(entry.answer)["outcome"] == "permit"
    assert json.loads(entry.request)["facts"]["amount"] == 12.5
    assert json.loads(entry.keys)["vendor.id"] == '"V1"'
    assert json.loads(entry.totals) == {"person mo": {"month": "0"}}
    assert entry.policy == HOUSE.compiled.decide(asked.request).policy.digest
    assert entry.made == "2026-03-15T12:00:00.000000+00:00"


def test_only_permits_use_up(kept):
    book = ledger(kept)
    asked = [pending("mo", 9_001), pending("mo", "missing"), pending("mo", 10_000)]
    assert outcomes(book.record(asked, court())) == ["escalate", "incomplete", "escalate"]
    assert used(kept) == 0
    (found,) = book.record([pending("mo", 9_000)], court())
    assert month_of(found) == 0


def test_a_decision_for_another_uses_up_the_others_total(kept):
    book = ledger(kept)
    lent = book.record([pending("ann", 8_000)], court())
    assert isinstance(lent[0], Recorded)
    assert json.loads(lent[0].entry.answer)["on_behalf_of"] == "mo"
    assert lent[0].entry.authority == "person mo"
    found = book.record([pending("mo", 2_001), pending("ann", 300), pending("mo", 2_000)], court())
    assert outcomes(found) == ["escalate", "permit", "permit"]
    own = [f for f in found if isinstance(f, Recorded) and f.entry.actor == "ann"]
    assert own[0].entry.authority == "person ann"


def test_a_position_without_a_person_counts_for_the_position(kept):
    book = ledger(kept)
    found = book.record([pending("manager", 9_000), pending("manager", 1_001)], court())
    assert outcomes(found) == ["permit", "escalate"]
    assert outcomes(book.record([pending("mo", 9_000)], court())) == ["permit"]


def test_verbs_are_counted_apart(kept):
    may = date(2026, 5, 1)  # nothing is lent then
    used_up = [pending("ann", 700, verb="recommend", on=may), pending("ann", 300, on=may)]
    more = [pending("ann", 1, verb="recommend", on=may), pending("ann", 1, on=may)]
    found = ledger(kept).record([*used_up, *more], court())
    assert outcomes(found) == ["permit", "permit", "deny", "escalate"]


def test_a_period_ends(kept):
    book = ledger(kept)
    end, next_day = date(2026, 3, 31), date(2026, 4, 1)
    asked = [on(pending("mo", 9_000), end), on(pending("mo", 2_000), next_day)]
    assert outcomes(book.record(asked, court())) == ["permit", "permit"]


def test_a_sum_over_days_counts_what_anybody_decided(kept):
    book = ledger(kept)
    first = [pending("mo", 600, "rent"), pending("max", 401, "rent"), pending("max", 400, "rent")]
    assert outcomes(book.record(first, court())) == ["permit", "escalate", "permit"]
    last, after = DAY + timedelta(days=59), DAY + timedelta(days=60)
    later = [
        on(pending("max", 1, "rent"), last),
        on(pending("max", 1, "rent", vendor="V2"), last),
        on(pending("max", 1, "rent"), after),
    ]
    assert outcomes(book.record(later, court())) == ["escalate", "permit", "permit"]


def test_a_key_may_be_a_fact_of_who_decides(kept):
    book = ledger(kept)
    vendors = [pending("mo", 900, "rent", vendor=f"V{n}") for n in range(2)]
    found = book.record([*vendors, pending("max", 900, "rent", vendor="V3")], court())
    assert outcomes(found) == ["permit", "escalate", "permit"]
    assert not verified(kept).broken


def test_a_total_that_a_later_text_keeps_counts_what_was_before(kept):
    book = ledger(kept)
    before = [pending("mo", 1_500), pending("dee", 400), pending("max", 400, vendor=None)]
    assert outcomes(book.record(before, court())) == ["permit"] * 3
    asked = [pending("max", 101, house=LATER), pending("max", 100, house=LATER)]
    assert outcomes(book.record(asked, court(LATER))) == ["escalate", "permit"]
    back = [pending("dee", 5)]  # the old text does not keep that total: it is counted all the same
    assert outcomes(book.record(back, court())) == ["permit"]
    assert outcomes(book.record([pending("max", 1, house=LATER)], court(LATER))) == ["escalate"]
    assert not verified(kept).broken


def test_those_without_the_fact_count_together(kept):
    book = ledger(kept)
    nobody = [pending("mo", 1_500, vendor=None, house=LATER) for _ in range(2)]
    assert outcomes(book.record(nobody, court(LATER))) == ["permit", "escalate"]


def test_totals_in_the_request_are_not_believed(kept):
    asked = pending("mo", 9_000)
    lie = replace(asked.request, totals={"month": Fraction(-10_000)})
    found = ledger(kept).record([asked, replace(asked, request=lie)], court())
    assert outcomes(found) == ["permit", "escalate"]


def test_what_cannot_be_measured_is_not_recorded_where_totals_are_kept(kept):
    book = ledger(kept)
    refused, other = book.record([pending("dee", "missing"), pending("dee", 1)], court())
    assert isinstance(refused, Refused)
    assert isinstance(refused.fault, Unmeasured)
    assert refused.fault.help == "state `amount`"
    assert isinstance(other, Recorded)
    assert other.entry.seq == 1


def test_an_action_that_measures_nothing_is_recorded(kept):
    found = ledger(kept).record([pending("ann", "house", "visit")], court())
    assert outcomes(found) == ["permit"]
    assert not verified(kept).broken


def test_one_that_fails_leaves_the_others(kept):
    broken = pending("mo", 1)
    broken = replace(broken, request=replace(broken.request, action="house.nothing"))
    found = ledger(kept).record([pending("mo", 1), broken, pending("mo", 2)], court())
    assert outcomes(found) == ["permit", "KeyError", "permit"]
    assert verified(kept).rows == 2


def test_a_store_that_fails_keeps_nothing_and_is_believed_again(kept, monkeypatch):
    book = ledger(kept)
    book.record([pending("mo", 1_000)], court())

    def fail(*_):
        raise OperationalError("insert", {}, Exception("the disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr(ledgers.entries, "insert", fail)
        with pytest.raises(OperationalError):
            book.record([pending("mo", 9_000)], court())
    assert verified(kept).rows == 1
    assert outcomes(book.record([pending("mo", 9_000), pending("mo", 1)], court())) == [
        "permit",
        "escalate",
    ]


def test_a_transaction_given_up_leaves_no_trace_in_memory(kept):
    book = ledger(kept)

    def given_up():
        with writing(kept) as connection:
            book.record_in(connection, [pending("mo", 9_000)], court())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        given_up()
    assert outcomes(book.record([pending("mo", 9_000)], court())) == ["permit"]
    assert not verified(kept).broken


def test_another_revision_judges_nothing(kept):
    with pytest.raises(Superseded) as caught:
        ledger(kept).record([pending("mo", 1)], court(revision=7))
    assert caught.value.revision == 0
    assert verified(kept).rows == 0


def test_a_key_gets_its_first_answer_again(kept):
    book = ledger(kept)
    first, twice = book.record([pending("mo", 5, key="k"), pending("mo", 5, key="k")], court())
    assert isinstance(first, Recorded)
    assert isinstance(twice, Recorded)
    assert (first.replayed, twice.replayed) == (False, True)
    assert twice.entry == first.entry
    (later,) = Ledger(kept).record([pending("mo", 5, key="k")], court())
    assert isinstance(later, Recorded)
    assert (later.entry, later.replayed) == (first.entry, True)
    other, another = book.record([pending("mo", 6, key="k"), pending("dee", 6, key="k")], court())
    assert isinstance(other, Refused)
    assert isinstance(other.fault, KeyReused)
    assert isinstance(another, Recorded)
    assert not another.replayed
    assert verified(kept).rows == 2


def test_a_reversal_gives_back_once(kept):
    book = ledger(kept)
    (found,) = book.record([on(pending("mo", 9_000), date(2026, 3, 2))], court())
    assert isinstance(found, Recorded)
    with writing(kept) as connection:
        row = book.reverse(connection, found.entry.id, caller="dee", reason="withdrawn", day=DAY)
    assert (row.seq, row.kind, row.consumed) == (2, "reversal", -9_000)
    assert (row.counted, row.day) == (date(2026, 3, 2), DAY)
    assert outcomes(book.record([pending("mo", 9_000)], court())) == ["permit"]
    with writing(kept) as connection:
        with pytest.raises(Conflict, match="was reversed before"):
            book.reverse(connection, found.entry.id, caller="dee", reason="again", day=DAY)
        with pytest.raises(Conflict, match="it is no permit"):
            book.reverse(connection, row.id, caller="dee", reason="again", day=DAY)
        with pytest.raises(NotKept):
            book.reverse(connection, "dec_no", caller="dee", reason="again", day=DAY)
        assert history.reversal_of(connection, found.entry.id) == row
    assert not verified(kept).broken


def test_a_replay_asks_with_the_totals_of_its_day(kept):
    book = ledger(kept)
    asked = [pending("ann", 250), pending("ann", 250), pending("ann", 9_500), pending("mo", 9_000)]
    found = book.record(asked, court())
    assert outcomes(found) == ["permit", "permit", "escalate", "permit"]
    for each in found:
        assert isinstance(each, Recorded)
        request = history.request_of(each.entry, HOUSE.model, HOUSE.directory)
        for house in (HOUSE.compiled, HOUSE.reference):
            assert canonical(decision_to_json(house.decide(request))) == each.entry.answer


def test_pages_and_filters(kept):
    book = ledger(kept)
    for n in range(3):
        book.record([pending("mo", n + 1), pending("ann", 1), pending("dee", 9_500)], court())
    with reading(kept) as connection:
        first = history.page(connection, limit=4)
        second = history.page(connection, before=first[-1].seq, limit=4)
        rest = history.page(connection, before=second[-1].seq, limit=4)
        assert [e.seq for e in (*first, *second, *rest)] == list(range(9, 0, -1))

        def seqs(**wanted):
            return [e.seq for e in history.page(connection, Wanted(**wanted), limit=99)]

        assert seqs(actor="mo") == [7, 4, 1]
        assert seqs(person="caller") == [8, 5, 2]
        assert seqs(outcome=Outcome.PERMIT.value, since=DAY, until=DAY) == list(range(9, 0, -1))
        assert seqs(since=DAY + timedelta(days=1)) == []
        assert seqs(action="house.visit") == []


def test_many_at_once_use_up_exactly_what_was_permitted(kept):
    book = ledger(kept)

    def ask(n):
        return outcomes(book.record([pending("mo", 70), pending("dee", n + 1)], court()))

    with ThreadPoolExecutor(64) as pool:
        found = [outcome for answers in pool.map(ask, range(200)) for outcome in answers]
    with reading(kept) as connection:
        rows = history.page(connection, limit=1_000)
    permits = sum((r.consumed for r in rows if r.consumed is not None), Fraction(0))
    assert found.count("permit") == sum(r.outcome == "permit" for r in rows)
    assert sum(r.authority == "person mo" for r in rows) == 10_000 // 70
    assert used(kept, dimension="") == permits
    assert not verified(kept).broken
