"""The log: what one turn of a loop says is written together, and nothing is lost."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from remit_api.http.logs import Together


class Stream(io.StringIO):
    """Counts what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return super().write(text)


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def log(stream: Stream) -> Iterator[logging.Logger]:
    handler = Together()
    handler.setStream(stream)
    logger = logging.Logger("a log of a test")
    logger.addHandler(handler)
    yield logger
    handler.close()


def test_a_turn_of_the_loop_is_written_in_one_piece(log: logging.Logger, stream: Stream) -> None:
    async def said() -> None:
        log.info("one")
        log.info("two")
        assert stream.pieces == []
        await asyncio.sleep(0)
        assert stream.pieces == ["one\ntwo\n"]
        log.info("three")
        await asyncio.sleep(0)

    asyncio.run(said())
    assert stream.pieces == ["one\ntwo\n", "three\n"]


def test_a_fault_is_written_at_once_after_what_came_before(
    log: logging.Logger, stream: Stream
) -> None:
    async def said() -> None:
        log.info("one")
        log.error("it failed")
        assert stream.getvalue() == "one\nit failed\n"
        await asyncio.sleep(0)

    asyncio.run(said())
    assert stream.getvalue() == "one\nit failed\n"


def test_without_a_loop_each_line_is_written_at_once(log: logging.Logger, stream: Stream) -> None:
    log.info("one")
    log.info("two")
    assert stream.pieces == ["one\n", "two\n"]


def test_another_thread_writes_what_waits_in_its_order(log: logging.Logger, stream: Stream) -> None:
    async def said() -> None:
        log.info("one")
        await asyncio.to_thread(log.info, "two")

    asyncio.run(said())
    assert stream.getvalue() == "one\ntwo\n"


def test_what_waits_when_the_loop_ends_is_written(log: logging.Logger, stream: Stream) -> None:
    loop = asyncio.new_event_loop()

    async def said() -> None:
        log.info("last words")
        loop.stop()

    task = loop.create_task(said())
    loop.run_forever()
    loop.close()
    assert task.done()
    log.handlers[0].flush()  # as `logging` does when the process ends
    assert stream.getvalue() == "last words\n"
