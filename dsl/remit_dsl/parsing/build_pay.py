"""Events, commission plans, scorecards and allocations of the syntax tree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from remit_dsl.lexing.tokens import Token
from remit_dsl.parsing.build_parts import day, of_kind, one_of, place, said_twice, text, whole
from remit_dsl.syntax import (
    Allocation,
    AllocationAmount,
    AllocationYear,
    Amend,
    ByEnum,
    ByPerson,
    ByTime,
    Cap,
    CardItem,
    Commission,
    Credit,
    Draw,
    Event,
    Expr,
    Field,
    Floor,
    FromEvent,
    Group,
    Guarantee,
    HoldBack,
    Holders,
    InSteps,
    Leavers,
    Measured,
    Name,
    Node,
    OnPlan,
    PayCurrency,
    PayEffective,
    PayItem,
    PayPeriod,
    PaySource,
    PayStep,
    Pool,
    QName,
    Quota,
    Ref,
    Remainders,
    Reverse,
    Scale,
    Score,
    Scorecard,
    Share,
    Tier,
    Within,
)


class PayBuilder:
    """One method a rule, see `tree_builder`."""

    # --- declarations ----------------------------------------------------------------------

    def event(self, c: list[Any]) -> Event:
        """`event Sale "…" { … }`."""
        return Event(place(c), c[1], c[2], of_kind(Field, c))

    def commission(self, c: list[Any]) -> Commission:
        """`commission field_sales "…" { … }`."""
        return Commission(place(c), c[1], c[2], of_kind(PayItem, c))

    def scorecard(self, c: list[Any]) -> Scorecard:
        """`scorecard appraisal "…" { … }`."""
        return Scorecard(place(c), c[1], c[2], of_kind(PayItem, c))

    def allocation(self, c: list[Any]) -> Allocation:
        """`allocation target_2026 "…" { … }`; a source after an amendment is the amendment's."""
        items: list[PayItem] = []
        for item in of_kind(PayItem, c):
            last = items[-1] if items else None
            if isinstance(item, PaySource) and isinstance(last, Amend) and last.source is None:
                items[-1] = replace(last, span=last.span.to(item.span), source=item.text)
            else:
                items.append(item)
        return Allocation(place(c), c[1], c[2], tuple(items))

    # --- items of a plan -------------------------------------------------------------------

    def pays(self, c: list[Any]) -> Holders:
        """`pays a, b`."""
        _forget(c)
        return Holders(place(c), of_kind(QName, c))

    def period(self, c: list[Any]) -> PayPeriod:
        """`period month`."""
        return PayPeriod(place(c), c[1].text)

    def pay_currency(self, c: list[Any]) -> PayCurrency:
        """`currency EUR`."""
        return PayCurrency(place(c), c[1].text)

    def pay_effective(self, c: list[Any]) -> PayEffective:
        """`effective from D until D`."""
        return PayEffective(place(c), day(c[2]), day(c[4]) if c[3] else None)

    def pay_effective_until(self, c: list[Any]) -> PayEffective:
        """`effective until D`."""
        return PayEffective(place(c), None, day(c[2]))

    def from_event(self, c: list[Any]) -> FromEvent:
        """`from Sale by date when net > 0`."""
        _forget(c)
        return FromEvent(place(c), c[1], c[3], c[5])

    def on_plan(self, c: list[Any]) -> OnPlan:
        """`on field_sales of direct reports`."""
        return OnPlan(place(c), c[1], c[3].text)

    def credit_pool(self, c: list[Any]) -> Credit:
        """`credit E`."""
        _forget(c)
        return Credit(place(c), c[1], "pool")

    def credit_field(self, c: list[Any]) -> Credit:
        """`credit E to seller`."""
        _forget(c)
        return Credit(place(c), c[1], "field", c[3])

    def credit_owner(self, c: list[Any]) -> Credit:
        """`credit E to owner of account on date`."""
        _forget(c)
        return Credit(place(c), c[1], "owner", c[5], c[7])

    def credit_split(self, c: list[Any]) -> Credit:
        """`credit E split by credits total 100%`."""
        _forget(c)
        total = self.numeral([c[6]])  # type: ignore[attr-defined]
        return Credit(place(c), c[1], "splits", total=total)

    def credit_overlap(self, c: list[Any]) -> Credit:
        """`credit E split by credits may overlap`."""
        _forget(c)
        return Credit(place(c), c[1], "splits")

    def quota(self, c: list[Any]) -> Quota:
        """`quota E by days active`."""
        _forget(c)
        return Quota(place(c), c[1], None, c[2] is not None)

    def quota_from(self, c: list[Any]) -> Quota:
        """`quota from targets`."""
        return Quota(place(c), None, c[2], c[3] is not None)

    def pay_step(self, c: list[Any]) -> PayStep:
        """`attainment = credit / quota`."""
        _forget(c)
        return PayStep(place(c), c[0], c[2])

    def cap(self, c: list[Any]) -> Cap:
        """`cap E per quarter`."""
        _forget(c)
        return Cap(place(c), c[1], c[3].text if c[2] else None)

    def floor(self, c: list[Any]) -> Floor:
        """`floor E`."""
        _forget(c)
        return Floor(place(c), c[1])

    # --- hold and reversal -----------------------------------------------------------------

    def hold_date(self, c: list[Any]) -> HoldBack:
        """`hold until collected_on`."""
        return HoldBack(place(c), "date", _ref(c[2]))

    def hold_covered(self, c: list[Any]) -> HoldBack:
        """`hold until Payment.amount by date covers net`."""
        _forget(c)
        return HoldBack(place(c), "covered", _ref(c[2]), c[4], c[6])

    def hold_pro_rata(self, c: list[Any]) -> HoldBack:
        """`hold pro rata to Payment.amount by date against net`."""
        _forget(c)
        return HoldBack(place(c), "pro rata", _ref(c[4]), c[6], c[8])

    def within(self, c: list[Any]) -> Within:
        """`within 90 days of date`."""
        return Within(place(c), self.numeral([c[1]]), c[3])  # type: ignore[attr-defined]

    def reverse_date(self, c: list[Any]) -> Reverse:
        """`reverse returned_on within 90 days of date at the rate paid`."""
        return Reverse(place(c), "date", _ref(c[1]), None, None, c[2], _lowering(c))

    def reverse_amount(self, c: list[Any]) -> Reverse:
        """`reverse Return.amount by date against net … at the rate paid`."""
        _forget(c)
        return Reverse(place(c), "amount", _ref(c[1]), c[3], c[5], c[6], _lowering(c))

    def reverse_absent(self, c: list[Any]) -> Reverse:
        """`reverse without collected_on 90 days after date at the rate paid`."""
        window = self.numeral([c[3]])  # type: ignore[attr-defined]
        within = Within(c[3].span.to(c[5].span), window, c[5])
        return Reverse(place(c), "absent", _ref(c[2]), None, None, within, _lowering(c))

    # --- what is guaranteed, drawn, shared ----------------------------------------------------

    def guarantee(self, c: list[Any]) -> Guarantee:
        """`guarantee 3_000 until month 6`."""
        _forget(c)
        return Guarantee(place(c), c[1], _month(c[4]) if c[2] else None)

    def draw(self, c: list[Any]) -> Draw:
        """`draw 5_000 recoverable from month 4 until month 12 at most 2_000`."""
        _forget(c)
        kept = c[2].type == "NOT"
        said: dict[str, _DrawPart] = {}
        for part in of_kind(_DrawPart, c):
            if part.key in said:
                said_twice(part.token, f"`{_DRAW[part.key]}`", said[part.key])
            said.setdefault(part.key, part)
        values = {key: part.value for key, part in said.items()}
        return Draw(place(c), c[1], not kept, **values)

    def draw_part(self, c: list[Any]) -> _DrawPart:
        """`from month 4`, `until month 12`, `at most 2_000`."""
        if c[0].type == "AT":
            return _DrawPart(place(c), "at_most", c[2], c[0])
        key = "until_month" if c[0].type == "UNTIL" else "from_month"
        return _DrawPart(place(c), key, _month(c[2]), c[0])

    def pool(self, c: list[Any]) -> Pool:
        """`pool 0.2% of credit rounded half up to 0.01`."""
        _forget(c)
        return Pool(place(c), c[1])

    def share(self, c: list[Any]) -> Share:
        """`share equally`, `share by weight E`, `share by days active`."""
        _forget(c)
        if c[1].type == "EQUALLY":
            return Share(place(c), "equally")
        if c[2].type == "WEIGHT":
            return Share(place(c), "weight", c[3])
        return Share(place(c), "days")

    def remainders(self, c: list[Any]) -> Remainders:
        """`remainders to largest`, `remainders in order`."""
        return Remainders(place(c), c[2].text)

    def group(self, c: list[Any]) -> Group:
        """`group team = payee.team`."""
        return Group(place(c), c[1], c[3])

    def leavers(self, c: list[Any]) -> Leavers:
        """`leavers keep 30 days`."""
        return Leavers(place(c), self.numeral([c[2]]))  # type: ignore[attr-defined]

    def pay_source(self, c: list[Any]) -> PaySource:
        """`source "S003 part 12"`."""
        return PaySource(place(c), text(c[1]))

    # --- scales ------------------------------------------------------------------------------

    def scale(self, c: list[Any]) -> Scale:
        """`marginal rates on credit against quota quarter to date { … }`."""
        kind, _, _, base, _, against, over, *_ = c
        amount = isinstance(base, _Amount)
        return Scale(
            place(c),
            kind.text if kind else None,
            base.value if amount else base,
            amount,
            against,
            over.word if over else "period",
            over.field if over else None,
            of_kind(Tier, c),
        )

    def scale_amount(self, c: list[Any]) -> _Amount:
        """`(credit - 1_000)`: one amount, also where it is `(credit)`."""
        return _Amount(place(c), self.grouped(c))  # type: ignore[attr-defined]

    def scale_kind(self, c: list[Token]) -> Token:
        """`marginal`, `whole`, `interpolated`."""
        return c[0]

    def scale_over(self, c: list[Any]) -> _Over:
        """`per line`, `per account.id`, `quarter to date`, `year to date`."""
        if c[0].type != "PER":
            return _Over(place(c), f"{c[0].text} to date", None)
        if isinstance(c[1], Ref):
            return _Over(place(c), "field", c[1])
        return _Over(place(c), "line", None)

    def tier(self, c: list[Any]) -> Tier:
        """`up to 80% -> 1%`, `over -> 3%`."""
        side = "up to" if c[0].type == "UP" else c[0].text
        bound = c[-3] if isinstance(c[-3], Expr) else None
        return Tier(place(c), side, bound, c[-1])

    # --- scorecards ----------------------------------------------------------------------------

    def card_of(self, c: list[Any]) -> Holders:
        """`of a, b`."""
        return Holders(place(c), of_kind(QName, c))

    def card_item(self, c: list[Any]) -> CardItem:
        """`item lost "Customers lost" { … }`."""
        return CardItem(place(c), c[1], c[2], of_kind(Measured, c))

    def score(self, c: list[Any]) -> Score:
        """`score rounded half up to 0.1%`."""
        if c[1] is None:
            return Score(c[0].span, None, None)
        mode = " ".join(token.text for token in c[2:-2])
        return Score(place(c), mode, self.numeral([c[-1]]))  # type: ignore[attr-defined]

    def measured(self, c: list[Any]) -> Measured:
        """`weight 40%`, `higher is better`, `nothing under 60%`."""
        _forget(c)
        return Measured(place(c), c[0].text, one_of(Expr, c))

    # --- allocations -----------------------------------------------------------------------------

    def allocation_amount(self, c: list[Any]) -> AllocationAmount:
        """`amount 120_000_000`."""
        _forget(c)
        return AllocationAmount(place(c), c[1])

    def allocation_year(self, c: list[Any]) -> AllocationYear:
        """`year 2026`."""
        return AllocationYear(place(c), whole(c[1], "a year"))

    def by_time(self, c: list[Any]) -> ByTime:
        """`by month weight season(month)`."""
        _forget(c)
        return ByTime(place(c), c[1].text, c[3])

    def by_enum(self, c: list[Any]) -> ByEnum:
        """`by region: Region weight base(region)`."""
        _forget(c)
        return ByEnum(place(c), c[1], c[3], c[5])

    def by_person(self, c: list[Any]) -> ByPerson:
        """`by person of a, b within region weight payee.weight`."""
        _forget(c)
        return ByPerson(place(c), of_kind(QName, c), one_of(Name, c), c[-1])

    def in_steps(self, c: list[Any]) -> InSteps:
        """`in steps of 1_000`."""
        _forget(c)
        return InSteps(place(c), c[3])

    def amend(self, c: list[Any]) -> Amend:
        """`amend from D amount E`."""
        _forget(c)
        return Amend(place(c), day(c[2]), c[4])


@dataclass(frozen=True, slots=True, eq=False)
class _DrawPart(Node):
    key: str
    value: Any
    token: Token


@dataclass(frozen=True, slots=True, eq=False)
class _Amount(Node):
    """What a scale is on, in brackets."""

    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class _Over(Node):
    """What a scale adds up over, on its way into the tree."""

    word: str
    field: Ref | None


_DRAW = {"from_month": "from month", "until_month": "until month", "at_most": "at most"}


def _ref(part: Name | Token) -> Ref:
    return Ref(part.span, tuple(part.text.split(".")))


def _month(token: Token) -> int:
    return whole(token, "the number of a month")


def _lowering(c: list[Any]) -> bool:
    return isinstance(c[-1], Token) and c[-1].type == "ATTAINMENT"


def _forget(c: list[Any]) -> None:
    token = next((part for part in c if isinstance(part, Token)), None)
    if token is not None:
        token.reading.depths.clear()
        token.reading.grouped.clear()
        token.reading.loose.clear()
