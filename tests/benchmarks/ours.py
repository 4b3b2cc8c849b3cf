"""Remit on the synthetic policy: the engine, and requests in every form it takes them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from benchmarks.synthetic import ACTIONS, POSITIONS, Ask, Row, document, to_json, to_remit
from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_dsl.program import Program
from remit_engine.compile.scaled import SCALE
from remit_engine.compile.to_python import Compiled
from remit_engine.engine import Engine
from remit_engine.fast import Check, Checked
from remit_engine.people.directory import Directory
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request

Plain = tuple[str, str, date, tuple[Any, ...]]
"""Action, position, day and slots: what a checker takes."""


def program(rows: Sequence[Row], *, general: bool = False) -> Program:
    """The checked program of the rules."""
    made, found = load_texts({"bench.remit": to_remit(rows, general=general)})
    wrong = [f"{d.span} {d.code} {d.message}" for d in errors(found)]
    assert made is not None, "\n".join(wrong)
    return made


NAMES = {p: f"bench.{p}" for p in POSITIONS}


class Ours:
    """Remit's engine over some rules."""

    def __init__(self, rows: Sequence[Row], *, general: bool = False) -> None:
        self.program = program(rows, general=general)
        self.general = general
        self.directory = Directory.empty()
        self.restart()

    def restart(self) -> None:
        """A new engine over the same program: no cell is filled."""
        self.engine = Engine(self.program, self.directory)
        self.checks: dict[str, Check] = {a: self.engine.checker(f"bench.{a}") for a in ACTIONS}

    def check(self, action: str, position: str, as_of: date, slots: Sequence[Any]) -> Checked:
        """The fast check of one request."""
        return self.checks[action](position, as_of, slots)

    def plain(self, asks: Iterable[Ask]) -> list[Plain]:
        """Requests as a checker takes them, their facts read into exact scaled slots."""
        judge = self.engine.judge
        assert isinstance(judge, Compiled)
        orders = {a: [f.path for f in judge.slots(f"bench.{a}")] for a in ACTIONS}
        found = []
        for ask in asks:
            facts = {
                ("amount",): ask.amount * SCALE,
                ("order", "region"): ask.region,
                ("order", "line"): ask.line,
                ("order", "deposit"): 0,
                ("customer", "tier"): ask.tier,
                ("channel",): ask.channel,
            }
            slots = tuple(facts[path] for path in orders[ask.action])
            found.append((ask.action, NAMES[ask.position], ask.as_of, slots))
        return found

    def requests(self, asks: Iterable[Ask]) -> list[Request]:
        """Requests as `Engine.decide` takes them."""
        model = self.engine.model
        return [
            read_request(document(ask, general=self.general), model, self.directory) for ask in asks
        ]

    def jsons(self, asks: Iterable[Ask]) -> list[bytes]:
        """Requests as clients send them."""
        return [to_json(ask, general=self.general) for ask in asks]
