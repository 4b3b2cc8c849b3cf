"""What happens to alerts, kept in the transaction of what it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from remit_api.delivery.channels import Channel
from remit_api.delivery.message import Saying, messages
from remit_dsl.program import Program
from remit_engine.people.directory import Directory
from remit_engine.storage import alerts, outbox
from remit_engine.watch.alert import Happening, Turn
from remit_engine.watch.holding import holds_of


def keep(
    connection: Connection,
    happenings: Iterable[Happening],
    program: Program,
    directory: Directory,
    channels: Sequence[Channel],
    moment: str,
) -> int:
    """Keep alerts, what they hold, and the messages that tell of them, in a writing transaction;
    how many happenings were not kept before. moment: in UTC."""
    return sum(
        _kept(connection, happening, program, directory, channels, moment)
        for happening in happenings
    )


def _kept(
    connection: Connection,
    happening: Happening,
    program: Program,
    directory: Directory,
    channels: Sequence[Channel],
    moment: str,
) -> bool:
    begins = happening.turn in (Turn.BEGUN, Turn.REOPENED)
    held = holds_of(happening.alert, happening.told, program) if begins else ()
    line = alerts.keep(connection, happening, held, moment)
    if line is None:
        return False
    told = messages(Saying(happening, line, held), channels, directory)
    outbox.put(connection, told, moment)
    return True
