"""The words for what `remit prove` was asked: what holds where nothing is wrong, and of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import About, Answer

HOLDS = {
    "tables": "exactly one row holds for every input",
    "unreachable": "the rule can apply",
    "shadowed": "no other grant makes this one idle",
    "emptied": "no prohibition takes the whole grant",
    "dead_end": "somebody may, for every request",
    "monotone": "the superior may what his report may",
    "separation": "checking and deciding are in two hands",
    "accountability": "power and responsibility go together",
    "contradiction": "the rights go together",
    "dates": "no day is left out",
    "unset": "every figure is fixed",
    "falling_pay": "more sales never pay less",
    "watching": "what is watched can begin and is not always so",
}
"""Each question -> what is proven where nothing is wrong."""
FINDINGS = {
    "tables": ("E0421", "E0422", "W0817"),
    "unreachable": ("W0801",),
    "shadowed": ("W0802",),
    "emptied": ("W0803",),
    "dead_end": ("W0804",),
    "monotone": ("W0805",),
    "separation": ("W0806", "W0807"),
    "accountability": ("W0808", "W0809"),
    "contradiction": ("W0810",),
    "dates": ("W0811", "W0812", "W0813", "W0824"),
    "unset": ("W0814",),
    "falling_pay": ("W0818",),
    "watching": ("W0819", "W0820", "W0821", "W0822", "W0823", "W0825"),
}
"""Each question -> the codes of what it finds."""
IDLE = "W0816"
_OF_RULES = frozenset({"unreachable", "shadowed", "emptied", "contradiction"})
_SOON, _SWAPPED, _OVER = "W0812", "W0813", "W0824"
_OF_DATES = {
    _SOON: "no end is near",
    _SWAPPED: "each date is as it was meant",
    _OVER: "the text is in force",
}


def statement(answer: Answer) -> str:
    """What was asked about, as a sentence that is proven, refuted or waived: `the rule can apply:
    discount.clerk.approve`."""
    code = answer.finding.code if answer.finding else ""
    if code == IDLE:
        return f"the waiver of `{answer.question}` waives something"
    holds = _OF_DATES.get(code, HOLDS[answer.question])
    about = _subject(answer)
    return f"{holds}: {about}" if about else holds


def _subject(answer: Answer) -> str:
    about, positions = answer.about, [short(p) for p in answer.about.positions]
    if answer.question in _OF_RULES and about.rules:
        return about.rules[0]
    if answer.question == "monotone" and len(positions) > 1:
        pair = f"{positions[0]} above {positions[1]}"
        return f"{about.verb} {short(about.action or '')}, {pair}"
    return about_text(about)


def about_text(about: About) -> str:
    """What an answer is about, in few words."""
    positions = ", ".join(map(short, about.positions))
    words = [about.verb, about.action and short(about.action), positions, about.name]
    said = [w for w in words if w]
    return " ".join(said) or ", ".join(about.rules)


def by_question(answers: Iterable[Answer]) -> str:
    """`1 shadowed, 5 dead_end`: how many answers there are to each question."""
    counted = Counter(a.question for a in answers)
    return ", ".join(f"{counted[name]:,} {name}" for name in HOLDS if counted[name])
