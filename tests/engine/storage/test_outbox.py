"""The outbox: put in once, claimed by one, tried again, given up and kept."""

from __future__ import annotations

import pytest

from engine.storage.stores import store
from engine.storage.watchers import alert, begin
from remit_engine.storage import outbox
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.outbox import Message


def at(minute: int) -> str:
    return f"2026-03-15T09:{minute:02}:00.000000+00:00"


def message(n: int = 1, channel: str = "erp") -> Message:
    return Message(f"alr_1:begun:{n}:{channel}", "alr_1", channel, f'{{"n":{n}}}')


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kept(request, tmp_path):
    with store(request.param, tmp_path) as opened:
        begin(opened, alert())
        yield opened


def do(kept, what, *args, **more):
    with writing(kept) as connection:
        return what(connection, *args, **more)


def state(kept, id="alr_1:begun:1:erp"):
    found = do(kept, outbox.found, id)
    return found.state, found.attempts, found.next, found.fault


def test_a_message_is_put_in_once(kept):
    assert do(kept, outbox.put, [message(1), message(2)], at(0)) == 2
    assert do(kept, outbox.put, [message(2), message(3)], at(1)) == 1
    assert do(kept, outbox.put, [], at(1)) == 0
    found = do(kept, outbox.listed, 9)
    assert [k.message for k in found] == [message(3), message(2), message(1)]
    assert [k.made for k in found] == [at(1), at(0), at(0)]
    assert do(kept, outbox.counted) == {"waiting": 3}


def test_what_is_claimed_is_nobody_elses_for_a_while(kept):
    do(kept, outbox.put, [message(1), message(2)], at(0))
    (first,) = do(kept, outbox.claim, ["erp"], at(1), at(5), 1)
    assert (first.message.id, first.attempts, first.next) == (message(1).id, 1, at(5))
    (second,) = do(kept, outbox.claim, ["erp"], at(1), at(5), 9)
    assert second.message == message(2)
    assert do(kept, outbox.claim, ["erp"], at(4), at(8), 9) == []
    # who claimed it has died: the next takes it over
    again = do(kept, outbox.claim, ["erp"], at(5), at(9), 9)
    assert [(k.message, k.attempts) for k in again] == [(message(1), 2), (message(2), 2)]


def test_only_channels_that_there_are_are_claimed(kept):
    do(kept, outbox.put, [message(1, "gone"), message(2)], at(0))
    found = do(kept, outbox.claim, ["erp", "mail"], at(1), at(5), 9)
    assert [k.message for k in found] == [message(2)]
    assert do(kept, outbox.claim, [], at(1), at(5), 9) == []


def test_delivered_once_is_the_end(kept):
    do(kept, outbox.put, [message()], at(0))
    (claimed,) = do(kept, outbox.claim, ["erp"], at(1), at(5), 9)
    assert do(kept, outbox.delivered, claimed, at(2))
    assert state(kept) == ("delivered", 1, None, None)
    assert not do(kept, outbox.put_off, claimed, "too late", at(9)), "another delivered it"
    assert not do(kept, outbox.given_up, claimed, "too late", at(9))
    assert state(kept) == ("delivered", 1, None, None)
    assert do(kept, outbox.claim, ["erp"], at(59), at(59), 9) == []


def test_a_try_that_fails_is_followed_by_another(kept):
    do(kept, outbox.put, [message()], at(0))
    (claimed,) = do(kept, outbox.claim, ["erp"], at(1), at(5), 9)
    do(kept, outbox.put_off, claimed, "503 " + "x" * 1_000, at(3))
    assert state(kept)[:3] == ("waiting", 1, at(3))
    assert len(state(kept)[3]) == outbox.LONGEST_FAULT
    assert do(kept, outbox.claim, ["erp"], at(2), at(9), 9) == []
    (again,) = do(kept, outbox.claim, ["erp"], at(3), at(9), 9)
    assert again.attempts == 2


def test_what_is_given_up_is_kept_and_may_be_tried_again(kept):
    do(kept, outbox.put, [message()], at(0))
    (claimed,) = do(kept, outbox.claim, ["erp"], at(1), at(5), 9)
    with pytest.raises(Conflict, match="the message is waiting: only what failed"):
        do(kept, outbox.again, claimed.message.id, at(2))
    do(kept, outbox.given_up, claimed, "no such host", at(2))
    assert state(kept) == ("failed", 1, None, "no such host")
    with reading(kept) as connection:
        (shown,) = outbox.listed(connection, 9, state="failed", channel="erp", alert="alr_1")
        assert (shown.ended, shown.fault) == (at(2), "no such host")
        assert not outbox.listed(connection, 9, state="delivered")
    anew = do(kept, outbox.again, claimed.message.id, at(7))
    assert (anew.state, anew.attempts, anew.next, anew.ended) == ("waiting", 0, at(7), None)
    with pytest.raises(NotKept, match="no message `x`"):
        do(kept, outbox.found, "x")
