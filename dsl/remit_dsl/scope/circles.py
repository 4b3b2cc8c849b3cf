"""Circles in a graph of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Circles of a graph, each once, from the first of its names round to the last."""
    found: list[list[str]] = []
    done: set[str] = set()
    for root in graph:
        if root not in done:
            _search(graph, root, done, found)
    return found


def _search(
    graph: Mapping[str, Iterable[str]], root: str, done: set[str], found: list[list[str]]
) -> None:
    path, on_path = [root], {root: 0}
    todo = [iter(graph.get(root, ()))]
    while todo:
        name = next(todo[-1], None)
        if name is None:
            todo.pop()
            last = path.pop()
            del on_path[last]
            done.add(last)
        elif name in on_path:
            circle = path[on_path[name] :]
            if not any(set(circle) & set(c) for c in found):
                found.append(circle)
        elif name not in done:
            on_path[name] = len(path)
            path.append(name)
            todo.append(iter(graph.get(name, ())))
