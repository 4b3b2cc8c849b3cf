"""Changed policies, one change at a time, and which of them no test case notices."""

from __future__ import annotations

from remit_engine.suite.mutation.bench import Bench, Mutation, Unnoticed, benches, mutate
from remit_engine.suite.mutation.mutants import Mutant, mutants
from remit_engine.suite.mutation.witness import Witness, witness

__all__ = [
    "Bench",
    "Mutant",
    "Mutation",
    "Unnoticed",
    "Witness",
    "benches",
    "mutants",
    "mutate",
    "witness",
]
