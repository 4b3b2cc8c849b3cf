"""Drafts, publications by a second person, roll back, directories."""

from __future__ import annotations

import pytest

from engine.storage.stores import store
from remit_engine.storage import versions
from remit_engine.storage.faults import Conflict, NotKept, SecondPerson
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.revisions import revision
from remit_engine.storage.versions import Findings

FILES = {"house.remit": "policy house { }"}
OTHER = {"house.remit": 'policy house { version "2" }'}
FOUND = Findings([], {"passed": 3}, {"changed": 0})


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kept(request, tmp_path):
    with store(request.param, tmp_path) as opened:
        yield opened


def test_a_version_is_its_content(kept):
    with writing(kept) as connection:
        first = versions.draft(connection, FILES, "ann", note="first")
        assert (first.state, first.authors, first.files) == ("draft", ("ann",), FILES)
        assert first.id == f"pol_{first.digest[:12]}"
        again = versions.draft(connection, dict(FILES), "bo")
        assert (again.id, again.authors, again.edition) == (first.id, ("ann", "bo"), 2)
        other = versions.draft(connection, OTHER, "cy", based_on=first.id)
        assert other.authors == ("ann", "bo", "cy")
        with pytest.raises(NotKept, match="no policy version `pol_x`"):
            versions.draft(connection, {}, "ann", based_on="pol_x")
        assert [v.id for v in versions.versions(connection, limit=9)] == [other.id, first.id]
        (older,) = versions.versions(connection, before=other.id, limit=9)
        assert older.id == first.id
        assert not versions.versions(connection, state="published", limit=9)


def test_who_wrote_it_cannot_publish_it(kept):
    with writing(kept) as connection:
        draft = versions.draft(connection, FILES, "ann")
        people = versions.keep_directory(connection, "people: []", "bo")
        for by, what in (("ann", draft.id), ("bo", people.id)):
            with pytest.raises(SecondPerson, match=f"`{by}` wrote of `{what}`"):
                versions.publish(connection, draft.id, people.id, by, FOUND)
        assert revision(connection) == 0
        made = versions.publish(connection, draft.id, people.id, "cy", FOUND, note="go")
        assert (made.revision, made.kind, made.findings) == (1, "publish", FOUND)
        assert versions.current(connection) == made
        assert versions.version(connection, draft.id).state == "published"
        with pytest.raises(Conflict, match="what counts already"):
            versions.publish(connection, draft.id, people.id, "dee", FOUND)


def test_a_roll_back_publishes_the_older_one_anew(kept):
    with writing(kept) as connection:
        first = versions.seed(connection, FILES, "people: []", "setup", FOUND)
        assert (first.kind, first.revision) == ("seed", 1)
        with pytest.raises(Conflict, match="published already"):
            versions.seed(connection, OTHER, "people: []", "setup", FOUND)
        draft = versions.draft(connection, OTHER, "ann", based_on=first.version)
        assert draft.authors == ("ann",)
        second = versions.publish(connection, draft.id, first.directory, "bo", FOUND)
        states = {v.id: v.state for v in versions.versions(connection, limit=9)}
        assert states == {first.version: "superseded", second.version: "published"}
        with pytest.raises(SecondPerson):
            versions.publish(connection, first.version, first.directory, "setup", FOUND)
        back = versions.publish(connection, first.version, first.directory, "ann", FOUND)
        assert (back.kind, back.revision) == ("roll back", 3)
        assert versions.version(connection, second.version).state == "superseded"
        found = versions.publications(connection, limit=2)
        assert [p.revision for p in found] == [3, 2]
        assert versions.publications(connection, before=2, limit=2) == [first]


def test_a_new_directory_is_published_too(kept):
    with writing(kept) as connection:
        first = versions.seed(connection, FILES, "people: []", "setup", FOUND)
        people = versions.keep_directory(connection, "people: [x]", "ann", based_on=first.directory)
        assert people.authors == ("ann",)
        edited = versions.keep_directory(connection, "people: [y]", "bo", based_on=people.id)
        assert edited.authors == ("ann", "bo")
        with pytest.raises(SecondPerson):
            versions.publish(connection, first.version, people.id, "ann", FOUND)
        made = versions.publish(connection, first.version, people.id, "bo", FOUND)
        assert (made.revision, made.directory) == (2, people.id)
        assert versions.at(connection, 1) == first
        with pytest.raises(NotKept, match="no directory version"):
            versions.publish(connection, first.version, "dir_x", "bo", FOUND)


def test_who_wrote_an_older_directory_does_not_bring_it_back_alone(kept):
    """He may hold a position in it that was taken from him since."""
    with writing(kept) as connection:
        first = versions.seed(connection, FILES, "people: []", "setup", FOUND)
        his = versions.keep_directory(connection, "people: [ann]", "ann", based_on=first.directory)
        versions.publish(connection, first.version, his.id, "bo", FOUND)
        draft = versions.draft(connection, OTHER, "bo")
        versions.publish(connection, draft.id, his.id, "ann", FOUND)  # it counts already
        versions.publish(connection, draft.id, first.directory, "bo", FOUND)
        with pytest.raises(SecondPerson, match=f"`ann` wrote of `{his.id}`"):
            versions.publish(connection, draft.id, his.id, "ann", FOUND)
        back = versions.publish(connection, draft.id, his.id, "cy", FOUND)
        assert (back.revision, back.directory) == (5, his.id)


def test_who_wrote_the_policy_that_counts_publishes_the_directory_of_another(kept):
    with writing(kept) as connection:
        first = versions.seed(connection, FILES, "people: []", "ann", FOUND)
        people = versions.keep_directory(connection, "people: [x]", "bo", based_on=first.directory)
        made = versions.publish(connection, first.version, people.id, "ann", FOUND)
        assert made.directory == people.id
        draft = versions.draft(connection, OTHER, "ann", based_on=first.version)
        with pytest.raises(SecondPerson, match=draft.id):
            versions.publish(connection, draft.id, people.id, "ann", FOUND)
        listed = versions.directories(connection, limit=9)
        assert [d.id for d in listed] == [people.id, first.directory]
        (older,) = versions.directories(connection, before=people.id, limit=9)
        assert older.id == first.directory


def test_what_is_given_up_is_not_published(kept):
    def given_up():
        with writing(kept) as connection:
            versions.seed(connection, FILES, "people: []", "setup", FOUND)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        given_up()
    with reading(kept) as connection:
        assert revision(connection) == 0
        assert versions.current(connection) is None
