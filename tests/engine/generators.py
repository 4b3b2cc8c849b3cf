"""Random policies, directories and requests, as people write them: text and documents.

A `House` of names is fixed; what is said about them is random. Values of a request are drawn from
the literals of its program and from just beside them, because that is where answers change. The
same functions run under hypothesis (which shrinks) and on a plain `random.Random`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

NIGHTLY = os.environ.get("REMIT_PROFILE") == "nightly"

POSITIONS = ("clerk", "supervisor", "manager", "head", "boss", "auditor", "treasurer")
REGIONS = ("north", "beijing", "hebei", "east", "shanghai", "jiangsu", "west")
KINDS = ("gift", "sold", "loan")
VERBS = ("approve", "approve", "approve", "review", "sign", "release")
ACTION = "act"

MONEY = ("0", "0.01", "99.99", "100", "500", "1_000", "5_000", "10_000", "50_000", "20万", "-100")
PERCENT = ("0%", "25bp", "5‰", "1%", "3%", "5%", "12.5%", "20%", "100%", "-1%")
INTEGER = ("0", "1", "2", "3", "5", "12")
NUMBER = ("0", "0.5", "1", "1.15", "3", "-2")
DATES = ("2026-01-01", "2026-02-28", "2026-03-01", "2026-03-31", "2026-07-01", "2027-01-01")
DAYS = ("0 days", "1 days", "30 days", "90 days", "2 weeks")
TEXTS = ('"acme"', '"vip"', '""', '"客户"')
_POOL = {
    "money": MONEY, "percent": PERCENT, "integer": INTEGER, "number": NUMBER, "date": DATES,
    "days": DAYS, "text": TEXTS,
}  # fmt: skip

NAMES = """
enum Region "Region" zh "地区" { north { beijing hebei } east { shanghai jiangsu } west }
enum Kind { gift sold loan }
record Person { territory: set of Region  trained: boolean optional  grade: integer optional
  quota: money optional }
record Line { amount: money  kind: Kind  note: text optional }
record Order { total: money "Order total"  margin: percent optional "Margin"  region: Region
  kind: Kind optional  lines: list of Line }
