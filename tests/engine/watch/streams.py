"""Random programs of watches and duties, as text, and random streams of entries for them.

Amounts, spans and limits are small, so that lines are crossed often and on their very edge. All
draw on a `Chance`, which may be hypothesis's own and is then made small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from engine.asking import loaded
from engine.commission.chance import Chance
from remit_dsl.program import Program
from remit_dsl.watch_expressions import events_of_duty, events_of_watch
from remit_engine.people.directory import DatedHolding, Directory, Person
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

HEAD = """policy w "W" { owner board  currency CNY }
enum Region { north { beijing hebei } east west }
enum Kind { weekly_report monthly_report }
position board
position director { reports to board }
position manager { reports to director }
position clerk { reports to manager }
record Person { territory: set of Region }
record Customer {
  id: text  region: Region  exposure: money  credit_line: money
  grade: integer optional  vip: boolean optional  since: date optional
}
event Invoice {
  id: text  date: date  due: date optional  customer: Customer  amount: money  area: Region optional
}
event Payment { id: text  date: date  invoice: Invoice  amount: money optional }
event Return {
  id: text  date: date  customer: Customer  product: text optional  amount: money
  agreed: boolean optional
}
event Complaint { id: text  date: date  customer: Customer  about: Return optional }
event Sale {
  id: text  date: date  seller: Person  ship_to: Region optional  net: money optional
  account: Customer
}
event Stock { id: text  date: date  lot: integer  place: Region optional  amount: number }
event Report { id: text  date: date  author: Person  kind: Kind optional  agreed: boolean optional }
event Incident { id: text  date: date  handler: Person  customer: Customer }
action release { customer: Customer  amount: money  limit on amount }
authority release { manager may approve any }
"""
START = date(2026, 1, 1)
PEOPLE = ("ann", "bob", "cyd")
REGIONS = ("north", "beijing", "hebei", "east", "west")

OPERATORS = ("over", "under", "at least", "at most", "over", "at least", "=", "!=")
PERIODS = ("day", "week", "month", "quarter", "year")
SPANS = ("1 days", "1 days", "2 days", "3 days", "5 days", "14 days", "1 months", "1 years")
Atom = Callable[[Chance], str]


# --- conditions ---------------------------------------------------------------------------------


def joined(c: Chance, atom: Atom, depth: int = 0) -> str:
    """`and`, `or` and `not` over atoms."""
    if depth < 2 and c.percent(35):
        word = c.pick((" and ", " or "))
        return word.join(f"({joined(c, atom, depth + 1)})" for _ in range(c.count(2, 3)))
    return f"not ({atom(c)})" if c.percent(25) else atom(c)


def amount(c: Chance, what: str) -> str:
    """A comparison with a small number."""
    return f"{what} {c.pick(OPERATORS)} {c.count(0, 6)}"


def window(c: Chance) -> str:
    """Any window, or none."""
    match c.count(0, 3):
        case 0:
            return ""
        case 1:
            return f"within {c.pick(PERIODS)}"
        case 2:
            return f"within {c.pick((1, 2, 3, 7, 30))} days"
    return f"within {c.pick((1, 1, 2, 12))} months"


ROW_ATOMS: dict[str, tuple[str, ...]] = {
    "Return": ("agreed", 'product = "p"', "agreed is given", "as_of > 2026-01-20"),
    "Complaint": ('about = "1"', "about is given", "as_of < 2026-02-01"),
    "Invoice": ("area in (north, west)", "due is given", "due < as_of", "area = beijing"),
    "Payment": ("amount is absent", "as_of > date"),
    "Sale": ("ship_to in seller.territory", "ship_to in (north)", 'account.id = "c1"'),
    "Stock": ("place = east", "lot > 1"),
    "Report": ("kind = monthly_report", "agreed", "agreed is absent"),
    "Incident": ("as_of >= 2026-01-15", "date < as_of"),
}
MEASURES = {
    "Return": "amount", "Invoice": "amount", "Payment": "amount", "Sale": "net", "Stock": "amount",
}  # fmt: skip


def row_atom(event: str) -> Atom:
    """A condition about the fields of a row."""

    def atom(c: Chance) -> str:
        if event in MEASURES and c.percent(50):
            return amount(c, MEASURES[event])
        return c.pick(ROW_ATOMS[event])

    return atom


def counted(c: Chance, event: str, by: str) -> str:
    """`by customer where (…) within 3 days`."""
    where = f"where ({joined(c, row_atom(event), 1)})" if c.percent(35) else ""
    return " ".join(part for part in (by, where, window(c)) if part)


def count_atom(events: Mapping[str, str]) -> Atom:
    """How many, or how much. events: short name -> `by …`, or nothing where one field fits."""

    def atom(c: Chance) -> str:
        event = c.pick(sorted(events))
        tail = counted(c, event, events[event])
        form = c.count(0, 2)
        if form == 2 and event in MEASURES:
            return f"sum of {event}.{MEASURES[event]} {tail} {c.pick(OPERATORS)} {c.count(0, 8)}"
        if form == 1:
            return f"count of {event} {tail} {c.pick(OPERATORS)} {c.count(1, 3)}"
        return f"{c.pick((1, 2, 2, 3))} {event} {tail}"

    return atom


def sequence(events: Mapping[str, str]) -> Atom:
    """`A followed by B within 3 days`."""

    def atom(c: Chance) -> str:
        first = c.pick(sorted(events))
        second = c.pick(sorted(e for e in events if events[e] == events[first]))
        where = f"where ({joined(c, row_atom(second), 1)})" if c.percent(30) else ""
        span = c.pick(("1 days", "3 days", "30 days", "1 months"))
        return f"{first} followed by {second} {events[first]} {where} within {span}"

    return atom


def customer_atom(c: Chance) -> str:
    """About the facts of a customer that were observed."""
    match c.count(0, 5):
        case 0:
            return f"exposure {c.pick(OPERATORS)} {c.pick((50, 80, 100))}% of credit_line"
        case 1 | 2:
            return amount(c, c.pick(("exposure", "exposure / credit_line", "grade")))
        case 3:
            bands = "bands of exposure { under 3 -> 1 up to 5 -> 2 otherwise -> 3 }"
            return f"{bands} {c.pick(OPERATORS)} 2"
    return c.pick((
        "vip", "vip is given", "region in (north)", "region = east", "region != west",
        "as_of >= 2026-01-10", "since < as_of", "days from since to as_of > 5 days",
        "(grade otherwise 0) > 2", "(if vip then exposure else credit_line) > 3",
        "credit_line > 3 or exposure > 4",
    ))  # fmt: skip


def one_of(*texts: str, measure: str | None = None) -> Atom:
    """One of these, or a comparison of the measure."""

    def atom(c: Chance) -> str:
        return amount(c, measure) if measure and c.percent(50) else c.pick(texts)

    return atom


# What each kind of subject can be asked: about itself, and about rows of which events.
SUBJECTS: dict[str, tuple[Atom, dict[str, str]]] = {
    "Customer": (
        customer_atom, {"Return": "", "Complaint": "", "Invoice": "", "Sale": "", "Incident": ""},
    ),
    "Return by product": (one_of('product = "p"', "as_of > 2026-01-12"), {"Return": ""}),
    "Return by customer": (
        one_of('customer.id = "c1"', "as_of > 2026-01-12"),
        {"Return": "by customer", "Complaint": "by customer"},
    ),
    "Sale by seller": (
        one_of('seller.id = "ann"', "east in seller.territory"),
        {"Sale": "", "Report": "by author"},
    ),
    "Sale by ship_to": (
        one_of("ship_to in (north)", "ship_to = east"), {"Sale": "by ship_to", "Stock": "by place"},
    ),
    "Stock by lot": (one_of("as_of > 2026-01-12", measure="lot"), {"Stock": ""}),
    "Sale": (row_atom("Sale"), {}),
    "Invoice": (row_atom("Invoice"), {"Payment": ""}),
    "Return": (row_atom("Return"), {"Complaint": ""}),
}  # fmt: skip


def condition(c: Chance, subject: str) -> str:
    """A condition of a rule, without rows."""
    own, events = SUBJECTS[subject]

    def atom(c: Chance) -> str:
        if not events or c.percent(40):
            return own(c)
        return sequence(events)(c) if c.percent(25) else count_atom(events)(c)

    return joined(c, atom)


def rows(c: Chance, subject: str) -> str | None:
    """`an Invoice stays C 5 days after due`, where rows of an event belong to the subject."""
    events = SUBJECTS[subject][1]
    own = subject.split(maxsplit=1)[0] if subject in ("Sale", "Invoice", "Return") else None
    candidates = sorted(e for e in {*events, own} if e is not None)
    if not candidates:
        return None
    event = c.pick(candidates)

    def atom(c: Chance) -> str:
        if event == "Invoice" and subject != "Invoice" and c.percent(60):
            return "unpaid" if c.percent(40) else count_atom({"Payment": ""})(c)
        if event == "Return" and subject != "Return" and c.percent(40):
            return count_atom({"Complaint": ""})(c)
        return row_atom(event)(c)

    where = f"where ({joined(c, row_atom(event), 1)})" if c.percent(30) else ""
    of = c.pick(("due", "date")) if event == "Invoice" else "date"
    by = "" if event == own else events[event]
    return f"an {event} {by} {where} stays {joined(c, atom, 1)} {c.pick(SPANS)} after {of}"


def rule(c: Chance, n: int, subject: str) -> str:
    """A rule with what it does."""
    text, kind = condition(c, subject), c.count(0, 5)
    if kind <= 1 and (row := rows(c, subject)) is not None:
        text = row if kind == 0 else f"{row} and ({text})"
    elif kind == 2 and subject == "Customer":
        text = c.pick(("much", amount(c, "used")))
    until = f"until {condition(c, subject)}" if c.percent(35) else ""
    severity = c.pick(("", "raise warning to director", "raise critical"))
    return f"  r{n}: when {text} notify manager {severity} {until}"


def watch(c: Chance, n: int) -> str:
    """A watch with a few rules; what has a name is used, or not."""
    subject = c.pick((*SUBJECTS, "Customer", "Customer", "Customer"))
    rules = [rule(c, i, subject) for i in range(c.count(1, 4))]
    names = []
    if any("unpaid" in r for r in rules):
        by = c.pick(("", "by invoice", "by invoice where (amount > 1)"))
        names.append(f"  unpaid of Invoice = sum of Payment.amount {by} < amount")
    if subject == "Customer":
        used = c.pick(("exposure / credit_line", "count of Return within 3 days"))
        names += [f"  used = {used}", f"  much = {condition(c, subject)}"]
    return f"watch w{n} on {subject} {{\n" + "\n".join([*names, *rules]) + "\n}\n"


def duty(c: Chance, n: int) -> str:
    """A duty of some frequency."""
    often = c.pick((
        "daily", "at once after Incident by handler",
        f"weekly by {c.pick(('friday', 'monday', 'sunday'))}",
        f"monthly by day {c.pick((1, 5, 28))}",
        f"quarterly by day {c.pick((1, 10, 40))}",
        f"yearly by day {c.pick((1, 31))}",
    ))  # fmt: skip
    shown = ""
    if c.percent(90):
        where = f"where ({joined(c, row_atom('Report'), 1)})" if c.percent(40) else ""
        shown = f"with Report by author {where}"
    return f"duty d{n}: {c.pick(('clerk', 'manager'))} reports to director {often} {shown}\n"


def program_text(c: Chance) -> str:
    """The text of a program with watches, duties or both."""
    kind = c.count(0, 5)
    watches = [watch(c, n) for n in range(0 if kind == 0 else c.count(1, 2))]
    duties = [duty(c, n) for n in range(c.count(1, 2) if kind <= 1 else 0)]
    head = HEAD
    if c.percent(10):
        until = c.pick(("", " until 2026-01-25"))
        head = HEAD.replace("currency CNY", f"currency CNY  effective from 2026-01-05{until}", 1)
    return head + "".join([*watches, *duties])


# --- people -------------------------------------------------------------------------------------


def holdings(c: Chance) -> tuple[DatedHolding, ...]:
    """Positions held one after the other, with gaps."""
    found, day = [], c.pick((None, None, START, START + timedelta(days=9)))
    for _ in range(c.count(1, 2)):
        length = c.pick((None, None, None, 10, 45))
        until = None if length is None else (day or START) + timedelta(days=length)
        found.append(DatedHolding(f"w.{c.pick(('clerk', 'manager'))}", None, day, until))
        if until is None:
            break
        day = until + timedelta(days=c.pick((0, 1, 5)))
    return tuple(found)


def people(c: Chance) -> Directory:
    """Three people."""
    found = {}
    for name in PEOPLE:
        known = {"territory": frozenset(c.some(REGIONS, 0, 3))} if c.percent(80) else {}
        found[name] = Person(name, name, known, holdings(c))
    return Directory("people", found)


# --- entries ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """today: what the clock says. document: what comes in, None where only the day goes on."""

    today: date
    document: dict[str, Any] | None

    def __repr__(self) -> str:
        return f"\n{self.today} {self.document}"


def customer(c: Chance) -> dict[str, str]:
    """A customer as a row names it."""
    return {"id": c.pick(("c1", "c1", "c1", "c2"))}


def small(c: Chance) -> int:
    """An amount."""
    return c.count(0, 5)


def yes_or_no(c: Chance) -> bool:
    """Either."""
    return c.percent(50)


FIELDS: dict[str, dict[str, Callable[[Chance], Any]]] = {
    "Invoice": {
        "due": lambda c: c.count(-2, 8), "customer": customer, "amount": small,
        "area": lambda c: c.pick(REGIONS),
    },
    "Payment": {"invoice": lambda c: c.pick(("1", "1", "2", "3")), "amount": small},
    "Return": {
        "customer": customer, "product": lambda c: c.pick("ppq"), "amount": small,
        "agreed": yes_or_no,
    },
    "Complaint": {"customer": customer, "about": lambda c: c.pick(("1", "2"))},
    "Sale": {
        "seller": lambda c: c.pick(PEOPLE), "ship_to": lambda c: c.pick(REGIONS), "net": small,
        "account": customer,
    },
    "Stock": {
        "lot": lambda c: c.count(1, 2), "place": lambda c: c.pick(REGIONS), "amount": small,
    },
    "Report": {
        "author": lambda c: c.pick((*PEOPLE, "ann")),
        "kind": lambda c: c.pick(("weekly_report", "monthly_report", "monthly_report")),
        "agreed": yes_or_no,
    },
    "Incident": {"handler": lambda c: c.pick(PEOPLE), "customer": customer},
}  # fmt: skip
OPTIONAL = {
    ("Invoice", "due"), ("Invoice", "area"), ("Payment", "amount"), ("Return", "agreed"),
    ("Return", "product"), ("Complaint", "about"), ("Sale", "net"), ("Sale", "ship_to"),
    ("Stock", "place"), ("Report", "kind"), ("Report", "agreed"),
}  # fmt: skip
OBSERVED: dict[str, Callable[[Chance], Any]] = {
    "region": lambda c: c.pick(REGIONS),
    "exposure": small,
    "credit_line": lambda c: c.count(0, 4),
    "grade": lambda c: None if c.percent(25) else small(c),
    "vip": lambda c: None if c.percent(25) else yes_or_no(c),
    "since": lambda c: c.count(-9, 3),
}


def observation(c: Chance, n: int, day: date) -> dict[str, Any]:
    """Some facts of a customer; what is optional may be taken back."""
    facts = {name: OBSERVED[name](c) for name in c.some(list(OBSERVED), 1, 6)}
    if "since" in facts:
        facts["since"] = (day + timedelta(days=facts["since"])).isoformat()
    return {
        "kind": "Customer", **customer(c), "entry": f"o{n}", "on": day.isoformat(), "facts": facts,
    }  # fmt: skip


def row(c: Chance, event: str, n: int, day: date) -> dict[str, Any]:
    """A row of an event; what is optional may be absent, or not given at all."""
    fields, lacks = {}, c.percent(25)
    for name, value in FIELDS[event].items():
        if lacks and (event, name) in OPTIONAL and c.percent(50):
            if c.percent(50):
                fields[name] = None
        else:
            fields[name] = value(c)
    if isinstance(fields.get("due"), int):
        fields["due"] = (day + timedelta(days=fields["due"])).isoformat()
    fields["date"] = day.isoformat()
    whole = {"kind": event, "id": str(n)} | ({"on": day.isoformat()} if c.percent(50) else {})
    apart = event == "Report" or c.percent(25)
    return {**whole, "facts": fields} if apart else {**whole, **fields}


def stream(c: Chance, program: Program) -> list[Step]:
    """What comes in, day by day: mostly of today, some late, twice, in conflict or of tomorrow."""
    kinds, today, steps = of_interest(program), START, []
    numbers, sent = dict.fromkeys(["Customer", *FIELDS], 0), []
    for _ in range(c.count(6, 26)):
        gap = c.pick((0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 3, 7, 31))
        today += timedelta(days=gap)
        if gap and c.percent(50):
            steps.append(Step(today, None))
        turn = c.count(0, 19)
        if turn == 0 and sent:
            document = again(c, c.pick(sent))
        else:
            late = c.pick((1, 1, 2, 3, 8, 30)) if turn <= 5 else -1 if turn == 6 else 0
            kind, day = c.pick(kinds), today - timedelta(days=late)
            numbers[kind] += 1
            n = numbers[kind]
            document = observation(c, n, day) if kind == "Customer" else row(c, kind, n, day)
            sent.append(document)
        steps.append(Step(today, document))
    steps.append(Step(today + timedelta(days=c.pick((0, 1, 5, 40))), None))
    return steps


def again(c: Chance, document: dict[str, Any]) -> dict[str, Any]:
    """A copy, or the same with another content."""
    if c.percent(50):
        return dict(document)
    if "entry" in document:
        return {**document, "facts": {"exposure": 9}}
    return {**document, "on": START.isoformat()}


def of_interest(program: Program) -> list[str]:
    """Short names of what the program looks at, several times, and of what it may not."""
    named = [e for watch in program.watches.values() for e in sorted(events_of_watch(watch))]
    named += [e for duty in program.duties for e in sorted(events_of_duty(duty))] * 2
    observed = any(watch.kind == "record" for watch in program.watches.values())
    short = [e.rsplit(".", 1)[-1] for e in named] + ["Customer"] * 3 * observed
    return short * 3 + ["Complaint", "Customer"]


@dataclass(frozen=True)
class House:
    """A program with its people."""

    text: str
    model: Model
    directory: Directory

    def __repr__(self) -> str:
        people = "\n".join(
            f"{p.id} {sorted(p.attributes.get('territory', ['?']))} "
            + ", ".join(f"{h.position} {h.start}..{h.until}" for h in p.holdings)
            for p in self.directory.people.values()
        )
        return f"\n{self.text.removeprefix(HEAD)}\n{people}\n"


def house_and_stream(random: Random) -> tuple[House, list[Step]]:
    """A program, its people and a stream for it."""
    c = Chance(random)
    text = program_text(c)
    program = loaded(text)
    house = House(text, lower(program), people(c))
    return house, stream(c, program)
