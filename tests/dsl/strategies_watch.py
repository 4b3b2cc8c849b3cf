"""Random syntax trees of watches and duties, whatever they would mean."""

from __future__ import annotations

from hypothesis import strategies as st

from dsl.strategies import (
    durations,
    expressions,
    labels,
    maybe,
    names,
    node,
    numerals_,
    qnames,
    refs,
    several,
    texts,
)
from remit_dsl import syntax as s
from remit_dsl.source import NOWHERE

windows = st.one_of(
    node(s.Window, length=durations, unit=st.none()),
    node(
        s.Window,
        length=st.none(),
        unit=st.sampled_from(["day", "week", "month", "quarter", "year"]),
    ),
)
# After a number stands no unit: `3 months` is a time.
rows_ = st.sampled_from(["Return", "beta", "Region", "a.b"]).map(
    lambda text: s.QName(NOWHERE, tuple(text.split(".")))
)
counted = node(s.Counted, by=maybe(refs), where=maybe(expressions), window=maybe(windows))
values = st.one_of(
    expressions,
    node(s.CountOf, event=qnames, counted=counted),
    node(s.SumOf, field=refs, counted=counted),
)
compared = node(
    s.Comparison,
    operator=st.sampled_from(["over", "under", "at least", "at most", "<", "="]),
    left=values,
    right=values,
)
atoms = st.one_of(
    compared,
    node(s.AtLeastOf, number=numerals_(("",)), event=rows_, counted=counted),
    node(s.FollowedBy, first=qnames, second=qnames, counted=counted),
    node(
        s.Stays,
        article=st.sampled_from(["a", "an"]),
        event=qnames,
        counted=counted,
        condition=st.one_of(compared, expressions),
        length=durations,
        of=names,
    ),
)
conditions = st.one_of(
    atoms,
    expressions,
    node(s.Not, operand=atoms),
    node(
        s.Logical,
        operator=st.sampled_from(["and", "or"]),
        operands=st.lists(atoms, min_size=2, max_size=3).map(tuple),
    ),
)
positions = several(qnames, 1, 2)
pairs = st.one_of(st.tuples(st.none(), st.none()), st.tuples(refs, maybe(refs)))


def restraint(kind: type, **parts):
    return pairs.flatmap(
        lambda pair: node(
            kind, actions=positions, by=st.just(pair[0]), value=st.just(pair[1]), **parts
        )
    )


said = st.one_of(node(s.WatchBecause, label=labels), node(s.WatchSource, text=texts))
parts = st.one_of(
    node(s.Notify, positions=positions),
    restraint(s.Freeze),
    restraint(s.RequireStep, verb=names, position=qnames),
    node(s.Raise, severity=names, owner=maybe(qnames)),
    node(s.WatchUntil, condition=conditions),
    said,
)
items = st.one_of(
    node(s.WatchValue, name=names, of=maybe(qnames), value=st.one_of(conditions, values)),
    node(s.WatchRule, label=maybe(names), condition=conditions, parts=several(parts, 0, 3)),
)
watches = node(
    s.Watch,
    name=names,
    label=maybe(labels),
    on=qnames,
    by=maybe(refs),
    items=several(items, 0, 3),
)
frequencies = st.one_of(
    node(s.Frequency, kind=st.just("daily")),
    node(s.Frequency, kind=st.just("weekly"), day=names),
    node(
        s.Frequency, kind=st.sampled_from(["monthly", "quarterly", "yearly"]), day=numerals_(("",))
    ),
    node(s.Frequency, kind=st.just("at once"), after=qnames, by=refs),
)
duties = st.one_of(st.tuples(st.none(), st.none()), st.tuples(names, maybe(labels))).flatmap(
    lambda named: node(
        s.Duty,
        name=st.just(named[0]),
        label=st.just(named[1]),
        position=qnames,
        to=qnames,
        frequency=frequencies,
        parts=several(
            st.one_of(
                node(s.Notify, positions=positions),
                node(s.Raise, severity=names, owner=maybe(qnames)),
                node(s.Evidenced, event=qnames, by=refs, where=maybe(expressions)),
                said,
            ),
            0,
            3,
        ),
    )
)

files = node(
    s.File,
    policy=st.none(),
    uses=st.just(()),
    declarations=several(st.one_of(watches, duties), 1, 2),
)
