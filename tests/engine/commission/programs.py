"""Texts of pay as programs, checked once."""

from __future__ import annotations

from functools import lru_cache

from remit_dsl.diagnostics import errors
from remit_dsl.loader import check_text
from remit_dsl.program import Program
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower


@lru_cache(maxsize=256)
def program(text: str) -> Program:
    """The checked program of a text that has no errors."""
    found, diagnostics = check_text(text)
    wrong = [f"{d.code} {d.message} at {d.span}" for d in errors(diagnostics)]
    assert not wrong, "\n".join([*wrong, text])
    assert found is not None
    return found


@lru_cache(maxsize=256)
def model(text: str) -> Model:
    """The lowered program of a text."""
    return lower(program(text))