right release "Release" implies review
"""
FIELDS = """amount money "Amount"  rate percent  count integer  order Order
  urgent boolean "Urgent"  special boolean optional  due date optional
  subject Person optional  reason text optional"""


def examples(ci: int, nightly: int) -> int:
    """How many examples a test looks at."""
    return nightly if NIGHTLY else ci


@dataclass(slots=True)
class Maker:
    """Chance, and what the program so far can refer to."""

    rnd: Random
    values: dict[str, list[str]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    measure: str = "amount"
    kind: str = "money"
    labels: int = 0
    taker: str | None = None
    cap: str | None = None
    plain: bool = False
    facts: bool = True
    granted: list[tuple[list[str], str]] = field(default_factory=list)
    bounded: list[str] = field(default_factory=list)
    superiors: dict[str, list[str]] = field(default_factory=dict)

    def pick(self, items: Sequence[T]) -> T:
        return items[self.rnd.randrange(len(items))]

    def chance(self, percent: int) -> bool:
        return self.rnd.randrange(100) >= 100 - percent

    def count(self, low: int, high: int) -> int:
        return self.rnd.randrange(low, high + 1)

    def some(self, items: Sequence[T], most: int) -> list[T]:
        start = self.rnd.randrange(len(items))
        return [items[(start + i) % len(items)] for i in range(self.count(1, most))]

    def literal(self, kind: str) -> str:
        written = self.pick(_POOL[kind])
        self.used.setdefault(kind, set()).add(written)
        return written

    def ascending(self, kind: str, count: int) -> list[str]:
        found = {worth(w): w for w in (self.literal(kind) for _ in range(count))}
        return [found[v] for v in sorted(found)]


_FACTORS = {"%": "0.01", "‰": "0.001", "bp": "0.0001", "万": "10000", "days": "1", "weeks": "7"}


def worth(written: str) -> Any:
    """The exact value of a literal of the pools."""
    if written in DATES:
        return date.fromisoformat(written)
    if written.startswith('"'):
        return written.strip('"')
    number = re.match(r"[-0-9_.]*", written)[0]  # type: ignore[index]
    return Decimal(number.replace("_", "")) * Decimal(
        _FACTORS.get(written[len(number) :].strip(), "1")
    )


# --- expressions ---------------------------------------------------------------------------


def number(m: Maker, kind: str, depth: int) -> str:
    """An expression of a numeric kind that fits where the kind is wanted."""
    known = m.values.get(kind, [])
    if m.plain:
        return m.pick([m.literal(kind), m.literal(kind), f"p_{kind}"])
    if depth <= 0 or m.chance(35):
        leaves = [m.literal(kind), m.literal(kind), *known]
        if m.facts:
            leaves += _FACTS[kind]
        return m.pick(leaves)
    forms: list[Callable[[], str]] = [
        lambda: f"min({number(m, kind, depth - 1)}, {number(m, kind, depth - 1)})",
        lambda: f"max({number(m, kind, depth - 1)}, {number(m, kind, depth - 1)})",
        lambda: f"abs({number(m, kind, depth - 1)})",
    ]
    if kind != "integer":
        forms.append(
            lambda: f"({number(m, kind, depth - 1)} {m.pick('+-')} {number(m, kind, depth - 1)})"
        )
    if m.facts:
        forms += [
            lambda: (
                f"(if {condition(m, depth - 1)} then {number(m, kind, depth - 1)}"
                f" else {number(m, kind, depth - 1)})"
            ),
            lambda: bands(m, kind, depth - 1),
        ]
    if kind == "money":
        forms += [
            lambda: f"{m.literal('percent')} of {_amount(m)}",
            lambda: f"({number(m, 'money', depth - 1)} / {m.pick(('2', '3', '7'))})",
            lambda: f"({number(m, 'money', depth - 1)} rounded {_mode(m)} to {_step(m)})",
        ]
        if m.facts:
            forms += [
                lambda: "sum(order.lines.amount)",
                lambda: f"max(line.amount for line in order.lines where {element(m)})",
                lambda: f"sum(line.amount for line in order.lines where {element(m)})",
            ]
    if kind == "percent" and m.facts:
        forms += [
            lambda: f"(order.margin otherwise {m.literal('percent')})",
            lambda: "amount / order.total",
            lambda: "(1 - amount / order.total)",
        ]
    if kind == "integer" and m.facts:
        forms.append(lambda: f"count(line in order.lines where {element(m)})")
    return m.pick(forms)()


_FACTS = {
    "money": ["order.total", "actor.quota", "amount"],
    "percent": ["order.margin", "rate"],
    "integer": ["count", "actor.grade"],
}


def _amount(m: Maker) -> str:
    """Money that is money by itself (a bare literal would make the product a ratio)."""
    known = [v for v in m.values.get("money", []) if not v.startswith("t(")]
    return m.pick(["order.total", "amount", *known]) if m.facts else "100 CNY"


def _closed(e: str) -> str:
    return f"({e})" if " " in e or e.startswith("-") else e


def _mode(m: Maker) -> str:
    return m.pick(("half up", "half even", "half down", "up", "down"))


def _step(m: Maker) -> str:
    return m.pick(("0.01", "1", "100"))


def bands(m: Maker, kind: str, depth: int) -> str:
    """Bands of money, a percent or a whole number."""
    by = m.pick(("money", "percent", "integer"))
    rows = [
        f"{m.pick(('under', 'up to'))} {end} -> {number(m, kind, 0)}"
        for end in m.ascending(by, m.count(1, 3))
    ]
    rows.append(f"otherwise -> {number(m, kind, 0)}")
    return f"bands of {_closed(number(m, by, depth - 1))} {{ {'  '.join(rows)} }}"


def element(m: Maker) -> str:
    """A condition on a line of an order."""
    return m.pick(
        (
            f"line.kind = {m.pick(KINDS)}",
            f"line.amount {_order(m)} {m.literal('money')}",
            f"line.note = {m.literal('text')}",
            f"not line.kind in ({m.pick(KINDS)}, {m.pick(KINDS)})",
        )
    )


def _order(m: Maker) -> str:
    return m.pick(("<", "<=", ">", ">=", "=", "!="))


def condition(m: Maker, depth: int) -> str:
    """A condition, in parentheses where it has more than one part."""
    if depth > 0 and m.chance(45):
        a, b = condition(m, depth - 1), condition(m, depth - 1)
        return m.pick((f"({a} and {b})", f"({a} or {b})", f"not {a}", f"({a} or not {b})"))
    return m.pick(_PLAIN_LEAVES if m.plain else _LEAVES)(m, depth)


def _compared(kind: str) -> Callable[[Maker, int], str]:
    def leaf(m: Maker, depth: int) -> str:
        left = (
            m.pick(_FACTS[kind]) if m.plain or m.chance(70) else _closed(number(m, kind, depth - 1))
        )
        right = m.literal(kind) if m.chance(70) else number(m, kind, depth - 1)
        if m.chance(15):
            ends = m.ascending(kind, 2)
            return f"({left} between {ends[0]} and {ends[-1]})"
        return f"({left} {_order(m)} {right})"

    return leaf


def _simple(*written: str) -> Callable[[Maker, int], str]:
    return lambda m, depth: m.pick(written)


def _known_truth(m: Maker, depth: int) -> str:
    return m.pick(m.values.get("boolean", ["urgent"]))


_LEAVES: tuple[Callable[[Maker, int], str], ...] = (
    _compared("money"),
    _compared("percent"),
    _compared("integer"),
    _simple("urgent", "special", "actor.trained"),
    _simple("special is given", "due is absent", "order.margin is given", "actor.quota is given"),
    lambda m, depth: f"order.region {m.pick(('=', '!=', '='))} {m.pick(REGIONS)}",
    lambda m, depth: f"order.region in ({', '.join(m.some(REGIONS, 2))})",
    _simple("order.region in actor.territory", "order.region not in actor.territory"),
    lambda m, depth: f"order.kind = {m.pick(KINDS)}",
    lambda m, depth: f"due {_order(m)} {m.literal('date')}",
    lambda m, depth: f"as_of {m.pick(('<', '>='))} {m.literal('date')}",
    lambda m, depth: f"days from due to as_of {_order(m)} {m.literal('days')}",
    lambda m, depth: f"reason {m.pick(('=', '!='))} {m.literal('text')}",
    lambda m, depth: f"{m.pick(('any', 'all'))}(line in order.lines where {element(m)})",
    _simple("subject reports to actor", "subject reports directly to actor"),
    lambda m, depth: f"subject holds {m.pick(POSITIONS)}",
    lambda m, depth: f"actor.position = {m.pick(POSITIONS)}",
    _simple("requester reports to actor", "requester.trained"),
    _known_truth,
)


_PLAIN_LEAVES = (
    *_LEAVES[:4],
    *_LEAVES[5:7],
    *_LEAVES[8:11],
    _LEAVES[12],
    _LEAVES[16],
    _simple("order.region in actor.territory"),
)
"""Conditions on one fact each: policies of these alone are answered from kept cells."""


# --- declarations --------------------------------------------------------------------------


def positions(m: Maker) -> str:
    """A random forest: everybody reports to somebody named later, or to nobody."""
    written = []
    for i, name in enumerate(POSITIONS):
        above = m.pick((*POSITIONS[i + 1 : 5], None)) if i < 4 else None
        if m.chance(70) and i < 4:
            above = POSITIONS[i + 1]
        m.superiors[name] = [above] if above else []
        written.append(f"position {name}" + (f" {{ reports to {above} }}" if above else ""))
    for name in reversed(POSITIONS):
        m.superiors[name] += [p for above in m.superiors[name] for p in m.superiors[above]]
    return "\n".join(written)


def parameters(m: Maker) -> list[str]:
    """A parameter of each kind, dated, undated or unset."""
    found = []
    for kind in ("money", "percent", "integer"):
        name = f"p_{kind}"
        if m.chance(40):
            value = "unset" if m.chance(10) else m.literal(kind)
            found.append(f"parameter {name}: {kind} = {value}")
        else:
            starts = ["2025-01-01"] if m.chance(70) else []
            starts += m.ascending("date", 2)
            rows = "  ".join(f"from {d} -> {_value(m, kind)}" for d in starts)
            found.append(f"parameter {name}: {kind} {{ {rows} }}")
        m.values.setdefault(kind, []).append(name)
    return found


def _value(m: Maker, kind: str) -> str:
    return "unset" if m.chance(15) else m.literal(kind)


def definitions(m: Maker) -> list[str]:
    """Definitions that may use the parameters and the definitions before them."""
    found = []
    for i in range(0 if m.plain else m.count(0, 3)):
        kind = m.pick(("money", "percent", "integer", "boolean"))
        value = condition(m, 2) if kind == "boolean" else number(m, kind, 2)
        found.append(f"define d{i}: {kind} = {value}")
        m.values.setdefault(kind, []).append(f"d{i}")
    return found


def tables(m: Maker) -> list[str]:
    """One table over a kind, a region and money, by a random hit policy."""
    if m.plain or m.chance(40):
        return []
    kind = m.pick(("money", "percent", "integer"))
    hit = m.pick(("unique", "first", "collect sum", "collect max", "collect min"))
    rows = _complete_rows(m, kind) if hit == "unique" else _loose_rows(m, kind)
    gives = f"(k: Kind, r: Region, s: money) gives {kind} {hit}"
    arguments = f"{m.pick(('order.kind', 'gift', 'order.kind'))}, order.region, order.total"
    m.values.setdefault(kind, []).append(f"t({arguments})")
    body = "\n  ".join(rows)
    return [f"table t {gives} {{\n  {body}\n}}"]


def _complete_rows(m: Maker, kind: str) -> list[str]:
    rows = []
    for k in KINDS:
        if m.chance(60):
            rows.append(f"{k}, any, any -> {m.literal(kind)}")
        else:
            end = m.literal("money")
            rows.append(f"{k}, north or east, under {end} -> {m.literal(kind)}")
            rows.append(f"{k}, not west, at least {end} -> {m.literal(kind)}")
            rows.append(f"{k}, west, any -> {m.literal(kind)}")
    return rows


def _loose_rows(m: Maker, kind: str) -> list[str]:
    rows = [
        f"{m.pick((*KINDS, 'any', 'not gift'))}, {m.pick((*REGIONS, 'any', 'not east'))}, "
        f"{m.pick(('any', 'up to ', 'over '))}"
        for _ in range(m.count(1, 3))
    ]
    written = [
        r + (m.literal("money") if r.endswith(" ") and not r.endswith("any") else "") for r in rows
    ]
    return [f"{r} -> {m.literal(kind)}" for r in written] + [f"any, any, any -> {m.literal(kind)}"]


MEASURES = (
    ("amount", "money"), ("amount", "money"), ("amount", "money"), ("rate", "percent"),
    ("rate", "percent"), ("count", "integer"), ("order.total", "money"),
    ("order.total - amount", "money"), ("amount summed by reason over 60 days", "money"),
)  # fmt: skip


def action(m: Maker) -> str:
    """The action with its measure."""
    m.measure, m.kind = m.pick(MEASURES[:7] if m.plain else MEASURES)
    return f'action {ACTION} "Act" zh "办理" {{ {FIELDS}\n  limit on {m.measure} }}'


# --- statements ----------------------------------------------------------------------------


def clauses(m: Maker, dates: int = 10) -> str:
    """What follows a sentence."""
    found = []
    if m.chance(60):
        found.append(f"{m.pick(('when', 'when', 'unless'))} {condition(m, 2)}")
    if m.chance(dates):
        found.append(f"from {m.literal('date')}")
    elif m.chance(dates):
        found.append(f"until {m.literal('date')}")
    if m.chance(20):
        found.append('because "so it is" zh "规定如此" source "memo 7"')
    return " ".join(found)


def bound(m: Maker, words: Sequence[str]) -> str:
    """A bound of the measure."""
    word = m.pick(words)
    if word == "between":
        ends = m.ascending(m.kind, 2)
        return f"between {ends[0]} and {ends[-1]}"
    return f"{word} {number(m, m.kind, 2)}" if word else ""


def grant(m: Maker) -> str:
    able, verb = list(dict.fromkeys(m.some(POSITIONS, 2))), m.pick(VERBS)
    who = "anyone" if m.chance(15) else ", ".join(able)
    m.granted.append((able, verb))
    words = ("bound", "bound", "bound", "any", "unset", "each", "total")
    word = m.pick(words[:4] if m.plain else words)
    if word not in ("any", "unset") and who != "anyone":
        m.bounded += able
    match word:
        case "bound":
            limit = bound(m, ("up to", "up to", "up to", "under", "between"))
        case "each":
            limit = f"up to {m.literal(m.kind)} each, {m.literal(m.kind)} per month"
        case "total":
            key = m.pick(("", "reason per "))
            limit = f"up to {m.literal(m.kind)} per {key}{m.pick(('quarter', 'month', 'year'))}"
        case _:
            limit = word
    return f"{who} may {verb} {limit} {clauses(m)}"


def prohibition(m: Maker) -> str:
    who = m.pick(
        ("nobody may", "nobody may", f"{m.pick(POSITIONS)} may not", "manager, boss may not")
    )
    words = ("", "", "over", "over", "at least", "under", "up to", "between")
    return f"{who} {_granted_verb(m)} {bound(m, words)} {clauses(m)}"


def _granted_verb(m: Maker) -> str:
    return m.pick(m.granted)[1] if m.chance(75) else m.pick(VERBS)


def requirement(m: Maker) -> str:
    return (
        f"{_granted_verb(m)} {bound(m, ('', 'over', 'over', 'at least', 'under'))} "
        f"needs {steps(m, 1)} {clauses(m)}"
    )


def steps(m: Maker, depth: int) -> str:
    some = list(dict.fromkeys(m.some(POSITIONS, 3)))
    forms = [
        f"review by {m.pick(POSITIONS)}",
        f"{m.count(1, len(some))} of ({', '.join(some)})",
        f"sign by all of ({', '.join(some)})",
        'evidence receipt "Receipt"',
        f"(review by {' or '.join(some)})",
    ]
    if depth:
        forms.append(f"{steps(m, 0)} and {steps(m, 0)}")
        forms.append(f"{steps(m, 0)} then {steps(m, 0)}")
        forms.append(f"({steps(m, 0)} and {steps(m, 0)}) then {steps(m, 0)}")
    return m.pick(forms)


def labelled(m: Maker, sentence: str) -> str:
    m.labels += 1
    return f"rule{m.labels}: {sentence}"


def statements(m: Maker) -> list[str]:
    """The sentences of an authority block, every one labelled where it may be."""
    found = [labelled(m, grant(m)) for _ in range(m.count(1, 5))]
    found += [labelled(m, prohibition(m)) for _ in range(m.count(0, 2))]
    found += [labelled(m, requirement(m)) for _ in range(m.count(0, 2))]
    if m.chance(25):
        found.append(labelled(m, "requester may not approve"))
    if m.chance(20):
        found.append(labelled(m, "separate review and approve"))
    if m.chance(20):
        found.append("superiors inherit")
    if m.chance(50):
        modes = ["escalate to the first superior able", "escalate through every level"]
        modes += [f"escalate to {m.pick(m.bounded)}"] if m.bounded else []
        found.append(m.pick(modes))
    return found


# --- the whole -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """A random policy in parts that may be put in any order, with its directory."""

    head: str
    declarations: tuple[str, ...]
    statements: tuple[str, ...]
    directory: str
    measure: str
    kind: str
    literals: dict[str, tuple[str, ...]]
    granted: tuple[tuple[str, str], ...]
    """position and verb of its grants"""
    taker: str | None
    """who acts on a delegation"""

    def text(
        self, declarations: Sequence[str] | None = None, statements: Sequence[str] | None = None
    ) -> str:
        """One file, in the order written or another."""
        parts = self.declarations if declarations is None else declarations
        lines = self.statements if statements is None else statements
        block = "\n  ".join(lines)
        return "\n".join((self.head, *parts, f"authority {ACTION} {{\n  {block}\n}}"))


PEOPLE = ("ann", "bo", "chen", "dai", "eve", "fu")


def directory(m: Maker) -> str:
    """People with positions, some acting, some for a time, and perhaps a delegation."""
    people = []
    firsts: dict[str, str] = {}
    for person in PEOPLE[: m.count(2, len(PEOPLE))]:
        held = list(dict.fromkeys(m.some(POSITIONS, 2 if m.chance(25) else 1)))
        firsts.setdefault(held[0], person)
        entries = ", ".join(f"{{position: {p}{_when(m, i)}{_unit(m)}}}" for i, p in enumerate(held))
        facts = _attributes(m)
        people.append(f"  - {{id: {person}, attributes: {{{facts}}}, positions: [{entries}]}}")
    text = "units: [{id: hq}, {id: east_office, parent: hq}]\npeople:\n" + "\n".join(people)
    pairs = [
        (giver, taker)
        for low, taker in firsts.items()
        for high, giver in firsts.items()
        if high in m.superiors[low]
    ]
    if pairs and m.chance(60):
        giver, taker = m.pick(pairs)
        m.taker = taker
        limit = f", limit: {_lent(m)}" if m.chance(50) else ""
        text += (
            f"\ndelegations:\n  - {{from: {giver}, to: {taker}, action: {ACTION}{limit}, "
            "starts: 2026-02-15, ends: 2026-04-01, reason: on leave}"
        )
    return text


def _lent(m: Maker) -> str:
    """A limit that is no more than the policy lets be delegated."""
    limit = worth(m.literal(m.kind))
    least = min(limit, worth(m.cap)) if m.cap else limit
    return f"{least * 100:f}%" if m.kind == "percent" else f"{least:f}"


def _when(m: Maker, i: int) -> str:
    """Only further positions are for a time: a delegation's taker surely holds his first."""
    if i == 0 or m.chance(50):
        return ""
    acting = ", acting: true" if m.chance(50) else ""
    return f", from: {m.pick(DATES[:3])}, until: {m.pick(DATES[3:])}{acting}"


