"""Random syntax trees of pay: every item of every block, whatever it would mean."""

from __future__ import annotations

from hypothesis import strategies as st

from dsl.strategies import (
    currencies,
    dates,
    dotted,
    durations,
    expressions,
    labels,
    maybe,
    names,
    node,
    numerals_,
    qnames,
    record_fields,
    refs,
    several,
    texts,
    types,
    words,
)
from remit_dsl import syntax as s
from remit_dsl.source import NOWHERE

UNITS = st.sampled_from(["month", "quarter", "year"])
MONTHS = st.integers(1, 99)
# Words of a plan that are names in expressions, and names of steps before `=`.
OWN = ["credit", "quota", "cap", "floor", "hold", "pool", "share", "period", "draw", "group",
       "guarantee", "remainders", "leavers", "reverse", "pays", "currency", "effective", "rates",
       "marginal", "whole", "rate", "weight", "target", "value", "source"]  # fmt: skip
step_names = st.one_of(words, st.sampled_from(OWN)).map(lambda text: s.Name(NOWHERE, text))
own_refs = st.sampled_from(OWN).map(lambda text: s.Ref(NOWHERE, (text,)))
amounts = st.one_of(expressions, own_refs)
fields = words.map(lambda text: s.Ref(NOWHERE, (text,)))
followed = dotted.map(lambda parts: s.Ref(NOWHERE, parts))
not_line = refs.filter(lambda ref: ref.parts != ("line",))

# --- plans ----------------------------------------------------------------------------------

tiers = st.one_of(
    node(s.Tier, side=st.sampled_from(["up to", "under", "at"]), bound=amounts, rate=amounts),
    node(
        s.Tier,
        side=st.sampled_from(["under", "over", "otherwise"]),
        bound=st.none(),
        rate=amounts,
    ),
)


@st.composite
def scales(draw):
    over = draw(st.sampled_from(["period", "line", "quarter to date", "year to date", "field"]))
    amount = draw(st.booleans())
    return s.Scale(
        NOWHERE,
        draw(st.sampled_from(["marginal", "whole", "interpolated", None])),
        draw(amounts if amount else st.one_of(refs, own_refs)),
        amount,
        draw(maybe(amounts)),
        over,
        draw(not_line) if over == "field" else None,
        draw(several(tiers)),
    )


withins = node(s.Within, window=durations, of=names)
holders = node(s.Holders, positions=several(qnames))
remainders = node(s.Remainders, how=st.sampled_from(["largest", "order"]))
sources = node(s.PaySource, text=texts)
effective = st.one_of(
    node(s.PayEffective, start=dates, until=maybe(dates)),
    node(s.PayEffective, start=st.none(), until=dates),
)
credits = st.one_of(
    node(s.Credit, value=amounts, to=st.just("pool")),
    node(s.Credit, value=amounts, to=st.just("field"), field=refs),
    node(s.Credit, value=amounts, to=st.just("owner"), field=refs, on=names),
    node(s.Credit, value=amounts, to=st.just("splits"), total=maybe(numerals_(("", "%")))),
)
quotas = st.one_of(
    node(s.Quota, value=amounts, source=st.none(), by_days_active=st.booleans()),
    node(s.Quota, value=st.none(), source=qnames, by_days_active=st.booleans()),
)
holds = st.one_of(
    node(s.HoldBack, kind=st.just("date"), field=fields),
    node(
        s.HoldBack,
        kind=st.sampled_from(["covered", "pro rata"]),
        field=followed,
        by=names,
        against=amounts,
    ),
)
reversals = st.one_of(
    node(
        s.Reverse, kind=st.just("date"), field=fields, by=st.none(), against=st.none(),
        within=maybe(withins), lowering=st.booleans(),
    ),
    node(
        s.Reverse, kind=st.just("amount"), field=followed, by=names, against=amounts,
        within=maybe(withins), lowering=st.booleans(),
    ),
    node(
        s.Reverse, kind=st.just("absent"), field=fields, by=st.none(), against=st.none(),
        within=withins, lowering=st.booleans(),
    ),
)  # fmt: skip
draws = node(
    s.Draw,
    amount=amounts,
    recoverable=st.booleans(),
    from_month=maybe(MONTHS),
    until_month=maybe(MONTHS),
    at_most=maybe(amounts),
)
shares = st.one_of(
    node(s.Share, how=st.sampled_from(["equally", "days"])),
    node(s.Share, how=st.just("weight"), weight=amounts),
)
plan_items = st.one_of(
    holders,
    node(s.PayPeriod, unit=UNITS),
    node(s.PayCurrency, code=currencies),
    effective,
    node(s.FromEvent, event=qnames, by=names, condition=maybe(amounts)),
    node(s.OnPlan, plan=qnames, reports=st.sampled_from(["direct", "all"])),
    credits,
    quotas,
    node(s.PayStep, name=step_names, value=st.one_of(amounts, scales())),
    node(s.Cap, amount=amounts, per=maybe(UNITS)),
    node(s.Floor, amount=amounts),
    holds,
    reversals,
    node(s.Guarantee, amount=amounts, until_month=maybe(MONTHS)),
    draws,
    node(s.Pool, value=amounts),
    shares,
    remainders,
    node(s.Group, field=names, attribute=refs),
    node(s.Leavers, keep=durations),
    sources,
)

# --- scorecards and allocations -------------------------------------------------------------

MEASURES = ["weight", "target", "floor", "cap", "value", "nothing"]
measured = st.one_of(
    node(s.Measured, word=st.sampled_from(MEASURES), value=amounts),
    node(s.Measured, word=st.sampled_from(["higher", "lower"]), value=st.none()),
)
card_items = st.one_of(
    holders,
    node(s.PayPeriod, unit=UNITS),
    node(s.CardItem, name=names, label=maybe(labels), parts=several(measured, 0, 4)),
    node(s.Score, mode=st.none(), step=st.none()),
    node(
        s.Score,
        mode=st.sampled_from(["half up", "half even", "half down", "up", "down"]),
        step=numerals_(("", "%")),
    ),
    sources,
)
allocation_items = st.one_of(
    node(s.AllocationAmount, amount=amounts),
    node(s.AllocationYear, year=st.integers(1, 2999)),
    node(s.ByTime, unit=st.sampled_from(["month", "quarter"]), weight=amounts),
    node(s.ByEnum, name=names, type=types, weight=amounts),
    node(s.ByPerson, positions=several(qnames), within=maybe(names), weight=amounts),
    node(s.InSteps, step=amounts),
    remainders,
    node(s.Amend, start=dates, amount=amounts, source=maybe(texts)),
    sources,
)


def _sayable(items: tuple[s.PayItem, ...]) -> tuple[s.PayItem, ...]:
    """Without a source straight after an amendment that has none: it would be the amendment's."""
    kept: list[s.PayItem] = []
    for item in items:
        last = kept[-1] if kept else None
        bare = isinstance(last, s.Amend) and last.source is None
        if not (bare and isinstance(item, s.PaySource)):
            kept.append(item)
    return tuple(kept)


head = {"name": names, "label": maybe(labels)}
declarations = st.one_of(
    node(s.Event, **head, fields=several(record_fields, 0, 4)),
    node(s.Commission, **head, items=several(plan_items, 0, 6)),
    node(s.Scorecard, **head, items=several(card_items, 0, 4)),
    node(s.Allocation, **head, items=several(allocation_items, 0, 5).map(_sayable)),
)
files = node(s.File, policy=st.none(), uses=st.just(()), declarations=several(declarations, 1, 3))
