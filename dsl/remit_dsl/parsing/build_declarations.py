"""The file, its header and its declarations."""

from __future__ import annotations

from typing import Any

from remit_dsl.lexing.tokens import Token
from remit_dsl.parsing.build_parts import (
    PartBuilder,
    across,
    day,
    of_kind,
    one_of,
    place,
    said_twice,
    text,
    text_after,
    texts,
    whole,
)
from remit_dsl.source import NOWHERE
from remit_dsl.syntax import (
    Action,
    Bound,
    Cell,
    DatedValue,
    Declaration,
    Define,
    Delegation,
    Enum,
    EnumMember,
    Exchange,
    Expr,
    Field,
    File,
    Label,
    Literal,
    Measure,
    Name,
    Node,
    Parameter,
    Policy,
    Position,
    QName,
    QuotedName,
    Record,
    Ref,
    Right,
    Table,
    TableRow,
    TypeExpr,
    Use,
    Waiver,
)

Item = tuple[str, Any, Token]
_WAIVER_KEYS = {"ON": "actions", "FOR": "positions", "AT": "rules"}


def gather(items: list[Item], many: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Block items by key; one said twice is a fault unless its key may repeat."""
    found: dict[str, Any] = {}
    first: dict[str, Token] = {}
    for key, value, token in items:
        if key in many and key in found:
            found[key] += value
        elif key in found:
            said_twice(token, f"`{_shown(key, token)}`", first[key])
        else:
            found[key], first[key] = value, token
    return found


def _shown(key: str, token: Token) -> str:
    return {
        "reports_to": "reports to",
        "measure": "limit on",
        "longest": "at most",
        "cap": "at most",
        "effective_until": "effective until",
    }.get(key, token.text)


def items_of(c: list[Any]) -> list[Item]:
    """The block items among the parts."""
    found: list[Item] = []
    for part in c:
        if isinstance(part, list):
            found += part
        elif isinstance(part, tuple):
            found.append(part)
    return found


class DeclarationBuilder(PartBuilder):
    """One method a rule, see `tree_builder`."""

    def file(self, c: list[Node]) -> File:
        """Everything; the parser adds comments and checks the order."""
        policy = one_of(Policy, c)
        span = place(c) if c else NOWHERE
        return File(span, policy, of_kind(Use, c), of_kind(Declaration, c))

    # --- header ----------------------------------------------------------------------------

    def policy(self, c: list[Any]) -> Policy:
        """`policy sales.discount "…" { … }`."""
        c[0].reading.headers.append(c[0])
        return Policy(place(c), c[1], c[2], **gather(items_of(c)))

    def header_text(self, c: list[Token]) -> Item:
        """`document "…"`."""
        return c[0].text, text(c[1]), c[0]

    def header_effective(self, c: list[Any]) -> list[Item]:
        """`effective from D until D`."""
        start = ("effective_from", day(c[2]), c[0])
        return [start, ("effective_until", day(c[4]), c[0])] if c[3] else [start]

    def header_effective_until(self, c: list[Token]) -> Item:
        """`effective until D`."""
        return "effective_until", day(c[2]), c[0]

    def header_date(self, c: list[Token]) -> Item:
        """`approved on D`."""
        return f"{c[0].text}_on", day(c[2]), c[0]

    def header_owner(self, c: list[Any]) -> Item:
        """`owner general_managers_office`."""
        return "owner", c[1], c[0]

    def header_currency(self, c: list[Token]) -> Item:
        """`currency CNY`."""
        return "currency", c[1].text, c[0]

    def use(self, c: list[Any]) -> Use:
        """`use sales.organisation, sales.records`."""
        return Use(place(c), of_kind(QName, c))

    # --- enums, positions, records -----------------------------------------------------------

    def enum(self, c: list[Any]) -> Enum:
        """`enum Region { … }`."""
        return Enum(place(c), c[1], c[2], of_kind(EnumMember, c))

    def enum_member(self, c: list[Any]) -> EnumMember:
        """`east "East" { shanghai jiangsu }`."""
        return EnumMember(place(c), c[0], c[1], of_kind(EnumMember, c))

    def position(self, c: list[Any]) -> Position:
        """`position sales_manager { … }`."""
        said = gather(items_of(c), frozenset({"dotted_line_to", "also_called", "answers_for"}))
        return Position(place(c), c[1], c[2], **said)

    def position_reports(self, c: list[Any]) -> Item:
        """`reports to regional_manager`."""
        return "reports_to", c[2], c[0]

    def position_dotted(self, c: list[Any]) -> Item:
        """`dotted line to product_head`."""
        return "dotted_line_to", of_kind(QName, c), c[0]

    def position_called(self, c: list[Any]) -> Item:
        """`also called "业务员"`."""
        return "also_called", texts(c), c[0]

    def position_answers(self, c: list[Any]) -> Item:
        """`answers for "budget"`."""
        return "answers_for", texts(c), c[0]

    def position_headcount(self, c: list[Token]) -> Item:
        """`headcount 2`."""
        return "headcount", whole(c[1], "a headcount"), c[0]

    def position_external(self, c: list[Token]) -> Item:
        """`external`."""
        return "external", True, c[0]

    def source_item(self, c: list[Token]) -> Item:
        """`source "S002 row 9"`."""
        return "source", text(c[1]), c[0]

    def record(self, c: list[Any]) -> Record:
        """`record Order { … }`."""
        return Record(place(c), c[1], c[2], of_kind(Field, c))

    def field(self, c: list[Any]) -> Field:
        """`margin: percent optional "Margin"`."""
        name, _, type, optional, label = c
        return _field(c, name, type, optional, label)

    # --- values --------------------------------------------------------------------------------

    def parameter(self, c: list[Any]) -> Parameter:
        """`parameter x: percent { from D -> 10% }`."""
        _forget(c)
        return Parameter(place(c), c[1], c[2], c[4], of_kind(DatedValue, c))

    def parameter_undated(self, c: list[Any]) -> Parameter:
        """`parameter x: money = 5_000`."""
        _forget(c)
        value = DatedValue(place(c[6:]), None, None, _or_unset(c[6]), text_after("SOURCE", c))
        return Parameter(place(c), c[1], c[2], c[4], (value,))

    def dated_value(self, c: list[Any]) -> DatedValue:
        """`from D until D -> 10% source "…"`."""
        until = day(c[3]) if c[3] else None
        return DatedValue(place(c), day(c[1]), until, _or_unset(c[5]), text_after("SOURCE", c))

    def dated_value_until(self, c: list[Any]) -> DatedValue:
        """`until D -> 10%`."""
        return DatedValue(place(c), None, day(c[1]), _or_unset(c[3]), text_after("SOURCE", c))

    def exchange(self, c: list[Any]) -> Exchange:
        """`exchange USD to CNY { … }`."""
        return Exchange(place(c), c[1].text, c[3].text, of_kind(DatedValue, c))

    def define(self, c: list[Any]) -> Define:
        """`define x: percent = E`."""
        _forget(c)
        return Define(place(c), c[1], c[2], c[4], c[6], text_after("SOURCE", c))

    # --- tables ----------------------------------------------------------------------------------

    def table(self, c: list[Any]) -> Table:
        """`table factor (region: Region) gives number { … }`."""
        _forget(c)
        hit, aggregation = one_of(_Hit, c) or ("unique", None)
        gives = _gives(c)
        return Table(
            place(c), c[1], c[2], of_kind(Field, c), gives, hit, aggregation, of_kind(TableRow, c)
        )

    def table_csv(self, c: list[Any]) -> Table:
        """`table fee (…) gives money first from "fee.csv"`."""
        hit, aggregation = one_of(_Hit, c) or ("unique", None)
        return Table(
            place(c), c[1], c[2], of_kind(Field, c), _gives(c), hit, aggregation, (), text(c[-1])
        )

    def column(self, c: list[Any]) -> Field:
        """`region: Region`."""
        return Field(place(c), c[0], c[2], c[3])

    def hit(self, c: list[Token]) -> _Hit:
        """`unique`, `first`, `collect sum`."""
        return _Hit((c[0].text, c[1].text if len(c) > 1 else None))

    def table_row(self, c: list[Any]) -> TableRow:
        """`east, new -> 1.15 source "…"`."""
        arrow = next(i for i, part in enumerate(c) if _is_token(part, "ARROW"))
        cells = of_kind(Cell, c[:arrow])
        return TableRow(place(c), cells, c[arrow + 1], text_after("SOURCE", c[arrow:]))

    def cell(self, c: list[Any]) -> Cell:
        """`any`, `under 5%`, `not east or west`."""
        if isinstance(c[0], Bound):
            return Cell(place(c), c[0])
        return Cell(place(c), None, of_kind(Expr, c), _is_token(c[0], "NOT"))

    def cell_values(self, c: list[Any]) -> Cell:
        """`east or west`."""
        return Cell(place(c), None, of_kind(Expr, c))

    # --- rights, actions, delegation -----------------------------------------------------------

    def right(self, c: list[Any]) -> Right:
        """`right release "Release" implies recommend`."""
        return Right(place(c), c[1], c[2], of_kind(Name, c[2:]))

    def action(self, c: list[Any]) -> Action:
        """`action discount { … }`."""
        _forget(c)
        return Action(place(c), c[1], c[2], of_kind(Field, c), **gather(items_of(c)))

    def action_field(self, c: list[Any]) -> Field:
        """`rate percent "Discount asked for"`."""
        name, _, type, optional, label = c
        return _field(c, name, type, optional, label)

    def measure(self, c: list[Any]) -> Item:
        """`limit on amount summed by vendor over 60 days`."""
        window = c[-1]
        over = None if window is None else self.numeral([window])  # type: ignore[attr-defined]
        return "measure", Measure(place(c), c[2], one_of(Ref, c[3:]), over), c[0]

    def delegation(self, c: list[Any]) -> Delegation:
        """`delegation of discount { … }`."""
        _forget(c)
        return Delegation(place(c), c[2], **gather(items_of(c)))

    def delegation_one_level(self, c: list[Token]) -> Item:
        """`to one level below`."""
        return "levels", 1, c[0]

    def delegation_any_level(self, c: list[Token]) -> Item:
        """`to any level below`."""
        return "any_level", True, c[0]

    def delegation_to(self, c: list[Any]) -> Item:
        """`to a, b`."""
        return "to", of_kind(QName, c), c[0]

    def delegation_at_most(self, c: list[Any]) -> Item:
        """`at most 90 days`, `at most 5%`."""
        value: Expr = c[2]
        if isinstance(value, Literal) and value.kind in ("days", "months"):
            return "longest", value, c[0]
        return "cap", value, c[0]

    def delegation_own_limit(self, c: list[Token]) -> Item:
        """`at most own limit`."""
        return "own_limit", True, c[0]

    def delegation_approval(self, c: list[Any]) -> Item:
        """`needs approval by finance_director`."""
        return "approval_by", c[3], c[0]

    def delegation_never(self, c: list[Token]) -> Item:
        """`never onward`."""
        return "onward", False, c[0]

    def delegation_onward(self, c: list[Token]) -> Item:
        """`onward`."""
        return "onward", True, c[0]

    # --- waivers -------------------------------------------------------------------------------

    def waiver(self, c: list[Any]) -> Waiver:
        """`waive monotone on discount because "…"`."""
        _forget(c)
        items = items_of(c)
        last = items[-1][1] if items else c[1]
        ends = last[-1] if isinstance(last, tuple) else last
        return Waiver(across(c[0], ends), c[1], **gather(items))

    def waiver_of(self, c: list[Any]) -> Item:
        """`of approve, sign`."""
        return "verbs", of_kind(Name, c), c[0]

    def waiver_names(self, c: list[Any]) -> Item:
        """`on discount`, `for a, b`, `at a_rule, "pay.clerk.approve.2"`."""
        return _WAIVER_KEYS[c[0].type], of_kind(QName, c), c[0]

    def quoted_name(self, c: list[Any]) -> QuotedName:
        """`"pay.clerk.approve.2"`."""
        return QuotedName(c[0].span, tuple(text(c[0]).split(".")))

    def waiver_because(self, c: list[Any]) -> Item:
        """`because "…"`."""
        return "because", c[1], c[0]

    def waiver_condition(self, c: list[Any]) -> Item:
        """`when E`, `unless E`."""
        return c[0].text, c[1], c[0]


class _Hit(tuple[str, str | None]):
    """A hit policy and its aggregation."""

    __slots__ = ()


def _field(
    c: list[Any], name: Name, type: TypeExpr, optional: Token | None, label: Label | None
) -> Field:
    if optional is not None:
        span = type.span.to(optional.span)
        type = TypeExpr(span, type.kind, type.name, type.currency, type.element, True)
    return Field(place(c), name, type, label)


def _gives(c: list[Any]) -> TypeExpr:
    gives: TypeExpr = next(part for part in c if isinstance(part, TypeExpr))
    return gives


def _or_unset(part: Any) -> Expr | None:
    return part if isinstance(part, Expr) else None


def _is_token(part: Any, type: str) -> bool:
    return part.__class__ is Token and part.type == type


def _forget(c: list[Token]) -> None:
    c[0].reading.depths.clear()
    c[0].reading.grouped.clear()
