"""A small sales house, built by hand, for tests of what reads data against a program."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from remit_dsl.expressions import Constant, Fact
from remit_dsl.program import (
    Action,
    ApprovalStep,
    Authority,
    Bound,
    Delegation,
    Enum,
    EnumMember,
    Escalation,
    EvidenceStep,
    Field,
    Grant,
    Label,
    Limit,
    Measure,
    Policy,
    Position,
    Program,
    Record,
    Requirement,
    Right,
    Total,
)
from remit_dsl.source import NOWHERE, Span
from remit_dsl.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    MONTHS,
    NUMBER,
    PERCENT,
    PERSON,
    POSITION,
    TEXT,
    Type,
    money,
)
from remit_engine.ir import Model
from remit_engine.lower import lower

CNY = money("CNY")
REGION = Type("enum", name="sales.Region")
ORDER = Type("record", name="sales.Order")
LINE = Type("record", name="sales.Line")


def _fields(*entries: tuple[str, Type] | tuple[str, Type, bool]) -> dict[str, Field]:
    return {e[0]: Field(e[0], e[1], len(e) > 2, None, NOWHERE) for e in entries}


def _position(name: str, above: str | None, **more: object) -> Position:
    base: dict[str, object] = {
        "label": Label(name.replace("_", " ").capitalize()), "reports_to": above and f"sales.{above}",
        "dotted_line_to": (), "also_called": (), "answers_for": (), "headcount": None,
        "external": False, "source": None, "span": NOWHERE,
    }  # fmt: skip
    return Position(name=f"sales.{name}", **(base | more))  # type: ignore[arg-type]


def _percent(ratio: str) -> Constant:
    return Constant(NOWHERE, PERCENT, Fraction(ratio), f"{int(Fraction(ratio) * 100)}%")


def _up_to(ratio: str) -> Limit:
    return Limit("bound", Bound("up to", _percent(ratio), None, NOWHERE))


def _place(line: int) -> Span:
    return Span("discount.remit", line, 1, line * 10, line * 10 + 5)


def _program() -> Program:
    positions = [
        _position("sales_representative", "sales_supervisor", also_called=("业务员",)),
        _position("sales_supervisor", "sales_manager"),
        _position("sales_manager", "regional_manager", label=Label("Sales manager", (("zh", "销售经理"),))),
        _position("regional_manager", "sales_director"),
        _position("sales_director", None, headcount=1),
        _position("finance_controller", "finance_director"),
        _position("finance_director", None),
    ]  # fmt: skip
    discount = Action(
        "sales.discount", Label("Give a discount", (("zh", "折让"),)),
        _fields(
            ("rate", PERCENT), ("order", ORDER), ("customer", TEXT, True), ("subject", PERSON, True),
            ("net", CNY, True), ("count", INTEGER, True), ("factor", NUMBER, True),
            ("paid_on", DATE, True), ("term", DAYS, True), ("season", MONTHS, True),
            ("own", BOOLEAN, True), ("level", POSITION, True),
            ("regions", Type("set", element=REGION), True),
            ("prices", Type("list", element=CNY), True),
        ),
        Measure(Fact(NOWHERE, PERCENT, ("rate",)), None, None), None, "sales", NOWHERE,
    )  # fmt: skip
    buy = Action(
        "sales.purchase", None, _fields(("amount", CNY), ("vendor", TEXT)),
        Measure(Fact(NOWHERE, CNY, ("amount",)), Fact(NOWHERE, TEXT, ("vendor",)), 60),
        None, "sales", NOWHERE,
    )  # fmt: skip
    grants = tuple(
        Grant(span=_place(i + 1), positions=(f"sales.{p}",), verb="approve", limit=_up_to(r))
        for i, (p, r) in enumerate(
            [("sales_representative", "3/100"), ("sales_manager", "1/10"),
             ("regional_manager", "1/5"), ("sales_director", "35/100")]
        )
    )  # fmt: skip
    needs = Requirement(
        span=_place(9), verb="approve", bound=Bound("over", _percent("1/4"), None, NOWHERE),
        steps=ApprovalStep("review", 1, ("sales.finance_controller",)),
    )  # fmt: skip
    proof = Requirement(
        span=_place(10), verb="approve", bound=Bound("over", _percent("3/10"), None, NOWHERE),
        steps=EvidenceStep("delivery_list", None),
    )  # fmt: skip
    monthly = Grant(
        span=_place(11), positions=("sales.sales_manager",), verb="approve",
        limit=Limit("bound", None, (Total(Constant(NOWHERE, CNY, Fraction(50000)), None, "month"),)),
    )  # fmt: skip
    return Program(
        policies={"sales": Policy("sales", None, None, "1", None, None, None, None, None, None, None,
                                  "CNY", NOWHERE)},
        enums={"sales.Region": Enum("sales.Region", None, {
            "north": EnumMember("north", None, None),
            "east": EnumMember("east", Label("East", (("zh", "华东"),)), None),
            "shanghai": EnumMember("shanghai", None, "east"),
        }, NOWHERE)},
        positions={p.name: p for p in positions},
        records={
            "Person": Record("Person", None, _fields(
                ("id", TEXT), ("name", TEXT, True), ("position", POSITION, True), ("unit", TEXT, True),
                ("territory", Type("set", element=REGION), True), ("trained", BOOLEAN, True),
                ("quota", CNY, True), ("mentor", PERSON, True)), NOWHERE),
            "sales.Line": Record("sales.Line", None, _fields(
                ("amount", CNY), ("next", LINE, True)), NOWHERE),
            "sales.Order": Record("sales.Order", None, _fields(
                ("total", CNY), ("margin", PERCENT, True), ("region", REGION, True),
                ("lines", Type("list", element=LINE), True)), NOWHERE),
        },
        actions={a.name: a for a in (discount, buy)},
        rights={"release": Right("release", Label("Release"), ())},
        authorities=(
            Authority("sales.discount", "sales", None, grants, (), (needs, proof), (), (), False,
                      Escalation("first", None, NOWHERE), _place(1)),
            Authority("sales.purchase", "sales", None, (monthly,), (), (), (), (), False, None,
                      _place(11)),
        ),
        delegations=(
            Delegation("sales.discount", "sales", 1, (), 90, _percent("1/10"),
                       "sales.finance_director", False, NOWHERE),
        ),
    )  # fmt: skip


MODEL: Model = lower(_program())
DAY = date(2026, 3, 1)

DIRECTORY = """
directory: sales
units: [{id: hq}, {id: east, parent: hq}, {id: west, parent: hq}]
people:
  - id: li.wei
    name: Li Wei
    attributes: {territory: [east], trained: true, quota: 1_000_000.50}
    positions:
      - {position: sales_manager, unit: east, from: 2026-01-01, until: 2027-01-01}
      - {position: regional_manager, unit: east, from: 2026-03-01, until: 2026-04-01, acting: true}
  - id: zhang.min
    attributes: {mentor: li.wei}
    positions: [{position: regional_manager, unit: east}]
  - {id: wang.fang, positions: [{position: sales_representative, unit: west}]}
  - {id: chen.jing, positions: [{position: finance_director, unit: hq}]}
"""
