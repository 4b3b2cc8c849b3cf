"""Questions to try a service of the demo with, as lines for a shell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from remit_api.http.identity.demo import DemoIdentity
from remit_api.http.service import Service
from remit_api.http.settings import Settings
from remit_engine.rules.ir import GRANT


def first_questions(
    settings: Settings, identities: Sequence[DemoIdentity], service: Service
) -> Iterator[tuple[str, str]]:
    """What is asked, and the line that asks it; nothing without the demo's identities."""
    keys = {who.role: who.key.text for who in identities}
    if not keys:
        return
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    place = f"http://{host}:{settings.port}"

    def line(role: str, path: str, body: object = None) -> str:
        said = [f"curl -s '{place}{path}'", f"-H 'Authorization: Bearer {keys[role]}'"]
        if body is not None:
            said += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(body)}'"]
        return " ".join(said)

    person = next((who.person for who in identities if who.role == "representative"), None)
    if person is not None:
        yield "what may I, as the representative?", line("representative", "/v1/authorities/mine")
        action = _action_of(person, service)
        if action is not None:
            body = {"action": action[0], "verb": action[1], "facts": {}, "record": False}
            yield (
                "may I do this? the answer says which facts it needs",
                line("representative", "/v1/decisions", body),
            )
    yield "what was decided, for finance", line("finance", "/v1/decisions?limit=5")


def _action_of(person: str, service: Service) -> tuple[str, str] | None:
    """The first right of a person, as action and verb."""
    today, desk = service.clock.today(), service.desk
    party = desk.directory.party(person, today)
    powers = () if party is None else desk.engine.may(party, today)
    return next(((p.action, p.verb) for p in powers if p.kind == GRANT), None)
