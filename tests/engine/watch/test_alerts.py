"""What an alert says: id, severity, owner, people, values compared."""

from __future__ import annotations

from engine.watch.following import HEAD, day, held, on_customer, people, row, seen, tell, watcher
from remit_engine.watch.alert import Alert, Compared
from remit_engine.watch.watcher import Watcher

FULL = """
  full: when exposure over 80% of credit_line and (region = east or not (note is given))
    notify sales_manager, board
    freeze credit_release
    raise critical to sales_director
    because "the line is used up" zh "额度已用完" source "credit policy 4"
"""


def begun(w: Watcher) -> Alert:
    (alert,) = w.alerts
    return alert


def test_everything_that_is_said() -> None:
    staff = people(
        ann=[held("sales_manager", "03-02")],
        bob=[held("sales_manager", None, "03-02")],
        cat=[held("board")],
        dan=[held("sales_director")],
    )
    w = on_customer(FULL, directory=staff)
    tell(w, "03-01", seen("03-01", exposure=80, credit_line=100, region="west", note=None))
    tell(w, "03-02", seen("03-02", exposure=81))
    alert = begun(w)
    assert (alert.rule, alert.watch, alert.kind) == ("w.c.full", "w.c", "watch")
    assert (alert.subject, alert.row) == ("c-1", None)
    assert (alert.began, alert.cleared, alert.late) == (day("03-02"), None, False)
    assert (alert.severity, alert.owner) == ("critical", "w.sales_director")
    assert alert.notify == ("w.sales_manager", "w.board")
    assert alert.people == ("Ann", "Cat")  # of that day
    assert [(r.kind, r.action, r.fact) for r in alert.restraints] == [
        ("freeze", "w.credit_release", ("customer", "id"))
    ]
    assert alert.because is not None
    assert alert.because.localized("zh") == "额度已用完"
    assert alert.source == "credit policy 4"
    assert alert.compared == (
        Compared("exposure over 80% of credit_line", "81.00 CNY", "80.00 CNY"),
        Compared("region = east", "west", "east"),
        Compared("note is given", "false", "true"),
    )


def test_what_was_not_known_is_none() -> None:
    w = on_customer("when exposure over 5 or credit_line under 5 notify board")
    tell(w, "03-01", seen("03-01", exposure=6))
    assert begun(w).compared == (
        Compared("exposure over 5", "6.00 CNY", "5.00 CNY"),
        Compared("credit_line under 5", None, "5.00 CNY"),
    )


def test_of_rows_the_days_come_first() -> None:
    w = on_customer("unpaid of Invoice = sum of Payment.amount < amount",
                    "when an Invoice stays unpaid 10 days after due notify board")  # fmt: skip
    tell(w, "03-12", row("Invoice", "03-01", "i", due="2026-03-01", amount=5))
    assert begun(w).compared == (
        Compared("10 days after due", "2026-03-12", "2026-03-01"),
        Compared("sum of Payment.amount < amount", "0.00 CNY", "5.00 CNY"),
    )


def test_info_and_the_first_notified_where_nothing_is_raised() -> None:
    w = on_customer("when exposure over 5 notify sales_manager, board")
    tell(w, "03-01", seen("03-01", exposure=6))
    assert (begun(w).severity, begun(w).owner) == ("info", "w.sales_manager")
    assert begun(w).people == ()


def test_ids_tell_crossings_apart_and_are_alike_for_the_same() -> None:
    def run(*extra: dict[str, object]) -> list[str]:
        w = on_customer(
            "a: when exposure over 5 notify board", "b: when exposure over 5 notify board"
        )
        first = {"kind": "Customer", "entry": "x", "on": "2026-03-02", "facts": {"exposure": 6}}
        w.tell([*extra, *({**first, "id": c, "entry": c} for c in ("c-1", "c-2"))], day("03-02"))
        return [alert.id for alert in w.alerts]

    ids = run()
    assert len(set(ids)) == 4
    assert run(seen("03-01", exposure=1), row("Complaint", "03-01")) == ids


def test_a_subject_crosses_twice_with_two_ids() -> None:
    w = on_customer("when exposure over 5 notify board")
    tell(w, "03-01", *(seen("03-01", exposure=e) for e in (6, 5, 6)))
    assert len({alert.id for alert in w.alerts}) == 2


def test_people_are_who_they_are_on_the_day() -> None:
    staff = people(ann=[held("sales_manager", None, "03-05"), held("board", "03-05")])
    w = watcher("watch s on Sale { when seller holds sales_manager notify board }", staff)
    sale = row("Sale", "03-01", "s", seller="ann", ship_to="east", account="c-1")
    assert tell(w, "03-04", sale) == ["03-01 begun s.1 s"]
    assert tell(w, "03-06") == ["03-05 cleared s.1 s"]


def test_dated_values_change_on_their_day() -> None:
    head = HEAD + "parameter line: money { from 2026-01-01 -> 10  from 2026-03-10 -> 5 }\n"
    w = on_customer("when exposure over line notify board", head=head)
    assert tell(w, "03-20", seen("03-01", exposure=6)) == ["03-10 begun c.1 c-1"]


def test_a_rule_holds_while_its_policy_is_in_force() -> None:
    head = HEAD.replace(
        "currency CNY }", "currency CNY  effective from 2026-03-05 until 2026-03-10 }"
    )
    w = on_customer(
        "a: when exposure over 5 notify board",
        "b: when exposure over 5 notify board until exposure under 3",
        "c: when an Invoice stays amount > 5 2 days after due notify board",
        head=head,
    )
    invoice = row("Invoice", "03-01", "i", due="2026-03-01", amount=6)
    assert tell(w, "03-20", seen("03-01", exposure=6), invoice) == [
        "03-05 begun c.a c-1",
        "03-05 begun c.b c-1",
        "03-05 begun c.c c-1/i",
        "03-10 cleared c.a c-1",
        "03-10 cleared c.b c-1",
        "03-10 cleared c.c c-1/i",
    ]
