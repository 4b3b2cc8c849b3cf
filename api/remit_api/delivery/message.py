"""What is told of an alert, to programs and to people, in the language of the channel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from remit_api.delivery.channels import Channel, Mail
from remit_api.watching.document import happening_document
from remit_engine.people.directory import Directory
from remit_engine.rules.hold import Hold
from remit_engine.storage.alerts import Told
from remit_engine.storage.canonical import canonical
from remit_engine.storage.outbox import Message
from remit_engine.watch.alert import Happening, Turn

_WORDS = {
    "en": {
        "begun": "alert", "cleared": "over", "reopened": "alert again", "withdrawn": "withdrawn",
        "late": "told late", "because": "because", "owner": "owner", "began": "began",
        "ended": "ended", "compared": "compared", "holds": "held", "unknown": "unknown",
        "freeze": "nobody may {action} where {fact} is {key}",
        "require": "{action} needs {verb} by {position} where {fact} is {key}",
        "everybody": "anything: the key is not known",
    },
    "zh": {
        "begun": "警报", "cleared": "已解除", "reopened": "警报恢复", "withdrawn": "已撤回",
        "late": "补报", "because": "原因", "owner": "负责岗位", "began": "开始",
        "ended": "结束", "compared": "比较", "holds": "限制", "unknown": "未知",
        "freeze": "{fact}为{key}时，任何人不得办理{action}",
        "require": "{fact}为{key}时，{action}须由{position}{verb}",
        "everybody": "任意值（主体未知）",
    },
}  # fmt: skip
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Saying:
    """What happened, with its line of the history and what is held."""

    happening: Happening
    line: Told
    holds: tuple[Hold, ...]


def messages(
    said: Saying, channels: Iterable[Channel], directory: Directory
) -> tuple[Message, ...]:
    """One for each channel that wants it. An id is made of the line of the history and the
    channel."""
    alert = said.happening.alert
    return tuple(
        Message(
            id=f"{alert.id}:{said.line.edition}:{channel.name}",
            alert=alert.id,
            channel=channel.name,
            body=canonical(_document(said, channel, directory)),
        )
        for channel in channels
        if channel.wants(alert.severity)
    )


def _document(said: Saying, channel: Channel, directory: Directory) -> dict[str, Any]:
    happening, alert = said.happening, said.happening.alert
    document = {
        "id": f"{alert.id}:{said.line.edition}",
        **happening_document(happening, channel.language),
        "holds": [_hold(hold) for hold in said.holds],
    }
    if isinstance(channel, Mail):
        people = tuple(_people(happening, directory))
        found = [a for a in map(channel.address, people) if a is not None]
        document |= {
            "to": list(dict.fromkeys((*found, *channel.copies))),
            "without_address": [p for p in people if channel.address(p) is None],
            "subject": subject(happening, channel.language),
            "text": text(said, channel.language),
        }
    return document


def _hold(hold: Hold) -> dict[str, Any]:
    restraint = hold.restraint
    return {
        "id": hold.id,
        "kind": restraint.kind,
        "action": restraint.action,
        "fact": ".".join(restraint.fact),
        "key": hold.value,
        "verb": restraint.verb,
        "position": restraint.position,
    }


def _people(happening: Happening, directory: Directory) -> Iterable[str]:
    """Who holds the notified positions on the day it is told; of a duty also he who owed it."""
    alert = happening.alert
    if alert.kind == "duty":
        yield alert.subject
    for position in alert.notify:
        for party in directory.holders(position, happening.told):
            if party.person is not None:
                yield party.person


def subject(happening: Happening, language: str) -> str:
    """The subject of an e-mail, on one line: `[critical] alert: watch.credit_usage.full c-1`."""
    alert, words = happening.alert, _words(language)
    about = alert.subject if alert.row is None else f"{alert.subject} / {alert.row}"
    line = f"[{alert.severity}] {words[happening.turn]}: {alert.rule} {about}"
    return _BLANKS.sub(" ", line).strip()[:LONGEST_SUBJECT]


def text(said: Saying, language: str) -> str:
    """What people read."""
    alert, words = said.happening.alert, _words(language)
    lines = [subject(said.happening, language), ""]
    if alert.because is not None:
        lines.append(f"{words['because']}: {alert.because.localized(language)}")
    lines.append(f"{words['began']}: {alert.began}")
    if said.happening.turn is Turn.CLEARED and alert.cleared is not None:
        lines.append(f"{words['ended']}: {alert.cleared}")
    if alert.late:
        lines.append(f"{words['late']}: {said.happening.told}")
    if alert.owner is not None:
        lines.append(f"{words['owner']}: {_short(alert.owner)}")
    lines += [
        f"{words['compared']}: {c.text}: {c.left or words['unknown']}, "
        f"{c.right or words['unknown']}"
        for c in alert.compared
    ]
    lines += [f"{words['holds']}: {_held(hold, words)} ({hold.id})" for hold in said.holds]
    lines += ["", alert.id]
    return "\n".join(lines) + "\n"


def _held(hold: Hold, words: dict[str, str]) -> str:
    restraint = hold.restraint
    return words[restraint.kind].format(
        action=_short(restraint.action),
        fact=".".join(restraint.fact),
        key=words["everybody"] if hold.value is None else hold.value,
        verb=restraint.verb,
        position=_short(restraint.position or ""),
    )


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _words(language: str) -> dict[str, str]:
    return _WORDS.get(language, _WORDS["en"])


LANGUAGES: Sequence[str] = tuple(_WORDS)
