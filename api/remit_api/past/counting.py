"""What became of the rows that SQL answers, counted there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from remit_api.batch.row import LISTS, id_columns
from remit_api.past.asking import RESULTS
from remit_api.past.labels import EPOCH, load_labels
from remit_api.past.leaves import TEXT, Leaf
from remit_api.past.staging import AMOUNT, PARTIES, RECORDED, ROW
from remit_api.past.work import BOTH, NEW, PAST, Answered, Pair, Work
from remit_engine.decision import Outcome
from remit_engine.impact import Group, named, recorded
from remit_engine.warehouse.duckdb import literal

CENT = 10_000
"""Steps of one in the staged money."""

Counted = tuple[Any, ...]
"""`action, verb, label, before, answer, recorded`, and how many rows, amounts, their sum."""


def join(work: Work, new: Answered, old: Answered | None) -> None:
    """The rows that both texts answer (or one text, and an outcome is recorded)."""
    if not new.any:
        columns = (("row_id", "BIGINT"), ("action", "TEXT"))
        work.warehouse.load(BOTH, columns, [])
        return
    other = f"JOIN {old.table} o ON o.row_id = n.row_id" if old else ""
    before = "o.answer" if old else f"n.{RECORDED}"
    work.warehouse.create(
        BOTH,
        f"SELECT n.row_id, n.action, n.verb, n.actor, n.as_of, n.said_day, n.{AMOUNT}, "
        f"n.{RECORDED}, {before} AS before, a.answer FROM {NEW} n "
        f"JOIN {new.table} a ON a.row_id = n.row_id {other} "
        f"WHERE a.answer IS NOT NULL AND {before} IS NOT NULL",
    )


def first_day(work: Work, new: Answered) -> None:
    """The day of the oldest row, as the row says it."""
    if not new.any:
        return
    for (day,) in work.warehouse.rows(f"SELECT min(said_day) FROM {BOTH}"):
        if day is not None:
            work.summary.seen_on(EPOCH + timedelta(days=day))


def counted(work: Work, new: Answered, old: Answered | None) -> list[Pair]:
    """Count all regular rows; the pairs of old and new that are a change, each with it."""
    if not new.any:
        return []
    load_labels(work.warehouse, "labels", f"{NEW}{PARTIES}", work.replay.new.engine.directory)
    query = (
        f"SELECT action, verb, label, before, answer, {RECORDED}, count(*), count({AMOUNT}), "
        f"sum({AMOUNT}) FROM {BOTH} r "
        "LEFT JOIN labels l ON l.party = r.actor AND r.as_of >= l.start AND r.as_of < l.until "
        "GROUP BY ALL"
    )
    return changes(work, work.warehouse.rows(query), new, old)


def changes(work: Work, rows: Iterable[Counted], new: Answered, old: Answered | None) -> list[Pair]:
    """Take what was counted into the summary; the pairs that are a change, each with it."""
    pairs: dict[tuple[Any, Any], str] = {}
    for row in _merged(rows, new, old):
        group = _count(work, row, new, old)
        if group.changed:
            pairs[row[3], row[4]] = str(group.change)
    return [(before, after, change) for (before, after), change in sorted(pairs.items())]


def _merged(rows: Iterable[Counted], new: Answered, old: Answered | None) -> Iterator[Counted]:
    """Rows that are answered alike in all that is compared are put together by their outcome: most
    rows are, and they are counted by outcome alone."""
    alike: dict[tuple[Any, ...], list[Any]] = {}
    same_steps = old is None or old.steps == new.steps
    for row in rows:
        action, verb, label, before, after, outcome, *sums = row
        answer = new.answers[after]
        same = answer[0] == before if old is None else answer == old.answers[before]
        if not (same and same_steps):
            yield row
            continue
        found = alike.setdefault((action, verb, label, outcome, answer[0]), [*row[:6], 0, 0, 0])
        for at, amount in enumerate(sums, 6):
            found[at] += amount or 0
    yield from map(tuple, alike.values())


def _count(work: Work, row: Counted, new: Answered, old: Answered | None) -> Group:
    action, verb, label, before, after, outcome, rows, priced, amount = row
    reply = new.reply(after)
    other = old.reply(before) if old else recorded(Outcome(before), reply)
    group = Group.of(action, verb, label or named(()), other, reply)
    fact = work.replay.money_in(action)
    currency = fact.currency if fact else None
    counts, summary = work.summary.counts, work.summary
    if priced:
        counts.add(group, Fraction(int(amount), CENT), currency, priced)
    if rows > priced:
        counts.add(group, None, currency, rows - priced)
    summary.rows += rows
    if outcome is not None:
        summary.recorded += rows
        summary.otherwise += rows * (outcome != other.outcome)
    return group


def unused(work: Work) -> None:
    """Columns that no action of the rows knows."""
    for action, names in _strange(work).items():
        counted = ", ".join(f"count({leaf.value})" for leaf in names.values())
        query = (
            f"SELECT {counted} FROM {PAST} p JOIN (SELECT row_id FROM {BOTH} "
            f"WHERE action = {literal(action)}) s ON s.row_id = p.{ROW}"
        )
        for found in work.warehouse.rows(query) if names else ():
            work.summary.unused.update({n: c for n, c in zip(names, found, strict=True) if c})


def _strange(work: Work) -> Mapping[str, Mapping[str, Leaf]]:
    """For each action, the columns it does not know under either text."""
    named = {**work.leaves.facts, **work.leaves.lists}
    whole = {
        name: leaf
        for name, leaf in named.items()
        if name not in (*RESULTS, *LISTS, *id_columns(work.names))
        and (leaf.type == TEXT or "." not in name)
    }
    return {
        action: {
            name: leaf
            for name, leaf in whole.items()
            if name.split(".", 1)[0] not in (work.replay.roots(action) or ())
        }
        for action in work.replay.new.program.actions
    }