def _unit(m: Maker) -> str:
    return m.pick(("", "", ", unit: hq", ", unit: east_office"))


def _attributes(m: Maker) -> str:
    found = [f"territory: [{', '.join(dict.fromkeys(m.some(REGIONS, 2)))}]"]
    if m.chance(50):
        found.append(f"trained: {m.pick(('true', 'false'))}")
    if m.chance(50):
        found.append(f"grade: {m.pick(INTEGER)}")
    if m.chance(50):
        found.append(f"quota: {m.pick(('100', '5000', '50000.01'))}")
    return ", ".join(found)


def written(rnd: Random) -> Written:
    """A random policy and directory."""
    m = Maker(rnd)
    m.plain = m.chance(40)
    head = "policy p { currency CNY  owner boss }" + NAMES
    parts = [positions(m), action(m)]
    m.facts = False
    parts += parameters(m)
    m.facts = True
    parts += [*tables(m), *definitions(m)]
    m.cap = m.literal(m.kind) if m.chance(40) else None
    cap = f"at most {m.cap}" if m.cap else ""
    parts.append(
        f"delegation of {ACTION} {{ to any level below  at most 90 days {cap} never onward }}"
    )
    said = statements(m)
    people = directory(m)
    literals = {k: tuple(sorted(v)) for k, v in m.used.items()}
    granted = tuple((p, verb) for able, verb in m.granted for p in able)
    return Written(
        head, tuple(parts), tuple(said), people, m.measure, m.kind, literals, granted, m.taker
    )


