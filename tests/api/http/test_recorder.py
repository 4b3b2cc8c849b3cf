"""The recorder: bounded, drained, and never under a text that was superseded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from remit_api.http.desk import Desk
from remit_api.http.recorder import ATTEMPTS, MOST, Recorder
from remit_api.http.refusals import NotReady
from remit_engine.storage.court import Court
from remit_engine.storage.faults import Superseded
from remit_engine.storage.ledger import Pending, Recorded, Refused


@dataclass
class Asked:
    """Something to be recorded."""

    name: str
    fault: Exception | None = None
    read_by: list[int] = field(default_factory=list)

    def pending(self, desk: Desk) -> Pending:
        self.read_by.append(desk.revision)
        if self.fault is not None:
            raise self.fault
        return Pending(self.name, "caller")  # type: ignore[arg-type]


class Paper:
    """A ledger of which a test says when it writes, and what goes wrong."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.writes = threading.Event()
        self.may_write = threading.Event()
        self.may_write.set()
        self.faults: list[Exception] = []
        self.stands = 0

    @property
    def written(self) -> list[str]:
        return [name for group in self.groups for name in group]

    def record(self, pending: Sequence[Pending], court: Court) -> list[Recorded | Refused]:
        self.writes.set()
        self.may_write.wait(10)
        if self.faults:
            raise self.faults.pop(0)
        if court.revision != self.stands:
            raise Superseded(self.stands)
        self.groups.append([str(p.request) for p in pending])
        return [Recorded(str(p.request)) for p in pending]  # type: ignore[arg-type]


@pytest.fixture
def paper() -> Paper:
    return Paper()


def recorder(paper: Paper, desk: Desk, waiting: int = 5, renew: Any = None) -> Recorder:
    made: Any = Recorder(paper, lambda: desk, renew or (lambda: desk), waiting)  # type: ignore[arg-type]
    made.start()
    return made  # type: ignore[no-any-return]


def run(test: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.005)


def test_who_waits_meanwhile_goes_into_one_transaction(paper: Paper, desk: Desk) -> None:
    made = recorder(paper, desk)

    async def test() -> None:
        paper.may_write.clear()
        first = asyncio.create_task(made.record([Asked("a")]))
        await until(paper.writes.is_set)
        others = [asyncio.create_task(made.record([Asked(n)])) for n in "bcd"]
        await until(lambda: made.waiting == 4)
        assert not first.done()
        paper.may_write.set()
        results = await asyncio.gather(first, *others)
        assert [r[0].entry for r in results] == ["a", "b", "c", "d"]  # type: ignore[union-attr]

    run(test)
    made.stop()
    assert paper.groups == [["a"], ["b", "c", "d"]]


def test_a_full_queue_is_said(paper: Paper, desk: Desk) -> None:
    made = recorder(paper, desk, waiting=3)

    async def test() -> None:
        paper.may_write.clear()
        waits = [asyncio.create_task(made.record([Asked(n)])) for n in "abc"]
        await until(lambda: made.waiting == 3)
        with pytest.raises(NotReady) as refused:
            await made.record([Asked("d")])
        assert refused.value.headers == {"Retry-After": "1"}
        paper.may_write.set()
        await asyncio.gather(*waits)
        await made.record([Asked("e")])

    run(test)
    made.stop()
    assert paper.written == ["a", "b", "c", "e"]


def test_a_batch_larger_than_the_queue_is_taken_alone(paper: Paper, desk: Desk) -> None:
    made = recorder(paper, desk, waiting=3)
    many = [Asked(str(n)) for n in range(MOST + 1)]
    run(lambda: made.record(many))
    made.stop()
    assert [len(group) for group in paper.groups] == [MOST + 1]


def test_stopping_writes_what_waits_and_takes_no_more(paper: Paper, desk: Desk) -> None:
    made = recorder(paper, desk)

    async def test() -> None:
        paper.may_write.clear()
        waits = [asyncio.create_task(made.record([Asked(n)])) for n in "ab"]
        await until(lambda: made.waiting == 2)
        stopping = asyncio.create_task(asyncio.to_thread(made.stop))
        await until(lambda: not made.open)
        with pytest.raises(NotReady):
            await made.record([Asked("c")])
        paper.may_write.set()
        await stopping
        await asyncio.gather(*waits)

    run(test)
    assert sorted(paper.written) == ["a", "b"]


def test_a_fault_of_the_store_is_told_to_all_and_the_recorder_goes_on(
    paper: Paper, desk: Desk
) -> None:
    made = recorder(paper, desk)
    paper.faults = [OSError("disk")]

    async def test() -> None:
        with pytest.raises(OSError, match="disk"):
            await made.record([Asked("a")])
        await made.record([Asked("b")])

    run(test)
    made.stop()
    assert paper.groups == [["b"]]
    assert made.waiting == 0


def test_what_was_recorded_is_counted_before_anybody_is_answered(paper: Paper, desk: Desk) -> None:
    counted: list[object] = []
    made: Any = Recorder(paper, lambda: desk, lambda: desk, 5, counted.extend)  # type: ignore[arg-type]
    made.start()

    async def test() -> None:
        assert await made.record([Asked("a"), Asked("b")]) == counted

    run(test)
    made.stop()
    assert len(counted) == 2


def test_what_cannot_be_read_is_its_own_fault(paper: Paper, desk: Desk) -> None:
    made = recorder(paper, desk)

    async def test() -> None:
        asked = [Asked("a"), Asked("b", KeyError("b")), Asked("c")]
        first, faulty, last = await made.record(asked)
        assert isinstance(first, Recorded)
        assert isinstance(faulty, Refused)
        assert isinstance(faulty.fault, KeyError)
        assert isinstance(last, Recorded)
        assert last.entry == "c"

    run(test)
    made.stop()


def test_after_a_publish_it_is_read_anew(paper: Paper, desk: Desk) -> None:
    newer = replace(desk, revision=1)
    made = recorder(paper, desk, renew=lambda: newer)
    paper.stands = 1
    asked = Asked("a")
    run(lambda: made.record([asked]))
    made.stop()
    assert asked.read_by == [0, 1]
    assert paper.groups == [["a"]]


def test_it_does_not_try_for_ever(paper: Paper, desk: Desk) -> None:
    made = recorder(paper, desk)
    paper.stands = 7
    asked = Asked("a")

    async def test() -> None:
        with pytest.raises(NotReady):
            await made.record([asked])

    run(test)
    made.stop()
    assert len(asked.read_by) == ATTEMPTS


def test_who_hangs_up_leaves_the_others_their_answers(paper: Paper, desk: Desk) -> None:
    made = recorder(paper, desk)

    async def test() -> None:
        paper.may_write.clear()
        gone, stays = (asyncio.create_task(made.record([Asked(n)])) for n in "ab")
        await until(lambda: made.waiting == 2)
        gone.cancel()
        paper.may_write.set()
        assert (await stays)[0].entry == "b"  # type: ignore[union-attr]

    run(test)
    made.stop()
    assert sorted(paper.written) == ["a", "b"]
