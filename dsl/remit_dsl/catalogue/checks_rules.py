"""Catalogue entries: rules of authority, and values with dates."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_P = (
    "policy p { owner board currency CNY }\n"
    "position clerk { reports to head }\nposition head\nposition auditor\n"
)
_ORDER = _P + "action order { total money  note text  limit on total }\n"
_SHIP = _P + "action ship { note text }\n"

ENTRIES: dict[str, Entry] = {
    "E0401": Entry(
        "grant without a limit",
        "The action is limited, and the grant does not say up to how much.",
        "Write the limit, or `any` when there is none: `clerk may approve any`.",
        _ORDER + "authority order { clerk may approve }\n",
    ),
    "E0402": Entry(
        "limit without a measure",
        "A rule has a limit, and its action does not say what limits measure.",
        "Write `limit on …` in the action, or leave the limit out.",
        _SHIP + "authority ship { clerk may approve up to 5 }\n",
    ),
    "E0404": Entry(
        "step for nobody",
        "A step asks for none of the listed positions, or for more than are listed.",
        "List the positions that must act, and ask for as many or fewer.",
        _ORDER
        + "authority order { clerk may approve any\n  approve needs 3 of (head, auditor) }\n",
    ),
    "E0405": Entry(
        "escalation that leads nowhere",
        "What is escalated goes to a position that may not decide it.",
        "Grant the verb to that position, or escalate to another.",
        _ORDER + "authority order { clerk may approve up to 5  escalate to auditor }\n",
    ),
    "E0406": Entry(
        "delegation of nothing",
        "An action is delegated that nobody was granted.",
        "Grant it first.",
        _ORDER + "delegation of order { to one level below }\n",
    ),
    "E0407": Entry(
        "verb separated from itself",
        "`separate` keeps two verbs in two hands; both are the same here.",
        "Name two verbs.",
        _ORDER + "authority order { clerk may approve any  separate approve and approve }\n",
    ),
    "E0408": Entry(
        "dated values out of order",
        "Two values hold on one day, or a value stands before an earlier one.",
        "Write the values in the order of their dates; each holds until the next begins.",
        _P + "parameter rate: percent { from 2026-07-01 -> 5%  from 2026-01-01 -> 6% }\n",
    ),
    "E0409": Entry(
        "reversed period",
        "`until` is not after `from`, so there is no day in between.",
        "Correct the dates. `until` is the first day on which it holds no more.",
        _ORDER + "authority order { clerk may approve any from 2026-07-01 until 2026-01-01 }\n",
    ),
    "E0410": Entry(
        "nothing to measure",
        "`limit on` names something that is no number.",
        "Name money, a percent, a number or a duration.",
        _P + "action ship { note text  limit on note }\n",
    ),
    "E0411": Entry(
        "nothing in between",
        "The first value of `between` is more than the second.",
        "Write the smaller value first.",
        _ORDER + "authority order { clerk may approve between 20 and 10 }\n",
    ),
    "E0412": Entry(
        "statement written twice",
        "A block says twice how to escalate, or twice that superiors inherit.",
        "Leave one of the two out.",
        _ORDER + "authority order { clerk may approve any\n"
        "  escalate to the first superior able  escalate to head }\n",
    ),
    "E0415": Entry(
        "position listed twice",
        "One step lists a position twice, which does not make it two persons.",
        "List each position once.",
        _ORDER + "authority order { clerk may approve any  approve needs 2 of (head, head) }\n",
    ),
    "E0416": Entry(
        "totals by something without identity",
        "Totals are kept by one value, or by a record that has a field `id`.",
        "Give the record an `id`, or name one of its fields.",
        _P + "record Place { town: text }\n"
        "action order { total money  place Place  limit on total summed by place over 9 days }\n",
    ),
    "E0417": Entry(
        "window that is not in days",
        "Windows of time and the length of a delegation are whole numbers of days.",
        "Write `90 days`.",
        _P
        + "action order { total money  note text  limit on total summed by note over 3 months }\n",
    ),
    "E0431": Entry(
        "waiver of an unknown question",
        "`waive` names a question that `remit prove` asks, and there is none of this name.",
        "Write one of the questions of the help line.",
        _ORDER + 'waive monoton on order because "the head only signs"\n',
    ),
    "E0432": Entry(
        "waiver without a reason",
        "A waiver says that a finding is known and is kept. Without a reason nobody can judge "
        "later whether it still holds.",
        'Write `because "…"`.',
        _ORDER + "waive monotone on order\n",
    ),
    "E0433": Entry(
        "waiver that reaches too far",
        "The waiver names neither an action nor a position nor a rule, so it would also hide "
        "faults that nobody has seen yet. Only `accountability`, `dates` and `unset` may be waived "
        "as a whole.",
        "Write `on` an action, `for` a position, or `at` a rule.",
        _ORDER + 'waive monotone because "the head only signs"\n',
    ),
    "E0434": Entry(
        "waiver at an unknown rule",
        "A bare name after `at` is the label of a rule, a parameter, a definition, a table or a "
        "policy that can be seen from here. This one is none of them.",
        "Correct it, give the rule that label, or write the id of the rule, as every answer shows "
        "it; one with a number at its end or a `+` in it in quotes.",
        _ORDER + 'waive shadowed at small_orders because "kept for the auditors"\n',
    ),
    "E0435": Entry(
        "waiver with a condition out of place",
        "A condition speaks of the requests of one action, and only `dead_end`, `monotone` and "
        "`separation` look for requests. This waiver names no action, or several, or answers "
        "another question.",
        "Write `on ACTION`, or leave the condition out.",
        _ORDER + 'waive monotone for head when total > 5 because "the head only signs"\n',
    ),
}
