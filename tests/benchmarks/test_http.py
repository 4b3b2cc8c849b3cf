"""`make bench-http`: the service beside a plain FastAPI endpoint, per server CPU-second.

The policy is the synthetic one of 500 rules (`synthetic`), every body another. Ratios are held;
wall time is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks import synthetic
from benchmarks.http.load import Load, Measured, Server, request, side_by_side, start

pytestmark = pytest.mark.bench
RULES, BODIES, CLIENTS, BATCH = 500, 2_000, 64, 1_000


@pytest.fixture(scope="module")
def bodies() -> list[dict[str, Any]]:
    found = []
    for ask in synthetic.asks(synthetic.rows(RULES), BODIES)[0]:
        document = dict(synthetic.document(ask))
        del document["as_of"]
        found.append(document)
    return found


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    folder = tmp_path_factory.mktemp("http")
    text = synthetic.to_remit(synthetic.rows(RULES))
    Path(folder, "p.remit").write_text(text, encoding="utf-8")
    plain, ours = (
        start("plain", folder / "plain.log"),
        start("ours", folder / "ours.log", str(folder)),
    )
    try:
        yield plain, ours
    finally:
        plain.stop()
        ours.stop()


def packed(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def told(name: str, found: Measured) -> None:
    print(f"  {name:<44}{found.rate:>12,.0f} a server CPU-second  ({found.answers:,} answers)")


def test_beside_a_plain_endpoint(
    servers: tuple[Server, Server], bodies: list[dict[str, Any]]
) -> None:
    plain, ours = servers
    path = "/v1/decisions"
    batch = f"{path}/batch"

    def single(server: Server, record: bool) -> list[bytes]:
        return [request(server, path, packed({**b, "record": record})) for b in bodies]

    def many(explain: bool) -> list[bytes]:
        parts = [bodies[n : n + BATCH] for n in range(0, BODIES, BATCH)]
        documents = [{"requests": p, "record": False, "explain": explain} for p in parts]
        return [request(ours, batch, packed(d)) for d in documents]

    print(f"\n{RULES} rules, {BODIES:,} bodies, {CLIENTS} connections, {date.today()}")
    found = side_by_side(
        {
            "plain FastAPI + pydantic, nothing done": Load(
                plain, single(plain, False), CLIENTS, 200
            ),
            "POST /v1/decisions, not recorded": Load(ours, single(ours, False), CLIENTS, 200),
            "POST /v1/decisions, recorded": Load(ours, single(ours, True), 4 * CLIENTS, 201),
            "batch of 1,000, outcomes": Load(ours, many(False), 2, 200, BATCH),
            "batch of 1,000, explained": Load(ours, many(True), 2, 200, BATCH),
        }
    )
    for name, one in found.items():
        told(name, one)
    nothing, alone, recorded, outcomes, explained = (one.rate for one in found.values())
    print(f"  not recorded {alone / nothing:.2f}x plain (wanted 1.5x)")
    print(f"  outcomes in a batch {outcomes / alone:.1f}x single (wanted 20x)")
    print(f"  recorded {recorded:,.0f} a CPU-second (wanted 3,000)")
    assert alone > 1.2 * nothing
    assert outcomes > 12 * alone
    assert explained > alone
    assert recorded > nothing / 4
