"""A `Dataset` as a folder of CSV, which reads back as the same."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from remit_dsl.types import Type
from remit_engine.commission.basis.dataset import Dataset, Stretch
from remit_engine.commission.reading.columns import Leaf, leaves
from remit_engine.commission.reading.naming import file_name
from remit_engine.commission.reading.people import SEPARATOR
from remit_engine.rules.ir import Model
from remit_engine.rules.names import names_of
from remit_engine.text import is_finite_decimal, plain

Row = Sequence[str]


def write_dataset(data: Dataset, folder: Path, model: Model) -> None:
    """Write every table that has rows, and those of events also without. The folder is made.

    Raises ValueError for a value that no cell can hold: a text with blanks around it, an empty
    one, an amount of money without a finite decimal form.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, events in data.events.items():
        columns = leaves(model.program.events[name], model.program)
        cells = ([_at(row.facts, leaf) for leaf in columns] for row in events)
        _write(folder / f"{file_name(name)}.csv", [c.column for c in columns], cells)
    _people(data, folder, model)
    for name, (header, rows) in _beside(data, model).items():
        if rows:
            _write(folder / f"{name}.csv", header, rows)


def _write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _at(facts: Mapping[str, Any], leaf: Leaf) -> str:
    value: Any = facts
    for step in leaf.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return cell(value, leaf.type)


def cell(value: Any, type: Type) -> str:
    """A value as a cell of CSV."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case Fraction():
            return _number(value, type)
        case str():
            return _text(value)
        case frozenset() | tuple():
            return _elements(value, type)
    raise ValueError(f"a cell cannot hold {value!r}")


def _number(value: Fraction, type: Type) -> str:
    if type.kind in ("percent", "ratio"):
        return ratio(value)
    if not is_finite_decimal(value):
        raise ValueError(f"a cell cannot hold {value}: it has no finite decimal form")
    return plain(value)


def ratio(value: Fraction) -> str:
    """`12.5%`, or `1/3` of what has no finite decimal form."""
    return f"{plain(value * 100)}%" if is_finite_decimal(value) else str(value)


def _text(value: str) -> str:
    if not value or value != value.strip() or "\r" in value:
        raise ValueError(f"a cell cannot hold {value!r}: it would not read back")
    return value


def _elements(value: frozenset[Any] | tuple[Any, ...], type: Type) -> str:
    element = type.element
    if element is None or element.kind not in ("enum", "position", "integer", "date", "text"):
        raise ValueError(f"a cell cannot hold {type}")
    parts = [cell(v, element) for v in value]
    if any("," in part for part in parts):
        raise ValueError(f"a cell cannot hold a {type} with a comma")
    return ", ".join(sorted(parts) if isinstance(value, frozenset) else parts) or "[]"


# --- people and the tables beside ----------------------------------------------------------


def _people(data: Dataset, folder: Path, model: Model) -> None:
    declared = names_of(model).person
    header = ["id", "name", "position", "unit", "manager", "from", "until", *declared]
    rows = [
        [*_stretch(s), *(cell(s.attributes.get(n), f.type) for n, f in declared.items())]
        for stretches in data.people.values()
        for s in stretches
    ]
    _write(folder / "people.csv", header, rows)


def _stretch(s: Stretch) -> list[str]:
    managers = SEPARATOR.join(s.managers)
    name = s.attributes.get("name") or ""
    return [s.person, name, s.position, s.unit or "", managers, _day(s.start), _day(s.until)]


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _beside(data: Dataset, model: Model) -> dict[str, tuple[Row, list[Row]]]:
    cards = model.program.scorecards.values()
    types = {item.name: item.type for card in cards for item in card.items}
    return {
        "credits": (
            ("event", "id", "person", "share"),
            [
                (event, id, share.person, ratio(share.share))
                for event, by_id in data.splits.items()
                for id, shares in by_id.items()
                for share in shares
            ],
        ),
        "owners": (
            ("key", "person", "from", "until"),
            [
                (key, owned.person, _day(owned.start), _day(owned.until))
                for key, entries in data.owners.items()
                for owned in entries
            ],
        ),
        "targets": (
            ("plan", "person", "period", "amount"),
            [
                (plan or "", person, str(period), cell(amount, Type("money")))
                for (plan, person, period), amount in data.targets.items()
            ],
        ),
        "measures": (
            ("person", "period", "item", "value"),
            [
                (person, str(period), item, cell(value, types[item]))
                for (person, period, item), value in data.measures.items()
            ],
        ),
    }
