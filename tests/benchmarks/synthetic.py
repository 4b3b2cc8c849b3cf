"""One synthetic policy of N rules, as data, as Remit policy text, and requests to it.

Ten positions and five actions; a rule is a limit with conditions on region, product line, customer
tier and channel, and a window of days. Everything follows from the seed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from random import Random

POSITIONS = tuple(f"p{i}" for i in range(10))
ACTIONS = tuple(f"a{i}" for i in range(5))
VALUES = {
    "region": ("north", "east", "south", "west", "centre", "coast", "islands", "abroad"),
    "line": ("pumps", "valves", "motors", "drives", "parts", "service"),
    "tier": ("bronze", "silver", "gold", "platinum"),
    "channel": ("direct", "dealer", "online", "tender"),
}
QUARTERS = (*(date(2026, m, 1) for m in (1, 4, 7, 10)), date(2027, 1, 1))
DAYS = tuple(date(2026, m, d) for m in range(1, 13) for d in (1, 8, 15, 22))


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. The sets hold every value where the rule does not ask."""

    id: str
    position: str
    action: str
    region: frozenset[str]
    line: frozenset[str]
    tier: frozenset[str]
    channel: frozenset[str]
    start: date
    until: date
    limit: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    position: str
    action: str
    as_of: date
    region: str
    line: str
    tier: str
    channel: str
    amount: int


def rows(n: int, seed: int = 1) -> tuple[Row, ...]:
    """N rules, spread evenly over positions and actions."""
    rng = Random(seed)
    return tuple(_row(i, rng) for i in range(n))


def _row(i: int, rng: Random) -> Row:
    start, until = sorted(rng.sample(range(len(QUARTERS)), 2))
    if rng.random() < 0.5:
        start, until = 0, len(QUARTERS) - 1
    chosen = {name: _some(values, rng) for name, values in VALUES.items()}
    return Row(
        id=f"r{i}",
        position=POSITIONS[i % len(POSITIONS)],
        action=ACTIONS[i // len(POSITIONS) % len(ACTIONS)],
        start=QUARTERS[start],
        until=QUARTERS[until],
        limit=rng.randrange(5_000, 500_001, 5_000),
        **chosen,
    )


def _some(values: Sequence[str], rng: Random) -> frozenset[str]:
    dice = rng.random()
    if dice < 0.3:
        return frozenset(values)
    return frozenset(rng.sample(values, 1 if dice < 0.75 else 2))


def allowing(every: Sequence[Row], ask: Ask) -> tuple[str, ...]:
    """The reference: the ids of all rules that permit a request, by reading every one."""
    return tuple(
        r.id
        for r in every
        if r.position == ask.position
        and r.action == ask.action
        and r.start <= ask.as_of < r.until
        and ask.region in r.region
        and ask.line in r.line
        and ask.tier in r.tier
        and ask.channel in r.channel
        and ask.amount <= r.limit
    )


def asks(
    every: Sequence[Row], n: int = 10_000, seed: int = 2
) -> tuple[list[Ask], list[tuple[str, ...]]]:
    """N different requests, half of them permitted, with the reference's answers.

    Of the others half meet a rule's conditions above its limit (or near it), half are random.
    """
    rng = Random(seed)
    by_key: dict[tuple[str, str], list[Row]] = {}
    for row in every:
        by_key.setdefault((row.position, row.action), []).append(row)
    wanted = {True: n - n // 2, False: n // 2}
    found: dict[Ask, tuple[str, ...]] = {}
    for ask in _stream(every, rng):
        if ask in found:
            continue
        answer = allowing(by_key.get((ask.position, ask.action), ()), ask)
        if wanted[bool(answer)]:
            wanted[bool(answer)] -= 1
            found[ask] = answer
        if len(found) == n:
            break
    pairs = list(found.items())
    rng.shuffle(pairs)
    return [a for a, _ in pairs], [r for _, r in pairs]


def _stream(every: Sequence[Row], rng: Random) -> Iterator[Ask]:
    while True:
        row = rng.choice(every)
        yield _meeting(row, rng.randrange(100, row.limit + 1), rng)
        yield _meeting(row, rng.randrange(row.limit, 600_000), rng)
        yield _anything(rng)


def _meeting(row: Row, amount: int, rng: Random) -> Ask:
    return Ask(
        row.position,
        row.action,
        rng.choice([d for d in DAYS if row.start <= d < row.until]),
        *(rng.choice(sorted(getattr(row, name))) for name in VALUES),
        amount,
    )


def _anything(rng: Random) -> Ask:
    return Ask(
        rng.choice(POSITIONS),
        rng.choice(ACTIONS),
        rng.choice(DAYS),
        *(rng.choice(values) for values in VALUES.values()),
        rng.randrange(100, 600_000),
    )


def to_remit(every: Sequence[Row], *, general: bool = False) -> str:
    """The same rules as policy text.

    general: limits measured as arithmetic of two facts, which Remit keeps no cells for. With a
    deposit of zero the answers are the same.
    """
    lines = ['policy bench "Bench" { currency CNY  owner p9 }']
    for name, values in VALUES.items():
        lines.append(f"enum {name.title()} {{ {' '.join(values)} }}")
    for low, high in pairwise(POSITIONS):
        lines.append(f"position {low} {{ reports to {high} }}")
    lines.append(f"position {POSITIONS[-1]}")
    lines.append("record Order { region: Region  line: Line  deposit: money optional }")
    lines.append("record Customer { tier: Tier }")
    for action in ACTIONS:
        lines.append(
            f'action {action} "Action {action}" {{ amount money "Amount"  order Order  '
            "customer Customer  channel Channel  limit on amount }"
        )
        lines.append(f"authority {action} {{")
        lines += [f"  {_sentence(r, general)}" for r in every if r.action == action]
        lines.append("}")
    return "\n".join(lines) + "\n"


_PATHS = {
    "region": "order.region",
    "line": "order.line",
    "tier": "customer.tier",
    "channel": "channel",
}


def _sentence(row: Row, general: bool) -> str:
    conditions = []
    for name, path in _PATHS.items():
        chosen = sorted(getattr(row, name))
        if len(chosen) == 1:
            conditions.append(f"{path} = {chosen[0]}")
        elif len(chosen) < len(VALUES[name]):
            conditions.append(f"{path} in ({', '.join(chosen)})")
    limit = f"up to {row.limit:_}"
    if general:
        limit = "any"
        conditions.append(f"amount - order.deposit <= {row.limit:_}")
    when = f" when {' and '.join(conditions)}" if conditions else ""
    return f"{row.id}: {row.position} may approve {limit}{when} from {row.start} until {row.until}"


def document(ask: Ask, *, general: bool = False) -> dict[str, object]:
    """A request as the document that a client sends."""
    order: dict[str, object] = {"region": ask.region, "line": ask.line}
    if general:
        order["deposit"] = 0
    return {
        "actor": ask.position,
        "action": ask.action,
        "as_of": ask.as_of.isoformat(),
        "facts": {
            "amount": ask.amount,
            "order": order,
            "customer": {"tier": ask.tier},
            "channel": ask.channel,
        },
    }


def to_json(ask: Ask, *, general: bool = False) -> bytes:
    """The document as JSON."""
    return json.dumps(document(ask, general=general), separators=(",", ":")).encode()
