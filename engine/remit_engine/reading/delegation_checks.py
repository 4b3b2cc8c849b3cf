"""What must be true of a delegation: the policy allows it, and the giver has what he gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.expressions import Constant
from remit_dsl.program import Delegation
from remit_engine.people.directory import DelegationEntry, Directory
from remit_engine.reading.yaml_tree import Node
from remit_engine.rules.ir import GRANT, Model


@dataclass(frozen=True, slots=True)
class PlacedDelegation:
    """A delegation with the members it was read from; approved_on is its start if not stated."""

    entry: DelegationEntry
    members: Mapping[str, Node]
    approved_on: date

    def fault(self, member: str, code: str, message: str, help: str | None = None) -> Diagnostic:
        """A fault at a member, or at the whole where it is not there."""
        node = self.members.get(member)
        return Diagnostic(node.span if node else self.entry.span, code, message, help)


def check_delegations(
    placed: Iterable[PlacedDelegation], directory: Directory, model: Model
) -> Iterator[Diagnostic]:
    """Everything that is wrong with the delegations of a directory."""
    every = list(placed)
    for delegation in every:
        yield from _check(delegation, directory, model)
    yield from _cycles(every)


def check_another(placed: PlacedDelegation, directory: Directory, model: Model) -> list[Diagnostic]:
    """What is wrong with one more delegation beside those of a directory, circles it closes
    included."""
    there = [PlacedDelegation(e, {}, e.starts) for e in directory.delegations]
    with_it = directory.lending((placed.entry,))
    before = {(d.code, d.message) for d in _cycles(there)}
    circles = [d for d in _cycles([*there, placed]) if (d.code, d.message) not in before]
    return [*_check(placed, with_it, model), *circles]


def approver_of(placed: PlacedDelegation, model: Model) -> str | None:
    """The position (qualified name) that every delegation of its action has to be approved by;
    None where some rule asks for no approval."""
    rules = model.actions[placed.entry.action].delegations
    wanted = [rule.approval_by for rule in rules]
    return wanted[0] if wanted and None not in wanted else None


def _check(placed: PlacedDelegation, directory: Directory, model: Model) -> Iterator[Diagnostic]:
    entry = placed.entry
    if entry.giver == entry.taker:
        message = f"`{entry.giver}` delegates to himself"
        yield placed.fault("to", "E0623", message)
        return
    rules = model.actions[entry.action].delegations
    if not rules:
        action = model.program.actions[entry.action].short
        help = f"allow it with `delegation of {action} {{ … }}`"
        yield placed.fault("action", "E0629", f"no policy lets `{action}` be delegated", help)
        return
    found = [
        [d for check in _CHECKS for d in check(placed, rule, directory, model)] for rule in rules
    ]
    yield from min(found, key=len)


def _too_long(
    placed: PlacedDelegation, rule: Delegation, directory: Directory, model: Model
) -> Iterator[Diagnostic]:
    days = (placed.entry.ends - placed.entry.starts).days
    if rule.longest is not None and days > rule.longest:
        message = f"it lasts {days} days and the policy allows {rule.longest}"
        yield placed.fault("ends", "E0626", message)


def _wrong_level(
    placed: PlacedDelegation, rule: Delegation, directory: Directory, model: Model
) -> Iterator[Diagnostic]:
    entry = placed.entry
    givers = _positions(entry.giver, directory, entry.starts)
    takers = _positions(entry.taker, directory, entry.starts)
    if not takers:
        message = f"`{entry.taker}` holds no position on {entry.starts}"
        yield placed.fault("to", "E0627", message)
    elif rule.to:
        if takers.isdisjoint(rule.to):
            allowed = " or ".join(f"`{p.rsplit('.', 1)[-1]}`" for p in rule.to)
            message = f"`{entry.taker}` does not hold {allowed} on {entry.starts}"
            yield placed.fault("to", "E0627", message)
    elif not any(_below(t, g, rule.levels, model) for t in takers for g in givers):
        where = {None: "below", 1: "one level below"}.get(
            rule.levels, f"{rule.levels} levels below"
        )
        message = f"`{entry.taker}` is not {where} `{entry.giver}` on {entry.starts}"
        yield placed.fault("to", "E0627", message)


def _below(taker: str, giver: str, levels: int | None, model: Model) -> bool:
    above = model.superiors.get(taker, ())
    return giver in (above if levels is None else above[:levels])


def _positions(person: str, directory: Directory, day: date) -> frozenset[str]:
    party = directory.party(person, day)
    return party.positions if party else frozenset()


def _not_approved(
    placed: PlacedDelegation, rule: Delegation, directory: Directory, model: Model
) -> Iterator[Diagnostic]:
    entry = placed.entry
    if rule.approval_by is None:
        return
    position = rule.approval_by.rsplit(".", 1)[-1]
    if entry.approved_by is None:
        help = "write who approved it: `approved_by: …`"
        yield placed.fault("approved_by", "E0628", f"it needs approval by `{position}`", help)
    elif entry.approved_by in (entry.giver, entry.taker):
        message = f"`{entry.approved_by}` cannot approve a delegation he gives or takes"
        yield placed.fault("approved_by", "E0628", message)
    elif rule.approval_by not in _positions(entry.approved_by, directory, placed.approved_on):
        message = f"`{entry.approved_by}` does not hold `{position}` on {placed.approved_on}"
        help = "say the day of the approval with `approved_on` if it was another"
        yield placed.fault("approved_by", "E0628", message, help)


def _over_cap(
    placed: PlacedDelegation, rule: Delegation, directory: Directory, model: Model
) -> Iterator[Diagnostic]:
    limit, cap = placed.entry.limit, rule.cap
    if limit is None or not isinstance(cap, Constant) or not isinstance(cap.value, Fraction):
        return
    if limit > cap.value:
        message = f"the limit is over {cap.written or cap.value}, the most the policy allows"
        yield placed.fault("limit", "E0632", message)


def _nothing_to_give(
    placed: PlacedDelegation, rule: Delegation, directory: Directory, model: Model
) -> Iterator[Diagnostic]:
    """The giver must have the right himself, or by a delegation that may be given on."""
    entry = placed.entry
    if _own_right(entry, directory, model):
        return
    taken = any(
        e.taker == entry.giver and e.action == entry.action and _meet(e, entry)
        for e in directory.delegations
    )
    action = model.program.actions[entry.action].short
    if taken and not rule.onward:
        message = f"`{entry.giver}` has `{action}` only by delegation and cannot give it on"
        yield placed.fault("from", "E0630", message, "let whoever gave it to him delegate it")
    elif not taken:
        message = f"`{entry.giver}` has no right to `{action}` on {entry.starts}"
        yield placed.fault("from", "W0652", message)


def _own_right(entry: DelegationEntry, directory: Directory, model: Model) -> bool:
    positions = _positions(entry.giver, directory, entry.starts)
    return bool(positions) and any(
        rule.kind == GRANT
        and rule.concerns(positions)
        and (entry.verbs is None or not entry.verbs.isdisjoint(rule.verbs))
        for rule in model.actions[entry.action].rules
    )


def _meet(a: DelegationEntry, b: DelegationEntry) -> bool:
    return a.starts < b.ends and b.starts < a.ends


_Check = Callable[[PlacedDelegation, Delegation, Directory, Model], Iterator[Diagnostic]]
_CHECKS: tuple[_Check, ...] = (
    _too_long, _wrong_level, _not_approved, _over_cap, _nothing_to_give,
)  # fmt: skip


# --- circles -------------------------------------------------------------------------------


def _cycles(placed: list[PlacedDelegation]) -> Iterator[Diagnostic]:
    """Delegations of one action that lead back to who gave them, on some day."""
    grouped: dict[str, list[PlacedDelegation]] = defaultdict(list)
    for delegation in placed:
        if delegation.entry.giver != delegation.entry.taker:
            grouped[delegation.entry.action].append(delegation)
    for entries in grouped.values():
        reported: set[frozenset[str]] = set()
        if _circle(entries) is None:
            continue
        for day in sorted({p.entry.starts for p in entries}):
            circle = _circle([p for p in entries if p.entry.starts <= day < p.entry.ends])
            if circle and (people := frozenset(p.entry.giver for p in circle)) not in reported:
                reported.add(people)
                names = " to ".join(f"`{p.entry.giver}`" for p in circle)
                message = f"delegated in a circle on {day}: {names} to `{circle[0].entry.giver}`"
                yield circle[-1].fault("to", "E0631", message)


def _circle(entries: list[PlacedDelegation]) -> list[PlacedDelegation] | None:
    """Some circle among delegations: what is left when those that lead nowhere are taken away."""
    left = entries
    while left:
        givers = {p.entry.giver for p in left}
        kept = [p for p in left if p.entry.taker in givers]
        if len(kept) == len(left):
            return _walk(left)
        left = kept
    return None


def _walk(entries: list[PlacedDelegation]) -> list[PlacedDelegation]:
    """A circle, where everybody who takes also gives."""
    gives: dict[str, PlacedDelegation] = {}
    for placed in entries:
        gives.setdefault(placed.entry.giver, placed)
    path: list[PlacedDelegation] = []
    seen: dict[str, int] = {}
    at = entries[0].entry.giver
    while at not in seen:
        seen[at] = len(path)
        path.append(gives[at])
        at = gives[at].entry.taker
    return path[seen[at] :]
