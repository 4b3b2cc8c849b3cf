"""Which matcher serves: the one asked for, or the best that this machine has."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from remit_engine.watch.durable.matcher import Durable
from remit_engine.watch.durable.process import Unavailable
from remit_engine.watch.matching import Matcher
from remit_engine.watch.plain import Plain
from remit_engine.watch.rulesets import Ruleset

PLAIN, DURABLE = "plain", "durable"
NAMES = (PLAIN, DURABLE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """name: `plain` or `durable`. said: what people are told about it, one sentence each."""

    name: str
    matcher: Matcher
    said: tuple[str, ...] = ()


def choose(rulesets: Mapping[str, Ruleset], asked: str | None = None) -> Chosen:
    """The matcher of that name; of none, `durable` where it works, else `plain`, and it is said.

    Raises `Unavailable` where `durable` is asked for and does not work, a ValueError for another
    name.
    """
    if asked is not None and asked not in NAMES:
        raise ValueError(f"there is no matcher `{asked}`: it is {' or '.join(NAMES)}")
    if asked == PLAIN:
        return Chosen(PLAIN, Plain(rulesets))
    try:
        return _durable(rulesets)
    except Unavailable as fault:
        if asked == DURABLE:
            raise
        return Chosen(PLAIN, Plain(rulesets), (f"rules are matched by `plain`: {fault}",))


def missing() -> str | None:
    """Why durable-rules cannot serve here, as far as that is seen without starting it."""
    if os.name != "posix":
        return "durable-rules is used on Linux and macOS only"
    if find_spec("durable") is None:
        cure = "install `remit[durable]`, which needs a C compiler"
        if sys.version_info >= (3, 13):
            cure = "it does not run on Python 3.13 or later"
        return f"durable-rules is not installed ({cure})"
    return None


def _durable(rulesets: Mapping[str, Ruleset]) -> Chosen:
    why = missing()
    if why is not None:
        raise Unavailable(why)
    matcher = Durable(rulesets)
    left = (
        f"rule `{rule}` is matched by `plain`: {reason}"
        for (_, rule), reason in matcher.tally.left.items()
    )
    return Chosen(DURABLE, matcher, tuple(left))
