"""The stages of a statement that tell something, for those who read it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from remit_engine.commission.statement import Stage, Statement

NOTHING = Fraction(0)
SUMS = {
    "entitled": ("payable",),
    "net": ("entitled", "held", "reversed"),
    "due": ("net", "guarantee", "advance", "recovered"),
}
"""Stages of ours, and the amounts that they are made of."""
MOVED = frozenset({"held", "reversed", "guarantee", "advance", "recovered", "balance"})
"""Stages that say nothing where they give nothing."""
LESS = frozenset({"recovered"})


def telling(statement: Statement) -> tuple[Stage, ...]:
    """The stages without the sums that are what they are made of and no more, without what moves
    nothing and bounds that nothing reached; sums that are left are without what is 0 in them."""
    idle = _idle_bounds(statement)
    shown = (_shown(s, statement) for n, s in enumerate(statement.stages) if n not in idle)
    return tuple(stage for stage in shown if stage is not None)


def _idle_bounds(statement: Statement) -> set[int]:
    """The places of the stages that bound what is paid, and bounded nothing. A step may have the
    name of one; it stands before `payable`."""
    names = [stage.name for stage in statement.stages]
    if statement.fault:
        return set()
    value = {name: amount or NOTHING for name, amount in statement.amounts.items()}
    payable, entitled = value.get("payable", NOTHING), value.get("entitled", NOTHING)
    moved = any(value.get(name) for name in ("advance", "recovered"))
    idle = {
        "floor": entitled <= payable,
        "cap": entitled >= payable,
        "cap left": entitled >= payable,
        "guaranteed": not value.get("guarantee"),
        "draw": not moved,
        "at most": not moved,
    }
    bounds = enumerate(statement.stages)
    after = names.index("payable") if "payable" in names else -1
    return {n for n, s in bounds if n > after and idle.get(s.name) and s.value != entitled}


def _shown(stage: Stage, statement: Statement) -> Stage | None:
    if stage.name in MOVED and stage.value == 0 and not stage.note:
        return None
    made_of = SUMS.get(stage.name)
    if stage.span is not None or made_of is None or stage.value is None:
        return stage
    amounts = statement.amounts
    if stage.value == amounts.get(made_of[0]):
        return None
    parts = [name for name in made_of if amounts.get(name)]
    read = tuple((name, value) for name, value in stage.inputs if name in parts)
    return stage if stage.name == "entitled" else replace(stage, inputs=read, rule=_sum(parts))


def _sum(parts: list[str]) -> str:
    """`net + guarantee - recovered`."""
    signs = ["-" if name in LESS else "+" for name in parts]
    text = " ".join(f"{sign} {name}" for sign, name in zip(signs, parts, strict=True))
    return text.removeprefix("+ ")
