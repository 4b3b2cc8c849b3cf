"""One child process: started, asked with a deadline, ended."""

from __future__ import annotations

import subprocess
import sys
import weakref
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import msgspec

from remit_engine.watch.durable import frames

STARTING = 60.0
"""Seconds for it to start and to take the rules."""
ANSWERING = 15.0
"""Seconds for a frame. It takes milliseconds: what is not there by then does not come."""
MODULE = "remit_engine.watch.durable.child"


class Lost(Exception):
    """The child died, hangs or says what it must not; it is ended, and knows nothing any more."""


class Unavailable(Exception):
    """The library is not there, or does not take the rules; the text says why, for people."""


class Child:
    """A process with rules in it. One frame at a time."""

    def __init__(self, setup: frames.Setup, answering: float = ANSWERING) -> None:
        """Raises `Unavailable`, and `Lost` when it dies over the rules."""
        self.answering = answering
        ours, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        self.connection = ours
        self.end = weakref.finalize(self, _end, self.process, ours)
        reply = self._said(setup, STARTING)
        if isinstance(reply, frames.Refused):
            self.end()
            raise Unavailable(reply.reason)

    def ask(self, asked: frames.Ask) -> list[bool]:
        """Whether each question is true. Raises `Lost`."""
        reply = self._said(asked, self.answering)
        match reply:
            case frames.Answers(number=asked.number, true=true) if len(true) == len(
                asked.questions
            ):
                return true
        raise self._lost(f"it answered {type(reply).__name__} to a question")

    def _said(self, asked: frames.Request, seconds: float) -> frames.Reply:
        try:
            self.connection.send_bytes(frames.encode(asked))
            if not self.connection.poll(seconds):
                raise self._lost(f"no answer within {seconds:g} seconds")
            reply: frames.Reply = frames.read_reply(self.connection.recv_bytes())
        except (OSError, EOFError) as fault:
            raise self._lost("it died") from fault
        except msgspec.DecodeError as fault:
            raise self._lost("it said what is no answer") from fault
        return reply

    def _lost(self, reason: str) -> Lost:
        self.end()
        code = self.process.returncode
        return Lost(reason + (f" (signal {-code})" if code is not None and code < 0 else ""))


def _end(process: subprocess.Popen[bytes], connection: Connection) -> None:
    """It holds nothing that is needed: it is killed at once."""
    connection.close()
    process.kill()
    process.wait()
