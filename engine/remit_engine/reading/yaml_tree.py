"""YAML with places: every value knows where it stands, numbers stay exact, nothing is executed.

Plain words are read as in YAML 1.2: `yes`, `on` and `0123` are text. Numbers are whole or
decimal (`200_000`, `0.12`); `1e400`, `.nan` and `.inf` are text, so they fail where a number is
expected. A date is `2026-03-01`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.source import Span

LARGEST_FILE = 16 * 1024 * 1024
DEEPEST = 100
MOST_REPEATED = 100_000
"""How many values all aliases of a file may stand for together."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)?\.[0-9]+(?:_[0-9]+)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.length = len(text)
        lines = text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in lines[:-1])]

    def span(self, start: int, end: int) -> Span:
        """The span of two offsets."""
        line = bisect_right(self.starts, start)
        return Span(self.name, line, start - self.starts[line - 1] + 1, start, end)


_NO_KEYS: Mapping[str, Node] = MappingProxyType({})


class Node:
    """A value at its place: None, bool, int, Decimal, date, str, a tuple or a dict of nodes.

    raw: a scalar as written. keys: for a mapping, the nodes of its keys. size: how many values
    it stands for. Not changed once made.
    """

    __slots__ = ("_end", "_lines", "_start", "keys", "raw", "size", "value")

    def __init__(
        self,
        lines: Lines,
        place: tuple[int, int],
        value: Any,
        raw: str = "",
        keys: Mapping[str, Node] = _NO_KEYS,
        size: int = 1,
    ) -> None:
        self._lines = lines
        self._start, self._end = place
        self.value = value
        self.raw = raw
        self.keys = keys
        self.size = size

    @property
    def span(self) -> Span:
        """The place in the text."""
        return self._lines.span(self._start, self._end)

    @property
    def place(self) -> tuple[int, int]:
        """The place as offsets."""
        return self._start, self._end

    def at(self, path: tuple[str | int, ...]) -> Node:
        """The node at a path below this one, or the nearest one above it that exists."""
        node = self
        for step in path:
            match step, node.value:
                case str(), dict() if step in node.value:
                    node = node.value[step]
                case int(), tuple() if 0 <= step < len(node.value):
                    node = node.value[step]
                case _:
                    return node
        return node

    @property
    def items(self) -> tuple[Node, ...]:
        """The elements of a list; none for anything else."""
        return self.value if isinstance(self.value, tuple) else ()


def plain(node: Node) -> Any:
    """The value without places."""
    match node.value:
        case dict():
            return {key: plain(value) for key, value in node.value.items()}
        case tuple():
            return [plain(item) for item in node.value]
    return node.value


def read_yaml_file(path: Path) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a file, or why it cannot be read."""
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        return None, [_of_file(name, "E0601", f"`{name}` cannot be read: {reason}")]
    if len(data) > LARGEST_FILE:
        return None, [_of_file(name, "E0604", f"`{name}` is larger than 16 MiB")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"`{name}` is not UTF-8 text (byte {error.start})"
        return None, [_of_file(name, "E0601", message)]
    return read_yaml(name, text)


def read_yaml(name: str, text: str) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a text; no tree when there is nothing in it or it is not YAML."""
    if len(text) > LARGEST_FILE:
        return None, [_of_file(name, "E0604", f"`{name}` is larger than 16 MiB")]
    composer = _Composer(name, text.removeprefix("\ufeff"))
    try:
        return composer.document(), composer.found
    except _StoppedError:
        return None, composer.found
    except yaml.YAMLError as error:
        return None, [*composer.found, composer.not_yaml(error)]
    except UnicodeError:
        message = f"`{name}` holds half a character (a lone surrogate)"
        return None, [_of_file(name, "E0601", message)]


def _of_file(name: str, code: str, message: str) -> Diagnostic:
    return Diagnostic(Span(name, 1, 1, 0, 0), code, message)


class _StoppedError(Exception):
    """The fault is in `found` already, and the rest cannot be read."""


