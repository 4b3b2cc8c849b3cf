"""The desk as it was on the day of a record."""

from __future__ import annotations

import sqlalchemy as sql

from remit_api.http.desk import Desk
from remit_api.http.published import desk_of_store
from remit_engine.storage import delegations, holds
from remit_engine.storage.entries import Entry
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading


def desk_of(entry: Entry, now: Desk, store: sql.Engine) -> Desk:
    """The desk that a record was judged by, under what was held then; raises NotKept where its text
    is not there any more, as of files that were changed and never published."""
    with reading(store) as connection:
        held = holds.at(connection, entry.seq)
        if entry.revision == now.revision and entry.policy == now.digest:
            return now.held_by(held)
        found = desk_of_store(connection, entry.revision) if entry.revision else None
        if found is None and entry.policy == now.digest and now.version is None:
            lent = delegations.in_force(connection, entry.revision)
            return now.lending(lent, entry.revision).held_by(held)
    if found is None or found.digest != entry.policy:
        help = "publish policies in the service: then every version is kept"
        raise NotKept(f"the policy of `{entry.id}` is not kept: it was in files", help)
    return found.held_by(held)
