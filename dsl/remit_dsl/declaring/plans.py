"""Commission plans: from their items to checked plans."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.declaring.credit import credit
from remit_dsl.declaring.declarations import label, symbols
from remit_dsl.declaring.follow import Followings, date_field
from remit_dsl.declaring.places import PlanPlaces
from remit_dsl.declaring.pools import pool, rounding
from remit_dsl.declaring.scales import Places, on_credit, scale
from remit_dsl.diagnostics import Related, errors
from remit_dsl.expressions import Expression, Round
from remit_dsl.lexing.currencies import smallest
from remit_dsl.pay import (
    STATEMENT_NAMES,
    Cap,
    Draw,
    Guarantee,
    Hold,
    Plan,
    Pool,
    Quota,
    Reversal,
    Scale,
    Step,
)
from remit_dsl.program import Field
from remit_dsl.scope.pay_items import Items
from remit_dsl.scope.resolve import Symbol
from remit_dsl.scope.world import World
from remit_dsl.typecheck import UNKNOWN, retype, settle
from remit_dsl.types import PERCENT, RATIO

_CENT = Fraction(1, 100)
_RESERVED = frozenset({"payee", "as_of", "actor", "requester", *STATEMENT_NAMES})


def plans(world: World) -> dict[str, Plan]:
    """All plans without a fault."""
    found = {}
    for symbol in symbols(world, syntax.Commission):
        plan = _Draft.of(world, symbol).plan()
        if plan is not None:
            found[symbol.name] = plan
    return found


@dataclass(slots=True)
class _Draft:
    """One plan while it is checked."""

    places: PlanPlaces
    by: str | None = None

    @classmethod
    def of(cls, world: World, symbol: Symbol) -> _Draft:
        """The draft of a written plan."""
        node = symbol.node
        assert isinstance(node, syntax.Commission)
        items = Items(node, world.findings)
        code = items.one(syntax.PayCurrency)
        currency = code.code if code else world.scopes[symbol.policy].currency
        if currency is None:
            world.unpriced.add(symbol.policy)
        kind = "lines"
        if items.one(syntax.OnPlan):
            kind = "override"
        elif items.one(syntax.Pool):
            kind = "pool"
        return cls(PlanPlaces(world, symbol, items, kind, currency))

    @property
    def items(self) -> Items:
        """The items as written."""
        return self.places.items

    def plan(self) -> Plan | None:
        """The checked plan, or None when a fault in it has been reported."""
        before = len(self.places.findings.found)
        items = self.items
        nodes = [n for n in items.several(syntax.PayStep) if self._step_name(n)]
        self._fitting()
        origin = self._origin()
        source, effective = items.one(syntax.PaySource), items.one(syntax.PayEffective)
        leavers = items.one(syntax.Leavers)
        node = self.places.symbol.node
        parts = Plan(
            name=self.places.symbol.name,
            label=label(node.label) if isinstance(node, syntax.Commission) else None,
            pays=self._pays(),
            period=self._period(),
            currency=self.places.currency,
            start=effective.start if effective else None,
            until=effective.until if effective else None,
            event=self.places.event.name if self.places.event else None,
            by=self.by,
            condition=self._condition(),
            base=origin,
            reports=on.reports if (on := items.one(syntax.OnPlan)) else None,
            credit=credit(self.places),
            quota=self._quota(),
            steps=self._steps(nodes),
            cap=self._cap(),
            floor=self._amount(items.one(syntax.Floor)),
            hold=self._hold(),
            reversals=self._reversals(),
            guarantee=self._guarantee(),
            draw=self._draw(),
            pool=self._pool(),
            leavers=self._days(leavers) if leavers else 0,
            source=source.text if source else None,
            policy=self.places.symbol.policy,
            span=self.places.symbol.span,
        )
        new = self.places.findings.found[before:]
        faulty = bool(errors(new))
        return None if faulty else parts

    # --- which items go together ---------------------------------------------------------

    def _fitting(self) -> None:
        items = self.items
        if self.places.kind == "override":
            help = "an override goes by the statements underneath: their credit, their return"
            refused = (syntax.FromEvent, syntax.Credit, syntax.HoldBack, syntax.Reverse,
                       syntax.Leavers, syntax.Pool, syntax.Share, syntax.Remainders,
                       syntax.Group)  # fmt: skip
            items.refuse(refused, "`on`", help)
        elif self.places.kind == "pool":
            help = "what a pool gives is shared out as it is"
            refused_ = (syntax.PayStep, syntax.Cap, syntax.Floor, syntax.HoldBack, syntax.Reverse,
                        syntax.Guarantee, syntax.Draw, syntax.Quota, syntax.Leavers)  # fmt: skip
            items.refuse(refused_, "`pool`", help)
        else:
            shares = (syntax.Share, syntax.Remainders, syntax.Group)
            items.refuse(shares, "a plan without `pool`", "write `pool …` too, or leave it out")

    # --- who, when, from what -------------------------------------------------------------

    def _pays(self) -> tuple[str, ...]:
        holders = self.items.one(syntax.Holders)
        if holders is None:
            self.items.missing("pays", "write `pays POSITION`: who is in the plan")
            return ()
        scope, findings = self.places.scope, self.places.findings
        found = [scope.require("position", name, findings) for name in holders.positions]
        return tuple(s.name for s in found if s is not None)

    def _period(self) -> str:
        period = self.items.one(syntax.PayPeriod)
        if period is None:
            self.items.missing("period", "write `period month`, `quarter` or `year`")
        return period.unit if period else "month"

    def _origin(self) -> str | None:
        """The plan underneath; of other plans the event is entered."""
        scope, findings = self.places.scope, self.places.findings
        on, origin = self.items.one(syntax.OnPlan), self.items.one(syntax.FromEvent)
        if on is not None:
            symbol = scope.require("plan", on.plan, findings)
            return symbol.name if symbol else None
        if origin is None:
            help = "write `from EVENT by DATE`, or `on PLAN of direct reports`"
            self.items.missing("from", help)
            return None
        symbol = scope.require("event", origin.event, findings)
        if symbol is not None:
            self.places.event = self.places.world.events[symbol.name]
            self.by = date_field(self.places.line(), self.places.event, origin.by)
        return None

    def _condition(self) -> Expression | None:
        origin = self.items.one(syntax.FromEvent)
        if self.places.event is None or origin is None or origin.condition is None:
            return None
        return self.places.line().condition(origin.condition)

    # --- credit and quota --------------------------------------------------------------------

    def _quota(self) -> Quota | None:
        node = self.items.one(syntax.Quota)
        if node is None:
            return None
        if node.value is not None:
            value = self.places.priced(self.places.ahead(quota=False), node.value)
            return Quota(value, None, node.by_days_active, node.span)
        assert node.source is not None
        if node.source.parts == ("targets",):
            return Quota(None, "targets", node.by_days_active, node.span)
        scope = self.places.scope
        symbol = scope.require("allocation", node.source, self.places.findings)
        source = symbol.name if symbol else None
        return Quota(None, source, node.by_days_active, node.span)

    # --- steps ---------------------------------------------------------------------------------

    def _steps(self, nodes: list[syntax.PayStep]) -> tuple[Step, ...]:
        found = [self._step(node) for node in nodes]
        self._one_scale(nodes)
        if self.places.kind != "pool":
            self._payable(nodes, [step for step in found if step is not None])
        return tuple(step for step in found if step is not None)

    def _step(self, node: syntax.PayStep) -> Step | None:
        name = node.name.text
        value: Expression | Scale | None
        if isinstance(node.value, syntax.Scale):
            value = scale(self._of_scale(), node.value)
        elif name == "payable":
            value = self.places.priced(self.places.statement(), node.value)
        else:
            value = self.places.statement()(node.value)
        if value is None:
            self.places.steps[name] = Field(name, UNKNOWN, False, None, node.name.span)
            return None
        known = value.type
        if known == RATIO and not isinstance(value, Scale):
            value = retype(value, PERCENT)  # each use reads it as a percent or a number
        elif not isinstance(value, Scale):
            value = settle(value)
            known = value.type
        self.places.steps[name] = Field(name, known, False, None, node.name.span)
        return Step(name, value, value.type, node.name.span)

    def _of_scale(self) -> Places:
        statement, ahead = self.places.statement(), self.places.ahead(quota=True)
        return Places(statement, ahead, self.places.money, self.places.event, self.items.broken)

    def _step_name(self, node: syntax.PayStep) -> bool:
        name = node.name.text
        same = (n for n in self.items.several(syntax.PayStep) if n.name.text == name)
        if (first := next(same)) is not node:
            place = [Related(first.name.span, "first written here")]
            message = f"the step `{name}` is written twice"
            self.items.fault(node.name, "E0914", message, "take another name", place)
        elif name in _RESERVED:
            message = f"`{name}` has a meaning of its own and cannot be a step"
            help = "take another name"
            if name in ("credit", "quota") and not self._said(name):
                help = f"an item has no `=`: write `{name} …`"
                self.items.broken = True
            self.items.fault(node.name, "E0914", message, help)
        else:
            return True
        return False

    def _said(self, name: str) -> bool:
        kind = syntax.Credit if name == "credit" else syntax.Quota
        return self.items.one(kind) is not None

    def _one_scale(self, nodes: list[syntax.PayStep]) -> None:
        scales = [
            n.value for n in nodes if isinstance(n.value, syntax.Scale) and on_credit(n.value)
        ]
        for again in scales[1:]:
            place = [Related(scales[0].span, "the first scale on `credit`")]
            message = "a plan has one scale on `credit`: shares of lines go by what it gives"
            help = "write another scale on an amount: `rates on (credit)`"
            self.items.fault(again, "E0920", message, help, place)

    def _payable(self, nodes: list[syntax.PayStep], steps: list[Step]) -> None:
        at = next((i for i, n in enumerate(nodes) if n.name.text == "payable"), None)
        if at is None:
            help = f"end the steps with `payable = … {self._rounding}`"
            self.items.missing("payable", help)
            return
        if at < len(nodes) - 1:
            late = nodes[at + 1]
            message = f"the step `{late.name.text}` stands after `payable`, which is the last"
            self.items.fault(late.name, "E0913", message, "move it up")
        found = next((s for s in steps if s.name == "payable"), None)
        if found is not None:
            self._rounded(found.value, nodes[at])

    def _rounded(self, value: Expression | Scale, node: syntax.Node) -> None:
        if not isinstance(value, Round):
            message = "`payable` is not rounded"
            self.items.fault(node, "E0913", message, f"end it with `{self._rounding}`")
        elif value.step % smallest(self.places.currency):
            code = self.places.currency
            less = "a cent" if smallest(code) == _CENT else f"the smallest amount of {code}"
            message = f"`payable` is rounded to less than {less}"
            self.items.fault(node, "E0913", message, f"write `{self._rounding}`")

    @property
    def _rounding(self) -> str:
        return rounding(self.places.currency)

    # --- the stages after the steps --------------------------------------------------------------

    def _amount(
        self, node: syntax.Floor | syntax.Cap | syntax.Guarantee | syntax.Draw | None
    ) -> Expression | None:
        if node is None or self.places.kind == "pool":
            return None
        return self.places.priced(self.places.statement(), node.amount)

    def _cap(self) -> Cap | None:
        node = self.items.one(syntax.Cap)
        amount = self._amount(node)
        return None if node is None or amount is None else Cap(amount, node.per, node.span)

    def _guarantee(self) -> Guarantee | None:
        node = self.items.one(syntax.Guarantee)
        amount = self._amount(node)
        if node is None or amount is None:
            return None
        return Guarantee(amount, node.until_month, node.span)

    def _draw(self) -> Draw | None:
        node = self.items.one(syntax.Draw)
        amount = self._amount(node)
        if node is None or amount is None:
            return None
        most = None
        if node.at_most is not None:
            most = self.places.priced(self.places.statement(), node.at_most)
        return Draw(
            amount, node.recoverable, node.from_month or 1, node.until_month, most, node.span
        )

    def _followings(self) -> Followings | None:
        if self.places.event is None or self.places.kind != "lines":
            return None
        return Followings(self.places.line(), self.places.event, self.by)

    def _hold(self) -> Hold | None:
        node, followings = self.items.one(syntax.HoldBack), self._followings()
        return followings.hold(node) if node and followings else None

    def _reversals(self) -> tuple[Reversal, ...]:
        followings = self._followings()
        if followings is None:
            return ()
        found = [followings.reversal(n) for n in self.items.several(syntax.Reverse)]
        return tuple(r for r in found if r is not None)

    def _pool(self) -> Pool | None:
        if self.places.kind != "pool":
            return None
        return pool(
            self.items,
            self.places.group(),
            self.places.ahead(quota=False),
            self.places.event,
            self.places.money,
        )

    def _days(self, node: syntax.Leavers) -> int:
        value = node.keep.value
        if node.keep.kind == "days" and isinstance(value, Fraction) and value.denominator == 1:
            return int(value)
        message = f"{self.places.findings.quote(node.keep.span)} is not a whole number of days"
        self.items.fault(node.keep, "E0417", message, "write `90 days`")
        return 0
