"""`remit may`: everything an actor may do, and what he is barred from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import (
    ActorAttributes,
    ActorOption,
    AsOf,
    DirectoryFile,
    Json,
    NoDirectory,
    Paths,
    Policies,
    Verbose,
)
from remit_api.cli.output import Screen, screen
from remit_api.cli.session import Asked, Session, open_session, with_actor
from remit_api.failures import WrongUse
from remit_engine.explanation.wire import to_json
from remit_engine.questions import Power
from remit_engine.request import Request
from remit_engine.rules import ir as kinds

_COLOURS = {kinds.GRANT: "green", kinds.REQUIREMENT: "yellow"}
_RANKS = {kinds.GRANT: 0, kinds.REQUIREMENT: 1}


def may(
    paths: Paths = None,
    policy: Policies = None,
    actor: ActorOption = None,
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    actor_attribute: ActorAttributes = None,
    as_of: AsOf = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """List every right of an actor with its limit and condition, what it needs, and every bar."""
    view = screen(as_json=as_json, verbose=verbose)
    asked = Asked(
        words=paths or (),
        policies=policy or (),
        directory=directory,
        no_directory=no_directory,
        actor=actor,
        attributes=actor_attribute or (),
        as_of=as_of,
    )
    session = with_actor(open_session(asked, view))
    if session.question.words.facts:
        raise WrongUse("`remit may` takes no facts", "ask `remit decide` about one case")
    request = _actor_of(session)
    powers = session.loaded.engine.may(request.actor, session.today)
    if as_json:
        rights = {"actor": request.actor.person or request.actor.shown}
        view.data({**rights, "may": [to_json(p) for p in powers], **session.context()})
    else:
        _show(powers, request.actor.shown, view, session)
    return ExitCode.OK


def _actor_of(session: Session) -> Request:
    """The actor is read as part of a request, so any action will do."""
    actions = session.loaded.program.actions
    if not actions:
        raise WrongUse("the policy declares no action", "`remit check` shows what it declares")
    members = {**session.question.members, "action": next(iter(actions))}
    return session.asking(replace(session.question, members=members)).request()


def _show(powers: Sequence[Power], actor: str, view: Screen, session: Session) -> None:
    if not powers:
        view.line((f"{actor} was given no right", "bold"), f" as of {session.today}")
        return
    program = session.loaded.program
    view.line((f"{actor}, as of {session.today}", "bold"))
    for action, group in groupby(sorted(powers, key=_order), lambda p: (p.action, p.label)):
        view.line()
        view.line((action[1], "bold"), (f"  {action[0].rsplit('.', 1)[-1]}", "dim"))
        for power in group:
            colour = _COLOURS.get(power.kind, "red")
            place = (f"  {power.file}:{power.line}", "dim")
            measured = program.actions[power.action].measure is not None
            view.line("  ", (_may(power, measured), colour), _condition(power), place)


def _order(power: Power) -> tuple[str, int]:
    """By action: rights, then what they need, then bars."""
    return (power.action, _RANKS.get(power.kind, len(_RANKS)))


def _may(power: Power, measured: bool) -> str:
    """The right, the requirement or the bar as a sentence."""
    reach = "" if power.limit == "any" else f" {power.limit}"
    match power.kind:
        case kinds.REQUIREMENT:
            return f"{power.verb}{reach} needs {power.steps}"
        case kinds.SELF_BAR:
            return f"may not {power.verb} what he requested himself"
        case kinds.SEPARATION:
            return f"may not {' and '.join(power.verbs)} the same matter"
        case kinds.PROHIBITION:
            return f"may not {power.verb}{reach}"
    return f"may {power.verb}{reach or (' without limit' if measured else '')}"


def _condition(power: Power) -> str:
    when = f" when {power.condition}" if power.condition else ""
    return when + (f", on behalf of {power.on_behalf_of}" if power.on_behalf_of else "")
