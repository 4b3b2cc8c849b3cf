"""Awaiting what is mostly there already: a timer is only set where one really has to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """Something awaited that was taken as far as it came at once.

    there: it is through, and `value` is what came of it. Else the rest is awaited, once. Making one
    raises what the awaited raises at once.
    """

    __slots__ = ("_first", "_steps", "there", "value")

    def __init__(self, awaited: Awaitable[T]) -> None:
        self._steps: Generator[Any, Any, T] = awaited.__await__()
        self.there = False
        self.value: T | None = None
        try:
            self._first = next(self._steps)
        except StopIteration as done:
            self.there, self.value = True, done.value

    def __await__(self) -> Generator[Any, Any, T]:
        """The rest: as `yield from` goes on, of which the first step is taken."""
        waited = self._first
        while True:
            try:
                try:
                    given = yield waited
                except GeneratorExit:
                    self._steps.close()
                    raise
                except BaseException as fault:
                    waited = self._steps.throw(fault)
                else:
                    waited = self._steps.send(given)
            except StopIteration as done:
                found: T = done.value
                return found


async def within(seconds: float, awaited: Awaitable[T]) -> T:
    """What is awaited, where it comes within a time; raises TimeoutError where it does not."""
    begun = Begun(awaited)
    if not begun.there:
        async with asyncio.timeout(seconds):
            return await begun
    return begun.value  # type: ignore[return-value]
