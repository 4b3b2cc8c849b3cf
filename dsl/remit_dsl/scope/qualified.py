"""Qualified names: a policy and what is declared in it, `sales.discount.clerk`."""

from __future__ import annotations


def short(name: str) -> str:
    """A name without its policy."""
    return name.rsplit(".", 1)[-1]
