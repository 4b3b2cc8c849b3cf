"""The worker: what waits in the outbox is delivered, tried again, or given up and shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
from sqlalchemy.engine import Engine

from remit_api.delivery import mail, webhook
from remit_api.delivery.backoff import Backoff
from remit_api.delivery.channels import Channel, Mail, Undelivered, Webhook
from remit_engine.storage import outbox
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.outbox import Kept

MOST = 5
"""So many are claimed at once, so that all of them are tried before the claim is over."""
CLAIM = timedelta(seconds=180)
log = logging.getLogger("remit.delivery")


class Deliverer:
    """Delivers what one store holds. now: the moment, in UTC. chance: spreads the waits."""

    def __init__(
        self,
        store: Engine,
        channels: Iterable[Channel],
        now: Callable[[], datetime] | None = None,
        backoff: Backoff | None = None,
        chance: Random | None = None,
    ) -> None:
        self._store = store
        self._channels = {channel.name: channel for channel in channels}
        self._now = now or (lambda: datetime.now(UTC))
        self._backoff = backoff or Backoff()
        self._chance = chance or Random()

    def look(self) -> int:
        """Try all that is due now; how many were delivered."""
        count = 0
        while claimed := self._claimed():
            count += sum(self._tried(kept) for kept in claimed)
        return count

    def _claimed(self) -> list[Kept]:
        names, now = tuple(self._channels), self._now()
        with reading(self._store) as connection:
            if not outbox.any_due(connection, names, _written(now)):
                return []
        with writing(self._store) as connection:
            until = _written(now + CLAIM)
            return outbox.claim(connection, names, _written(now), until, MOST)

    def _tried(self, kept: Kept) -> bool:
        """One message; what is wrong with it stops no other."""
        message, channel = kept.message, self._channels[kept.message.channel]
        members = {"message": message.id, "channel": channel.name, "attempt": kept.attempts}
        try:
            self._deliver(channel, kept)
        except Undelivered as fault:
            self._failed(kept, fault)
            return False
        except Exception as fault:
            log.error("a message cannot be delivered", exc_info=fault, extra={"remit": members})
            self._failed(kept, Undelivered(type(fault).__name__))
            return False
        with writing(self._store) as connection:
            outbox.delivered(connection, kept, _written(self._now()))
        log.info("delivered", extra={"remit": members})
        return True

    def _deliver(self, channel: Channel, kept: Kept) -> None:
        id, body = kept.message.id, kept.message.body
        match channel:
            case Webhook():
                webhook.post(channel, id, body.encode(), self._now())
            case Mail():
                told = msgspec.json.decode(body)
                to, subject, text = told["to"], told["subject"], told["text"]
                mail.send(channel, id, to, subject, text, self._now())
            case _:
                log.warning("%s", body, extra={"remit": {"alert": msgspec.json.decode(body)}})

    def _failed(self, kept: Kept, fault: Undelivered) -> None:
        """Put off, or given up."""
        now, members = self._now(), {"message": kept.message.id, "attempt": kept.attempts}
        over = fault.lasting or self._backoff.over(kept.attempts)
        with writing(self._store) as connection:
            if over:
                outbox.given_up(connection, kept, str(fault), _written(now))
            else:
                wait = self._backoff.wait(kept.attempts, self._chance)
                next = now + max(wait, timedelta(seconds=fault.later))
                outbox.put_off(connection, kept, str(fault), _written(next))
        said = "given up" if over else "not delivered"
        log.log(
            logging.ERROR if over else logging.WARNING, "%s: %s", said, fault,
            extra={"remit": members},
        )  # fmt: skip


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
