"""`/v1/deliveries`: what somebody outside is told of alerts, and whether it got there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remit_api.delivery import webhook
from remit_api.delivery.backoff import Backoff
from remit_api.delivery.channels import Undelivered
from remit_api.delivery.delivering import Deliverer
from remit_api.failures import BadFacts
from remit_engine.storage import audit
from remit_engine.storage.opening import reading

from .conftest import Served
from .watch_service import back, frozen, items, served, watch_settings

PATH = "/v1/deliveries"
CHANNELS = """channels:
  erp:
    least: warning
    webhook:
      url: http://127.0.0.1:9/hook
      secret: {env: REMIT_TEST_SECRET}
"""


@pytest.fixture
def channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REMIT_TEST_SECRET", "0123456789abcdef0123")
    monkeypatch.setattr("remit_api.http.delivering.EVERY", 3600.0)
    path = tmp_path / "channels.yaml"
    path.write_text(CHANNELS, encoding="utf-8")
    return path


def deliver(service: Served, **more: Any) -> None:
    found = service.service
    Deliverer(found.store, found.follower.channels, found.clock.now, **more).look()


def test_a_message_waits_fails_and_is_tried_again(
    tmp_path: Path, channels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, bytes]] = []

    def post(channel: Any, id: str, body: bytes, moment: Any) -> None:
        if not sent:
            sent.append(("", b""))
            raise Undelivered("410 Gone", lasting=True)
        sent.append((id, body))

    monkeypatch.setattr(webhook, "post", post)
    with served(watch_settings(tmp_path, channels=channels)) as service:
        frozen(service)
        (waiting,) = items(service, PATH)
        assert (waiting["state"], waiting["attempts"], waiting["channel"]) == ("waiting", 0, "erp")
        deliver(service, backoff=Backoff())
        (failed,) = items(service, f"{PATH}?state=failed")
        assert (failed["id"], failed["fault"]) == (waiting["id"], "410 Gone")
        place = f"{PATH}/{failed['id']}"
        shop, admin = service.client("shop"), service.client("ma.lin")
        assert shop.get(place).status_code == 403
        assert service.client("auditor").post(f"{place}/retry", json={}).status_code == 403
        again = admin.post(f"{place}/retry", json={})
        assert (again.status_code, again.json()["state"]) == (200, "waiting")
        assert admin.post(f"{place}/retry", json={}).status_code == 409
        deliver(service)
        whole = admin.get(place).json()
        assert (whole["state"], whole["fault"]) == ("delivered", None)
        assert whole["body"]["alert"]["rule"] == "care.usage.full"
        assert whole["body"]["holds"][0]["key"] == "c-1"
        assert sent[1][0] == failed["id"]
        assert admin.get(f"{PATH}/nothing").status_code == 404
        with reading(service.service.store) as connection:
            assert not audit.verified(connection).broken


def test_only_what_a_channel_wants_is_told_and_once(tmp_path: Path, channels: Path) -> None:
    """`near` is of severity `info`; a copy tells nothing."""
    settings = watch_settings(tmp_path, channels=channels)
    with served(settings) as one, served(settings) as two:
        for n in (1, 2, 3, 3):
            assert back((one, two)[n % 2], f"r{n}").status_code in (200, 201)
        frozen(two)
        told = [m["alert"] for m in items(one, PATH)]
        rules = {a["id"]: a["rule"] for a in items(one, "/v1/alerts")}
        assert [rules[alert] for alert in told] == ["care.usage.full", "care.usage.back"]


def test_a_file_of_channels_with_faults_starts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text("channels: {erp: {webhook: {url: ftp://x, secret: a}}}", encoding="utf-8")
    with pytest.raises(BadFacts), served(watch_settings(tmp_path, channels=path)):
        pass
