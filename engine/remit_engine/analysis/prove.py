"""The questions about a policy text, by name, and their answers with the waivers applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from remit_dsl.vocabulary import QUESTIONS as NAMES
from remit_engine.analysis.accountability import accountability
from remit_engine.analysis.answer import Answer
from remit_engine.analysis.contradiction import contradiction
from remit_engine.analysis.dates import dates
from remit_engine.analysis.dead_end import dead_end
from remit_engine.analysis.monotone import monotone
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.separation import separation
from remit_engine.analysis.shadowed import emptied, shadowed
from remit_engine.analysis.tables import tables
from remit_engine.analysis.unreachable import unreachable
from remit_engine.analysis.unset import unset
from remit_engine.analysis.waivers import apply
from remit_engine.ir import Model

Question = Callable[[Model, Scope], Iterator[Answer]]

QUESTIONS: dict[str, Question] = {
    "tables": tables,
    "unreachable": unreachable,
    "shadowed": shadowed,
    "emptied": emptied,
    "dead_end": dead_end,
    "monotone": monotone,
    "separation": separation,
    "accountability": accountability,
    "contradiction": contradiction,
    "dates": dates,
    "unset": unset,
}


def prove(
    model: Model,
    scope: Scope,
    names: Sequence[str] = (),
    each: Callable[[str], None] | None = None,
) -> list[Answer]:
    """The answers to the questions named (none: all), in their order, waivers applied.

    each: told the name of a question before it is asked. Raises KeyError for an unknown name.
    """
    wanted = {name: QUESTIONS[name] for name in names or NAMES}
    found: list[Answer] = []
    for name, question in wanted.items():
        if each is not None:
            each(name)
        found += question(model, scope)
    return apply(found, model.program, tuple(wanted))
