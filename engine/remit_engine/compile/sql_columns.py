"""The columns of a table of requests: one for each scalar fact or total that some rule reads.

Numbers stand as whole numbers of a fixed power of ten, by form: money in ten-thousandths, ratios in
millionths. What has no such form exactly is no column's business: the row is irregular.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from remit_dsl import expressions as x
from remit_dsl.types import PERSON, Type
from remit_engine.compile.python_slots import slots_of
from remit_engine.rules.ir import Model
from remit_engine.rules.totals import totals_of
from remit_engine.warehouse.warehouse import BIGINT, BOOLEAN, TEXT

TOTALS = "totals"
ABOUT_PEOPLE = frozenset({"actor", "requester"})
_FORMS = {
    "money": "money",
    "percent": "ratio",
    "number": "ratio",
    "ratio": "ratio",
    "integer": "whole",
    "days": "whole",
    "months": "whole",
    "date": "date",
    "text": "text",
    "enum": "text",
    "position": "text",
    "boolean": "boolean",
}
SCALES = {"money": 4, "ratio": 6, "whole": 0, "date": 0}
_TYPES = {"text": TEXT, "boolean": BOOLEAN}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """path: of the fact; ("totals", NAME) for a running total; ("actor", NAME) for an attribute
    that a position without a person is asked with. form: money, ratio, whole, date (days since
    1970-01-01), text, boolean. scale: decimal places of the whole number that stands for it."""

    path: Path
    form: str

    @property
    def name(self) -> str:
        """A plain word, one and the same for a path and form in every model."""
        return _name(self.path, self.form)

    @property
    def scale(self) -> int:
        """See the class."""
        return SCALES.get(self.form, 0)

    @property
    def unit(self) -> Fraction:
        """What a step of one in the column is worth."""
        return Fraction(1, 10**self.scale)

    @property
    def type(self) -> str:
        """BIGINT, TEXT or BOOLEAN."""
        return _TYPES.get(self.form, BIGINT)

    @property
    def numeric(self) -> bool:
        """True for numbers and dates."""
        return self.form in SCALES


@cache
def _name(path: Path, form: str) -> str:
    digest = hashlib.sha256("\0".join((*path, form)).encode()).hexdigest()[:12]
    words = re.sub(r"[^a-z0-9]+", "_", "_".join(path).lower()).strip("_")
    return f"f_{words[:36]}_{digest}"


@dataclass(frozen=True, slots=True)
class Schema:
    """What the rules on one action read: as columns, and by their dotted paths what has none
    (lists, sets, people and their attributes)."""

    columns: tuple[Column, ...]
    types: tuple[Type, ...]
    others: frozenset[str]


def schema(action: str, model: Model) -> Schema:
    """The columns of an action (qualified name)."""
    found: dict[Column, Type] = {}
    others: set[str] = set()
    for fact in slots_of(model.actions[action], model.program):
        column = _column(fact, action, model)
        if column is not None:
            found.setdefault(column, fact.type)
        elif fact.path not in (("as_of",), ("actor",)):
            others.add(".".join(fact.path))
    for name, kind in totals_of(model, action).items():
        found.setdefault(Column((TOTALS, name), _FORMS[kind.kind]), kind)
    columns = tuple(sorted(found))
    return Schema(columns, tuple(found[c] for c in columns), frozenset(others))


def _column(fact: x.Fact, action: str, model: Model) -> Column | None:
    form = _FORMS.get(fact.type.kind)
    first, *rest = fact.path
    if form is None or first in ("as_of", "requester"):
        return None
    if first == "actor":
        stated = len(rest) == 1 and rest[0] in _declared(model)
        return Column(fact.path, form) if stated else None
    return None if _through_people(fact.path, action, model) else Column(fact.path, form)


def _declared(model: Model) -> frozenset[str]:
    """The attributes of `record Person` that a request may state."""
    people = (r for n, r in model.program.records.items() if n.rsplit(".", 1)[-1] == "Person")
    names = frozenset(n for r in people for n in r.fields)
    return names - {"id", "name", "position", "unit"}


def _through_people(path: Path, action: str, model: Model) -> bool:
    """True where a step of the path before its last is a person."""
    fields = model.actions[action].action.fields
    for step in path[:-1]:
        found = fields.get(step)
        if found is None or found.type.kind != "record" or _is_person(found.type):
            return True
        fields = model.program.records[found.type.name or ""].fields
    return False


def _is_person(kind: Type) -> bool:
    return kind == PERSON or (kind.name or "").rsplit(".", 1)[-1] == "Person"
