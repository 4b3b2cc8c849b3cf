"""A bounded client on loopback, and the CPU a server spends on it.

REMIT_BENCH_SECONDS: how long each variant is asked (2 without it), in ROUNDS parts.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS = float(os.environ.get("REMIT_BENCH_SECONDS", "2"))
ROUNDS = 4
TICKS = os.sysconf("SC_CLK_TCK")
TESTS = Path(__file__).parents[2]


@dataclass(frozen=True)
class Measured:
    """What a server did, and the CPU it took."""

    answers: int
    cpu: float

    @property
    def rate(self) -> float:
        """Answers a CPU-second of the server."""
        return self.answers / self.cpu


@dataclass
class Server:
    """A server process."""

    process: subprocess.Popen[str]
    port: int
    key: str = ""

    def cpu(self) -> float:
        """Seconds of CPU it has used, user and system, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self) -> None:
        """End it, and wait."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def start(kind: str, log: Path, *words: str) -> Server:
    """A server that listens; what it says goes into a file."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.http.servers", kind, str(port), *words]
    with log.open("w") as said:
        process = subprocess.Popen(
            command, cwd=TESTS, stdout=subprocess.PIPE, stderr=said, text=True
        )
    assert process.stdout is not None
    key = process.stdout.readline().strip() if kind == "ours" else ""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return Server(process, port, key)
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"{kind} does not listen: {log.read_text()[-2000:]}")


def request(server: Server, path: str, body: bytes) -> bytes:
    """A request as it goes over the wire."""
    who = f"authorization: Bearer {server.key}\r\n" if server.key else ""
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\n{who}content-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


@dataclass(frozen=True)
class Load:
    """What a server is asked, from so many connections at once; every answer has the status
    `wanted`. each: how many answers one request brings."""

    server: Server
    requests: Sequence[bytes]
    clients: int
    wanted: int
    each: int = 1

    def warm(self) -> None:
        """Ask everything once."""
        asyncio.run(_ask(self, 0.0))

    def measured(self, seconds: float) -> Measured:
        """Ask for a while."""
        before = self.server.cpu()
        count = asyncio.run(_ask(self, seconds))
        return Measured(count * self.each, self.server.cpu() - before)


def side_by_side(loads: Mapping[str, Load]) -> dict[str, Measured]:
    """All loads, each warm and then in its turn, again and again: what else the machine does meets
    them alike."""
    for load in loads.values():
        load.warm()
    found = dict.fromkeys(loads, Measured(0, 0.0))
    for _ in range(ROUNDS):
        for name, load in loads.items():
            more = load.measured(SECONDS / ROUNDS)
            found[name] = Measured(found[name].answers + more.answers, found[name].cpu + more.cpu)
    return found


async def _ask(load: Load, seconds: float) -> int:
    """seconds: 0 asks every request once."""
    end = time.monotonic() + seconds if seconds else 0.0
    shares = [load.requests[n :: load.clients] for n in range(load.clients)]
    return sum(await asyncio.gather(*(_one(load, share, end) for share in shares)))


async def _one(load: Load, requests: Sequence[bytes], end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.server.port)
    count, status = 0, f"HTTP/1.1 {load.wanted}".encode()
    while time.monotonic() < end or (not end and count < len(requests)):
        writer.write(requests[count % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        _, _, rest = head.lower().partition(b"content-length: ")
        body = await reader.readexactly(int(rest.partition(b"\r\n")[0]))
        assert head.startswith(status), (head, body)
        count += 1
    writer.close()
    return count
