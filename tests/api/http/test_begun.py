"""What is there at once is had without a timer, and what is not is gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from remit_api.http.begun import Begun, within


async def steps(log: list[str], *, wait: bool, fault: Exception | None = None) -> str:
    try:
        if wait:
            await asyncio.sleep(0)
            log.append("waited")
            await asyncio.sleep(0.001)
        if fault is not None:
            raise fault
        return "done"
    finally:
        log.append("left")


def test_what_is_there_at_once() -> None:
    log: list[str] = []
    begun = Begun(steps(log, wait=False))
    assert (begun.there, begun.value, log) == (True, "done", ["left"])


def test_what_fails_at_once() -> None:
    with pytest.raises(KeyError):
        Begun(steps([], wait=False, fault=KeyError("x")))


def test_what_is_not_there_is_awaited_to_its_end() -> None:
    log: list[str] = []

    async def test() -> None:
        begun = Begun(steps(log, wait=True))
        assert not begun.there
        assert log == []
        assert await begun == "done"

    asyncio.run(test())
    assert log == ["waited", "left"]


def test_what_fails_later_fails_where_it_is_awaited() -> None:
    async def test() -> None:
        begun = Begun(steps([], wait=True, fault=KeyError("x")))
        with pytest.raises(KeyError):
            await begun

    asyncio.run(test())


@pytest.mark.parametrize("answer", ["ends", "goes on"])
def test_who_waits_is_cancelled_through_it(answer: str) -> None:
    async def waits() -> str:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            if answer == "ends":
                raise
        return "in spite of it"

    async def test() -> None:
        begun = Begun(waits())

        async def rest() -> str:
            return await begun

        task = asyncio.create_task(rest())
        await asyncio.sleep(0)
        task.cancel()
        if answer == "ends":
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            assert await task == "in spite of it"

    asyncio.run(test())


def test_a_future_and_an_asynchronous_generator_are_awaited_too() -> None:
    async def numbers() -> AsyncIterator[int]:
        await asyncio.sleep(0)
        yield 7

    async def test() -> None:
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        begun: Any = Begun(future)
        future.set_result("later")
        assert await begun == "later"
        assert Begun(future).value == "later"
        assert await Begun(anext(numbers())) == 7

    asyncio.run(test())


def test_within_a_time() -> None:
    log: list[str] = []
    assert asyncio.run(within(60, steps(log, wait=False))) == "done"
    assert asyncio.run(within(60, steps(log, wait=True))) == "done"
    with pytest.raises(TimeoutError):
        asyncio.run(within(0.001, asyncio.sleep(60)))
    assert log == ["left", "waited", "left"]
