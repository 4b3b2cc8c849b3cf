"""The outbox emptied into real receivers: signed, tried again, given up, never twice at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy.engine import Engine

from api.delivery.receivers import Hook, certificate, hook, post_office
from engine.storage.ledgers import DAY, HOUSE
from engine.storage.stores import store
from engine.storage.watchers import MOMENT, alert, happening, held
from remit_api.delivery.backoff import Backoff
from remit_api.delivery.channels import Channel, Log, Mail, Secret, Webhook
from remit_api.delivery.delivering import Deliverer
from remit_api.delivery.message import Saying, messages
from remit_api.delivery.signing import DELIVERY, SIGNATURE, verified
from remit_api.delivery.signing import MOMENT as SENT
from remit_engine.storage import alerts, outbox
from remit_engine.storage.opening import reading, writing
from remit_engine.watch.alert import Alert, Turn

SECRET, BEFORE = "a secret of sixteen and more", "the secret that was before it"
NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment

    def later(self, **much: float) -> None:
        self.moment += timedelta(**much)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Engine]:
    with store("sqlite", tmp_path) as opened:
        yield opened


@pytest.fixture
def told() -> Iterator[Hook]:
    with hook() as found:
        yield found


def webhook(told: Hook, **members: Any) -> Webhook:
    return Webhook(name="erp", url=told.url, secrets=(Secret(SECRET),), **members)


def say(kept: Engine, channel: Channel, about: Alert | None = None, turn: Turn = Turn.BEGUN) -> str:
    """What a watcher would say, and to whom; the id of the message."""
    said = happening(turn, about or alert())
    with writing(kept) as connection:
        line = alerts.keep(connection, said, held(said), MOMENT)
        assert line is not None
        found = messages(Saying(said, line, held(said)), [channel], HOUSE.directory)
        outbox.put(connection, found, MOMENT)
    return found[0].id if found else ""


def deliverer(
    kept: Engine, *channels: Channel, clock: Clock | None = None, **more: Any
) -> Deliverer:
    return Deliverer(kept, channels, clock or Clock(), chance=Random(7), **more)


def state(kept: Engine, id: str) -> tuple[str, int, str | None]:
    with reading(kept) as connection:
        found = outbox.found(connection, id)
    return found.state, found.attempts, found.fault


# --- webhooks ----------------------------------------------------------------------------------


def test_a_webhook_is_signed_over_its_moment_and_body(kept: Engine, told: Hook) -> None:
    id = say(kept, webhook(told))
    assert deliverer(kept, webhook(told)).look() == 1
    (got,) = told.received
    moment, signature = got.headers[SENT], got.headers[SIGNATURE]
    assert moment == str(int(NOW.timestamp()))
    assert got.headers[DELIVERY] == id
    assert got.headers["Content-Type"] == "application/json"
    now = int(moment)
    assert verified(SECRET.encode(), moment, signature, got.body, now)
    assert not verified(b"another", moment, signature, got.body, now)
    assert not verified(SECRET.encode(), moment, signature, got.body + b" ", now)
    assert not verified(SECRET.encode(), str(now + 1), signature, got.body, now)
    assert not verified(SECRET.encode(), moment, signature, got.body, now + 301), "an old one"
    body = msgspec.json.decode(got.body)
    assert (body["happening"], body["alert"]["id"], body["alert"]["reason"]) == (
        "begun", "alr_1", "the line is used up"
    )  # fmt: skip
    assert [(h["kind"], h["fact"], h["key"]) for h in body["holds"]] == [
        ("freeze", "vendor.id", "V1")
    ]
    assert state(kept, id) == ("delivered", 1, None)
    assert deliverer(kept, webhook(told)).look() == 0


def test_a_secret_is_changed_while_receivers_know_the_one_before(kept: Engine, told: Hook) -> None:
    both = webhook(told)
    both = replace(both, secrets=(Secret(SECRET), Secret(BEFORE)))
    say(kept, both)
    deliverer(kept, both).look()
    (got,) = told.received
    moment, header = got.headers[SENT], got.headers[SIGNATURE]
    for known in (SECRET, BEFORE):
        assert verified(known.encode(), moment, header, got.body, int(moment))


def test_the_same_message_at_each_try(kept: Engine, told: Hook) -> None:
    told.answers = [(500, {}), (503, {}), (200, {})]
    clock = Clock()
    id = say(kept, webhook(told))
    worker = deliverer(kept, webhook(told), clock=clock)
    assert worker.look() == 0
    assert state(kept, id) == ("waiting", 1, "the receiver answers with 500")
    assert worker.look() == 0, "it waits"
    for _ in range(2):
        clock.later(hours=1)
        worker.look()
    assert state(kept, id) == ("delivered", 3, None)
    assert len({(r.headers[DELIVERY], r.body) for r in told.received}) == 1
    assert len({r.headers[SIGNATURE] for r in told.received}) == 3, "each of its moment"


def test_after_many_tries_it_is_given_up_and_shown(
    kept: Engine, told: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    told.answers = [(500, {})] * 5
    clock = Clock()
    id = say(kept, webhook(told))
    worker = deliverer(kept, webhook(told), clock=clock, backoff=Backoff(tries=3))
    with caplog.at_level(logging.WARNING, logger="remit.delivery"):
        for _ in range(5):
            worker.look()
            clock.later(hours=7)
    assert state(kept, id) == ("failed", 3, "the receiver answers with 500")
    assert len(told.received) == 3
    assert "given up: the receiver answers with 500" in caplog.text
    with writing(kept) as connection:
        outbox.again(connection, id, MOMENT)
    told.answers = []
    assert worker.look() == 1


@pytest.mark.parametrize(
    ("status", "headers", "state_", "said"),
    [
        (410, {}, "failed", "answers with 410"),
        (302, {"Location": "http://127.0.0.1:1/inside"}, "waiting", "answers with 302"),
        (404, {}, "waiting", "answers with 404"),
        (429, {"Retry-After": "7200"}, "waiting", "answers with 429"),
    ],
)
def test_what_a_receiver_answers(
    kept: Engine, told: Hook, status: int, headers: dict[str, str], state_: str, said: str
) -> None:
    told.answers = [(status, headers)]
    id = say(kept, webhook(told))
    deliverer(kept, webhook(told)).look()
    found = state(kept, id)
    assert found[:2] == (state_, 1)
    assert said in (found[2] or "")
    assert len(told.received) == 1, "nobody is sent elsewhere by a receiver"


def test_a_receiver_says_when_to_come_again(kept: Engine, told: Hook) -> None:
    told.answers = [(503, {"Retry-After": "7200"}), (200, {})]
    clock = Clock()
    say(kept, webhook(told))
    worker = deliverer(kept, webhook(told), clock=clock)
    worker.look()
    clock.later(minutes=119)
    assert worker.look() == 0
    clock.later(minutes=2)
    assert worker.look() == 1


def test_nobody_there_and_no_secret_in_any_log(
    kept: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    url = "http://127.0.0.1:9/hook?token=abcdefgh"
    gone = Webhook(name="erp", url=url, secrets=(Secret(SECRET),), seconds=2)
    id = say(kept, gone)
    with caplog.at_level(logging.DEBUG):
        deliverer(kept, gone).look()
    found = state(kept, id)
    assert found[0] == "waiting"
    assert "the receiver does not answer" in (found[2] or "")
    everything = caplog.text + repr(found) + repr(gone.secrets)
    assert SECRET not in everything
    assert "abcdefgh" not in everything


def test_one_bad_receiver_stops_no_other(kept: Engine, told: Hook) -> None:
    with hook() as second:
        other = replace(webhook(second), name="bi")
        told.answers = [(500, {})] * 9
        for n in range(7):
            say(kept, webhook(told), alert(f"alr_{n}"))
            said = happening(Turn.CLEARED, replace(alert(f"alr_{n}"), cleared=DAY))
            with writing(kept) as connection:
                line = alerts.keep(connection, said, (), MOMENT)
                assert line is not None
                found = messages(Saying(said, line, ()), [other], HOUSE.directory)
                outbox.put(connection, found, MOMENT)
        assert deliverer(kept, webhook(told), other).look() == 7
        assert len(second.received) == 7


def test_two_workers_deliver_each_message_once(kept: Engine, told: Hook) -> None:
    for n in range(12):
        say(kept, webhook(told), alert(f"alr_{n}"))
    one, other = deliverer(kept, webhook(told)), deliverer(kept, webhook(told))
    with writing(kept) as connection:  # one has claimed some, and is still at it
        outbox.claim(connection, ["erp"], MOMENT, (NOW + timedelta(seconds=60)).isoformat(), 5)
    assert other.look() == 7
    assert one.look() == 0
    assert len({r.headers[DELIVERY] for r in told.received}) == len(told.received) == 7


# --- e-mail ------------------------------------------------------------------------------------


def mail(port: int, **members: Any) -> Mail:
    known: dict[str, Any] = {
        "host": "localhost", "port": port, "sender": "remit@example.com", "security": "none",
        "addresses": {"mo": "mo@example.com"}, "domain": "staff.example.com", "seconds": 5,
    }  # fmt: skip
    return Mail(name="mail", **{**known, **members})


def test_who_holds_the_positions_is_written_to(kept: Engine) -> None:
    with post_office() as office:
        channel = mail(office.port, copies=("desk@example.com",))
        id = say(kept, channel)
        assert deliverer(kept, channel).look() == 1
    (post,) = office.posts
    assert (post.sender, sorted(post.to)) == (
        "remit@example.com", ["desk@example.com", "max@staff.example.com", "mo@example.com"]
    )  # fmt: skip
    message = post.message
    assert message["Subject"] == "[critical] alert: house.vendors.full V1"
    assert message["Message-ID"] == f"<{id.replace(':', '.')}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "because: the line is used up" in text
    assert "compared: exposure over line: 120 CNY, 100 CNY" in text
    assert "held: nobody may pay where vendor.id is V1" in text


def test_in_chinese_and_on_one_line_whatever_a_key_is(kept: Engine) -> None:
    with post_office() as office:
        channel = mail(office.port, language="zh")
        say(kept, channel, alert(subject="V1\r\nBcc: evil@example.com"))
        deliverer(kept, channel).look()
    (post,) = office.posts
    assert post.message["Subject"] == (
        "[critical] 警报: house.vendors.full V1 Bcc: evil@example.com"
    )
    assert post.message["Bcc"] is None
    assert "evil@example.com" not in post.to
    text = post.message.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "原因: 额度已用完" in text


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_to_who_can_prove_who_he_is(kept: Engine, tmp_path: Path, security: str) -> None:
    known = certificate(tmp_path)
    secret = Secret("open sesame")
    with post_office(security, known, "open sesame") as office:
        channel = mail(office.port, security=security, user="remit", password=secret)
        id = say(kept, channel)
        worker = deliverer(kept, channel)
        worker.look()
        assert state(kept, id) == (
            "waiting", 1, "the mail server does not answer: SSLCertVerificationError"
        )  # fmt: skip
        believed = replace(channel, authorities=str(known))
        clock = Clock()
        clock.later(hours=1)
        assert deliverer(kept, believed, clock=clock).look() == 1
    (post,) = office.posts
    assert (post.user, post.encrypted) == ("remit", True)


def test_a_server_that_offers_no_encryption_gets_nothing(kept: Engine, tmp_path: Path) -> None:
    with post_office("none") as office:
        channel = mail(office.port, security="starttls")
        id = say(kept, channel)
        deliverer(kept, channel).look()
    assert not office.posts
    assert state(kept, id)[0] == "waiting"


@pytest.mark.parametrize(
    ("refused", "answers", "state_", "said"),
    [
        ({}, [451], "waiting", "answers with 451"),
        ({}, [554], "failed", "answers with 554"),
        ({"mo@example.com": 450, "max@staff.example.com": 450}, [], "waiting", "refuses"),
        ({"mo@example.com": 550, "max@staff.example.com": 550}, [], "failed", "refuses"),
        ({"mo@example.com": 550}, [], "failed", "refuses mo@example.com"),
    ],
)
def test_what_a_mail_server_refuses(
    kept: Engine, refused: dict[str, int], answers: list[int], state_: str, said: str
) -> None:
    with post_office() as office:
        office.refused, office.answers = refused, answers
        channel = mail(office.port)
        id = say(kept, channel)
        deliverer(kept, channel).look()
    found = state(kept, id)
    assert found[0] == state_
    assert said in (found[2] or "")


def test_a_wrong_password_is_no_secret_told(kept: Engine, tmp_path: Path) -> None:
    known = certificate(tmp_path)
    with post_office("starttls", known, "open sesame") as office:
        channel = mail(
            office.port, security="starttls", user="remit", password=Secret("wrong words"),
            authorities=str(known),
        )  # fmt: skip
        id = say(kept, channel)
        deliverer(kept, channel).look()
    assert state(kept, id) == ("waiting", 1, "the mail server refuses the user: 535")


def test_nobody_to_write_to_is_shown(kept: Engine) -> None:
    channel = mail(1, domain=None, addresses={})
    id = say(kept, channel)
    deliverer(kept, channel).look()
    assert state(kept, id) == ("failed", 1, "nobody to write to has an address")


# --- others ------------------------------------------------------------------------------------


def test_a_line_in_the_log(kept: Engine, caplog: pytest.LogCaptureFixture) -> None:
    id = say(kept, Log(name="here"))
    with caplog.at_level(logging.WARNING, logger="remit.delivery"):
        assert deliverer(kept, Log(name="here")).look() == 1
    assert "house.vendors.full" in caplog.text
    assert state(kept, id)[0] == "delivered"


def test_only_what_is_severe_enough_is_told(kept: Engine, told: Hook) -> None:
    least = webhook(told, least="warning")
    assert say(kept, least, alert("alr_1", severity="info")) == ""
    assert say(kept, least, alert("alr_2", severity="warning")) != ""


def test_a_fault_of_ours_is_put_off_like_any_other(
    kept: Engine, told: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Mail(name="erp", host="localhost", port=1, sender="remit@example.com")
    id = say(kept, webhook(told))  # a body without anybody to write to
    with caplog.at_level(logging.ERROR, logger="remit.delivery"):
        deliverer(kept, broken).look()
    assert state(kept, id) == ("waiting", 1, "KeyError")
    assert "a message cannot be delivered" in caplog.text


@pytest.mark.parametrize(
    ("attempts", "least", "most"), [(1, 15, 30), (2, 30, 60), (5, 240, 480), (99, 10_800, 21_600)]
)
def test_waits_are_doubled_spread_and_bounded(attempts: int, least: int, most: int) -> None:
    backoff = Backoff()
    waits = [backoff.wait(attempts, Random(n)).total_seconds() for n in range(50)]
    assert least <= min(waits) < max(waits) <= most
    assert waits == [backoff.wait(attempts, Random(n)).total_seconds() for n in range(50)]
    assert not backoff.over(11)
    assert backoff.over(12)
