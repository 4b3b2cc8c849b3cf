"""`remit who`: everybody who may do this, now or once steps are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import (
    ActionOption,
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
from remit_api.cli.output import Screen, screen
from remit_api.cli.phrases import listed, phrase, verdict
from remit_api.cli.session import Asked, Session, open_session, with_action
from remit_engine.explanation.wire import to_json
from remit_engine.people.party import Holding, Party
from remit_engine.questions import Holder


def who(
    words: Words = None,
    policy: Policies = None,
    action: ActionOption = None,
    verb: Verb = "approve",
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
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
    """List who may do this: positions, the people who hold them, and on which facts it depends."""
    asked = Asked(
        words or (), policy or (), directory, no_directory, None, (), action, verb, as_of,
        requester, approval or (), evidence or (), total or (), facts, language,
    )  # fmt: skip
    view = screen(as_json=as_json, verbose=verbose)
    session = with_action(open_session(asked, view))
    holders = session.loaded.engine.who(_anybody(session).request())
    if as_json:
        view.data(_document(holders, session))
    else:
        _show(holders, view, language, session)
    return ExitCode.OK


def _anybody(session: Session) -> Session:
    """A request must name an actor; who may is asked about all of them, so any one will do."""
    position = next(iter(session.loaded.program.positions), "")
    actor = Party(None, (Holding(position),))
    members = {**session.question.members, "actor": actor}
    return session.asking(replace(session.question, members=members))


def _show(holders: Sequence[Holder], view: Screen, language: Language, session: Session) -> None:
    if not holders:
        view.line((phrase("nobody may", language, day=session.today), "bold red"))
        return
    rows = []
    for holder in holders:
        words, _ = verdict(holder.outcome, language)
        missing = listed(holder.missing, language)
        rows.append((holder.label, _person(holder, language), words, missing))
    header = tuple(phrase(key, language) for key in ("position", "held by", "may", "depends on"))
    view.table(header, rows)


def _person(holder: Holder, language: Language) -> str:
    if holder.person is None:
        return "-"
    known = f"{holder.name} ({holder.person})" if holder.name else holder.person
    more = [phrase("acting", language)] if holder.acting else []
    if holder.on_behalf_of:
        more.append(f"{phrase('on behalf of', language)} {holder.on_behalf_of}")
    return listed((known, *more), language)


def _document(holders: Sequence[Holder], session: Session) -> dict[str, Any]:
    return {"who": [to_json(holder) for holder in holders], **session.context()}
