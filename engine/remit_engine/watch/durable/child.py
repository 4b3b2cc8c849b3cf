"""The process that holds the library: `python -m remit_engine.watch.durable.child DESCRIPTOR`.

One thread; one event at a time; nothing is kept from one event to the next. It ends when the other
side of the pipe is closed, when its parent is gone, and with every fault that it does not know: its
parent starts another and asks again. An alarm of the system ends it in an endless loop in C too.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

import msgspec

from remit_engine.compile.to_durable import Unsafe
from remit_engine.watch.durable import frames
from remit_engine.watch.durable.bench import MISSING, Bench

LONGEST = 30
"""Seconds for one frame: far more than it takes, and more than the parent waits."""
LOOK = 2
"""Seconds after which an idle child looks for its parent."""


class Server:
    """Answers frames."""

    def __init__(self) -> None:
        self.bench: Bench | None = None

    def answer(self, frame: bytes) -> bytes:
        """The reply to one frame. Raises whatever the library does wrong."""
        try:
            asked = frames.read_request(frame)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as fault:
            return frames.encode(frames.Refused(f"a frame that is not understood: {fault}"))
        if isinstance(asked, frames.Setup):
            return frames.encode(self._set_up(asked))
        return frames.encode(self._asked(asked))

    def _set_up(self, asked: frames.Setup) -> frames.Reply:
        if MISSING is not None:
            return frames.Refused(MISSING)
        if self.bench is not None:
            return frames.Refused("the rules are there already")
        try:
            self.bench = Bench(asked.rules)
        except Unsafe as fault:
            return frames.Refused(str(fault))
        return frames.Ready()

    def _asked(self, asked: frames.Ask) -> frames.Reply:
        if self.bench is None:
            return frames.Refused("there are no rules yet")
        wrong = self.bench.wrong(asked.questions)
        if wrong is not None:
            return frames.Refused(wrong)
        return frames.Answers(asked.number, [self.bench.holds(q) for q in asked.questions])


def serve(connection: Connection, parent: int, alarm: Callable[[int, float], object]) -> None:
    """Answer until nobody asks any more."""
    server = Server()
    while True:
        while not connection.poll(LOOK):
            if os.getppid() != parent:
                return
        try:
            frame = connection.recv_bytes()
        except EOFError:
            return
        alarm(signal.ITIMER_REAL, LONGEST)
        reply = server.answer(frame)
        alarm(signal.ITIMER_REAL, 0)
        connection.send_bytes(reply)


def main() -> None:
    """Started by `process.Child`."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed is for the parent to act on
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    with Connection(int(sys.argv[1])) as connection:
        try:
            serve(connection, parent, signal.setitimer)
        except (BrokenPipeError, ConnectionResetError):
            return  # nobody waits for the answer


if __name__ == "__main__":
    main()