# --- requests ------------------------------------------------------------------------------

_STEP = {"money": Decimal("0.01"), "percent": Decimal("0.0001"), "integer": Decimal(1)}
_FAR = (Decimal(0), Decimal("1e30"), Decimal("-1e12"), Decimal("0.333"), Decimal(7))


def _near(m: Maker, w: Written, kind: str) -> Any:
    """A literal of the program, just beside one, or far from all; percents from 1 on with unit."""
    value = _about(m, w, kind)
    return f"{value * 100:f}%" if kind == "percent" and abs(value) >= 1 else value


def _about(m: Maker, w: Written, kind: str) -> Any:
    if m.chance(12):
        value = m.pick(_FAR)
        return value.to_integral_value() if kind == "integer" else value
    literals = w.literals.get(kind) or _POOL[kind]
    return worth(m.pick(literals)) + m.pick((0, 0, 1, -1)) * _STEP[kind]


def _day(m: Maker, w: Written) -> str:
    known = w.literals.get("date") or DATES
    return (worth(m.pick(known)) + timedelta(days=m.pick((0, 0, 1, -1)))).isoformat()


def _line(m: Maker, w: Written) -> dict[str, Any]:
    return {
        "amount": _near(m, w, "money"),
        **_maybe(m, 90, "kind", lambda: m.pick(KINDS)),
        **_maybe(m, 50, "note", lambda: _text(m)),
    }


