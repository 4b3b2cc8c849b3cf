"""Requests judged in a warehouse, and by the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit_engine.batch.judge import BatchJudge, Checked
from remit_engine.batch.rows import columns_of, row_of
from remit_engine.deciding import concluded
from remit_engine.judging.chain import answer
from remit_engine.judging.interpreter import Interpreter
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.warehouse.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Batch:
    """The answers of a batch, None where irregular; stated: rows given as irregular."""

    answers: tuple[Checked | None, ...]
    stated: int


def judged(
    requests: Sequence[Request], model: Model, directory: Directory, warehouse: Warehouse
) -> Batch:
    """What the batch judge answers."""
    judge = BatchJudge(warehouse, model, directory)
    columns = judge.columns
    rows = [row_of(i, r, columns, judge.others(r.action)) for i, r in enumerate(requests)]
    warehouse.load("requests", columns_of(columns), rows)
    found = judge.judge("requests", "answers")
    numbers = dict(warehouse.rows("SELECT row_id, answer FROM answers"))
    assert sorted(numbers) == list(range(len(requests)))
    assert found.rows == len(requests)
    assert found.irregular == sum(n is None for n in numbers.values())
    keys = {
        n: (o, r) for n, o, r in warehouse.rows("SELECT answer, outcome, rules FROM answers_key")
    }
    for number, (outcome, rules) in enumerate(found.answers):
        listed = [model.rules[int(i)].id for i in keys[number][1].split(",") if i]
        assert (keys[number][0], tuple(listed)) == (outcome.value, rules)
    given = (numbers[i] for i in range(len(requests)))
    answers = tuple(None if n is None else found.answers[n] for n in given)
    return Batch(answers, sum(bool(row[6]) for row in rows))


def reference(request: Request, model: Model, directory: Directory) -> Checked:
    """What the reference answers, with the rules that decided."""
    judge = Interpreter()
    found = answer(request, request.actor, model, directory, judge)
    outcome, _ = concluded(found, request, model, directory, judge)
    return outcome, tuple(v.rule.id for v in found.ruling.verdicts)
