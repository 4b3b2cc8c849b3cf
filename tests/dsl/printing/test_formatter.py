"""The formatter's laws: meaning stays, comments stay, and once is enough."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import HealthCheck, given, settings

from dsl import strategies, strategies_pay, strategies_watch
from remit_dsl import syntax
from remit_dsl.parsing.parser import parse
from remit_dsl.printing import formatter
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
@given(strategies_pay.files)
def test_pay_reads_back_and_formatting_it_twice_changes_nothing(tree: syntax.File) -> None:
    printed = formatter.print_file(tree)
    assert syntax.same(read(printed), tree)
    once = formatted(printed)
    assert formatted(once) == once
    assert syntax.same(read(once), tree)


@RANDOM
@given(strategies_watch.files)
def test_watch_reads_back_and_formatting_it_twice_changes_nothing(tree: syntax.File) -> None:
    printed = formatter.print_file(tree)
    assert syntax.same(read(printed), tree)
    once = formatted(printed)
    assert formatted(once) == once
    assert syntax.same(read(once), tree)


@RANDOM
@given(strategies.expressions)
def test_a_printed_expression_reads_back(expr: syntax.Expr) -> None:
    tree = read(f"define x: number = {formatter.print_expression(expr)}")
    (define,) = tree.declarations
    assert isinstance(define, syntax.Define)
    assert syntax.same(define.value, expr)


# --- comments and layout ---------------------------------------------------------------------


def test_comments_stay_where_they_belong() -> None:
    assert (
        formatted(
            """\
            # The discount policy
            # of 2026.

            policy p { owner board # who amends it
              # the house currency
              currency CNY }
            # parts
            use a.b   # shared
            authority discount { # whose
               # small ones
               clerk may approve up to 5%   # by hand


               # large ones
               director may approve any   # rare
               # nothing follows
            } # end
            # last words
            """
        )
        == """\
# The discount policy
# of 2026.

policy p {
  owner board  # who amends it
  # the house currency
  currency CNY
}

# parts
use a.b  # shared

authority discount {  # whose
  # small ones
  clerk may approve up to 5%  # by hand

  # large ones
  director may approve any  # rare
  # nothing follows
}  # end
# last words
"""
    )


def test_comments_inside_a_statement_move_before_it() -> None:
    text = """\
authority discount {
  clerk may approve up to 5%  # first
      # second
      when a = b  # third
  director may approve any
}
"""
    once = formatted(text)
    assert once == (
        "authority discount {\n"
        "  # first\n"
        "  # second\n"
        "  clerk may approve up to 5% when a = b  # third\n"
        "  director may approve any\n"
        "}\n"
    )
    assert formatted(once) == once


def test_comments_keep_a_block_open() -> None:
    text = "enum Region { north # cold\n  south { a b } }\n"
    assert formatted(text) == "enum Region {\n  north  # cold\n  south { a b }\n}\n"


def test_long_statements_break_before_their_clauses() -> None:
    source = "a may approve up to 5% when " + " and ".join(
        f"order.field_{i} = {i}" for i in range(8)
    )
    text = formatted(f'authority x {{ {source} because "so" }}')
    assert text.split("\n")[1:4] == [
        "  a may approve up to 5%",
        "      when order.field_0 = 0",
        "        and order.field_1 = 1",
    ]
    assert formatted(text) == text


def test_blank_lines() -> None:
    text = "position a\nposition b\n\n\nposition c\nenum E { x }\nrecord R { a: text }\n"
    assert formatted(text) == (
        "position a\nposition b\n\nposition c\n\nenum E { x }\n\nrecord R { a: text }\n"
    )


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("200000", "200_000"),
        ("20_0000", "200_000"),
        ("2000", "2000"),
        ("20 万", "20万"),
        ("12 %", "12%"),
        ("200000CNY", "200_000 CNY"),
        ("90days", "90 days"),
        ("0.50", "0.50"),
        ("1.20亿", "1.20亿"),
        ("((a + b)) * (c)", "(a + b) * c"),
        ("(a or b) and (c = d)", "(a or b) and c = d"),
        ("- - a", "--a"),
        ("a-b", "a - b"),
        ('"a\\tb"', '"a\\tb"'),
    ],
)
def test_one_way_to_write_it(written: str, canonical: str) -> None:
    assert formatted(f"define x: number = {written}") == f"define x: number = {canonical}\n"


def test_an_empty_text() -> None:
    assert formatted("") == ""
    assert formatted("\n# only this\n") == "# only this\n"


def test_faults_are_returned_instead() -> None:
    result = formatter.format(Source("x", "position"))
    assert isinstance(result, list)
    assert [d.code for d in result] == ["E0030"]


@pytest.mark.parametrize("seed", range(40))
def test_comments_anywhere_are_kept_and_stay(seed: int) -> None:
    import random

    rng = random.Random(seed)
    text = (
        "policy p { owner a currency CNY } use b, c\n"
        "enum E { x { y z } w } position q { reports to r external }\n"
        "parameter g: percent { from 2026-01-01 -> 5% from 2027-01-01 -> 6% }\n"
        "define d: money = bands of e { under 5 -> 1 otherwise -> 2 }\n"
        "table t (a: A) gives number { x -> 1 y -> 2 } action n { f money limit on f }\n"
        "delegation of n { at most own limit onward }\n"
        'waive unset of a , b on n for q , r at s.t because "x" zh "y"\n'
        "authority n { q may approve up to 5 when a = b approve needs review by c }\n"
    )
    pieces = text.split(" ")
    marked = "".join(f"{piece}{_mark(rng)}" for piece in pieces)
    before, faults = parse(Source("x", marked))
    assert faults == []
    once = formatted(marked)
    after = read(once)
    assert syntax.same(after, before)
    assert sorted(c.text for c in after.comments) == sorted(c.text for c in before.comments)
    assert formatted(once) == once


def _mark(rng) -> str:
    if rng.random() > 0.15:
        return " "
    return rng.choice(["  # c{}\n", "\n# own{}\n", "\n\n# apart{}\n\n", "  # c{}\n# own\n"]).format(
        rng.randrange(1000)
    )


LEAF = syntax.Ref(strategies.NOWHERE, ("x",))


@pytest.mark.parametrize("outer", range(len(strategies.forms(LEAF))))
def test_every_form_inside_every_other_reads_back(outer: int) -> None:
    for inner in strategies.forms(LEAF):
        expr = strategies.forms(inner)[outer]
        text = formatter.print_expression(expr)
        statements = f"authority a {{ b may approve any when {text} c may approve any }}"
        tree = read(f"define x: number = {text}\n{statements}")
        define, block = tree.declarations
        assert syntax.same(define.value, expr), text
        assert syntax.same(block.statements[0].clauses.when, expr), text
