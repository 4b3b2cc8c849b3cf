"""Names that a body, a query or facts do not have, and that are nearly some they have: what was
meant is neither guessed nor left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from remit_api.http.refusals import Misspelt
from remit_dsl.parts import Field
from remit_dsl.suggest import distance, nearest
from remit_dsl.types import Type
from remit_engine.reading.request_reader import MEMBERS
from remit_engine.request import Problem, Request
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person, names_of

MOST_EDITS = 2
"""What is further from what there is, such as `request_id`, is something else."""
_PLACE = re.compile(r"\[[0-9]+\]")


def refuse_misspelt(
    request: Request, model: Model, stated: Mapping[str, Any], *further: str, under: str = ""
) -> None:
    """Raises Misspelt for members and facts that the request ignores and that are nearly known;
    not where the one that is near is given too, as then nothing is missing. stated: the request as
    it was told. further: members that the body has besides those of a request. under: where in the
    body the request stands."""
    known, fields = (*MEMBERS, *further), model.program.actions[request.action].fields
    found = (_problem(path, known, fields, model, stated) for path in request.ignored)
    problems = [Problem(under + p.path, p.message) for p in found if p is not None]
    if problems:
        raise Misspelt(problems[0].message, problems=problems)


def no_such(what: str, name: str, known: Iterable[str]) -> str:
    """That there is no such thing, with what was probably meant."""
    guess = nearest(name, known)
    return f"there is no {what} `{name[:80]}`" + (f"; did you mean `{guess}`?" if guess else "")


def _problem(
    path: str,
    members: Collection[str],
    fields: Mapping[str, Field],
    model: Model,
    stated: Mapping[str, Any],
) -> Problem | None:
    first, _, rest = path.partition(".")
    if first == "facts" and rest:
        facts = stated.get("facts")
        return _of_facts(path, _PLACE.sub("", rest).split("."), fields, model, facts)
    if rest or not _meant(path, members, stated):
        return None
    return Problem(path, no_such("member", path, members))


def _meant(name: str, known: Iterable[str], beside: object) -> str | None:
    """The one that was meant by a name: near, and not among what stands beside it."""
    guess = nearest(name, known)
    if guess is None or distance(name.casefold(), guess, MOST_EDITS) > MOST_EDITS:
        return None
    return None if isinstance(beside, Mapping) and guess in beside else guess


def _of_facts(
    path: str, steps: list[str], fields: Mapping[str, Field], model: Model, facts: object
) -> Problem | None:
    for at, step in enumerate(steps):
        if step not in fields:
            guess = _meant(step, fields, facts)
            meant = ".".join([*steps[:at], guess or ""])
            message = f"there is no fact `{'.'.join(steps)[:80]}`; did you mean `{meant}`?"
            return Problem(path, message) if guess else None
        fields = _below(fields[step].type, model)
        facts = facts.get(step) if isinstance(facts, Mapping) else None
    return None


def _below(type: Type, model: Model) -> Mapping[str, Field]:
    inner = type.element if type.kind in ("list", "set") and type.element else type
    if is_person(inner):
        return names_of(model).person
    record = model.program.records.get(inner.name or "") if inner.kind == "record" else None
    return record.fields if record else {}
