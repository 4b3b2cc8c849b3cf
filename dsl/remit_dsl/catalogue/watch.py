"""Catalogue entries: faults of watches and duties."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_HEAD = (
    "policy p { owner board currency CNY }\nposition board\nposition clerk { reports to board }\n"
    "enum Size { small big }\nrecord Person { team: text }\n"
    "record Customer { id: text  used: money  line: money }\nrecord Place { name: text }\n"
    "event Return { id: text  date: date  customer: Customer  amount: money  by: Person }\n"
    "action release { customer: Customer  amount: money  limit on amount }\n"
    "authority release { clerk may approve any }\n"
)


def _watch(*items: str, on: str = "Customer") -> str:
    lines = "".join(f"  {item}\n" for item in items)
    return f"{_HEAD}watch w on {on} {{\n{lines}}}\n"


_USES = "when 3 Return within 30 days notify clerk"

ENTRIES: dict[str, Entry] = {
    "E1001": Entry(
        "a watch on what has no rows",
        "A watch is on a record, whose facts are observed, or on an event. A list of words has "
        "nothing to observe.",
        "Write `on RECORD`, `on EVENT`, or `on EVENT by FIELD`.",
        _watch("when 3 Return within 30 days notify clerk", on="Size"),
    ),
    "E1002": Entry(
        "subjects that cannot be told apart",
        "A record that is watched has a field `id: text`; of an event, `by` names a text, a word "
        "of a list or a record.",
        "Add `id: text` to the record, or name another field after `by`.",
        _watch('when name = "a" notify clerk', on="Place"),
    ),
    "E1003": Entry(
        "no field says which subject",
        "What is counted for a subject holds its key in one of its fields. None, or more than "
        "one, can be it.",
        "Name the field: `count of EVENT by FIELD`.",
        _watch("when 3 Return by amount within 30 days notify clerk"),
    ),
    "E1004": Entry(
        "a window that is none",
        "A window is a whole number of days or months, or a calendar period; how many there are "
        "is a whole number.",
        "Write `within 30 days` or `within month`.",
        _watch("when 3 Return within 1.5 days notify clerk"),
    ),
    "E1005": Entry(
        "rows asked for in the middle of a condition",
        "`stays` is asked of each row by itself and has an alert for each. So it is a whole "
        "condition or one side of its `and`; and what is counted belongs to a subject.",
        "Give it a rule of its own.",
        _watch("when not (a Return stays (amount > 5) 3 days after date) notify clerk"),
    ),
    "E1006": Entry(
        "a name that is taken",
        "A rule, a value or a duty has a name of its own, and no value is made of itself.",
        "Take another name, or break the circle.",
        _watch("used = 5", _USES),
    ),
    "E1007": Entry(
        "an unknown severity",
        "An alert is raised as `info`, `warning` or `critical`.",
        "Write one of the three.",
        _watch("when used over line raise urgent to clerk"),
    ),
    "E1008": Entry(
        "nothing says whom it holds for",
        "`freeze` and `require` hold for the subject of the alert. The action needs a fact that "
        "names it.",
        "Say which fact: `freeze ACTION by FACT`, for a row `by FACT = FIELD`.",
        _watch("when amount > 5 freeze release", on="Return"),
    ),
    "E1009": Entry(
        "a rule that does nothing",
        "A rule of a watch tells somebody, stops something or raises an alert.",
        "Add `notify …`, `freeze …`, `require …` or `raise …`.",
        _watch("when used over line"),
    ),
    "E1010": Entry(
        "a day that is none",
        "A report is due on a weekday, or on a day that every month, quarter or year has.",
        "Write `weekly by friday`, `monthly by day 5`.",
        f"{_HEAD}duty clerk reports to board monthly by day 31\n",
    ),
    "E1011": Entry(
        "a duty of nobody",
        "The field after `by` holds the person who has done it.",
        "Name a field of type `Person`.",
        f"{_HEAD}duty clerk reports to board daily with Return by amount\n",
    ),
    "E1012": Entry(
        "said twice",
        "A rule has one `raise`, one `until`, one `because` and one `source`.",
        "Keep one of the two.",
        _watch("when used over line raise info to clerk raise warning to clerk"),
    ),
    "E1013": Entry(
        "a fact about a person as a field",
        "A row of an event names a person and holds nothing else about him: his unit or his "
        "team may be another one tomorrow. So rows do not belong together by it, and it is not "
        "summed. Conditions may read it.",
        "Name the person.",
        _watch("when 3 Return within 30 days notify clerk", on="Return by by.team"),
    ),
}
