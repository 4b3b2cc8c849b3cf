"""What a replay came to, for people: what changed, for whom, by which rules, for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remit_api.cli.output import Part, Screen, plural
from remit_api.cli.session import NO_DIRECTORY
from remit_api.past.document import amounts, differing, money_facts, not_yet
from remit_api.past.listing import place
from remit_api.past.replay import NEW, OLD, Replay, Replayed
from remit_api.past.summary import Summary
from remit_dsl.program import Field, Program
from remit_dsl.scope.qualified import short
from remit_engine.impact import OUTCOME, RULES, STEPS, Change, Group, Kind, Tally
from remit_engine.text import number_text, value_text

STYLES = {
    Kind.PERMITTED: "bold green",
    Kind.REFUSED: "bold red",
    Kind.LOST: "bold yellow",
    Kind.OTHER: "cyan",
}
WIDEST = 16
"""Cells of the longest bar."""
MOST_LINES = 12
"""So many positions, actions or pairs of rules are shown; JSON has all."""
MOST_FACTS = 6
_EIGHTHS = " ▏▎▍▌▋▊▉"


def show(summary: Summary, replay: Replay, against: str, ids: Sequence[str], view: Screen) -> None:
    """The whole report."""
    _head(summary, replay, against, view)
    if summary.counts.total(OUTCOME).rows:
        _changes(summary, replay, view)
        _breakdown(summary, view, "position")
        if len({group.action for group in summary.counts.groups}) > 1:
            _breakdown(summary, view, "action")
        _rules(summary, view, (OUTCOME,), "rules that made the difference")
    _rules(summary, view, (STEPS, RULES), "same answer, otherwise decided")
    _examples(summary, replay, view)
    _errors(summary, replay, view)
    for line in not_yet(summary, replay):
        view.line((line, "bold yellow"))
    for name in summary.useless(tuple(ids)):
        view.line((f"not used: {name}, which no action knows", "bold yellow"))


# --- the sums -----------------------------------------------------------------------------------


def _head(summary: Summary, replay: Replay, against: str, view: Screen) -> None:
    old = f"the answers of {replay.old.name}" if replay.old else "the recorded outcomes"
    done = summary.rows - summary.errors
    view.line(
        (f"{done:,} of {plural(summary.rows, 'past request')} replayed", "bold"),
        f" from {against}: {replay.new.name} against {old}",
    )
    counts = summary.counts
    changed, rules, steps = (counts.total(d) for d in (OUTCOME, RULES, STEPS))
    same = done - changed.rows
    view.line(f"  {same:>9,}  answered as before", _of_all(same, done))
    for tally, what in ((rules, "by other rules"), (steps, "with other steps to do first")):
        if tally.rows:
            view.line(f"  {tally.rows:>9,}    of these {what}")
    style = "bold" if changed.rows else ""
    view.line((f"  {changed.rows:>9,}  answered otherwise", style), _of_all(changed.rows, done))
    if replay.old is not None and summary.otherwise:
        said = f"  {summary.otherwise:>9,}  recorded otherwise than {replay.old.name} answers"
        view.line((said, "yellow"))


def _of_all(rows: int, whole: int) -> str:
    if not whole:
        return ""
    tenths = (rows * 1000 + whole // 2) // whole
    return f" ({tenths // 10}.{tenths % 10}%)"


def money(tally: Tally, several: bool = False) -> str:
    """The amounts by currency; `-` where no row says one. several: the actions are named."""
    shown = [
        number_text(amount, "money", currency) + (f" ({short(action)})" if several else "")
        for (action, currency), amount in amounts(tally)
    ]
    return ", ".join(shown) or "-"


def _changes(summary: Summary, replay: Replay, view: Screen) -> None:
    found = summary.counts.changes()
    most = max(tally.rows for _, tally in found)
    widest = max(len(str(change)) for change, _ in found)
    several = len(money_facts(summary, replay)) > 1
    sums = [money(tally, several) for _, tally in found]
    across = max(map(len, sums))
    bars = [bar(tally.rows, most) for _, tally in found]
    view.line()
    view.line(("what changes", "bold"))
    for (change, tally), amount, drawn in zip(found, sums, bars, strict=True):
        style = STYLES[change.kind]
        view.line(
            f"  {tally.rows:>9,}  ",
            (f"{drawn:<{WIDEST}}  {change!s:<{widest}}", style),
            f"  {amount:>{across}}",
        )
    named = [f"`{fact}` of {short(action)}" for action, fact in money_facts(summary, replay)]
    without = sum(tally.unpriced for _, tally in found)
    unsaid = f"; {plural(without, 'row')} without an amount" if without and named else ""
    told = f"the money is {', '.join(named)}{unsaid}" if named else "no action has money in it"
    view.line((f"  {told}", "dim"))


def bar(rows: int, most: int) -> str:
    """A bar as long as the share of the most, at least one eighth of a cell."""
    eighths = max(1, rows * WIDEST * 8 // most)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _position(group: Group) -> str:
    return group.position


def _action(group: Group) -> str:
    return short(group.action)


def _breakdown(summary: Summary, view: Screen, name: str) -> None:
    counts = summary.counts
    by = _position if name == "position" else _action
    whole = counts.by(by)
    changes = counts.by(lambda group: (by(group), group.change), OUTCOME)
    of: dict[str, list[tuple[Change, Tally]]] = {}
    for (at, change), tally in changes.items():
        of.setdefault(at, []).append((change, tally))
    ordered = sorted(of.items(), key=lambda item: -sum(t.rows for _, t in item[1]))
    lines = [
        (
            f"{sum(t.rows for _, t in found):,} of {whole[at].rows:,}",
            at,
            ", ".join(f"{t.rows:,} {c}" for c, t in sorted(found, key=lambda x: x[0].rank)),
        )
        for at, found in ordered
    ]
    _titled(view, f"by {name}", ("changed", name, "changes"), lines)


def _rules(summary: Summary, view: Screen, differs: tuple[str, ...], title: str) -> None:
    lines = [
        (f"{tally.rows:,}", _what(group), _ids(group.old_rules, group), _ids(group.new_rules))
        for group, tally in differing(summary, differs)
    ]
    if lines:
        _titled(view, title, ("rows", "answer", "before", "now"), lines)


def _what(group: Group) -> str:
    if group.differs == OUTCOME:
        return str(group.change)
    return f"{group.change.new}, other {'steps' if group.differs == STEPS else 'rules'}"


def _ids(rules: Sequence[str], recorded: Group | None = None) -> str:
    if not rules and recorded is not None and recorded.recorded:
        return "as recorded"
    return ", ".join(rules) or "no rule"


def _titled(
    view: Screen, title: str, header: Sequence[str], lines: Sequence[Sequence[str]]
) -> None:
    """A table under a title, its first column to the right, cut where it grows long."""
    shown = lines[:MOST_LINES]
    width = max(len(line[0]) for line in [header, *shown])
    view.line()
    view.line((title, "bold"))
    view.table(
        (header[0].rjust(width), *header[1:]),
        [(line[0].rjust(width), *line[1:]) for line in shown],
        indent=2,
    )
    if len(lines) > MOST_LINES:
        view.line((f"  and {len(lines) - MOST_LINES:,} more: `--json` has all", "dim"))


# --- the rows -----------------------------------------------------------------------------------


def _examples(summary: Summary, replay: Replay, view: Screen) -> None:
    shown = summary.examples()
    changed = summary.counts.total(OUTCOME).rows
    if not shown:
        return
    view.line()
    title = "the changed rows" if len(shown) == changed else f"{len(shown)} of {changed:,} changed"
    view.line((title, "bold"))
    for replayed in shown:
        for line in example(replayed, replay.new.program):
            view.line(*line)


def example(replayed: Replayed, program: Program) -> list[Sequence[Part]]:
    """One changed row: who wanted what, and what he is told now."""
    found = replayed.found
    request, change = found.request, found.group.change
    who = request.actor.person or found.group.position
    held = f" ({found.group.position})" if request.actor.person else ""
    verb = "" if request.verb == "approve" else f" {request.verb}"
    asked = f"{replayed.day}  {who}{held}{verb} {short(request.action)}  "
    facts = facts_text(request.facts, program.actions[request.action].fields, program)
    return [
        (f"  {place(replayed.row.number, replayed.row.ids)}  ", asked, (facts, "dim")),
        ("    ", (str(change), STYLES[change.kind]), f": {found.new.reason}"),
    ]


def facts_text(facts: Mapping[str, Any], fields: Mapping[str, Field], program: Program) -> str:
    """The facts of a request on one line; of many only the first."""
    found = _facts(facts, fields, program, "")
    more = len(found) - MOST_FACTS
    shown = ", ".join(found[:MOST_FACTS])
    return f"{shown} and {more} more" if more > 0 else shown


def _facts(
    facts: Mapping[str, Any], fields: Mapping[str, Field], program: Program, above: str
) -> list[str]:
    found: list[str] = []
    for name, field in fields.items():
        value, record = facts.get(name), program.records.get(field.type.name or "")
        if isinstance(value, Mapping) and record is not None:
            found += _facts(value, record.fields, program, f"{above}{name}.")
        elif name in facts:
            found.append(f"{above}{name} {value_text(value, field.type)}")
    return found


def _errors(summary: Summary, replay: Replay, view: Screen) -> None:
    if not summary.errors:
        return
    view.line()
    view.line((f"{plural(summary.errors, 'row')} could not be replayed", "bold red"))
    for found in summary.first_unread:
        at = {OLD: "the old text does not take it: ", NEW: "the new text does not take it: "}
        named = place(found.row.number, found.row.ids)
        view.line(f"  {named}: {at.get(found.at, '')}{found.error}")
    if summary.errors > len(summary.first_unread):
        view.line(("  and others: `--list FILE` writes each of them", "dim"))
    nobody = any(not side.engine.directory.people for side in replay.sides)
    if summary.strangers and nobody:
        view.line(("  help", "bold cyan"), f": {NO_DIRECTORY}")
