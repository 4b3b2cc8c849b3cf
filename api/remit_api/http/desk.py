"""The desk: what the service answers from, exchanged whole when a publish is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from remit_api.wiring import Loaded, find_directory, open_engine
from remit_engine.engine import Engine
from remit_engine.people.directory import DelegationEntry, Directory
from remit_engine.rules.hold import Hold
from remit_engine.rules.ir import Model
from remit_engine.storage.court import Court
from remit_engine.storage.holds import Standing


@dataclass(frozen=True, slots=True)
class Desk:
    """An engine with the versions it is of.

    revision: which publication; 0 for files that were never published. version, people: ids of the
    policy version and of the directory version, None for files. lent: the delegations among those
    of the directory that were made in the service. edition: of the holds that the engine is under.
    court: as the ledger asks.
    """

    engine: Engine
    digest: str
    revision: int = 0
    version: str | None = None
    people: str | None = None
    lent: tuple[DelegationEntry, ...] = ()
    edition: int = 0
    court: Court = field(init=False)

    def __post_init__(self) -> None:
        court = Court(self.engine, self.revision, self.edition)
        object.__setattr__(self, "court", court)

    @property
    def model(self) -> Model:
        """The rules."""
        return self.engine.model

    @property
    def directory(self) -> Directory:
        """The people."""
        return self.engine.directory

    def lending(self, entries: tuple[DelegationEntry, ...], revision: int) -> Desk:
        """The same texts at a revision, with these delegations instead of those made in the
        service before."""
        if entries == self.lent:
            return replace(self, revision=revision)
        here = self.directory
        written = here.delegations[: len(here.delegations) - len(self.lent)]
        people = Directory(here.name, here.people, (*written, *entries), here.units)
        engine = Engine(self.model, people).under(self.engine.holds)
        return replace(self, engine=engine, revision=revision, lent=entries)

    def holding(self, standing: Standing) -> Desk:
        """The same texts and people under the holds that stand."""
        if standing.edition == self.edition:
            return self
        return replace(self, engine=self.engine.under(standing.holds), edition=standing.edition)

    def held_by(self, holds: Sequence[Hold]) -> Desk:
        """The same under what was held at another time, to answer as it was answered then."""
        return (
            self if self.engine.holds == holds else replace(self, engine=self.engine.under(holds))
        )


def desk_of_files(policies: Sequence[Path], directory: Path | None) -> Desk:
    """The desk of files on disk, the directory named or the one beside them; raises InvalidPolicy,
    FileTrouble."""
    loaded: Loaded = open_engine(policies, directory or find_directory(policies))
    return Desk(loaded.engine, loaded.program.digest)
