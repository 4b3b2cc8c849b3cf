"""The formatter's laws: meaning stays, comments stay, and once is enough."""

from __future__ import annotations

import textwrap

import pytest
from dsl import strategies
from hypothesis import HealthCheck, given, settings
from remit_dsl import formatter, syntax
from remit_dsl.parser import parse
from remit_dsl.source import Source

RANDOM = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def formatted(text: str) -> str:
    result = formatter.format(Source("x.remit", textwrap.dedent(text)))
    assert isinstance(result, str), result
    return result


def read(text: str) -> syntax.File:
    tree, faults = parse(Source("x.remit", text))
    assert faults == [], text
    return tree


@RANDOM
@given(strategies.files)
def test_what_is_printed_reads_back_as_the_same_tree(tree: syntax.File) -> None:
    assert syntax.same(read(formatter.print_file(tree)), tree)


@RANDOM
@given(strategies.files)
def test_formatting_twice_changes_nothing(tree: syntax.File) -> None:
    once = formatted(formatter.print_file(tree))
    assert formatted(once) == once
    assert syntax.same(read(once), tree)


@RANDOM
@given(strategies.expressions)
def test_a_printed_expression_reads_back(expr: syntax.Expr) -> None:
    tree = read(f"define x: number = {formatter.print_expression(expr)}")
    (define,) = tree.declarations
    assert isinstance(define, syntax.Define)
    assert syntax.same(define.value, expr)
