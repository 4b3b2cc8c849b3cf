"""The questions about a policy text, by name, and their answers with the waivers applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from remit_dsl.lexing.vocabulary import QUESTIONS as NAMES
from remit_engine.analysis.accountability import accountability
from remit_engine.analysis.answer import Answer
from remit_engine.analysis.contradiction import contradiction
from remit_engine.analysis.dates import dates
from remit_engine.analysis.dead_end import dead_end
from remit_engine.analysis.emptied import emptied
from remit_engine.analysis.falling_pay import falling_pay
from remit_engine.analysis.monotone import monotone
from remit_engine.analysis.prober import Prober
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.separation import separation
from remit_engine.analysis.shadowed import shadowed
from remit_engine.analysis.tables import tables
from remit_engine.analysis.unreachable import unreachable
from remit_engine.analysis.unset import unset
from remit_engine.analysis.waivers import apply
from remit_engine.analysis.watching import watching
from remit_engine.rules.ir import Model

Question = Callable[[Prober], Iterator[Answer]]


def _of_text(question: Callable[[Model, Scope], Iterator[Answer]]) -> Question:
    """A question that looks for no request."""
    return lambda prober: question(prober.model, prober.scope)


QUESTIONS: dict[str, Question] = {
    "tables": _of_text(tables),
    "unreachable": unreachable,
    "shadowed": shadowed,
    "emptied": emptied,
    "dead_end": dead_end,
    "monotone": monotone,
    "separation": separation,
    "accountability": _of_text(accountability),
    "contradiction": contradiction,
    "dates": _of_text(dates),
    "unset": _of_text(unset),
    "falling_pay": _of_text(falling_pay),
    "watching": _of_text(watching),
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
    prober = Prober(model, scope)
    wanted = {name: QUESTIONS[name] for name in names or NAMES}
    found: list[Answer] = []
    for name, question in wanted.items():
        if each is not None:
            each(name)
        found += question(prober)
    return apply(found, model.program, tuple(wanted))
