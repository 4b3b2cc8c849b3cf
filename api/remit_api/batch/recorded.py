"""A question as it stands in a results file, so that a recorded decision can be asked again.

Nothing is read by type here: what was said in words stays words, and is read anew by the types of
whichever text it is put to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from remit_api.failures import BadFacts
from remit_api.question import Question, Words
from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest, Problem
from remit_engine.text import exact

REQUEST = "request"
SAID = "said"
_WIDEST = 2**63
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def json_line(document: Mapping[str, Any]) -> str:
    """A document as JSON on one line, numbers exact."""
    return _ENCODER.encode(document).decode()


def request_document(question: Question) -> dict[str, Any]:
    """The question as a document: the members of a request, and under `said` the words."""
    words = question.words
    said = {
        "facts": dict(words.facts),
        "actor": dict(words.actor),
        "totals": dict(words.totals),
        "approvals": list(words.approvals),
    }
    document = {**question.members, "facts": question.facts}
    document[SAID] = {name: value for name, value in said.items() if value}
    return {name: _plain(value) for name, value in document.items() if value not in ({}, [], ())}


def question_of(given: Any) -> Question:
    """The question of such a document, or of its JSON text; `BadFacts` when it is none."""
    document = _read(given) if isinstance(given, str) else given
    rest = dict(_object(document, REQUEST))
    said = _object(rest.pop(SAID, None) or {}, f"{REQUEST}.{SAID}")
    facts = _object(rest.pop("facts", None) or {}, f"{REQUEST}.facts")
    words = Words(
        facts=_texts(said, "facts"),
        actor=_object(said.get("actor") or {}, f"{REQUEST}.{SAID}.actor"),
        totals=_texts(said, "totals"),
        approvals=tuple(_listed(said.get("approvals") or [])),
    )
    return Question({k: v for k, v in rest.items() if v is not None}, facts, words)


def _read(text: str) -> Any:
    try:
        return read_json(text)
    except InvalidRequest as fault:
        raise BadFacts([Problem(REQUEST, p.message) for p in fault.problems]) from None


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadFacts([Problem(path, "this is not an object with names and values")])
    return value


def _texts(said: Mapping[str, Any], name: str) -> dict[str, str]:
    path = f"{REQUEST}.{SAID}.{name}"
    found = _object(said.get(name) or {}, path)
    wrong = next((key for key, value in found.items() if not isinstance(value, str)), None)
    if wrong is not None:
        raise BadFacts([Problem(f"{path}.{wrong}", "this is not a text")])
    return dict(found)


def _listed(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadFacts([Problem(f"{REQUEST}.{SAID}.approvals", "this is not a list of texts")])
    return value


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case bool() | str() | None | Decimal():
            return value
        case int():
            return value if abs(value) < _WIDEST else Decimal(value)
        case Fraction():
            return exact(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    raise TypeError(f"a question holds no {type(value).__name__}")
