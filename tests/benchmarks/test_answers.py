"""The benchmark compares like with like: every engine gives the same answers."""

from __future__ import annotations

from benchmarks.figures import Scene, compared
from benchmarks.ours import Ours
from benchmarks.synthetic import ACTIONS


def test_every_engine_and_path_gives_the_reference_answers() -> None:
    scene = Scene.of(120, 300)
    assert sum(map(bool, scene.reference)) == 150
    compared(scene)


def test_one_policy_has_cells_and_the_other_has_none() -> None:
    scene = Scene.of(50, 2)
    for general in (False, True):
        ours = Ours(scene.rows, general=general)
        (plain, *_) = ours.plain(scene.asks)
        ours.check(*plain)
        kept = {ours.engine.checker(f"bench.{a}").__name__ for a in ACTIONS}
        assert kept == ({"<lambda>"} if general else {"check"})
