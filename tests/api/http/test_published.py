"""The desk of what is published: read anew where texts changed, and only then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from api.http.serving import STAFF, texts
from engine.storage.stores import store
from remit_api.http.desk import Desk
from remit_api.http.published import desk_of_store, standing_desk
from remit_dsl.source import Span
from remit_engine.people.directory import DelegationEntry
from remit_engine.storage import delegations, versions
from remit_engine.storage.delegations import Lent
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.versions import Findings

NONE = Findings({}, {}, {})
MOMENT = "2026-03-15T12:00:00+00:00"
LENT = DelegationEntry(
    giver="fin", taker="rep1", action="house.pay", verbs=None, limit=None,
    starts=date(2026, 3, 1), ends=date(2026, 4, 1), reason="leave", approved_by=None,
    span=Span("", 1, 1, 0, 0),
)  # fmt: skip


def test_a_delegation_leaves_the_texts_and_a_publication_reads_them(tmp_path: Path) -> None:
    with store("sqlite", tmp_path) as kept:
        with writing(kept) as connection:
            versions.seed(connection, texts(), STAFF, "ada", NONE)
        with reading(kept) as connection:
            first = desk_of_store(connection)
        assert isinstance(first, Desk)
        with writing(kept) as connection:
            delegations.add(connection, Lent("dlg_1", LENT, "fin", MOMENT))
        with reading(kept) as connection:
            lent = standing_desk(connection, first)
            alike = desk_of_store(connection)
        assert isinstance(alike, Desk)
        assert lent.model is first.model
        assert (lent.revision, alike.revision) == (2, 2)
        assert [d.taker for d in lent.directory.delegations] == ["rep1"]
        assert lent.directory.delegations == alike.directory.delegations
        with writing(kept) as connection:
            changed = versions.draft(connection, texts({"up to 100": "up to 200"}), "ada")
            people = versions.current(connection)
            assert people is not None
            versions.publish(connection, changed.id, people.directory, "fin", NONE)
        with reading(kept) as connection:
            third = standing_desk(connection, lent)
        assert (third.revision, third.version) == (3, changed.id)
        assert third.digest != lent.digest
        assert [d.taker for d in third.directory.delegations] == ["rep1"]
