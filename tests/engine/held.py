"""Holds for tests, and the ordinary statements that mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from remit_dsl.parts import Label
from remit_dsl.source import NOWHERE
from remit_dsl.watch import Restraint
from remit_engine.rules.hold import Hold

LONG_AGO = date(2020, 1, 1)


def hold(
    action: str,
    fact: str,
    value: str | int,
    *,
    step: tuple[str, str] | None = None,
    rule: str = "house.credit.full",
    id: str = "hld_1",
    row: str | None = None,
    since: date = LONG_AGO,
    because: Label | None = None,
) -> Hold:
    """A hold on a fact of an action (qualified name); a freeze where no step (verb, position) is
    asked for."""
    verb, position = step or (None, None)
    kind = "freeze" if step is None else "require"
    path = tuple(fact.split("."))
    return Hold(
        id=id,
        restraint=Restraint(kind, action, path, None, verb, position, NOWHERE),
        value=str(value),
        alert=f"alr_{id}",
        rule=rule,
        subject=str(value),
        row=row,
        since=since,
        because=because,
        text=f"{kind} {action.rsplit('.', 1)[-1]}",
    )


def ordinary(holds: Sequence[Hold], verbs: Sequence[str]) -> Iterator[str]:
    """What an author would write into the authority instead."""
    for n, one in enumerate(holds):
        restraint = one.restraint
        when = f"when {'.'.join(restraint.fact)} = {_literal(one)}"
        for verb in verbs:
            label = f"held{n}_{verb}"
            if restraint.kind == "freeze":
                yield f"{label}: nobody may {verb} {when}"
            else:
                assert restraint.position is not None
                by = restraint.position.rsplit(".", 1)[-1]
                yield f"{label}: {verb} needs {restraint.verb} by {by} {when}"


def _literal(one: Hold) -> str:
    return f'"{one.value}"' if one.restraint.fact[-1] in ("id", "reason") else str(one.value)
