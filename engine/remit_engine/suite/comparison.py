"""The expected answer against the given one, in sentences that can be read aloud."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from remit_dsl.scope.qualified import short
from remit_engine.decision import Decision, Extent, Outcome
from remit_engine.engine import Engine
from remit_engine.explanation.words import say
from remit_engine.questions import Holder
from remit_engine.reading.request_reader import evidence_steps
from remit_engine.request import Request
from remit_engine.rules.names import Names, names_of
from remit_engine.suite.cases import Expectation, ExpectedExtent

TOOK_PART = frozenset({"grants", "forbids", "requires", "exceeded", "unset"})


def differences(
    expect: Expectation, decision: Decision, request: Request, engine: Engine
) -> Iterator[str]:
    """Everything in which the answer is not as expected."""
    if expect.outcome is not None and decision.outcome != expect.outcome:
        yield f"expected {expect.outcome}, got {decision.outcome}: {decision.reason}"
    if expect.rules is not None:
        yield from _rules(expect.rules, decision)
    if expect.limit is not None:
        yield from _extent("limit", expect.limit, decision.limit)
    if expect.maximum is not None:
        yield from _extent("maximum", expect.maximum, decision.maximum)
    if expect.missing is not None:
        yield from _same("missing", expect.missing, [m.path for m in decision.missing])
    if expect.needs is not None:
        yield from _needs(expect.needs, decision, request, engine)
    names = names_of(engine.model)
    if expect.chain is not None:
        yield from _chain(expect.chain, decision, names)
    if expect.approvers is not None:
        yield from _approvers(expect.approvers, request, engine, names)


def _listed(words: Collection[str]) -> str:
    return ", ".join(f"`{w}`" for w in words) or "none"


def _rules(expected: tuple[str, ...], decision: Decision) -> Iterator[str]:
    roles = {rule.id: rule.role for rule in decision.rules}
    acted = [rule for rule, role in roles.items() if role in TOOK_PART]
    if not expected and acted:
        yield f"expected no rule to take part, got {_listed(acted)}"
    for rule in expected:
        role = roles.get(rule)
        if role is None:
            yield f"expected the rule `{rule}` to take part, got {_listed(list(roles))}"
        elif role not in TOOK_PART:
            yield f"expected the rule `{rule}` to take part, got it as `{role}`"


def _extent(what: str, expected: ExpectedExtent, got: Extent | None) -> Iterator[str]:
    if got is None:
        if expected.kind != "none":
            yield f"expected the {what} {expected.text}, got no {what}"
        return
    same = got.kind == expected.kind
    if same and expected.kind == "bound":
        value = got.value.value if got.value else None
        lower = got.lower.value if got.lower else None
        same = (value, lower) == (expected.value, expected.lower)
        same = same and got.inclusive == expected.inclusive
    if not same:
        yield f"expected the {what} {expected.text}, got {got.text}"


def _same(what: str, expected: Collection[str], got: list[str]) -> Iterator[str]:
    """The same words in any order."""
    wanted = {_spaced(w): w for w in expected}
    given = {_spaced(w): w for w in got}
    if wanted.keys() != given.keys():
        yield f"expected {what} {_listed(sorted(expected))}, got {_listed(sorted(got))}"


def _needs(
    expected: tuple[str, ...], decision: Decision, request: Request, engine: Engine
) -> Iterator[str]:
    """Steps by their text; evidence by its text, or as a policy spells it: `evidence photo`."""
    spelt: dict[str, str] = {}
    for step in evidence_steps(engine.model, request.action):
        shown = step.label.localized(request.language) if step.label else step.name
        spelt[say(request.language, "step.evidence", name=shown)] = f"evidence {step.name}"
    stated = {_spaced(text) for text in expected}
    got = [
        spelt.get(n.text, n.text) if _spaced(n.text) not in stated else n.text
        for n in decision.needs
    ]
    yield from _same("needs", expected, got)


def _spaced(text: str) -> str:
    return " ".join(text.split()).casefold()


def _position(word: str, names: Names) -> str:
    """The qualified name of a position where the word names one, else the word."""
    found = names.positions.find(word)
    return found[0] if len(found) == 1 else word


def _chain(expected: tuple[str, ...], decision: Decision, names: Names) -> Iterator[str]:
    got = [link.position for link in decision.chain]
    if [_position(w, names) for w in expected] != got:
        stops = _listed([short(p) for p in got])
        yield f"expected the chain {_listed(expected)}, got {stops}"


def _able(holder: Holder) -> bool:
    """True when nothing but who asks could still keep a holder from it."""
    return holder.outcome in (Outcome.PERMIT, Outcome.NEEDS) or holder.missing == ("requester",)


def _approvers(
    expected: tuple[str, ...], request: Request, engine: Engine, names: Names
) -> Iterator[str]:
    """Each one named may, and everybody who may is named, by person or by position."""
    able = [h for h in engine.who(request) if _able(h)]
    people = {h.person for h in able if h.person is not None}
    positions = {h.position for h in able}
    wanted = {w if w in people else _position(w, names) for w in expected}
    unnamed = [h for h in able if h.person not in wanted and h.position not in wanted]
    if wanted - people - positions or unnamed:
        got = dict.fromkeys(
            f"{short(h.position)} {h.person}" if h.person else short(h.position) for h in able
        )
        yield f"expected the approvers {_listed(expected)}, got {_listed(list(got))}"
