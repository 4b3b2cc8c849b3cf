"""Watches and duties of the syntax tree."""

from __future__ import annotations

from typing import Any

from remit_dsl.lexing import numerals
from remit_dsl.lexing.tokens import Token
from remit_dsl.parsing.build_expressions import deep
from remit_dsl.parsing.build_parts import of_kind, one_of, place, text
from remit_dsl.syntax import (
    AtLeastOf,
    Comparison,
    Counted,
    CountOf,
    Duty,
    Evidenced,
    Expr,
    FollowedBy,
    Freeze,
    Frequency,
    Label,
    Literal,
    Name,
    Notify,
    QName,
    Raise,
    Ref,
    RequireStep,
    Stays,
    SumOf,
    Watch,
    WatchBecause,
    WatchItem,
    WatchPart,
    WatchRule,
    WatchSource,
    WatchUntil,
    WatchValue,
    Window,
)


def _number(token: Token) -> Literal:
    return numerals.literal(token.text, token.span)


class WatchBuilder:
    """One method a rule, see `tree_builder`."""

    # --- what is counted ---------------------------------------------------------------------

    def counted(self, c: list[Any]) -> Counted:
        """`by customer where (…) within 30 days`; nothing at all has no place of its own."""
        known = [part for part in c if part is not None]
        span = place(known) if known else None
        return Counted(span, one_of(Ref, c[:2]), self._where(c), one_of(Window, c))  # type: ignore[arg-type]

    def _where(self, c: list[Any]) -> Expr | None:
        return c[4] if len(c) > 4 else None

    def window(self, c: list[Any]) -> Window:
        """`within 30 days`, `within month`."""
        span = c[1].type == "SPAN_LITERAL"
        return Window(place(c), _number(c[1]) if span else None, None if span else c[1].text)

    def count_of(self, c: list[Any]) -> CountOf:
        """`count of Return …`."""
        return CountOf(place(_placed(c)), c[2], _counted(c))

    def sum_of(self, c: list[Any]) -> SumOf:
        """`sum of Return.amount …`."""
        return SumOf(place(_placed(c)), c[2], _counted(c))

    def at_least_of(self, c: list[Any]) -> AtLeastOf:
        """`3 Return …`."""
        return AtLeastOf(place(_placed(c)), _number(c[0]), c[1], _counted(c))

    def followed_by(self, c: list[Any]) -> FollowedBy:
        """`Complaint followed by Return …`."""
        first, second = of_kind(QName, c)
        return FollowedBy(place(_placed(c)), first, second, _counted(c))

    def stays(self, c: list[Any]) -> Stays:
        """`an Invoice stays C 60 days after due`."""
        condition = c[4]
        return Stays(
            place(_placed(c)), c[0].text, c[1], _counted(c), condition, _number(c[5]), c[7]
        )

    def compare_word(self, c: list[Any]) -> Expr:
        """`E over E`, `E at least E`."""
        words = " ".join(part.text for part in c[1:-1])
        node = Comparison(place(c), words, c[0], c[-1])
        return deep(node, c[1].reading, c[0], c[-1])

    # --- watch -------------------------------------------------------------------------------

    def watch(self, c: list[Any]) -> Watch:
        """`watch credit_usage "…" on Customer { … }`."""
        by = next((part for part in c[5:7] if isinstance(part, Ref)), None)
        return Watch(place(c), c[1], c[2], c[4], by, of_kind(WatchItem, c))

    def watch_value(self, c: list[Any]) -> WatchValue:
        """`usage = E`."""
        return WatchValue(place(c), c[0], None, c[2])

    def watch_value_of(self, c: list[Any]) -> WatchValue:
        """`unpaid of Invoice = E`."""
        return WatchValue(place(c), c[0], c[2], c[4])

    def watch_rule(self, c: list[Any]) -> WatchRule:
        """`near: when C notify …`."""
        return WatchRule(place(c), c[0], c[2], of_kind(WatchPart, c))

    def notify(self, c: list[Any]) -> Notify:
        """`notify a, b`."""
        return Notify(place(c), of_kind(QName, c))

    def freeze(self, c: list[Any]) -> Freeze:
        """`freeze credit_release by customer`."""
        return Freeze(place(c), of_kind(QName, c), *_pair(c))

    def require_step(self, c: list[Any]) -> RequireStep:
        """`require review by sales_director on order_acceptance by customer`."""
        return RequireStep(place(c), c[1], c[3], of_kind(QName, c[4:]), *_pair(c))

    def raise_alert(self, c: list[Any]) -> Raise:
        """`raise critical to finance_controller`."""
        return Raise(place(c), c[1], one_of(QName, c))

    def watch_until(self, c: list[Any]) -> WatchUntil:
        """`until C`."""
        return WatchUntil(place(c), c[1])

    def watch_because(self, c: list[Any]) -> WatchBecause:
        """`because "…"`."""
        return WatchBecause(place(c), c[1])

    def watch_source(self, c: list[Any]) -> WatchSource:
        """`source "…"`."""
        return WatchSource(place(c), text(c[1]))

    # --- duty --------------------------------------------------------------------------------

    def duty(self, c: list[Any]) -> Duty:
        """`duty summary "…": sales_manager reports to sales_director monthly by day 5 …`."""
        name, label = c[1] or (None, None)
        position, to = of_kind(QName, c)
        frequency = one_of(Frequency, c)
        assert frequency is not None
        return Duty(place(c), name, label, position, to, frequency, of_kind(WatchPart, c))

    def duty_name(self, c: list[Any]) -> tuple[Name, Label | None]:
        """`summary "…":`."""
        return c[0], c[1]

    def frequency(self, c: list[Any]) -> Frequency:
        """`daily`, `weekly by friday`, `monthly by day 5`."""
        day = one_of(Name, c)
        number = _number(c[3]) if len(c) > 3 else None
        return Frequency(place(c), c[0].text, day or number)

    def at_once(self, c: list[Any]) -> Frequency:
        """`at once after Incident by handler`."""
        return Frequency(place(c), "at once", None, one_of(QName, c), one_of(Ref, c))

    def evidenced(self, c: list[Any]) -> Evidenced:
        """`with Report by author where (…)`."""
        where = c[6] if len(c) > 6 else None
        return Evidenced(place(c), c[1], c[3], where)


def _placed(c: list[Any]) -> list[Any]:
    """The parts that have a place: an empty `counted` has none."""
    return [part for part in c if part is not None and part.span is not None]


def _counted(c: list[Any]) -> Counted:
    found = one_of(Counted, c)
    assert found is not None
    return found


def _pair(c: list[Any]) -> tuple[Ref | None, Ref | None]:
    """The fact of an action, and the field of the subject it is compared with."""
    refs = [*of_kind(Ref, c), None, None]
    return refs[0], refs[1]
