"""The child process: what it takes, what it refuses, and that it never outlives its parent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe

import msgspec
import pytest

from engine.generators import examples
from engine.watch.libraries import needs_durable
from remit_engine.watch.durable import frames
from remit_engine.watch.durable.frames import Answers, Ask, Question, Ready, Refused, Setup
from remit_engine.watch.durable.frames import WireRule as Rule
from remit_engine.watch.durable.process import MODULE, Child, Lost, Unavailable

pytestmark = needs_durable

RULES = Setup(
    [
        Rule(2, [[(0, 0b100)], [(1, 0b011)]], [[(0, 0b001)]]),
        Rule(1, [[]], []),
        Rule(0, [], []),
    ]
)


def said(child: Child, frame: bytes) -> frames.Reply:
    """What it answers to raw bytes."""
    child.connection.send_bytes(frame)
    assert child.connection.poll(60)
    return frames.read_reply(child.connection.recv_bytes())


@pytest.fixture
def child():
    made = Child(RULES)
    yield made
    made.end()


def test_questions_are_answered_in_order(child) -> None:
    asked = [(0, 0, [2, 3]), (0, 0, [3, 3]), (0, 1, [0, 0]), (1, 0, [3]), (1, 1, [0]), (2, 0, [])]
    true = child.ask(Ask(7, [Question(*q) for q in asked]))
    assert true == [True, False, True, True, False, False]


def test_one_event_that_two_cases_hold_for_is_one_answer(child) -> None:
    assert child.ask(Ask(1, [Question(0, 0, [2, 1])] * 3)) == [True] * 3


@pytest.fixture(scope="module")
def patient():
    """One child for all that is refused."""
    made = Child(RULES)
    yield made
    made.end()


def asking(*question: object, **more: object) -> bytes:
    return frames.encode({"type": "ask", "number": 1, "questions": [question], **more})


NOT_UNDERSTOOD = "a frame that is not understood: "
REFUSED = {
    "no bytes": (b"", NOT_UNDERSTOOD + "Input data was truncated"),
    "no such rule": (asking(9, 0, []), "there is no rule 9"),
    "too few": (asking(0, 0, [1]), "rule 0 has 2 attributes, and 1 are given"),
    "no value": (
        asking(1, 0, [4]), NOT_UNDERSTOOD + "Expected `int` <= 3 - at `$.questions[0][2][0]`",
    ),
    "a boolean": (
        asking(1, 0, [True]),
        NOT_UNDERSTOOD + "Expected `int`, got `bool` - at `$.questions[0][2][0]`",
    ),
    "no side": (
        asking(1, 2, [1]), NOT_UNDERSTOOD + "Expected `int` <= 1 - at `$.questions[0][1]`",
    ),
    "an unknown member": (
        asking(1, 0, [1], more=1), NOT_UNDERSTOOD + "Object contains unknown field `more`",
    ),
    "rules again": (frames.encode(RULES), "the rules are there already"),
}  # fmt: skip


@pytest.mark.parametrize("which", REFUSED)
def test_what_is_no_question_never_reaches_the_library(patient, which: str) -> None:
    frame, reason = REFUSED[which]
    assert said(patient, frame) == Refused(reason)
    assert patient.ask(Ask(2, [Question(1, 0, [1])])) == [True]


def test_rules_that_are_not_safe_are_refused() -> None:
    twice = Setup([Rule(1, [[(0, 1), (0, 1)]], [])])
    with pytest.raises(Unavailable, match="a case names an attribute twice"):
        Child(twice)


def noise(chance: random.Random, depth: int = 0):
    """Anything MessagePack can say."""
    kinds = 12 if depth < 4 else 8
    match chance.randrange(kinds):
        case 0:
            return chance.choice((None, True, False))
        case 1:
            return chance.choice((0, 1, 2, 3, 4, -1, 2**31, 2**63 - 1, -(2**63), 250))
        case 2:
            return chance.choice((0.5, float("inf"), float("nan"), 1e16, -0.0))
        case 3:
            return chance.choice(("", "ask", "setup", "a0", "\ud7ff中", "$s", "x" * 70_000))
        case 4:
            return chance.randbytes(chance.randrange(20))
        case 5 | 6 | 7:
            return chance.randrange(6)
        case 8 | 9:
            return [noise(chance, depth + 1) for _ in range(chance.randrange(5))]
    keys = ("type", "number", "questions", "rules", "id", "sid")
    return {chance.choice(keys): noise(chance, depth + 1) for _ in range(chance.randrange(5))}


def malformed(chance: random.Random) -> bytes:
    """Bytes, documents, and questions that are nearly right."""
    match chance.randrange(4):
        case 0:
            return chance.randbytes(chance.randrange(60))
        case 1:
            return frames.encode(noise(chance))
        case 2:
            questions = [
                [chance.choice((0, 1, 2, noise(chance))), chance.choice((0, 1, noise(chance))),
                 [chance.choice((0, 1, 2, 3, noise(chance))) for _ in range(chance.randrange(4))]]
                for _ in range(chance.randrange(4))
            ]  # fmt: skip
            number = chance.choice((1, noise(chance)))
            return frames.encode({"type": "ask", "number": number, "questions": questions})
    whole = bytearray(frames.encode(Ask(1, [Question(0, 0, [2, 3]), Question(1, 0, [1])])))
    for _ in range(chance.randrange(1, 4)):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    return bytes(whole[: chance.choice((len(whole), chance.randrange(len(whole))))])


def test_a_hundred_thousand_malformed_frames_end_nothing(child) -> None:
    """Fewer of them in CI."""
    chance, number = random.Random(20261129), examples(3_000, 100_000)
    kinds = {Refused: 0, Answers: 0, Ready: 0}
    for _ in range(number):
        kinds[type(said(child, malformed(chance)))] += 1
    assert kinds[Refused] > number * 0.8
    assert kinds[Ready] == 0
    assert child.process.poll() is None
    assert child.ask(Ask(2, [Question(0, 0, [2, 3])])) == [True]


def test_a_hundred_thousand_sets_of_rules_are_refused_or_taken() -> None:
    """Rules come from `plan`; but were they spoilt, the library would not see them."""
    chance = random.Random(7)
    valid = bytearray(frames.encode(RULES))
    taken = 0
    for _ in range(examples(3_000, 100_000)):
        spoilt = bytearray(valid)
        for _ in range(chance.randrange(1, 4)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            taken += isinstance(frames.read_request(bytes(spoilt)), Setup)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    assert taken < examples(3_000, 100_000)


# --- how it ends --------------------------------------------------------------------------------


def test_it_ends_when_nobody_can_ask_any_more(child) -> None:
    child.connection.close()
    assert child.process.wait(60) == 0


def test_a_reply_that_nobody_waits_for_is_no_fault(child) -> None:
    child.connection.send_bytes(frames.encode(Ask(1, [Question(1, 0, [1])] * 200)))
    child.connection.close()
    assert child.process.wait(60) == 0


def test_it_ends_with_its_parent() -> None:
    """Also where the other end of the pipe is still held by somebody."""
    ours, theirs = Pipe()
    with theirs:
        code = (
            "import subprocess, sys\n"
            f"p = subprocess.Popen([sys.executable, '-m', {MODULE!r}, sys.argv[1]],"
            " pass_fds=[int(sys.argv[1])])\n"
            "print(p.pid, flush=True)\n"
            "sys.stdin.read()\n"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
    ours.send_bytes(frames.encode(RULES))
    assert ours.poll(60)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while _lives(orphan):
        assert time.monotonic() < deadline, "it outlived its parent"
        time.sleep(0.05)
    parent.stdout.close()
    ours.close()


def _lives(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_fault_of_the_library_ends_it() -> None:
    """An exception that is not `MessageNotHandledException` is never answered as a no."""
    code = (
        "import sys\n"
        "from remit_engine.watch.durable import bench, child\n"
        "def holds(self, q): raise Exception('Could not assert event, error code: 303')\n"
        "bench.Bench.holds = holds\n"
        "child.main()\n"
    )
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stderr=subprocess.PIPE,
        )
    ours.send_bytes(frames.encode(RULES))
    assert ours.poll(60)
    assert frames.read_reply(ours.recv_bytes()) == Ready()
    ours.send_bytes(frames.encode(Ask(1, [Question(1, 0, [1])])))
    assert process.wait(60) == 1
    with pytest.raises(EOFError):
        ours.recv_bytes()
    assert process.stderr is not None
    assert b"error code: 303" in process.stderr.read()
    process.stderr.close()
    ours.close()


def test_a_child_that_died_is_told_with_its_signal(child) -> None:
    os.kill(child.process.pid, signal.SIGSEGV)
    with pytest.raises(Lost, match=r"it died \(signal 11\)"):
        child.ask(Ask(1, [Question(1, 0, [1])]))
