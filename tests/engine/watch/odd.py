"""Entries, lines and texts of watches as they should not be: what is odd about them is random."""

from __future__ import annotations

import json
import os
import re
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from engine.generators import NIGHTLY

TIMES = int(os.environ.get("REMIT_ODD", "20" if NIGHTLY else "1"))
"""How many times as much as in CI; 50 makes more than a hundred thousand."""

COLLIDING = ("c-8yn0iYCKYHlIj4-BwPqk", "c-GReLUrM4wMqfg9yzV3KQ")
"""Two ids that are alike under the 32-bit hash (FNV-1a) of the library that matches."""
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, -(10**30), 2**63, 10**400, 0.0, -0.0, 0.1, 1e308, 5e-324,
    float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("1e999999"), Fraction(1, 3),
    "", " ", "c-1 ", "\x00", "\u202e", "\ud800", "e\u0301", "é", "NaN", "1e5", "-", "true",
    "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "2026-3-1", "20260301", "2026-03-01T00",
    "٢٠٢٦-٠٣-٠١", "x" * 199, "x" * 201, "客户", [], {}, [[]], [None], {"id": None}, {"id": []},
    {"id": "c-1", "id2": 1}, {"": 0}, {1: 2}, (1,), {1, 2}, b"c-1", object, *COLLIDING,
)  # fmt: skip
LONG = "y" * 1_000_000
NAMES = ("id", "kind", "on", "entry", "facts", "customer", "date", "amount", "", "\u200b", "a.b")


def entry(random: Random, document: dict[str, Any]) -> Any:
    """An entry with one to three things wrong, or odd, about it."""
    found: Any = deepcopy(document)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if not isinstance(found, dict) or random.random() < 0.01:
            return value(random)
        _one(random, found)
    return found


def _one(random: Random, found: dict[Any, Any]) -> None:
    inner = [v for v in found.values() if isinstance(v, dict)]
    where = random.choice(inner) if inner and random.random() < 0.4 else found
    names = list(where)
    match random.randrange(6):
        case 0 if names:
            del where[random.choice(names)]
        case 1:
            where[random.choice(NAMES)] = value(random)
        case 2 if len(names) > 1:
            one, other = random.sample(names, 2)
            where[one], where[other] = where[other], where[one]
        case 3 if names:
            name = random.choice(names)
            where[name] = {name: where[name]} if random.random() < 0.5 else [where[name]]
        case _ if names:
            where[random.choice(names)] = value(random)


def value(random: Random) -> Any:
    """Something that no fact is, or is only just."""
    if random.random() < 0.002:
        return LONG
    if random.random() < 0.01:
        return deep(random.choice((3, 50, 3_000)))
    return random.choice(VALUES)


def deep(depth: int) -> Any:
    """Records in records."""
    found: Any = 1
    for _ in range(depth):
        found = {"id": found}
    return found


def line(random: Random, document: dict[str, Any]) -> bytes:
    """A line of JSON that was damaged on the way; it has no line break."""
    raw = json.dumps(document, ensure_ascii=random.random() < 0.5).encode()
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(raw) + 1)
        match random.randrange(5):
            case 0:
                raw = raw[:at]
            case 1:
                raw = raw[:at] + random.choice(PIECES) + raw[at:]
            case 2:
                raw = raw[:at] + raw[at + random.randrange(1, 9) :]
            case 3:
                raw = raw[:at] + bytes([random.randrange(256)]) + raw[at + 1 :]
            case _:
                piece = b": " + random.choice(PIECES)
                raw = re.sub(rb": [^,}]+", lambda _, piece=piece: piece, raw, count=1)
    return raw.replace(b"\n", b" ")


PIECES = (
    b"NaN", b"Infinity", b"1e999", b"1" * 5_000, b"-0", b"{" * 200, b"[" * 200, b"}", b'"', b"\\",
    b"\\u0000", b"\\ud800", b"\xff\xfe", b"\xc0\xaf", b"\x00", b"/**/", b",,", b"'",
    b"\xef\xbb\xbf", b'"id": 1, "id": 2', b"0x1f", b"01", b"1.", b".5", b"\r", b"\xe2\x80\xa8",
)  # fmt: skip
TOKENS = re.compile(r"\w+|[^\w\s]|\s+")
WORDS = (
    "when", "until", "stays", "within", "followed by", "by", "where", "count of", "sum of", "over",
    "freeze", "require", "notify", "raise", "critical", "an", "after", "days", "months", "as_of",
    "duty", "watch", "on", "with", "at once after", "daily", "weekly by", "and", "not", "(", ")",
    "{", "}", "=", "%", "of", "0", "1", "-1", "999999999999", "0.5", '"', "\u200b", "。", "客户",
    "\x00", "99999 days", "0 days", "0 months", "2026-02-30", "unpaid", "is given", "in",
    "bands of",
)  # fmt: skip


def text(random: Random, written: str) -> str:
    """A text in which a few words were lost, doubled, swapped or put in."""
    words = TOKENS.findall(written)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        at = random.randrange(len(words))
        match random.randrange(5):
            case 0:
                del words[at : at + random.choice((1, 1, 2, 9))]
            case 1:
                words.insert(at, words[at])
            case 2:
                other = random.randrange(len(words))
                words[at], words[other] = words[other], words[at]
            case 3:
                words[at] = random.choice(WORDS)
            case _:
                words.insert(at, f" {random.choice(WORDS)} ")
        if not words:
            return ""
    return "".join(words)
