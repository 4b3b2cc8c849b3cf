"""Random rulesets as matchers get them, and messages for them."""

from __future__ import annotations

from hypothesis import strategies as st

from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN, Message
from remit_engine.watch.rulesets import And, Atom, Not, Or, Question, Ruleset, RuleShape

NAMES = tuple(f"a{n}" for n in range(1, 6))
signs = st.sampled_from((LESS, EQUAL, GREATER, UNKNOWN))
atoms = st.builds(
    Atom,
    st.sampled_from(NAMES),
    st.frozensets(st.sampled_from((LESS, EQUAL, GREATER)), min_size=1, max_size=2),
)


def _above(inner):
    many = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(And, many), st.builds(Or, many))


formulas = st.recursive(atoms, _above, max_leaves=10)
rules = st.builds(RuleShape, st.just("r"), formulas, formulas)


def ruleset(shapes, name: str = "w", atoms_: tuple[str, ...] = NAMES) -> Ruleset:
    """A ruleset of these rules, numbered."""
    questions = tuple(Question(a, "truth") for a in atoms_)
    numbered = tuple(RuleShape(f"r{n}", s.begin, s.clear) for n, s in enumerate(shapes))
    return Ruleset(name, name, "subject", questions, numbered)


rulesets = st.lists(rules, min_size=1, max_size=4).map(ruleset)


@st.composite
def messages(draw, of: Ruleset, most: int = 12) -> list[Message]:
    """Signs are given, unknown, or not there at all."""
    ids = [r.id for r in of.rules]
    given = st.dictionaries(st.sampled_from(of.atoms), signs)
    opened = st.frozensets(st.sampled_from(ids))
    pairs = draw(st.lists(st.tuples(given, opened), min_size=1, max_size=most))
    return [Message(f"m{n}", of.name, "s", s, o) for n, (s, o) in enumerate(pairs)]
