"""What could stand at a place, in the words of a person rather than of the grammar."""

from __future__ import annotations

from remit_dsl.lexing import vocabulary
from remit_dsl.lexing.wordlists import words
from remit_dsl.parsing.automaton import Reduction, can_shift

Rows = list[dict[str, int | Reduction]]

_VALUE = words(
    """
    NAME DOTTED NUMERAL STRING DATE_LITERAL SPAN_LITERAL TRUE FALSE LPAR MINUS IF NOT BANDS
    DAYS WHOLE START END HOW_MANY ARTICLE COUNT_OF SUM_OF
    """
)
_OPERATORS = words(
    """
    PLUS MINUS STAR SLASH OF AS ROUNDED OTHERWISE CMP EQ IN NOT IS BETWEEN AND OR REPORTS
    HOLDS IS_OVER IS_UNDER IS_AT FOLLOWED COUNTED_BY COUNTED_WHERE COUNTED_WITHIN
    """
)
_DECLARATIONS = frozenset(word.upper() for word in (*vocabulary.DECLARATIONS, *vocabulary.HEADERS))
_STATEMENTS = words("NAME DOTTED ANYONE NOBODY REQUESTER SEPARATE SUPERIORS ESCALATE")
_CLAUSES = words("WHEN UNLESS FROM UNTIL BECAUSE SOURCE")
_BOUNDS = words("UP AT UNDER OVER BETWEEN")
_LIMITS = words("UP UNDER BETWEEN ANY UNSET AT OVER")
_TYPES = words(
    """
    MONEY PERCENT NUMBER INTEGER TEXT BOOLEAN DATE DURATION MONTHS SET LIST NAME DOTTED
    """
)
_HEADER = words(
    """
    DOCUMENT VERSION REVISION SUMMARY EFFECTIVE APPROVED PUBLISHED OWNER CURRENCY
    """
)
_POSITION = words("REPORTS DOTTED_LINE ALSO ANSWERS HEADCOUNT EXTERNAL SOURCE")
_DELEGATION = words("TO AT NEEDS NEVER ONWARD")
_PLAN = words(
    """
    PAYS PERIOD CURRENCY EFFECTIVE FROM ON CREDIT QUOTA CAP FLOOR HOLD REVERSE GUARANTEE DRAW POOL
    SHARE GROUP REMAINDERS LEAVERS SOURCE NAME
    """
)
_MEASURED = words("WEIGHT TARGET FLOOR CAP VALUE NOTHING HIGHER LOWER")
_SCORECARD = words("OF PERIOD ITEM SCORE SOURCE")
_ALLOCATION = words("AMOUNT YEAR BY IN REMAINDERS AMEND SOURCE")
_TIERS = words("UP UNDER AT OVER OTHERWISE_ROW")
_WATCH = words("NAME WHEN")
_DOING = words("NOTIFY FREEZE REQUIRE RAISE UNTIL BECAUSE SOURCE WITH")
_WAIVER = words("OF ON FOR AT WHEN UNLESS BECAUSE")
_PERIODS = words("DAY WEEK MONTH QUARTER YEAR")
_STEPS = words("NAME NUMERAL ALL EVIDENCE LPAR")

