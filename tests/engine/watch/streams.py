"""Random programs of watches and duties, as text, and random streams of entries for them.

Amounts, spans and limits are small, so that lines are crossed often and on their very edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from engine.asking import loaded
from remit_dsl.program import Program
from remit_dsl.watch_expressions import events_of_duty, events_of_watch
from remit_engine.directory import DatedHolding, Directory, Person
from remit_engine.ir import Model
from remit_engine.lower import lower

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
event Report { id: text  date: date  author: Person  sort: Kind optional  agreed: boolean optional }
event Incident { id: text  date: date  handler: Person  customer: Customer }
action release { customer: Customer  amount: money  limit on amount }
authority release { manager may approve any }
"""
START = date(2026, 1, 1)
PEOPLE = ("ann", "bob", "cyd")
CUSTOMERS = ("c1", "c2")
KINDS = ("weekly_report", "monthly_report")
REGIONS = ("north", "beijing", "hebei", "east", "west")

numbers = st.integers(0, 6)
few = st.sampled_from((1, 1, 2, 2, 3))
over = st.sampled_from(("over", "under", "at least", "at most", "=", "!="))
windows = st.one_of(
    st.sampled_from(("", *(f"within {u}" for u in ("day", "week", "month", "quarter", "year")))),
    st.sampled_from((1, 2, 3, 7, 30)).map("within {} days".format),
    st.sampled_from((1, 1, 2, 12)).map("within {} months".format),
)
spans = st.sampled_from(
    ("1 days", "2 days", "5 days", "14 days", "1 months", "2 months", "1 years")
)


# --- conditions ---------------------------------------------------------------------------------


