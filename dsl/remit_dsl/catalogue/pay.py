"""Catalogue entries: faults of events, plans, scorecards and allocations."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_P = (
    "policy p { owner board currency CNY }\nposition rep { reports to boss }\nposition boss\n"
    "record Person { team: text }\n"
)
_SALE = (
    "event Sale {\n  id: text\n  date: date\n  net: money\n  seller: Person\n  team: text\n"
    "  paid_on: date optional\n}\n"
)
_HEAD = _P + _SALE


def _plan(*items: str, name: str = "sales", head: str = _HEAD) -> str:
    """A plan of these items."""
    lines = "".join(f"  {item}\n" for item in items)
    return f"{head}commission {name} {{\n{lines}}}\n"


_PAYS, _FROM, _CREDIT = "pays rep", "from Sale by date", "credit net to seller"
_FIRST = (_PAYS, "period month", _FROM, _CREDIT)
_LAST = "payable = 1% of credit rounded half up to 0.01"
_EARNED = "payable = earned rounded half up to 0.01"
_POOL = (_PAYS, "period month", _FROM, "credit net")
_POOLED = ("pool 1% of credit rounded half up to 0.01", "share equally")
_OVER = ("pays boss", "period month")


def _scaled(scale: str, *more: str) -> str:
    return _plan(*_FIRST, *more, f"earned = {scale}", _EARNED)


_CARD = "scorecard card {\n  of rep\n  period month\n"
_ITEM = "higher is better  target 100%"
_SCORE = "  score rounded half up to 0.1%\n}\n"
_TARGET = (
    "enum Region { east west }\nallocation target {\n  amount 1_000\n  year 2026\n"
    "  remainders to largest\n"
)

ENTRIES: dict[str, Entry] = {
    "E0901": Entry(
        "unknown event",
        "No event of this name is declared here or in a policy that is used.",
        "Correct the name, declare the event, or add its policy to `use`.",
        _plan(_PAYS, "period month", "from Sales by date", _CREDIT, _LAST),
    ),
    "E0902": Entry(
        "unknown plan",
        "No commission plan of this name is declared here or in a policy that is used.",
        "Correct the name, or add the policy of the plan to `use`.",
        _plan(*_OVER, "on sale of direct reports", _LAST, name="over"),
    ),
    "E0903": Entry(
        "unknown allocation",
        "A quota comes from `targets`, the data, or from an allocation that is declared.",
        "Correct the name of the allocation, or write `quota from targets`.",
        _plan(*_FIRST, "quota from target_2026", _LAST),
    ),
    "E0904": Entry(
        "a name of another place",
        "An expression about a line reads the fields of its event, one about a statement reads "
        "sums and steps. `actor` and `requester` belong to requests and not to pay; `quota` is "
        "known where the plan has one, `paid` and `reports` in overrides.",
        "Write the expression where its names are known.",
        _plan(*_FIRST, "payable = 1% of net rounded half up to 0.01"),
    ),
    "E0905": Entry(
        "a link that is followed",
        "A field whose type is another event holds the id of a row. Only `hold` and `reverse` "
        "look that row up.",
        "Give the event a field of its own for what is needed.",
        _HEAD + "event Payment { id: text  sale: Sale  date: date  amount: money  by: Person }\n"
        "commission cash {\n  pays rep\n  period month\n  from Payment by date when sale.net > 5\n"
        f"  credit amount to by\n  {_LAST}\n}}\n",
    ),
    "E0906": Entry(
        "a definition that does not fit here",
        "The definition needs a fact that this place of the plan does not have, or has with "
        "another type.",
        "Use the definition where its facts are known, or write the expression out.",
        _plan(*_FIRST, "payable = half rounded half up to 0.01",
              head=_HEAD + "define half: money = net / 2\n"),
    ),
    "E0907": Entry(
        "an event without an id, or without a date",
        "Rows of an event are told apart by `id: text` and counted by a date; a column holds one "
        "value.",
        "Add the field.",
        _P + "event Sale { id: integer  date: date }\n",
    ),
    "E0908": Entry(
        "something that must be said",
        "A plan says whom it pays, by what period, from which events and what credit, and ends "
        "in a step `payable`; scorecards and allocations have such items too. None of them has a "
        "silent default.",
        "Write the item.",
        _plan(_PAYS, _FROM, _CREDIT, _LAST),
    ),
    "E0909": Entry(
        "unknown field of an event",
        "The event has no field of this name.",
        "Correct the name, or declare the field.",
        _plan(_PAYS, "period month", "from Sale by day", _CREDIT, _LAST),
    ),
    "E0910": Entry(
        "an item that is written twice",
        "Each item stands at most once, `reverse` and steps aside; a draw is recoverable or not; "
        "an item of a scorecard is better higher or lower.",
        "Keep one of the two.",
        _plan(*_FIRST, "floor 0", "floor 5", _LAST),
    ),
    "E0911": Entry(
        "items that do not go together",
        "An override goes by the statements underneath, a pool is shared as it is: what is said "
        "about lines or steps has no meaning there. `share`, `remainders` and `group` go with "
        "`pool`.",
        "Leave the item out, or write it in the plan underneath.",
        _plan(*_OVER, "on sales of direct reports", "hold until paid_on", _LAST,
              name="over", head=_plan(*_FIRST, _LAST)),
    ),
    "E0912": Entry(
        "a field of the wrong kind",
        "Events count by a date; `hold until` and `reverse` wait for a date that may be absent; "
        "credit goes to a person; what is followed is money.",
        "Name another field, or change its type.",
        _plan(*_FIRST, "hold until date", _LAST),
    ),
    "E0913": Entry(
        "pay that is not rounded to cents, or a step after `payable`",
        "What is paid is whole cents, and the text says how they come about. A pool is rounded "
        "in the same way.",
        "End the steps with `payable = … rounded half up to 0.01`.",
        _plan(*_FIRST, "payable = 1% of credit"),
    ),
    "E0914": Entry(
        "a step that cannot have this name",
        "Two steps have one name, or it is a name that statements know already, such as `credit`.",
        "Take another name. An item is written without `=`.",
        _plan(*_FIRST, "lines = 5", _LAST),
    ),
    "E0915": Entry(
        "a scale that does not say what its rates apply to",
        "`marginal` rates apply each to its own part, `whole` ones to all of the amount, "
        "`interpolated` ones lie between points. The difference is large, so one must be said.",
        "Write `marginal rates on`, `whole rates on` or `interpolated rates on`.",
        _scaled("rates on credit { up to 5 -> 1%  over -> 2% }"),
    ),
    "E0916": Entry(
        "a scale whose last tier is not open",
        "The scale says nothing of amounts above its last bound.",
        "End it with `over -> …`.",
        _scaled("marginal rates on credit { up to 5 -> 1% }"),
    ),
    "E0917": Entry(
        "tiers that do not ascend",
        "Bounds are written once each, the smallest first, on every day if they are parameters; "
        "another order leaves a tier that is never reached.",
        "Put the tiers in order.",
        _scaled("marginal rates on credit { up to 9 -> 1%  up to 5 -> 2%  over -> 3% }"),
    ),
    "E0918": Entry(
        "a tier of another kind of scale",
        "Marginal and whole scales have tiers (`up to`, `under`); an interpolated one begins "
        "with `under ->` and has points (`at`). `over ->` stands last.",
        "Write the tier as its scale needs it.",
        _scaled("marginal rates on credit { at 5 -> 1%  over -> 2% }"),
    ),
    "E0919": Entry(
        "bounds of the wrong kind",
        "Bounds are amounts of what the scale is on, or percents where it is `against` another "
        "amount.",
        "Write percents and `against`, or amounts and no `against`.",
        _scaled("marginal rates on credit { up to 80% -> 1%  over -> 2% }", "quota 5"),
    ),
    "E0920": Entry(
        "several scales on `credit`",
        "What is held and reversed is shared out to lines by what each earned on the one scale "
        "on `credit`.",
        "Write the other scale on an amount, in brackets: `rates on (credit)`.",
        _plan(
            *_FIRST,
            "a = marginal rates on credit { up to 5 -> 1%  over -> 2% }",
            "b = whole rates on credit { up to 5 -> 1%  over -> 2% }",
            "payable = a + b rounded half up to 0.01",
        ),
    ),
    "E0921": Entry(
        "what a scale cannot add up over",
        "Only a scale on `credit` goes through lines, and it takes them together by a field with "
        "one plain value, or over a time no shorter than the period of the plan.",
        "Leave the words out, or name such a field.",
        _scaled("marginal rates on (credit / 2) per line { up to 5 -> 1%  over -> 2% }"),
    ),
    "E0922": Entry(
        "an event that is not linked",
        "`hold` and `reverse` follow events with exactly one field that holds the id of a line's "
        "event.",
        "Add a field whose type is the event of the plan.",
        _plan(*_FIRST, "reverse Refund.amount by date against net at the rate paid", _LAST,
              head=_HEAD + "event Refund { id: text  date: date  amount: money }\n"),
    ),
    "E0923": Entry(
        "plans in a circle",
        "The plan stands on itself, directly or through others.",
        "Let the plan at the bottom count events.",
        _plan(*_OVER, "on over of direct reports", _LAST, name="over", head=_P),
    ),
    "E0924": Entry(
        "an override of another period or currency",
        "An override sums the statements of the plan underneath, period by period.",
        "Give both plans the same period and currency.",
        _plan("pays boss", "period quarter", "on sales of direct reports", _LAST,
              name="over", head=_plan(*_FIRST, _LAST)),
    ),
    "E0925": Entry(
        "credit that does not say whose it is",
        "Outside pools every amount is credited to somebody: to a person in a field, to an owner "
        "or by shares that make 100% or may overlap. A pool has nobody credited.",
        "Write `credit AMOUNT to FIELD`, `to owner of FIELD on DATE` or `split by credits total "
        "100%`; in a pool `credit AMOUNT` alone.",
        _plan(_PAYS, "period month", _FROM, "credit net", _LAST),
    ),
    "E0926": Entry(
        "a pool that cannot be shared so",
        "A weight is a number; a group is told by a field of the event and an attribute of the "
        "payee of the same plain type.",
        "Name a field and an attribute of one type.",
        _plan(*_POOL, *_POOLED, "remainders to largest", "group net = payee.team"),
    ),
    "E0927": Entry(
        "amounts or days that contradict each other",
        "The cap is below the floor or for a time shorter than the period, a guarantee or draw is "
        "below zero, or the plan has no day in common with its policy.",
        "Correct the amount or the date.",
        _plan(*_FIRST, "cap 5", "floor 9", _LAST),
    ),
    "E0928": Entry(
        "weights that do not make 100%",
        "The weights of a scorecard make exactly the whole, and none is below zero.",
        "Change one of them.",
        f"{_P}{_CARD}  item met {{ weight 90%  {_ITEM} }}\n{_SCORE}",
    ),
    "E0929": Entry(
        "an item of a scorecard that is not complete",
        "An item has a weight, a target that is a number, and says whether higher or lower is "
        "better.",
        "Add what is missing.",
        f"{_P}{_CARD}  item met {{ weight 100%  target 5 }}\n{_SCORE}",
    ),
    "E0930": Entry(
        "a name of a scorecard that is taken",
        "A plan reads the score by the name of the scorecard, so it cannot be a word that "
        "statements know; the items of one scorecard have different names.",
        "Take another name.",
        f"{_P}{_CARD.replace('card {', 'quota {')}  item met {{ weight 100%  {_ITEM} }}\n{_SCORE}",
    ),
    "E0931": Entry(
        "a dimension that cannot be allocated to",
        "An allocation goes to months or quarters, to the members of enums and to people; people "
        "are within a dimension written above, by an attribute of the same name and type.",
        "Correct the dimension, or declare the attribute in `record Person`.",
        f"{_P}{_TARGET}  in steps of 1\n  by region: Region weight 1\n"
        "  by person of rep within region weight 1\n}\n",
    ),
    "E0932": Entry(
        "an amendment on no first day",
        "An amendment holds from the first day of a period of the year on, after the first "
        "period and in the order of dates.",
        "Name the first day of a period; what holds from the first of the year is `amount`.",
        f"{_P}{_TARGET}  in steps of 1\n  by month weight 1\n"
        "  amend from 2026-07-15 amount 2_000\n}\n",
    ),
    "E0933": Entry(
        "an amount that is no multiple of the steps",
        "Everything is allocated in whole steps, which are above zero.",
        "Change the amount or the steps.",
        f"{_P}{_TARGET}  in steps of 300\n  by month weight 1\n}}\n",
    ),
    "W0901": Entry(
        "more sales that pay less",
        "In a scale that is not marginal one rate holds for the whole amount; here the rate falls "
        "at a boundary, so that a little more pays less.",
        "Raise the rate, or write `marginal` if each rate is for its own part only.",
        _scaled("whole rates on credit { under 100_000 -> 3%  over -> 2% }"),
    ),
    "W0902": Entry(
        "a rate below zero",
        "More sales take pay away.",
        "Write a rate of zero or more; what is taken back is a `reverse`.",
        _scaled("marginal rates on credit { up to 5 -> 1%  over -> -2% }"),
    ),
    "W0903": Entry(
        "a plan period with no quota",
        "The quota is a parameter that has no value on some day of the plan.",
        "Give it a value for those days, or end the plan before.",
        _plan(
            "effective from 2026-01-01 until 2027-01-01", *_FIRST, "quota goal",
            "payable = credit / quota * 5 CNY rounded half up to 0.01",
            head=_HEAD + "parameter goal: money { from 2026-03-01 -> 500 }\n",
        ),
    ),
    "W0904": Entry(
        "an event that is not used",
        "No plan counts the event or follows it.",
        "Use it in a plan, or leave it out.",
        _plan(*_FIRST, _LAST, head=_HEAD + "event Refund { id: text  date: date }\n"),
    ),
    "W0905": Entry(
        "a payee counted twice",
        "Two plans of one period pay the same position for the same events with the same credit "
        "and condition.",
        "Narrow one of them by `when`, or leave the position out of one `pays`.",
        _plan(*_FIRST, _LAST, name="again", head=_plan(*_FIRST, _LAST)),
    ),
    "W0906": Entry(
        "a step that looks like an item",
        "`cap = 80_000` is a step of this name, and nothing uses it: it caps nothing.",
        "For the item leave the sign out: `cap 80_000`.",
        _plan(*_FIRST, "cap = 80_000 CNY", _LAST),
    ),
}  # fmt: skip
