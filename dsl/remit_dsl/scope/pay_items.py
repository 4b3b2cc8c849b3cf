"""The items of a pay block: each at most once, and those that must be there."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from typing import TypeVar

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.scope.findings import Findings

T = TypeVar("T", bound=syntax.PayItem)

WORDS: dict[type[syntax.PayItem], str] = {
    syntax.Holders: "pays",
    syntax.PayPeriod: "period",
    syntax.PayCurrency: "currency",
    syntax.PayEffective: "effective",
    syntax.FromEvent: "from",
    syntax.OnPlan: "on",
    syntax.Credit: "credit",
    syntax.Quota: "quota",
    syntax.Cap: "cap",
    syntax.Floor: "floor",
    syntax.HoldBack: "hold",
    syntax.Reverse: "reverse",
    syntax.Guarantee: "guarantee",
    syntax.Draw: "draw",
    syntax.Pool: "pool",
    syntax.Share: "share",
    syntax.Remainders: "remainders",
    syntax.Group: "group",
    syntax.Leavers: "leavers",
    syntax.PaySource: "source",
    syntax.Score: "score",
    syntax.AllocationAmount: "amount",
    syntax.AllocationYear: "year",
    syntax.InSteps: "in steps of",
}
_SEVERAL = (syntax.Reverse, syntax.PayStep, syntax.CardItem, syntax.ByTime, syntax.ByEnum,
            syntax.ByPerson, syntax.Amend)  # fmt: skip


def word(item: syntax.PayItem) -> str:
    """How an item begins, in words."""
    return WORDS.get(type(item), "")


@dataclass(slots=True)
class Items:
    """The items of one block by kind; the first of two counts."""

    block: syntax.Commission | syntax.Scorecard | syntax.Allocation
    findings: Findings
    found: dict[type[syntax.PayItem], syntax.PayItem] = field(default_factory=dict)
    sound: bool = True
    broken: bool = False
    """A part of the block could not be read: what is missing may be that part."""

    def __post_init__(self) -> None:
        """Sort the items, and report what is said twice."""
        span = self.block.span
        self.broken = any(
            d.code < "E0100" and d.span.file == span.file and span.start <= d.span.start <= span.end
            for d in self.findings.found
        )
        for item in self.block.items:
            if isinstance(item, _SEVERAL):
                continue
            first = self.found.setdefault(type(item), item)
            if first is not item:
                said = word(item)
                if isinstance(item, syntax.Holders | syntax.PaySource):
                    said = self.findings.quote(item.span).strip("`").split(" ")[0]
                place = [Related(first.span, "first written here")]
                cure = "keep one of the two"
                self.fault(item, "E0910", f"`{said}` is written twice", cure, place)

    def one(self, kind: type[T]) -> T | None:
        """The item of a kind."""
        item = self.found.get(kind)
        return item if isinstance(item, kind) else None

    def several(self, kind: type[T]) -> list[T]:
        """All items of a kind, in the order written."""
        return [item for item in self.block.items if isinstance(item, kind)]

    def fault(
        self,
        node: syntax.Node,
        code: str,
        message: str,
        help: str | None = None,
        related: list[Related] | None = None,
    ) -> None:
        """Report a fault, after which the block makes no node."""
        self.sound = False
        self.findings.add(node.span, code, message, help, related or [])

    def missing(self, word_: str, help: str) -> None:
        """Report an item that must be there."""
        if self.broken:
            self.sound = False
            return
        kinds = {syntax.Commission: "plan", syntax.Scorecard: "scorecard"}
        kind = kinds.get(type(self.block), "allocation")
        message = f"{kind} `{self.block.name.text}` does not say `{word_}`"
        self.fault(self.block.name, "E0908", message, help)

    def refuse(self, kinds: tuple[type[syntax.PayItem], ...], why: str, help: str) -> None:
        """Report items that make no sense in this kind of block."""
        for item in self.block.items:
            if isinstance(item, kinds):
                said = (
                    f"a step such as `{item.name.text}`"
                    if isinstance(item, syntax.PayStep)
                    else (f"`{word(item)}`")
                )
                self.fault(item, "E0911", f"{said} does not go with {why}", help)


def percent(value: Fraction) -> str:
    """`90.5%`; a ratio that is no decimal is cut after ten digits."""
    shown = Context(prec=10).divide(Decimal(value.numerator * 100), Decimal(value.denominator))
    return f"{shown.normalize():f}%"
