"""The store of pay for every door: opened by a file or an address, runs kept, periods closed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from remit_api.failures import FileTrouble, MissingFile, Refused, WrongUse
from remit_api.past.database import safe
from remit_api.past.source import is_url
from remit_api.pay.report import PlanNote, Report
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.closing import Comparison, Difference, compared, has_ended
from remit_engine.commission.closed.dispute import NotHis, OwnPay, Settled
from remit_engine.commission.statement import Run
from remit_engine.storage import closings, remarks, runs
from remit_engine.storage.closings import ClosingHead
from remit_engine.storage.faults import AtFault, NotKept, StoreFault
from remit_engine.storage.opening import open_store, reading, writing
from remit_engine.storage.remarks import Remarks
from remit_engine.storage.runs import RunHead

ROOM = "nothing was changed: see that its disk has room and can be written to, then try again"
WRITABLE = "give yourself the right to write the file and its folder, or copy it where you have it"
RUN = "`remit commission run … --store`"
"""What makes a store of pay."""
EXAMPLE = "such as `pay.db`, or `postgresql+psycopg://host/base`"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store, and how it is called."""

    engine: Engine
    name: str

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes; what the store refuses is a Refused."""
        with _told(self.name), writing(self.engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that reads."""
        with _told(self.name), reading(self.engine) as connection:
            yield connection


@contextmanager
def opened(
    place: str, *, new: bool = False, reads: bool = False, maker: str = RUN
) -> Iterator[Store]:
    """The store of a file or an address. new: it may be made. reads: nothing will be written, so
    that a file of which nothing may be written will do. maker: the command that makes such a store,
    for who has none."""
    url = address(place, new=new, maker=maker)
    locked = not is_url(place) and not writable(Path(place))
    if locked and not reads:
        raise FileTrouble(place, f"the store `{place}` is read-only", WRITABLE)
    with telling(place):
        engine = _locked(Path(place)) if locked else open_store(url)
    try:
        yield Store(engine, _name(place))
    finally:
        engine.dispose()


def address(place: str, *, new: bool = False, maker: str = RUN) -> str:
    """The address of a store named by a file or an address; WrongUse and MissingFile for a file
    that is none."""
    _refuse_files(place, new, maker)
    if not is_url(place):
        return _file_url(Path(place)).render_as_string(hide_password=False)
    try:
        made = sql.make_url(place)
        made.get_dialect()().create_connect_args(made)
    except (ArgumentError, ValueError):  # a port or an option that is no number is a ValueError
        raise WrongUse(f"`{_name(place)}` is not the address of a store", EXAMPLE) from None
    return place


@contextmanager
def telling(place: str) -> Iterator[None]:
    """Trouble of a store that is opened, as failures."""
    try:
        with _told(_name(place)):
            yield
    except ModuleNotFoundError as fault:
        message = f"the driver `{fault.name}` for this store is not installed"
        raise WrongUse(message, f"`pip install {fault.name}`") from None


def _name(place: str) -> str:
    """How a store is called: its address without what may be secret."""
    return safe(place) if is_url(place) else place


def writable(path: Path) -> bool:
    """Whether a store can be written, or made: the file and its folder, where SQLite keeps what is
    not yet in the file."""
    there = not path.exists() or os.access(path, os.W_OK)
    return there and os.access(path.resolve().parent, os.W_OK)


def _locked(path: Path) -> Engine:
    """A file that nobody writes; FileTrouble where something waits to be put into it."""
    waiting = path.with_name(f"{path.name}-wal")
    if waiting.is_file() and waiting.stat().st_size:
        message = f"the store `{path}` is read-only, and was not put away by who wrote it last"
        raise FileTrouble(path, message, WRITABLE)
    return sql.create_engine(f"sqlite:///file:{quote(str(path.resolve()))}?immutable=1&uri=true")


def _file_url(path: Path) -> sql.URL:
    """The address of a file, whatever its name: `:memory:` and `a?b` are names too."""
    return sql.URL.create("sqlite", database=str(path.resolve()))


def _refuse_files(place: str, new: bool, maker: str) -> None:
    """A file that is not there, or is another database, is not made into a store by the way."""
    if is_url(place):
        return
    path = Path(place)
    if not path.is_file() and not new:
        raise MissingFile(path, f"there is no store `{place}`", f"{maker} makes one")
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise WrongUse(f"`{place}` cannot be a store", EXAMPLE)
    if path.is_file() and path.stat().st_size and (found := _other_tables(path)):
        help = "name another file for `--store`"
        raise WrongUse(f"`{place}` is a database of something else: it has `{found}`", help)


