"""Random commission plans, as people write them: text in the language of docs/pay.md.

A house of events, people and tables is fixed; what the plans say is random. Every text checks
without errors. Data for the checked program come from `datasets.py`. The same functions run under
hypothesis (which shrinks) and on a plain `random.Random`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as st

from engine.commission.chance import Chance

YEAR = 2024
"""Data and dated values lie in and about this year, which has a leap day."""

LEVELS = ("rep", "supervisor", "manager", "director")

HOUSE = """policy pay { currency CNY  owner director }
enum Region { north { beijing hebei } east west }
enum Grade { junior senior }
position director
position manager { reports to director }
position supervisor { reports to manager }
position rep { reports to supervisor }
position trainee { reports to supervisor }
record Person {
  region: Region
  grade: Grade
  team: text
  target: money
  weight: number
  factor: percent optional
}
record Account { region: Region  key: boolean  discount: percent optional }
event Sale "Invoiced sale" {
  id: text
  date: date
  net: money
  cost: money optional
  account: Account
  region: Region
  seller: Person
  helper: Person optional
  team: text
  customer: text
  quantity: integer
  collected_on: date optional
  returned_on: date optional
}
event Payment "Payment received" { id: text  sale: Sale  date: date  amount: money }
event Refund "Money given back" { id: text  sale: Sale  date: date  amount: money }
parameter p_rate: percent {
  from 2020-01-01 -> 1.5%  from 2024-02-29 -> 2%  from 2024-03-15 -> 1.25%  from 2024-07-01 -> 3%
}
parameter p_bound: money { from 2020-01-01 -> 2_000  from 2024-02-01 -> 2_500.50 }
parameter p_cap: money { from 2020-01-01 -> 300  from 2024-04-01 -> 150.55 }
table market (region: Region, grade: Grade) gives number {
  north, any    -> 1.15
  east, junior  -> 0.9
  east, senior  -> 1
  west, any     -> 1.333
}
"""

SCORES = """scorecard appraisal {
  of rep, supervisor, manager, director
  period PERIOD
  item met { weight 60%  higher is better  target 100%  floor 0%  cap 120% }
  item lost { weight 40%  lower is better  target 2  floor 0%  cap 100%  nothing under 50% }
  score rounded half up to 0.1%
}
"""

BOUNDS = ("500", "1_000", "1_000.01", "2_000", "5_000", "10_000", "12_345.67")
SHARES = ("25%", "50%", "80%", "100%", "120%", "150%")
RATES = ("0%", "0.5%", "1%", "1.25%", "2%", "3.333%", "5%", "10%")
QUOTAS = ("1_000", "4_000", "10_000", "payee.target")
ROUNDED = "rounded half up to 0.01"


@dataclass(frozen=True, slots=True)
class PlanText:
    """A policy with its plans (short names, those underneath first), and what they make use of:
    `marginal`, `quarter to date`, `hold pro rata`, `override`, … (all of them in FEATURES)."""

    text: str
    plans: tuple[str, ...]
    features: frozenset[str]


FEATURES = (
    "marginal", "whole", "interpolated", "against", "period scale", "per line", "per team",
    "quarter to date", "year to date", "scale on amount", "credit to field", "credit to owner",
    "credit split", "credit overlap", "credit rounded", "quota", "targets", "by days active",
    "scorecard", "cap", "cap per period", "floor", "hold date", "hold covered", "hold pro rata",
    "reverse date", "reverse amount", "reverse without", "lowering", "guarantee", "draw",
    "draw lost", "leavers", "effective", "condition", "by collected_on", "override",
    "override all", "override scale", "override on override", "paid", "pool", "pool group",
    "pool weight", "pool days", "pool in order", "quarter", "year",
)  # fmt: skip
"""Every feature that a text may have."""


@dataclass(slots=True)
class _Author:
    """Writes one policy. without: features that must not be in it. period: of the plan at hand."""

    c: Chance
    without: frozenset[str]
    used: set[str] = field(default_factory=set)
    period: str = "month"
    names: list[str] = field(default_factory=list)
    on_credit: bool = False
    quota: bool = False

    def may(self, feature: str, likelihood: int = 100) -> bool:
        """Whether a feature is used now; then it is noted."""
        if feature in self.without or not self.c.percent(likelihood):
            return False
        self.used.add(feature)
        return True

    def choose(self, forms: dict[str, Callable[[], str]], otherwise: str = "") -> str:
        """One of the features that may be, noted, and its text."""
        allowed = [name for name in forms if name not in self.without]
        if not allowed:
            return otherwise
        name = self.c.pick(allowed)
        self.used.add(name)
        return forms[name]()


# --- scales --------------------------------------------------------------------------------


def _rate(a: _Author, line: bool) -> str:
    graded = f"(if payee.grade = senior then {a.c.pick(RATES)} else {a.c.pick(RATES)})"
    sold = ("p_rate", graded) if line else ("p_rate",)
    return a.c.pick(sold) if a.c.percent(25) else a.c.pick(RATES)


def _bounds(a: _Author, pool: tuple[str, ...], dated: bool) -> list[str]:
    found = a.c.some(pool, 1, 3)
    return ["p_bound"] if dated and a.c.percent(15) else found


def _tiers(a: _Author, kind: str, bounds: list[str], line: bool) -> list[str]:
    if kind == "interpolated":
        found = [f"under -> {_rate(a, line)}"]
        found += [f"at {bound} -> {_rate(a, line)}" for bound in bounds]
    else:
        found = [f"{a.c.pick(('up to', 'up to', 'under'))} {b} -> {_rate(a, line)}" for b in bounds]
    last = "over" if kind == "interpolated" else a.c.pick(("over", "otherwise"))
    return [*found, f"{last} -> {_rate(a, line)}"]


def _kind(a: _Author) -> str:
    return a.choose({k: lambda k=k: k for k in ("marginal", "whole", "interpolated")}, "marginal")  # type: ignore[misc]


def _scale(a: _Author, override: bool = False) -> str:
    """A scale on credit."""
    kind, against = _kind(a), a.quota and a.may("against", 60)
    windows = {"period scale": "", "per line": "per line", "year to date": "year to date"}
    if not override:
        windows["per team"] = "per team"
    if a.period != "year":
        windows["quarter to date"] = "quarter to date"
    over = a.choose({k: lambda v=v: v for k, v in windows.items()})  # type: ignore[misc]
    a.on_credit = True
    bounds = _bounds(a, SHARES if against else BOUNDS, not against)
    target = "against quota " if against else ""
    return _written(f"{kind} rates on credit {target}{over}", _tiers(a, kind, bounds, True))


def _other_scale(a: _Author) -> str:
    """A scale on another amount."""
    kind = _kind(a)
    base = a.c.pick(("(credit - 1_000)", "(2 * credit)", "(credit rounded half up to 1)"))
    a.used.add("scale on amount")
    return _written(f"{kind} rates on {base}", _tiers(a, kind, _bounds(a, BOUNDS, True), False))


def _written(head: str, tiers: list[str]) -> str:
    rows = "\n                 ".join(tiers)
    return f"{head} {{\n                 {rows}\n               }}"


# --- items ---------------------------------------------------------------------------------


def _credited(a: _Author) -> str:
    """What is credited, per event."""
    forms = [
        "net", "net", "net", "50% of net", "(net - (cost otherwise 0))",
        "(if account.key then net else 80% of net)",
    ]  # fmt: skip
    value = a.c.pick(forms)
    return f"{value} {ROUNDED}" if a.may("credit rounded", 20) else value


def _credit(a: _Author) -> str:
    forms = {
        "credit to field": lambda: f"to {a.c.pick(('seller', 'seller'))}",
        "credit to owner": lambda: f"to owner of customer on {a.c.pick(('date', 'date'))}",
        "credit split": lambda: "split by credits total 100%",
        "credit overlap": lambda: "split by credits may overlap",
    }
    return f"credit    {_credited(a)} {a.choose(forms, 'to seller')}"


def _condition(a: _Author, payee: bool = True) -> str:
    forms = [
        "net > 0", "account.region in (north, west)", "account.key", "helper is given",
        "quantity >= 2", "(net > -500 and account.region != east)", "cost is given",
    ]  # fmt: skip
    if payee:
        forms.append("payee.grade = senior")
    return f" when {a.c.pick(forms)}" if a.may("condition", 30) else ""


def _from(a: _Author, payee: bool = True) -> str:
    by = "collected_on" if a.may("by collected_on", 12) else "date"
    return f"from      Sale by {by}{_condition(a, payee)}"


def _quota(a: _Author) -> list[str]:
    if not a.c.percent(60):
        return []
    forms = {"quota": lambda: a.c.pick(QUOTAS), "targets": lambda: "from targets"}
    value = a.choose(forms)
    if not value:
        return []
    a.quota = True
    days = " by days active" if a.may("by days active", 30) else ""
    return [f"quota     {value}{days}"]


def _hold(a: _Author) -> list[str]:
    if not a.c.percent(45):
        return []
    full = a.c.pick(("net", "net", "80% of net"))
    forms = {
        "hold date": lambda: "until collected_on",
        "hold covered": lambda: f"until Payment.amount by date covers {full}",
        "hold pro rata": lambda: f"pro rata to Payment.amount by date against {full}",
    }
    how = a.choose(forms)
    return [f"hold      {how}"] if how else []


def _reversals(a: _Author) -> list[str]:
    if not a.c.percent(50):
        return []
    window = a.c.pick(
        ("", " within 90 days of date", " within 31 days of date", " within 2 months of date")
    )
    late = a.c.pick(("30 days", "60 days", "1 months"))
    forms = {
        "reverse date": lambda: f"returned_on{window}",
        "reverse amount": lambda: f"Refund.amount by date against net{window}",
        "reverse without": lambda: f"without collected_on {late} after date",
    }
    found = []
    for _ in range(a.c.count(1, 2)):
        allowed = {k: v for k, v in forms.items() if k not in a.without}
        if not allowed:
            break
        what = a.choose(allowed)
        forms = {k: v for k, v in forms.items() if v() != what}
        lowering = " lowering attainment" if a.on_credit and a.may("lowering", 40) else ""
        found.append(f"reverse   {what} at the rate paid{lowering}")
    return found


def _bounds_of_pay(a: _Author) -> list[str]:
    found = []
    if a.c.percent(35):
        longer = ("quarter", "year") if a.period == "month" else ("year",)
        amount = a.c.pick(("100", "250.55", "p_cap", "10% of payee.target"))
        if a.period != "year" and a.may("cap per period", 50):
            found.append(f"cap       {amount} per {a.c.pick(longer)}")
        elif a.may("cap"):
            found.append(f"cap       {amount}")
    if a.may("floor", 25):
        found.append(f"floor     {a.c.pick(('0', '10', '20.0051'))}")
    return found


def _advances(a: _Author) -> list[str]:
    found = []
    if a.may("guarantee", 20):
        found.append(f"guarantee {a.c.pick(('50', '120.50'))}{a.c.pick(('', ' until month 3'))}")
    amount = a.c.pick(("40", "150"))
    if a.may("draw", 25):
        since, until = a.c.pick(("", " from month 2")), a.c.pick(("", " until month 5"))
        most = a.c.pick(("", " at most 25"))
        found.append(f"draw      {amount} recoverable{since}{until}{most}")
    elif a.may("draw lost", 12):
        found.append(f"draw      {amount} not recoverable{a.c.pick(('', ' until month 4'))}")
    return found


def _dates(a: _Author) -> list[str]:
    if not a.may("effective", 12):
        return []
    return [
        a.c.pick(
            (
                f"effective from {YEAR}-02-10",
                f"effective from {YEAR}-01-01 until {YEAR}-06-16",
                f"effective until {YEAR}-04-01",
            )
        )
    ]


def _leavers(a: _Author) -> list[str]:
    return [f"leavers   keep {a.c.pick(('1', '30', '45'))} days"] if a.may("leavers", 25) else []


def _steps(a: _Author, override: bool = False) -> list[str]:
    """The steps, the last of which is `payable`."""
    found, terms = [], []
    if a.quota:
        found.append("attainment = credit / quota")
    if a.c.percent(75):
        found.append(f"earned    = {_scale(a, override)}")
        terms.append("earned")
    else:
        terms.append(a.c.pick(("2% of credit", "p_rate * credit")))
    if "scale on amount" not in a.without and a.c.percent(20):
        found.append(f"bonus     = {_other_scale(a)}")
        terms.append("bonus")
    terms[0] += _coefficient(a)
    if a.quota and a.c.percent(30):
        found.append("extra     = if attainment >= 100% then 50 CNY else 0 CNY")
        terms.append("extra")
    if override and a.may("paid", 30):
        terms.append("10% of paid")
    return [*found, f"payable   = {' + '.join(terms)} {ROUNDED}"]


def _coefficient(a: _Author) -> str:
    forms = ["market(payee.region, payee.grade)", "(payee.factor otherwise 100%)", "0.75"]
    if "scorecard" in a.used:
        forms += ["appraisal", "appraisal"]
    return f" * {a.c.pick(forms)}" if a.c.percent(40) else ""


# --- plans ---------------------------------------------------------------------------------


def _plan(a: _Author, name: str, pays: Iterable[str], items: list[str], steps: list[str]) -> str:
    a.names.append(name)
    head = [f"pays      {', '.join(pays)}", f"period    {a.period}"]
    body = "\n  ".join([*head, *items, *steps])
    return f"commission {name} {{\n  {body}\n}}\n"


def _direct(a: _Author, name: str, pays: list[str]) -> str:
    """A plan on sales."""
    a.on_credit, quota = False, _quota(a)
    steps = _steps(a)
    items = [_from(a), _credit(a), *quota, *_dates(a), *_hold(a), *_reversals(a)]
    items += [*_bounds_of_pay(a), *_advances(a), *_leavers(a)]
    if a.c.percent(20):
        items.reverse()
    text = _plan(a, name, pays, items, steps)
    a.quota = False
    return text


def _override(a: _Author, name: str, base: str, pays: str) -> str:
    """A plan on another plan."""
    a.on_credit, quota = False, _quota(a)
    steps = _steps(a, override=True)
    if a.on_credit:
        a.used.add("override scale")
    reports = "all" if a.may("override all", 40) else "direct"
    items = [f"on        {base} of {reports} reports", *quota, *_bounds_of_pay(a), *_advances(a)]
    text = _plan(a, name, [pays], items, steps)
    a.quota = False
    return text


def _pool(a: _Author, name: str, pays: list[str]) -> str:
    """A plan that shares a pool."""
    shares = {
        "pool": lambda: "share equally",
        "pool weight": lambda: "share by weight payee.weight",
        "pool days": lambda: "share by days active",
    }
    share = a.choose(shares, "share equally")
    rest = "remainders in order" if a.may("pool in order", 40) else "remainders to largest"
    value = a.c.pick(("2% of credit", "2‰ of credit", "(credit / 7)"))
    items = [_from(a, payee=False), f"credit    {_credited(a)}"]
    items += [f"pool      {value} {ROUNDED}", f"  {share}", f"  {rest}"]
    if a.may("pool group", 50):
        items.append(f"group     {a.c.pick(('team = payee.team', 'region = payee.region'))}")
    return _plan(a, name, pays, items, _dates(a))


def plan_text(rnd: Random, without: Iterable[str] = ()) -> PlanText:
    """A random policy of pay. without: FEATURES that it must not have."""
    c = Chance(rnd)
    a = _Author(c, frozenset(without))
    a.period = c.pick(("month", "month", "month", "quarter", "year"))
    if a.period in a.without:
        a.period = "month"
    a.used.update({a.period} & set(FEATURES))
    parts = [HOUSE]
    if a.may("scorecard", 30):
        parts.append(SCORES.replace("PERIOD", a.period))
    parts.append(
        _direct(
            a, "sales_pay", c.pick((["rep"], ["rep"], ["rep", "trainee"], ["rep", "supervisor"]))
        )
    )
    if a.may("override", 40):
        parts.append(_override(a, "lead_pay", "sales_pay", "supervisor"))
        if a.may("override on override", 40):
            parts.append(_override(a, "head_pay", "lead_pay", "manager"))
    if "pool" not in a.without and c.percent(30):
        a.used.add("pool")
        parts.append(
            _pool(a, "shared_fee", c.pick((["manager"], ["manager", "director"], ["rep"])))
        )
    return PlanText("\n".join(parts), tuple(a.names), frozenset(a.used))


@st.composite
def plan_texts(draw: Callable[[Any], Any], without: Iterable[str] = ()) -> PlanText:
    """Random policies of pay, which check without errors."""
    return plan_text(draw(st.randoms(use_true_random=False)), without)
