"""How positions, actions, verbs and facts are called in an answer."""

from __future__ import annotations

from collections.abc import Iterable

from remit_dsl.types import Type
from remit_engine.decision import MissingFact
from remit_engine.explanation.words import WORDS, say
from remit_engine.judging.completion import field_at
from remit_engine.people.party import Party
from remit_engine.rules.ir import Model
from remit_engine.rules.totals import totals_of


def position_label(position: str, model: Model, language: str) -> str:
    """The label of a position, else its short name."""
    found = model.program.positions.get(position)
    if found is not None and found.label is not None:
        return found.label.localized(language)
    return position.rsplit(".", 1)[-1]


def action_label(action: str, model: Model, language: str) -> str:
    """The label of an action, else its short name."""
    found = model.program.actions[action]
    return f'"{found.label.localized(language)}"' if found.label else f"`{found.short}`"


def verb_label(verb: str, model: Model, language: str) -> str:
    """A verb in the asker's language."""
    declared = model.program.rights.get(verb)
    if declared is not None and declared.label is not None:
        return declared.label.localized(language)
    return WORDS.get(language, WORDS["en"]).get(f"verb.{verb}", verb)


def party_label(party: Party, model: Model, language: str) -> str:
    """A person with his positions, or the position."""
    held = say(language, "list").join(
        position_label(h.position, model, language) for h in party.holdings
    )
    if party.person is None:
        return held or "?"
    return f"{party.name or party.person} ({held})" if held else party.name or party.person


def joined(items: Iterable[str], language: str, last: str = "and") -> str:
    """`a, b and c`."""
    found = list(items)
    if len(found) < 2:
        return "".join(found)
    return say(language, "list").join(found[:-1]) + say(language, last) + found[-1]


def missing_fact(
    path: str, action: str, model: Model, language: str, needed_by: tuple[str, ...]
) -> MissingFact:
    """What is known of a missing fact: type, label, allowed values."""
    if path.startswith("totals."):
        name = path.removeprefix("totals.")
        kind = totals_of(model, action).get(name)
        used = say(language, "missing.total", name=name)
        return MissingFact(path, str(kind) if kind else "number", used, (), needed_by)
    if path in ("requester", "actor"):
        return MissingFact(path, "person", say(language, f"missing.{path}"), (), needed_by)
    field = field_at(path, model.actions[action].action, model)
    if field is None:
        return MissingFact(path, "fact", None, (), needed_by)
    label = field.label.localized(language) if field.label else None
    return MissingFact(path, str(field.type), label, allowed_values(field.type, model), needed_by)


def allowed_values(kind: Type, model: Model) -> tuple[str, ...]:
    """The closed list of values of a type, where there is one."""
    inner = kind.element if kind.element is not None else kind
    if inner.kind == "boolean":
        return ("true", "false")
    if inner.kind == "enum" and inner.name in model.program.enums:
        return tuple(model.program.enums[inner.name].members)
    return ()
