"""Slips in blocks of pay, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable

from remit_dsl.lexing.braces import is_first_on_line
from remit_dsl.lexing.tokens import Token
from remit_dsl.parsing.expectations import acceptable, in_words
from remit_dsl.parsing.scene import NO_TOLD, Scene, Told

_LEVELS = frozenset(["plan_item", "tier", "scorecard_item", "measured", "allocation_item"])
_KINDS = frozenset(["marginal", "whole", "interpolated", "rates", "rate"])

# By the word an item begins with: what all of it looks like.
_FORMS = {
    "from": "write `from EVENT by DATE`, and `when …` if not every one counts",
    "on": "write `on PLAN of direct reports`, or `of all reports`",
    "period": "write `period month`, `quarter` or `year`",
    "credit": "write `credit AMOUNT to FIELD`, `to owner of FIELD on DATE` or `split by credits "
    "total 100%`",
    "quota": "write `quota AMOUNT`, `quota from targets` or `quota from ALLOCATION`",
    "cap": "write `cap AMOUNT`, `per quarter` or `per year` after it",
    "hold": "write `hold until DATE`, or `hold pro rata to EVENT.AMOUNT by DATE against …`",
    "reverse": "write `reverse DATE within 90 days of DATE at the rate paid`",
    "guarantee": "write `guarantee AMOUNT`, `until month 6` after it",
    "draw": "write `draw AMOUNT recoverable from month 4`, or `not recoverable`: it is for each "
    "period",
    "share": "write `share equally`, `share by weight …` or `share by days active`",
    "group": "write `group FIELD = payee.ATTRIBUTE`",
    "remainders": "write `remainders to largest` or `remainders in order`",
    "leavers": "write `leavers keep 30 days`",
    "effective": "write `effective from 2026-01-01 until 2027-01-01`",
    "score": "write `score rounded half up to 0.1%`",
    "by": "write `by month weight …`, `by region: Region weight …` or `by person of POSITION "
    "weight …`",
    "amend": "write `amend from 2026-07-01 amount …`",
    "in": "write `in steps of 1_000`",
    "higher": "write `higher is better`",
    "lower": "write `lower is better`",
    "nothing": "write `nothing under 60%`",
}


def explain_pay(scene: Scene) -> Told:
    """Tell a slip in a block of pay that has a form of its own."""
    if scene.level not in _LEVELS or scene.found == 0:
        return NO_TOLD
    for explain in _EXPLAINERS:
        told = explain(scene)
        if told[0]:
            return told
    return NO_TOLD


def _scale_head(scene: Scene) -> Told:
    """`marginal rate on`, `marginal rates credit`, `marginally rates on`."""
    token, before = scene.token, scene.tokens[scene.found - 1]
    if scene.level != "plan_item" or token.line != before.line:
        return NO_TOLD
    line = _line_before(scene)
    if not any(_scaly(t.text) for t in line) or "EQ" not in [t.type for t in line]:
        return NO_TOLD
    if any(t.type == "LBRACE" for t in line):
        return NO_TOLD
    help = "write `marginal rates on credit { … }`, `whole rates on` or `interpolated rates on`"
    blamed = before if _scaly(before.text) and token.text == "on" else token
    blamed.fault("E0030", "this is not how a scale begins", help)
    return True, None


def _scaly(word: str) -> bool:
    return word in _KINDS or word.startswith(("marginal", "interpolat"))


def _step_sign(scene: Scene) -> Told:
    """`payable: …`, `quota: 1_000`."""
    before = scene.tokens[scene.found - 1]
    if scene.token.type != "COLON" or scene.level != "plan_item":
        return NO_TOLD
    help = f"write `{before.text} = …` for a step"
    if before.text in _FORMS:
        help = f"an item has no colon: write `{before.text} …`"
    scene.token.fault("E0030", "a `:` cannot stand here", help)
    return True, None


def _stray_word(scene: Scene) -> Told:
    """`credit net for seller`: a word in mid-line passes for the name of a step."""
    index = scene.found - 1
    before, tokens = scene.tokens[index], scene.tokens
    only_sign = acceptable(scene.rows, scene.states) == ["EQ"]
    if scene.level != "plan_item" or not only_sign or before.type != "NAME":
        return NO_TOLD
    if is_first_on_line(tokens, index):
        return _told_by_form(scene, before, scene.token)
    first = _first_of_line(scene)
    return _told_by_form(scene, first, before)


def _bound_of_last(scene: Scene) -> Told:
    """`over 100% -> 2%`."""
    before = scene.tokens[scene.found - 1]
    if before.text not in ("over", "otherwise") or not scene.can("ARROW"):
        return NO_TOLD
    message = f"`{before.text} ->` is the last tier, and has no bound"
    help = f"write `up to {scene.token.text} -> …` before it, and `over -> …` last"
    scene.token.fault("E0030", message, help)
    return True, None


def _tier_start(scene: Scene) -> Told:
    """`0 - 80% -> 1%`, `up to 80% -> 1%,`."""
    if scene.level != "tier" or not (scene.can("UP") or scene.can("OVER")):
        return NO_TOLD
    token = scene.token
    if token.type == "COMMA":
        token.fault("E0030", "a tier has no `,` after it", "leave it out")
    elif token.type in ("NUMERAL", "MINUS") or token.text in ("from", "to", "between", "at"):
        help = "write the upper end of each: `up to 80% -> 1%`, `over -> 2%` last"
        token.fault("E0030", "a tier begins with `up to`, `under` or `over`", help)
    else:
        return NO_TOLD
    return True, None


def explain_item(scene: Scene) -> Told:
    """Anything else in an item whose first word says how all of it looks."""
    first, token = scene.tokens[scene.start], scene.token
    if scene.level not in _LEVELS - {"tier"} or scene.found == scene.start:
        return NO_TOLD
    if first.type == "STRING" or first.text not in _FORMS:
        return NO_TOLD
    new_line = is_first_on_line(scene.tokens, scene.found)
    return _told_by_form(scene, first, scene.tokens[scene.found - 1] if new_line else token)


def _told_by_form(scene: Scene, first: Token, blamed: Token) -> Told:
    help = _FORMS.get(first.text)
    if help is None:
        return NO_TOLD
    if blamed is scene.token:
        expected = in_words(acceptable(scene.rows, scene.states))
        blamed.fault("E0030", f"expected {expected}, found `{blamed.text}`", help)
    else:
        blamed.fault("E0030", f"`{blamed.text}` is not how `{first.text}` goes on", help)
    return True, None


def _line_before(scene: Scene) -> list[Token]:
    index = scene.found - 1
    while index > 0 and not is_first_on_line(scene.tokens, index):
        index -= 1
    return scene.tokens[index : scene.found]


def _first_of_line(scene: Scene) -> Token:
    return _line_before(scene)[0]


_EXPLAINERS: tuple[Callable[[Scene], Told], ...] = (
    _scale_head,
    _step_sign,
    _stray_word,
    _bound_of_last,
    _tier_start,
)
