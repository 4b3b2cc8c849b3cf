"""Catalogue entries: what `remit prove` finds in a text that checks."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_P = (
    "policy p { owner board currency CNY }\n"
    "position clerk { reports to head }\nposition head\nposition auditor\n"
)
_ORDER = _P + "action order { total money  rate percent  limit on total }\n"

_RULES: dict[str, Entry] = {
    "W0801": Entry(
        "rule that can never apply",
        "No request makes the condition of the rule true: its parts exclude one another, or its "
        "days lie outside those of its policy. The rule reads as if it said something.",
        "Correct the condition or the dates, or leave the rule out.",
        _ORDER + "authority order {\n  clerk may approve any when rate < 5% and rate > 10%\n}\n",
    ),
    "W0802": Entry(
        "rule that adds nothing",
        "Whatever the rule says, another rule of the same kind says already, for every request "
        "and every day. Who edits the one will believe that he has changed something.",
        "Leave one of the two out, or correct the one that was meant otherwise.",
        _ORDER + "authority order {\n  all_orders: clerk may approve up to 9\n"
        "  cheap: clerk may approve up to 5 when rate < 5%\n}\n",
    ),
    "W0803": Entry(
        "grant that prohibitions take back",
        "The grant gives a right, and a prohibition or a bar forbids it for every request that "
        "it could serve. Prohibitions always win, so nothing is left of it.",
        "Narrow the prohibition, or leave the grant out.",
        _ORDER + "authority order {\n  clerk may approve up to 5\n  nobody may approve\n}\n",
    ),
    "W0804": Entry(
        "request that nobody may decide",
        "The action is granted, and for the request shown no position may decide it: it is over "
        "every limit, or outside every condition. Whoever asks is sent to nobody.",
        "Grant the rest to somebody, forbid it with `nobody may … because …`, or waive it.",
        _ORDER + "authority order {\n  clerk may approve up to 5\n  head may approve up to 9\n}\n",
    ),
    "W0805": Entry(
        "superior who may do less than his report",
        "For the request shown a position may decide, and the position it reports to may not. "
        "What is escalated up the line then arrives at somebody with less authority.",
        "Raise the limit of the superior, write `superiors inherit`, or waive it with the reason.",
        _ORDER + "authority order {\n  clerk may approve up to 9\n  head may approve up to 5\n}\n",
    ),
}

_HANDS: dict[str, Entry] = {
    "W0806": Entry(
        "both steps in one hand",
        "One person can do two steps of one request that are there to check each other, such as "
        "review and approve, and no rule keeps them apart.",
        "Write `separate review and approve`, give one of the two to another position, or waive "
        "it with the reason.",
        _ORDER + "authority order {\n  head may approve any\n  head may review any\n"
        "  approve over 5 needs review by head\n}\n",
    ),
    "W0807": Entry(
        "delegation that breaks a separation",
        "By a delegation one person comes to hold two rights that the policy keeps in two hands: "
        "the one is his own, the other is delegated to him.",
        "Say with `to …` whom it may be delegated to, or delegate to somebody else.",
    ),
    "W0808": Entry(
        "power without accountability",
        "A position may decide an action, and no `answers for` says what it answers for. "
        "Responsibility and power belong together.",
        "Write `answers for …` in the position, or waive it with the reason.",
        _P + 'position buyer { answers for "prices" }\naction order { total money }\n'
        "authority order { buyer may approve  clerk may approve }\n",
    ),
    "W0809": Entry(
        "accountability without power",
        "A position answers for something, and no rule lets it decide anything.",
        "Grant it what it needs, give the accountability to who decides, or waive it.",
        _P + 'position keeper { answers for "stock" }\naction order { total money }\n'
        "authority order { clerk may approve }\n",
    ),
    "W0810": Entry(
        "verbs that contradict each other",
        "On the same requests one position has two verbs that stand for two stages, such as "
        "`recommend` and `approve`. It is not plain whether it proposes or decides.",
        "Leave one of the two out, tell them apart by a limit or a condition, or waive it.",
        _ORDER + "authority order {\n  clerk may approve up to 5\n"
        "  clerk may recommend up to 5\n}\n",
    ),
}

_DATES: dict[str, Entry] = {
    "W0811": Entry(
        "gap between two periods",
        "One value or rule ends, the next of its kind begins later, and the days between have "
        "none. `until` is the first day that no longer counts, so `until 2026-06-30` and then "
        "`from 2026-07-01` leaves one day out.",
        "Begin the next on the day on which the one before ends.",
        _ORDER + "authority order {\n"
        "  first_half: clerk may approve up to 5 from 2026-01-01 until 2026-06-30\n"
        "  second_half: clerk may approve up to 9 from 2026-07-01\n}\n",
    ),
    "W0812": Entry(
        "text that ends soon",
        "A policy, a rule or a value ends within the days looked ahead, and nothing follows it. "
        "From that day on the answer is no, or undefined.",
        "Write what follows, or move the end; `--soon` says how many days to look ahead.",
    ),
    "W0813": Entry(
        "date with month and day perhaps swapped",
        "Read with month and day the other way round the date fits its neighbours, and as it is "
        "written it does not.",
        "Correct the date, or waive it when it is meant so.",
    ),
    "W0814": Entry(
        "unset parameter and what depends on it",
        "The parameter has no value in some time. The rules listed give the answer `undefined` "
        "as long as it has none.",
        "Set the parameter, or waive it with the reason why it is still open.",
        _ORDER + "parameter top: money = unset\nauthority order { clerk may approve up to top }\n",
    ),
}

_OUTCOMES: dict[str, Entry] = {
    "W0815": Entry(
        "question that could not be settled",
        "The search was stopped before the question was answered, or the rules hold something "
        "that it cannot follow. That is neither a proof nor a fault, and the message says why.",
        "Write the rule more simply, install the solver with `pip install 'remit[prove]'`, or "
        "let it search for longer.",
    ),
    "W0816": Entry(
        "waiver that waives nothing",
        "No finding fits the waiver: what it excused is repaired, or one of its names is not the "
        "one meant. It would silently excuse the next fault that fits.",
        "Leave the waiver out, or correct its names.",
        _ORDER + "authority order {\n  clerk may approve up to 5\n  head may approve any\n}\n"
        'waive monotone on order because "the head only signs"\n',
    ),
    "W0817": Entry(
        "table or bands that a parameter breaks",
        "Cells or ends of bands depend on a parameter. With the value it has on the day shown, "
        "two rows of the table hold for one input, an input has no row, or a band is never "
        "reached.",
        "Correct the value of that day, or write the cells so that no value can break them.",
        _ORDER + "parameter top: money { from 2026-01-01 -> 100  from 2026-07-01 -> 200 }\n"
        "table fee (amount: money) gives money {\n  up to top -> 1\n  over 100 -> 2\n}\n"
        "define due: money = fee(total)\nauthority order { clerk may approve up to due }\n",
    ),
    "W0818": Entry(
        "plan that pays less for more",
        "A larger credit entitles to a smaller amount: a rate that the whole credit gets falls at "
        "the bound shown, or a factor falls faster than the credit grows. Whoever stands there "
        "earns more by selling less, or by selling later.",
        "Write a `marginal` scale, or rates and factors that do not fall, or waive it with the "
        "reason.",
        _P + "event Sale { id: text  date: date  net: money  seller: Person }\n"
        "commission deals {\n  pays clerk\n  period month\n  from Sale by date\n"
        "  credit net to seller\n  share_kept = if credit > 1_000 then 1% else 2%\n"
        "  payable = credit * share_kept rounded half up to 0.01\n}\n",
    ),
}

_FOLLOWED = (
    _P + "record Customer { id: text  used: money  line: money }\n"
    "event Return { id: text  date: date  customer: Customer  amount: money }\n"
    "event Report { id: text  date: date  author: Person  amount: money }\n"
    "action release { customer: Customer  amount: money  limit on amount }\n"
)
_RELEASE = "authority release { clerk may approve any }\n"

_WATCHES: dict[str, Entry] = {
    "W0819": Entry(
        "rule of a watch that can never begin",
        "No facts and no rows make its condition true: it excludes itself, what it counts has a "
        "condition that no row meets, or its `until` is true wherever it would begin. Nobody "
        "would ever be told, and it would look as if all were well.",
        "Mend the condition, or leave the rule out.",
        _FOLLOWED + _RELEASE + "watch w on Customer {\n"
        "  when used over 5 and used under 3 notify clerk\n}\n",
    ),
    "W0820": Entry(
        "rule of a watch that always holds",
        "Its condition is true of everything that it is asked of, as a count that is not below "
        "zero. An alert that always stands says nothing.",
        "Write the line that is to be crossed. Where every row is to be told, write `when true`.",
        _FOLLOWED + _RELEASE + "watch w on Customer {\n"
        "  when count of Return within 30 days at least 0 notify clerk\n}\n",
    ),
    "W0821": Entry(
        "freeze of what nobody may",
        "A watch freezes an action, or asks for one more step on it, and no rule lets anybody do "
        "anything in that action. Most often another action is meant.",
        "Name the action that is to be stopped, or grant it to somebody.",
        _FOLLOWED + "watch w on Customer {\n  when used over line freeze release\n}\n",
    ),
    "W0822": Entry(
        "word to nobody",
        "Nobody in the directory holds one of the positions that an alert is told to, today or "
        "later. It would begin, and nobody would hear of it.",
        "Name a position that somebody holds, or enter who holds it.",
    ),
    "W0823": Entry(
        "duty that is never due",
        "No whole period of the duty lies within the days of its policy, so that no report is ever "
        "owed; or no report can count for it, as the condition on it is never true.",
        "Mend the days, the frequency or the condition, or leave the duty out.",
        _FOLLOWED + _RELEASE + "duty clerk reports to head daily\n"
        "  with Report by author where (amount > 5 and amount < 3)\n",
    ),
    "W0825": Entry(
        "end that covers what begins a rule",
        "An `until` that is true goes before its rule, so no alert begins where both are true. "
        "The message shows facts for which that is so.",
        "Write an `until` that is false wherever the rule is true: over 80 % until at most 75 %.",
        _FOLLOWED + "watch w on Customer { when used over 80 until used at most 90\n"
        "  notify head }\n",
    ),
}

_OVER: dict[str, Entry] = {
    "W0824": Entry(
        "policy that is over",
        "The policy ended before the day asked about and nothing follows it: none of its rules "
        "holds any more, and what it alone speaks about is answered `undefined`.",
        "Write a later `until` or the text that follows, leave the policy out, or ask about an "
        "earlier day with `remit prove --as-of`.",
        "policy p { owner head currency CNY effective from 2020-01-01 until 2021-01-01 }\n"
        "position head\naction order { total money  limit on total }\n"
        "authority order { head may approve any }\n",
    ),
}

ENTRIES: dict[str, Entry] = {**_RULES, **_HANDS, **_DATES, **_OUTCOMES, **_WATCHES, **_OVER}
