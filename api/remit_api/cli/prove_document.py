"""What `remit prove` found, as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.prove_report import Proof
from remit_dsl.render import as_dict
from remit_engine.analysis.answer import About, Answer, Asked
from remit_engine.reading.request_document import request_document


def document(proof: Proof) -> str:
    """All answers, with the numbers of requests as they are written."""
    data = {
        "ok": proof.code is ExitCode.OK,
        "questions": [{"question": q, **proof.counts(q)} for q in proof.questions],
        "answers": [_answer(a, proof) for a in proof.answers],
        "diagnostics": [as_dict(d) for d in proof.found],
        "policy": {"digest": proof.model.program.digest} if proof.model else None,
    }
    written = msgspec.json.Encoder(decimal_format="number").encode(data)
    return msgspec.json.format(written, indent=2).decode()


def _answer(answer: Answer, proof: Proof) -> dict[str, Any]:
    return {
        "status": answer.status.value,
        "question": answer.question,
        "about": _about(answer.about),
        "diagnostic": as_dict(answer.finding) if answer.finding else None,
        "witness": [_witness(asked, answer, proof) for asked in answer.witness],
        "yaml": proof.yaml(answer),
        "why": answer.why,
        "waived": answer.waived,
    }


def _witness(asked: Asked, answer: Answer, proof: Proof) -> dict[str, Any]:
    """directory: whether it is asked with the people of the directory."""
    if proof.model is None:
        raise TypeError("a witness is a request to a program, and there is none")
    people = proof.people(answer)
    return {
        "request": request_document(asked.request, proof.model, people),
        "outcome": asked.outcome.value,
        "directory": bool(people.people),
    }


def _about(about: About) -> dict[str, Any]:
    return {
        "action": about.action,
        "verb": about.verb,
        "positions": list(about.positions),
        "rules": list(about.rules),
        "name": about.name,
    }
