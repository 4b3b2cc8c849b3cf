"""The doors of the parser: text to a syntax tree and the faults found on the way."""

from __future__ import annotations

from dataclasses import replace

from remit_dsl.diagnostics import Diagnostic, Related, ordered
from remit_dsl.lexing.lexer import Lexer, TooDeep
from remit_dsl.lexing.tokens import MOST_FAULTS, Reading
from remit_dsl.parsing import recovery
from remit_dsl.parsing.automaton import Automaton
from remit_dsl.source import Source, Span
from remit_dsl.syntax import File

LARGEST = 8 * 2**20
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """The tree of a policy text, and every fault in it.

    Never raises on what a user wrote. Declarations and statements without a fault are in the tree
    even when others have one.
    """
    reading = Reading(source)
    try:
        tree = _plain(reading)
        if tree is None:
            reading = Reading(source)
            tree = recovery.parse(reading)
    except TooDeep:
        tree = File(source.span(0, 0), None, (), ())
    _check_order(tree, reading)
    whole = source.span(0, len(source.text))
    found = _not_too_many(ordered(reading.faults))
    return replace(tree, span=whole, comments=tuple(reading.comments)), found


def decode(name: str, data: bytes) -> tuple[Source | None, list[Diagnostic]]:
    """The text of a file, or the fault that keeps it from being one."""
    if len(data) > LARGEST:
        size = f"{len(data) / 2**20:.1f} MiB"
        message = f"the file has {size}; a policy file has at most {LARGEST >> 20} MiB"
        return None, [
            Diagnostic(
                Span(name, 1, 1, 0, 0), "E0002", message, "split it, and join the parts with `use`"
            )
        ]
    if data.startswith(_WIDE_MARKS) or data[:2000].count(0) > len(data[:2000]) // 4:
        return None, [_not_utf8(name, data, 0, "the file looks like UTF-16; save it as UTF-8")]
    try:
        return Source(name, data.decode("utf-8").removeprefix("\ufeff")), []
    except UnicodeDecodeError as error:
        return None, [_not_utf8(name, data, error.start, _encoding_help(data))]


def _not_utf8(name: str, data: bytes, at: int, help: str) -> Diagnostic:
    before = data[:at].decode("utf-8", "replace")
    place = Source(name, before).span(len(before), len(before))
    message = f"byte {at + 1} of the file (0x{data[at]:02X}) is not UTF-8"
    return Diagnostic(replace(place, end=place.end + 1), "E0001", message, help)


def _encoding_help(data: bytes) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return "save the file as UTF-8"
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        return "the file looks like GBK; save it as UTF-8"
    return "save the file as UTF-8"


def _plain(reading: Reading) -> File | None:
    """The tree of a text without syntax faults, else None."""
    automaton = Automaton()
    feed = automaton.feed
    for token in Lexer(reading).pieces():
        if token.type == "$END":
            tree: File | None = automaton.finish(token)
            return tree
        if not feed(token):
            return None
    return None


def _not_too_many(faults: list[Diagnostic]) -> list[Diagnostic]:
    if len(faults) <= MOST_FAULTS:
        return faults
    last = faults[MOST_FAULTS - 1].span
    more = f"there are more than {MOST_FAULTS} faults; the rest is not shown"
    return [*faults[:MOST_FAULTS], Diagnostic(last, "E0004", more, "repair these first")]


def _check_order(tree: File, reading: Reading) -> None:
    """The header stands first and once, `use` before the declarations."""
    first = tree.declarations[0].span.start if tree.declarations else len(reading.source.text)
    for use in tree.uses:
        if use.span.start > first:
            reading.fault(
                "E0054",
                use.span,
                "`use` stands before the declarations",
                "move it under the `policy` header",
            )
    first = min([first, *(use.span.start for use in tree.uses)])
    for header in reading.headers[:1]:
        if header.start > first:
            help = "move it to the top of the file"
            header.fault("E0054", "the `policy` header stands first", help)
        for again in reading.headers[1:]:
            message, help = "a file has one `policy` header", "put the second into its own file"
            again.fault("E0054", message, help, Related(header.span, "the first header"))
