"""What a replay came to, for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from remit_api.batch.recorded import REQUEST
from remit_api.past.listing import changed
from remit_api.past.replay import NEW, OLD, ROW, Replay, Unread
from remit_api.past.summary import Summary
from remit_dsl.scope.qualified import short
from remit_engine.impact import OUTCOME, RULES, SAME, STEPS, Group, Tally
from remit_engine.text import exact, number_text

Document = dict[str, Any]


def document(summary: Summary, replay: Replay, against: str, ids: tuple[str, ...]) -> Document:
    """All of it; amounts are exact texts by currency."""
    counts, old = summary.counts, replay.old
    digest = {"new": replay.new.program.digest, "old": old.program.digest if old else None}
    return {
        "against": against,
        "new": replay.new.name,
        "old": old.name if old else None,
        "compared_with": "old text" if old else "recorded outcomes",
        "rows": summary.rows,
        "replayed": summary.rows - summary.errors,
        "same": tally(counts.total(SAME)),
        "other_rules": tally(counts.total(RULES)),
        "other_steps": tally(counts.total(STEPS)),
        "changed": tally(counts.total(OUTCOME)),
        "money": [
            {"action": short(action), "fact": str(fact)}
            for action, fact in money_facts(summary, replay)
        ],
        "changes": [
            {"old": c.old.value, "new": c.new.value, "kind": c.kind.value, **tally(t)}
            for c, t in counts.changes()
        ],
        "actions": _views(summary, "action", lambda group: short(group.action)),
        "positions": _views(summary, "position", lambda group: group.position),
        "rules": [_rules(g, t) for g, t in differing(summary, (OUTCOME,))],
        "same_outcome": [_rules(g, t) for g, t in differing(summary, (STEPS, RULES))],
        "first": [_plain(changed(row)) for row in summary.examples()],
        "errors": summary.errors,
        "errors_at": {at: summary.unread[at] for at in (ROW, OLD, NEW)},
        "first_errors": [_error(found) for found in summary.first_unread],
        "recorded": summary.recorded,
        "recorded_otherwise": summary.otherwise if old else None,
        "not_yet": not_yet(summary, replay),
        "unused": summary.useless(ids),
        "policy": {"digest": digest["new"], "old_digest": digest["old"]},
    }


def tally(found: Tally) -> Document:
    """Rows and money."""
    return {
        "rows": found.rows,
        "money": [
            {
                "action": short(action),
                "value": exact(amount),
                "currency": currency,
                "text": number_text(amount, "money", currency),
            }
            for (action, currency), amount in amounts(found)
        ],
        "without_money": found.unpriced,
    }


def amounts(found: Tally) -> list[tuple[tuple[str, str | None], Fraction]]:
    """The money by action and currency."""
    return sorted(found.money.items(), key=lambda item: (item[0][0], item[0][1] or ""))


def money_facts(summary: Summary, replay: Replay) -> list[tuple[str, Any]]:
    """The fact whose money is added up, for each action that was replayed."""
    actions = dict.fromkeys(group.action for group in summary.counts.groups)
    found = [(action, replay.money_in(action)) for action in sorted(actions)]
    return [(action, fact) for action, fact in found if fact is not None]


def not_yet(summary: Summary, replay: Replay) -> list[str]:
    """Policies of the new text that hold only after the first row, and were not so before."""
    day = summary.first_day
    if day is None or replay.new_day is not None:
        return []
    before = replay.old.program.policies if replay.old else {}
    return [
        f"`{name}` of {replay.new.name} holds from {policy.start}, and rows are older: "
        f"`--new-as-of {policy.start}` asks as if it held already"
        for name, policy in replay.new.program.policies.items()
        if policy.start is not None
        and policy.start > day
        and (name not in before or before[name].start != policy.start)
    ]


def differing(summary: Summary, differs: Iterable[str]) -> list[tuple[Group, Tally]]:
    """Rows by the rules that decided, over all actors, the most important change first."""
    found: list[tuple[Group, Tally]] = []
    for kind in differs:
        views = summary.counts.by(lambda g: Group(g.action, g.verb, "", *_of(g)), kind)
        found += views.items()
    return sorted(found, key=lambda item: (item[0].change.rank, -item[1].rows))


def _of(group: Group) -> tuple[Any, ...]:
    return group.change, group.differs, group.old_rules, group.new_rules, group.recorded


def _views(summary: Summary, name: str, key: Callable[[Group], str]) -> list[Document]:
    counts = summary.counts
    changes = counts.by(lambda group: (key(group), group.change), OUTCOME)
    return [
        {
            name: of,
            **tally(whole),
            "changed": sum(t.rows for (at, _), t in changes.items() if at == of),
            "changes": [
                {"old": c.old.value, "new": c.new.value, **tally(t)}
                for (at, c), t in sorted(changes.items(), key=lambda item: item[0][1].rank)
                if at == of
            ],
        }
        for of, whole in counts.by(key).items()
    ]


def _rules(group: Group, found: Tally) -> Document:
    return {
        "action": short(group.action),
        "verb": group.verb,
        "old": group.change.old.value,
        "new": group.change.new.value,
        "differs": group.differs,
        "old_rules": list(group.old_rules),
        "new_rules": list(group.new_rules),
        **tally(found),
    }


def _plain(record: Document) -> Document:
    """A listed row; what was said in words stays so, and exact numbers are texts."""
    return {name: _value(value) for name, value in record.items() if name != REQUEST} | {
        "facts": _value({**record[REQUEST].get("facts", {}), **_said(record)})
    }


def _said(record: Document) -> Document:
    said = record[REQUEST].get("said", {})
    return dict(said.get("facts", {}))


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _value(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner) for inner in value]
    return value if isinstance(value, bool | int | str) or value is None else str(value)


def _error(found: Unread) -> Document:
    return {"row": found.row.number, **found.row.ids, "at": found.at, "error": found.error}
