"""Facts by declared type: strict, exact, with every problem named by its path."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from remit_dsl.program import Field
from remit_dsl.suggest import nearest
from remit_dsl.types import Type
from remit_engine.people.party import Party
from remit_engine.reading.exact import SIMPLE, Unreadable, bare_number, in_doubt, shown, text_of
from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest, Problem
from remit_engine.rules.ir import Model
from remit_engine.rules.names import Names, is_person, names_of

Path = tuple[str | int, ...]
DEEPEST = 100
LONGEST_LIST = 100_000
MOST_PROBLEMS = 100

_TRUTHS = {"true": True, "false": False}

NOT_READ: Any = object()
"""What stands for a value that could not be read; its problem is noted."""


def dotted(path: Path) -> str:
    """A path as people write it: `facts.order.lines[2].amount`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step[:80]}" if text else step[:80]
    return text


class FactsReader:
    """Reads values of one document and collects what is wrong with them.

    person: reads a value of type Person; without it the person's id is kept as text.
    """

    def __init__(
        self, names: Names, model: Model, person: Callable[[Any, Path], Party | None] | None = None
    ) -> None:
        self.names = names
        self.records = model.program.records
        self.person = person
        self.placed: list[tuple[Path, str]] = []
        self.unasked: list[Path] = []

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the document."""
        return [Problem(dotted(path), message) for path, message in self.placed]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Members that nothing asks for."""
        return tuple(dotted(path) for path in self.unasked)

    def problem(self, path: Path, message: str) -> Any:
        """Note a problem; gives `NOT_READ`."""
        if len(self.placed) < MOST_PROBLEMS:
            self.placed.append((path, message))
        return NOT_READ

    def ignore(self, path: Path) -> None:
        """Note a member that nothing asks for."""
        if len(self.unasked) < MOST_PROBLEMS:
            self.unasked.append(path)

    def fields(
        self, given: Mapping[str, Any], declared: Mapping[str, Field], path: Path
    ) -> dict[str, Any]:
        """The declared members; null on an optional one is absent (None), else it is not given."""
        read: dict[str, Any] = {}
        for name, value in given.items():
            field = declared.get(name) if isinstance(name, str) else None
            if field is None:
                self.ignore((*path, str(name)))
            elif value is None:
                if field.optional:
                    read[name] = None
            elif (exact := self.value(value, field.type, (*path, name))) is not NOT_READ:
                read[name] = exact
        return read

    def value(self, value: Any, type: Type, path: Path) -> Any:
        """The exact value of a type, or `NOT_READ`."""
        try:
            return self._read(value, type, path)
        except Unreadable as error:
            return self.problem(path, str(error))

    def _read(self, value: Any, type: Type, path: Path) -> Any:
        simple = SIMPLE.get(type.kind)
        if simple is not None:
            return simple(value, type)
        if len(path) > DEEPEST:
            raise Unreadable(f"values are nested more than {DEEPEST} deep")
        match type.kind:
            case "enum":
                return self._member(value, type)
            case "position":
                return self.position(value)
            case "set" | "list":
                return self._elements(value, type, path)
            case "record" if is_person(type):
                return self._person(value, path)
        return self._record(value, type, path)

    def _member(self, value: Any, type: Type) -> str:
        lookup = self.names.enums[type.name or ""]
        if not isinstance(value, str):
            known = ", ".join(list(lookup.exact)[:8])
            raise Unreadable(f"`{shown(value)}` is not a {type}: write one of {known}")
        if wrong := lookup.wrong(value, f"{type}"):
            known = ", ".join(list(lookup.exact)[:8])
            more = " …" if len(lookup.exact) > 8 else ""
            cure = "" if "did you mean" in wrong else f": write one of {known}{more}"
            raise Unreadable(wrong + cure)
        return lookup.find(value)[0]

    def position(self, value: Any) -> str:
        """The qualified name of a position; `Unreadable` when it names none, or several."""
        word = text_of(value)
        if wrong := self.names.positions.wrong(word, "position"):
            raise Unreadable(wrong)
        return self.names.positions.find(word)[0]

    def _elements(self, value: Any, type: Type, path: Path) -> Any:
        if not isinstance(value, list | tuple | set | frozenset):
            raise Unreadable(f"`{shown(value)}` is not a list: write it in brackets")
        if len(value) > LONGEST_LIST:
            raise Unreadable(f"the list has more than {LONGEST_LIST:_} elements")
        element = type.element
        if element is None:
            raise TypeError("a collection type without its element")
        read = [self.value(item, element, (*path, i)) for i, item in enumerate(value)]
        if any(item is NOT_READ for item in read):
            return NOT_READ
        hashable = element.kind not in ("record", "list") or is_person(element)
        return frozenset(read) if type.kind == "set" and hashable else tuple(read)

    def _person(self, value: Any, path: Path) -> Any:
        if self.person is None:
            return text_of(value)
        party = self.person(value, path)
        return NOT_READ if party is None else party

    def _record(self, value: Any, type: Type, path: Path) -> Any:
        if not isinstance(value, Mapping):
            raise Unreadable(f"`{shown(value)}` is not a {type}: write an object with its fields")
        return self.fields(value, self.records[type.name or ""].fields, path)


