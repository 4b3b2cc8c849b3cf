"""The doors of the parser: text to a syntax tree and the faults found on the way."""

from __future__ import annotations

from dataclasses import replace

from remit_dsl import recovery
from remit_dsl.automaton import Automaton
from remit_dsl.diagnostics import Diagnostic, ordered
from remit_dsl.lexer import Lexer, TooDeep
from remit_dsl.source import Source
from remit_dsl.syntax import File
from remit_dsl.tokens import Reading


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
    whole = source.span(0, len(source.text))
    return replace(tree, span=whole, comments=tuple(reading.comments)), ordered(reading.faults)


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
