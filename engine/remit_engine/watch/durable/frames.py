"""What the two processes say to one another: frames of MessagePack, checked as they are read."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from remit_engine.compile.to_durable import KNOWN, MOST_ATTRIBUTES, MOST_CASES, VALUES

MOST_QUESTIONS = 250
"""Of one frame, so that it fits into the buffer of a pipe and nobody waits in writing."""
MOST_RULES = 10_000

Number = Annotated[int, Meta(ge=0, lt=MOST_ATTRIBUTES)]
Mask = Annotated[int, Meta(gt=0, le=KNOWN)]
Value = Annotated[int, Meta(ge=0, lt=VALUES)]
Cases = Annotated[
    list[Annotated[list[tuple[Number, Mask]], Meta(max_length=MOST_ATTRIBUTES)]],
    Meta(max_length=MOST_CASES),
]


class WireRule(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """See `to_durable.definition`."""

    attributes: Annotated[int, Meta(ge=0, le=MOST_ATTRIBUTES)]
    idle: Cases
    open: Cases


class Setup(Struct, frozen=True, tag="setup", forbid_unknown_fields=True):
    """The first frame: the rules that are asked by their number from then on."""

    rules: Annotated[list[WireRule], Meta(max_length=MOST_RULES)]


class Question(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """rule: its number. side: 1 while its alert is open. values: one for each attribute."""

    rule: Annotated[int, Meta(ge=0, lt=MOST_RULES)]
    side: Annotated[int, Meta(ge=0, le=1)]
    values: Annotated[list[Value], Meta(max_length=MOST_ATTRIBUTES)]


class Ask(Struct, frozen=True, tag="ask", forbid_unknown_fields=True):
    """number: the answer has the same."""

    number: Annotated[int, Meta(ge=0)]
    questions: Annotated[list[Question], Meta(max_length=MOST_QUESTIONS)]


class Ready(Struct, frozen=True, tag="ready", forbid_unknown_fields=True):
    """To `Setup`."""


class Answers(Struct, frozen=True, tag="answers", forbid_unknown_fields=True):
    """Whether each question is true."""

    number: int
    true: list[bool]


class Refused(Struct, frozen=True, tag="refused", forbid_unknown_fields=True):
    """To a frame that is not understood, and to a `Setup` that cannot be: the library never saw
    it."""

    reason: str


Request = Setup | Ask
Reply = Ready | Answers | Refused

encode = msgspec.msgpack.Encoder().encode
read_request = msgspec.msgpack.Decoder(Request).decode
"""Raises `msgspec.DecodeError` (of which `ValidationError` is one)."""
read_reply = msgspec.msgpack.Decoder(Reply).decode
