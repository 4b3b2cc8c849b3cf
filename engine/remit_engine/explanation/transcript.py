"""An answer as records keep it: one text for one answer."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from remit_engine.decision import Decision, Outcome
from remit_engine.explanation.wire import decision_to_json

ordered = msgspec.json.Encoder(order="deterministic").encode
"""JSON with the members of every object sorted; raises UnicodeEncodeError for half a character."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """policy: the digest of its text. text: the JSON of the whole answer, `ordered`."""

    outcome: Outcome
    on_behalf_of: str | None
    policy: str
    text: str


def transcript(decision: Decision) -> Transcript:
    """The transcript of a decision."""
    text = ordered(decision_to_json(decision)).decode()
    return Transcript(decision.outcome, decision.on_behalf_of, decision.policy.digest, text)
