"""Runs of pay for every door: policies and data become statements, by the engine that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from remit_api.failures import FileTrouble, Refused, WrongUse
from remit_api.past.source import is_url
from remit_api.pay.batches import (
    AUTO,
    DUCKDB,
    MANY,
    PYTHON,
    NotInSql,
    Wished,
    batch_run,
    bulk_run,
    fitting,
)
from remit_api.pay.report import PlanNote
from remit_api.pay.unread import with_unread
from remit_api.pay_data.kept_events import KeptEvents, open_kept
from remit_api.pay_data.opening import open_data
from remit_api.pay_data.plain_file import NotPlain
from remit_api.pay_data.staging import Asked, row_count
from remit_api.wiring import find_directory, load_directory, load_program
from remit_dsl.expressions import Fact, ParameterValue
from remit_dsl.loader import Each
from remit_dsl.pay import Plan
from remit_dsl.suggest import nearest
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.membership import People
from remit_engine.commission.basis.periods import Period, TooLong
from remit_engine.commission.climb import Climb
from remit_engine.commission.climbs import climbs
from remit_engine.commission.reading.findings import Finding
from remit_engine.commission.reading.needs import Needs, needs, nodes
from remit_engine.commission.reference import run, with_underneath
from remit_engine.commission.statement import Run
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.warehouse.warehouse import WarehouseFull, WarehouseTrouble

ALL = "all"
MOST_NAMES = 12
EXAMPLES = {"month": "2026-03", "quarter": "2026-Q1", "year": "2026"}
Phase = Callable[[str, int, int], None]
Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Texts:
    """The policies that pay is computed by. language: of labels. directory: the people, or the file
    of people beside the policies."""

    model: Model
    language: str = "en"
    directory: Path | Directory | None = None

    @property
    def digest(self) -> str:
        """What names this version of the policies."""
        return self.model.program.digest

    def note(self, plan: str) -> PlanNote:
        """A plan as people know it; one that was dropped has its name alone."""
        found = self.model.program.plans.get(plan)
        if found is None:
            return PlanNote(plan, plan.rsplit(".", 1)[-1], None)
        label = found.label.localized(self.language) if found.label else found.short
        return PlanNote(plan, label, currency_of(found, self.model))


@dataclass(frozen=True, slots=True)
class Computed:
    """A run with the engine that made it. climbs: (plan, person) -> where he stands on his scale
    at the end of the period. people: of the data."""

    run: Run
    engine: str
    climbs: Mapping[tuple[str, str], Climb]
    people: People


def open_texts(paths: Sequence[Path], language: str, each: Each | None = None) -> Texts:
    """Read policies; InvalidPolicy where they have errors, WrongUse where they pay nobody."""
    program, _ = load_program(paths, each)
    if not program.plans:
        named = ", ".join(f"`{path}`" for path in paths)
        raise WrongUse(f"there is no commission plan in {named}", "name the policy that has one")
    return Texts(lower(program), language, find_directory(paths))


def currency_of(plan: Plan, model: Model) -> str | None:
    """The currency of a plan."""
    return plan.currency or model.program.policies[plan.policy].currency


def parse_period(written: str) -> Period:
    """The period of an option."""
    found = Period.parse(written.strip())
    if found is None:
        help = "write a month `2026-03`, a quarter `2026-Q1` or a year `2026`"
        raise WrongUse(f"`{written}` is not a period", help)
    return found


def chosen(name: str, texts: Texts, period: Period) -> list[str]:
    """The plans of a word: one by its name, or `all` that are paid by periods of this kind."""
    plans = texts.model.program.plans
    if name == ALL:
        fitting = [p.name for p in plans.values() if p.period == period.kind]
        if fitting:
            return fitting
        kinds = sorted({p.period for p in plans.values()})
        help = f"the plans are paid by the {' or the '.join(kinds)}: `{EXAMPLES[kinds[0]]}`"
        raise WrongUse(f"no plan is paid by the {period.kind}", help)
    plan = plan_of(name, texts)
    if plan.period != period.kind:
        help = f"write a {plan.period}, such as `{EXAMPLES[plan.period]}`"
        raise WrongUse(f"`{plan.short}` is paid by the {plan.period}, not the {period.kind}", help)
    return [plan.name]


def plan_of(name: str, texts: Texts) -> Plan:
    """The plan of a name, qualified or not; WrongUse with what was probably meant."""
    plans = texts.model.program.plans
    found = [p for p in plans.values() if name in (p.name, p.short)]
    if len(found) == 1:
        return found[0]
    known = [p.name if found else p.short for p in (found or plans.values())]
    shown = ", ".join(f"`{n}`" for n in known[:MOST_NAMES])
    if found:
        raise WrongUse(f"several plans are called `{name}`", f"say which: {shown}")
    near = nearest(name, known)
    help = f"did you mean `{near}`?" if near else f"the plans are {shown}"
    raise WrongUse(f"there is no plan `{name}`", help)


def other_kinds(texts: Texts, period: Period) -> list[Plan]:
    """The plans that `all` leaves out, as they are paid by other periods."""
    return [p for p in texts.model.program.plans.values() if p.period != period.kind]


Place = str | KeptEvents
"""Where data are: a folder, the address of a database, or what the service was told."""


def read_data(
    place: Place, texts: Texts, plans: Sequence[str], told: Phase, notice: Notice
) -> Dataset:
    """What some plans read of a place; see `open_data` for what it raises. People come from the
    directory of the texts where the place has none."""

    def reading(name: str, done: int, of: int) -> None:
        told(f"reading {name}", done, of)

    def noticed(found: Finding) -> None:
        notice(str(found))

    people, needed = _people_beside(texts), wanted(texts.model, plans)
    if isinstance(place, KeptEvents):
        return open_kept(place, texts.model, people, reading, noticed, needed)
    return open_data(place, texts.model, reading, noticed, people, needed)


def _people_beside(texts: Texts) -> Directory | None:
    if not isinstance(texts.directory, Path):
        return texts.directory
    return load_directory(texts.directory, texts.model.program)[0]


def wanted(model: Model, plans: Sequence[str]) -> Needs:
    """What some plans read, with those underneath, their scorecards and their allocations."""
    program = model.program
    own = {plan.name: plan for plan in with_underneath(model, plans)}
    facts = [n.path for n in nodes(tuple(own.values())) if isinstance(n, Fact)]
    scores = {path[1] for path in facts if path[:1] == ("scorecard",) and len(path) > 1}
    sources = {plan.quota.source for plan in own.values() if plan.quota is not None}
    cards = {n: c for n, c in program.scorecards.items() if {n, n.rsplit(".", 1)[-1]} & scores}
    allocations = {n: a for n, a in program.allocations.items() if n in sources}
    return needs(replace(program, plans=own, scorecards=cards, allocations=allocations))


@dataclass(frozen=True, slots=True)
class Means:
    """By what a run is made. engine: one of ENGINES. url: of a PostgreSQL server. folder: where an
    engine leaves the lines of each plan. notice: told why a plan is left to the reference."""

    engine: str = PYTHON
    url: str | None = None
    folder: Path | None = None
    notice: Notice | None = None


def compute_over(
    place: Place, texts: Texts, plans: Sequence[str], period: Period, told: Phase, by: Means
) -> Computed:
    """The run of some plans over a place; see `read_data` and `compute`. Where
    DuckDB computes, the events of a folder go straight into it if they are plain; what is read is
    the same either way."""
    with _bounded():
        return _computed_over(place, texts, plans, period, told, by)


@contextmanager
def _bounded() -> Iterator[None]:
    """A run through more periods than anybody means is a wrong use of it, and an engine that
    cannot be used, or fails, is told in its words."""
    try:
        yield
    except TooLong as fault:
        help = (
            "mend the year in the data or of the period, or leave out what is old: `effective from`"
        )
        raise WrongUse(str(fault), help) from None
    except WarehouseFull as fault:
        raise FileTrouble("", str(fault), "make room and run it again: nothing was kept") from None
    except WarehouseTrouble as fault:
        raise Refused(str(fault), "`--engine python` computes without it") from None


def _computed_over(
    place: Place, texts: Texts, plans: Sequence[str], period: Period, told: Phase, by: Means
) -> Computed:
    notice = by.notice or (lambda _: None)
    asked = _staged(place, texts, plans, by.engine)
    if asked is not None:
        said: list[str] = []
        wish = Wished(texts.model, plans, period, told, by.folder)
        found = bulk_run(asked, wish, lambda each: said.append(str(each)))
        match found:
            case NotPlain():
                notice(f"rows are read one by one: {found}")
            case NotInSql(why):
                notice(f"computed person by person: {why}")
                by = replace(by, engine=PYTHON)
            case _:
                for each in said:
                    notice(each)
                return Computed(found.run, DUCKDB, {}, found.people)
    data = read_data(place, texts, plans, told, notice)
    made = _computed(texts, data, plans, period, told, by)
    return replace(made, run=with_unread(made.run, data, texts.model, plans, period))


def _staged(place: Place, texts: Texts, plans: Sequence[str], engine: str) -> Asked | None:
    """What DuckDB would stage; None where it does not compute, or not from a folder."""
    if engine not in (AUTO, DUCKDB) or isinstance(place, KeptEvents) or is_url(place):
        return None
    needed = wanted(texts.model, plans)
    asked = Asked(Path(place), texts.model, _people_beside(texts), needed)
    return asked if engine == DUCKDB or row_count(asked, MANY) >= MANY else None


def compute(
    texts: Texts,
    data: Dataset,
    plans: Sequence[str],
    period: Period,
    told: Phase,
    by: Means = Means(),  # it cannot change
) -> Computed:
    """The run of some plans. Raises Refused where the engine fails, WrongUse for a run through
    too many years."""
    with _bounded():
        return _computed(texts, data, plans, period, told, by)


def _computed(
    texts: Texts, data: Dataset, plans: Sequence[str], period: Period, told: Phase, by: Means
) -> Computed:
    engine = fitting(by.engine, data)
    if engine != PYTHON:
        found = batch_run(texts.model, data, plans, period, engine, told, by.folder, url=by.url)
        if isinstance(found, Run):
            return Computed(found, engine, {}, data.people)
        if by.notice is not None:
            by.notice(f"computed person by person: {found.why}")
    return _by_person(texts, data, plans, period, told)


def _by_person(
    texts: Texts, data: Dataset, plans: Sequence[str], period: Period, told: Phase
) -> Computed:
    made = run(
        texts.model, data, plans, period, lambda done, of: told("computing people", done, of)
    )
    return Computed(made, PYTHON, climbs(texts.model, data, made, plans, period), data.people)


def today() -> date:
    """The day a run is made on."""
    return date.today()


def answer_days(texts: Texts, name: str, day: date) -> int | None:
    """The days that a parameter of the policies gives on a day; None where there is none, or it is
    unset. WrongUse where it is no number of days."""
    program = texts.model.program
    found = [p for p in program.parameters.values() if p.name.rsplit(".", 1)[-1] == name]
    if not found:
        return None
    read = ParameterValue(found[0].span, found[0].type, found[0].name)
    value = evaluate(read, Environment(texts.model, day, {}, lambda below, above: False, {}))
    if isinstance(value, Unknown):
        return None
    if found[0].type.kind not in ("days", "integer") or value.denominator != 1:
        message = f"the parameter `{name}` is no number of days"
        raise WrongUse(message, f"declare it as `parameter {name}: days {{ … }}`")
    return int(value)
