"""Hostile and huge texts: a fault or a result, in bounded time, never a traceback."""

from __future__ import annotations

import gc
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit_dsl import render, syntax
from remit_dsl.lexing.wordlists import words
from remit_dsl.parsing.parser import LARGEST, decode, parse
from remit_dsl.printing import formatter
from remit_dsl.source import Source

WORDS = words(
    """authority a { } ( ) may not approve 5% when and or if then else define : = -> , position enum
    table needs 2026-01-01 1,000 .5 ， “ => == п CNY otherwise between policy use # zh 销售 200_000
    from each per month requester separate nobody any unset 😀 [ ; % ‰ 万 days . _ 1e5"""
)
PIECES = ["up to", "review by", "bands of", "\n", '"x"', '"', "\u202e", "\x00", "\u0430b", "\ufeff"]
BITS = sorted(WORDS) + PIECES + ["\n"] * 3


def codes(text: str) -> list[str]:
    return [d.code for d in parse(Source("x", text))[1]]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(BITS), max_size=60), st.sampled_from(["", " "]))
def test_any_mixture_of_pieces_is_answered(bits: list[str], between: str) -> None:
    source = Source("x", between.join(bits))
    tree, faults = parse(source)
    assert isinstance(tree, syntax.File)
    for fault in faults:
        assert render.human(fault, source)
        assert 0 <= fault.span.start <= fault.span.end <= len(source.text)
    formatter.format(source)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    faults = parse(Source("x", text))[1]
    assert parse(Source("x", text))[1] == faults
    formatter.format(Source("x", text))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    source, faults = decode("x", data)
    assert (source is None) == bool(faults)
    if source is not None:
        parse(source)


# --- depth ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "define x: number = " + "(" * 250 + "1" + ")" * 250,
        "define x: number = " + "(" * 1_000_000,
        "define x: boolean = " + "not " * 100_000 + "a",
        "define x: number = " + "-" * 100_000 + "a",
        "define x: number = " + "a + " * 50_000 + "a",
        "define x: number = " + "if a then b else " * 20_000 + "c",
        "define x: number = " + "min(" * 150 + "1" + ")" * 150,
        "enum E { " + "a { " * 1000 + "b" + " }" * 1000 + " }",
        "authority a { approve needs "
        + "(review by b and (review by b then " * 60
        + "review by c"
        + "))" * 60
        + " }",
        "authority a { approve needs " + "(" * 5000 + "review by b" + ")" * 5000 + " }",
    ],
    ids=lambda text: text[:40],
)
def test_deep_nesting_is_one_fault(text: str) -> None:
    assert codes(text) == ["E0003"]


@pytest.mark.parametrize(
    "text",
    [
        "define x: number = " + "(" * 190 + "1" + ")" * 190,
        "define x: number = " + "a + " * 90 + "a",
        "define x: boolean = " + " and ".join("a" for _ in range(5000)),
        "enum E { " + "a { " * 45 + "b" + " }" * 45 + " }",
    ],
    ids=lambda text: text[:40],
)
def test_what_is_deep_enough_is_read_and_printed(text: str) -> None:
    tree, faults = parse(Source("x", text))
    assert faults == []
    assert syntax.same(parse(Source("x", formatter.print_file(tree)))[0], tree)


# --- size -----------------------------------------------------------------------------------


def test_a_file_that_is_too_large() -> None:
    source, (fault,) = decode("x", b"(" * (10 * 2**20))
    assert source is None
    assert fault.code == "E0002"
    assert decode("x", b"#" * LARGEST)[0] is not None


def test_a_large_broken_file_is_bounded() -> None:
    lines = "".join(f"position p{i} {{ reprots to q }}\n" for i in range(20_000))
    began = time.process_time()
    found = codes(lines)
    assert time.process_time() - began < 30
    assert len(found) == 101
    assert found[-1] == "E0004"


def test_a_large_text_without_sense_is_bounded() -> None:
    rng = random.Random(7)
    text = " ".join(rng.choice(BITS) for _ in range(100_000))
    began = time.process_time()
    found = codes(text)
    assert time.process_time() - began < 30
    assert 0 < len(found) <= 101


@pytest.mark.slow
def test_a_file_of_200_000_lines() -> None:
    lines = "".join(f"position p{i} {{ external }}\n" for i in range(200_000))
    source, faults = decode("x", lines.encode())
    assert source is not None
    assert faults == []
    began = time.process_time()
    tree, faults = parse(source)
    assert time.process_time() - began < 60
    assert faults == []
    assert len(tree.declarations) == 200_000


def rules(count: int) -> str:
    lines = [
        f"  position_{i % 50} may approve up to {i % 30 + 1}% "
        f"when order.total <= {i + 1}_000 and order.region = r{i % 9}"
        for i in range(count)
    ]
    return "authority discount {\n" + "\n".join(lines) + "\n}\n"


def test_five_times_the_rules_take_no_more_than_ten_times_as_long() -> None:
    parse(Source("x", "position a"))
    gc.collect()
    gc.disable()  # what other tests have left on the heap is not the parser's
    try:
        few, many = reading_time(rules(1000)), reading_time(rules(5000))
    finally:
        gc.enable()
    assert many < 10 * few


def reading_time(text: str) -> float:
    """CPU seconds, the least of three."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        tree, faults = parse(Source("x", text))
        taken.append(time.process_time() - began)
        assert faults == []
        assert isinstance(tree.declarations[0], syntax.Authority)
    return min(taken)


# --- encodings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "help"),
    [
        ("position a".encode("utf-16"), "the file looks like UTF-16; save it as UTF-8"),
        ("position a".encode("utf-16-le"), "the file looks like UTF-16; save it as UTF-8"),
        ('position a "销售经理"'.encode("gbk"), "the file looks like GBK; save it as UTF-8"),
        (b"position a # \xff", "save the file as UTF-8"),
    ],
)
def test_other_encodings(data: bytes, help: str) -> None:
    source, (fault,) = decode("x", data)
    assert source is None
    assert (fault.code, fault.help) == ("E0001", help)


def test_the_first_wrong_byte_is_named() -> None:
    _, (fault,) = decode("x", b"position a\nposition \xc3\x28")
    assert (fault.span.line, fault.span.column) == (2, 10)
    assert fault.message == "byte 21 of the file (0xC3) is not UTF-8"


def test_a_byte_order_mark_is_accepted() -> None:
    source, faults = decode("x", b"\xef\xbb\xbfposition a")
    assert faults == []
    assert source == Source("x", "position a")
