"""Words by which a request may name a thing, and that no longer mean what they meant.

A position, an action, a verb and a member of an enum are read by their labels, translations and
other names as well: such a word decides who or what is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit_dsl.program import Label, Program
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.analysis.answer import About
from remit_engine.analysis.difference.change import WORD, Change
from remit_engine.analysis.difference.texts import listed
from remit_engine.rules.ir import Model
from remit_engine.rules.names import Lookup, folded, names_of


def spoken_changes(old: Model, new: Model) -> Iterator[Change]:
    """Words that moved to another thing, to several, or to none. Those of what is gone and the new
    ones are told with the thing itself."""
    before, after = _lookups(old), _lookups(new)
    spelt = _spellings(old.program)
    for name in (n for n in before if n in after):
        (kind, one), (_, other) = before[name], after[name]
        left = {thing for things in other.exact.values() for thing in things}
        seen: set[tuple[object, ...]] = set()
        words = (*one.exact, *(spelt.get(w, w) for w in one.spoken), *one.spoken)
        for word in dict.fromkeys(words):
            meant, means = set(one.find(word)), set(other.find(word))
            moved = (word.casefold(), *sorted(meant), None, *sorted(means))
            if meant == means or means == meant & left or moved in seen:
                continue
            seen.add(moved)
            yield Change(
                subject=WORD,
                about=About(name=word),
                head=f"the word `{word}`",
                aspect=kind,
                old=_either(meant),
                new=_either(means) if means else None,
                old_place=_place(name, meant, old.program),
                new_place=_place(name, means or meant, new.program),
            )


def _lookups(model: Model) -> dict[str, tuple[str, Lookup]]:
    """What words may name: by a key of its own the kind of thing, and the words for it."""
    names = names_of(model)
    enums = {f"enum {name}": (short(name), found) for name, found in names.enums.items()}
    return {
        "position": ("position", names.positions),
        "action": ("action", names.actions),
        "verb": ("verb", names.verbs),
        **enums,
    }


def _either(things: Iterable[str]) -> str:
    """Several things with their full names where the short ones are the same."""
    full = sorted(things)
    brief = list(dict.fromkeys(map(short, full)))
    return listed(brief if len(brief) == len(full) else full)


def _place(name: str, things: Iterable[str], program: Program) -> Span | None:
    """Where the first of several things is declared; a member with its enum, a verb nowhere."""
    first = min(things)
    if name == "position" and first in program.positions:
        return program.positions[first].span
    if name == "action" and first in program.actions:
        return program.actions[first].span
    enum = program.enums.get(name.removeprefix("enum "))
    return enum.span if enum is not None else None


def _spellings(program: Program) -> dict[str, str]:
    """A word as it is looked up -> as it is written."""
    labels = [
        *(p.label for p in program.positions.values()),
        *(a.label for a in program.actions.values()),
        *(r.label for r in program.rights.values()),
        *(m.label for e in program.enums.values() for m in e.members.values()),
    ]
    words = [
        *(word for p in program.positions.values() for word in p.also_called),
        *(word for label in labels if label is not None for word in _words(label)),
    ]
    return {folded(word): word.strip() for word in reversed(words)}


def _words(label: Label) -> Iterator[str]:
    yield label.text
    yield from (text for _, text in label.translations)
