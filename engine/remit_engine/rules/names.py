"""What names may mean: positions, actions, verbs and enum members, as people call them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from remit_dsl.program import BUILT_IN_VERBS, Field, Label, Program
from remit_dsl.suggest import nearest
from remit_dsl.types import Type
from remit_engine.rules.ir import Model

BUILT_IN_ATTRIBUTES = frozenset({"id", "name", "position", "unit"})


@dataclass(frozen=True, slots=True)
class Lookup:
    """exact: names as declared (short or qualified). spoken: labels and aliases, case folded."""

    exact: Mapping[str, tuple[str, ...]]
    spoken: Mapping[str, tuple[str, ...]]

    def find(self, word: str) -> tuple[str, ...]:
        """What a word may mean; a declared name goes before a label."""
        found = self.exact.get(word)
        if found is None:
            word = unicodedata.normalize("NFC", word)
            found = self.exact.get(word) or self.spoken.get(folded(word), ())
        return found

    def nearest(self, word: str) -> str | None:
        """The declared name a misspelt word was probably meant to be."""
        short = [name for name in self.exact if "." not in name]
        return nearest(word, short) or nearest(word, list(self.exact))

    def wrong(self, word: str, what: str) -> str | None:
        """Why a word does not name one thing; None when it does."""
        found = self.find(word)
        if len(found) == 1:
            return None
        if found:
            meanings = " or ".join(f"`{name}`" for name in found)
            return f"`{word}` may mean {meanings}: write its full name"
        guess = self.nearest(word)
        cure = f", did you mean `{guess}`?" if guess else ""
        return f"there is no {what} `{word[:80]}`{cure}"


@dataclass(frozen=True, slots=True)
class Names:
    """All lookups of one model."""

    positions: Lookup
    actions: Lookup
    verbs: Lookup
    enums: Mapping[str, Lookup]
    person: Mapping[str, Field]
    """Attributes of people declared in `record Person`, without the built-in ones."""


def folded(word: str) -> str:
    """A label or another name as it is looked up."""
    return unicodedata.normalize("NFC", word).strip().casefold()


def is_person(type: Type) -> bool:
    """True for the built-in record of people."""
    return type.kind == "record" and (type.name or "").rsplit(".", 1)[-1] == "Person"


def _lookup(entries: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> Lookup:
    """From (meaning, names, labels)."""
    exact: dict[str, list[str]] = defaultdict(list)
    spoken: dict[str, list[str]] = defaultdict(list)
    for meaning, names, labels in entries:
        for name in names:
            exact[name].append(meaning)
        for label in labels:
            spoken[folded(label)].append(meaning)
    return Lookup(_frozen(exact), _frozen(spoken))


def _frozen(found: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({k: tuple(dict.fromkeys(v)) for k, v in found.items()})


def _texts(label: Label | None) -> tuple[str, ...]:
    return (label.text, *(text for _, text in label.translations)) if label else ()


def _both(qualified: str) -> tuple[str, str]:
    return qualified, qualified.rsplit(".", 1)[-1]


def _made(model: Model) -> Names:
    program = model.program
    return Names(
        positions=_lookup(
            (name, _both(name), (*p.also_called, *_texts(p.label)))
            for name, p in program.positions.items()
        ),
        actions=_lookup((n, _both(n), _texts(a.label)) for n, a in program.actions.items()),
        verbs=_verbs(model),
        enums=MappingProxyType(
            {
                name: _lookup((m, (m,), _texts(e.label)) for m, e in enum.members.items())
                for name, enum in program.enums.items()
            }
        ),
        person=_person_fields(program),
    )


def _verbs(model: Model) -> Lookup:
    rights = model.program.rights
    words = dict.fromkeys([*BUILT_IN_VERBS, *sorted(model.verbs)])
    return _lookup(
        (verb, (verb,), _texts(rights[verb].label) if verb in rights else ()) for verb in words
    )


def _person_fields(program: Program) -> Mapping[str, Field]:
    fields: dict[str, Field] = {}
    for name, record in program.records.items():
        if name.rsplit(".", 1)[-1] == "Person":
            fields.update(record.fields)
    declared = {n: f for n, f in fields.items() if n not in BUILT_IN_ATTRIBUTES}
    return MappingProxyType(declared)


_KEPT: dict[int, tuple[Model, Names]] = {}


def names_of(model: Model) -> Names:
    """The lookups of a model, made once for each of the models used last."""
    kept = _KEPT.get(id(model))
    if kept is not None and kept[0] is model:
        return kept[1]
    names = _made(model)
    if len(_KEPT) >= 16:
        _KEPT.clear()
    _KEPT[id(model)] = (model, names)
    return names
