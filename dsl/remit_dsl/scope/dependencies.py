"""What depends on what: circles, and the facts a definition needs through others."""

from __future__ import annotations

from collections.abc import Mapping

from remit_dsl.diagnostics import Related
from remit_dsl.scope.circles import circles
from remit_dsl.scope.findings import listing
from remit_dsl.scope.world import World


def close(world: World, used: Mapping[str, set[str]], roots: Mapping[str, set[str]]) -> None:
    """Enter the facts every definition and table needs; report definitions in a circle."""
    _report_circles(world, used)
    needs = {name: set(roots.get(name, ())) for name in used}
    users: dict[str, list[str]] = {}
    for name, others in used.items():
        for other in others:
            users.setdefault(other, []).append(name)
    todo = [name for name, facts in needs.items() if facts]
    while todo:
        name = todo.pop()
        for user in users.get(name, ()):
            if not needs[name] <= needs[user]:
                needs[user] |= needs[name]
                todo.append(user)
    world.uses.update(used)
    world.needs.update({name: frozenset(facts) for name, facts in needs.items()})


def _report_circles(world: World, used: Mapping[str, set[str]]) -> None:
    for circle in circles({name: sorted(others) for name, others in used.items()}):
        first = world.values[circle[0]]
        short = [name.rsplit(".", 1)[-1] for name in circle]
        world.findings.add(
            first.span,
            "E0213",
            f"{first.kind} `{short[0]}` depends on itself"
            + (f" through {listing(short[1:])}" if len(short) > 1 else ""),
            "break the circle: a value cannot be needed to find itself",
            [
                Related(world.values[name].span, f"`{name.rsplit('.', 1)[-1]}` is declared here")
                for name in circle[1:]
            ],
        )
