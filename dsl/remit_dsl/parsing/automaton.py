"""Driving the LALR tables that Lark computes, and deciding which words are keywords.

Lark builds the tables and the tree callbacks. The loop is our own because the reading of a word
depends on the parser's state, because recovery must see the stacks, and because single
productions (the expression ladder) are worth skipping.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import Lexer as LarkLexer
from lark.parsers.lalr_analysis import Shift

from remit_dsl.lexing import vocabulary
from remit_dsl.lexing.currencies import CODES
from remit_dsl.lexing.lexer import TooDeep
from remit_dsl.lexing.tokens import Token
from remit_dsl.parsing import lalr_cache
from remit_dsl.parsing.tree_builder import TreeBuilder

# Types of tokens whose terminal the state of the parser decides.
UNREAD = frozenset({"WORD", "FAT_ARROW", "NUMERAL"})

# A stack that grew beyond this is nested far deeper than any tree that is accepted.
DEEPEST_STACK = 5_000

_TOO_DEEP = "give the inner parts names with `define`"
_HEADS = frozenset({"WATCH", "BANDS"})

Callback = Callable[[list[Any]], Any]


@dataclass(frozen=True, slots=True)
class Reduction:
    """A production: how many values it takes, what it makes; no `build` for a single one."""

    size: int
    origin: str
    build: Callback | None


@dataclass(frozen=True, slots=True)
class Table:
    """The LALR table: per state, terminal or rule name to the next state or a reduction."""

    start: int
    rows: list[dict[str, int | Reduction]]
    keywords: dict[str, str]


class _NoLexer(LarkLexer):
    """Lark asks for a lexer; ours feeds the automaton itself."""

    __future_interface__ = 2

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        """Nothing: Lark's own loop is not used."""
        return iter(())


_lock = threading.Lock()
_table: list[Table] = []


def table() -> Table:
    """The table of the grammar, computed on first use."""
    with _lock:
        if not _table:
            _table.append(_compute())
        return _table[0]


def _compute() -> Table:
    grammar = Path(__file__).with_name("grammar.lark")
    builder = TreeBuilder()

    def made() -> Lark:
        return Lark(
            grammar.read_text(encoding="utf-8"),
            parser="lalr",
            lexer=_NoLexer,
            start="file",
            transformer=builder,
            maybe_placeholders=True,
        )

    lark = lalr_cache.kept(grammar, made, transformer=builder)
    conf = lark.parse_interactive().parser_state.parse_conf
    states: dict[int, dict[str, tuple[Any, Any]]] = conf.states
    reductions: dict[Any, Reduction] = {}
    rows: list[dict[str, int | Reduction]] = [{} for _ in range(len(states))]
    for state, actions in states.items():
        for name, (action, target) in actions.items():
            symbol = sys.intern(str(name))
            if action is Shift:
                rows[state][symbol] = target
            else:
                if target not in reductions:
                    reductions[target] = _reduction(target, conf.callbacks)
                rows[state][symbol] = reductions[target]
    return Table(conf.start_state, rows, _keywords(lark))


def _reduction(rule: Any, callbacks: Any) -> Reduction:
    size = len(rule.expansion)
    single = size == 1 and rule.alias is None and rule.options.expand1
    return Reduction(size, sys.intern(str(rule.origin.name)), None if single else callbacks[rule])


def _keywords(lark: Lark) -> dict[str, str]:
    words = set(_terminal_names(lark)) - vocabulary.CLASSES
    return {vocabulary.SPELLING.get(name, name.lower()): name for name in sorted(words)}


def _terminal_names(lark: Lark) -> Iterator[str]:
    for rule in lark.rules:
        for symbol in rule.expansion:
            if symbol.is_term:
                yield sys.intern(str(symbol.name))