class _Composer:
    """Makes nodes of parser events, within bounds."""

    def __init__(self, name: str, text: str) -> None:
        self.lines = Lines(name, text)
        self.found: list[Diagnostic] = []
        self.anchors: dict[str, Node | None] = {}
        self.repeated = 0
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))

    def fault(self, event: Any, code: str, message: str, help: str | None = None) -> None:
        """Note a fault at an event."""
        self.found.append(Diagnostic(self.lines.span(*_place(event)), code, message, help))

    def stop(self, event: Any, code: str, message: str, help: str | None = None) -> _StoppedError:
        """Note a fault after which nothing can be read."""
        self.fault(event, code, message, help)
        return _StoppedError()

    def not_yaml(self, error: yaml.YAMLError) -> Diagnostic:
        """What the parser says, at its place."""
        mark = getattr(error, "problem_mark", None)
        index = mark.index if mark is not None else getattr(error, "position", 0) or 0
        said = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        start = min(int(index), self.lines.length)
        message = f"this is not YAML: {str(said).lower()}"
        return Diagnostic(self.lines.span(start, start), "E0602", message)

    def document(self) -> Node | None:
        """The one document of the stream."""
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self.stop(event, "E0605", "a second document begins here")
                root = self.node(next(self.events), 0)
        return root

    def node(self, event: Any, depth: int) -> Node:
        """The node that begins with an event."""
        if depth > DEEPEST:
            raise self.stop(event, "E0604", f"values are nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if event.anchor:
            self.anchors[event.anchor] = None
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            self.fault(event, "E0605", f"the tag `{event.tag}` is not allowed", "leave it out")
        match event:
            case yaml.ScalarEvent():
                node = self.scalar(event)
            case yaml.SequenceStartEvent():
                node = self.sequence(event, depth)
            case _:
                node = self.mapping(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def alias(self, event: Any) -> Node:
        """What an alias stands for, as long as all of them together stay bounded."""
        if event.anchor not in self.anchors:
            raise self.stop(event, "E0605", f"there is no anchor `{event.anchor}`")
        target = self.anchors[event.anchor]
        if target is None:
            raise self.stop(event, "E0605", f"`*{event.anchor}` stands inside itself")
        self.repeated += target.size
        if self.repeated > MOST_REPEATED:
            message = f"aliases stand for more than {MOST_REPEATED:_} values"
            raise self.stop(event, "E0604", message)
        return target

    def scalar(self, event: Any) -> Node:
        untagged_plain = bool(event.implicit[0]) and event.tag is None
        value = _resolved(event.value) if untagged_plain else event.value
        return Node(self.lines, _place(event), value, event.value)

    def sequence(self, event: Any, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(after := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(after, depth + 1))
        place = self.around(event, after, items[0] if items else None)
        return Node(self.lines, place, tuple(items), size=1 + sum(i.size for i in items))

    def mapping(self, event: Any, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        while not isinstance(after := next(self.events), yaml.MappingEndEvent):
            key = self.node(after, depth + 1)
            value = self.node(next(self.events), depth + 1)
            self.member(key, value, values, keys)
        place = self.around(event, after, next(iter(keys.values()), None))
        size = 1 + sum(1 + v.size for v in values.values())
        return Node(self.lines, place, values, keys=keys, size=size)

    def around(self, event: Any, last: Any, first: Node | None) -> tuple[int, int]:
        """The whole of a collection in brackets; the first part of one laid out in lines."""
        if first is not None and not event.flow_style:
            return first.place
        return event.start_mark.index, last.end_mark.index

    def member(
        self, key: Node, value: Node, values: dict[str, Node], keys: dict[str, Node]
    ) -> None:
        """Add a member; a key that is no word, or is there already, is a fault."""
        if isinstance(key.value, dict | tuple) or not key.raw:
            self.found.append(Diagnostic(key.span, "E0605", "a key must be a word"))
        elif key.raw == "<<":
            self.found.append(
                Diagnostic(key.span, "E0605", "merge keys `<<` are not read", "write them out")
            )
        elif key.raw in values:
            first = f"the first one is on line {keys[key.raw].span.line}"
            self.found.append(Diagnostic(key.span, "E0603", f"`{key.raw}` is here twice", first))
        else:
            values[key.raw] = value
            keys[key.raw] = key


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _resolved(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 4000 or text[0] not in "-+.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if _DECIMAL.fullmatch(text):
        return Decimal(text.replace("_", ""))
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
