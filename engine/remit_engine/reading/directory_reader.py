"""From YAML to a directory, checked against the program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from remit_dsl.diagnostics import Diagnostic, Related, errors, ordered
from remit_dsl.source import Span
from remit_dsl.suggest import nearest
from remit_engine.people.directory import (
    DatedHolding,
    DelegationEntry,
    Directory,
    Person,
    PersonReference,
)
from remit_engine.reading.delegation_checks import PlacedDelegation, check_delegations
from remit_engine.reading.directory_checks import PlacedHolding, check_headcounts, check_overlaps
from remit_engine.reading.facts_reader import FactsReader
from remit_engine.reading.yaml_members import MembersReader
from remit_engine.reading.yaml_tree import Node, plain, read_yaml, read_yaml_file
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person, names_of


def read_directory(path: Path, model: Model) -> tuple[Directory | None, list[Diagnostic]]:
    """The directory of a file; none when there is an error in it."""
    return _read(path.stem, *read_yaml_file(path), model)


def read_directory_text(
    name: str, text: str, model: Model
) -> tuple[Directory | None, list[Diagnostic]]:
    """The directory of a text; `name` is shown in diagnostics."""
    return _read(Path(name).stem, *read_yaml(name, text), model)


def read_delegation(
    name: str, text: str, directory: Directory, model: Model
) -> tuple[PlacedDelegation | None, list[Diagnostic]]:
    """One delegation of a text (YAML or JSON) between people of a directory, as it is written;
    `delegation_checks` says whether it may be."""
    root, found = read_yaml(name, text)
    reader = _DirectoryReader(model)
    reader.people = dict(directory.people)
    placed = None if root is None else reader.delegation(root)
    if root is None and not found:
        found = [Diagnostic(Span(name, 1, 1, 0, 0), "E0608", "nothing is not a delegation")]
    return placed, ordered([*found, *reader.found])


def _read(
    name: str, root: Node | None, found: list[Diagnostic], model: Model
) -> tuple[Directory | None, list[Diagnostic]]:
    if root is None:
        empty = Directory(name, {}) if not found else None
        return empty, found
    reader = _DirectoryReader(model)
    directory = reader.read(name, root)
    found = ordered([*found, *reader.found])
    return (None if errors(found) else directory), found


class _DirectoryReader(MembersReader):
    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model
        self.names = names_of(model)
        self.units: dict[str, str | None] = {}
        self.people: dict[str, Person] = {}
        self.places: dict[str, Node] = {}
        self.held: list[PlacedHolding] = []
        self.references: list[tuple[str, Node]] = []

    def read(self, name: str, root: Node) -> Directory | None:
        """The directory as far as it can be made of the tree."""
        optional = ("directory", "units", "people", "delegations")
        given = self.members(root, "a directory", (), optional)
        if given is None:
            return None
        name = self.text(given, "directory") or name
        self.read_units(self.items(given, "units"))
        for node in self.items(given, "people"):
            self.read_person(node)
        self.known_references()
        placed = [self.delegation(node) for node in self.items(given, "delegations")]
        delegations = [p for p in placed if p is not None]
        entries = tuple(p.entry for p in delegations)
        directory = Directory(name, self.people, entries, self.units)
        self.found += check_overlaps(self.held)
        self.found += check_headcounts(self.held, self.model.program)
        self.found += check_delegations(delegations, directory, self.model)
        return directory

    # --- units -----------------------------------------------------------------------------

    def read_units(self, nodes: tuple[Node, ...]) -> None:
        """Units with their parents: each known, none above itself."""
        parents: dict[str, Node] = {}
        places: dict[str, Node] = {}
        for node in nodes:
            given = self.members(node, "a unit", ("id",), ("parent",))
            unit = self.text(given, "id") if given else None
            if given is None or unit is None:
                continue
            if unit in places:
                self.twice(given["id"], "unit", unit, places[unit])
                continue
            places[unit] = given["id"]
            self.units[unit] = self.text(given, "parent")
            parents[unit] = given.get("parent", node)
        for unit, parent in list(self.units.items()):
            if parent is not None and parent not in self.units:
                self.unknown(parents[unit], "E0612", "unit", parent, self.units)
                self.units[unit] = None
        self.cut_cycles(parents)

    def cut_cycles(self, places: Mapping[str, Node]) -> None:
        """Report each cycle once and open it, so that every unit has a top."""
        done: set[str] = set()
        for unit in self.units:
            path: list[str] = []
            at: str | None = unit
            while at is not None and at not in done:
                if at in path:
                    circle = [*path[path.index(at) :], at]
                    message = f"units stand above themselves: {' under '.join(circle)}"
                    self.fault(places[circle[-2]], "E0613", message)
                    self.units[circle[-2]] = None
                    break
                path.append(at)
                at = self.units[at]
            done.update(path)

    def twice(self, node: Node, what: str, name: str, first: Node) -> None:
        """Note an id that is taken."""
        related = Related(first.span, "first defined here")
        self.fault(node, "E0614", f"{what} `{name}` is here twice", None, (related,))

    # --- people ----------------------------------------------------------------------------

    def read_person(self, node: Node) -> None:
        """A person with attributes and positions."""
        given = self.members(node, "a person", ("id",), ("name", "attributes", "positions"))
        person = self.text(given, "id") if given else None
        if given is None or person is None:
            return
        if person in self.people:
            self.twice(given["id"], "person", person, self.places[person])
            return
        self.places[person] = given["id"]
        attributes = self.attributes(given["attributes"]) if "attributes" in given else {}
        read = [self.holding(person, n) for n in self.items(given, "positions")]
        holdings = tuple(h for h in read if h is not None)
        self.people[person] = Person(person, self.text(given, "name"), attributes, holdings)

    def attributes(self, node: Node) -> dict[str, Any]:
        """Exact attributes by `record Person`; a reference to a person is checked later."""
        if not isinstance(node.value, dict):
            self.fault(node, "E0608", "`attributes` holds no names with values")
            return {}
        for name in node.value:
            if name not in self.names.person:
                help = "declare it in `record Person`"
                guess = nearest(name, self.names.person)
                help = f"did you mean `{guess}`?" if guess else help
                self.fault(node.keys[name], "E0617", f"unknown attribute `{name}`", help)
        reader = FactsReader(self.names, self.model)
        known = {k: plain(v) for k, v in node.value.items() if k in self.names.person}
        read = reader.fields(known, self.names.person, ())
        self.report(reader, node)
        return {k: self.reference(k, v, node) for k, v in read.items()}

    def report(self, reader: FactsReader, node: Node) -> None:
        """Problems of values become faults at their places."""
        for path, message in reader.placed:
            self.fault(node.at(path), "E0618", message)
        for path in reader.unasked:
            place = node.at(path[:-1])
            key = place.keys.get(str(path[-1]), place)
            self.fault(key, "E0617", f"unknown attribute `{path[-1]}`")

    def reference(self, name: str, value: Any, node: Node) -> Any:
        if value is None or not is_person(self.names.person[name].type):
            return value
        self.references.append((value, node.value[name]))
        return PersonReference(value)

    def known_references(self) -> None:
        """Every person an attribute speaks of must be here."""
        for person, node in self.references:
            if person not in self.people:
                self.unknown(node, "E0620", "person", person, self.people)

    def holding(self, person: str, node: Node) -> DatedHolding | None:
        """A position held: known, in a known unit, for at least a day."""
        optional = ("unit", "from", "until", "acting")
        given = self.members(node, "a position held", ("position",), optional)
        position = self.position(given["position"], "E0611") if given else None
        if given is None or position is None:
            return None
        unit = self.text(given, "unit")
        if unit is not None and unit not in self.units:
            self.unknown(given["unit"], "E0612", "unit", unit, self.units)
        start, until = self.day(given, "from"), self.day(given, "until")
        if start is not None and until is not None and until <= start:
            message = f"held from {start} until {until} is no day at all"
            help = "`until` is the first day it is no longer held"
            self.fault(given["until"], "E0615", message, help)
            return None
        held = DatedHolding(position, unit, start, until, self.flag(given, "acting"))
        self.held.append(PlacedHolding(person, held, given["position"].span))
        return held

    def position(self, node: Node, code: str) -> str | None:
        """The qualified name of a position."""
        word = self.word(node)
        wrong = self.names.positions.wrong(word, "position") if word is not None else None
        if word is None:
            return None
        if wrong is None:
            return self.names.positions.find(word)[0]
        if self.names.positions.find(word):
            self.fault(node, code, wrong)
        else:
            guess = self.names.positions.nearest(word)
            help = f"did you mean `{guess}`?" if guess else None
            self.fault(node, code, f"unknown position `{word[:80]}`", help)
        return None

    # --- delegations -----------------------------------------------------------------------

    def delegation(self, node: Node) -> PlacedDelegation | None:
        """A delegation as it is written; the checks are of `delegation_checks`."""
        optional = ("verbs", "limit", "starts", "ends", "reason", "approved_by", "approved_on")
        given = self.members(node, "a delegation", ("from", "to", "action"), optional)
        if given is None:
            return None
        giver, taker = self.person(given, "from"), self.person(given, "to")
        action = self.action(given["action"])
        approver = self.person(given, "approved_by") if "approved_by" in given else None
        verbs = self.verbs(given)
        period = self.period(node, given)
        reason = self.text(given, "reason")
        if reason is None or not reason.strip():
            at = given.get("reason", node)
            self.fault(at, "E0624", "a delegation needs its reason", 'such as `reason: "on leave"`')
        if giver is None or taker is None or action is None or period is None:
            return None
        limit = self.limit(given["limit"], action) if "limit" in given else None
        entry = DelegationEntry(
            giver, taker, action, verbs, limit, *period, reason or "", approver, node.span
        )
        return PlacedDelegation(entry, given, self.day(given, "approved_on") or period[0])

    def person(self, given: Mapping[str, Node], member: str) -> str | None:
        """The id of somebody in the directory."""
        person = self.text(given, member)
        if person is not None and person not in self.people:
            self.unknown(given[member], "E0620", "person", person, self.people)
            return None
        return person

    def action(self, node: Node) -> str | None:
        """The qualified name of an action."""
        word = self.word(node)
        if word is None:
            return None
        found = self.names.actions.find(word)
        if len(found) == 1:
            return found[0]
        if found:
            self.fault(node, "E0621", self.names.actions.wrong(word, "action") or "")
        else:
            self.unknown(node, "E0621", "action", word, self.names.actions.exact)
        return None

    def verbs(self, given: Mapping[str, Node]) -> frozenset[str] | None:
        """The verbs delegated; None for all."""
        if "verbs" not in given:
            return None
        words = self.texts(given, "verbs")
        for word, node in words:
            if word not in self.names.verbs.exact:
                self.unknown(node, "E0622", "verb", word, self.names.verbs.exact)
        known = frozenset(word for word, _ in words if word in self.names.verbs.exact)
        return known if known or not words else None

    def period(self, node: Node, given: Mapping[str, Node]) -> tuple[date, date] | None:
        """First day and first day after, both stated."""
        missing = [name for name in ("starts", "ends") if name not in given]
        if missing:
            names = " and ".join(f"`{name}`" for name in missing)
            self.fault(node, "E0624", f"a delegation needs {names}", "write a date")
        starts, ends = self.day(given, "starts"), self.day(given, "ends")
        if starts is None or ends is None:
            return None
        if ends <= starts:
            message = f"a delegation from {starts} until {ends} is no day at all"
            help = "`ends` is the first day it no longer holds"
            self.fault(given["ends"], "E0615", message, help)
            return None
        return starts, ends

    def limit(self, node: Node, action: str) -> Fraction | None:
        """The limit, of the type that limits on the action have."""
        measure = self.model.program.actions[action].measure
        if measure is None:
            message = f"`{action}` has no measure that a limit could be on"
            self.fault(node, "E0632", message)
            return None
        reader = FactsReader(self.names, self.model)
        read = reader.value(plain(node), measure.value.type, ("limit",))
        for _, message in reader.placed:
            self.fault(node, "E0632", message)
        return read if isinstance(read, Fraction) else None
