"""OPA's order of decimals: numbers of a request compare exactly, whatever their length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.asking import DAY, House
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_request

DATA = json.loads((Path(__file__).parent / "data" / "opa.json").read_text("utf-8"))
HOUSE = House(
    """policy p { currency CNY } position clerk
    action less { a number  b number } authority less { clerk may approve when a < b }
    action same { a number  b number } authority same { clerk may approve when a = b }
    action more { a number  b number } authority more { clerk may approve when a > b }
    action limited { a number  limit on a } authority limited { clerk may approve up to 3.5 }"""
)


def holds(action: str, facts: str) -> bool:
    """Asked in JSON text, as a caller would."""
    text = f'{{"actor": "clerk", "action": "{action}", "facts": {facts}}}'
    request = read_request(read_json(text), HOUSE.model, HOUSE.directory, default_as_of=DAY)
    return HOUSE.answer(request).outcome == "permit"


@pytest.mark.parametrize("pair", DATA["pairs"], ids=lambda p: p["case"])
def test_the_order_of_a_pair(pair: dict[str, Any]) -> None:
    facts = f'{{"a": {pair["a"]}, "b": {pair["b"]}}}'
    found = {name: holds(name, facts) for name in ("less", "same", "more")}
    assert found == {
        "less": pair["order"] < 0,
        "same": pair["order"] == 0,
        "more": pair["order"] > 0,
    }


def test_one_number_written_four_ways() -> None:
    for a in DATA["same"]:
        assert holds("limited", f'{{"a": {a}}}')
        for b in DATA["same"]:
            assert holds("same", f'{{"a": {a}, "b": {b}}}')


def test_a_sorted_list() -> None:
    for a, b in zip(DATA["sorted"], DATA["sorted"][1:], strict=False):
        assert not holds("more", f'{{"a": {a}, "b": {b}}}')
    assert len(DATA["sorted"]) == len(DATA["unsorted"])
