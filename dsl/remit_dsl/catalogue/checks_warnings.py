"""Catalogue entries: warnings."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_P = "policy p { owner board currency CNY }\nposition clerk { reports to head }\nposition head\n"
_ORDER = _P + "action order { total money  rate percent  limit on total }\n"
_TABLE_ACTION = "action order { total money  limit on fee(total) }\n"


ENTRIES: dict[str, Entry] = {
    "W0501": Entry(
        "no owner",
        "The header does not say who may amend and interpret the policy.",
        "Write `owner …` in the header.",
        "policy p { currency CNY }\nposition clerk\n",
    ),
    "W0502": Entry(
        "unset parameter in use",
        "A rule depends on a parameter that has no value in some time. In that time the answer "
        "is `undefined`.",
        "Set the parameter, or leave it so knowingly.",
        _ORDER + "parameter top: money = unset\nauthority order { clerk may approve up to top }\n",
    ),
    "W0503": Entry(
        "unused name",
        "Nothing in the loaded policies uses this parameter, definition or table.",
        "Use it, or leave it out.",
        _P + "parameter top: money = 5\n",
    ),
    "W0504": Entry(
        "rule without an identity",
        "Rules without a label are known by action, position and verb, and two have the same.",
        "Give the rule a label: `small_orders: clerk may approve …`.",
        _ORDER + "authority order {\n  clerk may approve up to 5\n"
        "  clerk may approve up to 9 when rate < 5%\n}\n",
    ),
    "W0505": Entry(
        "name with two meanings",
        "A fact or variable has the name of something else that could be meant. The fact counts.",
        "Rename one of the two, or write the full name of the other.",
        _ORDER + "parameter rate: percent = 5%\n"
        "authority order { clerk may approve up to rate * total }\n"
        "define fine: boolean = p.rate > 1%\n"
        "authority order { head may approve any when fine }\n",
    ),
    "W0506": Entry(
        "gap between dated values",
        "No value holds between the end of one and the beginning of the next.",
        "`until` is the first day on which a value holds no more: write the day on which the next "
        "begins. If there is none in between, write `-> unset` for that time.",
        _ORDER + "parameter top: money {\n  from 2026-01-01 until 2026-06-01 -> 5\n"
        "  from 2026-07-01 -> 6\n}\nauthority order { clerk may approve up to top }\n",
    ),
    "W0507": Entry(
        "rule outside its policy",
        "A rule begins before its policy or ends after it, and holds only with it.",
        "Correct one of the dates.",
        "policy p { owner board effective from 2026-01-01 }\nposition clerk\n"
        "action ship { note text }\nauthority ship { clerk may approve from 2025-01-01 }\n",
    ),
    "W0508": Entry(
        "table without proof",
        "A cell depends on a parameter or another value, so the checker cannot say that no two "
        "rows overlap and none is missing.",
        "Write constants in the cells.",
        _P + _TABLE_ACTION + "parameter top: money = 5\n"
        "table fee (amount: money) gives money {\n  up to top -> 1\n  over top -> 2\n}\n",
    ),
    "W0509": Entry(
        "money without a currency",
        "The policy speaks of money, and its header states no currency.",
        "Write `currency CNY` in the header, or `money CNY` for a single type.",
        "policy p { owner board }\naction order { total money }\n",
    ),
    "W0510": Entry(
        "escalation without anybody above",
        "What is beyond the limit goes to superiors, and none of them may do more.",
        "Grant more to a superior, or escalate to a position by name.",
        _ORDER + "authority order {\n  clerk may approve up to 5\n"
        "  escalate to the first superior able\n}\n",
    ),
    "W0511": Entry(
        "table too entangled to prove",
        "The rows overlap in so many ways that the search for a missing input was stopped.",
        "Split the table into two, or write it as `unique`, which is proved by counting.",
    ),
    "W0512": Entry(
        "two names that look alike",
        "Two names of a kind differ only in letters that are drawn alike, or in width or case. A "
        "reader takes one for the other.",
        "Rename one of the two.",
        _P + "position Clerk\n",
    ),
    "W0513": Entry(
        "an implied right without the bar of the right it comes from",
        "Verbs are distinct: what bars or delays one says nothing of another. Who may do the "
        "first may do the implied one, and this bar or step does not hold for it.",
        "Say the same of the implied verb, or leave the implication out.",
        _ORDER + "right approve implies sign\nauthority order {\n  clerk may approve up to 5\n"
        "  requester may not approve\n}\n",
    ),
}