def _text(m: Maker) -> Any:
    return m.pick(("acme", "vip", "", "客户", "other"))


def _maybe(m: Maker, percent: int, name: str, value: Callable[[], Any]) -> dict[str, Any]:
    """A member that is there, is null, or is not there."""
    if m.chance(percent):
        return {name: value()}
    return {name: None} if m.chance(30) else {}


def facts(m: Maker, w: Written, given: int) -> dict[str, Any]:
    """Facts of the action, each there with a likelihood of `given` percent."""
    order = {
        **_maybe(m, given, "total", lambda: _near(m, w, "money")),
        **_maybe(m, given, "margin", lambda: _near(m, w, "percent")),
        **_maybe(m, given, "region", lambda: m.pick(REGIONS)),
        **_maybe(m, given, "kind", lambda: m.pick(KINDS)),
        **_maybe(m, given, "lines", lambda: [_line(m, w) for _ in range(m.count(0, 2))]),
    }
    return {
        **_maybe(m, given, "amount", lambda: _near(m, w, "money")),
        **_maybe(m, given, "rate", lambda: _near(m, w, "percent")),
        **_maybe(m, given, "count", lambda: _near(m, w, "integer")),
        **_maybe(m, given, "order", lambda: order),
        **_maybe(m, given, "urgent", lambda: m.chance(50)),
        **_maybe(m, given, "special", lambda: m.chance(50)),
        **_maybe(m, given, "due", lambda: _day(m, w)),
        **_maybe(m, given, "subject", lambda: party(m, w)),
        **_maybe(m, given, "reason", lambda: _text(m)),
    }


