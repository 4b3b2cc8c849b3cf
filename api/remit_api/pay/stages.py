"""The stages of a statement that tell something, for those who read it."""

from __future__ import annotations

from dataclasses import replace

from remit_engine.commission.statement import Stage, Statement

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
    """The stages without the sums that are what they are made of and no more, and without what
    moves nothing; the sums that are left are without what is 0 in them."""
    shown = (_shown(stage, statement) for stage in statement.stages)
    return tuple(stage for stage in shown if stage is not None)


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
