"""Every figure of one size of policy, after all answers were compared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks.measure import Run, cpu, interleaved
from benchmarks.ours import Ours
from benchmarks.peers import PEERS
from benchmarks.synthetic import Ask, Row, asks, rows
from remit_engine.decision import Outcome
from remit_engine.fast import Checked

SIZES = (50, 500, 5_000)
FEW = 1_000
"""How many requests the slow paths are timed with."""


@dataclass
class Scene:
    """The rules, the requests, and what the reference answers."""

    rows: tuple[Row, ...]
    asks: list[Ask]
    reference: list[tuple[str, ...]]

    @classmethod
    def of(cls, n: int, requests: int = 10_000) -> Scene:
        """The scene of N rules."""
        every = rows(n)
        found, reference = asks(every, requests)
        return cls(every, found, reference)

    @cached_property
    def ours(self) -> Ours:
        """One engine, kept, so that its cells are filled once."""
        return Ours(self.rows)


def agreed(ours: Sequence[Checked], reference: Sequence[tuple[str, ...]]) -> int:
    """How many of our answers are the reference's: permit or not, and by the same rules."""
    return sum(
        (outcome is Outcome.PERMIT) == bool(ids)
        and (not ids or [rule.partition(".")[2] for rule in rules] == list(ids))
        for (outcome, rules), ids in zip(ours, reference, strict=True)
    )


def peer_agreed(name: str, found: Sequence[Any], reference: Sequence[tuple[str, ...]]) -> int:
    """The same for a peer, which names the first rule or all."""
    if name.endswith("all rules"):
        return sum(tuple(f) == ids for f, ids in zip(found, reference, strict=True))
    return sum(f == (ids[0] if ids else None) for f, ids in zip(found, reference, strict=True))


def answered(check: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The answers to all requests."""
    return [check(*each) for each in arguments]


def compared(scene: Scene) -> None:
    """Every engine and every path gives the reference's answer to every request."""
    for general, count in ((False, len(scene.asks)), (True, min(FEW, len(scene.asks)))):
        ours = Ours(scene.rows, general=True) if general else scene.ours
        given, want = scene.asks[:count], scene.reference[:count]
        plain = ours.plain(given)
        for _ in ("cold", "warm"):
            assert agreed(answered(ours.check, plain), want) == count, general
        read = [ours.engine.check_json(j) for j in ours.jsons(given)]
        assert agreed(read, want) == count, general
        few = ours.requests(given[:FEW])
        for _ in ("cold", "warm"):
            decided = [ours.engine.decide(r) for r in few]
            found = [
                (d.outcome, tuple(r.id for r in d.rules if r.role == "grants")) for d in decided
            ]
            assert agreed(found, want[:FEW]) == len(few), general
    for name, prepare in PEERS.items():
        check, form = prepare(scene.rows)
        found = answered(check, [form(a) for a in scene.asks])
        assert peer_agreed(name, found, scene.reference) == len(scene.asks), name


def warm(scene: Scene) -> dict[str, float]:
    """Microseconds for one request that was met before, for us and for the peers."""
    n = len(scene.asks)
    ours, general = scene.ours, Ours(scene.rows, general=True)
    plain, jsons = ours.plain(scene.asks), ours.jsons(scene.asks)
    checks, read, decide = ours.checks, ours.engine.read_json_plain, ours.engine.decide
    requests = ours.requests(scene.asks[:FEW])
    exact, slow = general.checks, general.plain(scene.asks[:FEW])
    decode = msgspec.json.Decoder().decode
    runs = {
        "empty loop": Run(lambda: [(c, p, d, s) for c, p, d, s in plain], n),
        "Remit, check": Run(lambda: [checks[c](p, d, s) for c, p, d, s in plain], n),
        "msgspec decode alone": Run(lambda: [decode(j) for j in jsons], n),
        "Remit, read JSON": Run(lambda: [read(j) for j in jsons], n),
        "Remit, check JSON": Run(lambda: [ours.engine.check_json(j) for j in jsons], n),
        "Remit, explained decision": Run(lambda: [decide(r) for r in requests], FEW),
        "Remit, check without cells": Run(lambda: [exact[c](p, d, s) for c, p, d, s in slow], FEW),
    }
    for name, prepare in PEERS.items():
        check, form = prepare(scene.rows)
        given = [form(a) for a in scene.asks]
        runs[name] = Run(lambda c=check, g=given: [c(*each) for each in g], n)  # type: ignore[misc]
    return interleaved(runs)


def cold(scene: Scene, times: int = 1) -> dict[str, float]:
    """Microseconds for one request never met before.

    cold: a new engine answers its first requests. fresh: it has answered 10,000 others before.
    """
    ours = Ours(scene.rows)
    plain, requests = ours.plain(scene.asks), ours.requests(scene.asks[:FEW])
    others = ours.plain(asks(scene.rows, 10_000, seed=3)[0])
    found: dict[str, list[float]] = {}

    def note(name: str, function: Callable[[], object], count: int) -> None:
        found.setdefault(name, []).append(cpu(Run(function, count)))

    for _ in range(times):
        ours.restart()
        note("Remit, cold check", lambda: answered(ours.check, plain), len(plain))
        ours.restart()
        answered(ours.check, others)
        note("Remit, fresh check", lambda: answered(ours.check, plain), len(plain))
        ours.restart()
        note("Remit, cold decision", lambda: [ours.engine.decide(r) for r in requests], FEW)
    return {name: median(values) for name, values in found.items()}


def loading(n: int) -> dict[str, float]:
    """CPU seconds and peak megabytes to load N rules in a process of its own."""
    script = Path(__file__).with_name("loading.py")
    done = subprocess.run(
        [sys.executable, str(script), str(n)], capture_output=True, text=True, check=True
    )
    read: dict[str, float] = json.loads(done.stdout)
    return read


def table(columns: dict[int, dict[str, float]]) -> str:
    """Figures by number of rules, as text."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    width = max(map(len, names))
    head = f"{'':{width}}" + "".join(f"{n:>12,}" for n in columns)
    lines = [
        f"{name:{width}}" + "".join(f"{column[name]:12.2f}" for column in columns.values())
        for name in names
    ]
    return "\n".join([head, *lines])
