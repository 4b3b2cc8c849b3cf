"""What docs/watch.md says of delivery is so: its file of channels, and how to believe a webhook."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from fences import fences
from remit_api.delivery.channels import Log, Mail, Webhook
from remit_api.delivery.reading import read_channels
from remit_api.delivery.signing import signature

PAGE = Path(__file__).parents[3] / "docs/watch.md"
SECRET = "a secret of sixteen and more"


def block(word: str, holds: str) -> str:
    (found,) = (f.text for f in fences(PAGE) if f.words[:1] == (word,) and holds in f.text)
    return found


def test_the_file_of_the_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMIT_ERP", SECRET)
    (tmp_path / "smtp.secret").write_text("open sesame", "utf-8")
    (tmp_path / "channels.yaml").write_text(block("yaml", "channels:"), "utf-8")
    erp, staff, here = read_channels(tmp_path / "channels.yaml")
    assert isinstance(erp, Webhook)
    assert isinstance(staff, Mail)
    assert isinstance(here, Log)


def test_a_receiver_as_the_page_writes_it_believes_what_is_sent() -> None:
    scope: dict[str, Any] = {}
    exec(block("python", "hmac"), scope)
    believed, now, body = scope["believed"], int(time.time()), b'{"id":"x"}'
    both = signature([b"the new one", SECRET.encode()], str(now), body)
    assert believed(SECRET.encode(), str(now), both, body)
    assert not believed(SECRET.encode(), str(now), both, body + b" ")
    assert not believed(b"another secret", str(now), both, body)
    old = signature([SECRET.encode()], str(now - 301), body)
    assert not believed(SECRET.encode(), str(now - 301), old, body)
