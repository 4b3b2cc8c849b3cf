"""Catalogue entries: types of values."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_P = "policy p { owner board currency CNY }\nposition clerk\n"
_ORDER = (
    _P + "action order { total money  rate percent  note text  due date  term months\n"
    "  grace duration  price money USD  count integer  limit on total }\n"
)


def _when(condition: str) -> str:
    return f"{_ORDER}authority order {{ clerk may approve any when {condition} }}\n"


ENTRIES: dict[str, Entry] = {
    "E0301": Entry(
        "wrong type",
        "A value of one type stands where another is needed, such as money for a percent.",
        "Give a value of the type that is needed; the message shows where both come from.",
        _ORDER + "authority order { clerk may approve up to 5% }\n",
    ),
    "E0302": Entry(
        "operands that do not go together",
        "The two sides of an operator have types it cannot join, such as money and a percent.",
        "Compare or add like with like; `10% of total` is money.",
        _when("total > rate"),
    ),
    "E0303": Entry(
        "money times money",
        "Two amounts of money are multiplied, which gives nothing that has a name.",
        "Make one of the two a number or a percent; divide two amounts for their ratio.",
        _when("total * total > 5"),
    ),
    "E0304": Entry(
        "two currencies",
        "Amounts in different currencies meet.",
        "Convert one of them with `as`, and declare a dated `exchange` for the rate.",
        _when("total > price"),
    ),
    "E0305": Entry(
        "days and months",
        "A duration in days meets one in months. Months have no fixed number of days.",
        "Say both in days, or both in months.",
        _when("term > grace"),
    ),
    "E0306": Entry(
        "order where there is none",
        "Texts, members of an enum and positions are equal or not; none is more than another.",
        "Compare with `=`, `!=` or `in`; for steps of an enum write a `table`.",
        _when('note > "b"'),
    ),
    "E0307": Entry(
        "bare number without its unit",
        "A number without a unit stands where a percent or a duration is needed. `3` could be "
        "3 % or 300 %.",
        "Write the unit: `3%`, `30 days`.",
        _when("rate > 3"),
    ),
    "E0308": Entry(
        "value in place of a condition",
        "After `when`, `unless`, `where`, `and`, `or`, `not` and `if` something true or false is "
        "needed.",
        "Compare the value with another.",
        _when("total"),
    ),
    "E0309": Entry(
        "month end left open",
        "A date plus months may fall on a day that does not exist, such as 31 February.",
        "Say `clipped` to stay in the month or `rolled` to go on to the next: "
        "`due + 3 months clipped`.",
        _when("due + 3 months > as_of"),
    ),
    "E0310": Entry(
        "fact that is never absent",
        "`is given`, `is absent` and `otherwise` are about one optional fact, and this is none.",
        "Write `optional` after its type where it is declared, or leave the question out.",
        _when("note is given"),
    ),
    "E0311": Entry(
        "not a list",
        "`sum`, `average`, `count`, `any` and `all` run over a list or a set.",
        "Name a list, or write several values for `min` and `max`.",
        _when("sum(total) > 5"),
    ),
    "E0312": Entry(
        "not a number",
        "A function of numbers is given something else.",
        "Name a field of the list that is a number or money.",
        _when("abs(note) = 1"),
    ),
    "E0313": Entry(
        "division by zero",
        "The divisor is written as zero.",
        "Divide by something else.",
        _when("total / 0 > 5"),
    ),
    "E0314": Entry(
        "missing exchange rate",
        "`as` converts by a declared rate, and there is none between these currencies.",
        "Declare it: `exchange USD to CNY { from 2026-01-01 -> 7.10 }`.",
        _when("price as CNY > 5"),
    ),
    "E0315": Entry(
        "percent and number",
        "A percent and a bare number are added or subtracted. Only 0 and 1 may stand beside a "
        "percent: `1 - rate`.",
        "Write both as percents, or say what the percent is of: `10% of total`.",
        _when("count + rate > 5"),
    ),
    "E0316": Entry(
        "more than one value",
        "A record, a list or a set is compared as if it were one value.",
        "Compare one of its fields; ask a list with `in` or `any`.",
        _when("actor = requester"),
    ),
    "E0317": Entry(
        "expression too deep",
        "An expression that another program built is nested deeper than the language allows.",
        "Name parts of it with `define`.",
    ),
    "E0318": Entry(
        "nothing to look in",
        "On the right of `in` stands neither a set, a list, values in parentheses nor a member "
        "of an enum.",
        "Write `=`, or list the values in parentheses.",
        _when("total in total"),
    ),
    "E0319": Entry(
        "field of something without fields",
        "A dot follows a name that is no record.",
        "Leave the field out; for a list of records write `sum(order.lines.amount)` or another "
        "function.",
        _when("total.amount > 5"),
    ),
    "E0321": Entry(
        "step of rounding",
        "A value is rounded to a step of zero or less.",
        "Round to a step such as `0.01`.",
        _when("(total rounded half up to 0) > 5"),
    ),
    "E0322": Entry(
        "senseless exchange rate",
        "A rate is zero or less, or its two currencies are the same.",
        "Correct the rate, or name two currencies.",
        _P + "exchange USD to CNY { from 2026-01-01 -> 0 }\n",
    ),
    "E0323": Entry(
        "amount that two readers read differently",
        "An amount of money has exactly three digits after its point. Where points group "
        "thousands, `200.000` is two hundred thousand; here it would be two hundred.",
        "Write what is meant: `200`, or `200_000`; an amount such as 1.125 as `1.1250`.",
        _ORDER + "authority order { clerk may approve up to 200.000 }\n",
    ),
}
