"""What a checked expression says, without where it says it: equal keys, equal meaning."""

from __future__ import annotations

from remit_dsl import expressions as x


def key(e: x.Expression) -> str:
    """A text that two expressions share only when they are written with the same nodes."""
    match e:
        case x.Constant():
            value = sorted(map(str, e.value)) if isinstance(e.value, frozenset) else e.value
            return f"{e.type.kind}:{value}"
        case x.Fact():
            return ".".join(e.path)
        case x.Variable():
            return ".".join((f"?{e.name}", *e.path))
        case x.ParameterValue() | x.DefinitionValue():
            return e.name
    inside = ", ".join(key(c) for c in x.children(e))
    return f"{_head(e)}({inside})"


def _head(e: x.Expression) -> str:
    """The node with everything it says besides its operands."""
    name = type(e).__name__
    match e:
        case x.Arithmetic() | x.Compare():
            return f"{name} {e.operator}"
        case x.Extremum():
            return f"{name} {e.function}"
        case x.Aggregate():
            return f"{name} {e.function} {e.variable} {e.where is None} {e.body is None}"
        case x.TableLookup():
            return f"{name} {e.name}"
        case x.ReportsTo():
            return f"{name} {e.direct}"
        case x.HoldsPosition():
            return f"{name} {e.position}"
        case x.BandLookup():
            return f"{name} {[row.side for row in e.rows]}"
        case x.DateDifference():
            return f"{name} {e.unit}"
        case x.PeriodEdge():
            return f"{name} {e.edge} {e.unit}"
        case x.AddToDate():
            return f"{name} {e.sign} {e.month_rule}"
        case x.Round():
            return f"{name} {e.mode} {e.step}"
        case x.Exchanged():
            return f"{name} {e.base} {e.quote}"
    return name
