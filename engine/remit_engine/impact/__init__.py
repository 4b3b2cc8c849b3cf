"""What a new text would have answered to past requests, counted and with the money involved."""

from __future__ import annotations

from remit_engine.impact.change import Change, Kind
from remit_engine.impact.comparison import Compared, compared, named, recorded
from remit_engine.impact.counts import OUTCOME, RULES, SAME, STEPS, Counts, Group, Tally
from remit_engine.impact.money import MoneyFact, money_fact, money_facts, money_of
from remit_engine.impact.replayer import (
    EngineReplayer,
    Reply,
    replied,
    steps_by_rule,
)

__all__ = [
    "OUTCOME",
    "RULES",
    "SAME",
    "STEPS",
    "Change",
    "Compared",
    "Counts",
    "EngineReplayer",
    "Group",
    "Kind",
    "MoneyFact",
    "Reply",
    "Tally",
    "compared",
    "money_fact",
    "money_facts",
    "money_of",
    "named",
    "recorded",
    "replied",
    "steps_by_rule",
]
