"""Events that stand in the place of others, which pay cannot read: what may be corrected."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy.engine import Connection

from remit_api.http.refusals import Conflict, NotFound
from remit_api.pay_data.told_rows import cell, linked, unreadable
from remit_engine.commission.reading.columns import leaves
from remit_engine.rules.ir import Model
from remit_engine.storage import events
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.faults import NotKept

HELP = "tell a new event of what changed, such as a return"


def corrected(connection: Connection, read: KeptEvent, model: Model) -> KeptEvent | None:
    """The event in whose place another one is to stand; raises NotFound where there is none, and
    Conflict for one that another one corrects already, or that pay reads as it is."""
    wanted = json.loads(read.body).get("corrects")
    if wanted is None:
        return None
    try:
        found = events.found(connection, read.kind, wanted)
    except NotKept:
        raise NotFound(f"there is no event `{wanted}` of `{read.kind}` to correct") from None
    others = events.corrections(connection, events.last(connection))
    by = others.get((read.kind, wanted))
    if by == read.id:
        return found  # told again with another content, which is refused where it is kept
    if by is not None:
        raise Conflict(f"`{wanted}` is corrected already, by `{by}`")
    if not _cannot_be_counted(connection, found, events.in_place(others), model):
        raise Conflict(f"`{wanted}` is counted as it is: it needs no correction", HELP)
    return found


def _cannot_be_counted(
    connection: Connection, found: KeptEvent, instead: dict[tuple[str, str], str], model: Model
) -> bool:
    """Whether a run cannot read an event, or one that it links to, or that one's; or whether one of
    them was not told."""
    pending, met = [(found.kind, found.id)], set[tuple[str, str]]()
    while pending:
        name = pending.pop()
        if name in met:
            continue
        met.add(name)
        try:
            row = events.found(connection, *name)
        except NotKept:
            return True
        facts = json.loads(row.body)["facts"]
        if unreadable(model.program.events[row.kind], facts, model):
            return True
        pending += _links(row, instead, model)
    return False


def _links(
    row: KeptEvent, instead: dict[tuple[str, str], str], model: Model
) -> Iterator[tuple[str, str]]:
    """Kind and id of the events that one links to, as runs read it."""
    facts = json.loads(row.body)["facts"]
    for leaf in leaves(model.program.events[row.kind], model.program):
        if leaf.link is not None:
            value = linked(instead, leaf.link, cell(facts, leaf))
            if isinstance(value, str) and value.strip():
                yield leaf.link, value.strip()
