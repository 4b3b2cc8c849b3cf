"""Complete requests to random policies: every fact given, or an optional one given as absent."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from engine.generators import (
    ACTION,
    KINDS,
    POSITIONS,
    REGIONS,
    Maker,
    Written,
    _day,
    _near,
    facts,
)
from remit_dsl.loader import load_texts
from remit_engine.people.directory import Directory
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.rules.totals import totals_of

OPTIONAL = ("margin", "kind")


def model_of(w: Written) -> Model:
    """The model of a random policy."""
    program, _ = load_texts({"p.remit": w.text()})
    assert program is not None
    return lower(program)


def holder(m: Maker, w: Written, position: str) -> dict[str, Any]:
    """An unnamed holder of a position with all that may be known of him."""
    attributes: dict[str, Any] = {
        "territory": list(dict.fromkeys(m.some(REGIONS, 2))),
        "trained": m.chance(50),
        "grade": _near(m, w, "integer"),
        "quota": _near(m, w, "money"),
    }
    for name in ("trained", "grade", "quota"):
        if m.chance(20):
            attributes[name] = None
    return {"position": position, "attributes": attributes}


def request(
    rnd: Random, w: Written, model: Model, position: str, verb: str, *, requested: bool
) -> Request:
    """A complete request by an unnamed holder of the position."""
    m = Maker(rnd, kind=w.kind)
    found = facts(m, w, 100)
    for line in found["order"]["lines"]:
        line.setdefault("kind", m.pick(KINDS))
        line["kind"] = line["kind"] or "gift"
        line.setdefault("note", None)
    for name in OPTIONAL:
        if m.chance(20):
            found["order"][name] = None
    for name in ("special", "due", "subject", "reason"):
        if m.chance(20):
            found[name] = None
    if found["subject"] is not None:
        found["subject"] = holder(m, w, m.pick(POSITIONS))
    document: dict[str, Any] = {
        "actor": holder(m, w, position),
        "action": ACTION,
        "verb": verb,
        "as_of": _day(m, w),
        "facts": found,
        "totals": {
            n: 0 if m.chance(40) else _near(m, w, w.kind) for n in totals_of(model, f"p.{ACTION}")
        },
    }
    if requested and m.chance(60):
        document["requester"] = holder(m, w, m.pick(POSITIONS))
    made = read_request(document, model, Directory.empty())
    return replace(made, totals={n: abs(v) for n, v in made.totals.items()})
