"""Answers from cells: the bare outcome with its rules, the explained decision, and its JSON.

Both are found once for each cell by the ordinary path (`deciding`) and kept; an explained
decision is then only written anew where the request's own numbers stand in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import count
from typing import Any

import msgspec

from remit_engine.compile.python_direct import Direct
from remit_engine.compile.python_grid import Axes, Cells, Outcomes, Plan, axes, plan
from remit_engine.compile.python_slots import MISSING, slot_value
from remit_engine.compile.scaled import Scaled, scaled, unscaled
from remit_engine.compile.to_python import Compiled
from remit_engine.deciding import concluded, explained
from remit_engine.decision import Amount, Decision, Outcome, TraceLine
from remit_engine.explanation.explain import Explained
from remit_engine.explanation.form import LEFT_TEXT, Form, blank, form_of
from remit_engine.explanation.reason import reason
from remit_engine.explanation.trace import Tracer
from remit_engine.explanation.transcript import Transcript, ordered, transcript
from remit_engine.explanation.wire import decision_to_json
from remit_engine.judging.chain import answer as best_answer
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.interpreter import environment
from remit_engine.judging.verdict import Case
from remit_engine.people.directory import Directory
from remit_engine.people.party import Holding, Party, same_party
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.text import number_text

Checked = tuple[Outcome, tuple[str, ...]]
"""The outcome and the ids of the deciding rules."""

Check = Callable[[str, date, Sequence[Any]], Checked]
MOST_DAYS = 10_000
MOST_PERSONS = 100_000
Answer = Callable[[str, date, Sequence[Any]], bytes]
_HEADROOM = blank(LEFT_TEXT)


class Fast:
    """The kept answers of one engine."""

    def __init__(
        self, model: Model, directory: Directory, compiled: Compiled, tracer: Tracer
    ) -> None:
        self._model = model
        self._directory = directory
        self._compiled = compiled
        self._tracer = tracer
        self._checkers: dict[tuple[str, str], Check] = {}
        self._cells: dict[tuple[str, str], Cells | None] = {}
        self._writers: dict[tuple[str, str], Answer | None] = {}
        self._identities: dict[tuple[Any, ...], int] = {}
        self._numbers = count()
        self._eras: dict[date, int] = {}
        self._turning = tuple(sorted(set(_turning_days(model, directory))))

    # --- the explained decision --------------------------------------------------------------

    def decide(self, request: Request) -> Decision:
        """The full explained answer."""
        met = self._met(request)
        return met.decision if isinstance(met, Explained) else met[0].decision(request, met[1])

    def transcript(self, request: Request) -> Transcript:
        """The same as records keep it."""
        met = self._met(request)
        if isinstance(met, Explained):
            return transcript(met.decision)
        template, slots = met
        form = None if request.ignored else template.ordered()
        if form is None:
            return transcript(template.decision(request, slots))
        alike = template.decision_
        text = form.filled(slots).decode()
        return Transcript(alike.outcome, alike.on_behalf_of, alike.policy.digest, text)

    def _met(self, request: Request) -> Explained | tuple[Template, Sequence[Any]]:
        """The template of a request's cell, with the request's slots; or the request's own answer
        where it has no cell, or is the first of it."""
        cells = self._explained_cells(request)
        if cells is None:
            return self._explained(request)
        facts = {**request.facts, "actor": request.actor, "as_of": request.as_of}
        if request.requester is not None:
            facts["requester"] = request.requester
        slots = [slot_value(fact.path, facts) for fact in cells.plan.slots]
        if any(slots[i] is MISSING for i in cells.plan.numeric):
            return self._explained(request)
        actor = self._identity(request)
        try:
            template: Template = cells.find(actor, request.as_of, slots)
        except KeyError:
            found = self._explained(request)
            self._kept(cells, actor, request, slots, found)
            return found
        return template, slots

    def _kept(
        self, cells: Cells, actor: Any, request: Request, slots: Sequence[Any], found: Explained
    ) -> Template:
        """The template of an answer, kept for other requests of its cell."""
        template = Template.of(found, cells.plan)
        on = self._axes(cells, found.material.answer.case, slots)
        cells.keep(actor, request.as_of, slots, on, template)
        return template

    # --- its JSON ----------------------------------------------------------------------------

    def writer(self, action: str, verb: str) -> Answer | None:
        """`answer(actor, as_of, slots)` gives the JSON of the explained decision; arguments are
        those of a `checker`. It raises TypeError where a number is missing. None where there are
        no cells."""
        key = (action, verb)
        if key not in self._writers:
            made = plan(*key, self._compiled, self._model)
            self._cells.setdefault(key, None if made is None else Cells(made))
            cells = self._cells[key]
            self._writers[key] = None if cells is None else self._writer(cells)
        return self._writers[key]

    def _writer(self, cells: Cells) -> Answer:
        action, verb, numeric = cells.plan.action, cells.plan.verb, cells.plan.numeric
        identities: dict[tuple[str, date], int] = {}

        def answer(actor: str, as_of: date, slots: Sequence[Any]) -> bytes:
            for i in numeric:
                if slots[i] is MISSING:
                    raise TypeError("a number is missing")
            identity = identities.get((actor, as_of))
            if identity is None:
                if len(identities) > MOST_PERSONS:
                    identities.clear()
                asked = self.request(action, verb, actor, as_of, slots)
                identity = identities[actor, as_of] = self._identity(asked)
            try:
                template: Template = cells.find(identity, as_of, slots)
            except KeyError:
                request = self.request(action, verb, actor, as_of, slots)
                found = self._explained(request)
                template = self._kept(cells, identity, request, slots, found)
            if template.form is not None:
                return template.form.filled(slots)
            request = self.request(action, verb, actor, as_of, slots)
            return msgspec.json.encode(decision_to_json(self._explained(request).decision))

        return answer

    def _explained(self, request: Request) -> Explained:
        return explained(request, self._model, self._directory, self._compiled, self._tracer)

    def _explained_cells(self, request: Request) -> Cells | None:
        if request.approvals or request.evidence or request.totals or request.used is not None:
            return None
        key = (request.action, request.verb)
        if key not in self._cells:
            made = plan(*key, self._compiled, self._model)
            self._cells[key] = None if made is None else Cells(made)
        return self._cells[key]

    def _identity(self, request: Request) -> int:
        """A number for all of the persons that an answer may show or hang on."""
        actor, requester = request.actor, request.requester
        same = "none" if requester is None else same_party(actor, requester)
        person = (
            None if requester is None else (requester.person, requester.holdings, requester.beside)
        )
        who = (actor.person, actor.name, actor.holdings, actor.beside)
        key = (who, same, person, request.language)
        found = self._identities.get(key)
        if found is None:
            if len(self._identities) > MOST_PERSONS:
                self._identities.clear()
            # a number is given once: in threads the length is that of two
            found = self._identities.setdefault(key, next(self._numbers))
        return found

    # --- the bare outcome ----------------------------------------------------------------------

    def checker(self, action: str, verb: str) -> Check:
        """`check(actor, as_of, slots)` for one verb of an action.

        actor: a person's id or a position's qualified name. slots: exact scaled values in the
        order of `Compiled.slots(action)`, MISSING where not known. The request has no requester,
        approvals, evidence or totals.
        """
        found = self._checkers.get((action, verb))
        if found is None:
            found = self._checkers[action, verb] = self._checker(action, verb)
        return found

    def _checker(self, action: str, verb: str) -> Check:
        made = plan(action, verb, self._compiled, self._model)
        if made is None:
            return lambda actor, as_of, f: self._check(action, verb, actor, as_of, f)
        outcomes = Outcomes(made)
        direct = Direct(made, self._compiled, self._model, self._directory)

        def miss(actor: str, as_of: date, f: Sequence[Any]) -> Checked:
            era, found = self._era(as_of), direct.answer(actor, as_of, f)
            known = all(f[i] is not MISSING for i in made.numeric)
            if found is None:
                found = self._check(action, verb, actor, as_of, f)
            elif not outcomes.met(era, f):
                return found
            if known:
                outcomes.keep(actor, era, f, lambda: self._points(made, f, as_of), found)
            return found

        return outcomes.checking(self._eras, miss)

    def _points(self, made: Plan, f: Sequence[Any], as_of: date) -> Axes:
        within = self._directory.within
        env = Environment(self._model, as_of, {"as_of": as_of}, within, variables={})
        return axes(made, f, env, self._caps(made.action, env), ())

    def _check(self, action: str, verb: str, actor: str, as_of: date, f: Sequence[Any]) -> Checked:
        request = self.request(action, verb, actor, as_of, f)
        model, directory, judge = self._model, self._directory, self._compiled
        answer = best_answer(request, request.actor, model, directory, judge)
        outcome, _ = concluded(answer, request, model, directory, judge)
        rules = tuple(v.rule.id for v in answer.ruling.verdicts)
        return outcome, rules

    def request(self, action: str, verb: str, actor: str, as_of: date, f: Sequence[Any]) -> Request:
        """The request that slots stand for; arguments as those of a `checker`."""
        facts: dict[str, Any] = {}
        for fact, value in zip(self._compiled.slots(action), f, strict=True):
            if value is not MISSING:
                whole = fact.type.numeric and not isinstance(value, bool)
                _put(facts, fact.path, unscaled(value) if whole else value)
        attributes = facts.pop("actor", {})
        party = self._directory.party(actor, as_of)
        if party is None:
            party = Party(None, (Holding(actor),), {"position": actor, **attributes})
        return Request(action, party, as_of, verb, facts)

    # --- both ------------------------------------------------------------------------------------

    def _axes(self, cells: Cells, case: Case, slots: Sequence[Any]) -> Any:
        env = environment(case)
        caps = self._caps(cells.plan.action, env)
        return axes(cells.plan, slots, env, caps, case.request.actor.positions)

    def _caps(self, action: str, env: Environment) -> Iterator[Fraction]:
        """Every number to which some delegation of the action cuts the measure off."""
        for entry in self._directory.delegations:
            if entry.action == action and entry.limit is not None:
                yield entry.limit
        for delegation in self._model.actions[action].delegations:
            if delegation.cap is not None:
                cap = evaluate(delegation.cap, env)
                if isinstance(cap, Fraction):
                    yield cap

    def _era(self, as_of: date) -> int:
        """Which stretch between turning days a day lies in."""
        found = self._eras.get(as_of)
        if found is None:
            if len(self._eras) > MOST_DAYS:
                self._eras.clear()
            found = self._eras[as_of] = bisect_right(self._turning, as_of)
        return found


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value


def _turning_days(model: Model, directory: Directory) -> Iterator[date]:
    """The days on which an answer may change though the facts do not."""
    program = model.program
    periods = [(rule.start, rule.until) for rule in model.rules]
    periods += [(policy.start, policy.effective_until) for policy in program.policies.values()]
    for period in periods:
        yield from (d for d in period if d is not None)
    dated = [p.values for p in program.parameters.values()]
    dated += [e.values for e in program.exchanges.values()]
    for values in dated:
        yield from (d for v in values for d in (v.start, v.until) if d is not None)
    for person in directory.people.values():
        yield from (d for h in person.holdings for d in (h.start, h.until) if d is not None)
    for entry in directory.delegations:
        yield from (entry.starts, entry.ends)


@lru_cache(maxsize=50_000)
def _scaled_text(value: Scaled, kind: str, currency: str | None) -> str:
    return number_text(unscaled(value), kind, currency)


@dataclass(slots=True)
class Template:
    """An explained decision of a cell, to be written anew for another request of the cell.

    high: the end of the room left, from which the headroom is counted. moving: the trace lines in
    which numbers of the request stand, with (index of the value, slot). form: the JSON of all.
    kept: the same as records keep it, once it was asked for.
    """

    decision_: Decision
    reason: str
    form: Form | None
    measure: int | None
    high: Fraction | None
    moving: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    kinds: tuple[tuple[str, str | None], ...]
    kept: Form | None = None

    @classmethod
    def of(cls, found: Explained, plan: Plan) -> Template:
        """The template of the cell in which a decision was found. What a request stated besides is
        no part of it: it is each request's own."""
        decision, telling = replace(found.decision, ignored=()), found.telling
        names = {".".join(plan.slots[i].path): i for i in plan.numeric}
        if decision.on_behalf_of is not None:  # `actor` is the delegator, the slots are not his
            names = {name: i for name, i in names.items() if not name.startswith("actor.")}
        mark = None if plan.measure is None else blank(plan.measure)
        shown = replace(
            telling,
            measure=_placed(telling.measure, mark),
            headroom=_placed(telling.headroom, _HEADROOM),
        )
        moving = []
        for n, line in enumerate(decision.trace):
            shown_values = enumerate(line.values)
            places = tuple((k, names[name]) for k, (name, _) in shown_values if name in names)
            if places:
                moving.append((n, places))
        high = None
        if telling.headroom is not None and telling.measure is not None:
            high = telling.headroom.value + telling.measure.value
        kinds = tuple((f.type.kind, f.type.currency) for f in plan.slots)
        top, text = None if high is None else scaled(high), reason(shown)
        return cls(
            decision_=decision,
            reason=text,
            form=form_of(decision, text, moving, kinds, plan.measure, top),
            measure=plan.measure,
            high=high,
            moving=tuple(moving),
            kinds=kinds,
        )

    def ordered(self) -> Form | None:
        """The form of a transcript; None where there is no form."""
        if self.kept is None and self.form is not None:
            top = self.form.high
            parts = self.decision_, self.reason, self.moving, self.kinds, self.measure, top
            self.kept = form_of(*parts, encode=ordered)
        return self.kept

    def decision(self, request: Request, slots: Sequence[Any]) -> Decision:
        """The decision for a request of the cell."""
        found, text, headroom = self.decision_, self.reason, self.decision_.headroom
        if self.measure is not None:
            value, kind = slots[self.measure], self.kinds[self.measure]
            text = text.replace(blank(self.measure), _scaled_text(value, *kind))
            if self.high is not None:
                left = self.high - unscaled(value)
                shown = number_text(left, *kind)
                headroom = Amount(left, kind[0], shown, kind[1])
                text = text.replace(_HEADROOM, shown)
        return Decision(
            found.outcome, text, found.actor, found.action, found.verb, request.as_of,
            found.rules, found.limit, headroom, found.maximum, found.missing, found.needs,
            found.chain, found.totals, found.obligations, self._trace(slots), found.policy,
            found.on_behalf_of, request.ignored,
        )  # fmt: skip

    def _trace(self, slots: Sequence[Any]) -> tuple[TraceLine, ...]:
        if not self.moving:
            return self.decision_.trace
        lines = list(self.decision_.trace)
        for n, places in self.moving:
            old = lines[n]
            values = list(old.values)
            for k, slot in places:
                values[k] = (values[k][0], _slot_text(slots[slot], self.kinds[slot]))
            lines[n] = TraceLine(old.rule, old.text, tuple(values), old.result, old.file, old.line)
        return tuple(lines)


def _slot_text(value: Any, kind: tuple[str, str | None]) -> str:
    return value.isoformat() if isinstance(value, date) else _scaled_text(value, *kind)


def _placed(amount: Amount | None, mark: str | None) -> Amount | None:
    return amount if amount is None or mark is None else replace(amount, text=mark)
