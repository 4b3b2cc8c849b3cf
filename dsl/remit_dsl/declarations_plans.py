"""Commission plans: from their items to checked plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from remit_dsl import pay_names, syntax
from remit_dsl.declarations import label, symbols
from remit_dsl.declarations_follow import Followings, date_field, find
from remit_dsl.declarations_pools import pool
from remit_dsl.declarations_scales import Places, on_credit, scale
from remit_dsl.diagnostics import Related, errors
from remit_dsl.elaborate import elaborator
from remit_dsl.elaboration import Elaborator
from remit_dsl.expressions import Expression, Round
from remit_dsl.pay import (
    STATEMENT_NAMES,
    Cap,
    Crediting,
    Draw,
    Event,
    Guarantee,
    Hold,
    Plan,
    Pool,
    Quota,
    Reversal,
    Scale,
    Step,
)
from remit_dsl.pay_items import Items
from remit_dsl.program import Field
from remit_dsl.resolve import Symbol
from remit_dsl.typecheck import UNKNOWN, describe, retype, settle
from remit_dsl.types import PERCENT, PERSON, RATIO, Type, money
from remit_dsl.world import World

_CENT = Fraction(1, 100)
_RESERVED = frozenset({"payee", "as_of", "actor", "requester", *STATEMENT_NAMES})
_TO = "write `credit … to FIELD`, `to owner of FIELD on DATE` or `split by credits total 100%`"
_OWNED = frozenset({"text", "enum", "integer", "position"})


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

    world: World
    symbol: Symbol
    items: Items
    kind: str  # lines, override, pool
    currency: str | None
    event: Event | None = None
    by: str | None = None
    steps: dict[str, Field] = field(default_factory=dict)

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
        return cls(world, symbol, items, kind, currency)

    @property
    def money(self) -> Type:
        """Money of the plan."""
        return money(self.currency)

    @property
    def where(self) -> str:
        """The plan in words."""
        return f"plan `{self.symbol.short}`"

    def plan(self) -> Plan | None:
        """The checked plan, or None when a fault in it has been reported."""
        before = len(self.world.findings.found)
        items = self.items
        nodes = [n for n in items.several(syntax.PayStep) if self._step_name(n)]
        self._fitting()
        origin = self._origin()
        source, effective = items.one(syntax.PaySource), items.one(syntax.PayEffective)
        leavers = items.one(syntax.Leavers)
        node = self.symbol.node
        parts = Plan(
            name=self.symbol.name,
            label=label(node.label) if isinstance(node, syntax.Commission) else None,
            pays=self._pays(),
            period=self._period(),
            currency=self.currency,
            start=effective.start if effective else None,
            until=effective.until if effective else None,
            event=self.event.name if self.event else None,
            by=self.by,
            condition=self._condition(),
            base=origin,
            reports=on.reports if (on := items.one(syntax.OnPlan)) else None,
            credit=self._credit(),
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
            policy=self.symbol.policy,
            span=self.symbol.span,
        )
        new = self.world.findings.found[before:]
        faulty = bool(errors(new))
        return None if faulty else parts

    # --- which items go together ---------------------------------------------------------

    def _fitting(self) -> None:
        items = self.items
        if self.kind == "override":
            help = "an override goes by the statements underneath: their credit, their return"
            refused = (syntax.FromEvent, syntax.Credit, syntax.HoldBack, syntax.Reverse,
                       syntax.Leavers, syntax.Pool, syntax.Share, syntax.Remainders,
                       syntax.Group)  # fmt: skip
            items.refuse(refused, "`on`", help)
        elif self.kind == "pool":
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
        scope, findings = self.world.scopes[self.symbol.policy], self.world.findings
        found = [scope.require("position", name, findings) for name in holders.positions]
        return tuple(s.name for s in found if s is not None)

    def _period(self) -> str:
        period = self.items.one(syntax.PayPeriod)
        if period is None:
            self.items.missing("period", "write `period month`, `quarter` or `year`")
        return period.unit if period else "month"

    def _origin(self) -> str | None:
        """The plan underneath; of other plans the event is entered."""
        scope, findings = self.world.scopes[self.symbol.policy], self.world.findings
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
            self.event = self.world.events[symbol.name]
            self.by = date_field(self._line(), self.event, origin.by)
        return None

    def _condition(self) -> Expression | None:
        origin = self.items.one(syntax.FromEvent)
        if self.event is None or origin is None or origin.condition is None:
            return None
        return self._line().condition(origin.condition)

    # --- places -----------------------------------------------------------------------------

    def _line(self) -> Elaborator:
        assert self.event is not None
        facts = pay_names.line(self.where, self.symbol.span, self.event, self.kind != "pool")
        return elaborator(self.world, self.symbol.policy, facts)

    def _statement(self) -> Elaborator:
        names = ["credit", "lines", *pay_names.AHEAD]
        refused: pay_names.Refused = {}
        if self.items.one(syntax.Quota) or self.items.broken:
            names.append("quota")
        else:
            refused["quota"] = f"{self.where} has no quota", "write an item `quota …`"
        if self.kind == "override":
            names += ["paid", "reports"]
        else:
            for name in ("paid", "reports"):
                refused[name] = f"`{name}` is known in an override only", None
        known = pay_names.named(names, self.money, self.symbol.span)
        known |= pay_names.person(self.symbol.span)
        return self._place(known | self.steps, refused)

    def _ahead(self, quota: bool) -> Elaborator:
        """What is known before anything is sold: for quotas, and periods to come."""
        names = [*pay_names.AHEAD, *(["quota"] if quota and self.items.one(syntax.Quota) else [])]
        known = pay_names.named(names, self.money, self.symbol.span)
        known |= pay_names.person(self.symbol.span)
        why = {n: (f"`{n}` is not known of periods to come", None) for n in ("credit", "lines")}
        return self._place(known, {**why, **self._later()})

    def _later(self) -> pay_names.Refused:
        help = "bounds and rates are those of the day of a line"
        return {name: (f"the step `{name}` is not known here", help) for name in self.steps}

    def _group(self) -> Elaborator:
        """What the amount of a pool may read: no person has it yet."""
        known = pay_names.named(("credit", "lines", "days_in_period"), self.money, self.symbol.span)
        known["as_of"] = pay_names.person(self.symbol.span)["as_of"]
        why: pay_names.Refused = {"payee": ("a pool is of a group, not of one payee", None)}
        facts = pay_names.statement(self.where, self.symbol.span, known, {}, why, self.event)
        return elaborator(self.world, self.symbol.policy, facts)

    def _place(self, known: dict[str, Field], refused: pay_names.Refused) -> Elaborator:
        cards, paths, of_others = self._scorecards()
        facts = pay_names.statement(
            self.where, self.symbol.span, cards | known, paths, of_others | refused, self.event
        )
        return elaborator(self.world, self.symbol.policy, facts)

    def _scorecards(
        self,
    ) -> tuple[dict[str, Field], dict[str, tuple[str, ...]], pay_names.Refused]:
        cards: dict[str, Field] = {}
        paths: dict[str, tuple[str, ...]] = {}
        others: pay_names.Refused = {}
        period = self.items.one(syntax.PayPeriod)
        for symbol in self.world.scopes[self.symbol.policy].visible("scorecard"):
            assert isinstance(symbol.node, syntax.Scorecard)
            own = next((i.unit for i in symbol.node.items if isinstance(i, syntax.PayPeriod)), None)
            if period is None or own is None or own == period.unit:
                cards[symbol.short] = Field(symbol.short, PERCENT, False, None, symbol.span)
                paths[symbol.short] = ("scorecard", symbol.name)
            else:
                message = f"scorecard `{symbol.short}` is by {own}, and this plan by {period.unit}"
                others[symbol.short] = message, "give both the same `period`"
        return cards, paths, others

    # --- credit and quota --------------------------------------------------------------------

    def _credit(self) -> Crediting | None:
        node = self.items.one(syntax.Credit)
        if node is None:
            if self.kind != "override":
                self.items.missing("credit", "write `credit AMOUNT to FIELD`")
            return None
        if (node.to == "pool") != (self.kind == "pool"):
            if self.kind == "lines" and not self.items.broken:
                self.items.fault(node, "E0925", "this credit does not say whose it is", _TO)
            elif self.kind == "pool":
                help = "write `credit …` alone"
                self.items.fault(node, "E0925", "the credit of a pool is nobody's own", help)
            return None
        if self.event is None:
            return None
        el = self._line()
        value = el.of_type(node.value, self.money, self._in_currency())
        path = self._credited(el, node)
        on = date_field(el, self.event, node.on) if node.on else None
        if node.total is not None and node.total.value != 1:
            message = f"shares that make {el.findings.quote(node.total.span)} are no whole"
            help = "write `total 100%`, or `may overlap`"
            el.findings.add(node.total.span, "E0925", message, help)
        if value is None:
            return None
        return Crediting(
            value, node.to, path, on, node.to == "splits" and node.total is None, node.span
        )

    def _in_currency(self) -> Related:
        place = self.items.one(syntax.PayCurrency)
        span = place.span if place else self.symbol.span
        return Related(span, f"{self.where} pays {describe(self.money)}")

    def _credited(self, el: Elaborator, node: syntax.Credit) -> tuple[str, ...] | None:
        """The path to the person credited, or to what somebody owns."""
        if node.field is None or self.event is None:
            return None
        if find(el, self.event, node.field, node.field.parts[0]) is None:
            return None
        e = el(node.field)
        if e is None:
            return None
        fields = self.world.fields(e.type)
        if node.to == "field" and e.type == PERSON:
            return node.field.parts
        if node.to == "owner" and e.type.kind in _OWNED:
            return node.field.parts
        if node.to == "owner" and fields is not None and "id" in fields and e.type != PERSON:
            return (*node.field.parts, "id")
        wanted = "a person" if node.to == "field" else "a text, or a record with an `id`"
        message = f"{el.quote(e)} is {describe(e.type)} where {wanted} is needed"
        help = None
        if node.to == "field":
            help = (
                f"name a field of type `Person`, or write `to owner of {node.field.text} on DATE`"
            )
        el.findings.add(e.span, "E0912", message, help, [el.origin(e)])
        return None

    def _quota(self) -> Quota | None:
        node = self.items.one(syntax.Quota)
        if node is None:
            return None
        if node.value is not None:
            value = self._ahead(quota=False).of_type(node.value, self.money, self._in_currency())
            return Quota(value, None, node.by_days_active, node.span)
        assert node.source is not None
        if node.source.parts == ("targets",):
            return Quota(None, "targets", node.by_days_active, node.span)
        scope = self.world.scopes[self.symbol.policy]
        symbol = scope.require("allocation", node.source, self.world.findings)
        source = symbol.name if symbol else None
        return Quota(None, source, node.by_days_active, node.span)

    # --- steps ---------------------------------------------------------------------------------

    def _steps(self, nodes: list[syntax.PayStep]) -> tuple[Step, ...]:
        found = [self._step(node) for node in nodes]
        self._one_scale(nodes)
        if self.kind != "pool":
            self._payable(nodes, [step for step in found if step is not None])
        return tuple(step for step in found if step is not None)

    def _step(self, node: syntax.PayStep) -> Step | None:
        name = node.name.text
        value: Expression | Scale | None
        if isinstance(node.value, syntax.Scale):
            value = scale(self._places(), node.value)
        elif name == "payable":
            value = self._statement().of_type(node.value, self.money, self._in_currency())
        else:
            value = self._statement()(node.value)
        if value is None:
            self.steps[name] = Field(name, UNKNOWN, False, None, node.name.span)
            return None
        known = value.type
        if known == RATIO and not isinstance(value, Scale):
            value = retype(value, PERCENT)  # each use reads it as a percent or a number
        elif not isinstance(value, Scale):
            value = settle(value)
            known = value.type
        self.steps[name] = Field(name, known, False, None, node.name.span)
        return Step(name, value, value.type, node.name.span)

    def _places(self) -> Places:
        statement, ahead = self._statement(), self._ahead(quota=True)
        return Places(statement, ahead, self.money, self.event, self.items.broken)

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
            help = "end the steps with `payable = … rounded half up to 0.01`"
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
            help = "end it with `rounded half up to 0.01`"
            self.items.fault(node, "E0913", message, help)
        elif value.step % _CENT:
            message = "`payable` is rounded to less than a cent"
            self.items.fault(node, "E0913", message, "write `rounded half up to 0.01`")

    # --- the stages after the steps --------------------------------------------------------------

    def _amount(
        self, node: syntax.Floor | syntax.Cap | syntax.Guarantee | syntax.Draw | None
    ) -> Expression | None:
        if node is None or self.kind == "pool":
            return None
        return self._statement().of_type(node.amount, self.money, self._in_currency())

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
            most = self._statement().of_type(node.at_most, self.money, self._in_currency())
        return Draw(
            amount, node.recoverable, node.from_month or 1, node.until_month, most, node.span
        )

    def _followings(self) -> Followings | None:
        if self.event is None or self.kind != "lines":
            return None
        return Followings(self._line(), self.event, self.by)

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
        if self.kind != "pool":
            return None
        return pool(self.items, self._group(), self._ahead(quota=False), self.event, self.money)

    def _days(self, node: syntax.Leavers) -> int:
        value = node.keep.value
        if node.keep.kind == "days" and isinstance(value, Fraction) and value.denominator == 1:
            return int(value)
        message = f"{self.world.findings.quote(node.keep.span)} is not a whole number of days"
        self.items.fault(node.keep, "E0417", message, "write `90 days`")
        return 0
