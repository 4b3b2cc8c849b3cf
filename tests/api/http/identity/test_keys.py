"""API keys: their text, how long they are believed, and who may make which."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from starlette.testclient import TestClient

from remit_api.http.app import create_app
from remit_api.http.desk import Desk
from remit_api.http.identity.caller import Caller
from remit_api.http.identity.identification import Identification
from remit_api.http.identity.key_ring import FRESH, KeyRing
from remit_api.http.identity.key_text import KeyText, new_key, read_key
from remit_api.http.refusals import Forbidden, NotReady, Unauthenticated
from remit_api.http.roles import open_roles
from remit_api.http.settings import Settings
from remit_engine.people.directory import Directory
from remit_engine.storage import api_keys
from remit_engine.storage.api_keys import ApiKey
from remit_engine.storage.opening import open_store, reading, writing
from remit_engine.storage.tables import api_key

from ..conftest import PEOPLE

PACK = Path(__file__).parents[4] / "policies"
NOW = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
GOOD = new_key()


def settings_for(folder: Path) -> Settings:
    """A service over the sample pack that trusts nobody."""
    return Settings((PACK / "sales", PACK / "common"), None, f"sqlite:///{folder / 'remit.db'}")


def kept(text: KeyText, **more: Any) -> ApiKey:
    full = ApiKey(
        text.id, text.digest, "shop", None, frozenset({"machine"}), frozenset(), NOW, "test"
    )
    return replace(full, **more)


def test_a_key_reads_back() -> None:
    assert read_key(GOOD.text) == GOOD
    assert len(GOOD.text) == 3 + 12 + 1 + 43
    assert GOOD.text not in repr(GOOD)
    assert GOOD.text not in GOOD.digest


def test_no_two_keys_are_alike() -> None:
    assert len({new_key().text for _ in range(1000)}) == 1000


def changed(text: str, at: int, to: str) -> str:
    return text[:at] + to + text[at + 1 :]


NO_KEYS = (
    "", "rk_", "rk__", GOOD.text[:-1], GOOD.text + "A", GOOD.text + "\n", " " + GOOD.text,
    GOOD.text.upper(), changed(GOOD.text, 4, "\0"), changed(GOOD.text, 20, "\0"),
    changed(GOOD.text, 4, "é"), changed(GOOD.text, 4, "/"), changed(GOOD.text, 15, "-"),
    GOOD.text.replace("rk_", "rk-"), "rk_" + "a" * 9000,
)  # fmt: skip


@pytest.mark.parametrize("text", NO_KEYS, ids=range(len(NO_KEYS)))  # no two runs have one key
def test_a_text_that_is_no_key(text: str) -> None:
    assert read_key(text) is None


def test_a_key_fits_its_digest_alone() -> None:
    assert GOOD.fits(GOOD.digest)
    assert not GOOD.fits(new_key().digest)
    assert not GOOD.fits("")
    assert not GOOD.fits(None)
    assert not KeyText("x", "").fits(None), "the digest that stands for nobody fits nobody"


# ---- the ring over a store


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.moment = NOW


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store(tmp_path: Any) -> sql.Engine:
    made = open_store(f"sqlite:///{tmp_path / 'keys.db'}")
    with writing(made) as connection:
        api_keys.made(connection, kept(GOOD))
    return made


@pytest.fixture
def ring(store: sql.Engine, watch: Watch) -> KeyRing:
    return KeyRing(store, lambda: watch.moment, lambda: watch.seconds)


def asked(ring: KeyRing, text: str = GOOD.text) -> ApiKey:
    return asyncio.run(ring.key(text))


def revoke(store: sql.Engine) -> None:
    with writing(store) as connection:
        api_keys.revoked(connection, GOOD.id, "test", NOW)


def test_a_key_is_found(ring: KeyRing) -> None:
    assert asked(ring).name == "shop"


def test_another_secret_is_refused_in_the_words_of_no_key(ring: KeyRing) -> None:
    said = set()
    other = new_key()
    for text in (other.text, f"rk_{GOOD.id}_{other.text.split('_', 2)[2]}", "rk_x"):
        with pytest.raises(Unauthenticated) as refused:
            asked(ring, text)
        said.add(refused.value.message)
    assert said == {"there is no such key"}


def test_another_process_revokes(ring: KeyRing, store: sql.Engine, watch: Watch) -> None:
    asked(ring)
    revoke(store)
    watch.seconds = FRESH
    with pytest.raises(Unauthenticated, match="revoked"):
        asked(ring)


def test_this_process_revokes(ring: KeyRing, store: sql.Engine) -> None:
    asked(ring)
    revoke(store)
    ring.forget(GOOD.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        asked(ring)


def test_a_key_that_was_not_there_is_found_later(
    ring: KeyRing, store: sql.Engine, watch: Watch
) -> None:
    new = new_key()
    with pytest.raises(Unauthenticated):
        asked(ring, new.text)
    with writing(store) as connection:
        api_keys.made(connection, kept(new))
    watch.seconds = FRESH
    assert asked(ring, new.text).id == new.id


def test_a_key_ends_with_its_moment(ring: KeyRing, store: sql.Engine, watch: Watch) -> None:
    new = new_key()
    with writing(store) as connection:
        api_keys.made(connection, kept(new, expires=NOW + timedelta(hours=1)))
    watch.moment = NOW + timedelta(minutes=59, seconds=59)
    asked(ring, new.text)
    watch.moment = NOW + timedelta(hours=1)
    with pytest.raises(Unauthenticated, match="expired"):
        asked(ring, new.text)


def test_a_store_that_is_away_lets_nobody_in(ring: KeyRing, store: sql.Engine) -> None:
    with writing(store) as connection:
        api_key.drop(connection)
    with pytest.raises(NotReady):
        asked(ring)


@pytest.mark.parametrize(
    "damage", [{"roles": "administrator"}, {"roles": "[1]"}, {"scopes": "{}"}, {"made": "x"},
               {"expires": "never"}, {"expires": "2099-01-01"}],
)  # fmt: skip
def test_a_row_that_was_damaged_opens_nothing(
    damage: dict[str, str], ring: KeyRing, store: sql.Engine
) -> None:
    with writing(store) as connection:
        connection.execute(api_key.update().values(**damage))
    with pytest.raises(Unauthenticated):
        asked(ring)


# ---- who was let in is remembered


class Let:
    """The identification of a service; `day` and `directory` are what a test makes them."""

    def __init__(self, ring: KeyRing, directory: Directory) -> None:
        self.day, self.directory = date(2026, 2, 10), directory
        self.made = Identification(
            ring, None, None, open_roles().names, lambda: self.directory, lambda: self.day
        )

    def come(self, text: str = GOOD.text) -> Caller:
        headers = [(b"authorization", f"Bearer {text}".encode())]
        return asyncio.run(self.made.caller(headers))


@pytest.fixture
def let(ring: KeyRing, desk: Desk) -> Let:
    return Let(ring, desk.directory)


def test_who_comes_again_is_the_same(let: Let, monkeypatch: pytest.MonkeyPatch) -> None:
    first = let.come()
    assert (first.name, first.key, first.roles) == ("shop", GOOD.id, frozenset({"machine"}))
    monkeypatch.setattr(KeyText, "fits", None)  # nothing is computed a second time
    assert let.come() is first


def test_another_secret_of_a_key_that_was_let_in_is_refused(let: Let) -> None:
    let.come()
    for text in (new_key().text, changed(GOOD.text, -1, "A" if GOOD.text[-1] != "A" else "B")):
        with pytest.raises(Unauthenticated, match="no such key"):
            let.come(text)


def test_a_revocation_is_seen_by_who_was_let_in(
    let: Let, ring: KeyRing, store: sql.Engine, watch: Watch
) -> None:
    let.come()
    revoke(store)
    watch.seconds = FRESH - 0.01
    assert let.come().name == "shop", "another process revoked it, less than a second ago"
    watch.seconds = FRESH
    with pytest.raises(Unauthenticated, match="revoked"):
        let.come()


def test_a_revocation_by_this_process_is_seen_at_once(
    let: Let, ring: KeyRing, store: sql.Engine
) -> None:
    let.come()
    revoke(store)
    ring.forget(GOOD.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        let.come()


def test_the_end_of_a_key_is_seen_by_who_was_let_in(
    let: Let, store: sql.Engine, watch: Watch
) -> None:
    new = new_key()
    with writing(store) as connection:
        api_keys.made(connection, kept(new, expires=NOW + timedelta(seconds=1)))
    let.come(new.text)
    watch.moment = NOW + timedelta(seconds=1)
    with pytest.raises(Unauthenticated, match="expired"):
        let.come(new.text)


def test_who_has_left_is_not_let_in_again(let: Let, ring: KeyRing, desk: Desk) -> None:
    new = new_key()
    ring.hold(kept(new, person="wang.fang", roles=frozenset({"representative"})))
    assert let.come(new.text).person == "wang.fang"
    let.directory = Directory.empty()
    with pytest.raises(Forbidden, match="knows no person"):
        let.come(new.text)
    let.directory = desk.directory
    let.come(new.text)
    let.day = date(1990, 1, 1)
    with pytest.raises(Forbidden, match="holds no position on 1990-01-01"):
        let.come(new.text)


# ---- the resource


def wanted(**more: Any) -> dict[str, Any]:
    return {"name": "shop", "roles": ["machine"], **more}


def test_a_key_is_shown_once(service: Any, settings: Any) -> None:
    admin = service.client("ma.lin")
    made = admin.post("/v1/keys", json=wanted(scopes=["decisions"], expires="2027-01-01T00:00:00Z"))
    assert made.status_code == 201
    text = made.json()["key"]
    assert made.headers["location"] == f"/v1/keys/{made.json()['id']}"
    secret = text.split("_", 2)[2]
    for answer in (admin.get("/v1/keys"), admin.get(made.headers["location"])):
        assert answer.status_code == 200
        assert secret not in answer.text
        assert "digest" not in answer.text
    with reading(service.service.store) as connection:
        row = dict(connection.execute(sql.select(api_key)).mappings().one())
    assert secret not in str(row)
    assert KeyText(row["id"], text).fits(row["digest"])


def test_a_key_works_until_it_is_revoked(settings: Any, desk: Any) -> None:
    app = create_app(replace(settings, trusted_caller=None, demo=True), None, desk)
    with TestClient(app) as http:
        admin = {"Authorization": f"Bearer {app.state.demo[2].key.text}"}
        made = http.post("/v1/keys", json=wanted(roles=["administrator"]), headers=admin).json()
        given = {"Authorization": f"Bearer {made['key']}"}
        assert http.get("/v1/keys", headers=given).status_code == 200
        assert http.delete(f"/v1/keys/{made['id']}", headers=admin).status_code == 200
        assert http.get("/v1/keys", headers=given).status_code == 401
        assert http.delete(f"/v1/keys/{made['id']}", headers=admin).status_code == 409
        assert http.delete("/v1/keys/nothing", headers=admin).status_code == 404


def test_a_key_for_a_time_is_not_made_into_one_for_good(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = "2026-03-01T00:00:00+00:00"
    admin = {"roles": ["administrator"], "person": "ma.lin"}
    made = service.client("ma.lin").post("/v1/keys", json=wanted(expires=ends, **admin)).json()
    holder = Caller("ma.lin", "temp", frozenset({"administrator"}), key=made["id"], how="trusted")
    monkeypatch.setitem(PEOPLE, "temp", holder)
    for longer in (None, "2026-03-01T00:00:01+00:00"):
        refused = service.client("temp").post("/v1/keys", json=wanted(expires=longer, **admin))
        assert refused.status_code == 403, refused.text
        assert "holds longer than itself" in refused.json()["detail"]
        assert ends in refused.json()["help"]
    again = service.client("temp").post("/v1/keys", json=wanted(expires=ends, **admin))
    assert again.status_code == 201, again.text


@pytest.mark.parametrize(
    ("asks", "status"),
    [
        ({}, 201),
        ({"roles": ["administrator"]}, 201),
        ({"person": "ma.lin", "roles": ["administrator"]}, 201),
        ({"person": "chen.jing"}, 403),
        ({"person": "nobody"}, 403),
        ({"roles": ["finance"]}, 403),
        ({"roles": ["machine", "auditor"]}, 403),
        ({"roles": ["root"]}, 403),
        ({"roles": []}, 400),
        ({"roles": ["machine"], "scopes": ["decision"]}, 400),
        ({"scopes": ["decisions.erase"]}, 400),
        ({"scopes": ["decisions."]}, 400),
        ({"scopes": [""]}, 400),
        ({"name": ""}, 400),
        ({"name": "a\0b"}, 400),
        ({"name": "a\nb"}, 400),
        ({"name": "x" * 101}, 400),
        ({"expires": "2020-01-01T00:00:00Z"}, 400),
        ({"expires": "2027-01-01T00:00:00"}, 400),
        ({"expires": "soon"}, 400),
        ({"expires": "9999-12-31T23:59:59-23:59"}, 400),
        ({"digest": "0" * 64}, 400),
        ({"id": "aaaaaaaaaaaa"}, 400),
    ],
)
def test_what_an_administrator_may_make(asks: dict[str, Any], status: int, service: Any) -> None:
    answer = service.client("ma.lin").post("/v1/keys", json=wanted(**asks))
    assert answer.status_code == status, answer.text


def test_nobody_becomes_two_people(service: Any) -> None:
    """An administrator with a key that speaks for a colleague could publish alone."""
    answer = service.client("ma.lin").post(
        "/v1/keys", json=wanted(person="shu.fen", roles=["administrator"])
    )
    assert answer.status_code == 403
    assert "speaks for somebody else" in answer.json()["detail"]


@pytest.mark.parametrize("who", ["wang.fang", "chen.jing", "auditor", "shop"])
def test_who_is_no_administrator_makes_and_ends_no_keys(who: str, service: Any) -> None:
    made = service.client("ma.lin").post("/v1/keys", json=wanted()).json()
    asking = service.client(who)
    assert asking.post("/v1/keys", json=wanted()).status_code == 403
    assert asking.delete(f"/v1/keys/{made['id']}").status_code == 403
    seen = asking.get(f"/v1/keys/{made['id']}").status_code
    assert seen == (200 if who == "auditor" else 403)


def test_keys_in_pages(service: Any) -> None:
    admin = service.client("ma.lin")
    made = sorted(admin.post("/v1/keys", json=wanted()).json()["id"] for _ in range(5))
    seen, query = [], {"limit": 2}
    while True:
        page = admin.get("/v1/keys", params=query).json()
        seen += [key["id"] for key in page["items"]]
        if page["next"] is None:
            break
        query = {"limit": 2, "cursor": page["next"]}
    assert seen == made
