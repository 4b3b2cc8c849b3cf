"""What roles may do in the service: a Remit policy, asked once for each question and kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remit_api.failures import Refused
from remit_api.wiring import open_engine
from remit_dsl.suggest import nearest
from remit_engine.decision import Outcome
from remit_engine.engine import Engine
from remit_engine.people.party import Holding, Party
from remit_engine.request import Request

_PACKAGED = Path(__file__).parent / "service_policy"
_IN_TREE = Path(__file__).parents[3] / "policies" / "service"
OWN = "own"
"""The one fact that every action of the policy has: does it concern the caller himself?"""
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether it is allowed, and why. Only `permit` allows."""

    allowed: bool
    reason: str


Question = tuple[frozenset[str], str, str, bool, date]


class Roles:
    """The policy of the service: a position is a role, an action a resource, a verb an operation.

    Names are short: `finance`, `decisions`, `record`.
    """

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine = engine
        self._file = file
        names = engine.model.program
        self._positions = _by_short_name(names.positions, "role", file)
        self._actions = _by_short_name(names.actions, "resource", file)
        self._kept: dict[Question, Ruling] = {}

    @property
    def names(self) -> frozenset[str]:
        """All roles there are."""
        return frozenset(self._positions)

    @property
    def resources(self) -> frozenset[str]:
        """All resources there are."""
        return frozenset(self._actions)

    @property
    def operations(self) -> frozenset[str]:
        """All operations there are, of any resource."""
        return frozenset(self._engine.model.verbs)

    def ask(
        self, roles: frozenset[str], resource: str, operation: str, own: bool, day: date
    ) -> Ruling:
        """May somebody with these roles do it? Raises KeyError for a resource that is not there.

        Roles the policy does not know give nothing.
        """
        question = (roles, resource, operation, own, day)
        found = self._kept.get(question)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[question] = self._decided(question)
        return found

    def _decided(self, question: Question) -> Ruling:
        roles, resource, operation, own, day = question
        known = sorted(self._positions[role] for role in roles if role in self._positions)
        if not known:
            return Ruling(False, "no role in the service is yours")
        actor = Party(None, tuple(Holding(position) for position in known))
        request = Request(self._actions[resource], actor, day, operation, {OWN: own})
        decision = self._engine.decide(request)
        if decision.outcome is Outcome.PERMIT:
            return Ruling(True, decision.reason)
        return Ruling(False, self._refusal(question, known) or decision.reason)

    def _refusal(self, question: Question, known: list[str]) -> str | None:
        """That the service, and not the company's policy, refuses: what a key with these roles may
        ask of it, and which may more. None where nobody may, which the policy has a reason for."""
        _, resource, operation, own, day = question
        may = sorted(r for r in self._positions if self._permits(r, resource, operation, own, day))
        if not may:
            return None
        short = {position: role for role, position in self._positions.items()}
        roles = _listed([short[position] for position in known], "and")
        right = f"`{resource}.{operation}`"
        himself = not own and any(
            self._permits(short[position], resource, operation, True, day) for position in known
        )
        said = (
            f"you may ask the service for {right} for yourself only"
            if himself
            else f"you may not ask the service for {right}"
        )
        return f"{said}: your key has the role {roles}, and it takes {_listed(may, 'or')}"

    def _permits(self, role: str, resource: str, operation: str, own: bool, day: date) -> bool:
        actor = Party(None, (Holding(self._positions[role]),))
        request = Request(self._actions[resource], actor, day, operation, {OWN: own})
        return self._engine.decide(request).outcome is Outcome.PERMIT

    def require(self, needed: Iterable[tuple[str, str]], day: date) -> None:
        """Sees to it that every (resource, operation) has an answer; raises Refused, naming what
        has none."""
        problems = [p for pair in sorted(set(needed)) for p in self._problems(*pair, day)]
        if problems:
            raise Refused(
                f"the service policy `{self._file}` leaves questions open: {problems[0]}",
                "compare it with `policies/service/service.remit`",
                problems,
            )

    def _problems(self, resource: str, operation: str, day: date) -> Iterable[str]:
        if resource not in self._actions:
            yield _unknown("action", resource, self.resources)
            return
        if operation not in self.operations:
            yield _unknown("right", operation, self.operations)
            return
        action = self._engine.model.program.actions[self._actions[resource]]
        own = action.fields.get(OWN)
        if own is None or own.type.kind != "boolean":
            yield f"the action `{resource}` has no fact `own boolean`"
            return
        for role in sorted(self._positions):
            yield from self._unsettled(role, resource, operation, day)

    def _unsettled(self, role: str, resource: str, operation: str, day: date) -> Iterable[str]:
        """Answers that hang on something the service does not state."""
        for own in (True, False):
            actor = Party(None, (Holding(self._positions[role]),))
            request = Request(self._actions[resource], actor, day, operation, {OWN: own})
            outcome = self._engine.decide(request).outcome
            if outcome in (Outcome.INCOMPLETE, Outcome.NEEDS):
                what = f"`{role}`, `{resource}`, `{operation}`"
                yield f"{what} is answered with `{outcome}`: it can be only yes or no"
                return


def open_roles(path: Path | None = None) -> Roles:
    """The policy of a deployment, or the one that remit brings along.

    Raises InvalidPolicy or FileTrouble where it cannot be read, Refused where names are not clear.
    """
    file = path or (_PACKAGED if _PACKAGED.is_dir() else _IN_TREE)
    return Roles(open_engine([file], None).engine, file)


def _listed(names: list[str], last: str) -> str:
    quoted = [f"`{name}`" for name in names]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def _by_short_name(names: Iterable[str], what: str, file: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        short = name.rsplit(".", 1)[-1]
        if short in found:
            raise Refused(f"the service policy `{file}` has two of the {what} `{short}`")
        found[short] = name
    return found


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    guess = nearest(name, known)
    cure = f", did you mean to write `{name}` for `{guess}`?" if guess else ""
    return f"it has no {what} `{name}`{cure}"
