"""A whole file, with its comments."""

from __future__ import annotations

from dataclasses import dataclass

from remit_dsl.syntax.declarations import Declaration, Policy, Use
from remit_dsl.syntax.nodes import Node


@dataclass(frozen=True, slots=True, eq=False)
class Comment(Node):
    """`# …`, text without the mark; `own_line` when nothing stands before it on its line."""

    text: str
    own_line: bool


@dataclass(frozen=True, slots=True, eq=False)
class File(Node):
    policy: Policy | None
    uses: tuple[Use, ...]
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = ()
