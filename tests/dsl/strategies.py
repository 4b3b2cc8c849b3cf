"""Random syntax trees that the language can say: every construct, whatever it would mean."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from hypothesis import strategies as st

from remit_dsl import syntax as s
from remit_dsl.lexing import numerals
from remit_dsl.lexing.currencies import CODES
from remit_dsl.lexing.vocabulary import LANGUAGES
from remit_dsl.source import NOWHERE

PLAIN = ["a", "b", "beta", "sales_manager", "销售经理", "Region", "x1", "_tail", "été", "合同_A1"]
# Words that the language uses elsewhere, and that people need for their own things.
COMMON = [
    "order", "customer", "rate", "amount", "total", "approve", "review", "month", "day", "level",
    "document", "version", "owner", "period", "share", "line", "unit", "revision", "number",
    "text", "date", "first", "sum", "table", "action", "position", "record", "needs",
]  # fmt: skip
words = st.sampled_from(PLAIN + COMMON)
plain = st.sampled_from(PLAIN)
names = words.map(lambda text: s.Name(NOWHERE, text))
plain_names = plain.map(lambda text: s.Name(NOWHERE, text))
dotted = st.lists(words, min_size=2, max_size=3).map(tuple)
qnames = st.one_of(plain.map(lambda text: (text,)), dotted).map(lambda p: s.QName(NOWHERE, p))
texts = st.text(st.sampled_from('abc ÄÖ 中文"\\\n\t#{}()->'), max_size=12)
dates = st.dates(date(1999, 1, 1), date(2050, 12, 31))
currencies = st.sampled_from(sorted(CODES)[:20])
periods = st.sampled_from(["day", "week", "month", "quarter", "year"])


def maybe(strategy):
    return st.one_of(st.none(), strategy)


def several(strategy, least=1, most=3):
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


def node(cls, /, **parts):
    return st.builds(lambda **kw: cls(NOWHERE, **kw), **parts)


labels = st.builds(
    lambda text, more: s.Label(NOWHERE, text, tuple(more.items())),
    texts,
    st.dictionaries(st.sampled_from(sorted(LANGUAGES)), texts, max_size=2),
)

OPERATORS = ["+", "-", "*", "/", "of"]
TYPE_WORDS = ["percent", "number", "integer", "text", "boolean", "date", "duration", "months"]

# --- literals -------------------------------------------------------------------------------


@st.composite
def _digits(draw):
    whole = draw(st.integers(0, 10**9))
    text = draw(st.sampled_from([str(whole), f"{whole:_}"]))
    return text + draw(st.sampled_from(["", ".5", ".25", ".000_1"]))


@st.composite
def numerals_(draw, units=("", "%", "‰", "bp", "万", "亿", " CNY", "万 USD", "亿EUR")):
    return numerals.literal(draw(_digits()) + draw(st.sampled_from(units)), NOWHERE)


durations = st.builds(
    lambda count, unit: numerals.literal(f"{count} {unit}", NOWHERE),
    st.integers(1, 400),
    st.sampled_from(
        ["day", "days", "week", "weeks", "month", "months", "years", "months clipped",
         "year rolled"]
    ),
)  # fmt: skip
literals = st.one_of(
    numerals_(),
    durations,
    st.booleans().map(lambda v: s.Literal(NOWHERE, "boolean", v, "true" if v else "false")),
    dates.map(lambda d: s.Literal(NOWHERE, "date", d, d.isoformat())),
    texts.map(lambda t: s.Literal(NOWHERE, "text", t, "")),
)
refs = st.one_of(words.map(lambda t: (t,)), dotted).map(lambda parts: s.Ref(NOWHERE, parts))
leaves = st.one_of(literals, refs)

# --- expressions ------------------------------------------------------------------------------


def _compound(inner):
    calls = node(s.Call, function=qnames, arguments=several(inner))
    listed = st.one_of(refs, calls, several(inner).map(lambda i: s.Choices(NOWHERE, i)))
    return st.one_of(
        calls,
        node(s.Negative, operand=inner),
        node(
            s.Arithmetic,
            operator=st.sampled_from(["+", "-", "*", "/", "of"]),
            left=inner,
            right=inner,
        ),
        node(
            s.Comparison,
            operator=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
            left=inner,
            right=inner,
        ),
        node(s.Membership, left=inner, right=listed, negated=st.booleans()),
        node(s.Between, operand=inner, low=inner, high=inner),
        node(s.Logical, operator=st.sampled_from(["and", "or"]), operands=several(inner, 2)),
        node(s.Not, operand=inner),
        node(s.Presence, operand=inner, given=st.booleans()),
        node(s.Reports, subordinate=inner, superior=inner, direct=st.booleans()),
        node(s.Holds, person=inner, position=qnames),
        node(s.Conditional, condition=inner, then=inner, otherwise=inner),
        node(
            s.Aggregate,
            function=st.sampled_from(["sum", "average", "min", "max"]),
            body=inner,
            variable=names,
            over=inner,
            where=maybe(inner),
        ),
        node(
            s.Aggregate,
            function=st.sampled_from(["count", "any", "all"]),
            body=st.none(),
            variable=names,
            over=st.one_of(refs, calls),
            where=inner,
        ),
        node(
            s.Aggregate,
            function=st.just("count"),
            body=st.none(),
            variable=names,
            over=refs,
            where=st.none(),
        ),
        node(s.Bands, operand=inner, rows=several(band_rows(inner))),
        node(s.DateDifference, unit=st.sampled_from(["days", "months"]), start=inner, end=inner),
        node(
            s.PeriodEdge,
            edge=st.sampled_from(["start", "end"]),
            unit=st.sampled_from(["week", "month", "quarter", "year"]),
            operand=inner,
        ),
        node(
            s.Rounded,
            operand=inner,
            mode=st.sampled_from(["half up", "half even", "half down", "up", "down"]),
            step=numerals_(("", "%", " CNY")),
        ),
        node(s.Converted, operand=inner, currency=currencies),
        node(s.Default, operand=inner, fallback=inner),
    )


def band_rows(inner):
    sides = node(s.Bound, side=st.sampled_from(["under", "up to"]), value=inner)
    return node(s.BandRow, bound=maybe(sides), value=inner)


expressions = st.recursive(leaves, _compound, max_leaves=8)


def bounds(sides):
    single = node(s.Bound, side=st.sampled_from(sides), value=expressions)
    between = node(s.Bound, side=st.just("between"), value=expressions, high=expressions)
    return st.one_of(single, between)


LIMITING = ["up to", "under"]
ALL_SIDES = [*LIMITING, "over", "at least"]

# --- header and declarations ----------------------------------------------------------------------

policies = node(
    s.Policy,
    name=qnames,
    label=maybe(labels),
    document=maybe(texts),
    version=maybe(texts),
    revision=maybe(texts),
    summary=maybe(texts),
    effective_from=maybe(dates),
    effective_until=maybe(dates),
    approved_on=maybe(dates),
    published_on=maybe(dates),
    owner=maybe(qnames),
    currency=maybe(currencies),
)
uses = node(s.Use, names=several(qnames, most=8))

simple_types = st.one_of(
    st.sampled_from(
        ["percent", "number", "integer", "text", "boolean", "date", "duration", "months"]
    ).map(lambda word: s.TypeExpr(NOWHERE, word)),
    maybe(currencies).map(lambda code: s.TypeExpr(NOWHERE, "money", currency=code)),
    st.one_of(plain, st.sampled_from(["position", "Person"])).map(
        lambda text: s.TypeExpr(NOWHERE, "named", s.QName(NOWHERE, (text,)))
    ),
    dotted.map(lambda parts: s.TypeExpr(NOWHERE, "named", s.QName(NOWHERE, parts))),
)
types = st.recursive(
    simple_types,
    lambda inner: node(s.TypeExpr, kind=st.sampled_from(["set", "list"]), element=inner),
    max_leaves=3,
)


def _optional(type, optional):
    parts = {f.name: getattr(type, f.name) for f in fields(type)}
    return s.TypeExpr(**{**parts, "optional": optional})


field_types = st.builds(_optional, types, st.booleans())
record_fields = node(s.Field, name=names, type=field_types, label=maybe(labels))
action_fields = node(s.Field, name=plain_names, type=field_types, label=maybe(labels))
columns = node(s.Field, name=names, type=types, label=maybe(labels))


def _members(inner):
    return node(s.EnumMember, name=plain_names, label=maybe(labels), children=several(inner))


members = st.recursive(node(s.EnumMember, name=names, label=st.none()), _members, max_leaves=6)
enums = node(s.Enum, name=names, label=maybe(labels), members=several(members, most=4))
positions = node(
    s.Position,
    name=names,
    label=maybe(labels),
    reports_to=maybe(qnames),
    dotted_line_to=several(qnames, 0, 2),
    also_called=several(texts, 0, 2),
    answers_for=several(texts, 0, 2),
    headcount=maybe(st.integers(1, 99)),
    external=st.booleans(),
    source=maybe(texts),
)
records = node(s.Record, name=names, label=maybe(labels), fields=several(record_fields, 0))


@st.composite
def dated_values(draw):
    start, until = draw(maybe(dates)), draw(maybe(dates))
    if start is None and until is None:
        start = date(2026, 1, 1)
    return s.DatedValue(NOWHERE, start, until, draw(maybe(expressions)), draw(maybe(texts)))


undated = node(
    s.DatedValue,
    start=st.none(),
    until=st.none(),
    value=maybe(expressions),
    source=maybe(texts),
)
parameters = node(
    s.Parameter,
    name=names,
    label=maybe(labels),
    type=types,
    values=st.one_of(several(dated_values()), undated.map(lambda value: (value,))),
)
exchanges = node(s.Exchange, base=currencies, quote=currencies, values=several(dated_values()))
defines = node(
    s.Define, name=names, label=maybe(labels), type=types, value=expressions, source=maybe(texts)
)

row_values = st.one_of(
    leaves,
    node(s.Arithmetic, operator=st.sampled_from(["+", "*", "of"]), left=refs, right=leaves),
    node(s.Call, function=qnames, arguments=several(expressions)),
    node(s.Converted, operand=refs, currency=currencies),
)
cells = st.one_of(
    st.just(s.Cell(NOWHERE)),
    bounds(ALL_SIDES).map(lambda bound: s.Cell(NOWHERE, bound)),
    node(s.Cell, values=several(row_values), negated=st.booleans()),
)
table_rows = node(s.TableRow, cells=several(cells), value=expressions, source=maybe(texts))


@st.composite
def tables(draw):
    hit = draw(st.sampled_from(["unique", "first", "collect"]))
    how = draw(st.sampled_from(["sum", "min", "max", "count"])) if hit == "collect" else None
    csv = draw(maybe(texts))
    rows = draw(several(table_rows)) if csv is None else ()
    head = (draw(names), draw(maybe(labels)), draw(several(columns)), draw(types))
    return s.Table(NOWHERE, *head, hit, how, rows, csv)


rights = node(s.Right, name=names, label=maybe(labels), implies=several(names, 0))
measures = st.builds(
    lambda value, by, window: s.Measure(NOWHERE, value, by, window if by else None),
    expressions,
    maybe(refs),
    maybe(durations),
)
actions = node(
    s.Action,
    name=names,
    label=maybe(labels),
    fields=several(action_fields, 0),
    measure=maybe(measures),
    source=maybe(texts),
)
caps = expressions.filter(
    lambda e: (
        not (isinstance(e, s.Literal) and e.kind in ("days", "months")) and e.__class__ is not s.Ref
    )
)
delegations = node(
    s.Delegation,
    action=qnames,
    levels=maybe(st.just(1)),
    any_level=st.booleans(),
    to=several(qnames, 0, 2),
    longest=maybe(durations),
    own_limit=st.booleans(),
    cap=maybe(caps),
    approval_by=maybe(qnames),
    onward=st.booleans(),
)

waivers = node(
    s.Waiver,
    question=names,
    verbs=several(names, 0),
    actions=several(qnames, 0),
    positions=several(qnames, 0),
    rules=several(qnames, 0),
    when=maybe(expressions),
    unless=maybe(expressions),
    because=maybe(labels),
)

# --- authority ------------------------------------------------------------------------------------

clauses = node(
    s.Clauses,
    when=maybe(expressions),
    unless=maybe(expressions),
    start=maybe(dates),
    until=maybe(dates),
    because=maybe(labels),
    source=maybe(texts),
)
totals = node(s.Total, amount=expressions, key=maybe(refs), period=periods)
limits = st.one_of(
    st.sampled_from(["any", "unset", "none"]).map(lambda kind: s.Limit(NOWHERE, kind)),
    bounds(LIMITING).map(lambda bound: s.Limit(NOWHERE, "bound", bound)),
    several(totals).map(lambda found: s.Limit(NOWHERE, "bound", None, found)),
    st.builds(
        lambda value, found: s.Limit(NOWHERE, "bound", s.Bound(NOWHERE, "up to", value), found),
        expressions,
        several(totals),
    ),
)
approvals = st.one_of(
    node(s.ApprovalStep, verb=names, count=st.just(1), positions=several(qnames)),
    node(
        s.ApprovalStep,
        verb=maybe(names),
        count=maybe(st.integers(1, 3)),
        positions=several(qnames),
    ),
)
evidence = node(s.EvidenceStep, name=names, label=maybe(labels))
steps = st.recursive(
    st.one_of(approvals, evidence),
    lambda inner: st.one_of(
        node(s.AllSteps, steps=several(inner, 2)), node(s.SequenceSteps, steps=several(inner, 2))
    ),
    max_leaves=5,
)
named = maybe(names)
statements = st.one_of(
    node(
        s.Grant, label=named, subjects=several(qnames, 0), verb=plain_names, limit=limits,
        clauses=clauses,
    ),
    node(
        s.Prohibition, label=named, subjects=several(qnames, 0), verb=plain_names,
        bound=maybe(bounds(ALL_SIDES)), clauses=clauses,
    ),
    node(
        s.Requirement, label=named, verb=plain_names, bound=maybe(bounds(ALL_SIDES)), steps=steps,
        clauses=clauses,
    ),
    node(s.SelfBar, label=named, verb=plain_names, clauses=clauses),
    node(s.Separation, label=named, verbs=st.tuples(names, plain_names), clauses=clauses),
    st.just(s.Inherit(NOWHERE)),
    st.sampled_from(["first", "every"]).map(lambda mode: s.Escalation(NOWHERE, mode)),
    qnames.map(lambda name: s.Escalation(NOWHERE, "position", name)),
)  # fmt: skip
authorities = node(
    s.Authority, action=qnames, label=maybe(labels), statements=several(statements, 0, 4)
)

declarations = st.one_of(
    enums, positions, records, parameters, exchanges, defines, tables(), rights, actions,
    delegations, waivers, authorities,
)  # fmt: skip
files = node(
    s.File, policy=maybe(policies), uses=several(uses, 0, 2),
    declarations=several(declarations, 0, 4),
)  # fmt: skip


# --- every form inside every other ----------------------------------------------------------------

_A, _B = s.Ref(NOWHERE, ("a",)), s.Ref(NOWHERE, ("b", "c"))
_AT = s.QName(NOWHERE, ("head",))
_ITEM = s.Name(NOWHERE, "line")


def forms(x: s.Expr) -> list[s.Expr]:
    """An expression in every place of every form that can hold one."""
    n = NOWHERE
    arithmetic = [
        s.Arithmetic(n, operator, *pair) for operator in OPERATORS for pair in ((x, _A), (_A, x))
    ]
    logical = [
        s.Logical(n, word, operands)
        for word in ("and", "or")
        for operands in ((x, _A), (_A, x), (_A, x, _B))
    ]
    under = s.Bound(n, "under", x)
    return [
        *arithmetic,
        *logical,
        s.Negative(n, x),
        s.Not(n, x),
        s.Comparison(n, "=", x, _A),
        s.Comparison(n, "<=", _A, x),
        s.Membership(n, x, _A),
        s.Membership(n, _A, s.Choices(n, (x, _B)), True),
        s.Between(n, x, _A, _B),
        s.Between(n, _A, x, _B),
        s.Between(n, _A, _B, x),
        s.Presence(n, x, False),
        s.Reports(n, x, _A, True),
        s.Reports(n, _A, x, False),
        s.Holds(n, x, _AT),
        s.Conditional(n, x, _A, _B),
        s.Conditional(n, _A, x, _B),
        s.Conditional(n, _A, _B, x),
        s.Call(n, _AT, (x,)),
        s.Call(n, s.QName(n, ("count",)), (x,)),
        s.Call(n, _AT, (_A, x)),
        s.Aggregate(n, "sum", x, _ITEM, _A, None),
        s.Aggregate(n, "sum", _A, _ITEM, x, _B),
        s.Aggregate(n, "min", _A, _ITEM, _B, x),
        s.Aggregate(n, "any", None, _ITEM, _B, x),
        s.Bands(n, x, (s.BandRow(n, None, _A),)),
        s.Bands(n, _A, (s.BandRow(n, under, _A), s.BandRow(n, None, x))),
        s.DateDifference(n, "days", x, _A),
        s.DateDifference(n, "months", _A, x),
        s.PeriodEdge(n, "start", "month", x),
        s.Rounded(n, x, "half up", numerals.literal("0.01", NOWHERE)),
        s.Converted(n, x, "CNY"),
        s.Default(n, x, _A),
        s.Default(n, _A, x),
    ]
