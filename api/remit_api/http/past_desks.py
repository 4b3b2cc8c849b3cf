"""The desk as it was on the day of a record."""

from __future__ import annotations

import sqlalchemy as sql

from remit_api.http.desk import Desk
from remit_api.http.published import desk_of_store
from remit_engine.storage import delegations
from remit_engine.storage.entries import Entry
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading


def desk_of(entry: Entry, now: Desk, store: sql.Engine) -> Desk:
    """The desk that a record was judged by; raises NotKept where its text is not there any more,
    as of files that were changed and never published."""
    if entry.revision == now.revision and entry.policy == now.digest:
        return now
    with reading(store) as connection:
        found = desk_of_store(connection, entry.revision) if entry.revision else None
        if found is None and entry.policy == now.digest and now.version is None:
            lent = delegations.in_force(connection, entry.revision)
            return now.lending(lent, entry.revision)
    if found is None or found.digest != entry.policy:
        help = "publish policies in the service: then every version is kept"
        raise NotKept(f"the policy of `{entry.id}` is not kept: it was in files", help)
    return found
