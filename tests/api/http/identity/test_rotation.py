"""The issuer's keys over time, by a clock that the test turns."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remit_api.http.identity.fetching import NotFetched
from remit_api.http.identity.issuer import DISCOVERY, FLOOR, FRESH, LONGEST, Issuer
from remit_api.http.refusals import NotReady

from .conftest import public

HOME = "https://issuer.example"


class Turned:
    """An issuer of documents, and a clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.names: tuple[str, ...] = ("rsa",)
        self.away = False
        self.fetches = 0

    def get(self, address: str) -> Any:
        if self.away:
            raise NotFetched("away")
        if address.endswith(DISCOVERY):
            self.fetches += 1
            return {"issuer": HOME, "jwks_uri": f"{HOME}/jwks"}
        return {"keys": public(*self.names)}


@pytest.fixture
def turned() -> Turned:
    return Turned()


@pytest.fixture
def issuer(turned: Turned) -> Issuer:
    return Issuer(HOME, seconds=lambda: turned.now, get=turned.get)


def found(issuer: Issuer, name: str, algorithm: str = "RS256") -> bool:
    return bool(asyncio.run(issuer.keys(name, algorithm)))


def test_a_new_key_is_found_once_the_floor_has_passed(issuer: Issuer, turned: Turned) -> None:
    assert found(issuer, "rsa")
    turned.names = ("ec",)
    assert not found(issuer, "ec", "ES256"), "within the floor nothing is fetched"
    turned.now += FLOOR
    assert found(issuer, "ec", "ES256")
    assert turned.fetches == 2


def test_a_key_that_was_withdrawn_ends(issuer: Issuer, turned: Turned) -> None:
    assert found(issuer, "rsa")
    turned.names = ("ec",)
    turned.now += FRESH
    assert found(issuer, "rsa"), "what was read is believed so long"
    turned.now += 1
    assert not found(issuer, "rsa")


def test_made_up_ids_do_not_make_fetches(issuer: Issuer, turned: Turned) -> None:
    for n in range(200):
        assert not found(issuer, f"made up {n}")
        turned.now += FLOOR / 100
    assert turned.fetches <= 4


def test_many_at_once_share_a_fetch(issuer: Issuer, turned: Turned) -> None:
    async def many() -> list[Any]:
        return await asyncio.gather(*(issuer.keys("rsa", "RS256") for _ in range(50)))

    assert all(asyncio.run(many()))
    assert turned.fetches == 1


def test_an_issuer_that_is_away_for_a_while(issuer: Issuer, turned: Turned) -> None:
    assert found(issuer, "rsa")
    turned.away = True
    turned.now += LONGEST
    assert found(issuer, "rsa"), "known keys are used while nobody can be asked"
    with pytest.raises(NotReady):
        found(issuer, "ec", "ES256")
    turned.now += FLOOR + 1
    with pytest.raises(NotReady):
        found(issuer, "rsa")
    turned.away = False
    turned.now += FLOOR
    assert found(issuer, "rsa")


def test_an_issuer_that_never_answered(issuer: Issuer, turned: Turned) -> None:
    turned.away = True
    for _ in range(3):
        with pytest.raises(NotReady):
            found(issuer, "rsa")
    turned.away = False
    with pytest.raises(NotReady):
        found(issuer, "rsa")
    turned.now += FLOOR
    assert found(issuer, "rsa")
