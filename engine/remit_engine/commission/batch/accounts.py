"""Statements from what lines give: steps, floor and cap, what is held, advanced and due.

A frame has a row for each payee and period since he came into the plan. Amounts are whole cents.
What is not computable is NULL, and with it all that follows for the payee.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.pay import Cap, Draw, Plan, Scale
from remit_engine.commission.batch.curves import Curve, interpolated_rate
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.profiles import Calendar
from remit_engine.commission.batch.reading import OnStatements
from remit_engine.commission.batch.statement_forms import StatementForms
from remit_engine.commission.batch.tables import Points
from remit_engine.commission.batch.translate import Translator
from remit_engine.commission.batch.whole import Ratio, TooWide, Whole, literal, one_of
from remit_engine.compile.unsupported import Unsupported

SAME = "b.payee = t.payee AND b.period = t.period"


@dataclass(slots=True)
class Accounts:
    """Computes one plan's statements in a frame. Raises Unsupported."""

    plan: Plan
    frame: Frame
    source: OnStatements
    translator: Translator
    forms: StatementForms
    scales: Mapping[int, tuple[Curve | Points, int]]
    """of each step that is a scale on another amount: its columns, and the place of its base"""
    calendar: Calendar
    cents: int
    idle: str = "(active = 0 AND lines = 0)"
    steps: dict[str, Ratio] = field(default_factory=dict)

    def entitled(self, earned: Ratio | None) -> None:
        """Adds the columns `payable` and `entitled`. earned: the scale on credit."""
        for step, form in zip(self.plan.steps, self.forms.steps, strict=True):
            value = self._step(form, earned)
            self.steps[step.name] = self.source.facts[step.name] = self.frame.kept(value)
        payable = self._cents(self.source.facts["payable"], self.plan.steps[-1].value)
        sound = "sound = 1 AND nulls = 0"
        self._named("payable", one_of([(self.idle, literal(0)), (sound, payable)], None))
        amount = self.frame.column("payable")
        if self.forms.floor is not None:
            amount = self._larger(amount, self._written(self.forms.floor))
        if self.plan.cap is None or self.forms.cap is None:
            self._named("entitled", one_of([(self.idle, literal(0))], amount))
        elif self.plan.cap.per is None:
            most = self._smaller(amount, self._written(self.forms.cap))
            self._named("entitled", one_of([(self.idle, literal(0))], most))
        else:
            self._capped(amount, self._written(self.forms.cap), self.plan.cap)

    def _step(self, form: x.Expression | Scale, earned: Ratio | None) -> Ratio:
        if not isinstance(form, Scale):
            return self.translator.number(form)
        if form.base is None:
            if earned is None:
                raise Unsupported(form, TARGET)
            return earned
        try:
            return self._on_amount(form, self.frame.kept(self.translator.number(form.base)))
        except TooWide:
            raise Unsupported(form, TARGET) from None

    def _on_amount(self, scale: Scale, base: Ratio) -> Ratio:
        columns, position = self.scales[id(scale)]
        if isinstance(columns, Points):
            return base * self.frame.kept(interpolated_rate(columns.columns, columns.points, base))
        if base.under.known is None or position % base.under.known:
            raise Unsupported(scale, TARGET)
        (p,) = self.frame.keep(base.over * literal(position // base.under.known))
        return Ratio(columns.given(p), literal(columns.unit))

    # --- amounts ---------------------------------------------------------------------------

    def _cents(self, value: Ratio, node: x.Expression | Scale) -> Whole:
        if value.under.known is None or self.cents % value.under.known:
            raise Unsupported(node, TARGET)
        return value.over * literal(self.cents // value.under.known)

    def _written(self, e: x.Expression) -> Whole:
        """An amount, rounded half up to the cent."""
        value = self.translator.rounded(
            self.translator.number(e), "half up", Fraction(1, self.cents)
        )
        (kept,) = self.frame.keep(self._cents(value, e))
        return kept

    def _named(self, name: str, value: Whole) -> Whole:
        if value.wide:
            value = Whole(f"CAST({value.sql} AS BIGINT)", value.low, value.high)
        self.frame.add({name: value.sql})
        return self.frame.column(name)

    def _larger(self, a: Whole, b: Whole) -> Whole:
        (a,) = self.frame.keep(a)
        return one_of([(f"{a.sql} >= {b.sql}", a), (f"{a.sql} < {b.sql}", b)], None)

    def _smaller(self, a: Whole, b: Whole) -> Whole:
        (a,) = self.frame.keep(a)
        return one_of([(f"{a.sql} <= {b.sql}", a), (f"{a.sql} > {b.sql}", b)], None)

    def _capped(self, amount: Whole, most: Whole, cap: Cap) -> None:
        """A cap to date: period by period, with what was given before in the window."""
        (amount,) = self.frame.keep(amount)
        windows = [p.within(cap.per or "").index for p in self.calendar.periods]
        prefix, warehouse = f"{self.frame.table}_cap", self.frame.warehouse
        zero = "CAST(0 AS BIGINT)"
        made: list[str] = []
        for number, window in enumerate(windows):
            before = [made[i] for i, w in enumerate(windows[:number]) if w == window]
            given = " UNION ALL ".join(f"SELECT payee, entitled FROM {t}" for t in before)
            told = (
                f"(SELECT payee, CAST(SUM(entitled) AS BIGINT) AS given, "
                f"COUNT(*) - COUNT(entitled) AS nulls FROM ({given}) g GROUP BY payee)"
                if given
                else f"(SELECT payee, {zero} AS given, {zero} AS nulls FROM {self.frame.table} "
                f"WHERE period = {number})"
            )
            given_sql = f"COALESCE(g.given, {zero})"
            left = (
                f"(CASE WHEN {most.sql} > {given_sql} THEN {most.sql} - {given_sql} WHEN "
                f"{most.sql} <= {given_sql} THEN {zero} END)"
            )
            value = (
                f"CASE WHEN {self.idle} THEN {zero} WHEN COALESCE(g.nulls, {zero}) > 0 THEN NULL "
                f"WHEN {amount.sql} <= {left} THEN {amount.sql} WHEN {amount.sql} > "
                f"{left} THEN {left} END"
            )
            table = f"{prefix}_{number}"
            warehouse.create(
                table,
                f"SELECT b.payee, b.period, {value} AS entitled FROM {self.frame.table} b "
                f"LEFT JOIN {told} g ON g.payee = b.payee WHERE b.period = {number}",
            )
            made.append(table)
        self._joined(made, ("entitled",))

    def _joined(self, tables: list[str], names: tuple[str, ...]) -> None:
        """Columns from tables with a row for each payee, one table for each period."""
        shown = ", ".join(names)
        every = " UNION ALL ".join(f"SELECT payee, period, {shown} FROM {t}" for t in tables)
        more = ", ".join(f"b.{n}" for n in names)
        self.frame.replace(
            f"SELECT t.*, {more} FROM {self.frame.table} t JOIN ({every}) b ON {SAME}"
        )
        for table in tables:
            self.frame.warehouse.drop(table)

    # --- after holds -----------------------------------------------------------------------

    def moved(self, moves: str | None) -> None:
        """Adds `held`, `reversed` and `net`; moves: payee, period, held, reversed."""
        zero = "CAST(0 AS BIGINT)"
        if moves is None:
            self.frame.add({"held": zero, "reversed": zero, "returned": zero, "net": "entitled"})
            return
        self.frame.replace(
            f"SELECT t.*, COALESCE(b.held, {zero}) AS held, COALESCE(b.reversed, "
            f"{zero}) AS reversed, "
            f"CASE WHEN b.payee IS NULL THEN {zero} ELSE b.returned END AS returned, "
            f"t.entitled + COALESCE(b.held, {zero}) + COALESCE(b.reversed, {zero}) AS net "
            f"FROM {self.frame.table} t LEFT JOIN {moves} b ON {SAME}"
        )

    def due(self) -> None:
        """Adds `guarantee`, `advance`, `recovered`, `balance` and `due`."""
        self._guaranteed()
        if self.plan.draw is None:
            zero = "CAST(0 AS BIGINT)"
            self.frame.add({"advance": zero, "recovered": zero, "balance": zero})
        else:
            self._drawn(self.plan.draw)
        self.frame.add({"due": "net + guarantee + advance - recovered"})

    def _guaranteed(self) -> None:
        zero = "CAST(0 AS BIGINT)"
        plan = self.plan.guarantee
        if plan is None or self.forms.guarantee is None:
            self.frame.add({"guarantee": zero})
            return
        least = self._written(self.forms.guarantee).sql
        until = "" if plan.until_month is None else f" OR month > {plan.until_month}"
        self.frame.add({
            "guarantee": f"CASE WHEN active = 0{until} THEN {zero} WHEN {least} > net "
            f"THEN {least} - net WHEN {least} <= net THEN {zero} END"
        })  # fmt: skip

    def _drawn(self, draw: Draw) -> None:
        """Period by period, with what is owed before it."""
        if self.forms.draw is None:
            raise TypeError("a draw has an amount")
        zero, warehouse = "CAST(0 AS BIGINT)", self.frame.warehouse
        amount = self._written(self.forms.draw).sql
        most = None if self.forms.at_most is None else self._written(self.forms.at_most).sql
        until = "" if draw.until_month is None else f" AND month <= {draw.until_month}"
        self.frame.add({
            "runs": f"CASE WHEN active > 0{until} THEN 1 ELSE 0 END",
            "had": "net + guarantee",
            "most": "CAST(NULL AS BIGINT)" if most is None else most,
        })  # fmt: skip
        self.frame.add({"least": f"CASE WHEN runs = 1 THEN {amount} ELSE {zero} END"})
        prefix = f"{self.frame.table}_draw"
        made: list[str] = []
        for number in range(len(self.calendar.periods)):
            table = f"{prefix}_{number}"
            warehouse.create(table, self._one_draw(draw, number, made, most is not None))
            made.append(table)
        self._joined(made, ("advance", "recovered", "balance"))

    def _one_draw(self, draw: Draw, number: int, made: list[str], bounded: bool) -> str:
        zero = "CAST(0 AS BIGINT)"
        owed = f", {zero} AS owed FROM {self.frame.table} b"
        if made:
            owed = (
                f", CASE WHEN p.payee IS NULL THEN {zero} ELSE p.balance END AS owed "
                f"FROM {self.frame.table} b LEFT JOIN {made[-1]} p ON p.payee = b.payee"
            )
        rows = f"SELECT b.*{owed} WHERE b.period = {number}"
        room = (
            "(CASE WHEN had - least < owed THEN had - least WHEN had - least >= owed THEN owed END)"
        )
        if bounded:
            room = f"(CASE WHEN {room} < most THEN {room} WHEN {room} >= most THEN most END)"
        advance = (
            "CASE WHEN runs = 1 AND had < least THEN least - had WHEN had IS NULL OR "
            f"least IS NULL THEN NULL ELSE {zero} END"
        )
        back = f"CASE WHEN {room} > 0 THEN {room} WHEN {room} <= 0 THEN {zero} END"
        if not draw.recoverable:
            back = f"CASE WHEN most IS NULL THEN NULL ELSE {zero} END" if bounded else zero
        else:
            unbound = "most IS NULL OR " if bounded else ""
            back = (
                f"CASE WHEN {unbound}had IS NULL OR least IS NULL THEN NULL "
                f"WHEN (runs = 1 AND had < least) OR month < {draw.from_month} THEN {zero} "
                f"ELSE {back} END"
            )
        grown = "owed + advance - recovered" if draw.recoverable else "owed"
        return (
            f"SELECT d.payee, d.period, d.advance, d.recovered, {grown} AS balance FROM "
            f"(SELECT r.payee, r.period, r.owed, {advance} AS advance, {back} AS recovered "
            f"FROM ({rows}) r) d"
        )


__all__ = ["Accounts"]
