"""The doors of the parser: text to a syntax tree and the faults found on the way."""

from __future__ import annotations

from dataclasses import replace

from remit_dsl import recovery
from remit_dsl.automaton import Automaton
from remit_dsl.diagnostics import Diagnostic, Related, ordered
from remit_dsl.lexer import Lexer, TooDeep
from remit_dsl.source import Source
from remit_dsl.syntax import File
from remit_dsl.tokens import MOST_FAULTS, Reading


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


def _plain(reading: Reading) -> File | None:
    """The tree of a text without syntax faults, else None."""
    automaton = Automaton()
    feed = automaton.feed
    for token in Lexer(reading).pieces():
        if token.type == "$END":
            return automaton.finish(token)
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
            reading.fault("E0054", use.span, "`use` stands before the declarations",
                          "move it under the `policy` header")
    header, *more = reading.headers or [None]
    first = min([first, *(use.span.start for use in tree.uses)])
    if header is not None and header.start > first:
        header.fault("E0054", "the `policy` header stands first", "move it to the top of the file")
    for again in more:
        if again is not None and header is not None:
            again.fault("E0054", "a file has one `policy` header",
                        "put the second policy into a file of its own",
                        Related(header.span, "the first header"))
