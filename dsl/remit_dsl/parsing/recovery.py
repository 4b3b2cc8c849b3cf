"""Reading on after a fault: one fault a mistake, and everything sound is still in the tree.

At a fault the parse either mends one word (a misspelt keyword) and goes on, or unwinds to the
innermost block whose items can be found again and skips to the next item or to the block's end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from remit_dsl.lexing import braces
from remit_dsl.lexing.lexer import Lexer
from remit_dsl.lexing.tokens import MOST_FAULTS, Reading, Token
from remit_dsl.parsing import parse_errors
from remit_dsl.parsing.automaton import UNREAD, Automaton, can_shift
from remit_dsl.parsing.items import ITEMS, begins
from remit_dsl.parsing.scene import Edit, Scene
from remit_dsl.source import NOWHERE
from remit_dsl.syntax import File

_REMEMBERED = 400


@dataclass(slots=True)
class _Mark:
    """The stacks as they were when an item began, to go back to."""

    index: int
    states: list[int]
    values: list[Any]
    siblings: int


def parse(reading: Reading) -> File:
    """The tree of a text that has syntax faults."""
    tokens = braces.mend(list(Lexer(reading).pieces()))
    return _Recovery(reading, tokens).run()


class _Recovery:
    def __init__(self, reading: Reading, tokens: list[Token]) -> None:
        self.reading = reading
        self.tokens = tokens
        self.automaton = Automaton()
        self.levels = _levels(self.automaton)
        self.before: deque[tuple[int, list[int]]] = deque(maxlen=_REMEMBERED)
        self.mark = _Mark(0, list(self.automaton.states), [], 0)
        self.earlier = self.mark
        self.edited: set[int] = set()
        self.ended = False
        self.seen: set[tuple[int, int]] = set()

    def run(self) -> File:
        index = 0
        while True:
            token = self.tokens[index]
            if self._stands(token):
                if token.type == "$END":
                    tree: File = self.automaton.finish(token)
                    return tree
                self._feed(index, token)
                index += 1
            elif len(self.reading.faults) > MOST_FAULTS or (token.type == "$END" and self.ended):
                return self._give_up()
            else:
                self.ended = token.type == "$END"
                index = self._recover(index)

    # --- going forward -----------------------------------------------------------------------

    def _stands(self, token: Token) -> bool:
        automaton = self.automaton
        if token.type in UNREAD:
            token.type = automaton.reading_of(token)
        return can_shift(automaton.rows, automaton.states, token.type)

    def _feed(self, index: int, token: Token) -> None:
        automaton = self.automaton
        self.before.append((index, list(automaton.states)))
        automaton.feed(token)
        if automaton.states[-2] in self.levels and token.type != "RBRACE":
            siblings = automaton.values[-2] if len(automaton.values) > 1 else None
            count = len(getattr(siblings, "children", ()))
            self.earlier = self.mark
            self.mark = _Mark(index, automaton.states[:-1], automaton.values[:-1], count)

    # --- at a fault ----------------------------------------------------------------------------

    def _recover(self, index: int) -> int:
        scene = self._scene(index)
        self._loosen(scene.token)
        edit = None
        if not self._already_told(scene):
            edit = parse_errors.tell(scene)
        if edit is not None and edit.index not in self.edited:
            return self._apply(edit)
        onward = self._skip(scene)
        if (index, onward) in self.seen:  # been here before: pass the place by
            self._unwind()
            return min(index + 1, len(self.tokens) - 1)
        self.seen.add((index, onward))
        return onward

    def _scene(self, index: int) -> Scene:
        """What there is to see at a fault: the item it is in, and what was found."""
        tokens, states = self.tokens, self.automaton.states
        level = self._level()
        cut = self._cuts_statement(level, index)
        start, found = (self.earlier if cut else self.mark).index, index
        line_start = index
        while line_start > start and not braces.is_first_on_line(tokens, line_start):
            line_start -= 1
        if start < line_start < index and begins(level, tokens, line_start):
            found = line_start  # the item before was not finished, and a new line began another
        elif cut:
            found = self.mark.index
        elif self._between_items(level) and braces.is_first_on_line(tokens, index):
            start = index
        if found != index:
            states = self._states_before(found) or states
        return Scene(
            self.automaton.rows, states, tokens, start, found, index, level, self._states_before
        )

    def _cuts_statement(self, level: str, index: int) -> bool:
        """Whether a stray word in mid-line passed for the beginning of the next statement."""
        start = self.mark.index
        return (
            level == "statement"
            and start == index - 1
            and self.earlier.index < start
            and not braces.is_first_on_line(self.tokens, start)
        )

    def _level(self) -> str:
        return self.levels[self.automaton.states[self._level_index()]]

    def _level_index(self) -> int:
        """Where on the stack the innermost block that is still open waits for its next item."""
        states, values = self.automaton.states, self.automaton.values
        closed = 0
        for index in range(len(states) - 1, 0, -1):
            above = values[index] if index < len(values) else None
            if isinstance(above, Token):
                closed += (above.type == "RBRACE") - (above.type == "LBRACE" and closed > 0)
            if not closed and states[index] in self.levels:
                return index
        return 0

    def _between_items(self, level: str) -> bool:
        closing = "$END" if level == "item" else "RBRACE"
        return can_shift(self.automaton.rows, self.automaton.states, closing)

    def _states_before(self, index: int) -> list[int] | None:
        return next((states for i, states in self.before if i == index), None)

    def _already_told(self, scene: Scene) -> bool:
        """Whether the same item has a fault already: it is then the cause of this one too."""
        start, end = self.tokens[scene.start].start, self.tokens[scene.at].end
        return any(start <= f.span.start <= end for f in self.reading.faults)

    def _apply(self, edit: Edit) -> int:
        """Put other tokens in the place of one, and go back to where the item began."""
        self.edited.add(edit.index)
        self.tokens[edit.index : edit.index + edit.removed] = edit.tokens
        if edit.here:
            return edit.index
        mark = self.mark if self.mark.index < edit.index else self.earlier
        self._go_back(mark)
        return mark.index

    def _go_back(self, mark: _Mark) -> None:
        automaton = self.automaton
        self.mark = self.earlier = mark
        automaton.stand(mark.states, mark.values)
        if mark.values and hasattr(mark.values[-1], "children"):
            del mark.values[-1].children[mark.siblings :]
        for index in range(mark.index, len(self.tokens)):
            token = self.tokens[index]
            if token.type == "$END" or index > mark.index + _REMEMBERED:
                break
            self._loosen(token)

    def _loosen(self, token: Token) -> None:
        """Let a word be read anew."""
        if token.text[:1].isidentifier() and token.type != "DOTTED" and type(token) is Token:
            token.type = "WORD"

    # --- skipping ------------------------------------------------------------------------------

    def _skip(self, scene: Scene) -> int:
        automaton, tokens = self.automaton, self.tokens
        in_head = scene.level == "item" and scene.start < scene.found == scene.at
        if in_head and can_shift(automaton.rows, automaton.states, "LBRACE"):
            brace = self._brace_ahead(scene.at)
            if brace is not None:
                return brace
        if self._cuts_statement(scene.level, scene.at):
            self._drop_cut_item()
        index, depth = max(scene.found, scene.start + 1), 0
        if scene.start == scene.at:
            index = scene.at + 1
        while True:
            token = tokens[index]
            level = self._level()
            if token.type == "$END":
                self._unwind_all()
                return index
            if depth == 0 and index > scene.start and begins(level, tokens, index):
                self._unwind()
                for again in tokens[index : scene.at + 1]:
                    self._loosen(again)
                return index
            if token.type == "RBRACE":
                if depth:
                    depth -= 1
                elif level != "item":
                    self._unwind()
                    if can_shift(automaton.rows, automaton.states, "RBRACE"):
                        return index
                    self._unwind_outer()
            elif token.type == "LBRACE":
                depth += 1
            index += 1

    def _brace_ahead(self, index: int) -> int | None:
        """The opening brace of this declaration, when its head is what is broken."""
        while self.tokens[index].type not in ("RBRACE", "$END"):
            if self.tokens[index].type == "LBRACE":
                return index
            index += 1
            if begins("item", self.tokens, index):
                return None
        return None

    def _drop_cut_item(self) -> None:
        """The fault began a new item in mid-line: the item before it was cut short by it."""
        mark = self.earlier
        if mark.index < self.mark.index and len(mark.states) <= len(self.mark.states):
            self._go_back(mark)

    def _unwind(self) -> None:
        """Back to where the innermost open block waits for its next item."""
        automaton = self.automaton
        index = self._level_index()
        del automaton.states[index + 1 :], automaton.values[index:]

    def _unwind_outer(self) -> None:
        self.automaton.states.pop()
        self.automaton.values.pop()
        self._unwind()

    def _unwind_all(self) -> None:
        self._unwind()
        while self._level() != "item":
            self._unwind_outer()

    def _give_up(self) -> File:
        self._unwind_all()
        tree: File | None = self.automaton.finish(self.tokens[-1])
        return tree or File(NOWHERE, None, (), ())


def _levels(automaton: Automaton) -> dict[int, str]:
    """States in which the next item of some block may begin, and which items those are."""
    found: dict[int, str] = {}
    for state, row in enumerate(automaton.rows):
        for item in ITEMS:
            if item in row:
                found[state] = item
    return found