# --- the command line ----------------------------------------------------------------------


def fact_type(model: Model, action: str, path: str) -> Type:
    """The type of a dotted fact of an action (qualified name); `InvalidRequest` if unknown."""
    fields: Mapping[str, Field] = model.program.actions[action].fields
    steps = path.split(".")
    for at, step in enumerate(steps):
        if step not in fields:
            guess = nearest(step, fields)
            before = ".".join([*steps[:at], guess or ""])
            cure = f", did you mean `{before}`?" if guess else ""
            raise InvalidRequest([Problem(path, f"there is no fact `{path[:80]}`{cure}")])
        found = fields[step].type
        fields = _below(found, model)
    return found


def _below(type: Type, model: Model) -> Mapping[str, Field]:
    if is_person(type):
        return names_of(model).person
    record = model.program.records.get(type.name or "") if type.kind == "record" else None
    return record.fields if record else {}


def read_fact(text: str, type: Type, model: Model, path: str = "value") -> Any:
    """The exact value of a fact written on a command line: `12%`, `180000`, `key`, `[1, 2]`.

    `null` is given as absent (None), except for texts. People stay ids, looked up by
    `read_request`, which takes the values of this function as they are.
    """
    if text == "null" and type.kind != "text":
        return None
    if type.kind == "boolean" and text not in _TRUTHS:
        message = f"`{text[:40]}` is not true or false: write true or false"
        raise InvalidRequest([Problem(path, message)])
    reader = FactsReader(names_of(model), model)
    given = _given(text, type)
    read = reader.value(given, type, (path,))
    if reader.problems:
        raise InvalidRequest(reader.problems)
    return read


def _given(text: str, type: Type) -> Any:
    """The value as a document would hold it."""
    if type.kind in ("set", "list", "record") and text.lstrip()[:1] in ("[", "{"):
        return read_json(text)
    if type.kind in ("set", "list"):
        return [_given(item.strip(), type.element or type) for item in text.split(",") if item]
    if type.kind == "boolean":
        return _TRUTHS.get(text, text)
    if in_doubt(text[:40], type):
        return text
    if type.numeric and len(text) < 5000 and (number := bare_number(text)) is not None:
        # a percent from 1 on needs its unit: 4 may be meant for 4 % or for 400 %
        return text if type.kind == "percent" and abs(number) >= 1 else number
    return unicodedata.normalize("NFC", text) if type.kind == "enum" else text


def set_fact(facts: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a dotted path, making the objects above it."""
    *above, last = path.split(".")
    at = facts
    for i, step in enumerate(above):
        below = at.setdefault(step, {})
        if not isinstance(below, dict):
            taken = ".".join(above[: i + 1])
            raise InvalidRequest([Problem(path, f"`{taken}` is given already as a single value")])
        at = below
    at[last] = value


__all__ = ["NOT_READ", "FactsReader", "dotted", "fact_type", "read_fact", "set_fact"]
