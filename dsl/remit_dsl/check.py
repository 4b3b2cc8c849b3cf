"""From syntax trees to a checked program: the passes, in order."""

from __future__ import annotations

from remit_dsl import program, syntax
from remit_dsl.declaring.actions import actions, delegations
from remit_dsl.declaring.allocations import allocations
from remit_dsl.declaring.authority import authorities
from remit_dsl.declaring.declarations import declare, label
from remit_dsl.declaring.duties import duties
from remit_dsl.declaring.events import declare_events
from remit_dsl.declaring.plans import plans
from remit_dsl.declaring.scorecards import scorecards
from remit_dsl.declaring.values import definitions, exchanges, heads, parameters
from remit_dsl.declaring.waivers import waivers
from remit_dsl.declaring.watches import watches
from remit_dsl.diagnostics import errors
from remit_dsl.scope.dependencies import close
from remit_dsl.scope.findings import Findings
from remit_dsl.scope.resolve import Names, Scope, scopes
from remit_dsl.scope.world import World
from remit_dsl.tables.tables import OpenTable, tables
from remit_dsl.validation.lints import LINTS
from remit_dsl.validation.lints_pay import PAY_LINTS
from remit_dsl.validation.validate import CHECKS, STRUCTURE
from remit_dsl.validation.validate_pay import PAY_CHECKS


def check(
    loaded: dict[str, Names], lost: set[str], findings: Findings, open_table: OpenTable
) -> program.Program:
    """The program the files mean, as far as they mean one; faults go to `findings`.

    `lost` names policies whose file could not be read as one.
    """
    world = World(findings, scopes(loaded, lost, findings))
    declare(world)
    declare_events(world)
    heads(world)
    built = _build(world, open_table)
    for test in (*(CHECKS if world.rules_sound else STRUCTURE), *PAY_CHECKS):
        findings.found.extend(test(built))
    if not errors(findings.found):
        for lint in (*LINTS, *PAY_LINTS):
            findings.found.extend(lint(built))
    _warn_unpriced(world)
    return built


def _build(world: World, open_table: OpenTable) -> program.Program:
    used: dict[str, set[str]] = {}
    roots: dict[str, set[str]] = {}
    known_parameters = parameters(world, used)
    known_definitions = definitions(world, used, roots)
    known_tables = tables(world, used, open_table)
    close(world, used, roots)
    known_actions = actions(world)
    blocks = authorities(world)
    world.rules_sound = _all_grants_kept(world, blocks)
    return program.Program(
        policies={p: _policy(scope) for p, scope in world.scopes.items()},
        enums=world.enums,
        positions=world.positions,
        records=world.records,
        actions=known_actions,
        parameters=known_parameters,
        definitions=known_definitions,
        tables=known_tables,
        exchanges=exchanges(world),
        rights=world.rights,
        authorities=blocks,
        delegations=delegations(world),
        waivers=waivers(world),
        events=world.events,
        plans=plans(world),
        scorecards=scorecards(world),
        allocations=allocations(world),
        watches=watches(world),
        duties=duties(world),
        sources=world.findings.sources,
    )


def _all_grants_kept(world: World, blocks: tuple[program.Authority, ...]) -> bool:
    files = [scope.own.file for scope in world.scopes.values()]
    written = sum(
        isinstance(statement, syntax.Grant)
        for file in files
        for node in file.declarations
        if isinstance(node, syntax.Authority)
        for statement in node.statements
    )
    unread = any(scope.own.lost for scope in world.scopes.values())
    return not unread and written == sum(len(block.grants) for block in blocks)


def _policy(scope: Scope) -> program.Policy:
    node: syntax.Policy = scope.own.header
    return program.Policy(
        name=node.name.text,
        label=label(node.label),
        document=node.document,
        version=node.version,
        revision=node.revision,
        summary=node.summary,
        effective_from=node.effective_from,
        effective_until=node.effective_until,
        approved_on=node.approved_on,
        published_on=node.published_on,
        owner=_owner(scope, node.owner),
        currency=node.currency,
        span=node.name.span,
    )


def _owner(scope: Scope, name: syntax.QName | None) -> str | None:
    """The owner: a position where one of that name is seen, else the name as written."""
    if name is None:
        return None
    hit = scope.lookup("position", name.parts)
    return hit.symbol.name if hit and not hit.rest and not hit.rival else name.text


def _warn_unpriced(world: World) -> None:
    for policy in sorted(world.unpriced):
        header = world.scopes[policy].own.header
        message = f"policy `{policy}` speaks of money and does not say in which currency"
        world.findings.add(header.name.span, "W0509", message, "write `currency …` in its header")
