"""Scores as plans read them: by scorecard, computed where they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.faults import AtFault
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.scorecard import score
from remit_engine.rules.ir import Model


class Scores(Mapping[str, Fraction]):
    """The scores of one person for one period, by the qualified name of the scorecard. Reading one
    that has no value raises AtFault."""

    def __init__(self, model: Model, data: Dataset, person: str, period: Period) -> None:
        self._model, self._data, self._person, self._period = model, data, person, period
        self._known: dict[str, Fraction] = {}

    def __getitem__(self, name: str) -> Fraction:
        if name not in self._known:
            self._known[name] = self._score(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._model.program.scorecards)

    def __len__(self) -> int:
        return len(self._model.program.scorecards)

    def __contains__(self, name: object) -> bool:
        return name in self._model.program.scorecards

    def _score(self, name: str) -> Fraction:
        card = self._model.program.scorecards[name]
        found = score(self._model, card, self._data, self._person, self._period)
        if found.value is None:
            raise AtFault(f"`{card.name.rsplit('.', 1)[-1]}` has no score: {found.fault}")
        return found.value
