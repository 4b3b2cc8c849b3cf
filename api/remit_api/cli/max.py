"""`remit max`: the most an actor may do, now and once steps are done."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.hints import facts_typed
from remit_api.cli.options import (
    ActionOption,
    ActorAttributes,
    ActorOption,
    Approvals,
    AsOf,
    DirectoryFile,
    EvidenceNames,
    FactsDocument,
    Json,
    Language,
    LanguageOption,
    NoDirectory,
    Policies,
    Requester,
    Totals,
    Verb,
    Verbose,
    Words,
)
from remit_api.cli.output import Screen, pad, screen
from remit_api.cli.phrases import listed, phrase
from remit_api.cli.session import Asked, Session, open_session, with_action, with_actor
from remit_engine.explanation.wire import to_json
from remit_engine.questions import Maximum


def max_(
    words: Words = None,
    policy: Policies = None,
    actor: ActorOption = None,
    action: ActionOption = None,
    verb: Verb = "approve",
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    actor_attribute: ActorAttributes = None,
    as_of: AsOf = None,
    requester: Requester = None,
    approval: Approvals = None,
    evidence: EvidenceNames = None,
    total: Totals = None,
    facts: FactsDocument = None,
    language: LanguageOption = Language.EN,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Show the largest amount that would be permitted, the other facts being as given."""
    asked = Asked(
        words or (), policy or (), directory, no_directory, actor, actor_attribute or (), action,
        verb, as_of, requester, approval or (), evidence or (), total or (), facts, language,
    )  # fmt: skip
    view = screen(as_json=as_json, verbose=verbose)
    session = with_action(with_actor(open_session(asked, view)))
    found = session.loaded.engine.maximum(session.request())
    if as_json:
        view.data(_document(found, session))
    else:
        _show(found, view, session, language)
    return ExitCode.OK


def _show(found: Maximum, view: Screen, session: Session, language: Language) -> None:
    view.line((_sentence(found, language), "bold"))
    view.line()
    pairs = [("now", found.permit.text), ("with steps", found.with_steps.text)]
    if found.missing:
        pairs.append(("depends on", listed(found.missing, language)))
        if words := facts_typed(found.missing, session.knows_actor()):
            pairs.append(("say with", words))
    if found.rules:
        pairs.append(("used rules", listed(found.rules, language)))
    pairs.append(("as of", session.today.isoformat()))
    width = cell_len(phrase("with steps", language))
    for key, text in pairs:
        view.line("  ", (pad(phrase(key, language), width), "dim"), "  ", text)


def _sentence(found: Maximum, language: Language) -> str:
    """The answer as one would say it on the telephone."""
    now, later = found.permit.text, found.with_steps.text
    if not found.known:
        return phrase("no maximum", language)
    if found.missing and found.permit.kind == "none":
        return phrase("no promise", language, facts=listed(found.missing, language))
    return now if now == later else phrase("now and later", language, now=now, later=later)


def _document(found: Maximum, session: Session) -> dict[str, Any]:
    return {
        "maximum": to_json(found.permit),
        "with_steps": to_json(found.with_steps),
        "missing": list(found.missing),
        "rules": list(found.rules),
        "known": found.known,
        **session.context(),
    }
