"""What to type so that the next answer goes further: missing facts, and steps that are done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit_engine.decision import Decision, Need
from remit_engine.explanation.words import say
from remit_engine.reading.request_reader import evidence_steps
from remit_engine.rules.ir import Model


def facts_typed(paths: Iterable[str], known_actor: bool) -> str:
    """The words and options for missing facts, `…` for their values.

    known_actor: the directory says all of the actor, so his attributes are not for typing.
    """
    return " ".join(dict.fromkeys(filter(None, (_fact(path, known_actor) for path in paths))))


def _fact(path: str, known_actor: bool) -> str:
    first, _, rest = path.partition(".")
    if "[" in path:
        return "--facts FILE"
    if first == "requester":
        return "" if rest else "--requester …"
    if first == "totals" and rest:
        return f"--total {rest}=…"
    if first == "actor":
        return "" if known_actor or not rest else f"--actor-attribute {rest}=…"
    return f"{path}=…"


def steps_typed(decision: Decision, model: Model, language: str) -> str:
    """The options that tell of the steps needed, once they are done."""
    words = (word for need in decision.needs for word in _step(need, decision, model, language))
    return " ".join(dict.fromkeys(words))


def _step(need: Need, decision: Decision, model: Model, language: str) -> Iterator[str]:
    if need.kind == "approval":
        yield f"--approval {need.verb}=PERSON"
        return
    for step in evidence_steps(model, decision.action):
        name = step.label.localized(language) if step.label else step.name
        if need.text == say(language, "step.evidence", name=name):
            yield f"--evidence {step.name}"