class Automaton:
    """One parse in progress: the stacks, and the reading of words in the current state.

    heads: the words that tell what is being read, with their places on the stack; some of them may
    have left it since.
    """

    __slots__ = ("heads", "keywords", "rows", "states", "values")

    def __init__(self) -> None:
        tables = table()
        self.rows = tables.rows
        self.keywords = tables.keywords
        self.states: list[int] = [tables.start]
        self.values: list[Any] = []
        self.heads: list[tuple[int, Token]] = []

    def stand(self, states: list[int], values: list[Any]) -> None:
        """Go back to where the stacks were these."""
        self.states[:], self.values[:] = states, values
        self.heads = [
            (place, x)
            for place, x in enumerate(values)
            if isinstance(x, Token) and x.type in _HEADS
        ]

    def feed(self, token: Token) -> bool:
        """Take one token; False, with nothing taken, when it cannot stand here. Raises TooDeep.

        Reductions that the token triggered before it was refused stay done: they change no
        meaning, and the stacks remain those of a correct beginning.
        """
        states, values, rows = self.states, self.values, self.rows
        if token.type in UNREAD:
            token.type = self.reading_of(token)
        terminal = token.type
        while True:
            action = rows[states[-1]].get(terminal)
            if isinstance(action, int):
                if terminal in _HEADS:
                    self.heads.append((len(values), token))
                if len(states) > DEEPEST_STACK:
                    token.fault("E0003", "what stands here is nested too deep", _TOO_DEEP)
                    raise TooDeep
                states.append(action)
                values.append(token)
                return True
            if action is None:
                return False
            self.reduce(action)

    def finish(self, end: Token) -> Any:
        """The value of the whole text, None when it cannot end here."""
        while True:
            action = self.rows[self.states[-1]].get(end.type)
            if action is None:
                return None
            if isinstance(action, int):
                return self.values[-1]
            self.reduce(action)
            if action.origin == "file":
                return self.values[-1]

    def reduce(self, action: Reduction) -> None:
        """Replace the values of a production by what it makes."""
        states, values = self.states, self.values
        size = action.size
        if size == 1:
            states.pop()
            if action.build is not None:
                values[-1] = action.build([values[-1]])
        elif size:
            taken = values[-size:]
            del states[-size:], values[-size:]
            values.append(action.build(taken))  # type: ignore[misc]
        else:
            values.append(action.build([]))  # type: ignore[misc]
        states.append(self.rows[states[-1]][action.origin])  # type: ignore[arg-type]

    def reading_of(self, token: Token) -> str:
        """The terminal that a word is in this state: a keyword, a code, or a name."""
        row = self.rows[self.states[-1]]
        word, text = token.text, token.reading.source.text
        if token.type == "NUMERAL":
            many = "HOW_MANY" in row and self._watching() and vocabulary.counts(text, token.end)
            return "HOW_MANY" if many else "NUMERAL"
        if word in vocabulary.WATCHED and self._watching():
            watched = vocabulary.watched(word, text, token.end)
            if watched in row and can_shift(self.rows, self.states, watched):
                return watched
        keyword = self.keywords.get(word)
        if keyword is None:
            return self._plain_word(row, token)
        if word == "otherwise" and vocabulary.BEFORE_ARROW.match(text, token.end):
            keyword = "OTHERWISE_ROW"
        if word == "from" and vocabulary.BEFORE_MONTH.match(text, token.end):
            keyword = "FROM_MONTH" if "FROM_MONTH" in row else keyword
        if "NAME" not in row:
            return keyword
        if keyword not in row:
            return keyword if word in vocabulary.RESERVED else "NAME"
        if not can_shift(self.rows, self.states, "NAME"):
            return keyword
        if vocabulary.keyword_meant(word, text, token.end) and can_shift(
            self.rows, self.states, keyword
        ):
            return keyword
        return keyword if word in vocabulary.RESERVED else "NAME"

    def _watching(self) -> bool:
        """Whether the item being read is a watch, outside of the rows of `bands`."""
        values = self.values
        self.heads = [(n, x) for n, x in self.heads if n < len(values) and values[n] is x]
        if not any(x.type == "WATCH" for _, x in self.heads):
            return False
        last = values[-1]
        just_closed = isinstance(last, Token) and last.type == "RBRACE"
        return sum(x.type == "BANDS" for _, x in self.heads) == just_closed

    def _plain_word(self, row: dict[str, int | Reduction], token: Token) -> str:
        word = token.text
        if token.type == "FAT_ARROW":
            arrow = "ARROW" in row and can_shift(self.rows, self.states, "ARROW")
            meant = "->" if arrow else ">="
            token.fault("E0023", "`=>` is not an operator here", f"write `{meant}`")
            return "ARROW" if arrow else "CMP"
        if word in CODES and "CURRENCY_CODE" in row:
            return "CURRENCY_CODE"
        if (
            word in vocabulary.LANGUAGES
            and "LANG" in row
            and vocabulary.BEFORE_TEXT.match(token.reading.source.text, token.end)
        ):
            return "LANG"
        return "NAME"


def can_shift(rows: list[dict[str, int | Reduction]], states: list[int], terminal: str) -> bool:
    """Whether `terminal` can really stand next: LALR look-aheads alone promise too much."""
    popped = len(states)
    pushed: list[int] = []
    while True:
        action = rows[pushed[-1] if pushed else states[popped - 1]].get(terminal)
        if action is None:
            return False
        if isinstance(action, int):
            return True
        if action.origin == "file":
            return True
        over = action.size - len(pushed)
        if over > 0:
            pushed.clear()
            popped -= over
        elif action.size:
            del pushed[-action.size :]
        target = rows[pushed[-1] if pushed else states[popped - 1]][action.origin]
        if isinstance(target, int):
            pushed.append(target)
