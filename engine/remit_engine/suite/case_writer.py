"""Cases of a test suite, written: what was asked, and what is answered today."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from remit_engine.analysis.answer import Asked
from remit_engine.people.directory import Directory
from remit_engine.reading.request_document import request_document
from remit_engine.rules.ir import Model

WIDEST = 100
_WORD = re.compile(r"[^\W\d_][\w.]*(?: [\w.]+)*")
_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+|/[0-9]+)?(?:%| days?| months?)|-?[0-9]+/[0-9]+")
_NOT_TEXT = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_UNSAFE = re.compile(
    "[^\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def case_text(
    name: str,
    asked: Sequence[Asked],
    model: Model,
    directory: Directory | None = None,
    remark: str | None = None,
) -> str:
    """A case for each request, ready for the `cases` of a suite without defaults.

    remark: a sentence above, such as what is wrong with these answers.
    """
    said = _visible(" ".join((remark or "").split()))
    lines = [f"# {said}"] if said else []
    for title, one in zip(_titles(name, asked), asked, strict=True):
        lines += _case(title, one, model, directory)
    return "".join(f"{line}\n" for line in lines)


def _titles(name: str, asked: Sequence[Asked]) -> Iterator[str]:
    """The name for one; of several each with its actor, and numbered where that is not enough."""
    name = name.replace("{", "(").replace("}", ")")
    titles = [f"{name} by {a.request.actor.shown}" if len(asked) > 1 else name for a in asked]
    shared = Counter(titles)
    for number, title in enumerate(titles, 1):
        yield f"{title} ({number})" if shared[title] > 1 else title


def _case(title: str, asked: Asked, model: Model, directory: Directory | None) -> Iterator[str]:
    yield f"- name: {_flow(title)}"
    document = request_document(asked.request, model, directory)
    for member, value in document.items():
        line = f"  {member}: {_flow(value)}"
        if len(line) <= WIDEST or not isinstance(value, Mapping):
            yield line
        else:
            yield f"  {member}:"
            yield from (f"    {_key(k)}: {_flow(v)}" for k, v in value.items())
    yield f"  expect: {{outcome: {asked.outcome.value}}}"


def _flow(value: Any) -> str:
    """A value on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value:_}" if abs(value) >= 10_000 else str(value)
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Mapping():
            return f"{{{', '.join(f'{_key(k)}: {_flow(v)}' for k, v in value.items())}}}"
        case list():
            return f"[{', '.join(_flow(v) for v in value)}]"
    return _text(str(value))


def _key(name: str) -> str:
    """The name of a member, where a word such as `on` is nothing else."""
    return name if _WORD.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """As it stands where every reader of YAML takes it as text, else in quotes."""
    bare = _WORD.fullmatch(text) and text.lower() not in _NOT_TEXT and len(text) < WIDEST
    if bare or _AMOUNT.fullmatch(text):
        return text
    return _visible(json.dumps(text, ensure_ascii=False))


def _visible(text: str) -> str:
    """Without characters that YAML does not take as they are."""
    return _UNSAFE.sub(lambda found: _escaped(ord(found[0])), text)


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
