"""What was compared when an alert began, in words."""

from __future__ import annotations

from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_dsl.source import Span
from remit_engine.explanation.quoting import written
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.text import value_text
from remit_engine.watch.alert import Compared
from remit_engine.watch.rulesets import Question


def compared(question: Question, span: Span, env: Environment, program: Program) -> Compared:
    """Both sides of a comparison; of a condition by itself, whether it is true. span: of the whole
    in the text."""
    left, right = question.left, question.right
    if left is None:
        raise TypeError("a question without an expression")
    text = written(span, program)
    if right is not None:
        return Compared(text, _words(left, env), _words(right, env))
    if isinstance(left, x.Contains):
        return Compared(text, _words(left.item, env), _words(left.collection, env))
    return Compared(text, _words(left, env), "true")


def _words(e: x.Expression, env: Environment) -> str | None:
    value: Any = evaluate(e, env)
    return None if isinstance(value, Unknown) else value_text(value, e.type)
