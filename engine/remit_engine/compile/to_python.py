"""Placeholder until the generated back end lands in this session."""

from __future__ import annotations

from remit_engine.interpreter import Interpreter
from remit_engine.ir import Model


class Compiled(Interpreter):
    """See module."""

    def __init__(self, model: Model) -> None: ...
