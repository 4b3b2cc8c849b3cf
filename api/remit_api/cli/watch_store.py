"""`remit watch --store`: what a service's store holds of alerts, holds and duties, and whether it
is what its log says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.output import Screen, plural
from remit_api.cli.session import Asked, open_loaded
from remit_api.cli.watch_report import STYLES, Shown
from remit_api.http.published import desk_of_store
from remit_api.pay import keeping
from remit_api.watching.comparing import Compared, compared
from remit_api.watching.document import alert_document, happening_document
from remit_api.watching.rebuilding import rebuilt
from remit_dsl.program import Program
from remit_dsl.scope.qualified import short
from remit_engine.people.directory import Directory
from remit_engine.rules.hold import Hold
from remit_engine.storage.alerts import KeptAlert
from remit_engine.watch.reports import Report

House = tuple[Program, Directory]


def told(
    place: str, paths: Sequence[str], asked: Asked, rule: str | None, subject: str | None,
    brief: bool, view: Screen,
) -> ExitCode:  # fmt: skip
    """Read the log of a store under the policy that is named, else the one that is published there,
    and tell what it holds. brief: the counts only."""
    with (
        keeping.opened(place, reads=True, maker="`remit serve --database`") as kept,
        kept.reading() as connection,
    ):
        desk = None if paths else desk_of_store(connection)
        if desk is None:
            loaded = open_loaded(paths, asked, view)
            program, people = loaded.program, loaded.engine.directory
        else:
            view.remark(f"policy: {desk.version}, published in the store")
            program, people = desk.model.program, desk.directory
        found = compared(connection, rebuilt(connection, program, people))
    shown = Shown(program, asked.language, rule, subject, brief)
    if view.as_json:
        for document in _documents(found, shown):
            view.row(document)
    else:
        _show(found, shown, view)
    return ExitCode.OK if found.same else ExitCode.DIFFERS


# --- for programs -------------------------------------------------------------------------------


def _documents(found: Compared, shown: Shown) -> Iterator[dict[str, Any]]:
    for kept in found.open:
        if shown.wants(kept.alert):
            people = {"status": kept.status.value, "owner": kept.owner, "note": kept.note}
            yield {"alert": {**alert_document(kept.alert, shown.language), **people}}
    for happening in found.otherwise:
        yield {"otherwise": happening_document(happening, shown.language)}
    yield {
        "summary": {
            "clock": None if found.clock is None else found.clock.isoformat(),
            "entries": found.entries,
            "open": len(found.open),
            "holds": [_hold_document(hold) for hold in found.holds.holds],
            "overdue": [_report_document(report) for report in found.overdue],
            "messages": dict(found.messages),
            "unread": sorted(found.unread),
            "same": found.same,
        }
    }


def _hold_document(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "alert": hold.alert,
        "action": hold.restraint.action,
        "kind": hold.restraint.kind,
        "value": hold.value,
        "since": hold.since.isoformat(),
    }


def _report_document(report: Report) -> dict[str, Any]:
    return {
        "duty": report.duty.name,
        "person": report.person,
        "row": report.row,
        "last": report.last.isoformat(),
    }


# --- for people ---------------------------------------------------------------------------------


def _show(found: Compared, shown: Shown, view: Screen) -> None:
    if found.clock is None:
        view.line("nothing was told to this store yet")
        return
    for kept in found.open:
        if shown.wants(kept.alert):
            _alert(kept, shown, view)
    if not shown.brief:
        for hold in found.holds.holds:
            view.line(_held(hold))
        for report in found.overdue:
            view.line(f"{report.last}  overdue    {short(report.duty.name)}  {report.person}")
    _counts(found, view)
    for happening in found.otherwise:
        alert = happening.alert
        view.note(
            ("otherwise", "bold red"),
            f"  by the log, {shown.name(alert)} of {alert.subject} is {happening.turn.value}",
        )
    if found.unread:
        kinds = ", ".join(sorted(found.unread))
        view.note(f"entries that this policy cannot read, of: {kinds}")


def _alert(kept: KeptAlert, shown: Shown, view: Screen) -> None:
    alert = kept.alert
    about = alert.subject if alert.row is None else f"{alert.subject}, {alert.row}"
    owner = "" if kept.owner is None else f"  ({short(kept.owner)}, {kept.status.value})"
    word = (f"{alert.severity:<9}", STYLES[alert.severity])
    view.line(f"{alert.began}  ", word, f"  {shown.name(alert)}  {about}", (owner, "dim"))


def _held(hold: Hold) -> str:
    restraint = hold.restraint
    what = "frozen" if restraint.kind == "freeze" else f"needs {restraint.verb}"
    fact = ".".join(restraint.fact)
    key = "anything" if hold.value is None else hold.value
    return f"{hold.since}  held       {short(restraint.action)} {what} where {fact} = {key}"


def _counts(found: Compared, view: Screen) -> None:
    entries = f"{found.entries:,} {'entry' if found.entries == 1 else 'entries'}"
    parts = [
        plural(len(found.open), "open alert"),
        plural(len(found.holds.holds), "hold"),
        plural(len(found.overdue), "missing report"),
    ]
    waiting, failed = found.messages.get("waiting", 0), found.messages.get("failed", 0)
    if waiting or failed:
        parts.append(f"{waiting:,} of {plural(sum(found.messages.values()), 'message')} waiting")
    if failed:
        parts.append(f"{failed:,} failed")
    said = "as the log says" if found.same else "not as the log says"
    view.line((entries, "bold"), f" as of {found.clock}: {', '.join(parts)}; ", said)
