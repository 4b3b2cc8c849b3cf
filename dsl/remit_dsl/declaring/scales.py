"""Scales: tiers of rates on credit or on another amount of a statement."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.expressions import Constant, Expression
from remit_dsl.pay import Event, Scale, Tier
from remit_dsl.scope.findings import did_you_mean
from remit_dsl.typecheck import describe, fits, retype, settle
from remit_dsl.types import PERCENT, PERSON, RATIO, Type

_KEYS = frozenset({"text", "enum", "integer", "number", "date", "boolean", "position"})
_KINDS = (
    "write `marginal rates on` (each part at the rate of its tier), `whole rates on` (all of it at "
    "one rate) or `interpolated rates on`"
)


@dataclass(frozen=True, slots=True)
class Places:
    """Elaborators for the parts of a scale. ahead: what is known of periods to come. broken: a part
    of the plan could not be read, which may be the last tier."""

    statement: Elaborator
    ahead: Elaborator
    credit: Type
    event: Event | None
    broken: bool


def on_credit(node: syntax.Scale) -> bool:
    """Whether a scale takes credit line by line."""
    return not node.amount and isinstance(node.base, syntax.Ref) and node.base.parts == ("credit",)


def scale(places: Places, node: syntax.Scale) -> Scale | None:
    """The checked scale, or None when a fault in it has been reported."""
    line_by_line = on_credit(node)
    base = None if line_by_line else _measured(places.statement, node.base)
    over = _over(places, node, line_by_line)
    against_place = places.ahead if node.over.endswith("to date") else places.statement
    type_ = places.credit if line_by_line else base.type if base is not None else None
    against = _against(against_place, node, type_)
    sound = [_kind(places, node), over is not None, type_ is not None]
    sound.append(node.against is None or against is not None)
    if type_ is None:
        return None
    el = places.statement
    bounds = type_ if node.against is None else PERCENT
    found = [_tier(el, node, tier, bounds) for tier in node.tiers]
    tiers = tuple(tier for tier in found if tier is not None)
    sound += [len(tiers) == len(node.tiers), _closed(places, node), _ascending(el, tiers)]
    if not all(sound) or over is None or node.kind is None:
        return None
    return Scale(node.kind, base, against, over, tiers, type_, node.span)


def _kind(places: Places, node: syntax.Scale) -> bool:
    if node.kind is not None:
        return True
    message = "this scale does not say what its rates apply to"
    places.statement.findings.add(node.span, "E0915", message, _KINDS)
    return False


def _measured(el: Elaborator, node: syntax.Expr) -> Expression | None:
    e = el(node)
    if e is not None:
        e = retype(e, PERCENT) if e.type == RATIO else settle(e)
    if e is None or e.type.numeric:
        return e
    message = f"{el.quote(e)} is {describe(e.type)}, and a scale is on an amount"
    el.findings.add(e.span, "E0919", message, None, [el.origin(e)])
    return None


def _against(el: Elaborator, node: syntax.Scale, wanted: Type | None) -> Expression | None:
    if node.against is None or wanted is None:
        return None
    return el.of_type(node.against, wanted)


# --- over what lines are added up --------------------------------------------------------


def _over(places: Places, node: syntax.Scale, line_by_line: bool) -> str | None:
    findings = places.statement.findings
    if node.over != "period" and not line_by_line:
        message = "only a scale on `credit` goes through lines; this one takes one amount"
        place = node.field or node
        findings.add(place.span, "E0921", message, "leave out what it adds up over")
        return None
    if node.field is None:
        return node.over
    return _field(places, node.field)


def _field(places: Places, ref: syntax.Ref) -> str | None:
    el, event = places.statement, places.event
    if event is None:
        message = "the lines of an override are people, and have no fields"
        el.findings.add(ref.span, "E0921", message, "write `per line`, or leave it out")
        return None
    field = event.fields.get(ref.parts[0])
    for step in ref.parts[1:]:
        fields = el.world.fields(field.type) if field else None
        field = fields.get(step) if fields else None
    if field is None:
        message = f"event `{event.short}` has no field `{ref.text}`"
        help = did_you_mean(ref.text, event.fields)
        el.findings.add(ref.span, "E0909", message, help, [Related(event.span, "declared here")])
        return None
    if field.type.kind in _KEYS or field.type == PERSON:
        return ref.text
    message = f"lines cannot be taken together by `{ref.text}`, which is {describe(field.type)}"
    help = f"write `per {ref.text}.id`" if "id" in (el.world.fields(field.type) or {}) else None
    el.findings.add(ref.span, "E0921", message, help, [Related(field.span, "declared here")])
    return None


# --- tiers -------------------------------------------------------------------------------


def _tier(el: Elaborator, node: syntax.Scale, tier: syntax.Tier, bounds: Type) -> Tier | None:
    rate = el.of_type(tier.rate, PERCENT)
    bound = _bound(el, node, tier.bound, bounds) if tier.bound is not None else None
    if rate is None or (bound is None and tier.bound is not None):
        return None
    side = "over" if tier.side == "otherwise" else tier.side
    return Tier(side, bound, rate, tier.span)


def _bound(
    el: Elaborator, node: syntax.Scale, written: syntax.Expr, wanted: Type
) -> Expression | None:
    e = el(written, wanted)
    if e is None:
        return None
    if fits(e, wanted):
        return retype(e, wanted)
    if node.against is not None:
        against = el.findings.quote(node.against.span)
        message = f"{el.quote(e)} is {describe(e.type)}, and bounds against {against} are percents"
        help = "write `80%`, or leave out `against`"
    elif e.type.kind == "percent":
        message = f"{el.quote(e)} is a percent, and this scale is on {describe(wanted)}"
        help = "say of what: `against quota`"
    else:
        el.mismatch(e, wanted, None)
        return None
    el.findings.add(e.span, "E0919", message, help, [el.origin(e)])
    return None


def _closed(places: Places, node: syntax.Scale) -> bool:
    """Whether the tiers have the form of their scale: the last one open, points after `under`."""
    el = places.statement
    *inner, last = node.tiers
    if places.broken:
        return False
    if last.side not in ("over", "otherwise"):
        message = "this scale says nothing above its last tier"
        el.findings.add(last.span, "E0916", message, "end with `over -> …`")
        return False
    first, points = inner[0] if inner else None, inner[1:]
    wrong = next(filter(None, (_form(node, tier) for tier in inner)), None)
    if node.kind == "interpolated" and wrong is None:
        if first is None or first.bound is not None:
            wrong = (node.tiers[0], "an interpolated scale begins below its first point",
                     "begin with `under -> …`")  # fmt: skip
        elif not points:
            wrong = (first, "an interpolated scale has a point at least", "write `at … -> …`")
        else:
            again = next((p for p in points if p.bound is None), None)
            if again is not None:
                wrong = (again, "this tier has no bound", "write `at … -> …`")
    if wrong is not None:
        el.findings.add(wrong[0].span, "E0918", wrong[1], wrong[2])
    return wrong is None


def _form(node: syntax.Scale, tier: syntax.Tier) -> tuple[syntax.Tier, str, str] | None:
    """What is wrong with a tier before the last."""
    if tier.side in ("over", "otherwise"):
        return tier, f"`{tier.side} ->` takes all that is left, and stands last", "move it down"
    if node.kind == "interpolated":
        if tier.bound is None or tier.side == "at":
            return None
        help = "between two points the rate lies on the line between them"
        return tier, "an interpolated scale has points: write `at … -> …`", help
    if tier.side == "at":
        help = "write `up to` or `under`; points belong to `interpolated rates`"
        return tier, f"a {node.kind or 'plain'} scale has tiers, not points", help
    if tier.bound is None:
        return tier, "this tier has no bound", "write `under … -> …`"
    return None


def _ascending(el: Elaborator, tiers: tuple[Tier, ...]) -> bool:
    for one, two in pairwise(tiers):
        if not isinstance(one.bound, Constant) or not isinstance(two.bound, Constant):
            continue
        if one.bound.value < two.bound.value:  # type: ignore[operator]
            continue
        same = one.bound.value == two.bound.value
        message = "two tiers have one bound" if same else "the bounds of these tiers do not ascend"
        place = Related(one.bound.span, f"the tier before ends at {el.quote(one.bound)}")
        help = "write each bound once, the smallest first"
        el.findings.add(two.bound.span, "E0917", message, help, [place])
        return False
    return True
