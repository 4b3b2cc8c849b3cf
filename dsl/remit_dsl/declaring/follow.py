"""Hold and reversal: dates and later events that decide what a line has earned for good."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.pay import Event, Followed, Hold, Reversal
from remit_dsl.program import Field
from remit_dsl.scope.findings import did_you_mean, listing
from remit_dsl.typecheck import describe
from remit_dsl.types import DATE


@dataclass(frozen=True, slots=True)
class Followings:
    """What hold and reversal are said about: the lines of a plan. by: the date they count by."""

    el: Elaborator
    event: Event
    by: str | None

    def hold(self, node: syntax.HoldBack) -> Hold | None:
        """`hold until …`, `hold pro rata to …`."""
        if node.kind == "date":
            field = self.optional_date(node.field, "hold until")
            return None if field is None else Hold("date", field.name, None, node.span)
        followed = self._followed(node.field, node.by, node.against)
        return None if followed is None else Hold(node.kind, None, followed, node.span)

    def reversal(self, node: syntax.Reverse) -> Reversal | None:
        """`reverse …`."""
        field, followed = None, None
        if node.kind == "amount":
            followed = self._followed(node.field, node.by, node.against)
        else:
            words = "reverse without" if node.kind == "absent" else "reverse"
            field = self.optional_date(node.field, words)
        window = self._window(node.within.window) if node.within else None
        of = self._always(node.within.of) if node.within else None
        if (field is None and followed is None) or (node.within and None in (window, of)):
            return None
        return Reversal(
            kind=node.kind,
            field=field.name if field else None,
            followed=followed,
            window=window,
            months=node.within is not None and node.within.window.kind == "months",
            of=of,
            lowering=node.lowering,
            span=node.span,
        )

    # --- dates ---------------------------------------------------------------------------

    def optional_date(self, ref: syntax.Ref, words: str) -> Field | None:
        """A date of the event that may be absent."""
        field = find(self.el, self.event, ref, ref.text)
        if field is None or (field.type == DATE and field.optional):
            return field
        what = "is always given" if field.type == DATE else f"is {describe(field.type)}"
        message = f"`{words}` waits for a date that is not there yet, and `{field.name}` {what}"
        help = f"declare it `{field.name}: date optional`, or name another field"
        place = [Related(field.span, "declared here")]
        self.el.findings.add(ref.span, "E0912", message, help, place)
        return None

    def _always(self, name: syntax.Name) -> str | None:
        """A date that every line has."""
        field = find(self.el, self.event, name, name.text)
        if field is None:
            return None
        if field.type == DATE and (not field.optional or field.name == self.by):
            return field.name
        what = "may be absent" if field.type == DATE else f"is {describe(field.type)}"
        message = f"days are counted from a date that every line has, and `{name.text}` {what}"
        place = [Related(field.span, "declared here")]
        self.el.findings.add(name.span, "E0912", message, None, place)
        return None

    def _window(self, node: syntax.Literal) -> int | None:
        value = node.value
        if isinstance(value, Fraction) and value.denominator == 1 and value > 0:
            return int(value)
        written = self.el.findings.quote(node.span)
        message = f"{written} is not a whole number of days or months"
        self.el.findings.add(node.span, "E0417", message, "write `90 days`")
        return None

    # --- later events --------------------------------------------------------------------

    def _followed(
        self, ref: syntax.Ref, by: syntax.Name | None, against: syntax.Expr | None
    ) -> Followed | None:
        el = self.el
        name = syntax.QName(ref.span, ref.parts[:-1])
        symbol = el.scope.require("event", name, el.findings)
        if symbol is None or by is None or against is None:
            return None
        event = el.world.events[symbol.name]
        link = self._link(event, ref)
        amount = find(el, event, ref, ref.parts[-1])
        day = date_field(el, event, by)
        if amount is not None and amount.type.kind != "money":
            message = f"`{ref.text}` is {describe(amount.type)}, and what is followed is money"
            place = [Related(amount.span, "declared here")]
            el.findings.add(ref.span, "E0912", message, None, place)
            amount = None
        if amount is None:
            return None
        wanted = Related(amount.span, f"`{ref.text}` is {describe(amount.type)}, declared here")
        total = el.of_type(against, amount.type, wanted)
        if link is None or day is None or total is None:
            return None
        return Followed(event.name, link, amount.name, day, total)

    def _link(self, event: Event, ref: syntax.Ref) -> str | None:
        """The field of a later event that holds the id of a line's event."""
        links = [name for name, to in event.links.items() if to == self.event.name]
        if len(links) == 1:
            return links[0]
        place = [Related(event.span, "declared here")]
        if links:
            message = f"`{event.short}` has several links to `{self.event.short}`: {listing(links)}"
            help = "keep one field of that type"
        else:
            message = f"no field of `{event.short}` says which `{self.event.short}` it is about"
            help = f"add a field such as `about: {self.event.short}`"
        self.el.findings.add(ref.span, "E0922", message, help, place)
        return None


def find(el: Elaborator, event: Event, node: syntax.Node, name: str) -> Field | None:
    """The field of an event; an unknown one is reported."""
    field = event.fields.get(name)
    if field is None and not el.scope.excused(name):
        message = f"event `{event.short}` has no field `{name}`"
        place = [Related(event.span, "declared here")]
        el.findings.add(node.span, "E0909", message, did_you_mean(name, event.fields), place)
    return field


def date_field(el: Elaborator, event: Event, name: syntax.Name) -> str | None:
    """The name of a date of an event; another field is reported."""
    field = find(el, event, name, name.text)
    if field is None or field.type == DATE:
        return field.name if field else None
    dates = [f.name for f in event.fields.values() if f.type == DATE]
    message = f"`{name.text}` is {describe(field.type)} where a date is needed"
    help = f"the dates of `{event.short}` are {listing(dates)}" if dates else None
    place = [Related(field.span, "declared here")]
    el.findings.add(name.span, "E0912", message, help, place)
    return None
