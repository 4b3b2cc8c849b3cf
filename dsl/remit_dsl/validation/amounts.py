"""Bare amounts: an amount without a written currency is in the currency of its policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit_dsl import expressions as x
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.program import Authority, Bound, DatedValue, Grant, Program, Statement

_CARRIERS = (
    x.Fact, x.Variable, x.ParameterValue, x.DefinitionValue, x.TableLookup, x.Exchanged,
)  # fmt: skip


def bare_amounts(program: Program) -> Iterator[Diagnostic]:
    """Amounts that a policy means in its own currency and that meet another one."""
    for policy, expressions in _written(program):
        own = program.policies[policy].currency
        if own is not None:
            for e in expressions:
                yield from _foreign(e, own)


def _foreign(whole: x.Expression, own: str) -> Iterator[Diagnostic]:
    for e in x.walk(whole):
        wanted = e.type.currency
        if e.type.kind == "money" and wanted not in (own, None) and _bare(e):
            text = e.written if isinstance(e, x.Constant) and e.written else "this amount"
            shown = f"`{text}`" if text != "this amount" else text
            yield Diagnostic(
                e.span,
                "E0304",
                f"{shown} is money in {own} here, where money in {wanted} is needed",
                f"write the currency, such as `10 {wanted}`, or convert by a dated `exchange`",
            )


def _bare(e: x.Expression) -> bool:
    """An amount that nothing but a bare number made one."""
    match e:
        case x.Constant():
            written = (e.written or "").rstrip()
            return e.value != 0 and not written.endswith(e.type.currency or "")
        case x.Arithmetic(operator="*" | "/"):
            return not any(c.type.kind == "money" for c in x.children(e))
    return not isinstance(e, _CARRIERS) and not any(
        c.type.kind in ("money", "set", "list") for c in x.children(e)
    )


def _written(program: Program) -> Iterator[tuple[str, Iterable[x.Expression]]]:
    """Every expression with the policy it stands in."""
    for authority in program.authorities:
        yield authority.policy, _of_authority(authority)
    for definition in program.definitions.values():
        yield definition.policy, (definition.value,)
    for parameter in program.parameters.values():
        yield parameter.policy, _dated(parameter.values)
    for table in program.tables.values():
        rows = (e for row in table.rows for e in (*row.conditions, row.value))
        yield table.policy, rows
    for action in program.actions.values():
        if action.measure is not None:
            yield action.policy, (action.measure.value,)
    for delegation in program.delegations:
        if delegation.cap is not None:
            yield delegation.policy, (delegation.cap,)
    for waiver in program.waivers:
        if waiver.condition is not None:
            yield waiver.policy, (waiver.condition,)


def _dated(values: Iterable[DatedValue]) -> Iterator[x.Expression]:
    return (v.value for v in values if v.value is not None)


def _of_authority(authority: Authority) -> Iterator[x.Expression]:
    for statement in (*authority.grants, *authority.prohibitions, *authority.requirements):
        yield from _of_statement(statement)
    for bar in (*authority.self_bars, *authority.separations):
        if bar.condition is not None:
            yield bar.condition


def _of_statement(statement: Statement) -> Iterator[x.Expression]:
    if statement.condition is not None:
        yield statement.condition
    bound: Bound | None = getattr(statement, "bound", None)
    if isinstance(statement, Grant):
        bound = statement.limit.bound
        yield from (t.amount for t in statement.limit.totals)
    if bound is not None:
        yield bound.value
        if bound.high is not None:
            yield bound.high
