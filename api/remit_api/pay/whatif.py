"""What a person would be paid with one sale more, or one changed, against what he is paid as it is.
Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from remit_api.failures import WrongUse
from remit_api.pay.alternatives import (
    Alternative,
    Cells,
    Meant,
    Outcome,
    concerning,
    event_of,
    first_period,
    last_period,
    outcome,
    with_change,
    with_sale,
)
from remit_api.pay.running import Phase, Texts, compute
from remit_dsl.suggest import nearest
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.document import amount

AS_IT_IS = "as it is"
NOTHING = Fraction(0)
Key = tuple[str, Period]
"""Plan and period."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """The alternatives of a sale: cells by column, and each in the words of who asks. changed: the
    id of the sale that is another; None for one more. event: what is sold, as it was named."""

    cells: Sequence[Cells]
    words: Sequence[str]
    changed: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Whose pay of which plans, from a period on. own: who asks may know of his own sales alone."""

    texts: Texts
    plans: Sequence[str]
    person: str
    period: Period
    own: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What each alternative pays; the first of the outcomes is how it is."""

    asked: WhatIf
    outcomes: Sequence[Outcome]
    closed: Mapping[Key, Fraction] = field(default_factory=dict)
    """what was closed for him in the periods that are told"""

    @property
    def keys(self) -> list[Key]:
        """The plans and periods in which something differs; where nothing does, all of them."""
        found = self.outcomes
        every = sorted({key for o in found for key in o.due}, key=lambda key: (key[1], key[0]))
        differing = [key for key in every if len({o.due.get(key, NOTHING) for o in found}) > 1]
        return differing or every

    @property
    def waiting(self) -> list[str]:
        """The plans that hold back another amount in one alternative than in another."""
        found = self.outcomes
        every = dict.fromkeys(plan for o in found for plan in o.waiting)
        return [plan for plan in every if len({o.waiting.get(plan, NOTHING) for o in found}) > 1]

    @property
    def currencies(self) -> list[str | None]:
        """Those of what differs."""
        return list(dict.fromkeys(self.asked.texts.note(plan).currency for plan, _ in self.keys))

    def total(self, of: Outcome, currency: str | None) -> Fraction:
        """What an alternative pays in a currency."""
        note = self.asked.texts.note
        return sum((v for (p, _), v in of.due.items() if note(p).currency == currency), NOTHING)

    def notes(self, of: Outcome) -> list[str]:
        """What is to be said of an alternative that changes nothing for him: whose sale it is."""
        if of.credited is None or of.troubles or self.asked.person in of.credited:
            return []
        if of.due != self.outcomes[0].due:  # it reaches him through another plan
            return []
        if not of.credited:
            return ["no statement has a line of it"]
        others = " and ".join(f"`{p}`" for p in sorted(of.credited))
        whose = "for somebody else" if self.asked.own else f"for {others}"
        return [f"it is counted {whose}, not for `{self.asked.person}`"]

    @property
    def settled(self) -> list[tuple[Key, Fraction]]:
        """What was closed of what is told, and is not what the data give as they are."""
        due = self.outcomes[0].due
        return [
            (k, self.closed[k])
            for k in self.keys
            if k in self.closed and self.closed[k] != due.get(k, NOTHING)
        ]

    @property
    def certain(self) -> bool:
        """Whether every alternative could be computed."""
        return not any(o.troubles for o in self.outcomes)


def answered(
    asked: WhatIf,
    data: Dataset,
    supposed: Supposed,
    told: Phase,
    closed: Mapping[Key, Fraction] | None = None,
) -> Answer:
    """What the alternatives pay. closed: what was closed for him, where that is known. Raises
    WrongUse for somebody who is nobody, for a sale that is not there and for an event that is not
    clear, BadFacts for what it says of the sale."""
    _refuse_nobody(asked, data)
    alternatives = _alternatives(asked, data, supposed)
    since = first_period(alternatives, asked.period)
    through = last_period(alternatives, asked.period)
    every: list[tuple[str, Alternative | None]] = [(AS_IT_IS, None)]
    every += [(each.text, each) for each in alternatives]
    found = []
    for text, each in every:
        supposing = data if each is None else each.data
        run = compute(asked.texts, supposing, asked.plans, through, told).run
        found.append(outcome(run, text, asked.person, since, None if each is None else each.row))
    return Answer(asked, found, closed or {})


def _alternatives(asked: WhatIf, data: Dataset, supposed: Supposed) -> list[Alternative]:
    named = list(dict.fromkeys(name for of in supposed.cells for name in of))
    meant = Meant(data, asked.person, supposed.changed or None, named)
    event = event_of(asked.texts, asked.plans, supposed.event, meant)
    pairs = zip(supposed.cells, supposed.words, strict=True)
    if supposed.changed is None:
        return [
            with_sale(asked.texts, data, event, asked.person, given, text) for given, text in pairs
        ]
    told = (asked.texts, data, event, supposed.changed)
    if not asked.own:
        return [with_change(*told, given, text) for given, text in pairs]
    seen = concerning(asked.texts, data, event, asked.person)
    return [with_change(*told, given, text, seen) for given, text in pairs]


def _refuse_nobody(asked: WhatIf, data: Dataset) -> None:
    if asked.person not in data.people:
        near = None if asked.own else nearest(asked.person, data.people)
        help = f"did you mean `{near}`?" if near else None
        raise WrongUse(f"nobody in the data is `{asked.person}`", help)


def whatif_document(answer: Answer) -> dict[str, Any]:
    """An answer as JSON; amounts are exact text."""
    asked = answer.asked
    return {
        "person": asked.person,
        "period": str(asked.period),
        "policy": {"digest": asked.texts.digest},
        "closed": [
            {
                "plan": plan,
                "period": str(period),
                "currency": asked.texts.note(plan).currency,
                "amount": amount(due),
            }
            for (plan, period), due in answer.settled
        ],
        "alternatives": [_alternative(o, answer) for o in answer.outcomes],
    }


def _alternative(of: Outcome, answer: Answer) -> dict[str, Any]:
    note, first = answer.asked.texts.note, answer.outcomes[0]
    return {
        "text": of.text,
        "due": [
            {
                "plan": plan,
                "period": str(period),
                "currency": note(plan).currency,
                "amount": amount(of.due.get((plan, period), NOTHING)),
            }
            for plan, period in answer.keys
        ],
        "totals": [
            {
                "currency": c,
                "amount": amount(answer.total(of, c)),
                "difference": amount(answer.total(of, c) - answer.total(first, c)),
            }
            for c in answer.currencies
        ],
        "held": [
            {
                "plan": plan,
                "currency": note(plan).currency,
                "amount": amount(of.waiting.get(plan, NOTHING)),
            }
            for plan in answer.waiting
        ],
        "troubles": list(of.troubles),
        "notes": answer.notes(of),
    }
