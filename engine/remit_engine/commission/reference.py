"""Pay computed plainly, as docs/pay.md says: what every other back end is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from remit_dsl.pay import Plan
from remit_dsl.uncollected import uncollected
from remit_engine.commission.account import Account, Rulebook
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period, start_of_run
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.lines.crediting import Credited, Creditor, Lines
from remit_engine.commission.lines.early_dates import early_dates
from remit_engine.commission.lines.passed_over import passed_over
from remit_engine.commission.overrides import Reports, Underneath
from remit_engine.commission.pools import Pools
from remit_engine.commission.statement import Run, Statement, Uncounted
from remit_engine.commission.trail import Wording
from remit_engine.rules.ir import Model

Progress = Callable[[int, int], None]
"""Told after each person: how many are done, of how many."""
Key = tuple[str, Period]
"""(person, period)"""


def run(
    model: Model,
    data: Dataset,
    plans: Sequence[str],
    through: Period,
    each: Progress | None = None,
) -> Run:
    """Every statement of some plans (qualified names) and of those underneath them, from the first
    period of their data to `through`, a period of their kind.

    What is at fault is a fault of its row or statement in the run. Raises KeyError for a plan that
    is not in the model, ValueError for a `through` of another kind than a plan's period, TooLong.
    """
    ordered = with_underneath(model, plans)
    for plan in ordered:
        if plan.period != through.kind:
            raise ValueError(f"`{plan.short}` is paid by the {plan.period}, not the {through.kind}")
    terms = {plan.name: Terms.of(model, data, plan) for plan in ordered}
    work = _Work(model, through, _Counter(each, terms.values()))
    with uncollected():
        for plan in ordered:
            work.compute(terms[plan.name])
    return Run(
        dict(sorted(work.statements.items())),
        tuple(work.uncounted),
        {name: of.currency for name, of in terms.items()},
        {plan.name: plan.base for plan in ordered if plan.base is not None},
        passed_over(terms.values(), through),
        early_dates(terms.values(), through),
    )


def with_underneath(model: Model, plans: Sequence[str]) -> list[Plan]:
    """The plans and those they stand on, each after what it stands on."""
    found: dict[str, Plan] = {}

    def add(name: str) -> None:
        plan = model.program.plans[name]
        if name not in found:
            if plan.base is not None:
                add(plan.base)
            found[name] = plan

    for name in plans:
        add(name)
    return list(found.values())


class _Counter:
    """Counts the persons done."""

    def __init__(self, each: Progress | None, terms: Iterable[Terms]) -> None:
        self._each = each
        self._total = sum(len(of.members.persons) for of in terms)
        self._done = 0

    def step(self) -> None:
        self._done += 1
        if self._each is not None:
            self._each(self._done, self._total)


class _Work:
    """The plans computed so far."""

    def __init__(self, model: Model, through: Period, counter: _Counter) -> None:
        self._model, self._through, self._counter = model, through, counter
        self._done: dict[str, Underneath] = {}
        self._first: dict[str, Period] = {}
        self.statements: dict[tuple[str, str, Period], Statement] = {}
        self.uncounted: list[Uncounted] = []

    def compute(self, terms: Terms) -> None:
        """One plan."""
        plan = terms.plan
        statements: dict[Key, Statement] = {}
        returned: dict[Key, Fraction] = {}
        if plan.pool is not None:
            self._pools(terms, statements)
        elif plan.base is not None:
            self._override(terms, self._done[plan.base], statements)
        else:
            self._plain(terms, statements, returned)
        self._done[plan.name] = Underneath(terms, statements, returned)
        for (person, period), statement in statements.items():
            self.statements[plan.name, person, period] = statement

    def _plain(
        self, terms: Terms, statements: dict[Key, Statement], returned: dict[Key, Fraction]
    ) -> None:
        lines = self._credits(terms)
        book = Rulebook.of(terms)
        for person in terms.members.persons:
            account = Account(book, person)
            for period in self._periods(terms.plan):
                of = account.statement(period, lines.get((person, period), ()))
                if of is not None:
                    statements[person, period] = of
            returned.update({(person, p): c for p, c in account.returned.items()})
            self._counter.step()

    def _override(self, terms: Terms, base: Underneath, statements: dict[Key, Statement]) -> None:
        self._first[terms.plan.name] = self._first[base.terms.plan.name]
        reports, book = Reports(terms, base), Rulebook.of(terms)
        lines = {period: reports.lines(period) for period in self._periods(terms.plan)}
        for person in terms.members.persons:
            account = Account(book, person)
            for period, of_period in lines.items():
                own: list[Credited] = of_period.get(person, [])
                of = account.statement(period, own, reports.beneath(own, period))
                if of is not None:
                    statements[person, period] = of
            self._counter.step()

    def _pools(self, terms: Terms, statements: dict[Key, Statement]) -> None:
        if terms.plan.pool is None:
            raise TypeError("a plan without a pool")
        lines = self._credits(terms)
        pools = Pools(terms, terms.plan.pool, Wording(terms))
        for period in self._periods(terms.plan):
            for found in pools.period(period, lines):
                if isinstance(found, Uncounted):
                    self.uncounted.append(found)
                else:
                    statements[found.person, period] = found
        for _ in terms.members.persons:
            self._counter.step()

    def _credits(self, terms: Terms) -> Lines:
        creditor = Creditor(terms, self._through)
        self._first[terms.plan.name] = start_of_run(creditor.first(), self._through)
        lines, uncounted = creditor.all()
        self.uncounted.extend(uncounted)
        return lines

    def _periods(self, plan: Plan) -> list[Period]:
        first = self._first[plan.name].index
        return [Period(plan.period, i) for i in range(first, self._through.index + 1)]
