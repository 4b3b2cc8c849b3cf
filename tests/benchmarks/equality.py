"""The naive interpreter's answers to a sample of the batch's rows, and SQL's held to them.

    python -m benchmarks.equality ask JOURNAL       (with tests on the path; goes on where it ended)
    python -m benchmarks.equality compare JOURNAL

`ask` writes one line for each row, for hours if need be and at the lowest priority. `compare`
judges all rows in SQL as they are judged today, and compares outcome and rules with the journal.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from functools import cache
from itertools import islice
from multiprocessing import Pool
from pathlib import Path

from benchmarks.batch_rows import make, sampled
from benchmarks.ours import program
from benchmarks.synthetic import Ask, document, rows
from remit_engine.batch.judge import BatchJudge
from remit_engine.decision import Outcome
from remit_engine.judging.chain import answer, granted, stop
from remit_engine.judging.interpreter import Interpreter
from remit_engine.people.directory import Directory
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.warehouse.duckdb import DuckDB

RULES, ROWS, SAMPLE = 5_000, 10_000_000, 100_000
Answer = tuple[str, tuple[str, ...]]
Numbered = tuple[int, Ask]


@cache
def model(rules: int) -> Model:
    """The synthetic policy, once in each process."""
    return lower(program(rows(rules)))


def naive(request: Request, of: Model) -> Answer:
    """Outcome and deciding rules, by reading every rule. Of the others it is only asked whether
    one of them may, not who comes first."""
    nobody, judge = Directory.empty(), Interpreter()
    ruling = answer(request, request.actor, of, nobody, judge).ruling
    rules = tuple(v.rule.id for v in ruling.verdicts)
    if ruling.outcome is not None:
        return ruling.outcome.value, rules
    given = granted(request, of)
    if not given:
        return Outcome.UNDEFINED.value, rules
    able = any(stop(p, request, of, nobody, judge).able for p in reversed(given))
    return (Outcome.ESCALATE if able else Outcome.DENY).value, rules


def asked(given: tuple[int, Numbered]) -> tuple[int, Answer]:
    """The answer to one row; runs in a process of its own."""
    rules, (number, ask) = given
    request = read_request(document(ask), model(rules), Directory.empty())
    return number, naive(request, model(rules))


def ask(journal: Path, options: argparse.Namespace) -> None:
    """Answer what the journal has no answer to, until it is all or the time is over."""
    os.nice(options.nice)
    known = dict(read(journal))
    left = (n for n in sampled(rows(options.rules), options.rows, options.sample))
    todo = [(options.rules, (number, asking)) for number, asking in left if number not in known]
    print(f"{len(known):_} rows are answered, {len(todo):_} are left", flush=True)
    model(options.rules)
    end = time.monotonic() + options.minutes * 60
    with journal.open("a", encoding="utf-8") as out:
        for done, found in enumerate(_answers(todo, options.processes), 1):
            out.write(json.dumps(found) + "\n")
            if done % 500 == 0:
                out.flush()
                print(f"{time.strftime('%H:%M:%S')} {len(known) + done:_} rows", flush=True)
            if time.monotonic() > end:
                break


def _answers(todo: list[tuple[int, Numbered]], processes: int) -> Iterator[tuple[int, Answer]]:
    pool = Pool(processes) if processes > 1 else nullcontext()
    with pool as several:
        yield from map(asked, todo) if several is None else several.imap_unordered(asked, todo, 50)


def read(journal: Path) -> Iterator[tuple[int, Answer]]:
    """The answers of a journal; a line that was cut off when a run was ended is none."""
    if journal.exists():
        for line in journal.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):
                number, (outcome, rules) = json.loads(line)
                yield number, (outcome, tuple(rules))


def compare(journal: Path, options: argparse.Namespace) -> None:
    """Judge all rows in SQL, and say where that differs from the journal."""
    known = dict(read(journal))
    found = dict(judged(known, options))
    wrong = [n for n, expected in known.items() if found.get(n) != expected]
    met = Counter(outcome for outcome, _ in known.values())
    print(f"{len(known):_} rows compared ({dict(met)}), {len(wrong):_} differ")
    for number in islice(wrong, 10):
        print(f"  row {number}: naive {known[number]}, SQL {found.get(number)}")
    raise SystemExit(bool(wrong))


def judged(numbers: Iterable[int], options: argparse.Namespace) -> Iterator[tuple[int, Answer]]:
    """What SQL answers to these rows, judged among all."""
    every = rows(options.rules)
    with DuckDB() as engine:
        batch = BatchJudge(engine, model(options.rules))
        make(engine, "requests", every, batch.columns, options.rows)
        answers = batch.judge("requests", "answers").answers
        engine.load("wanted", (("row_id", "BIGINT"),), [(n,) for n in numbers])
        query = "SELECT row_id, answer FROM answers JOIN wanted USING (row_id)"
        for number, answer_number in engine.rows(query):
            outcome, rules = answers[answer_number]
            yield number, (outcome.value, rules)


COMMANDS: dict[str, Callable[[Path, argparse.Namespace], None]] = {"ask": ask, "compare": compare}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--rules", type=int, default=RULES)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--nice", type=int, default=19)
    options = parser.parse_args()
    COMMANDS[options.command](options.journal, options)


if __name__ == "__main__":
    main()
