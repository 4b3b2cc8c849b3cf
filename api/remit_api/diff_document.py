"""What `remit diff` found, for programs."""

from __future__ import annotations

from typing import Any

import msgspec

from remit_api.revisions import Revision
from remit_dsl.source import Span
from remit_engine.analysis.answer import Asked
from remit_engine.analysis.difference.change import Change, sentence
from remit_engine.analysis.difference.comparison import Compared
from remit_engine.analysis.difference.difference import Difference
from remit_engine.analysis.difference.told import Told
from remit_engine.analysis.difference.witness import Witness, speaker
from remit_engine.decision import Outcome
from remit_engine.reading.request_document import Document, request_document
from remit_engine.rules.ir import Model
from remit_engine.suite.case_writer import case_text

Models = tuple[Model, Model]


def document(found: Difference, sides: tuple[Revision, Revision], models: Models) -> str:
    """The difference as JSON, with numbers as they are."""
    data = {
        "empty": found.empty,
        "differs": found.matters,
        "old": _side(sides[0]),
        "new": _side(sides[1]),
        "changes": [_change(c) for c in found.changes],
        "questions": [_compared(c, models) for c in found.compared],
    }
    written = msgspec.json.Encoder(decimal_format="number").encode(data)
    return msgspec.json.format(written, indent=2).decode()


def _side(side: Revision) -> dict[str, Any]:
    return {"name": side.name, "commit": side.commit, "digest": side.program.digest}


def _change(change: Change) -> dict[str, Any]:
    about = change.about
    return {
        "text": sentence(change),
        "subject": change.subject,
        "aspect": change.aspect or None,
        "action": about.action,
        "verb": about.verb,
        "positions": list(about.positions),
        "rules": list(about.rules),
        "name": about.name,
        "old": change.old,
        "new": change.new,
        "under": change.under,
        "through": change.through,
        "moves": list(change.moves),
        "weight": change.weight.value,
        "old_place": _place(change.old_place),
        "new_place": _place(change.new_place),
    }


def _place(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"file": span.file, "line": span.line, "column": span.column}


def _compared(compared: Compared, models: Models) -> dict[str, Any]:
    question, witness = compared.question, compared.witness
    return {
        "action": question.action,
        "verb": question.verb,
        "position": question.position,
        "everybody_else": question.everybody,
        "own": question.direct,
        "verdict": compared.verdict.value,
        "why": compared.why,
        "witness": None if witness is None else _witness(witness, models),
        "more": [_witness(w, models) for w in compared.more],
    }


def _witness(witness: Witness, models: Models) -> dict[str, Any]:
    return {
        "request": request_of(witness, models),
        "apart": witness.apart,
        "old": _told(witness.old),
        "new": _told(witness.new),
        "yaml": yaml_of(witness, models),
    }


def _told(told: Told) -> dict[str, Any]:
    return {
        "outcome": told.outcome,
        "limit": told.limit or None,
        "needs": list(told.steps),
        "chain": list(told.able),
    }


def request_of(witness: Witness, models: Models) -> Document:
    """The request of a witness as `remit decide` reads it."""
    return request_document(witness.request, speaker(witness.request, models))


def yaml_of(witness: Witness, models: Models) -> str:
    """The witness as a case of a test suite, with the new answer."""
    asked = Asked(witness.request, Outcome(witness.new.outcome))
    name = f"{witness.old.outcome} before, {witness.new.outcome} now"
    return case_text(name, (asked,), speaker(witness.request, models))