def party(m: Maker, w: Written, position: str | None = None) -> Any:
    """A person, a position, or a position with attributes."""
    here = [p for p in PEOPLE if f"id: {p}," in w.directory]
    position = position or m.pick(POSITIONS)
    forms: list[Callable[[], Any]] = [
        lambda: m.pick(here),
        lambda: position,
        lambda: {
            "position": position,
            "attributes": {
                **_maybe(m, 60, "trained", lambda: m.chance(50)),
                **_maybe(m, 60, "grade", lambda: _near(m, w, "integer")),
                **_maybe(m, 60, "quota", lambda: _near(m, w, "money")),
                **_maybe(m, 60, "territory", lambda: list(dict.fromkeys(m.some(REGIONS, 2)))),
            },
        },
    ]
    return m.pick(forms)()


def _approval(m: Maker, w: Written) -> dict[str, Any]:
    here = [p for p in PEOPLE if f"id: {p}," in w.directory]
    by = {"by": m.pick(here)} if m.chance(60) else {"position": m.pick(POSITIONS)}
    return {"verb": m.pick(("review", "approve", "sign", "review")), **by}


def document(m: Maker, w: Written) -> dict[str, Any]:
    """A request as it comes in."""
    given = m.pick((100, 100, 90, 80, 60, 30))
    position, verb = m.pick(w.granted) if m.chance(70) else (None, m.pick(VERBS))
    found: dict[str, Any] = {
        "actor": w.taker if w.taker and m.chance(45) else party(m, w, position),
        "verb": verb,
        "action": ACTION,
        "as_of": _day(m, w),
        "facts": facts(m, w, given),
        "language": m.pick(("en", "zh")),
    }
    if m.chance(75):
        found["requester"] = party(m, w)
    if m.chance(40):
        found["approvals"] = [_approval(m, w) for _ in range(m.count(1, 4))]
    if m.chance(30):
        found["evidence"] = ["receipt"]
    found["totals"] = {
        name: _near(m, w, w.kind)
        for name in ("month", "quarter", "year", "reason per month", "reason per quarter",
                     "reason per year", "reason over 60 days")
        if m.chance(70)
    }  # fmt: skip
    return found


