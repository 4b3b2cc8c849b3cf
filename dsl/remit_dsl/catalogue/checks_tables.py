"""Catalogue entries: tables and bands."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_P = "policy p { owner board currency CNY }\nenum Region { north { harbin } south }\n"
_BANDS = "policy p { owner board currency CNY }\naction order { total money }\n"

ENTRIES: dict[str, Entry] = {
    "E0421": Entry(
        "rows that overlap",
        "Two rows of a `unique` table hold for the same input, shown in the message.",
        "Narrow one of the rows. If the first row that holds should count, write `first`.",
        _P + "table fee (amount: money) gives money {\n  up to 100 -> 1\n  at least 100 -> 2\n}\n",
    ),
    "E0422": Entry(
        "missing row",
        "No row of the table holds for the input shown in the message.",
        "Add a row. `any` in every cell of a last row is for `first` tables.",
        _P + "table fee (amount: money) gives money {\n  under 100 -> 1\n  over 100 -> 2\n}\n",
    ),
    "E0423": Entry(
        "row of the wrong length",
        "The row has more or fewer cells than the table has columns.",
        "Write one cell for each column, and `any` where a column does not matter.",
        _P + "table fee (amount: money, region: Region) gives money {\n  any -> 1\n}\n",
    ),
    "E0424": Entry(
        "missing CSV file",
        "The table takes its rows from a file that is not beside the policy.",
        "Correct the name; it is relative to the file of the policy.",
        _P + 'table fee (amount: money) gives money from "fees.csv"\n',
    ),
    "E0425": Entry(
        "fault in a CSV file",
        "The first line must name every column and then the value; each further line is a row, "
        "with cells written as in a table of a policy.",
        "Correct the line shown. Quote a cell that holds a comma; write `any` for a cell that "
        "does not matter.",
        "# file: p.remit\n" + _P + 'table fee (amount: money) gives money from "fee.csv"\n'
        '# file: fee.csv\namount,fee\n"up to 1,000",5\n',
    ),
    "E0426": Entry(
        "bands out of order",
        "Bands are read from the first to the last, and each must end higher than the one before.",
        "Write the ends in ascending order, with `under` or `up to`.",
        _BANDS + "define fee: money = bands of total {\n"
        "  under 60 -> 1\n  under 25 -> 2\n  otherwise -> 3\n}\n",
    ),
    "E0427": Entry(
        "open bands",
        "The bands say nothing above the last end.",
        "End with `otherwise -> …`.",
        _BANDS + "define fee: money = bands of total {\n  under 25 -> 1\n  under 60 -> 2\n}\n",
    ),
    "E0428": Entry(
        "band that is never reached",
        "A band before it takes everything it could hold for.",
        "Leave it out, or write `otherwise` last.",
        _BANDS + "define fee: money = bands of total {\n"
        "  under 25 -> 1\n  under 25 -> 2\n  otherwise -> 3\n}\n",
    ),
    "E0429": Entry(
        "column that no cell can hold",
        "A column is a record, a list or a set; cells speak of one value.",
        "Take a field of it as the column.",
        _P + "record Order { total: money }\n"
        "table fee (order: Order) gives money {\n  any -> 1\n}\n",
    ),
    "E0430": Entry(
        "collecting what is no number",
        "`collect sum`, `min` and `max` need a table that gives numbers.",
        "Write `collect count` or `first`, or let the table give numbers.",
        _P + 'table note (amount: money) gives text collect sum {\n  any -> "a"\n}\n',
    ),
}
