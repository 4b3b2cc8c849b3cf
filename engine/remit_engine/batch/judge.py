"""The batch judge: a table of plain requests in, a table of answers out.

Every answer is that of the engine. A row that cannot be answered here in exact form is irregular:
it has no answer, and the caller gives it to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from remit_dsl.uncollected import uncollected
from remit_engine.batch.layouts import reading
from remit_engine.batch.part import Part, World
from remit_engine.batch.places import Answers
from remit_engine.compile.sql_columns import Column, schema
from remit_engine.compile.to_python import Compiled
from remit_engine.compile.to_sql import asked
from remit_engine.decision import Outcome
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.warehouse.warehouse import BIGINT, TEXT, Warehouse, WarehouseTrouble

Progress = Callable[[str, int, int], None]
Checked = tuple[Outcome, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a table: its rows, how many are irregular, and the answers by their number
    with the ids of the deciding rules. table: `row_id, answer`, NULL where irregular; key, where it
    is asked for: `answer, outcome, rules`, the rules by index in the order in which they
    decided."""

    table: str
    key: str
    rows: int
    irregular: int
    answers: tuple[Checked, ...]


class BatchJudge:
    """Judges tables of requests under one policy and directory."""

    def __init__(
        self, warehouse: Warehouse, model: Model, directory: Directory | None = None
    ) -> None:
        self._world = World(warehouse, model, directory or Directory.empty(), Compiled(model))
        self._schemas = {action: schema(action, model) for action in model.actions}

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that a table of requests holds, over all actions."""
        return tuple(sorted({c for s in self._schemas.values() for c in s.columns}))

    def columns_of(self, action: str) -> tuple[Column, ...]:
        """The columns that the rules on one action read."""
        return self._schemas[action].columns

    def others(self, action: str) -> frozenset[str]:
        """Dotted paths that the rules on an action read and that have no column: a row that states
        one of them, or something below it, is to be given as irregular."""
        return self._schemas[action].others

    def judge(
        self, requests: str, into: str, progress: Progress | None = None, *, keyed: bool = True
    ) -> Judged:
        """Answer every row of a table of requests into another table. keyed: the meaning of the
        numbers becomes a table as well.

        Raises WarehouseTrouble.
        """
        run = _Run(self._world, requests, into, Answers(), keyed)
        with uncollected():
            total, irregular = run.everything(progress or (lambda what, done, of: None))
            ids = [rule.id for rule in self._world.model.rules]
            answers = tuple([(o, tuple([ids[i] for i in of])) for o, of in run.answers.all])
            return Judged(into, f"{into}_key", total, irregular, answers)

    def parts(self, requests: str, name: str) -> Iterator[Part]:
        """The rows of a table by action and verb; name: begins the names of what is made."""
        for n, ((action, verb), days) in enumerate(kinds(self._world, requests)):
            prefix, world = f"{name}_{n}", self._world
            how = reading(requests, prefix, action, verb, world.model, world.judge)
            yield Part(world, how, Answers(), days)


def kinds(world: World, requests: str) -> Iterator[tuple[tuple[str, str], list[int]]]:
    """The actions and verbs that rows ask about, each with the days it is asked on."""
    found: dict[tuple[str, str], list[int]] = {}
    for action, verb, as_of in sorted(world.warehouse.rows(asked(requests))):
        if action in world.model.actions and verb in world.model.verbs:
            found.setdefault((action, verb), []).append(as_of)
    return iter(found.items())


@dataclass(frozen=True, slots=True)
class _Run:
    """One table being judged."""

    world: World
    requests: str
    into: str
    answers: Answers
    keyed: bool

    def everything(self, progress: Progress) -> tuple[int, int]:
        """All rows; how many there are, and how many are irregular.

        While one part is written, the next is prepared, where the warehouse can do both.
        """
        asked_about = list(kinds(self.world, self.requests))
        parts: list[Part] = []
        written: list[Future[None]] = []
        with ThreadPoolExecutor(1) as writer:
            for n, ((action, verb), days) in enumerate(asked_about):
                progress(f"{action} {verb}", n, len(asked_about))
                world, prefix = self.world, f"{self.into}_{n}"
                how = reading(self.requests, prefix, action, verb, world.model, world.judge)
                part = Part(world, how, self.answers, days)
                written.append(writer.submit(part.answer, part.prepared()))
                if not world.warehouse.concurrent:
                    written[-1].result()
                parts.append(part)
            progress("answers", len(asked_about), len(asked_about))
            if self.keyed:  # while the last part is still being written
                self._load_key()
            for one in written:
                one.result()
        return self._joined([(part.table, part.regular) for part in parts])

    def _joined(self, parts: list[tuple[str, str]]) -> tuple[int, int]:
        whole = self._count(self.requests)
        queries = [f"SELECT row_id, answer FROM {table}" for table, _ in parts]
        if whole != sum(self._count(table) for table, _ in parts):
            regular = " OR ".join(f"({condition})" for _, condition in parts)
            rest = f"WHERE NOT COALESCE({regular}, FALSE)" if parts else ""
            nothing = "CAST(NULL AS BIGINT) AS answer"
            queries.append(f"SELECT row_id, {nothing} FROM {self.requests} {rest}")
        if not queries:
            queries = [f"SELECT row_id, as_of AS answer FROM {self.requests}"]
        self.world.warehouse.create(self.into, " UNION ALL ".join(queries))
        for table, _ in parts:
            self.world.warehouse.drop(table)
        counted = f"SELECT COUNT(*), COUNT(answer) FROM {self.into}"
        ((found, answered),) = self.world.warehouse.rows(counted)
        if found != whole:
            raise WarehouseTrouble(f"{self.world.warehouse.name} answered {found} of {whole} rows")
        return found, found - answered

    def _load_key(self) -> None:
        """What the numbers of answers mean."""
        columns = (("answer", BIGINT), ("outcome", TEXT), ("rules", TEXT))
        listed = enumerate(self.answers.all)
        rows = ((n, o.value, ",".join(map(str, ids))) for n, (o, ids) in listed)
        self.world.warehouse.load(f"{self.into}_key", columns, rows)

    def _count(self, table: str) -> int:
        ((count,),) = self.world.warehouse.rows(f"SELECT COUNT(*) FROM {table}")
        return int(count)
