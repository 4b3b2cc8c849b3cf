"""What each place of a commission plan may read: a line, a statement, what lies ahead."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import Expression
from remit_dsl.pay import Event
from remit_dsl.program import Field
from remit_dsl.scope import pay_names
from remit_dsl.scope.findings import Findings
from remit_dsl.scope.pay_items import Items
from remit_dsl.scope.resolve import Scope, Symbol
from remit_dsl.scope.world import World
from remit_dsl.typecheck import describe
from remit_dsl.types import PERCENT, Type, money


@dataclass(slots=True)
class PlanPlaces:
    """The elaborators of one plan while it is checked.

    kind: `lines`, `override`, `pool`. event: once it is known. steps: those above, as those below
    may read them.
    """

    world: World
    symbol: Symbol
    items: Items
    kind: str
    currency: str | None
    event: Event | None = None
    steps: dict[str, Field] = field(default_factory=dict)

    @property
    def money(self) -> Type:
        """Money of the plan."""
        return money(self.currency)

    @property
    def where(self) -> str:
        """The plan in words."""
        return f"plan `{self.symbol.short}`"

    @property
    def scope(self) -> Scope:
        """What is visible in its policy."""
        return self.world.scopes[self.symbol.policy]

    @property
    def findings(self) -> Findings:
        """Where faults are reported."""
        return self.world.findings

    def line(self) -> Elaborator:
        """What an expression about one line may read. The event must be known."""
        assert self.event is not None
        facts = pay_names.line(self.where, self.symbol.span, self.event, self.kind != "pool")
        return elaborator(self.world, self.symbol.policy, facts)

    def statement(self) -> Elaborator:
        """What a step, a cap, a guarantee or a draw may read."""
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

    def ahead(self, quota: bool) -> Elaborator:
        """What is known before anything is sold: for quotas, and periods to come."""
        names = [*pay_names.AHEAD, *(["quota"] if quota and self.items.one(syntax.Quota) else [])]
        known = pay_names.named(names, self.money, self.symbol.span)
        known |= pay_names.person(self.symbol.span)
        why = {n: (f"`{n}` is not known of periods to come", None) for n in ("credit", "lines")}
        return self._place(known, {**why, **self._later()})

    def group(self) -> Elaborator:
        """What the amount of a pool may read: no person has it yet."""
        known = pay_names.named(("credit", "lines", "days_in_period"), self.money, self.symbol.span)
        known["as_of"] = pay_names.person(self.symbol.span)["as_of"]
        why: pay_names.Refused = {"payee": ("a pool is of a group, not of one payee", None)}
        facts = pay_names.statement(self.where, self.symbol.span, known, {}, why, self.event)
        return elaborator(self.world, self.symbol.policy, facts)

    def priced(self, el: Elaborator, node: syntax.Expr) -> Expression | None:
        """An amount in the currency of the plan, or None when it is none."""
        return el.of_type(node, self.money, self._in_currency())

    def _later(self) -> pay_names.Refused:
        help = "bounds and rates are those of the day of a line"
        return {name: (f"the step `{name}` is not known here", help) for name in self.steps}

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
        for symbol in self.scope.visible("scorecard"):
            assert isinstance(symbol.node, syntax.Scorecard)
            own = next((i.unit for i in symbol.node.items if isinstance(i, syntax.PayPeriod)), None)
            if period is None or own is None or own == period.unit:
                cards[symbol.short] = Field(symbol.short, PERCENT, False, None, symbol.span)
                paths[symbol.short] = ("scorecard", symbol.name)
            else:
                message = f"scorecard `{symbol.short}` is by {own}, and this plan by {period.unit}"
                others[symbol.short] = message, "give both the same `period`"
        return cards, paths, others

    def _in_currency(self) -> Related:
        place = self.items.one(syntax.PayCurrency)
        span = place.span if place else self.symbol.span
        return Related(span, f"{self.where} pays {describe(self.money)}")
