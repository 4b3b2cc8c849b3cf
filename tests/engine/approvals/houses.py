"""Random houses in which requests for approval are walked: rules, people, delegations."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from random import Random

from engine.asking import House, loaded
from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.rules.lower import lower

FIRST = date(2026, 3, 2)
POSITIONS = ("clerk", "supervisor", "manager", "director", "auditor", "treasurer", "intern")
PEOPLE = ("ann", "bob", "cai", "dan", "eve", "fay", "gus", "hal")
VERBS = ("approve", "review", "sign")
AMOUNTS = (5, 150, 400, 900, 2_000)
PAPERS = ("offer", "ledger")

_FRAME = """
policy house {{ currency CNY  owner director }}
position clerk {{ reports to supervisor }}
position supervisor {{ reports to manager }}
position manager {{ reports to director }}
position director
position auditor {{ reports to treasurer }}
position treasurer {{ reports to director }}
position intern {{ reports to auditor }}
action pay "Pay" {{ amount money  limit on amount  urgent boolean }}
authority pay {{
  clerk may approve up to {small}
  supervisor may approve up to {middle}
  manager may approve up to {large}
  director may approve any
{rules}
  {escalation}
}}
{delegation}
"""
_ESCALATIONS = (
    "escalate to the first superior able", "escalate through every level", "escalate to director",
)  # fmt: skip
_LENT = (
    "",
    "delegation of pay { to any level below }",
    "delegation of pay { to any level below  at most 500 }",
    "delegation of pay { to intern, clerk, auditor }",
)
_DATES = ("", "", "", ", from: 2026-03-04", ", until: 2026-03-06", ", acting: true")


def _step(rnd: Random) -> str:
    def office() -> str:
        return rnd.choice(POSITIONS)

    two = ", ".join(rnd.sample(POSITIONS, 3))
    simple = [
        f"review by {office()}",
        f"sign by {office()}",
        f"review by {office()} or {office()}",
        f"2 of ({two})",
        f"review by 2 of ({two})",
        f'evidence {rnd.choice(PAPERS)} "A paper"',
    ]
    if rnd.random() < 0.3:
        return f"{rnd.choice(simple)} {rnd.choice(('and', 'then'))} {rnd.choice(simple)}"
    return rnd.choice(simple)


def _rules(rnd: Random) -> list[str]:
    rules = [f"approve over {rnd.choice((0, 100, 300))} needs {_step(rnd)}" for _ in range(3)]
    rules += [
        "requester may not approve",
        f"requester may not {rnd.choice(('review', 'sign'))}",
        "separate review and approve",
        "separate review and sign",
        f'nobody may review when actor.name = "{rnd.choice(PEOPLE)}"',
        f"{rnd.choice(POSITIONS)} may not sign when urgent",
        f"{rnd.choice(POSITIONS)} may not approve over 1_000",
    ]
    return rnd.sample(rules, rnd.randrange(1, 7))


@lru_cache(maxsize=256)
def house(seed: int) -> House:
    """The house of a number."""
    rnd = Random(seed)
    text = _policy(rnd)
    while errors(load_texts({"house.remit": text})[1]):
        text = _policy(rnd)
    model = lower(loaded(text))
    staff = _people(rnd)
    lent: list[str] = []
    for _ in range(6 if "delegation of" in text else 0):
        more = [*lent, _delegation(rnd)]
        _, found = read_directory_text("people.yaml", _written(staff, more), model)
        lent = lent if errors(found) else more
    return House(text, _written(staff, lent))


def _policy(rnd: Random) -> str:
    return _FRAME.format(
        small=rnd.choice((50, 100)),
        middle=rnd.choice((200, 500)),
        large=rnd.choice((800, 3_000)),
        rules="\n".join(f"  {r}" for r in _rules(rnd)),
        escalation=rnd.choice(_ESCALATIONS),
        delegation=rnd.choice(_LENT),
    )


def _written(staff: list[str], lent: list[str]) -> str:
    return "\n".join([*staff, "delegations:", *lent] if lent else staff) + "\n"


def _people(rnd: Random) -> list[str]:
    lines = ["people:"]
    for i, person in enumerate(PEOPLE):
        more = rnd.sample(POSITIONS, rnd.choice((0, 0, 1)))
        held = dict.fromkeys((POSITIONS[i % len(POSITIONS)], *more))
        written = ", ".join(f"{{position: {p}{rnd.choice(_DATES)}}}" for p in held)
        lines.append(f"  - {{id: {person}, name: {person}, positions: [{written}]}}")
    return lines


def _delegation(rnd: Random) -> str:
    giver, taker = rnd.sample(PEOPLE, 2)
    starts = FIRST + timedelta(days=rnd.choice((0, 0, 2)))
    ends = starts + timedelta(days=rnd.choice((2, 20)))
    verbs = rnd.choice(("", ", verbs: [review]", ", verbs: [approve]"))
    return (
        f"  - {{from: {giver}, to: {taker}, action: pay{verbs}, "
        f"starts: {starts}, ends: {ends}, reason: leave}}"
    )
