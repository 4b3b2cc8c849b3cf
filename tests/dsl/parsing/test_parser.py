"""Well-formed texts: every construct is read as the specification says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from remit_dsl import syntax as s
from remit_dsl.catalogue.syntax import ENTRIES
from remit_dsl.lexing.currencies import CODES, is_currency
from remit_dsl.lexing.vocabulary import RESERVED
from remit_dsl.lexing.wordlists import words
from remit_dsl.parsing.automaton import table
from remit_dsl.parsing.parser import parse
from remit_dsl.parsing.tree_builder import TreeBuilder
from remit_dsl.source import Source
from remit_dsl.suggest import nearest


def read(text: str) -> s.File:
    tree, faults = parse(Source("p.remit", text))
    assert faults == [], faults
    return tree


def first(text: str):
    return read(text).declarations[0]


def expr(text: str):
    return first(f"define x: number = {text}").value


def rule(text: str):
    (found,) = first(f"authority a {{ {text} }}").statements
    return found


# --- the grammar ---------------------------------------------------------------------------


def test_the_grammar_has_no_conflict() -> None:
    import logging
    from pathlib import Path

    from lark import Lark, logger

    from remit_dsl.parsing import automaton
    from remit_dsl.parsing.automaton import _NoLexer

    messages: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    handler, level = Keep(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        grammar = Path(automaton.__file__).with_name("grammar.lark").read_text(encoding="utf-8")
        Lark(grammar, parser="lalr", lexer=_NoLexer, start="file", debug=True)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert [m for m in messages if "onflict" in m] == []


def test_every_rule_has_a_builder() -> None:
    builds = [
        action.build
        for row in table().rows
        for action in row.values()
        if not isinstance(action, int) and action.build is not None
    ]
    assert builds
    assert callable(TreeBuilder().file)


@pytest.mark.parametrize("code", [c for c, entry in ENTRIES.items() if entry.example])
def test_the_example_of_a_code_yields_it(code: str) -> None:
    assert [d.code for d in parse(Source("x", ENTRIES[code].example))[1]] == [code]


# --- names ---------------------------------------------------------------------------------

ORDINARY = words(
    """
    order customer rate amount total approve review month day level source document version
    owner period share line unit quarter year currency position record table action from
    until over under any all each per up at least most first sum count date number text
    money percent limit needs reports holds may start end days whole bands otherwise rounded
    as of by for where given absent between escalate separate nobody anyone requester use
    policy enum
    """
)


@pytest.mark.parametrize("word", sorted(ORDINARY))
def test_ordinary_words_are_names(word: str) -> None:
    tree = read(
        f"enum E {{ {word} }} record R {{ {word}: money }} position {word}\n"
        f"define d: number = R.{word} + {word}.x\n"
        f"action a {{ {word}: money }}\n"
    )
    enum, record, position, define, action = tree.declarations
    assert enum.members[0].name.text == word
    assert record.fields[0].name.text == word
    assert position.name.text == word
    assert define.value.left.parts == ("R", word)
    assert action.fields[0].name.text == word


@pytest.mark.parametrize(
    "word",
    sorted(
        words(
            """
            order customer rate amount total month day level source document version owner
            share line unit start end days whole bands any all limit first from over up each
            per
            """
        )
    ),
)
def test_ordinary_words_are_references_and_subjects(word: str) -> None:
    assert expr(f"{word} + 1").left.parts == (word,)
    assert expr(f"min({word}, 1)").arguments[0].parts == (word,)
    statement = rule(f"{word} may approve up to 5% when a = {word}")
    assert statement.subjects[0].parts == (word,)
    assert statement.clauses.when.right.parts == (word,)


@pytest.mark.parametrize("word", ["order", "each", "per", "table", "over", "from", "of"])
def test_a_subject_after_an_expression_may_be_any_word(word: str) -> None:
    block = first(f"authority a {{ b may approve up to 5 {word} may approve any }}")
    assert [x.subjects[0].text for x in block.statements] == ["b", word]


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words_are_refused_as_names(word: str) -> None:
    found = parse(Source("x", f"define {word}: number = 1"))[1]
    assert [d.code for d in found] == ["E0032"]


@pytest.mark.parametrize("name", ["销售经理", "合同A", "été", "заказ", "ラインA_項目", "_x9"])
def test_names_in_any_script(name: str) -> None:
    assert first(f"position {name}").name.text == name


def test_names_are_normalised() -> None:
    assert first("position e\u0301te\u0301").name.text == "été"
    assert expr("o\u0308.x").parts == ("ö", "x")


@pytest.mark.parametrize("text", ["upto 10%", "up to10%", "upto10%"])
def test_keywords_have_a_boundary(text: str) -> None:
    found = parse(Source("x", f"authority a {{ b may approve {text} }}"))[1]
    assert len(found) == 1
    assert "E0001" <= found[0].code < "E0100"


def test_upto_is_one_fault_with_its_help() -> None:
    found = parse(Source("x", "authority a { b may approve upto 10% }"))[1]
    assert [(d.code, d.help) for d in found] == [("E0031", "did you mean `up to`?")]


# --- literals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("200_000", "number", 200_000, None),
        ("0.5", "number", Fraction(1, 2), None),
        ("200_000 CNY", "money", 200_000, "CNY"),
        ("20万", "number", 200_000, "万"),
        ("1.5亿", "number", 150_000_000, "亿"),
        ("20万 USD", "money", 200_000, "USD"),
        ("12%", "percent", Fraction(3, 25), "%"),
        ("2‰", "percent", Fraction(1, 500), "‰"),
        ("25bp", "percent", Fraction(1, 400), "bp"),
        ("90 days", "days", 90, "days"),
        ("2 weeks", "days", 14, "weeks"),
        ("1 year", "months", 12, "year"),
        ("true", "boolean", True, None),
        ("2026-01-31", "date", date(2026, 1, 31), None),
        ('"a\\"b\\n"', "text", 'a"b\n', None),
    ],
)
def test_literals(text: str, kind: str, value: object, unit: str | None) -> None:
    found = expr(text)
    assert (found.kind, found.value, found.unit) == (kind, value, unit)
    assert found.written == text


def test_a_month_rule() -> None:
    assert expr("d + 3 months clipped").right.month_rule == "clipped"


def test_a_position_that_looks_like_a_currency() -> None:
    block = first("authority a { b may approve up to 5_000 CEO may approve any }")
    assert [x.subjects[0].text for x in block.statements] == ["b", "CEO"]
    block = first("authority a { b may approve up to 5_000\n ALL may approve any }")
    assert block.statements[0].limit.bound.value.kind == "number"


def test_currencies_are_a_closed_list() -> None:
    from babel.numbers import list_currencies

    assert set(list_currencies()) >= CODES
    assert is_currency("CNY")
    assert not is_currency("RMB")


# --- expressions ---------------------------------------------------------------------------


def shape(node) -> str:
    """An expression with every grouping shown."""
    if isinstance(node, s.Arithmetic | s.Comparison):
        return f"({shape(node.left)}{node.operator}{shape(node.right)})"
    if isinstance(node, s.Logical):
        return "(" + f" {node.operator} ".join(map(shape, node.operands)) + ")"
    if isinstance(node, s.Literal):
        return node.written
    if isinstance(node, s.Ref):
        return node.text
    parts = [
        shape(getattr(node, name))
        for name in node.__dataclass_fields__
        if isinstance(getattr(node, name), s.Expr)
    ]
    return f"{type(node).__name__}({', '.join(parts)})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", "(a+(b*c))"),
        ("a - b - c", "((a-b)-c)"),
        ("10% of a * b", "((10%ofa)*b)"),
        ("-a * b", "(Negative(a)*b)"),
        ("- -a", "Negative(Negative(a))"),
        ("a + b rounded half up to 0.01", "Rounded((a+b), 0.01)"),
        ("a otherwise 0% + b", "Default(a, (0%+b))"),
        ("a + b as CNY", "(a+Converted(b))"),
        ("a otherwise 0 < 5", "(Default(a, 0)<5)"),
        ("not a = b", "Not((a=b))"),
        ("a and b and not c", "(a and b and Not(c))"),
        ("(a or b) and c", "((a or b) and c)"),
        ("x between a and b and c", "(Between(x, a, b) and c)"),
        ("if a then b else c + d", "Conditional(a, b, (c+d))"),
        ("days from a to b + 1", "(DateDifference(a, b)+1)"),
        ("end of quarter of d + 1 day", "(PeriodEdge(d)+1 day)"),
        ("(a = b) = c", "((a=b)=c)"),
        ("x not in (a, b)", "Membership(x, Choices())"),
    ],
)
def test_how_tightly_things_bind(text: str, expected: str) -> None:
    assert shape(expr(text)) == expected


def test_walking_a_list() -> None:
    found = expr("sum(line.amount * 2 for line in order.lines where line.kind = gift)")
    assert (found.function, found.variable.text, found.over.text) == ("sum", "line", "order.lines")
    assert found.where is not None
    found = expr("any(line in order.lines where line.x)")
    assert (found.function, found.body) == ("any", None)
    assert isinstance(expr("count(order.lines)"), s.Call)


# --- statements ----------------------------------------------------------------------------


def test_limits() -> None:
    assert rule("a may approve").limit.kind == "none"
    assert rule("a may approve any").limit.kind == "any"
    assert rule("a may approve unset").limit.kind == "unset"
    limit = rule("a may approve up to 10 each, 50 per month, 90 per b.c per year").limit
    assert limit.bound.side == "up to"
    assert [(t.key and t.key.text, t.period) for t in limit.totals] == [
        (None, "month"),
        ("b.c", "year"),
    ]
    limit = rule("a may approve up to 30 per month per quarter").limit
    assert limit.bound is None
    assert (limit.totals[0].key.text, limit.totals[0].period) == ("month", "quarter")


@pytest.mark.parametrize(
    ("text", "side"),
    [("up to 5", "up to"), ("under 5", "under"), ("between 1 and 5", "between")],
)
def test_bounds_of_a_grant(text: str, side: str) -> None:
    assert rule(f"a, b.c may approve {text} when d").limit.bound.side == side


def test_clauses_in_any_order() -> None:
    clauses = rule(
        'x: a may approve any source "s" until 2027-01-01 because "b" zh "c" unless d when e'
        " from 2026-01-01"
    ).clauses
    assert (clauses.start, clauses.until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert clauses.because.translations == (("zh", "c"),)
    assert (clauses.when.text, clauses.unless.text, clauses.source) == ("e", "d", "s")


def test_steps() -> None:
    steps = rule("approve needs (review by a or b) and inspect by c then 2 of (d, e)").steps
    assert isinstance(steps, s.SequenceSteps)
    both, two = steps.steps
    assert isinstance(both, s.AllSteps)
    assert [len(step.positions) for step in both.steps] == [2, 1]
    assert (two.verb, two.count) == (None, 2)
    assert rule("approve over 5 needs all of (a, b)").steps.count is None
    assert rule('approve needs evidence list "L"').steps.label.text == "L"


def test_a_header() -> None:
    policy = read(
        'policy a.b "L" { effective from 2026-01-01 until 2027-01-01 owner o currency CNY }'
    ).policy
    assert (policy.effective_from, policy.effective_until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (policy.name.text, policy.owner.text, policy.currency) == ("a.b", "o", "CNY")


def test_table_cells() -> None:
    rows = first(
        "table t (a: A, b: money) gives number collect max {\n"
        "  east or north, under 5 -> 1.5\n  not west, at least 3 -> -1\n"
        "  any, between 1 and 2 -> 2\n}"
    )
    assert (rows.hit, rows.aggregation) == ("collect", "max")
    cells = [row.cells for row in rows.rows]
    assert len(cells[0][0].values) == 2
    assert cells[1][0].negated
    assert cells[2][0].values == ()
    assert cells[2][1].bound.side == "between"


# --- places and comments -------------------------------------------------------------------


def test_places_are_those_of_the_text() -> None:
    rule = 'm: b may approve up to 5% when x.y > 3 source "s"'
    text = f"policy p {{ }}\n\nauthority a {{\r\n\t{rule} # c\n}}\n"
    tree = read(text)
    statement = tree.declarations[0].statements[0]
    span = statement.span
    assert text[span.start : span.end] == rule
    assert (span.line, span.column) == (4, 2)
    when = statement.clauses.when.span
    assert text[when.start : when.end] == "x.y > 3"
    (comment,) = tree.comments
    assert (comment.text, comment.own_line, comment.span.line) == (" c", False, 4)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_a_mark_at_the_beginning(end: str) -> None:
    text = f"\ufeff# c{end}position a{end}position b # d{end}"
    tree = read(text)
    assert [d.span.line for d in tree.declarations] == [2, 3]
    assert [c.text for c in tree.comments] == [" c", " d"]


# --- did you mean --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("discuont", "discount"),
        ("sales_manger", "sales_manager"),
        ("nonexistent", None),
        ("x", None),
        ("discount", None),
    ],
)
def test_nearest(word: str, expected: str | None) -> None:
    assert nearest(word, ["owner", "discount", "sales_manager", "y"]) == expected
