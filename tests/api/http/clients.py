"""Many clients at once, who record, repeat, ask and give back; what they were told is added up."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from api.http.serving import REPS, Serving

VENDORS = ("north", "south", "east", "west")
PATH = "/v1/decisions"
IDLE = 0.5
"""Seconds after which a connection is opened anew."""


@dataclass
class Book:
    """What clients were told. used: by representative, what permits used up less what was given
    back. ids: of all that was recorded."""

    used: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    reversed: int = 0
    replayed: int = 0
    asked: int = 0

    def recorded(self, rep: str, amount: Decimal, answer: dict[str, Any]) -> None:
        self.ids.append(answer["id"])
        self.outcomes[answer["outcome"]] += 1
        if answer["outcome"] == "permit":
            self.used[rep] += amount  # type: ignore[assignment]


class Wire:
    """A connection to one place, kept while it is used."""

    def __init__(self, place: str) -> None:
        parts = urlsplit(place)
        self._host, self._port = parts.hostname, parts.port
        self._kept: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The server ends what nobody used for some seconds: such a one is not used again."""
        if self._kept is None or time.monotonic() - self._used > IDLE:
            self.close()
            self._kept = await asyncio.open_connection(self._host, self._port)
        return self._kept

    def close(self) -> None:
        if self._kept is not None:
            self._kept[1].close()
            self._kept = None

    async def post(
        self, path: str, key: str, body: Any, wanted: Sequence[int], **headers: str
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """The headers and the document of an answer with a status that is wanted."""
        sent = json.dumps(body, default=float).encode()
        given = {
            "host": "remit",
            "authorization": f"Bearer {key}",
            "content-type": "application/json",
            "content-length": str(len(sent)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        reader, writer = await self._open()
        writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.strip().split("\r\n")
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        answer = json.loads(await reader.readexactly(int(found["content-length"])))
        self._used = time.monotonic()
        assert int(first.split()[1]) in wanted, (first, answer)
        return found, answer


class Client:
    """One of them. wires: to each place; whose answer does not matter comes over any."""

    def __init__(self, number: int, wires: list[Wire], running: Serving, book: Book) -> None:
        self._chance = random.Random(number)
        self._number, self._wires, self._keys, self._book = number, wires, running.keys, book
        self._rep = REPS[number % len(REPS)]
        self._given: list[tuple[str, Decimal]] = []
        self._count = 0

    async def work(self, over: Callable[[], bool]) -> None:
        """Does one thing after the other until it is over, and then a last one."""
        does = (self._once, self._twice, self._many, self._asks, self._back)
        while not over():
            (do,) = self._chance.choices(does, weights=(12, 2, 2, 2, 3))
            await do()
        await self._once()

    @property
    def _wire(self) -> Wire:
        return self._chance.choice(self._wires)

    def _payment(self) -> tuple[Decimal, dict[str, Any]]:
        amount = Decimal(self._chance.randint(1, 10_000)) / 100
        facts = {"amount": amount, "vendor": self._chance.choice(VENDORS)}
        return amount, {"action": "pay", "actor": self._rep, "facts": facts}

    def _recorded(self, amount: Decimal, answer: dict[str, Any]) -> None:
        self._book.recorded(self._rep, amount, answer)
        if answer["outcome"] == "permit":
            self._given.append((answer["id"], amount))

    async def _once(self) -> None:
        amount, body = self._payment()
        who = self._chance.choice((self._rep, "shop"))
        _, answer = await self._wire.post(PATH, self._keys[who], body, [201])
        self._recorded(amount, answer)

    async def _twice(self) -> None:
        """The same key again gets the same answer, from whichever process."""
        amount, body = self._payment()
        self._count += 1
        key, mark = self._keys[self._rep], f"{self._number}.{self._count}"
        _, first = await self._wire.post(PATH, key, body, [201], idempotency_key=mark)
        told, second = await self._wire.post(PATH, key, body, [200, 201], idempotency_key=mark)
        assert told["idempotency-replayed"] == "true"
        assert first["id"] == second["id"]
        self._book.replayed += 1
        self._recorded(amount, first)

    async def _many(self) -> None:
        pairs = [self._payment() for _ in range(4)]
        body = {"requests": [one for _, one in pairs]}
        _, answer = await self._wire.post(f"{PATH}/batch", self._keys["shop"], body, [201])
        for (amount, _), item in zip(pairs, answer["items"], strict=True):
            self._recorded(amount, item)

    async def _asks(self) -> None:
        _, body = self._payment()
        _, answer = await self._wire.post(
            PATH, self._keys[self._rep], {**body, "record": False}, [200]
        )
        assert answer["outcome"] in ("permit", "escalate")
        self._book.asked += 1

    async def _back(self) -> None:
        if not self._given:
            return
        id, amount = self._given.pop()
        path, why = f"{PATH}/{id}/reversal", {"reason": "it was cancelled"}
        _, answer = await self._wire.post(path, self._keys["fin"], why, [201])
        self._book.ids.append(answer["id"])
        self._book.used[self._rep] -= amount  # type: ignore[assignment]
        self._book.reversed += 1


async def busy(
    running: Serving, clients: int, seconds: float, meanwhile: Callable[[], None]
) -> Book:
    """So many clients for a while, each with a connection to every place, and until what is done
    meanwhile, from half of the time on, is done."""
    book = Book()
    with ExitStack() as stack:
        everybody = []
        for number in range(clients):
            wires = [Wire(place) for place in running.places]
            for wire in wires:
                stack.callback(wire.close)
            everybody.append(Client(number, wires, running, book))
        other = asyncio.create_task(_later(seconds / 2, meanwhile))
        end = time.monotonic() + seconds

        def over() -> bool:
            return other.done() and time.monotonic() >= end

        await asyncio.gather(other, *(client.work(over) for client in everybody))
    return book


async def _later(seconds: float, do: Callable[[], None]) -> None:
    await asyncio.sleep(seconds)
    await asyncio.to_thread(do)