def documents(rnd: Random, w: Written, count: int) -> list[dict[str, Any]]:
    """Some requests to a policy."""
    m = Maker(rnd, kind=w.kind)
    return [document(m, w) for _ in range(count)]


def family(rnd: Random, w: Written, base: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Requests close to one another, as traffic is: a plain one, then a fact or two turned."""
    m = Maker(rnd, kind=w.kind)
    plain = {k: v for k, v in base.items() if k not in ("approvals", "evidence", "totals")}
    found = [plain]
    for _ in range(count):
        last = m.pick(found)
        turned = {**last, "facts": _turned(m, last["facts"], facts(m, w, 90))}
        if m.chance(20):
            turned["as_of"] = _day(m, w)
        if m.chance(15):
            turned["actor"] = party(m, w)
        if m.chance(10):
            turned["language"] = m.pick(("en", "zh"))
        found.append(turned)
    return found


def _turned(m: Maker, known: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """The facts with one or two of them drawn anew, here or in the order."""
    found = dict(known)
    for name in m.some(list(fresh) or ["amount"], 2):
        order = found.get("order")
        if name == "order" and isinstance(order, dict) and isinstance(fresh.get("order"), dict):
            found["order"] = _turned(m, order, fresh["order"])
        elif name in fresh:
            found[name] = fresh[name]
    return found


@st.composite
def houses(draw: Callable[[Any], Any], requests: int = 4) -> tuple[Written, list[dict[str, Any]]]:
    """A random policy with some requests."""
    rnd = draw(st.randoms(use_true_random=False))
    w = written(rnd)
    return w, documents(rnd, w, requests)