def _other_tables(path: Path) -> str | None:
    """A table that no store has, in a file that lacks those of a store."""
    engine = sql.create_engine(_file_url(path))
    try:
        names = sql.inspect(engine).get_table_names()
    except SQLAlchemyError as fault:
        raise _trouble(str(path), fault) from None
    finally:
        engine.dispose()
    return None if not names or "closing" in names else names[0]


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the store refuses, and trouble of its database, as failures."""
    try:
        yield
    except AtFault as fault:
        raise Refused(fault.message, fault.help, fault.obstacles) from None
    except StoreFault as fault:
        raise Refused(fault.message, fault.help) from None
    except Settled as fault:
        raise Refused(str(fault)) from None
    except OwnPay as fault:
        raise Refused(str(fault), "somebody else does (`--by`)") from None
    except NotHis as fault:
        help = "he withdraws it (`--by`), or finance with its reason (`--finance --outcome`)"
        raise Refused(str(fault), help) from None
    except SQLAlchemyError as fault:
        raise _trouble(name, fault) from None


def _trouble(name: str, fault: SQLAlchemyError) -> FileTrouble:
    """What is wrong with a store as a file."""
    cause = getattr(fault, "orig", None) or fault
    said = str(cause).strip().split("\n", 1)[0]
    if "not a database" in said:
        return FileTrouble(name, f"`{name}` is not a database")
    if "readonly database" in said:
        return FileTrouble(name, f"the store `{name}` is read-only", WRITABLE)
    full = any(word in said for word in ("disk", "unable to open"))
    return FileTrouble(name, f"the store `{name}` cannot be used: {said}", ROOM if full else None)


def keep(
    connection: Connection, head: RunHead, run: Run, told: Remarks | None = None
) -> tuple[RunHead, Comparison]:
    """Keep a run, held against what is closed, and what is told beside it. Returns its head with
    its number, and the differences."""
    refuse_another(connection, head)
    numbered = replace(head, number=runs.next_number(connection))
    paid = closings.read(connection, tuple(head.plans))
    found = compared(paid, run, numbered.version, tuple(head.plans), head.period.last)
    whole = closings.explained(connection, found)
    runs.keep(connection, numbered, run, whole, told)
    return numbered, whole


def held_against(
    connection: Connection, head: RunHead, run: Run, plans: Collection[str]
) -> tuple[Difference, ...]:
    """What a run that is not kept says otherwise of what is closed of some plans, paid with its
    period."""
    paid = closings.read(connection, plans)
    found = compared(paid, run, head.version, plans, head.period.last)
    told = closings.explained(connection, found).differences
    return tuple(d for d in told if d.posted == head.period)


def refuse_another(connection: Connection, head: RunHead) -> None:
    """A plan that was closed in another currency, or by other periods, is another plan: nothing
    of the two can be held against one another. Raises Refused."""
    for closed in closings.heads(connection):
        short = closed.plan.rsplit(".", 1)[-1]
        help = "end the plan with `effective until`, and write the new one under another name"
        if closed.plan not in head.plans:
            continue
        if closed.period.kind != head.period.kind:
            said = f"`{short}` was closed by the {closed.period.kind}, as for {closed.period}"
            raise Refused(f"{said}, and is now paid by the {head.period.kind}", help)
        before = runs.head_of(connection, closed.run).plans[closed.plan]
        if before != (now := head.plans[closed.plan]):
            said = f"`{short}` was closed in {before or 'no currency'} for {closed.period}"
            raise Refused(f"{said}, and is now paid in {now or 'no currency'}", help)


def refuse_closed(connection: Connection, plans: Iterable[str], period: Period) -> None:
    """A closed period is not run again. Raises Refused."""
    for plan in plans:
        done = [p for p in runs.closed_periods(connection, plan) if p.kind == period.kind]
        short = plan.rsplit(".", 1)[-1]
        if period in done:
            help = (
                "its statements stay as they are; what changed since is paid as a difference with "
                f"the next period: run {period.next}"
            )
            raise Refused(f"`{short}` is closed for {period}", help)
        if done and period < done[0]:
            help = (
                "what is paid for it is a difference of the period that is open: "
                f"run {done[-1].next}"
            )
            raise Refused(f"`{short}` was closed from {done[0]} on, and {period} is before", help)


def dropped(
    connection: Connection, plans: dict[str, str | None], kind: str
) -> dict[str, str | None]:
    """The plans that were closed once, are paid by this kind of period, and are in no policy any
    more: name and currency."""
    found: dict[str, str | None] = {}
    for head in closings.heads(connection):
        if head.plan not in plans and head.period.kind == kind:
            found[head.plan] = runs.head_of(connection, head.run).plans.get(head.plan)
    return found


def report_of(
    connection: Connection, number: int, period: Period, plan: str, person: str | None
) -> Report:
    """What a kept run says of a period of a plan, to all or to one person; rows at fault of the
    plans underneath are missing in it too, and shown with it."""
    head = runs.head_of(connection, number)
    told = [p for p in head.plans if p == plan]
    beside = remarks.read(connection, number, plan)
    below = {base for p in told for base in beside.underneath(p)}
    closed = {c.plan: (c.number, c.hash) for c in closings.heads(connection) if c.period == period}
    posted = [d for d in runs.posted(connection, number) if d.posted == period and d.plan in told]
    uncounted = runs.uncounted(connection, number)
    return Report(
        replace(head, period=period),
        {p: PlanNote(p, p.rsplit(".", 1)[-1], head.plans[p], closed.get(p)) for p in told},
        tuple(runs.statements(connection, number, plan, period, person)),
        tuple(d for d in posted if person in (None, d.person)),
        tuple(u for u in uncounted if u.plan in told or (u.fault and u.plan in below)),
        beside.climbs if head.period == period else {},
        beside.names,
    )


def closed_report(connection: Connection, plans: Iterable[str], period: Period) -> Report | None:
    """What is closed of some plans for a period, in one report; None where nothing is."""
    found: Report | None = None
    heads = {c.plan: c for c in closings.heads(connection) if c.period == period}
    for plan in plans:
        if plan not in heads:
            continue
        own = report_of(connection, heads[plan].run, period, plan, None)
        found = (
            own
            if found is None
            else replace(
                found,
                plans={**found.plans, **own.plans},
                statements=(*found.statements, *own.statements),
                differences=(*found.differences, *own.differences),
                uncounted=(*found.uncounted, *own.uncounted),
                climbs={**found.climbs, **own.climbs},
                names={**found.names, **own.names},
            )
        )
    return found


def plan_named(connection: Connection, name: str) -> str:
    """The qualified name of a plan in the store; Refused where there is none or several."""
    known = runs.plans(connection)
    found = [p for p in known if name in (p, p.rsplit(".", 1)[-1])]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"`{p}`" for p in (found or known)) or "none"
    if found:
        raise NotKept(f"several plans in the store are called `{name}`", f"say which: {shown}")
    raise NotKept(f"there is no plan `{name}` in the store", f"its plans are {shown}")


def shown_run(connection: Connection, plan: str, period: Period) -> int:
    """The run to show of a plan and period: the one it was closed with, else the latest."""
    for head in closings.heads(connection, plan):
        if head.period == period:
            return head.run
    return runs.latest(connection, plan, period)


def open_plans(connection: Connection, period: Period, number: int | None) -> list[str]:
    """The plans that runs for a period, or one run, give and that are not closed for it;
    Refused or NotKept where there is none."""
    if number is None:
        given = runs.plans_for(connection, period)
    else:
        given = sorted(runs.head_of(connection, number).plans)
    found = [p for p in given if period not in runs.closed_periods(connection, p)]
    if given and not found:
        raise Refused(f"all plans are closed for {period}")
    if not given:
        help = "make one, and keep it"
        raise NotKept(f"no run for {period} is in the store", help)
    return found


def closed_dues(
    connection: Connection, plans: Collection[str], person: str
) -> dict[tuple[str, Period], Fraction]:
    """What was closed for a person, by plan and period, without the differences paid since."""
    found = {}
    for head in closings.heads(connection):
        if head.plan in plans:
            for s in runs.statements(connection, head.run, head.plan, head.period, person):
                found[head.plan, head.period] = s.due or Fraction(0)
    return found


def closed_on(connection: Connection, plan: str, period: Period) -> date | None:
    """The day a period was closed on, by the clock of this machine; None where it is open."""
    for head in closings.heads(connection, plan):
        if head.period == period:
            when = datetime.fromisoformat(head.made)
            return when.date() if when.tzinfo is None else when.astimezone().date()
    return None


@dataclass(frozen=True, slots=True)
class Act:
    """Who closes, and on which day. said: what is kept as the time; without it, now."""

    by: str
    day: date
    said: str | None = None


def close(
    connection: Connection,
    plan: str,
    period: Period,
    number: int | None,
    act: Act,
    earlier: bool,
) -> list[ClosingHead]:
    """Close a period with a run (the latest without one), and with `earlier` the open ones before
    it. Raises Refused for one that has not ended, and what `closings.close` does."""
    if not has_ended(period, act.day):
        short = plan.rsplit(".", 1)[-1]
        message = f"`{short}` cannot be closed for {period} on {act.day}"
        raise Refused(f"{message}: {period} ends on {period.last}", "close it after that")
    run = runs.latest(connection, plan, period) if number is None else number
    wanted = [period]
    if earlier:
        done = runs.closed_periods(connection, plan)
        there = runs.open_periods(connection, run, plan)
        first = done[-1].next if done else min([period, *there])
        wanted = [Period(period.kind, i) for i in range(first.index, period.index)] + wanted
    return [closings.close(connection, run, plan, p, act.by, act.said) for p in wanted]


@dataclass(frozen=True, slots=True)
class KeptDifference:
    """A difference, and whether the period that pays it is closed."""

    difference: Difference
    currency: str | None
    paid: bool


def all_differences(connection: Connection, plan: str | None) -> list[KeptDifference]:
    """Those that were paid, and those of the latest run of each plan that are still to be paid;
    what a run said that closed nothing and is not the latest any more is of no interest."""
    closed = {(c.plan, c.period): c.run for c in closings.heads(connection)}
    latest = runs.latest_of_each(connection)
    found = []
    for d in runs.differences(connection):
        paid = closed.get((d.plan, d.posted)) == d.new.run
        waiting = latest[d.plan] == d.new.run and (d.plan, d.posted) not in closed
        if plan in (None, d.plan) and (paid or waiting):
            currency = runs.head_of(connection, d.new.run).plans[d.plan]
            found.append(KeptDifference(d, currency, paid))
    return found