# In this order: what all of `needed` stand for is said once, and `covers` need no mention then.
_GROUPS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("a header line such as `owner`", frozenset({"OWNER", "VERSION"}), _HEADER),
    ("a line such as `reports to`", frozenset({"HEADCOUNT"}), _POSITION),
    ("a line such as `at most`", frozenset({"ONWARD", "NEVER"}), _DELEGATION),
    ("a part such as `on` or `because`", frozenset({"ON", "BECAUSE"}), _WAIVER),
    ("an item of the plan such as `credit`", frozenset({"PAYS", "CREDIT"}), _PLAN),
    ("a line such as `target`", frozenset({"WEIGHT", "TARGET"}), _MEASURED),
    ("an item of the scorecard such as `item`", frozenset({"ITEM", "SCORE"}), _SCORECARD),
    ("an item of the allocation such as `by`", frozenset({"AMEND", "AMOUNT"}), _ALLOCATION),
    ("a tier such as `up to`", frozenset({"OTHERWISE_ROW", "OVER", "AT"}), _TIERS),
    ("a rule such as `when … notify …`", frozenset({"WHEN", "NAME", "RBRACE"}), _WATCH),
    ("a part such as `notify`", frozenset({"NOTIFY", "RAISE"}), _DOING),
    ("a type", frozenset({"PERCENT", "MONEY"}), _TYPES),
    ("a table cell", frozenset({"ANY", "NUMERAL", "OVER"}), _VALUE | _BOUNDS | {"ANY"}),
    ("a step such as `review by`", frozenset({"EVIDENCE", "NUMERAL"}), _STEPS),
    ("a limit such as `up to`", frozenset({"UNSET", "UP"}), _LIMITS),
    ("a value", frozenset({"NUMERAL", "TRUE"}), _VALUE),
    ("a bound such as `over`", frozenset({"AT", "OVER"}), _BOUNDS),
    ("a clause such as `when`", frozenset({"WHEN"}), _CLAUSES),
    ("a statement", frozenset({"SUPERIORS"}), _STATEMENTS),
    ("a declaration", frozenset({"ENUM", "AUTHORITY"}), _DECLARATIONS),
    ("a period such as `month`", frozenset({"DAY", "MONTH", "YEAR"}), _PERIODS),
    ("an operator", frozenset({"STAR", "SLASH"}), _OPERATORS),
)
_SINGLE = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "NUMERAL": "a number",
    "DATE_LITERAL": "a date such as `2026-01-31`",
    "SPAN_LITERAL": "a time such as `60 days`",
    "CURRENCY_CODE": "a currency code such as `CNY`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "ARROW": "`->`",
    "EQ": "`=`",
    "OTHERWISE_ROW": "`otherwise ->`",
    "FROM_MONTH": "`from month`",
    "$END": "the end of the file",
}
_NEVER_SAID = words(
    """
    LANG DOTTED CMP HOW_MANY ARTICLE COUNT_OF SUM_OF IS_OVER IS_UNDER IS_AT FOLLOWED COUNTED_BY
    COUNTED_WHERE COUNTED_WITHIN
    """
)
_MOST = 5

# Keywords that are said, and misspelt, together with the word after them.
PHRASES = {
    "UP": ("up to",),
    "AT": ("at least", "at most"),
    "REPORTS": ("reports to",),
    "DOTTED_LINE": ("dotted line to",),
    "ALSO": ("also called",),
    "ANSWERS": ("answers for",),
    "SUPERIORS": ("superiors inherit",),
    "EFFECTIVE": ("effective from",),
}


def acceptable(rows: Rows, states: list[int]) -> list[str]:
    """The terminals that can really stand next, in a fixed order."""
    row = rows[states[-1]]
    return sorted(t for t in row if t.isupper() and can_shift(rows, states, t))


def keyword_texts(terminals: list[str]) -> dict[str, str]:
    """How each keyword among the terminals may be written: text to terminal."""
    found: dict[str, str] = {}
    for terminal in terminals:
        if terminal not in vocabulary.CLASSES:
            found[vocabulary.SPELLING.get(terminal, terminal.lower())] = terminal
            for phrase in PHRASES.get(terminal, ()):
                found[phrase] = terminal
    return found


def in_words(terminals: list[str]) -> str:
    """`a value, `(` or `}``: at most five things a person would expect here."""
    left = set(terminals) - _NEVER_SAID
    said: list[str] = []
    for phrase, needed, covers in _GROUPS:
        if needed <= left:
            said.append(phrase)
            left -= covers
    said += [_single(terminal) for terminal in sorted(left, key=_rank)]
    if len(said) > _MOST:
        said = [*said[: _MOST - 1], "…"]
        return ", ".join(said[:-1]) + " or the like"
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " or " + said[-1]


def _single(terminal: str) -> str:
    if terminal in _SINGLE:
        return _SINGLE[terminal]
    phrase = PHRASES.get(terminal, (vocabulary.SPELLING.get(terminal, terminal.lower()),))[0]
    return f"`{phrase}`"


def _rank(terminal: str) -> tuple[bool, str]:
    return terminal in _SINGLE, terminal
