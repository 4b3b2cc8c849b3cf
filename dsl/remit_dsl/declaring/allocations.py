"""Allocations: a year's amount to periods and cells."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label, symbols, type_of
from remit_dsl.diagnostics import Related, errors
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import Constant, Expression
from remit_dsl.pay import Allocation, Amendment, Dimension
from remit_dsl.program import Field
from remit_dsl.scope import pay_names
from remit_dsl.scope.facts import PayFacts
from remit_dsl.scope.findings import did_you_mean
from remit_dsl.scope.pay_items import Items
from remit_dsl.scope.resolve import Symbol
from remit_dsl.scope.world import World
from remit_dsl.typecheck import UNKNOWN, describe
from remit_dsl.types import INTEGER, PERSON, Type, money

_By = syntax.ByTime | syntax.ByEnum | syntax.ByPerson


def allocations(world: World) -> dict[str, Allocation]:
    """All allocations without a fault."""
    found = {}
    for symbol in symbols(world, syntax.Allocation):
        before = len(world.findings.found)
        allocation = _Draft(world, symbol).allocation()
        if allocation and not errors(world.findings.found[before:]):
            found[symbol.name] = allocation
    return found


class _Draft:
    """One allocation while it is checked."""

    def __init__(self, world: World, symbol: Symbol) -> None:
        node = symbol.node
        assert isinstance(node, syntax.Allocation)
        self.world, self.symbol, self.node = world, symbol, node
        self.scope = world.scopes[symbol.policy]
        self.items = Items(node, world.findings)
        self.el = self._place({})
        self.money: Type = money(self.scope.currency)
        if self.scope.currency is None:
            world.unpriced.add(symbol.policy)

    def _place(self, known: dict[str, Field]) -> Elaborator:
        where = f"allocation `{self.symbol.short}`"
        refused: pay_names.Refused = {"payee": ("`payee` is known in `by person` only", None)}
        facts = PayFacts(where, self.symbol.span, {}, {}, refused)
        el = elaborator(self.world, self.symbol.policy, facts)
        el.variables.update(known)
        return el

    def allocation(self) -> Allocation | None:
        """The checked allocation, or None when a fault in it has been reported."""
        items = self.items
        amount, year = items.one(syntax.AllocationAmount), items.one(syntax.AllocationYear)
        steps, remainders = items.one(syntax.InSteps), items.one(syntax.Remainders)
        for item, word, help in (
            (amount, "amount", "write `amount 120_000_000`"),
            (year, "year", "write `year 2026`"),
            (steps, "in steps of", "write `in steps of 1_000`"),
            (remainders, "remainders", "write `remainders to largest` or `in order`"),
        ):
            if item is None:
                items.missing(word, help)
        dimensions = tuple(self._dimensions())
        if not amount or not year or not steps or not remainders:
            return None
        whole = self.el.of_type(amount.amount, self.money)
        step = self.el.of_type(steps.step, self.money)
        amendments = tuple(self._amendments(dimensions, year.year))
        if whole is None or step is None:
            return None
        self._multiples(step, [whole, *(a.amount for a in amendments)])
        source = items.one(syntax.PaySource)
        return Allocation(
            name=self.symbol.name,
            label=label(self.node.label),
            amount=whole,
            year=year.year,
            dimensions=dimensions,
            step=step,
            remainders=remainders.how,
            amendments=amendments,
            source=source.text if source else None,
            policy=self.symbol.policy,
            span=self.symbol.span,
        )

    # --- dimensions ------------------------------------------------------------------------

    def _dimensions(self) -> Iterator[Dimension]:
        nodes = [i for i in self.node.items if isinstance(i, _By)]
        if not nodes:
            self.items.missing("by", "write `by month weight …`: to what the amount goes")
        enums: dict[str, Dimension] = {}
        first: dict[str, syntax.Node] = {}
        for node in nodes:
            key = _name(node)
            if key in first:
                place = [Related(first[key].span, "first written here")]
                message = f"`by {key}` is written twice"
                self.items.fault(node, "E0931", message, "keep one of the two", place)
                continue
            first[key] = node
            found = self._dimension(node, enums)
            if found is not None:
                if found.kind == "enum":
                    enums[found.name] = found
                yield found

    def _dimension(self, node: _By, enums: dict[str, Dimension]) -> Dimension | None:
        if isinstance(node, syntax.ByTime):
            weight = self._weight(node.weight, {node.unit: INTEGER})
            if weight is None:
                return None
            return Dimension("time", node.unit, node.unit, None, (), None, weight, node.span)
        if isinstance(node, syntax.ByEnum):
            return self._by_enum(node)
        return self._by_person(node, enums)

    def _by_enum(self, node: syntax.ByEnum) -> Dimension | None:
        type_ = type_of(self.world, self.scope, node.type)
        if type_.kind != "enum":
            if type_ != UNKNOWN:
                message = f"`{node.name.text}` is {describe(type_)} where an enum is needed"
                self.items.fault(node.type, "E0931", message, "name an enum: `by region: Region`")
            return None
        weight = self._weight(node.weight, {node.name.text: type_})
        if weight is None:
            return None
        return Dimension("enum", node.name.text, None, type_, (), None, weight, node.span)

    def _by_person(self, node: syntax.ByPerson, enums: dict[str, Dimension]) -> Dimension | None:
        found = [self.scope.require("position", n, self.world.findings) for n in node.positions]
        weight = self._weight(node.weight, {"payee": PERSON})
        within = self._within(node.within, enums) if node.within else None
        if weight is None or None in found or (node.within and within is None):
            return None
        positions = tuple(s.name for s in found if s is not None)
        return Dimension("person", "payee", None, None, positions, within, weight, node.span)

    def _within(self, name: syntax.Name, enums: dict[str, Dimension]) -> tuple[str, ...] | None:
        dimension = enums.get(name.text)
        if dimension is None:
            message = f"there is no dimension `{name.text}` above"
            help = did_you_mean(name.text, enums) or f"write `by {name.text}: …` before"
            self.items.fault(name, "E0931", message, help)
            return None
        field = self.world.records["Person"].fields.get(name.text)
        if field is None or field.type != dimension.type:
            what = "has no field" if field is None else f"has {describe(field.type)} as"
            message = f"a person {what} `{name.text}`, so nobody is known to be within one"
            help = f"declare `{name.text}: {dimension.type}` in `record Person`"
            self.items.fault(name, "E0931", message, help)
            return None
        return (name.text,)

    def _weight(self, node: syntax.Expr, variables: dict[str, Type]) -> Expression | None:
        known = {n: Field(n, t, False, None, self.symbol.span) for n, t in variables.items()}
        el = self._place(known)
        weight = el.settled(node)
        if weight is None or weight.type.numeric:
            return weight
        message = f"{el.quote(weight)} is {describe(weight.type)}, and a weight is a number"
        self.items.fault(node, "E0931", message)
        return None

    # --- amounts -----------------------------------------------------------------------------

    def _amendments(self, dimensions: tuple[Dimension, ...], year: int) -> Iterator[Amendment]:
        units = {d.unit for d in dimensions if d.kind == "time"}
        unit = next((u for u in ("month", "quarter") if u in units), None)
        first_months = {"month": 1, "quarter": 3}.get(unit or "", 12)
        before: syntax.Amend | None = None
        for node in self.items.several(syntax.Amend):
            start = node.start
            if start.year != year or start.day != 1 or (start.month - 1) % first_months:
                message = f"an amendment begins with a {unit or 'year'} of {year}, not on {start}"
                self.items.fault(node, "E0932", message, "name the first day of one")
            elif start.month == 1:
                message = "an amendment on the first day of the year is the amount itself"
                self.items.fault(node, "E0932", message, "change `amount`")
            elif before is not None and start <= before.start:
                message = f"this amendment begins on {start}, not after the one before it"
                place = [Related(before.span, f"this one begins on {before.start}")]
                self.items.fault(node, "E0932", message, "write them in the order of dates", place)
            before = node
            amount = self.el.of_type(node.amount, self.money)
            if amount is not None:
                yield Amendment(start, amount, node.source, node.span)

    def _multiples(self, step: Expression, amounts: list[Expression]) -> None:
        size = step.value if isinstance(step, Constant) else None
        if not isinstance(size, Fraction):
            return
        if size <= 0:
            message = f"{self.el.quote(step)} is not above zero"
            self.world.findings.add(step.span, "E0933", message, "write `in steps of 1_000`")
            return
        for amount in amounts:
            value = amount.value if isinstance(amount, Constant) else None
            if isinstance(value, Fraction) and value % size:
                message = f"{self.el.quote(amount)} is no multiple of {self.el.quote(step)}"
                place = [Related(step.span, "the steps")]
                help = "everything is allocated in whole steps"
                self.world.findings.add(amount.span, "E0933", message, help, place)


def _name(node: _By) -> str:
    """What the weight of a dimension calls it, and the dimension itself."""
    if isinstance(node, syntax.ByTime):
        return node.unit
    return "person" if isinstance(node, syntax.ByPerson) else node.name.text
