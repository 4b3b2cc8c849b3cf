"""Files that are changed are taken over; a text with errors leaves the desk, and is told."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from remit_api.http import watching
from remit_api.http.desk import Desk, desk_of_files
from remit_api.http.watching import look, look_at_files, renewed

POLICY = """
policy p "P" {{ effective from 2026-01-01 owner boss currency CNY }}
position boss "Boss"
action pay "Pay" {{ amount money  limit on amount }}
authority pay {{ boss may approve up to {limit} }}
"""


def write(folder: Path, text: str, moment: int) -> None:
    file = folder / "p.remit"
    file.write_text(text, encoding="utf-8")
    os.utime(file, (moment, moment))


def test_a_changed_text_is_taken_over(
    service: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found, folder = service.service, tmp_path / "texts"
    folder.mkdir()
    write(folder, POLICY.format(limit=100), 1_000)
    found.settings = replace(found.settings, policies=(folder,), reload=True)
    found.desk = first = desk_of_files((folder,), None)
    seen = look_at_files(found, {})
    same = found.desk
    assert look_at_files(found, seen) == seen
    assert found.desk is same
    assert same.digest == first.digest
    write(folder, POLICY.format(limit=200), 2_000)
    seen = look_at_files(found, seen)
    second = found.desk
    assert second.digest != first.digest
    with caplog.at_level(logging.ERROR, logger="remit.http"):
        write(folder, "policy broken {", 3_000)
        seen = look_at_files(found, seen)
    assert found.desk is second
    assert "the text before them stands" in caplog.text
    assert "p.remit:1" in caplog.text
    write(folder, POLICY.format(limit=300), 4_000)
    look_at_files(found, seen)
    assert found.desk.digest not in (first.digest, second.digest)


def test_nothing_published_leaves_the_desk(service: Any) -> None:
    before = service.service.desk
    look(service.service)
    assert service.service.desk is before


def test_an_older_desk_never_takes_the_place_of_a_newer(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two renew at once; the one that read first is the slower."""
    found, first = service.service, service.service.desk
    stands: list[int] = []
    entered, overtaken = threading.Event(), threading.Event()

    def slow(connection: object, before: Desk) -> Desk:
        stands.append(len(stands) + 1)
        number = stands[-1]
        if number == 1:
            entered.set()
            overtaken.wait(0.5)  # it would be, by whoever does not wait for its turn
        else:
            overtaken.set()
        return replace(first, revision=number)

    monkeypatch.setattr(watching, "look", lambda service: None)  # the one of the background
    monkeypatch.setattr(watching, "standing_desk", slow)
    monkeypatch.setattr(watching, "revision", lambda connection: -1)
    slower, faster = (threading.Thread(target=renewed, args=[found]) for _ in range(2))
    slower.start()
    assert entered.wait(10)
    faster.start()
    slower.join(10)
    faster.join(10)
    assert stands == [1, 2]
    assert found.desk.revision == 2