def joined(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """`and`, `or` and `not` over atoms."""
    small = st.one_of(atoms, atoms.map(lambda a: f"not ({a})"))

    def both(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        word = st.sampled_from((" and ", " or "))
        many = st.lists(inner, min_size=2, max_size=3)
        return st.builds(lambda w, parts: w.join(f"({p})" for p in parts), word, many)

    return st.one_of(small, small, both(small), both(st.one_of(small, both(small))))


def template(text: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """A text with its holes filled."""
    return st.builds(text.format, **parts)


row_atoms = {
    "Return": st.one_of(
        template("amount {o} {n}", o=over, n=numbers),
        st.sampled_from(("agreed", 'product = "p"', "agreed is given", "as_of > 2026-01-20")),
    ),
    "Complaint": st.sampled_from(('about = "1"', "about is given", "as_of < 2026-02-01")),
    "Invoice": st.one_of(
        template("amount {o} {n}", o=over, n=numbers),
        st.sampled_from(("area in (north, west)", "due is given", "due < as_of", "area = beijing")),
    ),
    "Payment": st.one_of(
        template("amount {o} {n}", o=over, n=numbers), st.just("amount is absent")
    ),
    "Sale": st.one_of(
        template("net {o} {n}", o=over, n=numbers),
        st.sampled_from(("ship_to in seller.territory", "ship_to in (north)")),
    ),
    "Stock": st.one_of(
        template("amount {o} {n}", o=over, n=numbers), st.sampled_from(("place = east", "lot > 1"))
    ),
    "Report": st.sampled_from(("sort = monthly_report", "agreed", "agreed is absent")),
    "Incident": st.sampled_from(("as_of >= 2026-01-15", "date < as_of")),
}


@st.composite
def counted(draw, event: str, by: str = "") -> str:
    """`by customer where (…) within 3 days`."""
    where = draw(st.one_of(st.none(), joined(row_atoms[event])))
    parts = [by, f"where ({where})" if where else "", draw(windows)]
    return " ".join(p for p in parts if p)


@st.composite
def count_atom(draw, events: Mapping[str, str], summed: Mapping[str, str]) -> str:
    """How many, or how much. events: short name -> `by …`, or nothing where one field fits."""
    form = draw(st.sampled_from(("many", "count", "sum") if summed else ("many", "count")))
    event = draw(st.sampled_from(sorted(summed if form == "sum" else events)))
    tail = draw(counted(event, events[event]))
    if form == "many":
        return f"{draw(few)} {event} {tail}"
    if form == "count":
        return f"count of {event} {tail} {draw(over)} {draw(few)}"
    return f"sum of {event}.{summed[event]} {tail} {draw(over)} {draw(numbers)}"


@st.composite
def sequence(draw, events: Mapping[str, str]) -> str:
    """`A followed by B within 3 days`."""
    first = draw(st.sampled_from(sorted(events)))
    second = draw(st.sampled_from(sorted(e for e in events if events[e] == events[first])))
    where = draw(st.one_of(st.none(), joined(row_atoms[second])))
    tail = f"where ({where})" if where else ""
    span = draw(st.sampled_from(("1 days", "3 days", "30 days", "1 months")))
    return f"{first} followed by {second} {events[first]} {tail} within {span}"


# What each kind of subject can be asked, besides what is counted: atoms, and what is counted.
BY_CUSTOMER = {"Return": "", "Complaint": "", "Invoice": "", "Sale": "", "Incident": ""}
facts_of_customer = st.one_of(
    template("exposure {o} {p}% of credit_line", o=over, p=st.sampled_from((50, 80, 100))),
    template("exposure {o} {n}", o=over, n=numbers),
    template("exposure / credit_line {o} {n}", o=over, n=numbers),
    template("grade {o} {n}", o=over, n=numbers),
    template("bands of exposure {{ under 3 -> 1 up to 5 -> 2 otherwise -> 3 }} {o} 2", o=over),
    st.sampled_from(
        (
            "vip", "vip is given", "region in (north)", "region = east", "region != west",
            "as_of >= 2026-01-10", "since < as_of", "days from since to as_of > 5 days",
            "(grade otherwise 0) > 2", "(if vip then exposure else credit_line) > 3",
            "credit_line > 3 or exposure > 4",
        )
    ),
)  # fmt: skip
SUBJECTS: dict[str, tuple[st.SearchStrategy[str], dict[str, str], dict[str, str]]] = {
    "Customer": (
        facts_of_customer,
        BY_CUSTOMER,
        {"Return": "amount", "Invoice": "amount", "Sale": "net"},
    ),
    "Return by product": (
        st.sampled_from(('product = "p"', "as_of > 2026-01-12")), {"Return": ""},
        {"Return": "amount"},
    ),
    "Return by customer": (
        st.sampled_from(('customer.id = "c1"', "as_of > 2026-01-12")), {"Return": "by customer"},
        {"Return": "amount"},
    ),
    "Sale by ship_to": (
        st.sampled_from(("ship_to in (north)", "ship_to = east")),
        {"Sale": "by ship_to", "Stock": "by place"},
        {"Sale": "net", "Stock": "amount"},
    ),
    "Stock by lot": (
        template("lot {o} {n}", o=over, n=numbers), {"Stock": ""}, {"Stock": "amount"},
    ),
    "Sale": (
        st.one_of(
            template("net {o} {n}", o=over, n=numbers),
            st.sampled_from(("ship_to in seller.territory", "ship_to in (north)", "as_of > date")),
        ),
        {},
        {},
    ),
    "Invoice": (
        st.one_of(
            template("amount {o} {n}", o=over, n=numbers),
            st.sampled_from(("due < as_of", "area is given", "area in (north)")),
        ),
        {"Payment": ""},
        {"Payment": "amount"},
    ),
    "Return": (row_atoms["Return"], {"Complaint": ""}, {}),
}  # fmt: skip


@st.composite
def condition(draw, subject: str) -> str:
    """A condition of a rule, without rows."""
    atoms, events, summed = SUBJECTS[subject]
    choices = [atoms]
    if events:
        choices += [count_atom(events, summed), count_atom(events, summed), sequence(events)]
    return draw(joined(st.one_of(choices)))


@st.composite
def rows(draw, subject: str) -> str | None:
    """`an Invoice stays C 5 days after due`, where rows of an event belong to the subject."""
    events = SUBJECTS[subject][1]
    own = {"Sale", "Invoice", "Return"} & {subject}
    candidates = sorted({*events, *own} - {"Incident"})
    if not candidates:
        return None
    event = draw(st.sampled_from(candidates))
    atoms = row_atoms[event]
    if event == "Invoice" and subject != "Invoice":
        paid = count_atom({"Payment": ""}, {"Payment": "amount"})
        atoms = st.one_of(atoms, paid, paid, st.just("unpaid"))
    elif event == "Return":
        atoms = st.one_of(atoms, count_atom({"Complaint": ""}, {}))
    where = draw(st.one_of(st.none(), st.none(), joined(row_atoms[event])))
    of = draw(st.sampled_from(("due", "date"))) if event == "Invoice" else "date"
    by = "" if event == subject else events.get(event, "")
    tail = f"{by} where ({where})" if where else by
    return f"an {event} {tail} stays {draw(joined(atoms))} {draw(spans)} after {of}"


@st.composite
def rule(draw, n: int, subject: str) -> str:
    """A rule with what it does."""
    text = draw(condition(subject))
    kind = draw(st.integers(0, 5))
    if kind <= 1 and (row := draw(rows(subject))) is not None:
        text = row if kind == 0 else f"{row} and ({text})"
    elif kind == 2 and subject == "Customer":
        text = draw(st.sampled_from(("much", "used")))
        text = f"used {draw(over)} {draw(numbers)}" if text == "used" else text
    until = f"until {draw(condition(subject))}" if draw(st.integers(0, 2)) == 0 else ""
    severity = draw(st.sampled_from(("", "raise warning to director", "raise critical")))
    return f"  r{n}: when {text} notify manager {severity} {until}"


@st.composite
def watch(draw, n: int) -> str:
    """A watch with a few rules; what has a name is used, or not."""
    subject = draw(st.sampled_from((*SUBJECTS, "Customer", "Customer")))
    rules = [draw(rule(i, subject)) for i in range(draw(st.integers(1, 3)))]
    names = []
    if any(" unpaid" in r or "(unpaid" in r for r in rules):
        by = draw(st.sampled_from(("", "by invoice", "by invoice where (amount > 1)")))
        names.append(f"  unpaid of Invoice = sum of Payment.amount {by} < amount")
    if subject == "Customer":
        used = ("exposure / credit_line", "count of Return within 3 days")
        names.append(f"  used = {draw(st.sampled_from(used))}")
        names.append(f"  much = {draw(condition(subject))}")
    return f"watch w{n} on {subject} {{\n" + "\n".join([*names, *rules]) + "\n}\n"


@st.composite
def duty(draw, n: int) -> str:
    """A duty of some frequency."""
    often = draw(
        st.one_of(
            st.sampled_from(("daily", "at once after Incident by handler")),
            st.sampled_from(("weekly by friday", "weekly by monday", "weekly by sunday")),
            template("monthly by day {n}", n=st.sampled_from((1, 5, 28))),
            template("quarterly by day {n}", n=st.sampled_from((1, 10, 40))),
            template("yearly by day {n}", n=st.sampled_from((1, 31))),
        )
    )
    shown = ""
    if draw(st.integers(0, 5)):
        where = draw(st.one_of(st.none(), joined(row_atoms["Report"])))
        shown = "with Report by author " + (f"where ({where})" if where else "")
    position = draw(st.sampled_from(("clerk", "manager")))
    return f"duty d{n}: {position} reports to director {often} {shown}\n"


@st.composite
def programs(draw) -> str:
    """The text of a program with watches, duties or both."""
    watches = [draw(watch(n)) for n in range(draw(st.integers(0, 2)))]
    duties = [draw(duty(n)) for n in range(draw(st.integers(0 if watches else 1, 1)))]
    return HEAD + "".join([*watches, *duties])


# --- people -------------------------------------------------------------------------------------


@st.composite
def holdings(draw) -> tuple[DatedHolding, ...]:
    """Positions held one after the other, with gaps."""
    found, day = [], draw(st.sampled_from((None, START, START + timedelta(days=9))))
    for _ in range(draw(st.integers(0, 2))):
        length = draw(st.sampled_from((None, None, 10, 31, 45)))
        until = None if length is None else (day or START) + timedelta(days=length)
        found.append(
            DatedHolding(f"w.{draw(st.sampled_from(('clerk', 'manager')))}", None, day, until)
        )
        if until is None:
            break
        day = until + timedelta(days=draw(st.sampled_from((0, 1, 5))))
    return tuple(found)


@st.composite
def directories(draw) -> Directory:
    """Three people."""
    people = {}
    for name in PEOPLE:
        territory = draw(st.sets(st.sampled_from(REGIONS), max_size=3))
        attributes = {"territory": frozenset(territory)} if draw(st.integers(0, 4)) else {}
        people[name] = Person(name, name, attributes, draw(holdings()))
    return Directory("people", people)


# --- entries ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """today: what the clock says. document: what comes in, None where only the day goes on."""

    today: date
    document: dict[str, Any] | None


amounts = st.integers(0, 5)
booleans = st.booleans()


def customers() -> st.SearchStrategy[dict[str, Any]]:
    """A customer as a row names it."""
    return st.sampled_from(CUSTOMERS).map(lambda c: {"id": c})


FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "Invoice": {
        "due": st.integers(-2, 10), "customer": customers(), "amount": amounts,
        "area": st.sampled_from(REGIONS),
    },
    "Payment": {"invoice": st.sampled_from(("1", "2", "3")), "amount": amounts},
    "Return": {
        "customer": customers(), "product": st.sampled_from(("p", "q")), "amount": amounts,
        "agreed": booleans,
    },
    "Complaint": {"customer": customers(), "about": st.sampled_from(("1", "2"))},
    "Sale": {
        "seller": st.sampled_from(PEOPLE), "ship_to": st.sampled_from(REGIONS), "net": amounts,
        "account": customers(),
    },
    "Stock": {
        "lot": st.integers(1, 2), "place": st.sampled_from(REGIONS), "amount": amounts,
    },
    "Report": {
        "author": st.sampled_from(PEOPLE), "sort": st.sampled_from(KINDS),
        "agreed": booleans,
    },
    "Incident": {"handler": st.sampled_from(PEOPLE), "customer": customers()},
}  # fmt: skip
OPTIONAL = {
    ("Invoice", "due"),
    ("Invoice", "area"),
    ("Payment", "amount"),
    ("Return", "agreed"),
    ("Return", "product"),
    ("Complaint", "about"),
    ("Sale", "net"),
    ("Sale", "ship_to"),
    ("Stock", "place"),
    ("Report", "sort"),
    ("Report", "agreed"),
}
OBSERVED = {
    "region": st.sampled_from(REGIONS), "exposure": amounts, "credit_line": st.integers(0, 4),
    "grade": st.one_of(st.none(), amounts), "vip": st.one_of(st.none(), booleans),
    "since": st.integers(-9, 3),
}  # fmt: skip


@st.composite
def observation(draw, n: int, day: date) -> dict[str, Any]:
    """Some facts of a customer."""
    names = draw(st.lists(st.sampled_from(sorted(OBSERVED)), min_size=1, max_size=5, unique=True))
    facts = {name: draw(OBSERVED[name]) for name in names}
    if "since" in facts:
        facts["since"] = (day + timedelta(days=facts["since"])).isoformat()
    return {
        "kind": "Customer", "id": draw(st.sampled_from(CUSTOMERS)), "entry": f"o{n}",
        "on": day.isoformat(), "facts": facts,
    }  # fmt: skip


@st.composite
def row(draw, event: str, n: int, day: date) -> dict[str, Any]:
    """A row of an event; what is missing is unknown."""
    fields = {}
    lacks = draw(st.integers(0, 3)) == 0
    for name, values in FIELDS[event].items():
        if lacks and (event, name) in OPTIONAL and draw(booleans):
            if draw(booleans):
                fields[name] = None
        else:
            fields[name] = draw(values)
    if isinstance(fields.get("due"), int):
        fields["due"] = (day + timedelta(days=fields["due"])).isoformat()
    said = {"on": day.isoformat()} if draw(booleans) else {}
    return {"kind": event, "id": str(n), **said, "date": day.isoformat(), **fields}


@st.composite
def streams(draw, program: Program) -> list[Step]:
    """What comes in, day by day: mostly of today, some late, twice, in conflict or of tomorrow."""
    kinds = ["Customer", *of_interest(program)]
    today, steps, numbers_, sent = START, [], dict.fromkeys(["Customer", *FIELDS], 0), []
    for _ in range(draw(st.integers(3, 14))):
        gap = draw(st.sampled_from((0, 0, 0, 1, 1, 2, 3, 7, 31)))
        if gap:
            today += timedelta(days=gap)
            if draw(booleans):
                steps.append(Step(today, None))
        turn = draw(st.integers(0, 19))
        if turn <= 1 and sent:  # a copy, or in conflict
            document = dict(draw(st.sampled_from(sent)))
            if turn == 1 and "facts" in document:
                document["facts"] = {"exposure": draw(amounts)}
            elif turn == 1:
                document["date"] = START.isoformat()
        else:
            late = draw(st.sampled_from((1, 2, 8, 30))) if turn in (2, 3, 4, 5) else 0
            late = -1 if turn == 6 else late
            day = today - timedelta(days=late)
            kind = draw(st.sampled_from(kinds))
            numbers_[kind] += 1
            made = observation if kind == "Customer" else row
            arguments = (numbers_[kind], day) if kind == "Customer" else (kind, numbers_[kind], day)
            document = draw(made(*arguments))
            sent.append(document)
        steps.append(Step(today, document))
    steps.append(Step(today + timedelta(days=draw(st.sampled_from((0, 1, 5, 40)))), None))
    return steps


def of_interest(program: Program) -> list[str]:
    """Short names of events that the program looks at, several times, and one that it may not."""
    named = [e for watch in program.watches.values() for e in events_of_watch(watch)]
    named += [e for duty in program.duties for e in events_of_duty(duty)]
    return [e.rsplit(".", 1)[-1] for e in sorted(named)] * 3 + ["Complaint"]


@dataclass(frozen=True)
class House:
    """A program with its people."""

    text: str
    model: Model = field(repr=False)
    directory: Directory


@st.composite
def houses(draw) -> tuple[House, list[Step]]:
    """A program, its people and a stream for it."""
    text = draw(programs())
    program = loaded(text)
    house = House(text, lower(program), draw(directories()))
    return house, draw(streams(program))
