"""Lifting a hold: a decision of the company's policy, recorded with what it leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
from fastapi import Request, Response
from sqlalchemy.engine import Connection

from remit_api.http import watch_views as views
from remit_api.http.access import NOT_THERE, Access
from remit_api.http.desk import Desk
from remit_api.http.dockets import Answered, again, keep_answer
from remit_api.http.follower import ATTEMPTS
from remit_api.http.recording import key_of
from remit_api.http.records import answer_of
from remit_api.http.refusals import Conflict, Forbidden, NotFound, NotReady, NotUnderstood
from remit_api.http.service import Service
from remit_api.http.watching import look, renewed
from remit_dsl.types import Type
from remit_engine.decision import Outcome
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest, Problem
from remit_engine.request import Request as Asked
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person
from remit_engine.storage import alerts, holds, idempotency
from remit_engine.storage.alerts import Saying
from remit_engine.storage.entries import Entry
from remit_engine.storage.faults import NotKept, Superseded
from remit_engine.storage.holds import KeptHold
from remit_engine.storage.ledger import Pending, Refused
from remit_engine.storage.opening import writing
from remit_engine.watch.shapes import has_id

ACTION = "lift_freeze"


@dataclass(frozen=True, slots=True)
class Lifted:
    """What came of it: the hold as it stands, the row of the ledger."""

    hold: KeptHold
    entry: Entry


def lifted(
    request: Request,
    raw: bytes,
    id: str,
    because: str,
    facts: Mapping[str, Any],
    access: Access,
    service: Service,
) -> Response:
    """Lift a hold, where the policy permits it to the caller. What it says is recorded either way;
    raises Forbidden or NotUnderstood where it does not permit it, NotFound, Conflict."""
    person, key = _person(access), key_of(request, access.caller.label, raw)
    for _ in range(ATTEMPTS):
        desk = service.desk
        try:
            with writing(service.store) as connection:
                before = None if key is None else idempotency.answer(connection, key)
                if before is not None:
                    return again(before)
                asked = _asked(connection, id, person, facts, access.day, desk)
                done = _done(connection, id, asked, because, access, service, desk)
                response = (
                    None if done.hold.stands else keep_answer(connection, key, _answered(done))
                )
        except Superseded:
            renewed(service)
            continue
        look(service)
        if response is None:
            raise _not_permitted(done.entry)
        return response
    raise NotReady("policies are published faster than this is done")


def _asked(
    connection: Connection,
    id: str,
    person: str,
    facts: Mapping[str, Any],
    day: date,
    desk: Desk,
) -> Asked:
    """The request that is put to the policy."""
    try:
        kept = holds.found(connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    if not kept.stands:
        raise Conflict(f"the hold ended on {kept.ended_on}: it was {kept.ending}")
    if person in (kept.hold.value, kept.hold.subject):
        raise Forbidden("nobody lifts what holds himself", "somebody else does, by the policy")
    action = _action(desk.model)
    severity = alerts.found(connection, kept.hold.alert).alert.severity
    known = _known(kept, severity, day, desk.model, action)
    stated = sorted(name for name in facts if name in known)
    if stated:
        problems = [Problem(f"facts.{name}", "the service knows it") for name in stated]
        raise InvalidRequest(problems)
    document = {"actor": person, "action": action, "facts": {**facts, **known}}
    return read_request(document, desk.model, desk.directory, default_as_of=day)


def _action(model: Model) -> str:
    found = model.names.get(ACTION, ())
    actions = [name for name in found if name in model.actions]
    if len(actions) == 1:
        return actions[0]
    if actions:
        raise Conflict(f"several actions are called `{ACTION}`", "the policy keeps one")
    help = f"add `action {ACTION}` and who may approve it; until then a hold ends with its alert"
    raise Conflict("the policy does not say who may lift a hold", help)


def _known(kept: KeptHold, severity: str, day: date, model: Model, action: str) -> dict[str, Any]:
    """What the service knows of the hold, as far as the action has a field for it."""
    held = kept.hold
    said = {
        "held_action": held.restraint.action.rsplit(".", 1)[-1],
        "held_by": held.rule,
        "held_subject": held.subject,
        "held_days": (day - held.since).days,
        "severity": severity,
    }
    declared = model.actions[action].action.fields
    known: dict[str, Any] = {name: value for name, value in said.items() if name in declared}
    name, *below = held.restraint.fact
    if name in declared and name not in known:
        known[name] = _key(held.value, below, declared[name].type, model)
    return known


def _key(value: str | None, path: Sequence[str], type: Type, model: Model) -> Any:
    """The held key as a field of this type has it, inside the records of the path, a record by its
    id; None where it cannot."""
    if value is None or (is_person(type) and [*path] in ([], ["id"])):
        return value
    if type.kind != "record":
        return None if path else _plain(value, type)
    fields = {} if is_person(type) else model.program.records[type.name or ""].fields
    if not path:
        return {"id": value} if has_id(fields) else None
    inner = fields.get(path[0])
    found = None if inner is None else _key(value, path[1:], inner.type, model)
    return None if found is None else {path[0]: found}


def _plain(value: str, type: Type) -> Any:
    if type.numeric:
        return Fraction(value)
    return value == "true" if type.kind == "boolean" else value


def _done(
    connection: Connection,
    id: str,
    asked: Asked,
    because: str,
    access: Access,
    service: Service,
    desk: Desk,
) -> Lifted:
    caller = access.caller.label
    (found,) = service.ledger.record_in(connection, [Pending(asked, caller)], desk.court)
    if isinstance(found, Refused):
        raise found.fault
    entry = found.entry
    if entry.outcome == Outcome.PERMIT.value:
        moment = service.clock.now().isoformat(timespec="microseconds")
        who = Saying(access.caller.person or caller, access.day, moment)
        return Lifted(alerts.lift(connection, id, because, who, entry.id), entry)
    return Lifted(holds.found(connection, id), entry)


def _answered(done: Lifted) -> Answered:
    answer = msgspec.Raw(answer_of(done.entry))
    return Answered({"hold": views.hold(done.hold, "en"), "decision": answer})


def _not_permitted(entry: Entry) -> Exception:
    """Why the hold stands on; the answer is in the ledger."""
    answer = msgspec.json.decode(entry.answer)
    members = {"decision": entry.id, "outcome": entry.outcome}
    if entry.outcome == Outcome.INCOMPLETE.value:
        problems = [
            Problem(f"facts.{one['path']}", f"it is missing: {one['label'] or one['path']}")
            for one in answer["missing"]
        ]
        message = "the policy cannot say whether the hold may be lifted"
        return NotUnderstood(message, "state what is missing in `facts`", problems, members=members)
    return Forbidden(f"the hold stands: {answer['reason']}", members=members)


def _person(access: Access) -> str:
    """Who lifts it; raises Forbidden for a program."""
    if access.caller.person is None:
        raise Forbidden("a program lifts no hold", "a person does, by the company's policy")
    return access.caller.person
